//! What the cells of stimuli emit: spikes by schedule, or drawn tick by tick.

use super::lanes::{LANES, Lanes};
use super::partition::cells;
use super::plan::Plan;
use super::poisson::{PoissonSchedules, block_counts};
use super::stimuli::trial_key;
use crate::random::{Key, mix};
use crate::stimulus::{Drive, PerUnit};
use std::ops::Range;

/// What the cells of a population emit.
pub(crate) enum Emission {
    /// Nothing: they are neurons, or their projections act on their targets.
    Nothing,
    /// Spikes by schedule: (tick, unit), sorted.
    Trains(Vec<(u64, u32)>),
    /// Poisson or Bernoulli trains: one schedule for all units, or one for each.
    Poisson { schedules: PoissonSchedules, each: bool },
}

impl Emission {
    /// Of a population that does this, in a trial or outside of trials.
    pub(crate) fn new(plan: &Plan, population: usize, drive: Option<&Drive>, trial: Option<u32>) -> Self {
        let p = &plan.network.populations[population];
        let poisson = |bernoulli, units: &PerUnit<_>| {
            let (schedules, each) = match units {
                PerUnit::Shared(one) => (std::slice::from_ref(one), false),
                PerUnit::Each(all) => (&all[..], true),
            };
            let schedules = PoissonSchedules::new(&plan.tables, bernoulli, schedules.iter().map(|schedule| (schedule, 1)));
            Self::Poisson { schedules, each }
        };
        match drive {
            Some(Drive::SpikeTimes(times)) => Self::Trains(merge_trains(times, p.size)),
            Some(Drive::Packets(packets)) => {
                let key = Key::new(plan.network.noise_seed).name("pulse_packet").name(&p.name).finish();
                let key = trial.map_or(key, |trial| trial_key(key, trial));
                let trains = (0..p.size).map(|unit| packets.get(unit as usize).ticks(key, unit, plan.grid)).collect();
                Self::Trains(merge_trains(&PerUnit::Each(trains), p.size))
            }
            Some(Drive::Poisson(units)) => poisson(false, units),
            Some(Drive::Bernoulli(units)) => poisson(true, units),
            Some(Drive::PrivatePoisson(_) | Drive::Current(_) | Drive::PrivateNoise(_)) | None => Self::Nothing,
        }
    }

    /// The units of some blocks that spike in a tick, ascending. `key` is the tick's, `lanes` are the blocks'.
    pub(crate) fn emit(&self, tick: u64, key: u64, blocks: &Range<usize>, size: u32, lanes: &mut [Lanes], fired: &mut Vec<u32>) {
        match self {
            Self::Nothing => {}
            Self::Trains(events) => {
                let owned = cells(blocks, size);
                let from = events.partition_point(|e| *e < (tick, owned.start));
                let due = events[from..].iter().take_while(|e| **e < (tick, owned.end));
                fired.extend(due.map(|e| e.1));
            }
            Self::Poisson { schedules, each } => {
                for (block, lanes) in blocks.clone().zip(lanes) {
                    let units = cells(&(block..block + 1), size);
                    if *each {
                        own_counts(schedules, tick, units, lanes, fired);
                    } else if let Some(table) = schedules.at(0, tick) {
                        let counts = block_counts(table, lanes, mix(key, block as u64));
                        units.zip(counts).filter(|(_, count)| *count > 0).for_each(|(unit, count)| push(fired, unit, count));
                    }
                }
            }
        }
    }
}

/// Spikes of units that have a schedule each.
fn own_counts(schedules: &PoissonSchedules, tick: u64, units: Range<u32>, lanes: &mut Lanes, fired: &mut Vec<u32>) {
    for first in units.clone().step_by(LANES) {
        for (unit, bits) in (first..units.end).zip(lanes.wide_bits()) {
            if let Some(table) = schedules.at(unit as usize, tick) {
                push(fired, unit, table.count(bits));
            }
        }
    }
}

fn push(fired: &mut Vec<u32>, unit: u32, count: u32) {
    fired.extend(std::iter::repeat_n(unit, count as usize));
}

fn merge_trains(times: &PerUnit<Vec<u64>>, size: u32) -> Vec<(u64, u32)> {
    let mut events: Vec<(u64, u32)> =
        (0..size).flat_map(|unit| times.get(unit as usize).iter().map(move |tick| (*tick, unit))).collect();
    events.sort_unstable();
    events
}
