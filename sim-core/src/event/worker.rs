//! One partition's part of a window: what reaches its neurons, in the order of time, and what they do.

use super::hazard::NEVER;
use super::plan::{Part, Plan};
use super::rows::Arrival;
use super::state::PartState;
use crate::record::Spike;

/// What partitions tell each other after a window.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// Spikes, in no order.
    pub(super) spikes: Vec<Spike>,
    /// When which probes were read.
    pub(super) sampled: Vec<(u64, u32)>,
    /// What was read in the partition's own cells.
    pub(super) values: Vec<f64>,
    /// When something happens next.
    pub(super) next: u64,
    /// Whether the sink wants no more (the first partition says so).
    pub(super) stop: bool,
}

/// A partition at work.
pub(super) struct Worker<'a> {
    plan: &'a Plan,
    part: &'a Part,
    state: &'a mut PartState,
    due: Vec<(u64, Arrival)>,
    woken: Vec<(u64, (u32, u32))>,
    wakes: Vec<(u64, u32)>,
    /// What synapses that learn transmit.
    sent: Vec<f64>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(plan: &'a Plan, part: usize, state: &'a mut PartState) -> Self {
        let (due, woken, wakes, sent) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { plan, part: &plan.parts[part], state, due, woken, wakes, sent }
    }

    /// A window: after `from` up to `until`. At one time current changes first, then spikes arrive, then probes are read.
    pub(super) fn run(&mut self, from: u64, until: u64, told: &mut Told) {
        (told.next, told.stop) = (NEVER, false);
        told.spikes.clear();
        told.sampled.clear();
        told.values.clear();
        self.begin(until);
        self.state.courses.enter(until);
        let due = std::mem::take(&mut self.due);
        let mut groups = due.chunk_by(|a, b| a.0 == b.0).peekable();
        let mut sample = self.next_sample(from);
        loop {
            let arrival = groups.peek().map_or(NEVER, |group| group[0].0);
            let change = self.state.changes.get(self.state.changed).map_or(NEVER, |change| change.at);
            if arrival.min(change).min(sample) > until {
                break;
            }
            if change <= arrival && change <= sample {
                self.inject(&mut told.spikes);
            } else if arrival <= sample {
                groups.next().into_iter().for_each(|group| self.deliver(group, &mut told.spikes));
            } else {
                self.sample(sample, told);
                sample = self.next_sample(sample);
            }
        }
        self.due = due;
        self.settle(until, &mut told.spikes);
        if let Some(sources) = &mut self.state.sources {
            sources.emit(until, &mut told.spikes);
        }
        told.next = self.next();
    }

    /// Takes what is due out of the queues.
    fn begin(&mut self, until: u64) {
        let PartState { arrivals, wakes, populations, delivered, .. } = &mut *self.state;
        self.due.clear();
        arrivals.take_until(until, &mut self.due);
        *delivered += self.due.len() as u64;
        self.due.sort_unstable();
        wakes.take_until(until, &mut self.woken);
        for (at, (population, cell)) in self.woken.drain(..) {
            if let Some(population) = &mut populations[population as usize] {
                population.wake(at, cell as usize);
            }
        }
    }

    fn inject(&mut self, fired: &mut Vec<Spike>) {
        let change = self.state.changes[self.state.changed];
        self.state.changed += 1;
        if let Some(population) = &mut self.state.populations[change.population as usize] {
            population.inject(change.at, change.cell as usize, change.current, fired);
        }
    }

    /// All spikes that arrive at one time.
    fn deliver(&mut self, group: &[(u64, Arrival)], fired: &mut Vec<Spike>) {
        let whole = group.len() == 1 && self.part.tables[group[0].1.table as usize].one_sign;
        let PartState { populations, plastic, courses, .. } = &mut *self.state;
        for (at, arrival) in group {
            let table = &self.part.tables[arrival.table as usize];
            let mut fan = table.fan(*arrival);
            if let Some(synapses) = &mut plastic[arrival.table as usize] {
                self.sent.clear();
                synapses.arrive(*at as i64, arrival.first, courses, &mut self.sent);
                fan = fan.with(&self.sent);
            }
            if let Some(population) = &mut populations[table.target] {
                population.deliver(*at, table.receptor, &fan, whole, fired);
            }
        }
        for (at, arrival) in group.iter().filter(|_| !whole) {
            let table = &self.part.tables[arrival.table as usize];
            if let Some(population) = &mut self.state.populations[table.target] {
                population.meet(*at, &table.fan(*arrival), fired);
            }
        }
    }

    /// When probes are read next.
    fn next_sample(&self, after: u64) -> u64 {
        self.plan.probes.iter().map(|probe| probe.next(after)).min().unwrap_or(NEVER)
    }

    fn sample(&mut self, at: u64, told: &mut Told) {
        for (index, probe) in self.plan.probes.iter().enumerate().filter(|(_, probe)| probe.due(at)) {
            told.sampled.push((at, index as u32));
            let first = self.part.owned[probe.population].start;
            let Some(population) = &mut self.state.populations[probe.population] else { continue };
            for cell in &self.plan.network.records[probe.record].cells[self.part.probed[index].clone()] {
                told.values.push(population.read(at, (cell - first) as usize, probe.variable, &mut told.spikes));
            }
        }
    }

    fn settle(&mut self, until: u64, fired: &mut Vec<Spike>) {
        let PartState { populations, wakes, .. } = &mut *self.state;
        for (index, population) in populations.iter_mut().enumerate() {
            let Some(population) = population else { continue };
            population.settle(until, fired, &mut self.wakes);
            self.wakes.drain(..).for_each(|(at, cell)| wakes.push(at, (index as u32, cell)));
        }
    }

    /// When something happens next of which the partition knows.
    fn next(&self) -> u64 {
        let PartState { arrivals, wakes, changes, changed, sources, .. } = &*self.state;
        let queues = arrivals.earliest().unwrap_or(NEVER).min(wakes.earliest().unwrap_or(NEVER));
        let change = changes.get(*changed).map_or(NEVER, |change| change.at);
        queues.min(change).min(sources.as_ref().map_or(NEVER, |sources| sources.earliest()))
    }

    /// Schedules what spikes start, and notes them where synapses learn from them.
    pub(super) fn route(&mut self, spikes: &[Spike]) {
        let PartState { arrivals, plastic, courses, scheduled, synaptic_events, .. } = &mut *self.state;
        for spike in spikes {
            let population = self.plan.firsts.partition_point(|first| *first <= spike.neuron) - 1;
            let source = spike.neuron - self.plan.firsts[population];
            let owned = &self.part.owned[population];
            for table in self.part.of_target[population].iter().filter(|_| owned.contains(&source)) {
                if let Some(synapses) = &mut plastic[*table as usize] {
                    synapses.fired(spike.tick as i64, source - owned.start, courses);
                }
            }
            courses.note(population, source, spike.tick);
            for index in &self.part.of_source[population] {
                let table = &self.part.tables[*index as usize];
                *synaptic_events += table.schedule(*index, source, spike.tick, |at, arrival| {
                    *scheduled += 1;
                    arrivals.push(at, arrival);
                });
            }
        }
    }

    /// All spikes up to now are known.
    pub(super) fn pass(&mut self, now: u64) {
        let PartState { plastic, courses, .. } = &mut *self.state;
        let used = plastic.iter_mut().flatten().map(|synapses| synapses.pass(now as i64, courses));
        let used = used.min().unwrap_or(now as i64);
        courses.forget(used);
    }
}
