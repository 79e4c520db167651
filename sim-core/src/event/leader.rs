//! What the first partition does besides its own work: puts everyone's spikes and samples in order, counts them, and hands them to
//! the sink.

use super::plan::Plan;
use super::worker::Told;
use crate::engine::Tally;
use crate::record::{Sample, Sink, Spike, Window};

pub(super) struct Leader<'a> {
    plan: &'a Plan,
    sink: &'a mut dyn Sink,
    tally: &'a mut Tally,
    spikes: Vec<Spike>,
    samples: Vec<Sample>,
    /// What the sink has been told.
    told: u64,
    /// Whether the sink has had enough.
    pub(super) stop: bool,
}

impl<'a> Leader<'a> {
    pub(super) fn new(plan: &'a Plan, sink: &'a mut dyn Sink, tally: &'a mut Tally, now: u64) -> Self {
        Self { plan, sink, tally, spikes: Vec::new(), samples: Vec::new(), told: now, stop: false }
    }

    /// Takes one partition's window; partitions come in order.
    pub(super) fn take(&mut self, part: usize, told: &Told) {
        self.spikes.extend_from_slice(&told.spikes);
        let mut values = &told.values[..];
        for (place, (tick, probe)) in told.sampled.iter().enumerate() {
            if part == 0 {
                let record = self.plan.probes[*probe as usize].record;
                self.samples.push(Sample { tick: *tick, record, values: Vec::new() });
            }
            let (own, rest) = values.split_at(self.plan.parts[part].probed[*probe as usize].len());
            self.samples[place].values.extend_from_slice(own);
            values = rest;
        }
    }

    /// Hands all up to a time to the sink.
    pub(super) fn record(&mut self, until: u64) {
        if until == self.told {
            return;
        }
        self.spikes.sort_unstable();
        let firsts = &self.plan.firsts;
        for spike in &self.spikes {
            self.tally.spikes[firsts.partition_point(|first| *first <= spike.neuron) - 1] += 1;
        }
        self.tally.enter(&self.plan.network, &self.spikes);
        let ticks = self.told + 1..=until;
        let seen = self.sink.window(&Window { ticks, spikes: &self.spikes, samples: &self.samples });
        self.stop |= seen.is_break();
        self.told = until;
        self.spikes.clear();
        self.samples.clear();
    }
}
