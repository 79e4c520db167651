//! What the first partition does besides its own work: puts everyone's spikes and samples in order, counts them, and
//! hands them to the sink.

use super::bus::Bus;
use super::exchange::Outbox;
use super::plan::Plan;
use super::state::Tally;
use crate::record::{Sample, Sink, Spike, Window};
use std::collections::VecDeque;
use std::ops::RangeInclusive;

pub(crate) struct Leader<'a> {
    plan: &'a Plan,
    sink: &'a mut dyn Sink,
    history: &'a mut VecDeque<Spike>,
    bus: &'a mut Bus,
    flows: &'a mut Bus,
    tally: &'a mut Tally,
    spikes: Vec<Spike>,
    samples: Vec<Sample>,
    /// Whether the sink has had enough.
    pub(crate) stop: bool,
}

impl<'a> Leader<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        sink: &'a mut dyn Sink,
        history: &'a mut VecDeque<Spike>,
        (bus, flows): (&'a mut Bus, &'a mut Bus),
        tally: &'a mut Tally,
    ) -> Self {
        Self { plan, sink, history, bus, flows, tally, spikes: Vec::new(), samples: Vec::new(), stop: false }
    }

    /// Takes one partition's window; partitions come in order.
    pub(crate) fn take(&mut self, part: usize, outbox: &Outbox, window: &RangeInclusive<u64>) {
        self.bus.take(&self.plan.parts[part].channels, &outbox.bus, window);
        self.flows.take(&self.plan.parts[part].flows, &outbox.flows, window);
        let populations = &self.plan.network.populations;
        for (offset, tick) in window.clone().enumerate() {
            for (index, population) in populations.iter().enumerate() {
                let cells = outbox.cells(offset, index, populations.len());
                self.spikes.extend(cells.iter().map(|cell| Spike { tick, neuron: population.first + cell }));
                self.tally.spikes[index] += cells.len() as u64;
            }
        }
        let mut values = &outbox.samples[..];
        let mut next = 0;
        for tick in window.clone() {
            for (probe, probed) in self.plan.probes.iter().zip(&self.plan.parts[part].probed) {
                if !probe.due(tick) {
                    continue;
                }
                if part == 0 {
                    self.samples.push(Sample { tick, record: probe.record, values: Vec::new() });
                }
                let (own, rest) = values.split_at(probed.len());
                self.samples[next].values.extend_from_slice(own);
                values = rest;
                next += 1;
            }
        }
    }

    /// Hands the window to the sink.
    pub(crate) fn record(&mut self, window: RangeInclusive<u64>) {
        self.spikes.sort_unstable();
        self.tally.enter(&self.plan.network, &self.spikes);
        let now = *window.end();
        self.history.extend(&self.spikes);
        let keep = (now + 1).saturating_sub(self.plan.max_delay);
        self.bus.forget(keep);
        self.flows.forget(now.saturating_sub(self.plan.max_delay));
        while self.history.front().is_some_and(|spike| spike.tick < keep) {
            self.history.pop_front();
        }
        let seen = self.sink.window(&Window { ticks: window, spikes: &self.spikes, samples: &self.samples });
        self.stop |= seen.is_break();
        self.spikes.clear();
        self.samples.clear();
    }
}
