//! Cells of stimuli that spike: by schedule, or at random.

use super::hazard::{Draws, Hazard, NEVER};
use super::queue::Queue;
use crate::math;
use crate::network::Network;
use crate::random::{Key, mix};
use crate::record::Spike;
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};
use crate::stimulus::{Drive, PerUnit, Schedule};
use crate::time::Grid;
use std::sync::Arc;

/// What they emit, from time 0 on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    /// Spikes by schedule, in order.
    trains: Arc<Vec<Spike>>,
    emitted: usize,
    units: Vec<Unit>,
    /// The next spike of each unit.
    queue: Queue<u32>,
    due: Vec<(u64, u32)>,
}

/// A cell that spikes at random.
#[derive(Clone, Debug)]
struct Unit {
    neuron: u32,
    draws: Draws,
    hazard: Arc<Hazard>,
    /// Femtoseconds in a unit of the hazard's time, and whether it has at most one spike in each.
    step: u64,
    whole: bool,
}

impl Unit {
    /// The spike after a time that is 0 or that of one.
    fn next(&mut self, from: u64) -> u64 {
        if self.whole {
            self.draws.next_whole(&self.hazard, from / self.step).saturating_mul(self.step)
        } else {
            self.draws.next(&self.hazard, from)
        }
    }
}

impl Sources {
    /// Of a network from a time on; `drives` in femtoseconds, `grid` is the network's own; what is random goes by a seed.
    pub(crate) fn new(network: &Network, drives: &[Option<Drive>], grid: Grid, (seed, from): (u64, u64)) -> Self {
        let fs = Grid::new(1);
        let (mut trains, mut units) = (Vec::new(), Vec::new());
        for (population, drive) in network.populations.iter().zip(drives) {
            let key = |kind: &str| Key::new(seed).name("event").name(kind).name(&population.name).finish();
            let spike = |tick: u64, unit: u32| Spike { tick, neuron: population.first + unit };
            let mut random = |schedules: &PerUnit<Schedule>, kind: &str, step: u64, rate: fn(f64) -> f64| {
                let (key, mut known) = (key(kind), None);
                for unit in 0..population.size {
                    let hazard = match (schedules, &known) {
                        (PerUnit::Shared(_), Some(hazard)) => Arc::clone(hazard),
                        _ => Arc::new(Hazard::new(schedules.get(unit as usize), 0, rate)),
                    };
                    known = Some(Arc::clone(&hazard));
                    let draws = Draws::new(mix(key, u64::from(unit)));
                    units.push(Unit { neuron: population.first + unit, draws, hazard, step, whole: step > 1 });
                }
            };
            match drive {
                Some(Drive::SpikeTimes(times)) => {
                    let of_unit = |unit: u32| times.get(unit as usize).iter().map(move |tick| spike(*tick, unit));
                    trains.extend((0..population.size).flat_map(of_unit));
                }
                Some(Drive::Packets(packets)) => {
                    let key = Key::new(seed).name("pulse_packet").name(&population.name).finish();
                    let of_unit =
                        |unit: u32| packets.get(unit as usize).ticks(key, unit, fs).into_iter().map(move |t| spike(t, unit));
                    trains.extend((0..population.size).flat_map(of_unit));
                }
                Some(Drive::Poisson(schedules)) => random(schedules, "poisson_source", 1, |rate| rate),
                Some(Drive::Bernoulli(schedules)) => {
                    random(schedules, "bernoulli_source", grid.step_fs() as u64, |p| -math::ln_1p(-p));
                }
                _ => {}
            }
        }
        // Nothing happens at the time itself.
        trains.retain(|spike: &Spike| spike.tick > from);
        trains.sort_unstable();
        let mut sources = Self { trains: Arc::new(trains), units, ..Self::default() };
        for unit in 0..sources.units.len() {
            sources.foresee(unit as u32, from);
        }
        sources
    }

    /// Writes where the random ones are.
    pub(crate) fn keep(&self, out: &mut Writer) {
        let mut next = vec![NEVER; self.units.len()];
        self.queue.items().for_each(|(time, unit)| next[unit as usize] = time);
        for (unit, next) in self.units.iter().zip(next) {
            out.put(next);
            out.put(unit.draws.drawn());
        }
    }

    /// Goes on from where they had come, so late.
    pub(crate) fn restore(&mut self, now: u64, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.emitted = self.trains.partition_point(|spike| spike.tick <= now);
        self.queue = Queue::default();
        for (unit, index) in self.units.iter_mut().zip(0..) {
            let next: u64 = bytes.get()?;
            unit.draws.skip_to(bytes.get()?);
            if next < now {
                return Err(bytes.wrong());
            }
            if next != NEVER {
                self.queue.push(next, index);
            }
        }
        Ok(())
    }

    fn foresee(&mut self, unit: u32, from: u64) -> u64 {
        let next = self.units[unit as usize].next(from);
        if next != NEVER {
            self.queue.push(next, unit);
        }
        next
    }

    /// The time of the next spike.
    pub(crate) fn earliest(&self) -> u64 {
        let train = self.trains.get(self.emitted).map_or(NEVER, |spike| spike.tick);
        train.min(self.queue.earliest().unwrap_or(NEVER))
    }

    /// Adds the spikes up to a time, in no order.
    pub(crate) fn emit(&mut self, until: u64, fired: &mut Vec<Spike>) {
        let trains = &self.trains[self.emitted..];
        let now = &trains[..trains.partition_point(|spike| spike.tick <= until)];
        fired.extend_from_slice(now);
        self.emitted += now.len();
        let mut due = std::mem::take(&mut self.due);
        while self.queue.earliest().is_some_and(|next| next <= until) {
            self.queue.take_until(until, &mut due);
            for (mut time, unit) in due.drain(..) {
                while time <= until {
                    fired.push(Spike { tick: time, neuron: self.units[unit as usize].neuron });
                    time = self.units[unit as usize].next(time);
                }
                if time != NEVER {
                    self.queue.push(time, unit);
                }
            }
        }
        self.due = due;
    }
}
