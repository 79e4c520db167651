//! One partition at work.

use super::bus::Bus;
use super::delivery::Calendar;
use super::exchange::Outbox;
use super::inputs::Inputs;
use super::neurons::{BLOCK, Neurons};
use super::own::Own;
use super::plan::{Part, Plan, PlanCells};
use super::plastic::{self, Arrivals, Memory};
use super::private::Place;
use super::state::place;
use super::stimuli::Stimuli;
use super::sums::Sums;
use super::workspace::Workspace;
use crate::network::Channel;
use crate::record::Spike;
use std::ops::{Range, RangeInclusive};

/// A partition's work. Aligned, as two threads' workers are changed all the time.
#[repr(align(128))]
pub(crate) struct Worker<'a> {
    plan: &'a Plan,
    index: usize,
    part: &'a Part,
    blocks: &'a [Range<usize>],
    stimuli: &'a Stimuli,
    own: Own,
    /// By table.
    plastic: &'a mut [Memory],
    inputs: Inputs,
    sums: Sums,
    calendar: Calendar,
    /// By table of plastic synapses.
    days: Vec<plastic::Calendar>,
    bus: Bus,
    flows: Bus,
    /// Spikes of the partition's own cells in a window, as far as plastic synapses may be interested: tick, population, cell.
    fired: Vec<(u64, usize, u32)>,
    /// Whether no tick has been run yet.
    fresh: bool,
}

impl<'a> Worker<'a> {
    /// Takes up the work after `now`, with the spikes that are in flight.
    pub(crate) fn new(
        (plan, stimuli): (&'a Plan, &'a Stimuli),
        index: usize,
        plastic: &'a mut [Memory],
        workspace: Workspace,
        (bus, flows): (Bus, Bus),
        in_flight: &[Spike],
        now: u64,
    ) -> Self {
        let (part, blocks) = (&plan.parts[index], plan.partitioning.blocks(index));
        let Workspace { own, inputs, sums, mut calendar, mut days, fired } = workspace;
        for spike in in_flight {
            let population = plan.network.populations.partition_point(|p| p.range().end <= spike.neuron);
            let cell = spike.neuron - plan.network.populations[population].first;
            calendar.schedule(part, population, &[cell], spike.tick, now);
            for table in &part.learning_of[population] {
                days[*table].schedule(&part.learning[*table].wiring.rows, cell, spike.tick, now);
            }
        }
        let mut worker = Self {
            plan,
            index,
            part,
            blocks,
            stimuli,
            own,
            plastic,
            inputs,
            sums,
            calendar,
            days,
            bus,
            flows,
            fired,
            fresh: true,
        };
        // These were counted when they were emitted; injected spikes are not counted.
        worker.count_anew();
        worker
    }

    /// What it worked with, cleared for whoever works next.
    pub(crate) fn leave(mut self) -> Workspace {
        self.calendar.clear();
        self.days.iter_mut().for_each(plastic::Calendar::clear);
        let Self { own, inputs, sums, calendar, days, fired, .. } = self;
        Workspace { own, inputs, sums, calendar, days, fired }
    }

    pub(crate) fn part(&self) -> usize {
        self.index
    }

    pub(crate) fn events(&self) -> u64 {
        self.calendar.events + self.days.iter().map(|days| days.events).sum::<u64>()
    }

    /// Phase 1.
    pub(crate) fn deliver(&mut self, tick: u64) {
        self.calendar.deliver(self.part, tick, &mut self.sums);
        let tables = self.part.learning.iter().zip(self.plastic.iter_mut()).zip(&mut self.days);
        for ((table, memory), days) in tables {
            let runs = days.take(tick);
            if !runs.is_empty() {
                let arrivals = Arrivals { tick: tick as i32, runs: &runs, outlet: table.outlet };
                table.learner.arrive(memory, &arrivals, &self.bus, &mut self.sums.f64);
            }
            days.done(tick, runs);
        }
    }

    /// Phases 2 and 3 of a population of neurons, strip by strip.
    fn integrate(&mut self, population: usize, kernel: &dyn Neurons, tick: u64, fired: &mut Vec<u32>) {
        let (inflow, blocks) = (&self.part.inputs[population], &self.blocks[population]);
        let (stimuli, acts) = (self.stimuli, self.stimuli.on(self.index, population));
        let anew = self.fresh || inflow.changes_current() || stimuli.current_changes(self.index, population, tick);
        let states = kernel.states() * BLOCK;
        let strip = self.inputs.strip(population);
        for first_block in blocks.clone().step_by(strip) {
            let (offset, count) = (first_block - blocks.start, strip.min(blocks.end - first_block));
            let rows = self.inputs.prepare(population, offset, count, anew, &mut self.sums);
            let place = Place { rows, first_block, offset };
            let mut inputs = self.sums.numbers(kernel.precision());
            for (direct, act) in inflow.stimuli.iter().zip(acts) {
                self.own.stimulate((&direct.stimulate, act), (stimuli, tick), &place, count, &mut inputs, anew);
            }
            for slow in &inflow.slow {
                slow.add_to((&self.flows, tick), &place, count, &mut inputs);
            }
            let mut neurons = self.own.neurons(population);
            let mut state = neurons.part(offset * states..(offset + count) * states);
            kernel.advance(first_block, &mut state, &mut inputs, rows, fired);
            self.inputs.clear(population, offset, count, &mut self.sums);
        }
    }

    /// Phases 2 and 3.
    pub(crate) fn advance(&mut self, tick: u64, outbox: &mut Outbox) {
        let plan = self.plan;
        for (population, cells_of) in plan.cells.iter().enumerate() {
            outbox.starts.push(outbox.fired.len() as u32);
            let blocks = &self.blocks[population];
            let size = plan.network.populations[population].size;
            match cells_of {
                PlanCells::Neurons(kernel) => self.integrate(population, &**kernel, tick, &mut outbox.fired),
                PlanCells::Stimulus { family } => {
                    let lanes = family.map_or(&mut [][..], |family| self.own.lanes(family));
                    let key = family.map_or(0, |family| self.stimuli.key(family, tick));
                    let now = tick - self.stimuli.origin;
                    self.stimuli.cells[population].emit(now, key, blocks, size, lanes, &mut outbox.fired);
                }
            }
        }
        self.fresh = false;
    }

    /// Phase 4, for one partition's spikes of a window: own synapses onto own targets.
    pub(crate) fn route(&mut self, part: usize, outbox: &Outbox, window: &RangeInclusive<u64>) {
        let populations = self.plan.cells.len();
        self.bus.take(&self.plan.parts[part].channels, &outbox.bus, window);
        self.flows.take(&self.plan.parts[part].flows, &outbox.flows, window);
        Calendar::fetch(self.part, outbox.spikes(populations));
        for (offset, tick) in window.clone().enumerate() {
            for population in 0..populations {
                let cells = outbox.cells(offset, population, populations);
                self.calendar.schedule(self.part, population, cells, tick, *window.end());
                for table in &self.part.learning_of[population] {
                    let (days, rows) = (&mut self.days[*table], &self.part.learning[*table].wiring.rows);
                    cells.iter().for_each(|cell| days.schedule(rows, *cell, tick, *window.end()));
                }
                if part == self.index && !self.part.learning.is_empty() {
                    self.fired.extend(cells.iter().map(|cell| (tick, population, *cell)));
                }
            }
        }
    }

    /// Phase 4 where something else carries the spikes: modulators, and what plastic synapses notice of a tick's spikes.
    pub(crate) fn heed(&mut self, outbox: &Outbox, tick: u64) {
        self.bus.take(&self.part.channels, &outbox.bus, &(tick..=tick));
        self.flows.take(&self.part.flows, &outbox.flows, &(tick..=tick));
        if !self.part.learning.is_empty() {
            self.fired.extend(outbox.spikes(self.plan.cells.len()).map(|(population, cell)| (tick, population, cell)));
        }
    }

    /// A spike comes to some cells of a population, as if it had been fired at `tick`; what acts after `now` is scheduled.
    pub(crate) fn arrive(&mut self, source: (usize, u32), (target, cells): (usize, Range<u32>), tick: u64, now: u64) {
        let onto = self.part.sums.places(target, cells.clone());
        self.calendar.schedule_onto(self.part, source, &onto, tick, now);
        for &index in &self.part.learning_of[source.0] {
            let wiring = &self.part.learning[index].wiring;
            let is_there =
                self.plan.network.projections[wiring.projection].target == target && cells.contains(&wiring.targets.start);
            if is_there {
                self.days[index].schedule(&wiring.rows, source.1, tick, now);
            }
        }
    }

    /// Nothing scheduled so far counts as an event.
    pub(crate) fn count_anew(&mut self) {
        self.calendar.events = 0;
        self.days.iter_mut().for_each(|days| days.events = 0);
    }

    /// Phase 5, of a window: it is noted for plastic synapses which of their targets fired.
    pub(crate) fn learn(&mut self, window: &RangeInclusive<u64>) {
        let tables = self.part.learning.iter().zip(self.plastic.iter_mut());
        for (table, memory) in tables.filter(|(table, _)| table.learner.heeds_targets()) {
            let (target, range) = (self.plan.network.projections[table.wiring.projection].target, &table.wiring.targets);
            for fired in self.fired.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|fired| fired[0].1 == target) {
                let mut cells = fired.iter().filter(|f| range.contains(&f.2)).map(|f| (f.2 - range.start) as usize);
                table.learner.fired(memory, fired[0].0 as i32, &mut cells, &self.bus);
            }
            // By the largest delay of all partitions: the state may go on under others.
            table.learner.pass(memory, *window.end() as i32, self.plan.max_delay as i32, &self.bus);
        }
        self.fired.clear();
        self.bus.forget((*window.end() + 1).saturating_sub(self.plan.max_delay));
        self.flows.forget(window.end().saturating_sub(self.plan.max_delay));
    }

    /// The value of a state variable of an own cell.
    fn value(&self, channel: &Channel) -> f64 {
        let PlanCells::Neurons(kernel) = &self.plan.cells[channel.population] else { return 0.0 };
        let cell = channel.cell as usize - self.blocks[channel.population].start * BLOCK;
        self.own.value(channel.population, place(cell, channel.variable, kernel.states()))
    }

    /// Phase 7, the partition's share: state variables that are recorded, and those that others read.
    pub(crate) fn sample(&mut self, tick: u64, outbox: &mut Outbox) {
        outbox.bus.extend(self.part.channels.iter().map(|index| self.value(&self.plan.network.channels[*index])));
        outbox.flows.extend(self.part.flows.iter().map(|index| self.value(&self.plan.flows.channels[*index])));
        for (probe, probed) in self.plan.probes.iter().zip(&self.part.probed) {
            let PlanCells::Neurons(kernel) = &self.plan.cells[probe.population] else { continue };
            if !probe.due(tick) {
                continue;
            }
            let first = self.blocks[probe.population].start * BLOCK;
            let cells = &self.plan.network.records[probe.record].cells[probed.clone()];
            let value =
                |cell: &u32| self.own.value(probe.population, place(*cell as usize - first, probe.variable, kernel.states()));
            outbox.samples.extend(cells.iter().map(value));
        }
    }
}
