//! One partition at work.

use super::delivery::Calendar;
use super::exchange::Outbox;
use super::lanes::{LANES, Lanes};
use super::neurons::BLOCK;
use super::partition::cells;
use super::plan::{Part, Plan, PlanCells, Stimulate};
use super::poisson::{PoissonSchedules, block_counts};
use super::private::Place;
use super::state::place;
use super::values::{Values, ValuesMut};
use crate::random::mix;
use crate::record::Spike;
use crate::stimulus::PerUnit;
use std::ops::{Range, RangeInclusive};

/// The part of the state that a partition owns.
pub(crate) struct Own<'a> {
    neurons: Vec<ValuesMut<'a>>,
    lanes: Vec<&'a mut [Lanes]>,
    held: Vec<&'a mut [f64]>,
}

/// Splits the state among the partitions.
pub(crate) fn split<'a>(
    plan: &Plan,
    neurons: &'a mut [Values],
    lanes: &'a mut [Vec<Lanes>],
    held: &'a mut [Vec<f64>],
) -> Vec<Own<'a>> {
    let parts = plan.partitioning.len();
    let mut owns: Vec<Own<'a>> = (0..parts).map(|_| Own { neurons: Vec::new(), lanes: Vec::new(), held: Vec::new() }).collect();
    let blocks = |part: usize, population: usize| plan.partitioning.blocks(part)[population].len();
    for (population, values) in neurons.iter_mut().enumerate() {
        let states = match &plan.cells[population] {
            PlanCells::Neurons(kernel) => kernel.states(),
            _ => 0,
        };
        let pieces = values.cut((0..parts).map(|part| blocks(part, population) * states * BLOCK));
        owns.iter_mut().zip(pieces).for_each(|(own, piece)| own.neurons.push(piece));
    }
    for (family, values) in plan.families.iter().zip(lanes) {
        let pieces = cut(values, |part| blocks(part, family.population), parts);
        owns.iter_mut().zip(pieces).for_each(|(own, piece)| own.lanes.push(piece));
    }
    let sizes = plan.held();
    for (noise, values) in held.iter_mut().enumerate() {
        let pieces = cut(values, |part| sizes[part][noise], parts);
        owns.iter_mut().zip(pieces).for_each(|(own, piece)| own.held.push(piece));
    }
    owns
}

fn cut<T>(values: &mut [T], size: impl Fn(usize) -> usize, parts: usize) -> Vec<&mut [T]> {
    let mut rest = values;
    (0..parts)
        .map(|part| {
            let (piece, after) = std::mem::take(&mut rest).split_at_mut(size(part));
            rest = after;
            piece
        })
        .collect()
}

pub(crate) struct Worker<'a> {
    plan: &'a Plan,
    index: usize,
    part: &'a Part,
    blocks: &'a [Range<usize>],
    own: Own<'a>,
    inputs: Vec<f64>,
    calendar: Calendar,
    /// By population: whether its injected current must be added up anew.
    stale: Vec<bool>,
    fresh: bool,
}

impl<'a> Worker<'a> {
    /// Takes up the work after `now`, with the spikes that are in flight.
    pub(crate) fn new(plan: &'a Plan, index: usize, own: Own<'a>, in_flight: &[Spike], now: u64) -> Self {
        let part = &plan.parts[index];
        let mut calendar = Calendar::new(part, plan.max_delay);
        for spike in in_flight {
            let population = plan.network.populations.partition_point(|p| p.range().end <= spike.neuron);
            let cell = spike.neuron - plan.network.populations[population].first;
            calendar.schedule(part, population, &[cell], spike.tick, now);
        }
        // These were counted when they were emitted; injected spikes are not counted.
        calendar.events = 0;
        Self {
            plan,
            index,
            part,
            blocks: plan.partitioning.blocks(index),
            own,
            inputs: vec![0.0; part.inputs.len()],
            calendar,
            stale: vec![false; plan.cells.len()],
            fresh: true,
        }
    }

    pub(crate) fn part(&self) -> usize {
        self.index
    }

    pub(crate) fn events(&self) -> u64 {
        self.calendar.events
    }

    /// Phase 1.
    pub(crate) fn deliver(&mut self, tick: u64) {
        self.calendar.deliver(self.part, tick, &mut self.inputs);
    }

    /// Phase 2. Injected current stays from tick to tick; where a source changes it is added up anew.
    pub(crate) fn stimulate(&mut self, tick: u64) {
        self.clear_stale_currents(tick);
        for stimulus in &self.part.stimuli {
            let place = |target: usize| Place { inputs: &self.part.inputs, target, first_block: self.blocks[target].start };
            match stimulus {
                Stimulate::Poisson { family, target, table } => {
                    let key = self.plan.families[*family].key;
                    table.add_to(tick, key, &place(*target), self.own.lanes[*family], &mut self.inputs);
                }
                Stimulate::Noise { family, held, target, table } => {
                    let (lanes, held) = (&mut *self.own.lanes[*family], &mut *self.own.held[*held]);
                    table.add_to(tick, &place(*target), lanes, held, &mut self.inputs);
                }
                Stimulate::Current { target, entries, schedules, .. } if self.stale[*target] => {
                    for entry in entries {
                        let emitted = tick.saturating_sub(entry.delay);
                        let amplitude = schedules.get(entry.unit as usize).at(emitted);
                        self.inputs[entry.slot as usize] += amplitude * entry.factor;
                    }
                }
                Stimulate::Current { .. } => {}
            }
        }
    }

    fn clear_stale_currents(&mut self, tick: u64) {
        let first = std::mem::take(&mut self.fresh);
        self.stale.fill(false);
        for stimulus in &self.part.stimuli {
            match stimulus {
                Stimulate::Current { target, changes, .. } => {
                    self.stale[*target] |= first || changes.binary_search(&tick).is_ok();
                }
                Stimulate::Noise { target, .. } => self.stale[*target] = true,
                Stimulate::Poisson { .. } => {}
            }
        }
        for (target, _) in self.stale.iter().enumerate().filter(|(_, stale)| **stale) {
            for block in self.blocks[target].clone() {
                self.inputs[self.part.inputs.current_row(target, block)].fill(0.0);
            }
        }
    }

    /// Phase 3.
    pub(crate) fn advance(&mut self, tick: u64, outbox: &mut Outbox) {
        for (population, plan) in self.plan.cells.iter().enumerate() {
            outbox.starts.push(outbox.fired.len() as u32);
            let blocks = &self.blocks[population];
            let size = self.plan.network.populations[population].size;
            match plan {
                PlanCells::Neurons(kernel) => {
                    let inputs = &mut self.inputs[self.part.inputs.population(population, blocks.len())];
                    kernel.advance(blocks.start, &mut self.own.neurons[population], inputs, &mut outbox.fired);
                }
                PlanCells::Trains(events) => {
                    let owned = cells(blocks, size);
                    let from = events.partition_point(|e| *e < (tick, owned.start));
                    let due = events[from..].iter().take_while(|e| **e < (tick, owned.end));
                    outbox.fired.extend(due.map(|e| e.1));
                }
                PlanCells::Poisson { schedules, of_unit, family } => {
                    let key = mix(self.plan.families[*family].key, tick);
                    for (block, lanes) in blocks.clone().zip(self.own.lanes[*family].iter_mut()) {
                        let refine = mix(key, block as u64);
                        emit(schedules, of_unit, tick, block, size, lanes, refine, &mut outbox.fired);
                    }
                }
                PlanCells::Silent => {}
            }
        }
    }

    /// Phase 4, for one partition's spikes of a window: own synapses onto own targets.
    pub(crate) fn route(&mut self, outbox: &Outbox, window: &RangeInclusive<u64>) {
        let populations = self.plan.cells.len();
        for (offset, tick) in window.clone().enumerate() {
            for population in 0..populations {
                let cells = outbox.cells(offset, population, populations);
                self.calendar.schedule(self.part, population, cells, tick, *window.end());
            }
        }
    }

    /// Phase 7, the partition's share: state variables that are recorded.
    pub(crate) fn sample(&mut self, tick: u64, outbox: &mut Outbox) {
        for (probe, probed) in self.plan.probes.iter().zip(&self.part.probed) {
            let PlanCells::Neurons(kernel) = &self.plan.cells[probe.population] else { continue };
            if !probe.due(tick) {
                continue;
            }
            let first = self.blocks[probe.population].start * BLOCK;
            let values = &self.own.neurons[probe.population];
            let cells = &self.plan.network.records[probe.record].cells[probed.clone()];
            let value = |cell: &u32| values.get(place(*cell as usize - first, probe.variable, kernel.states()));
            outbox.samples.extend(cells.iter().map(value));
        }
    }
}

/// Poisson spikes of the units of one block.
#[expect(clippy::too_many_arguments, reason = "one call, from the loop above")]
fn emit(
    schedules: &PoissonSchedules,
    of_unit: &PerUnit<usize>,
    tick: u64,
    block: usize,
    size: u32,
    lanes: &mut Lanes,
    refine: u64,
    fired: &mut Vec<u32>,
) {
    let units = cells(&(block..block + 1), size);
    let mut push = |unit: u32, count: u32| fired.extend(std::iter::repeat_n(unit, count as usize));
    match of_unit {
        PerUnit::Shared(schedule) => {
            let Some(table) = schedules.at(*schedule, tick) else { return };
            let counts = block_counts(table, lanes, refine);
            units.zip(counts).filter(|(_, count)| *count > 0).for_each(|(unit, count)| push(unit, count));
        }
        PerUnit::Each(each) => {
            let numbers: Vec<u32> = units.collect();
            for chunk in numbers.chunks(LANES) {
                for (unit, bits) in chunk.iter().zip(lanes.wide_bits()) {
                    if let Some(table) = schedules.at(each[*unit as usize], tick) {
                        push(*unit, table.count(bits));
                    }
                }
            }
        }
    }
}
