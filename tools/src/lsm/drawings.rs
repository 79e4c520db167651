//! Plots of an experiment.

use super::liquids::Sample;
use crate::failure::Failure;
use crate::outputs::{empty, not_drawn};
use crate::plot::{self, Caption, ConfusionData, Format, PlotPopulation, RasterData, Role, ScatterData, ScatterGroup, Size};
use models::experiments::readout::Confusion;
use sim_core::record::Spike;
use sim_core::stats::Interval;
use sim_core::time::{FS_PER_MS, Grid};

fn caption(title: String, seed: Option<u64>) -> Caption {
    let seed = seed.map(|seed| format!("seed {seed}"));
    let facts = seed.into_iter().chain([format!("spikeloom {}", env!("CARGO_PKG_VERSION"))]);
    Caption { title, facts: facts.collect() }
}

/// Which classes are taken for which.
pub(crate) fn confusion(confusion: &Confusion, seed: u64) -> Result<Vec<u8>, Failure> {
    let title = format!("test samples, {:.2} % right", 100.0 * confusion.accuracy());
    let data = ConfusionData { caption: caption(title, Some(seed)), counts: confusion.counts.clone(), size: Size::default() };
    plot::confusion(&data, Format::Svg).map_err(not_drawn)
}

/// The spikes of one presentation.
pub(crate) fn raster(sample: &Sample, seed: u64) -> Result<Vec<u8>, Failure> {
    let (inputs, excitatory) = (sample.inputs as u32, sample.excitatory as u32);
    let population = |name: &str, first, size, role| PlotPopulation { name: name.into(), first, size, role };
    let data = RasterData {
        caption: caption("the first training sample, as the first liquid sees it".into(), Some(seed)),
        populations: vec![
            population("input", 0, inputs, Role::Stimulus),
            population("exc", inputs, excitatory, Role::Excitatory),
            population("inh", inputs + excitatory, sample.neurons as u32 - excitatory, Role::Inhibitory),
        ],
        interval: Interval::new(Grid::new(FS_PER_MS), 0, sample.ticks).ok_or_else(empty)?,
        rows: plot::DEFAULT_ROWS,
        bin_fs: None,
        size: Size::default(),
        moments: Vec::new(),
    };
    let input = sample.input.iter().map(|(tick, neuron)| Spike { tick: *tick, neuron: *neuron });
    let events = sample.events.iter().map(|event| Spike { tick: event.tick.into(), neuron: inputs + event.neuron });
    plot::raster(&data, &mut input.chain(events), Format::Svg).map_err(not_drawn)
}

/// Test accuracy against branching factor, experiment by experiment.
pub(crate) fn scatter(experiments: Vec<(String, Vec<(f64, f64)>)>, format: Format) -> Result<Vec<u8>, Failure> {
    let group = |(name, points): (String, Vec<(f64, f64)>)| ScatterGroup { name, points, ..ScatterGroup::default() };
    let data = ScatterData {
        caption: caption("accuracy and branching".into(), None),
        x_name: "branching factor".into(),
        y_name: "test accuracy (%)".into(),
        groups: experiments.into_iter().map(group).collect(),
        size: Size::default(),
    };
    plot::scatter(&data, format).map_err(not_drawn)
}
