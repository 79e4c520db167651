//! Where a partition keeps its synapses.
//!
//! All projections of one source population that can share records share a table:
//!
//! ```text
//! row_starts  [ 0 . . 3 . . . 7 .. ]           one per source cell, into runs
//! runs        [ (delay, end) .. ]               one per source cell and delay, into records
//! records     [ (slot, weight) .. ]             one per synapse: sorted by source, delay, target
//! ```
//!
//! A slot is the place of one receptor of one neuron among the partition's inputs, so that delivering a run is one
//! loop of additions. Projections with one weight share tables of bare slots (4 bytes a synapse) per weight; an
//! all_to_all projection with one weight and one delay stores nothing.
//!
//! Why not a ring of future inputs, written when a spike is emitted: it is written at random places all over
//! (slots x largest delay), where the inputs of one tick stay in the cache.

use super::inputs::InputLayout;
use super::partition::targets;
use crate::connect::Generator;
use crate::elaborate::size::{MOST_SYNAPSES, expected_synapses};
use crate::network::{Draw, Network, Projection, Rule, Weights};
use crate::time::{FS_PER_MS, Grid};
use std::ops::Range;

/// Synapses with one source population, in one partition.
pub(crate) struct Table {
    pub(crate) row_starts: Vec<u32>,
    pub(crate) runs: Vec<Run>,
    pub(crate) records: Records,
}

/// Synapses of one row with one delay: records from the previous run's end to `end`.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) delay: u32,
    pub(crate) end: u32,
}

/// One synapse with a weight of its own.
#[derive(Clone, Copy)]
pub(crate) struct Weighted<W> {
    pub(crate) slot: u32,
    pub(crate) weight: W,
}

/// The synapses' slots and weights.
pub(crate) enum Records {
    One { slots: Vec<u32>, weight: f64 },
    F32(Vec<Weighted<f32>>),
    F64(Vec<Weighted<f64>>),
}

/// An all_to_all projection with one weight and one delay: spikes are counted, nothing is stored.
pub(crate) struct Dense {
    pub(crate) source_cells: Range<u32>,
    pub(crate) delay: u32,
    pub(crate) weight: f64,
    pub(crate) target: usize,
    pub(crate) receptor: usize,
    /// Targets within the partition.
    pub(crate) targets: Range<u32>,
    /// Whether a neuron's own spikes are left out.
    pub(crate) not_self: bool,
}

impl Table {
    /// Records of a run.
    #[inline]
    pub(crate) fn start(&self, run: usize) -> u32 {
        if run == 0 { 0 } else { self.runs[run - 1].end }
    }

    pub(crate) fn synapses(&self) -> usize {
        match &self.records {
            Records::One { slots, .. } => slots.len(),
            Records::F32(records) => records.len(),
            Records::F64(records) => records.len(),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        let records = match &self.records {
            Records::One { slots, .. } => size_of_val(&slots[..]),
            Records::F32(records) => size_of_val(&records[..]),
            Records::F64(records) => size_of_val(&records[..]),
        };
        records + size_of_val(&self.runs[..]) + size_of_val(&self.row_starts[..])
    }
}

impl Dense {
    /// Synapses onto the partition.
    pub(crate) fn synapses(&self) -> u64 {
        let pairs = self.source_cells.len() as u64 * self.targets.len() as u64;
        let both = self.source_cells.start.max(self.targets.start)..self.source_cells.end.min(self.targets.end);
        if self.not_self { pairs - both.len() as u64 } else { pairs }
    }
}

/// How a projection is kept. Layouts never round: rounding is the network's, so all give the same bits. `One` is the weight as
/// the receptor gets it: the same number in the netlist may differ in sign or rounding from target to target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Layout {
    Nothing,
    One { weight: f64 },
    F32,
    F64,
}

/// Chooses the layout of a spike projection.
pub(crate) fn layout(network: &Network, projection: &Projection) -> Layout {
    let constant_delay = matches!(projection.delay, Draw::Constant(_));
    match Generator::new(network, projection).constant_weight() {
        Some(_) if constant_delay && matches!(projection.rule, Rule::AllToAll { .. }) => Layout::Nothing,
        Some(weight) => Layout::One { weight },
        None if network.weights == Weights::F64 => Layout::F64,
        None => Layout::F32,
    }
}

/// Projections that share tables: same source population, same layout (for `One`, the same weight).
pub(crate) struct Group {
    pub(crate) source: usize,
    pub(crate) layout: Layout,
    pub(crate) projections: Vec<usize>,
    /// Synapses expected: a table's places are 32-bit numbers.
    synapses: f64,
}

/// Groups the spike projections `which` in order of first appearance.
pub(crate) fn groups(network: &Network, which: &[usize]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for &index in which {
        let projection = &network.projections[index];
        let layout = layout(network, projection);
        let synapses = expected_synapses(projection);
        let same = |g: &&mut Group| g.source == projection.source && g.layout == layout && g.synapses + synapses <= MOST_SYNAPSES;
        match groups.iter_mut().find(same) {
            Some(group) if layout != Layout::Nothing => {
                group.projections.push(index);
                group.synapses += synapses;
            }
            _ => groups.push(Group { source: projection.source, layout, projections: vec![index], synapses }),
        }
    }
    groups
}

/// Everything needed to build a partition's tables.
pub(crate) struct Builder<'a> {
    pub(crate) network: &'a Network,
    pub(crate) grid: Grid,
    pub(crate) blocks: &'a [Range<usize>],
    pub(crate) inputs: &'a InputLayout,
}

impl Builder<'_> {
    fn targets(&self, projection: &Projection) -> Range<u32> {
        targets(projection, &self.blocks[projection.target], self.network.populations[projection.target].size)
    }

    fn each(&self, group: &Group, mut sink: impl FnMut(u32, u32, u32, f64)) {
        for &index in &group.projections {
            let projection = &self.network.projections[index];
            let generator = Generator::new(self.network, projection);
            generator.for_targets(self.targets(projection), |s| {
                let slot = self.inputs.slot(projection.target, s.target, s.receptor);
                sink(s.source, self.grid.delay(s.delay_fs), slot, s.weight);
            });
        }
    }

    /// The table of a group: rows are counted, then filled, then each is sorted by delay.
    pub(crate) fn table(&self, group: &Group) -> Table {
        let sources = self.network.populations[group.source].size as usize;
        let mut ends = vec![0_u32; sources + 1];
        for &index in &group.projections {
            let projection = &self.network.projections[index];
            let generator = Generator::new(self.network, projection);
            generator.for_pairs(self.targets(projection), |pair| ends[pair.source as usize + 1] += 1);
        }
        for i in 1..ends.len() {
            ends[i] += ends[i - 1];
        }
        let count = ends[sources] as usize;
        let mut cursor = ends.clone();
        let mut place = |source: u32| {
            let at = &mut cursor[source as usize];
            *at += 1;
            *at as usize - 1
        };
        let constant = self.constant_delay(group);
        let mut delays = vec![0_u16; if constant.is_some() { 0 } else { count }];
        let mut records = match group.layout {
            Layout::One { weight } => Records::One { slots: vec![0; count], weight },
            Layout::Nothing => Records::One { slots: Vec::new(), weight: 0.0 },
            Layout::F32 => Records::F32(vec![Weighted { slot: 0, weight: 0.0 }; count]),
            Layout::F64 => Records::F64(vec![Weighted { slot: 0, weight: 0.0 }; count]),
        };
        self.each(group, |source, delay, slot, weight| {
            let at = place(source);
            if constant.is_none() {
                delays[at] = delay.min(u32::from(u16::MAX)) as u16;
            }
            match &mut records {
                Records::One { slots, weight: shared } => {
                    slots[at] = slot;
                    assert!(weight == *shared, "projections share a table only if their weights are the same");
                }
                Records::F32(records) => records[at] = Weighted { slot, weight: weight as f32 },
                Records::F64(records) => records[at] = Weighted { slot, weight },
            }
        });
        let (row_starts, runs) = match &mut records {
            _ if constant.is_some() => whole_rows(&ends, constant.unwrap_or(1)),
            Records::One { slots, .. } => sort_rows(&ends, &delays, slots),
            Records::F32(records) => sort_rows(&ends, &delays, records),
            Records::F64(records) => sort_rows(&ends, &delays, records),
        };
        Table { row_starts, runs, records }
    }

    /// The delay in ticks, where it is the same for the whole group.
    fn constant_delay(&self, group: &Group) -> Option<u32> {
        let mut delays = group.projections.iter().map(|index| match self.network.projections[*index].delay {
            Draw::Constant(ms) => Some(self.grid.delay((ms * FS_PER_MS as f64).round() as i64)),
            _ => None,
        });
        let first = delays.next().flatten()?;
        delays.all(|delay| delay == Some(first)).then_some(first)
    }

    /// What an all_to_all projection with one weight and delay amounts to.
    pub(crate) fn dense(&self, group: &Group) -> Option<Dense> {
        let projection = &self.network.projections[group.projections[0]];
        let targets = self.targets(projection);
        let Rule::AllToAll { autapses } = projection.rule else { return None };
        let mut first = None;
        // One target is enough to learn the weight; with autapses off a lone neuron has no synapse at all.
        let probe = targets.start..targets.end.min(targets.start.saturating_add(2));
        Generator::new(self.network, projection).for_targets(probe, |s| first = first.or(Some(s)));
        first.map(|s| Dense {
            source_cells: projection.source_cells.clone(),
            delay: self.grid.delay(s.delay_fs),
            weight: s.weight,
            target: projection.target,
            receptor: s.receptor,
            targets,
            not_self: !autapses && projection.source == projection.target,
        })
    }
}

/// Sorts each row by delay, keeping the order of targets, and lists the runs.
fn sort_rows<R: Copy>(ends: &[u32], delays: &[u16], records: &mut [R]) -> (Vec<u32>, Vec<Run>) {
    let mut row_starts = Vec::with_capacity(ends.len());
    let mut runs: Vec<Run> = Vec::new();
    let mut scratch: Vec<(u16, R)> = Vec::new();
    row_starts.push(0);
    for row in ends.windows(2) {
        let range = row[0] as usize..row[1] as usize;
        let delays = &delays[range.clone()];
        let records = &mut records[range.clone()];
        if delays.is_sorted() {
            push_runs(&mut runs, delays.iter().copied(), row[0]);
        } else {
            scratch.clear();
            scratch.extend(delays.iter().copied().zip(records.iter().copied()));
            scratch.sort_by_key(|(delay, _)| *delay);
            for (record, (_, sorted)) in records.iter_mut().zip(&scratch) {
                *record = *sorted;
            }
            push_runs(&mut runs, scratch.iter().map(|(delay, _)| *delay), row[0]);
        }
        row_starts.push(runs.len() as u32);
    }
    runs.shrink_to_fit();
    (row_starts, runs)
}

/// One run a row, where all delays are equal.
fn whole_rows(ends: &[u32], delay: u32) -> (Vec<u32>, Vec<Run>) {
    let mut row_starts = vec![0];
    let mut runs = Vec::new();
    for row in ends.windows(2) {
        if row[1] > row[0] {
            runs.push(Run { delay, end: row[1] });
        }
        row_starts.push(runs.len() as u32);
    }
    (row_starts, runs)
}

fn push_runs(runs: &mut Vec<Run>, delays: impl Iterator<Item = u16>, start: u32) {
    let mut last = None;
    for (i, delay) in delays.enumerate() {
        let end = start + i as u32 + 1;
        match runs.last_mut() {
            Some(run) if last == Some(delay) => run.end = end,
            _ => runs.push(Run { delay: u32::from(delay), end }),
        }
        last = Some(delay);
    }
}
