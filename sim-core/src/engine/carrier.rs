//! Spikes that something else carries: a machine, whose packets may be late or lost.
//!
//! Neurons are computed as ever, tick by tick; but a spike is scheduled only when the carrier says that it has come, and only at the
//! cells that it has come to. A spike that comes k ticks late acts k ticks later there, and synapses that learn take it for one
//! of k ticks later: so a machine does that works it off in the step in which it finds it. One that never comes is lost.
//! The carrier is asked once a tick and knows of the future as little as the machine.

use super::exchange::Outbox;
use super::leader::Leader;
use super::plan::Plan;
use super::state::State;
use super::worker::Worker;
use crate::network::Population;
use crate::record::{Sink, Spike};
use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;

/// What carries spikes from neurons to neurons.
pub trait Carrier: Send {
    /// Takes what fired in a tick, sorted, and calls with all that has come by the end of this tick. Every tick is asked for once.
    fn carry(&mut self, tick: u64, fired: &[Spike], arrived: &mut dyn FnMut(Arrived));
}

/// A spike that has come to some cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// When it was fired, and by whom.
    pub spike: Spike,
    /// The cells, all of one slice of one population, numbered as neurons are in [`Spike`].
    pub targets: Range<u32>,
}

/// A carrier, and what it has brought that still acts.
pub struct Carriage {
    carrier: Box<dyn Carrier>,
    /// When it came, and what.
    arrived: VecDeque<(u64, Arrived)>,
}

impl fmt::Debug for Carriage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carriage").field("arrived", &self.arrived).finish_non_exhaustive()
    }
}

impl Carriage {
    /// Nothing is under way.
    pub fn new(carrier: Box<dyn Carrier>) -> Self {
        Self { carrier, arrived: VecDeque::new() }
    }
}

impl State {
    /// Runs so many ticks with spikes that a carrier brings, or until the sink breaks off. Returns the ticks done. From tick 0 on
    /// it has to be the same carriage.
    ///
    /// # Panics
    /// If the plan is not one of [`Plan::for_carrier`] for the state's network.
    pub fn advance_carried(&mut self, plan: &Plan, carriage: &mut Carriage, ticks: u64, sink: &mut dyn Sink) -> u64 {
        assert!(plan.partitions() == 1, "the plan is made for a carrier");
        let start = self.tick;
        self.divide(plan);
        let Self { tick, neurons, lanes, held, plastic, bus, flows, history, tally, start: _, spare } = self;
        let mut workspace = spare.take(plan).remove(0);
        workspace.own.swap(plan, 0, (neurons, lanes, held));
        let mut worker =
            Worker::new((plan, &plan.stimuli), 0, &mut plastic[0], workspace, (bus.clone(), flows.clone()), &[], start);
        for (came, arrived) in &carriage.arrived {
            arrive(&mut worker, plan, arrived, *came, start);
        }
        worker.count_anew();
        let mut leader = Leader::new(plan, sink, history, (bus, flows), tally);
        let mut outbox = Outbox::default();
        let mut now = start;
        while now < start + ticks && !leader.stop {
            now += 1;
            outbox.clear();
            worker.deliver(now);
            worker.advance(now, &mut outbox);
            worker.sample(now, &mut outbox);
            outbox.starts.push(outbox.fired.len() as u32);
            worker.heed(&outbox, now);
            leader.take(0, &outbox, &(now..=now));
            carriage.bring(plan, now, &outbox, &mut worker);
            worker.learn(&(now..=now));
            leader.record(now..=now);
        }
        let events = worker.events();
        let mut workspace = worker.leave();
        workspace.own.swap(plan, 0, (neurons, lanes, held));
        spare.keep(plan, vec![workspace]);
        tally.synaptic_events += events;
        *tick = now;
        now - start
    }
}

impl Carriage {
    /// Gives the carrier what fired, and the worker what came.
    fn bring(&mut self, plan: &Plan, now: u64, outbox: &Outbox, worker: &mut Worker<'_>) {
        let populations = &plan.network.populations;
        let spike = |(population, cell): (usize, u32)| Spike { tick: now, neuron: populations[population].first + cell };
        let fired: Vec<Spike> = outbox.spikes(populations.len()).map(spike).collect();
        while self.arrived.front().is_some_and(|(came, _)| came + plan.max_delay <= now) {
            self.arrived.pop_front();
        }
        let kept = &mut self.arrived;
        self.carrier.carry(now, &fired, &mut |arrived| {
            arrive(worker, plan, &arrived, now, now);
            kept.push_back((now, arrived));
        });
    }
}

fn arrive(worker: &mut Worker<'_>, plan: &Plan, arrived: &Arrived, came: u64, now: u64) {
    let populations = &plan.network.populations;
    let (source, cell) = place(populations, arrived.spike.neuron);
    let (target, first) = place(populations, arrived.targets.start);
    let count = arrived.targets.end - arrived.targets.start;
    worker.arrive((source, cell), (target, first..first + count), came, now);
}

/// The population of a cell, and its place there.
fn place(populations: &[Population], neuron: u32) -> (usize, u32) {
    let population = populations.partition_point(|p| p.range().end <= neuron);
    (population, neuron - populations[population].first)
}
