//! `plot`: a recording or a network as a picture.

mod intervals;
mod network;

use crate::Terminal;
use crate::cli::{PlotArgs, PlotKind};
use crate::failure::Failure;
use crate::import;
use crate::names::{matches_any, tick, time_fs};
use crate::outputs::{caption, empty, not_drawn, panels, save};
use crate::plot::{self, Caption, Format, PlotPopulation, RasterData, RatesData, Size, TraceData};
use crate::recording::Recording;
use intervals::Scale;
use sim_core::stats::Interval;
use std::path::{Path, PathBuf};

/// Draws a recording or a network; prints the picture's path.
pub(crate) fn plot(arguments: &PlotArgs, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    check_flags(arguments)?;
    let output = arguments.output.clone().unwrap_or_else(|| default_output(arguments));
    let unknown = || Failure::Usage("unknown-format", format!("{}: a plot's name ends in .svg or .png", output.display()));
    let format = Format::of(&output).ok_or_else(unknown)?;
    save(&output, &draw(arguments, format)?)?;
    terminal.print(&format!("{}\n", output.display()))
}

fn default_output(arguments: &PlotArgs) -> PathBuf {
    let name = match arguments.kind {
        PlotKind::Raster => "raster.svg",
        PlotKind::Rates => "rates.svg",
        PlotKind::Trace => "trace.svg",
        PlotKind::Isi => "isi.svg",
        PlotKind::Weights => "weights.svg",
        PlotKind::Matrix => "matrix.svg",
    };
    let folder = if arguments.recording.is_dir() { Some(arguments.recording.as_path()) } else { arguments.recording.parent() };
    folder.map_or_else(|| PathBuf::from(name), |f| f.join(name))
}

/// Whether a kind of plot needs no spikes.
fn of_network(kind: PlotKind) -> bool {
    matches!(kind, PlotKind::Weights | PlotKind::Matrix)
}

/// Refuses flags that a kind of plot has no use for.
fn check_flags(arguments: &PlotArgs) -> Result<(), Failure> {
    let (kind, network) = (arguments.kind, of_network(arguments.kind));
    let idle = [
        ("--from", arguments.from.is_some() && network),
        ("--to", arguments.to.is_some() && network),
        ("--bin", arguments.bin.is_some() && (network || kind == PlotKind::Trace)),
        ("--rows", arguments.rows.is_some() && kind != PlotKind::Raster),
        ("--linear", arguments.linear && kind != PlotKind::Isi),
        ("--set", !arguments.sets.is_empty() && !network),
    ];
    match idle.iter().find(|(_, is_idle)| *is_idle) {
        Some((flag, _)) => Err(Failure::Usage("usage", format!("{flag} has no meaning for this kind of plot: leave it out"))),
        None => Ok(()),
    }
}

fn size(arguments: &PlotArgs) -> Result<Size, Failure> {
    let default = if arguments.kind == PlotKind::Matrix { "140x120" } else { "180x120" };
    let size = arguments.size.as_deref().unwrap_or(default);
    size.parse().map_err(|message| Failure::Usage("usage", message))
}

fn draw(arguments: &PlotArgs, format: Format) -> Result<Vec<u8>, Failure> {
    let size = size(arguments)?;
    let drawn = match arguments.kind {
        PlotKind::Raster => {
            let rows = arguments.rows.unwrap_or(plot::DEFAULT_ROWS);
            let Part { recording, interval, caption, populations, bin_fs } = Part::new(arguments)?;
            let data = RasterData { caption, populations, interval, rows, bin_fs, size, moments: Vec::new() };
            plot::raster(&data, &mut recording.spikes()?, format)
        }
        PlotKind::Rates => {
            let Part { recording, interval, caption, populations, bin_fs } = Part::new(arguments)?;
            let data = RatesData { caption, populations, interval, bin_fs, size };
            plot::rates(&data, &mut recording.spikes()?, format)
        }
        PlotKind::Isi => {
            let part = Part::new(arguments)?;
            let ticks = part.bin_fs.map(|fs| part.recording.grid.tick(fs).max(1));
            let scale = if arguments.linear || ticks.is_some() { Scale::Linear(ticks) } else { Scale::Logarithmic };
            plot::distributions(&intervals::intervals(part, scale, size)?, format)
        }
        PlotKind::Trace => plot::trace(&traces(arguments, size)?, format),
        PlotKind::Weights => {
            let loaded = network::load(arguments)?;
            plot::distributions(&network::weights(&loaded.network, arguments, size)?, format)
        }
        PlotKind::Matrix => {
            let loaded = network::load(arguments)?;
            plot::matrix(&network::matrix(&loaded.network, arguments, size)?, format)
        }
    };
    drawn.map_err(not_drawn)
}

/// The part of a recording's spikes that is drawn.
struct Part {
    recording: Recording,
    interval: Interval,
    caption: Caption,
    populations: Vec<PlotPopulation>,
    bin_fs: Option<i64>,
}

impl Part {
    fn new(arguments: &PlotArgs) -> Result<Self, Failure> {
        let recording = open(&arguments.recording)?;
        let interval = interval(arguments, &recording)?;
        let caption = caption(&recording, arguments.title.as_deref());
        let bin_fs = arguments.bin.as_ref().map(|bin| time_fs("--bin", bin)).transpose()?;
        let populations = recording.plot_populations(|name| is_chosen(arguments, name));
        if populations.is_empty() {
            let known: Vec<&str> = recording.populations.iter().filter(|p| p.spikes).map(|p| p.name.as_str()).collect();
            let message = format!("no population of these names has recorded spikes; there are: {}", known.join(", "));
            return Err(Failure::Usage("no-such-population", message));
        }
        Ok(Self { recording, interval, caption, populations, bin_fs })
    }
}

/// Opens a recording; a netlist has none yet.
fn open(path: &Path) -> Result<Recording, Failure> {
    let name = path.to_string_lossy();
    let is_netlist = netlists::Format::of_path(&name).is_some_and(|_| path.is_file());
    if is_netlist || (!path.exists() && netlists::library::find(&name).is_some()) {
        let message = format!(
            "{name} is a netlist, not a recording: `spikeloom run {name} --raster FILE.svg` simulates and draws it, and \
             --kind weights or matrix needs no run"
        );
        return Err(Failure::Usage("no-such-recording", message));
    }
    import::open(path)
}

fn is_chosen(arguments: &PlotArgs, name: &str) -> bool {
    arguments.populations.as_ref().is_none_or(|patterns| matches_any(patterns, name))
}

fn traces(arguments: &PlotArgs, size: Size) -> Result<TraceData, Failure> {
    let recording = open(&arguments.recording)?;
    let interval = interval(arguments, &recording)?;
    let panels = panels(&recording, |name| is_chosen(arguments, name))?;
    if panels.is_empty() {
        let message = "no state variable of these populations was recorded: add [[record]] what = \"v_m\" to the netlist";
        return Err(Failure::Usage("nothing-recorded", message.into()));
    }
    Ok(TraceData { caption: caption(&recording, arguments.title.as_deref()), panels, interval, size })
}

/// The stretch of time asked for, within the recording.
pub(crate) fn stretch(recording: &Recording, from: Option<&str>, to: Option<&str>) -> Result<Interval, Failure> {
    let grid = recording.grid;
    let from = from.map(|t| tick("--from", t, grid)).transpose()?.unwrap_or(0).max(recording.from_tick);
    let to = to.map(|t| tick("--to", t, grid)).transpose()?.unwrap_or(u64::MAX).min(recording.to_tick);
    if recording.interval().is_none() {
        return Err(empty());
    }
    Interval::new(grid, from, to).ok_or_else(|| {
        let (first, last) = (grid.decimal_ms(recording.from_tick), grid.decimal_ms(recording.to_tick));
        Failure::Usage("usage", format!("nothing lies between --from and --to: the recording goes from {first} ms to {last} ms"))
    })
}

fn interval(arguments: &PlotArgs, recording: &Recording) -> Result<Interval, Failure> {
    stretch(recording, arguments.from.as_deref(), arguments.to.as_deref())
}
