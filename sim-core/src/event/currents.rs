//! Injected current that changes at given times.

use crate::connect::Generator;
use crate::network::{Network, Projection};
use crate::stimulus::{Drive, PerUnit, Wave};
use std::collections::BTreeMap;
use std::ops::Range;

/// From a time on this current flows into a cell, all its sources together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Change {
    pub(crate) at: u64,
    pub(crate) population: u32,
    /// Counted from the partition's first.
    pub(crate) cell: u32,
    pub(crate) current: f64,
}

/// A source of a cell's current.
struct Entry<'a> {
    wave: &'a Wave,
    factor: f64,
    delay: u64,
}

/// All changes in the cells that a partition owns, by time. What a source emits in tick k flows from k - 1 to k, a delay later.
pub(crate) fn changes(network: &Network, drives: &[Option<Drive>], owned: &[Range<u32>]) -> Vec<Change> {
    let mut entries: BTreeMap<(usize, u32), Vec<Entry<'_>>> = BTreeMap::new();
    for projection in &network.projections {
        let Some(Drive::Current(units)) = &drives[projection.source] else { continue };
        gather(network, projection, units, &owned[projection.target], &mut entries);
    }
    let mut all: Vec<Change> = Vec::new();
    for ((population, cell), sources) in &entries {
        let starts = |source: &Entry<'_>| {
            let delay = source.delay;
            let begin = move |first: u64| first.saturating_sub(1).saturating_add(delay);
            source.wave.changes().into_iter().map(move |(first, _)| begin(first)).collect::<Vec<u64>>()
        };
        let mut times: Vec<u64> = sources.iter().flat_map(starts).collect();
        times.sort_unstable();
        times.dedup();
        for at in times {
            let flows = |source: &Entry<'_>| match at.checked_sub(source.delay) {
                Some(emitted) => source.factor * source.wave.at(emitted + 1),
                None => 0.0,
            };
            let current = sources.iter().map(flows).sum();
            all.push(Change { at, population: *population as u32, cell: *cell, current });
        }
    }
    all.sort_by_key(|change| (change.at, change.population, change.cell));
    all
}

fn gather<'a>(
    network: &Network,
    projection: &Projection,
    units: &'a PerUnit<Wave>,
    owned: &Range<u32>,
    entries: &mut BTreeMap<(usize, u32), Vec<Entry<'a>>>,
) {
    Generator::new(network, projection).for_targets(owned.clone(), |s| {
        let entry = Entry { wave: units.get(s.source as usize), factor: s.weight, delay: s.delay_fs as u64 };
        entries.entry((projection.target, s.target - owned.start)).or_default().push(entry);
    });
}
