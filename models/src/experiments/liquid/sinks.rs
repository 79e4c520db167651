//! What is kept of a liquid's spikes.

use super::{Event, Load};
use sim_core::record::{Sink, Window};
use std::ops::{ControlFlow, Range};

/// Ticks at the end of a presentation whose spikes do not count: those of the last never reach anything.
const UNCOUNTED: u64 = 1;

/// Counts the spikes of some neurons in each of some windows of a presentation, those of the last tick left out.
pub(super) struct Counter<'a> {
    neurons: Range<u32>,
    /// Ticks before the presentation, and its own.
    start: u64,
    ticks: u64,
    windows: u64,
    /// Of each cell of the network, how many synapses learn by its spikes.
    learning: &'a [u32],
    /// Window by window.
    pub(super) counts: Vec<u16>,
    /// All cells' spikes times these synapses.
    pub(super) plastic_events: u64,
}

impl<'a> Counter<'a> {
    pub(super) fn new(neurons: Range<u32>, learning: &'a [u32], start: u64, ticks: u64, windows: usize) -> Self {
        let counts = vec![0; neurons.len() * windows];
        Self { neurons, start, ticks, windows: windows as u64, learning, counts, plastic_events: 0 }
    }

    /// What the presentation took, with so many synaptic events.
    pub(super) fn load(&self, synaptic_events: u64) -> Load {
        let spikes = self.counts.iter().map(|count| u64::from(*count)).sum();
        Load { spikes, synaptic_events, plastic_events: self.plastic_events }
    }
}

impl Sink for Counter<'_> {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        let last = self.start + self.ticks - UNCOUNTED;
        for spike in window.spikes.iter().filter(|spike| spike.tick <= last) {
            self.plastic_events += u64::from(self.learning[spike.neuron as usize]);
            if !self.neurons.contains(&spike.neuron) {
                continue;
            }
            let row = (spike.tick - self.start).saturating_sub(1) * self.windows / self.ticks;
            self.counts[row as usize * self.neurons.len() + (spike.neuron - self.neurons.start) as usize] += 1;
        }
        ControlFlow::Continue(())
    }
}

/// Keeps the spikes of some neurons.
pub(super) struct Events {
    neurons: Range<u32>,
    last: u64,
    events: Vec<Event>,
}

impl Events {
    pub(super) fn new(neurons: Range<u32>, ticks: u64) -> Self {
        Self { neurons, last: ticks - UNCOUNTED, events: Vec::new() }
    }

    pub(super) fn all(self) -> Vec<Event> {
        self.events
    }
}

impl Sink for Events {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        let own = window.spikes.iter().filter(|spike| spike.tick <= self.last && self.neurons.contains(&spike.neuron));
        self.events.extend(own.map(|spike| Event { tick: spike.tick as u32, neuron: spike.neuron - self.neurons.start }));
        ControlFlow::Continue(())
    }
}
