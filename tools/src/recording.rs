//! A recording at hand, in memory or in a folder: what plots, statistics and exports read.

use crate::export::{ExportPopulation, TraceRecord};
use crate::failure::Failure;
use crate::plot::{PlotPopulation, Role};
use sim_core::network::Network;
use sim_core::record::{Spike, SpikeReader};
use sim_core::stats::Interval;
use sim_core::time::Grid;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// A population of a recording.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RecordedPopulation {
    pub(crate) name: String,
    pub(crate) first: u32,
    pub(crate) size: u32,
    pub(crate) stimulus: bool,
    /// Whether its spikes are recorded.
    pub(crate) spikes: bool,
}

/// Where the spikes are.
#[derive(Debug)]
pub(crate) enum Spikes {
    /// A stream of blocks in memory.
    Memory(Vec<u8>),
    /// A stream of blocks in a file.
    File(PathBuf),
}

/// A recording.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) name: String,
    /// `None` where a file does not tell.
    pub(crate) seed: Option<u64>,
    pub(crate) grid: Grid,
    /// First tick recorded is after this.
    pub(crate) from_tick: u64,
    /// Last tick.
    pub(crate) to_tick: u64,
    /// Whether these are the ends of the recording; else the last tick is that of the last spike.
    pub(crate) whole: bool,
    pub(crate) spike_hash: String,
    pub(crate) populations: Vec<RecordedPopulation>,
    pub(crate) spikes: Spikes,
    pub(crate) traces: Vec<TraceRecord>,
}

/// Populations of a network as a recording lists them.
pub(crate) fn populations(network: &Network) -> Vec<RecordedPopulation> {
    let recorded =
        |index: usize| network.records.iter().any(|r| r.population == index && r.what == sim_core::network::What::Spikes);
    let populations = network.populations.iter().enumerate();
    populations
        .map(|(index, p)| RecordedPopulation {
            name: p.name.clone(),
            first: p.first,
            size: p.size,
            stimulus: p.card().is_none(),
            spikes: recorded(index),
        })
        .collect()
}

impl Recording {
    /// The stretch of time it covers; `None` when it is empty.
    pub(crate) fn interval(&self) -> Option<Interval> {
        Interval::new(self.grid, self.from_tick, self.to_tick)
    }

    /// All recorded spikes in order. The whole stream is checked first, so that nothing is drawn of a damaged one.
    pub(crate) fn spikes(&self) -> Result<Box<dyn Iterator<Item = Spike> + '_>, Failure> {
        match &self.spikes {
            Spikes::Memory(bytes) => {
                let read = |bytes| SpikeReader::new(bytes).map_err(|e| Failure::Other("recording", e.to_string()));
                Ok(Box::new(read(&bytes[..])?.map_while(Result::ok)))
            }
            Spikes::File(path) => {
                let fail = |error| Failure::io(path, &error);
                for spike in open(path)? {
                    spike.map_err(fail)?;
                }
                Ok(Box::new(open(path)?.map_while(Result::ok)))
            }
        }
    }

    /// Populations to plot: those whose spikes were recorded.
    pub(crate) fn plot_populations(&self, chosen: impl Fn(&str) -> bool) -> Vec<PlotPopulation> {
        let shown = self.populations.iter().filter(|p| p.spikes && chosen(&p.name));
        let role = |p: &RecordedPopulation| if p.stimulus { Role::Stimulus } else { Role::of_name(&p.name) };
        shown.map(|p| PlotPopulation { name: p.name.clone(), first: p.first, size: p.size, role: role(p) }).collect()
    }

    /// Populations to export: those whose spikes were recorded.
    pub(crate) fn export_populations(&self) -> Vec<ExportPopulation> {
        let recorded = self.populations.iter().filter(|p| p.spikes);
        recorded.map(|p| ExportPopulation { name: p.name.clone(), first: p.first, size: p.size }).collect()
    }
}

/// Opens a stream of spikes.
pub(crate) fn open(path: &Path) -> Result<SpikeReader<impl Read>, Failure> {
    let file = File::open(path).map_err(|error| Failure::io(path, &error))?;
    SpikeReader::new(BufReader::new(file)).map_err(|error| Failure::io(path, &error))
}
