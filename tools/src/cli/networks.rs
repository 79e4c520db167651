//! What is done with netlists.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

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
    /// Let the netlist read files of this folder, too (repeatable; default: of its own folder and below, and what --set names).
    #[arg(long = "allow-files", value_name = "DIR")]
    pub allowed: Vec<PathBuf>,
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
    /// Fixed step: the fast road for busy networks.
    Grid,
    /// Continuous time: exact spikes, at a cost that follows activity.
    Event,
}

/// What becomes of a run in which a neuron's state is no number any more, or runs away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OnNan {
    /// It ends, and tells which neuron, which variable and when.
    #[default]
    Stop,
    /// It goes on without the neuron, which is named at the end.
    Quarantine,
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
    /// Let the packets of this emulated machine carry the spikes: a name (`spikeloom list`) or a .toml file. What is late or lost
    /// there is late or lost in the network.
    #[arg(long, value_name = "MACHINE")]
    pub on: Option<String>,
    /// With --on: how closely packets are followed.
    #[arg(long, value_enum, default_value = "links", requires = "on")]
    pub model: PacketModel,
    /// With --on: how many times slower than biology the machine runs.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, requires = "on")]
    pub time_scale_factor: f64,
    /// Where the state of a neuron is no number any more, or runs away.
    #[arg(long, value_enum, default_value = "stop")]
    pub on_nan: OnNan,
    /// What is written of it.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What is written of a run.
#[derive(Clone, Debug, Default, Args)]
pub struct OutputArgs {
    /// Keep the state in this file at the end, also of an interrupted run: `resume` goes on from it.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Keep it on the way, too, each time so much biological time has passed ("10s").
    #[arg(long, value_name = "TIME", requires = "checkpoint")]
    pub checkpoint_every: Option<String>,
    /// Keep it on the way, too, each time so much time has passed on the clock ("5min").
    #[arg(long, value_name = "TIME", requires = "checkpoint")]
    pub checkpoint_every_wall: Option<String>,
    /// Keep with it all files that the netlist reads and all synapses that are drawn: it goes on where the files are not, and with
    /// a later version that would draw others.
    #[arg(long, requires = "checkpoint")]
    pub self_contained: bool,
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

/// How closely a machine's packets are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PacketModel {
    /// Links send one packet after another.
    Links,
    /// Routers with small buffers, which drop packets.
    Router,
}

/// How closely `cost` follows packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CostModel {
    /// Sums: exact for energy and loads, no packet waits.
    Count,
    /// Links send one packet after another.
    Links,
    /// Routers with small buffers, which drop packets.
    Router,
}

/// `cost`.
#[derive(Clone, Debug, Args)]
pub struct CostArgs {
    /// Netlist and changes.
    #[command(flatten)]
    pub netlist: NetlistArgs,
    /// The machine: a name (`spikeloom list platforms`) or a .toml file.
    #[arg(long, value_name = "NAME", default_value = "spinnaker1")]
    pub platform: String,
    /// Several machines side by side.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with = "platform")]
    pub compare: Vec<String>,
    /// Take the spikes of this recording instead of simulating.
    #[arg(long, value_name = "DIR")]
    pub recording: Option<PathBuf>,
    /// How closely packets are followed.
    #[arg(long, value_enum, default_value = "links")]
    pub model: CostModel,
    /// What if: other values of hardware keys, clock=150MHz,200MHz, link=125,250 (Mbit/s) or time_scale_factor=1,2 with the same
    /// spikes, as KEY=a,b,c (repeatable: all combinations).
    #[arg(long, value_name = "KEY=VALUES", conflicts_with = "compare")]
    pub over: Vec<String>,
    /// Write the report, tables of all cores, links and chips, and a map of the machine into this folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace what is there.
    #[arg(long)]
    pub force: bool,
    /// How many times slower than biology the machine runs.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pub time_scale_factor: f64,
    /// Threads of the simulation (default as in `run`).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `sanafe`.
#[derive(Clone, Debug, Args)]
pub struct SanafeArgs {
    /// The chip (.yaml).
    #[arg(value_name = "ARCHITECTURE")]
    pub architecture: PathBuf,
    /// The network and where its neurons are on the chip (.yaml).
    #[arg(value_name = "NETWORK")]
    pub network: PathBuf,
    /// Steps to run.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub steps: u64,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `converge`.
#[derive(Clone, Debug, Args)]
pub struct ConvergeArgs {
    /// Netlist and changes.
    #[command(flatten)]
    pub netlist: NetlistArgs,
    /// Steps of the grid.
    #[arg(long, value_name = "TIMES", value_delimiter = ',', default_value = "0.4ms,0.2ms,0.1ms,0.05ms,0.025ms,0.0125ms")]
    pub steps: Vec<String>,
    /// A partner is no further away than this.
    #[arg(long, value_name = "TIME", default_value = "1ms")]
    pub tolerance: String,
    /// Draw the error against the step (.svg, .png).
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
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

/// `reset`.
#[derive(Clone, Debug, Args)]
pub struct ResetArgs {
    /// The snapshot.
    pub snapshot: PathBuf,
    /// What is kept; all else is as at the beginning of a run.
    #[arg(long, value_enum)]
    pub keep: Keep,
    /// The snapshot of the beginning.
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// What a reset keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Keep {
    /// What synapses have learned.
    Weights,
}

/// `resume`.
#[derive(Clone, Debug, Args)]
pub struct ResumeArgs {
    /// The snapshot.
    pub snapshot: PathBuf,
    /// Biological time of the whole run, without its warm-up (default: as it was to be).
    #[arg(long, value_name = "TIME")]
    pub duration: Option<String>,
    /// Change a parameter from here on (repeatable).
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// Threads, at most one a core (default: one a core; the same bits with any number).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Where the state of a neuron is no number any more, or runs away.
    #[arg(long, value_enum, default_value = "stop")]
    pub on_nan: OnNan,
    /// What is written of it.
    #[command(flatten)]
    pub output: OutputArgs,
}
