//! The spikes of a memory, drawn and written.

use super::words;
use crate::export::{self, ExportPopulation};
use crate::failure::Failure;
use crate::files;
use crate::outputs::{checked, empty, not_drawn, save};
use crate::plot::{self, Caption, PlotMoment, PlotPopulation, RasterData, Role, Size};
use models::experiments::cam::{Memory, Operation};
use sim_core::network::Population;
use sim_core::record::{Sink, Spike, Window};
use sim_core::stats::Interval;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// All spikes of a run.
#[derive(Debug, Default)]
pub(super) struct Spikes(Vec<Spike>);

impl Sink for Spikes {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        self.0.extend_from_slice(window.spikes);
        ControlFlow::Continue(())
    }
}

/// What was asked for, checked.
pub(super) struct Outputs {
    raster: Option<(PathBuf, plot::Format)>,
    spikes: Option<(PathBuf, export::Format)>,
}

impl Outputs {
    /// Checks formats, and that the files can be written.
    pub(super) fn new(raster: Option<&Path>, spikes: Option<&Path>) -> Result<Self, Failure> {
        if raster.is_some() && raster == spikes {
            return Err(Failure::Usage("usage", "one file is named for two outputs: give each a file of its own".into()));
        }
        let raster = raster.map(|path| checked(path, plot::Format::of(path), "--raster", ".svg or .png")).transpose()?;
        let spikes = spikes.map(|path| checked(path, export::Format::of(path), "--spikes", ".csv, .gdf or .npz")).transpose()?;
        Ok(Self { raster, spikes })
    }

    /// Whether anything was asked for.
    pub(super) fn any(&self) -> bool {
        self.raster.is_some() || self.spikes.is_some()
    }

    /// Writes them. Returns their names.
    pub(super) fn write(
        &self,
        memory: &Memory,
        operations: &[Operation],
        spikes: &Spikes,
        end: u64,
    ) -> Result<Vec<PathBuf>, Failure> {
        let mut written = Vec::new();
        if let Some((path, format)) = &self.raster {
            save(path, &raster(memory, operations, spikes, end, *format)?)?;
            written.push(path.clone());
        }
        if let Some((path, format)) = &self.spikes {
            table(path, *format, memory, spikes)?;
            written.push(path.clone());
        }
        Ok(written)
    }
}

/// Spikes are drawn at the ends of their steps, operations at the beginning of their first.
fn raster(
    memory: &Memory,
    operations: &[Operation],
    spikes: &Spikes,
    end: u64,
    format: plot::Format,
) -> Result<Vec<u8>, Failure> {
    let grid = memory.simulation().0.grid();
    let population = |p: &Population| PlotPopulation {
        name: Memory::part(&p.name).to_string(),
        first: p.first,
        size: p.size,
        role: if p.card().is_none() { Role::Stimulus } else { Role::Other },
    };
    let data = RasterData {
        caption: Caption {
            title: memory.kind().system.to_string(),
            facts: vec![
                "spikes at the ends of their steps of 1 ms, operations at the beginning".to_string(),
                format!("spikeloom {}", env!("CARGO_PKG_VERSION")),
            ],
        },
        populations: memory.network().populations.iter().map(population).collect(),
        interval: Interval::new(grid, 0, end).ok_or_else(empty)?,
        rows: plot::DEFAULT_ROWS,
        bin_fs: None,
        size: Size::default(),
        moments: operations.iter().map(|o| PlotMoment { tick: o.at, words: words::short(&o.action) }).collect(),
    };
    plot::raster(&data, &mut spikes.0.iter().copied(), format).map_err(not_drawn)
}

/// Spikes at the beginnings of their steps, as SpiNNaker stamps them.
fn table(path: &Path, format: export::Format, memory: &Memory, spikes: &Spikes) -> Result<(), Failure> {
    let population = |p: &Population| ExportPopulation { name: Memory::part(&p.name).to_string(), first: p.first, size: p.size };
    let populations: Vec<ExportPopulation> = memory.network().populations.iter().map(population).collect();
    let grid = memory.simulation().0.grid();
    let all = || spikes.0.iter().map(|spike| Spike { tick: spike.tick.saturating_sub(1), ..*spike });
    let written = files::write_with(path, |out| match format {
        export::Format::Csv => export::write_csv(out, grid, &populations, all()),
        export::Format::Gdf => export::write_gdf(out, grid, &populations, all()),
        export::Format::Npz => export::write_npz(out, grid, &populations, all),
    });
    written.map(|_| ()).map_err(|error| Failure::Other("io", error.to_string()))
}

/// What was written.
pub(super) fn last_line(written: &[PathBuf]) -> String {
    let names: Vec<String> = written.iter().map(|p| p.display().to_string()).collect();
    if names.is_empty() { String::new() } else { format!("written: {}\n", names.join(", ")) }
}
