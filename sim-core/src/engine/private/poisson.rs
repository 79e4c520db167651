//! A Poisson train of its own for every connection: `poisson`. Parallel connections with the same weight and delay are one
//! train of the summed rate.

use super::{Context, Entries, Place};
use crate::connect::Synapse;
use crate::engine::aligned::AtLine;
use crate::engine::dispatch::{self, Level, Loop};
use crate::engine::lanes::{LANES, Lanes};
use crate::engine::neurons::BLOCK;
use crate::engine::poisson::{BlockCounts, PoissonSchedules, PoissonTable, Tables};
use crate::engine::timeline::Timeline;
use crate::engine::values::ValuesMut;
use crate::random::mix;
use crate::real::Real;
use crate::stimulus::{PerUnit, Schedule};
use std::collections::BTreeMap;
use std::ops::Range;

/// A private Poisson projection in one partition: who gets which trains. How many spikes these have is the stimuli's.
pub(crate) struct PrivatePoisson {
    level: Level,
    /// By schedule: the unit whose rate it is, and how many parallel trains it counts for.
    trains: Vec<(u32, u32)>,
    entries: Entries<Train>,
}

/// One train onto one neuron.
#[derive(Clone, Copy, PartialEq)]
struct Train {
    schedule: usize,
    weight: f64,
    receptor: usize,
    delay: u64,
}

impl PrivatePoisson {
    /// `shared`: all units have the same rate.
    pub(crate) fn new(context: &Context<'_>, shared: bool) -> Self {
        let mut trains = Vec::new();
        let mut known: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        let mut train = |times: u32, s: &Synapse| {
            let unit = if shared { 0 } else { s.source };
            let schedule = *known.entry((unit, times)).or_insert_with(|| {
                trains.push((unit, times));
                trains.len() - 1
            });
            Train { schedule, weight: s.weight, receptor: s.receptor, delay: context.delay(s) }
        };
        let entries = match context.uniform().filter(|_| shared) {
            Some((times, s)) => Entries::Uniform { cells: context.targets(), entry: train(times, &s) },
            None => context.listed(|synapses, out| {
                let merged = merge(synapses, |s| (if shared { 0 } else { s.source }, context.delay(s)));
                out.extend(merged.iter().map(|(times, s)| train(*times, s)));
            }),
        };
        Self { level: Level::detect(), trains, entries }
    }

    /// The means of its trains where those of the units are given.
    pub(crate) fn schedules(&self, units: &PerUnit<Schedule>, tables: &Tables) -> PoissonSchedules {
        let trains = self.trains.iter().map(|(unit, times)| (units.get(*unit as usize), *times));
        PoissonSchedules::new(tables, false, trains)
    }

    /// Adds a tick's spikes to the inputs.
    pub(crate) fn add_to(&self, now: &Now<'_>, place: &Place<'_>, lanes: &mut [Lanes], inputs: &mut ValuesMut<'_>) {
        match inputs {
            ValuesMut::F64(inputs) => self.add_in(now, place, lanes, inputs),
            ValuesMut::F32(inputs) => self.add_in(now, place, lanes, inputs),
        }
    }

    fn add_in<F: Real>(&self, now: &Now<'_>, place: &Place<'_>, lanes: &mut [Lanes], inputs: &mut [F]) {
        match &self.entries {
            Entries::Uniform { cells, entry } => {
                if let Some(table) = now.table(entry) {
                    let tick = Uniform { cells, entry, key: now.key, place, lanes, inputs };
                    match table.shares() {
                        Some(shares) => dispatch::run(self.level, Adding { counts: shares, tick }),
                        None => dispatch::run(self.level, Adding { counts: table, tick }),
                    }
                }
            }
            Entries::Listed { starts, list } => {
                for (offset, lanes) in lanes.iter_mut().enumerate() {
                    let block = place.first_block + offset;
                    for chunk in list[place.listed(starts, offset)].chunks(LANES) {
                        for ((slot, train), bits) in chunk.iter().zip(lanes.wide_bits()) {
                            if let Some(table) = now.table(train) {
                                inputs[place.slot(block, *slot)] += of_count::<F>(table.count(bits)) * F::of(train.weight);
                            }
                        }
                    }
                }
            }
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.entries.bytes()
    }
}

/// A tick, its key, and what is emitted when.
pub(crate) struct Now<'a> {
    pub(crate) tick: u64,
    pub(crate) key: u64,
    pub(crate) schedules: &'a Timeline<PoissonSchedules>,
}

impl Now<'_> {
    /// The table of a train's spikes that arrive now.
    #[inline]
    fn table(&self, train: &Train) -> Option<&PoissonTable> {
        let (schedules, emitted) = self.schedules.at(self.tick.checked_sub(train.delay)?)?;
        schedules.at(train.schedule, emitted)
    }
}

/// One tick of a train that all cells of a range have alike.
struct Uniform<'a, F> {
    cells: &'a Range<u32>,
    entry: &'a Train,
    key: u64,
    place: &'a Place<'a>,
    lanes: &'a mut [Lanes],
    inputs: &'a mut [F],
}

/// Adds counts x weight to the rows.
struct Adding<'a, C, F> {
    counts: &'a C,
    tick: Uniform<'a, F>,
}

impl<C: BlockCounts, F: Real> Loop for Adding<'_, C, F> {
    #[inline(always)]
    fn run(self) {
        let Uniform { cells, entry, key, place, lanes, inputs } = self.tick;
        for (block, lanes) in (place.first_block..).zip(lanes) {
            let mut counts = AtLine(self.counts.counts(lanes, mix(key, block as u64)));
            let valid = place.lanes_of(block, cells);
            if valid.len() < BLOCK {
                // Drawn, but not wanted: 0 adds nothing, and the loop below has whole rows.
                counts.0[..valid.start].fill(C::Count::default());
                counts.0[valid.end..].fill(C::Count::default());
            }
            let row = &mut inputs[place.row(block, entry.receptor)];
            let weight = F::of(entry.weight);
            for (input, count) in row.iter_mut().zip(counts.0) {
                *input += of_count::<F>(count.into()) * weight;
            }
        }
    }
}

/// A count as a number. By way of a signed one, for which there is an instruction.
#[inline(always)]
fn of_count<F: Real>(count: u32) -> F {
    F::of_whole(count as i32)
}

/// Synapses of one target with the same rate, weight and delay in ticks, counted, in order of first appearance.
fn merge(synapses: &[Synapse], unit_and_delay: impl Fn(&Synapse) -> (u32, u64)) -> Vec<(u32, Synapse)> {
    let mut merged: Vec<(u32, Synapse)> = Vec::new();
    let mut known = BTreeMap::new();
    for s in synapses {
        let index = *known.entry((unit_and_delay(s), s.weight.to_bits())).or_insert(merged.len());
        match merged.get_mut(index) {
            Some(train) => train.0 += 1,
            None => merged.push((1, *s)),
        }
    }
    merged
}
