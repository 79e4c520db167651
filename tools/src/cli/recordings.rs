//! What is done with recordings.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Kinds of plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlotKind {
    /// Spikes of every neuron, with a rate histogram.
    Raster,
    /// Firing rate of each population over time.
    Rates,
    /// Recorded state variables.
    Trace,
    /// Histograms of the intervals between spikes, with their CV.
    Isi,
    /// Histograms of a network's realised weights (of a netlist, or of a recording's).
    Weights,
    /// Who is connected to whom, the darker the more synapses (of a netlist, or of a recording's).
    Matrix,
}

/// `plot`.
#[derive(Clone, Debug, Args)]
pub struct PlotArgs {
    /// A recording's folder, or spikes as .csv, .gdf or .npz; for weights and matrix a netlist, too.
    pub recording: PathBuf,
    /// What to draw.
    #[arg(long, value_enum, default_value = "raster")]
    pub kind: PlotKind,
    /// From this time ("600ms").
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// To this time.
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Only these populations (commas; * stands for anything).
    #[arg(long, value_name = "A,B*")]
    pub populations: Option<String>,
    /// Width of a histogram bin ("5ms"); intervals get linear bins of that width.
    #[arg(long, value_name = "TIME")]
    pub bin: Option<String>,
    /// A linear axis for intervals (default: logarithmic).
    #[arg(long)]
    pub linear: bool,
    /// Change a netlist before its weights or matrix are drawn (repeatable).
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// Most rows of a raster.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rows: Option<u32>,
    /// Width x height in mm (default: 180x120, a matrix 140x120).
    #[arg(long, value_name = "WxH")]
    pub size: Option<String>,
    /// Title.
    #[arg(long)]
    pub title: Option<String>,
    /// Output (.svg, .png; default: DIR/KIND.svg).
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `stats`.
#[derive(Clone, Debug, Args)]
pub struct StatsArgs {
    /// A recording's folder, or spikes as .csv, .gdf or .npz.
    pub recording: PathBuf,
    /// From this time ("600ms").
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// To this time.
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `compare`.
#[derive(Clone, Debug, Args)]
pub struct CompareArgs {
    /// A recording's folder, or spikes as .csv, .gdf or .npz.
    pub a: PathBuf,
    /// The other one.
    pub b: PathBuf,
    /// Spikes that are no further apart are the same.
    #[arg(long, value_name = "TIME", default_value = "0ms")]
    pub tolerance: String,
    /// Time constant of the van Rossum distance.
    #[arg(long, value_name = "TIME", default_value = "10ms")]
    pub tau: String,
    /// What moving a spike costs in the Victor-Purpura distance, per time: 100Hz is 0.1 a millisecond (inf: no moving).
    #[arg(long, value_name = "RATE", default_value = "100Hz")]
    pub cost: String,
    /// From this time ("600ms").
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// To this time.
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Write the report into this file (.json as --json, .csv: a line for each population).
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `convert`.
#[derive(Clone, Debug, Args)]
pub struct ConvertArgs {
    /// A recording's folder, or spikes as .csv, .gdf or .npz.
    pub input: PathBuf,
    /// The file to write (.csv, .gdf, .npz).
    pub output: PathBuf,
}

/// `recover`.
#[derive(Clone, Debug, Args)]
pub struct RecoverArgs {
    /// Where the recording was to be, or the folder that the run has left.
    pub folder: PathBuf,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}
