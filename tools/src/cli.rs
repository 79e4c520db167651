//! The command line: verbs and flags.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Simulate spiking networks from netlist files.
#[derive(Debug, Parser)]
#[command(
    name = "spikeloom",
    version,
    about = "Simulate spiking networks from netlist files, draw their spikes, say what they cost",
    after_help = "Examples:\n  spikeloom run brunel-ai --raster raster.svg\n  spikeloom check my-network.toml\n  spikeloom list library\n\nExit codes: 0 done, 2 fix the file or the command line, 1 everything else."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
    /// No progress on stderr (results on stdout stay).
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more on stderr.
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Simulate a netlist.
    #[command(
        after_help = "Examples:\n  spikeloom run brunel-ai --raster raster.svg\n  spikeloom run potjans-diesmann --set scale=0.2 --threads 2 --json\n  spikeloom run my.toml --duration 500ms --out results && spikeloom plot results\n  spikeloom run results/run.json        # repeat it and compare the spike hash"
    )]
    Run(RunArgs),
    /// All problems of a netlist, its size, memory and layout; no simulation.
    #[command(after_help = "Example:\n  spikeloom check my.toml")]
    Check(CheckArgs),
    /// The network as flat JSON after parameters and groups, or its realised synapses.
    #[command(
        after_help = "Examples:\n  spikeloom expand brunel-ai > flat.json\n  spikeloom expand hello --synapses synapses.csv"
    )]
    Expand(ExpandArgs),
    /// Simulate a netlist at many points: a recording of each, and a table of all.
    #[command(
        after_help = "Examples:\n  spikeloom sweep brunel-ai --over g=4..6:5 --out g-sweep\n  spikeloom sweep my.toml --over seed=1..10 --over neurons.lif.tau_m=10ms,20ms --out points --jobs 4\n\nEach --over is a list (a,b,c), a range (lo..hi:n, n values with both ends) or whole numbers (1..10, both ends);\nseveral give all combinations. --out gets a folder for each point, as `run --out` writes it, and sweep.csv: the\nswept values, counts, rates and CV of ISI of each population, times. The same command again runs what is missing."
    )]
    Sweep(SweepArgs),
    /// Draw a recording or a network.
    #[command(
        after_help = "Examples:\n  spikeloom plot results\n  spikeloom plot results --kind trace -o v.png\n  spikeloom plot results --kind isi --populations 'e*'\n  spikeloom plot potjans-diesmann --kind matrix --set scale=0.02 -o matrix.png\n  spikeloom plot results --populations 'l4*' --from 600ms --to 800ms"
    )]
    Plot(PlotArgs),
    /// Rates, CV of inter-spike intervals, correlations and synchrony of a recording.
    #[command(after_help = "Example:\n  spikeloom stats results --json")]
    Stats(StatsArgs),
    /// Where two recordings differ: first difference, rates, distances of spike trains.
    #[command(
        after_help = "Examples:\n  spikeloom compare before after\n  spikeloom compare results theirs.gdf --tolerance 0.1ms --to 500ms\n  spikeloom compare a.csv b.csv --tau 20ms --cost 50Hz -o differences.csv\n\nEach of the two is a folder of `run --out`, or spikes as .csv, .gdf or .npz. Distances are means over the neurons of\na population: van Rossum's (2001) is sqrt(1/2) for a spike more and sqrt(1 - exp(-d/tau)) for one moved by d;\nVictor and Purpura's (1997) is 1 for a spike more and cost x d for one moved by d, at most 2 (neurons for which the\nproduct of both numbers of spikes is above 1e8 are left out). Exit codes: 0 the same, 1 different."
    )]
    Compare(CompareArgs),
    /// Spikes from one format to another.
    #[command(
        after_help = "Examples:\n  spikeloom convert results spikes.csv\n  spikeloom convert theirs.gdf spikes.npz\n\nFrom a folder of `run --out`, .csv, .gdf or .npz to .csv (time_ms,population,neuron), .gdf (id from 1, time in ms) or\n.npz (NumPy arrays). A .gdf knows no populations: all its neurons are one, named \"all\"."
    )]
    Convert(ConvertArgs),
    /// What there is: netlists, models, stimuli, connectors, platforms, formats.
    #[command(after_help = "Examples:\n  spikeloom list\n  spikeloom list neurons")]
    List(ListArgs),
    /// The text of a netlist of the library.
    #[command(after_help = "Example:\n  spikeloom show hello > hello.toml")]
    Show {
        /// Name of the netlist.
        name: String,
    },
    /// All about a model, a stimulus, a connector or a platform.
    #[command(
        after_help = "Examples:\n  spikeloom describe lif_psc_exp\n  spikeloom describe lif_psc_exp --toml   # a card to paste"
    )]
    Describe(DescribeArgs),
    /// A JSON Schema of the netlist language.
    #[command(after_help = "Example:\n  spikeloom schema > spikeloom.schema.json")]
    Schema,
    /// Version, features and targets.
    #[command(after_help = "Example:\n  spikeloom version --json")]
    Version {
        /// One JSON object on stdout.
        #[arg(long)]
        json: bool,
    },
    /// A completion script for a shell.
    #[command(after_help = "Example:\n  spikeloom completions bash > /etc/bash_completion.d/spikeloom")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// The manual page (roff).
    #[command(after_help = "Example:\n  spikeloom man | man -l -")]
    Man,
}

/// Which netlist, and what is changed in it.
#[derive(Clone, Debug, Default, Args)]
pub struct NetlistArgs {
    /// A netlist file (.toml, .json) or the name of one of the library.
    pub netlist: String,
    /// Change a parameter or any dotted path: scale=0.5, neurons.lif.tau_m=15ms (repeatable).
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// The changes of a point of a sweep.
    #[arg(skip)]
    pub swept: Vec<String>,
    /// Biological time, as network.duration ("500ms").
    #[arg(long, value_name = "TIME")]
    pub duration: Option<String>,
    /// Step of the grid, as network.timestep ("0.1ms").
    #[arg(long, value_name = "TIME")]
    pub timestep: Option<String>,
    /// Seed, as network.seed.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Warnings are errors.
    #[arg(long)]
    pub strict: bool,
    /// Most memory that the network may take, in MiB (default: what the machine has free).
    #[arg(long, value_name = "MIB")]
    pub memory_limit: Option<u64>,
}

impl NetlistArgs {
    /// All changes that `--set` can make, in their order.
    pub fn changes(&self) -> Vec<&String> {
        self.sets.iter().chain(&self.swept).collect()
    }
}

/// Engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Fixed step.
    Grid,
    /// Continuous time.
    Event,
}

/// `run`.
#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// Netlist and changes.
    #[command(flatten)]
    pub netlist: NetlistArgs,
    /// Threads, at most one a core (default: one a core, fewer for small networks; the same bits with any number).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Engine.
    #[arg(long, value_enum, default_value = "grid")]
    pub engine: Engine,
    /// Write the recording into this folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace what is there.
    #[arg(long)]
    pub force: bool,
    /// Draw the spikes (.svg, .png).
    #[arg(long, value_name = "FILE")]
    pub raster: Option<PathBuf>,
    /// Draw or write the recorded state variables (.svg, .png, .csv, .npz).
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// Write the recorded spikes (.csv, .gdf, .npz).
    #[arg(long, value_name = "FILE")]
    pub spikes: Option<PathBuf>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `sweep`.
#[derive(Clone, Debug, Args)]
pub struct SweepArgs {
    /// Netlist and changes.
    #[command(flatten)]
    pub netlist: NetlistArgs,
    /// What is swept: path=a,b,c or path=lo..hi:n or path=1..10 (repeatable: all combinations).
    #[arg(long, value_name = "PATH=VALUES", required = true)]
    pub over: Vec<String>,
    /// Points at a time, each on one thread (default: one a core).
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Write the recordings and sweep.csv into this folder; points that are there already are taken over.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `check`.
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// Netlist and changes.
    #[command(flatten)]
    pub netlist: NetlistArgs,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `expand`.
#[derive(Clone, Debug, Args)]
pub struct ExpandArgs {
    /// Netlist and changes.
    #[command(flatten)]
    pub netlist: NetlistArgs,
    /// Write the realised synapses instead (.csv, .npz).
    #[arg(long, value_name = "FILE")]
    pub synapses: Option<PathBuf>,
    /// On failure, problems as one JSON object on stdout (the expanded network is JSON in any case).
    #[arg(long)]
    pub json: bool,
}

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
    /// A recording's folder, or its spikes.spk.
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

/// What `list` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listing {
    /// Netlists that come with the program.
    Library,
    /// Neuron models.
    Neurons,
    /// Plasticity rules.
    Plasticity,
    /// Stimuli.
    Stimuli,
    /// Connection rules.
    Connectors,
    /// Whole systems.
    Systems,
    /// Neuromorphic platforms.
    Platforms,
    /// File formats.
    Formats,
}

/// `list`.
#[derive(Clone, Debug, Args)]
pub struct ListArgs {
    /// What (default: everything).
    #[arg(value_enum)]
    pub what: Option<Listing>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `describe`.
#[derive(Clone, Debug, Args)]
pub struct DescribeArgs {
    /// Name or alias.
    pub name: String,
    /// A card with all defaults, ready to paste.
    #[arg(long)]
    pub toml: bool,
    /// One JSON object on stdout.
    #[arg(long, conflicts_with = "toml")]
    pub json: bool,
}
