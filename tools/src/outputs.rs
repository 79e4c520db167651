//! The files that `run` writes on demand, refused before the run where they cannot be written.

use crate::cli::OutputArgs;
use crate::export::{self, TraceRecord};
use crate::failure::Failure;
use crate::files;
use crate::plot::{self, Caption, Size, TraceCell, TraceData, TracePanel};
use crate::recording::Recording;
use sim_core::network::{Network, What};
use std::path::{Path, PathBuf};

/// Where traces go.
#[derive(Clone, Copy)]
enum TraceFormat {
    Plot(plot::Format),
    Table(export::Format),
}

/// What was asked for, checked.
pub(crate) struct Outputs {
    raster: Option<(PathBuf, plot::Format)>,
    trace: Option<(PathBuf, TraceFormat)>,
    spikes: Option<(PathBuf, export::Format)>,
}

impl Outputs {
    /// Checks formats and that the files can be written.
    pub(crate) fn new(arguments: &OutputArgs) -> Result<Self, Failure> {
        let raster = arguments.raster.as_ref().map(|path| checked(path, plot::Format::of(path), "--raster", ".svg or .png"));
        let trace = |path: &PathBuf| {
            let table = export::Format::of(path).filter(|f| *f != export::Format::Gdf).map(TraceFormat::Table);
            let format = plot::Format::of(path).map(TraceFormat::Plot).or(table);
            checked(path, format, "--trace", ".svg, .png, .csv or .npz")
        };
        let trace = arguments.trace.as_ref().map(trace);
        let spikes = |path: &PathBuf| checked(path, export::Format::of(path), "--spikes", ".csv, .gdf or .npz");
        let spikes = arguments.spikes.as_ref().map(spikes);
        let outputs = Self { raster: raster.transpose()?, trace: trace.transpose()?, spikes: spikes.transpose()? };
        outputs.check_distinct()?;
        Ok(outputs)
    }

    /// Whether anything was asked for.
    pub(crate) fn any(&self) -> bool {
        self.raster.is_some() || self.trace.is_some() || self.spikes.is_some()
    }

    /// Refuses two outputs to one file: the second would take the place of the first.
    fn check_distinct(&self) -> Result<(), Failure> {
        let (raster, trace) = (self.raster.as_ref().map(|o| &o.0), self.trace.as_ref().map(|o| &o.0));
        let paths: Vec<&PathBuf> = [raster, trace, self.spikes.as_ref().map(|o| &o.0)].into_iter().flatten().collect();
        match paths.iter().enumerate().find(|(index, path)| paths[..*index].contains(path)) {
            Some((_, twice)) => {
                let message = format!("{} is named for two outputs: give each a file of its own", twice.display());
                Err(Failure::Usage("usage", message))
            }
            None => Ok(()),
        }
    }

    /// Refuses outputs of what the netlist does not record, before the run.
    pub(crate) fn check_recorded(&self, network: &Network) -> Result<(), Failure> {
        let states = network.records.iter().any(|r| matches!(r.what, What::State { .. })) || !network.synapse_records.is_empty();
        let spikes = network.records.iter().any(|r| r.what == What::Spikes);
        let missing = |flag: &str, what: &str, example: &str| {
            let message = format!("{flag}: this netlist records no {what}; add [[record]] from = \"..\", what = \"{example}\"");
            Err(Failure::Usage("nothing-recorded", message))
        };
        match self {
            Self { trace: Some(_), .. } if !states => missing("--trace", "state variable", "v_m"),
            Self { raster: Some(_), .. } if !spikes => missing("--raster", "spikes", "spikes"),
            Self { spikes: Some(_), .. } if !spikes => missing("--spikes", "spikes", "spikes"),
            _ => Ok(()),
        }
    }

    /// Writes them, and names them in `written` as they are.
    pub(crate) fn write(&self, recording: &Recording, written: &mut Vec<PathBuf>) -> Result<(), Failure> {
        if let Some((path, format)) = &self.raster {
            save(path, &raster(recording, *format)?)?;
            written.push(path.clone());
        }
        if let Some((path, format)) = &self.trace {
            match format {
                TraceFormat::Plot(format) => save(path, &trace(recording, *format)?)?,
                TraceFormat::Table(format) => write_traces(path, *format, recording)?,
            }
            written.push(path.clone());
        }
        if let Some((path, format)) = &self.spikes {
            write_spikes(path, *format, recording)?;
            written.push(path.clone());
        }
        Ok(())
    }
}

/// A path that can be written, and the format that its name asks for.
pub(crate) fn checked<F>(path: &Path, format: Option<F>, flag: &str, known: &str) -> Result<(PathBuf, F), Failure> {
    let unknown = || Failure::Usage("unknown-format", format!("{flag} {}: the name must end in {known}", path.display()));
    let format = format.ok_or_else(unknown)?;
    files::check_writable(path).map_err(|error| Failure::Other("io", error.to_string()))?;
    Ok((path.to_path_buf(), format))
}

/// Writes a file whole or not at all.
pub(crate) fn save(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    files::write(path, bytes).map_err(|error| Failure::Other("io", error.to_string()))
}

fn raster(recording: &Recording, format: plot::Format) -> Result<Vec<u8>, Failure> {
    let data = plot::RasterData {
        caption: caption(recording, None),
        populations: recording.plot_populations(|_| true),
        interval: recording.interval().ok_or_else(empty)?,
        rows: plot::DEFAULT_ROWS,
        bin_fs: None,
        size: Size::default(),
        moments: Vec::new(),
    };
    plot::raster(&data, &mut recording.spikes()?, format).map_err(not_drawn)
}

fn trace(recording: &Recording, format: plot::Format) -> Result<Vec<u8>, Failure> {
    let interval = recording.interval().ok_or_else(empty)?;
    let panels = panels(recording, |_| true)?;
    let data = TraceData { caption: caption(recording, None), panels, interval, size: Size::default() };
    plot::trace(&data, format).map_err(not_drawn)
}

pub(crate) fn empty() -> Failure {
    Failure::Other("empty", "the recording covers no time: there is nothing to draw".into())
}

pub(crate) fn not_drawn(error: plot::PlotError) -> Failure {
    Failure::Usage("not-drawn", error.to_string())
}

/// Title and facts of a plot.
pub(crate) fn caption(recording: &Recording, title: Option<&str>) -> Caption {
    let mut facts: Vec<String> = recording.seed.map(|seed| format!("seed {seed}")).into_iter().collect();
    facts.push(match recording.grid.step_fs() {
        1 => "continuous time".to_string(),
        fs => format!("step {} ms", sim_core::time::decimal_ms(fs)),
    });
    facts.push(format!("spikeloom {}", env!("CARGO_PKG_VERSION")));
    if let Some(prefix) = recording.spike_hash.get(..12) {
        facts.push(format!("hash {prefix}"));
    }
    Caption { title: title.unwrap_or(&recording.name).to_string(), facts }
}

/// Panels of a trace plot: one a variable, the first cells of each population, with their spikes.
pub(crate) fn panels(recording: &Recording, chosen: impl Fn(&str) -> bool) -> Result<Vec<TracePanel>, Failure> {
    let mut panels: Vec<TracePanel> = Vec::new();
    for record in recording.traces.iter().filter(|r| chosen(&r.population)) {
        let same = |p: &&mut TracePanel| p.variable == record.variable && p.ticks == record.ticks;
        let panel = match panels.iter_mut().find(same) {
            Some(panel) => panel,
            None => {
                let (variable, unit) = (record.variable.clone(), record.unit.clone());
                panels.push(TracePanel { variable, unit, ticks: record.ticks.clone(), cells: Vec::new() });
                let last = panels.len() - 1;
                &mut panels[last]
            }
        };
        let room = plot::MOST_CURVES.saturating_sub(panel.cells.len());
        for (index, cell) in record.cells.iter().enumerate().take(room) {
            let values = record.values.iter().skip(index).step_by(record.cells.len().max(1)).copied().collect();
            let spikes = spikes_of(recording, record, *cell)?;
            panel.cells.push(TraceCell { name: format!("{} {cell}", record.population), values, spikes });
        }
    }
    Ok(panels)
}

fn spikes_of(recording: &Recording, record: &TraceRecord, cell: u32) -> Result<Vec<u64>, Failure> {
    let Some(population) = recording.populations.iter().find(|p| p.name == record.population) else { return Ok(Vec::new()) };
    let neuron = population.first + cell;
    Ok(recording.spikes()?.filter(|s| s.neuron == neuron).map(|s| s.tick).collect())
}

fn write_traces(path: &Path, format: export::Format, recording: &Recording) -> Result<(), Failure> {
    let written = files::write_with(path, |out| match format {
        export::Format::Npz => export::write_trace_npz(out, recording.grid, &recording.traces),
        _ => export::write_trace_csv(out, recording.grid, &recording.traces),
    });
    written.map_err(|error| Failure::Other("io", error.to_string()))
}

/// Writes the recorded spikes. Returns how many there are.
pub(crate) fn write_spikes(path: &Path, format: export::Format, recording: &Recording) -> Result<u64, Failure> {
    let populations = recording.export_populations();
    // The stream is checked once here; afterwards it can be asked for again and again.
    let checked = recording.spikes()?;
    drop(checked);
    let again = || recording.spikes().unwrap_or_else(|_| Box::new(std::iter::empty()));
    let written = files::write_with(path, |out| match format {
        export::Format::Csv => export::write_csv(out, recording.grid, &populations, again()),
        export::Format::Gdf => export::write_gdf(out, recording.grid, &populations, again()),
        export::Format::Npz => export::write_npz(out, recording.grid, &populations, again),
    });
    written.map_err(|error| Failure::Other("io", error.to_string()))
}
