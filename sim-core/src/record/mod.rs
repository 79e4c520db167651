//! What a run gives: windows of spikes and samples to a [`Sink`], blocks of them as a recording.

mod hash;
mod recorder;
mod stream;
mod synapses;

pub use hash::SpikeHash;
pub use recorder::{MemoryTrace, Recorder, SpikeFilter, TraceWriter};
pub use stream::{Mark, SpikeReader, SpikeWriter};
pub use synapses::{SynapseSampler, SynapseTrace};

use std::ops::{ControlFlow, RangeInclusive};

/// One spike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spike {
    /// When: tick k is time k h.
    pub tick: u64,
    /// Who: global index over all populations.
    pub neuron: u32,
}

/// One sample of one state variable over the cells of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// When.
    pub tick: u64,
    /// Index of the record in the network.
    pub record: usize,
    /// One value for each of the record's cells.
    pub values: Vec<f64>,
}

/// What happened in some consecutive ticks.
#[derive(Clone, Debug)]
pub struct Window<'a> {
    /// First and last tick.
    pub ticks: RangeInclusive<u64>,
    /// All spikes, stimuli's included, sorted by (tick, neuron); a stimulus may repeat within a tick.
    pub spikes: &'a [Spike],
    /// Samples, sorted by (tick, record).
    pub samples: &'a [Sample],
}

/// Receives a run, window by window, in order.
pub trait Sink {
    /// Takes a window. `Break` ends the run after it: what was computed is kept.
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()>;
}
