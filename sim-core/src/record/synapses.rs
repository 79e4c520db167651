//! Synapses that learn, sampled. They are no part of the windows that a [`super::Sink`] gets: whoever runs a network stops at the
//! ticks that are due, and has them read from the state.

use crate::network::{Network, SynapseRecord};
use crate::plasticity::SynapseValues;
use crate::time::Grid;

/// The samples of one record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SynapseTrace {
    /// By synapse: global indices of its cells, and its delay in ticks.
    pub sources: Vec<u32>,
    /// The same of its target.
    pub targets: Vec<u32>,
    /// The same of its delay.
    pub delays: Vec<u64>,
    /// Ticks of the samples.
    pub ticks: Vec<u64>,
    /// Values in base units: sample by sample, one for each synapse.
    pub values: Vec<f64>,
}

/// Takes the samples of all records of a network.
#[derive(Clone, Debug)]
pub struct SynapseSampler {
    records: Vec<(SynapseRecord, Times)>,
    traces: Vec<SynapseTrace>,
}

/// When samples are due, in ticks.
#[derive(Clone, Copy, Debug)]
struct Times {
    start: u64,
    stop: u64,
    /// The whole stretch where only its ends are recorded.
    every: u64,
}

impl Times {
    fn new(record: &SynapseRecord, grid: Grid) -> Self {
        let (start, stop) = (grid.tick(record.start_fs), grid.tick(record.stop_fs));
        let every = record.every_fs.map_or(stop.saturating_sub(start), |fs| grid.tick(fs));
        Self { start, stop, every: every.max(1) }
    }

    /// The first that is due at a tick or after it.
    fn from(&self, tick: u64) -> Option<u64> {
        let due = self.start + tick.saturating_sub(self.start).div_ceil(self.every) * self.every;
        (due <= self.stop).then_some(due)
    }
}

impl SynapseSampler {
    /// Without samples yet.
    pub fn new(network: &Network) -> Self {
        let grid = Grid::new(network.timestep_fs);
        let records = network.synapse_records.iter().map(|record| (record.clone(), Times::new(record, grid)));
        Self { records: records.collect(), traces: vec![SynapseTrace::default(); network.synapse_records.len()] }
    }

    /// The first tick after this one at which a sample is due.
    pub fn due_after(&self, tick: u64) -> Option<u64> {
        self.records.iter().filter_map(|(_, times)| times.from(tick + 1)).min()
    }

    /// Takes the samples that are due at a tick, if that was not done; `read` gives a variable of a projection of this network.
    pub fn take(&mut self, network: &Network, tick: u64, read: &dyn Fn(usize, usize) -> SynapseValues) {
        for ((record, times), trace) in self.records.iter().zip(&mut self.traces) {
            if times.from(tick) == Some(tick) && trace.ticks.last() != Some(&tick) {
                trace.ticks.push(tick);
                trace.add(record, network, read);
            }
        }
    }

    /// All samples, by record.
    pub fn traces(&self) -> &[SynapseTrace] {
        &self.traces
    }
}

impl SynapseTrace {
    fn add(&mut self, record: &SynapseRecord, network: &Network, read: &dyn Fn(usize, usize) -> SynapseValues) {
        let first = self.ticks.len() == 1;
        for (index, projection) in network.projections.iter().enumerate().filter(|(_, p)| p.name == record.projection) {
            let read = read(index, record.variable);
            if first {
                let (source, target) =
                    (network.populations[projection.source].first, network.populations[projection.target].first);
                self.sources.extend(read.sources.iter().map(|cell| source + cell));
                self.targets.extend(read.targets.iter().map(|cell| target + cell));
                self.delays.extend_from_slice(&read.delays);
            }
            self.values.extend_from_slice(&read.values);
        }
    }
}
