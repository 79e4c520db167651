//! The command line: verbs and flags.

mod cam;
mod catalogue;
mod lsm;
mod networks;
mod recordings;

pub use cam::{
    CamArgs, CamBuildArgs, CamCapacityArgs, CamFidelityArgs, CamMemoryArgs, CamMixArgs, CamNumerics, CamRandomArgs, CamReplArgs,
    CamRunArgs, CamScalingArgs, CamSpacingArgs, CamVerb,
};
pub use catalogue::{DescribeArgs, ListArgs, Listing};
pub use lsm::{
    LsmArgs, LsmClassifyArgs, LsmEncoding, LsmReadout, LsmReportArgs, LsmSaccadesArgs, LsmTestArgs, LsmTiming, LsmTrainArgs,
    LsmVariant, LsmVerb, LsmWiring,
};
pub use networks::{
    CheckArgs, ConvergeArgs, CostArgs, CostModel, Engine, ExpandArgs, Keep, NetlistArgs, OnNan, OutputArgs, PacketModel,
    ResetArgs, ResumeArgs, RunArgs, SanafeArgs, SweepArgs,
};
pub use recordings::{CompareArgs, ConvertArgs, PlotArgs, PlotKind, RecoverArgs, StatsArgs};

use clap::{Parser, Subcommand};

/// Simulate spiking networks from netlist files.
#[derive(Debug, Parser)]
#[command(
    name = "spikeloom",
    version,
    about = "Simulate spiking networks from netlist files, draw their spikes, say what they cost",
    after_help = "Start here:\n  spikeloom list library                          # netlists that come with it\n  spikeloom run brunel-ai --raster raster.svg     # simulate one and draw it\n  spikeloom show hello > my.toml                  # a small one to change\n  spikeloom check my.toml                         # what is wrong with it, and how large it is\n  spikeloom run my.toml --out results             # keep everything\n  spikeloom plot results --kind rates             # look at it\n  spikeloom sweep my.toml --over seed=1..10 --out seeds\n\nEvery verb has --help with examples. With --json the result is one JSON object on stdout.\nExit codes: 0 done, 2 fix the file or the command line, 1 everything else."
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
        after_help = "Examples:\n  spikeloom run brunel-ai --raster raster.svg\n  spikeloom run potjans-diesmann --set scale=0.2 --threads 2 --json\n  spikeloom run my.toml --duration 500ms --out results && spikeloom plot results\n  spikeloom run results/run.json        # repeat it and compare the spike hash\n  spikeloom run brunel-ai --set g=4.5 --set neurons.lif.tau_m=15ms --spikes spikes.npz"
    )]
    Run(RunArgs),
    /// All problems of a netlist, its size, memory and layout; no simulation.
    #[command(
        after_help = "Examples:\n  spikeloom check my.toml\n  spikeloom check potjans-diesmann --set scale=1   # does the full network fit?\n  spikeloom check my.toml --json | jq .problems"
    )]
    Check(CheckArgs),
    /// The network as flat JSON after parameters and groups, or its realised synapses.
    #[command(
        after_help = "Examples:\n  spikeloom expand brunel-ai > flat.json\n  spikeloom expand hello --synapses synapses.csv"
    )]
    Expand(ExpandArgs),
    /// Simulate a netlist at many points: a recording of each, and a table of all.
    #[command(
        after_help = "Examples:\n  spikeloom sweep brunel-ai --over g=4..6:5 --out g-sweep\n  spikeloom sweep my.toml --over seed=1..10 --over neurons.lif.tau_m=10ms,20ms --out points --jobs 4\n\nEach --over is a list (a,b,c), a range (lo..hi:n, n values with both ends) or whole numbers (1..10, both ends); several give all combinations. --out gets a folder for each point, as `run --out` writes it, and sweep.csv: the swept values, counts, rates and CV of ISI of each population, times. The same command again runs what is missing."
    )]
    Sweep(SweepArgs),
    /// How far spikes on a grid are from those in continuous time, step by step.
    #[command(
        after_help = "Examples:\n  spikeloom converge hello\n  spikeloom converge my.toml --steps 0.2ms,0.1ms,0.05ms -o convergence.svg\n\nRuns the netlist once by the event engine and once by the grid engine for each step. An error is the time between a spike on a grid and its partner in continuous time; order is the power of the step that the median error falls with. Random input is drawn otherwise by the two engines: only a network whose input is given has partners throughout."
    )]
    Converge(ConvergeArgs),
    /// What a network costs on a neuromorphic machine: does it fit, is it in time, what does it draw.
    #[command(
        after_help = "Examples:\n  spikeloom cost vogels-abbott-cuba\n  spikeloom cost my.toml --platform spinnaker1 --model router --json\n  spikeloom cost my.toml --recording results --set hardware.neurons_per_core=64\n  spikeloom cost hello --compare spinnaker1,spinnaker1-4chip\n  spikeloom cost my.toml --out machine          # cost.json, cost.txt, cores.csv, links.csv, tables.csv, map.svg\n  spikeloom cost my.toml --over neurons_per_core=64,128,256 --over clock=150MHz,200MHz\n\nThe network is simulated, mapped to the machine (cores, keys, multicast trees, routing tables, memory), its packets are sent over the links and worked off by the cores. --recording takes the spikes of `run --out` instead. The machine and the mapping may be said in [hardware]: neurons_per_core, sources_per_core, cores_per_chip, boards, frames, placement, compression, expected_rate."
    )]
    Cost(CostArgs),
    /// Energy and time of a network on a chip, both in the YAML of SANA-FE, as its `simple` timing counts them.
    #[command(
        after_help = "Example:\n  spikeloom sanafe loihi.yaml network.yaml --steps 100 --json\n\nEnergy is events times prices, a step takes as long as its busiest core: no static power, no clock, no host. What SANA-FE 2.2 knows and is not simulated here (other models, plug-ins, random input, buffers before other units) is refused with its line."
    )]
    Sanafe(SanafeArgs),
    /// Draw a recording or a network.
    #[command(
        after_help = "Examples:\n  spikeloom plot results\n  spikeloom plot results --kind trace -o v.png\n  spikeloom plot results --kind isi --populations 'e*'\n  spikeloom plot potjans-diesmann --kind matrix --set scale=0.02 -o matrix.png\n  spikeloom plot results --populations 'l4*' --from 600ms --to 800ms"
    )]
    Plot(PlotArgs),
    /// The recording of a run that was killed or ran out of disk.
    #[command(
        after_help = "Examples:\n  spikeloom recover results            # the run that was to write its recording there\n  spikeloom recover .spikeloom-x8Ka2f  # the folder that it has left\n\nA run marks every 10 ms of biological time what it has recorded, and hands it to the system four times a second: all up to the last such mark becomes a recording, as if the run had been interrupted there. What is recorded of weights and of trials is written when a run ends, and is lost."
    )]
    Recover(RecoverArgs),
    /// Go on with a run from its snapshot.
    #[command(
        after_help = "Examples:\n  spikeloom run my.toml --checkpoint my.snap --checkpoint-every 10s\n  spikeloom resume my.snap --out rest                       # from the last snapshot to the end\n  spikeloom resume my.snap --duration 60s --threads 2       # the whole run shall take 60 s of biological time\n  spikeloom resume my.snap --set populations.noise.rate=20Hz # a branch: other parameters from here on\n\nThe spikes are those of the run that was never stopped, for any number of threads, and so is the spike hash at the end. The netlist is in the snapshot; CSV files and other netlists that it reads must be where they were, but for --self-contained. What makes another network (sizes, models, connections, delays, seed, step) cannot be changed. What is recorded begins at the snapshot. Of both engines, and within trials; not of runs on a machine."
    )]
    Resume(ResumeArgs),
    /// A snapshot of the beginning, but for what synapses have learned.
    #[command(
        after_help = "Example:\n  spikeloom run my.toml --duration 60s --checkpoint learned.snap\n  spikeloom reset learned.snap --keep weights -o fresh.snap\n  spikeloom resume fresh.snap --duration 10s --out test     # from time 0, with these weights\n\nMembranes, spikes on their way, random streams, counts and the clock are those of a run's beginning; the targets' spikes that synapses had yet to hear of have had their effect. Of the grid engine."
    )]
    Reset(ResetArgs),
    /// Rates, CV of inter-spike intervals, correlations and synchrony of a recording.
    #[command(
        after_help = "Examples:\n  spikeloom stats results\n  spikeloom stats results --from 200ms --json\n  spikeloom stats theirs.gdf\n\nPer population: rate and its standard deviation over neurons, CV of the intervals (neurons with 5 spikes or more), correlation of counts in 2 ms (pairs of up to 200 neurons), synchrony (variance over mean of the population's count in 3 ms: 1 for independent Poisson trains)."
    )]
    Stats(StatsArgs),
    /// Where two recordings differ: first difference, rates, distances of spike trains.
    #[command(
        after_help = "Examples:\n  spikeloom compare before after\n  spikeloom compare results theirs.gdf --tolerance 0.1ms --to 500ms\n  spikeloom compare a.csv b.csv --tau 20ms --cost 50Hz -o differences.csv\n\nEach of the two is a folder of `run --out`, or spikes as .csv, .gdf or .npz. Distances are means over the neurons of a population: van Rossum's (2001) is sqrt(1/2) for a spike more and sqrt(1 - exp(-d/tau)) for one moved by d; Victor and Purpura's (1997) is 1 for a spike more and cost x d for one moved by d, at most 2 (neurons for which the product of both numbers of spikes is above 1e8 are left out). Exit codes: 0 the same, 1 different."
    )]
    Compare(CompareArgs),
    /// Spikes from one format to another.
    #[command(
        after_help = "Examples:\n  spikeloom convert results spikes.csv\n  spikeloom convert theirs.gdf spikes.npz\n\nFrom a folder of `run --out`, .csv, .gdf or .npz to .csv (time_ms,population,neuron), .gdf (id from 1, time in ms) or .npz (NumPy arrays). A .gdf knows no populations: all its neurons are one, named \"all\"."
    )]
    Convert(ConvertArgs),
    /// Liquid state machines that classify images: train, test, classify, report.
    #[command(
        after_help = "Examples:\n  spikeloom lsm train --data mnist --out nalsm     # the published protocol (Ivanov & Michmizos 2021)\n  spikeloom lsm test nalsm/seed=1 --data mnist\n  spikeloom lsm classify nalsm/seed=1 t10k-images-idx3-ubyte.gz\n  spikeloom lsm report nalsm other -o accuracy.svg\n\nEach of the four has --help with examples."
    )]
    Lsm(LsmArgs),
    /// Content-addressable memories of spiking neurons: scripts of operations, random operations, a dialogue.
    #[command(
        after_help = "Examples:\n  spikeloom cam run my.ops --raster my.svg      # lines such as `10 ms learn 4 1 5 6`: what comes out, and whether it is right\n  spikeloom cam random --operations 1000        # how often answers are right\n  spikeloom cam repl                            # learn and recall line by line\n\nEach of the three has --help with examples."
    )]
    Cam(CamArgs),
    /// What there is: netlists, models, stimuli, connectors, platforms, formats.
    #[command(after_help = "Examples:\n  spikeloom list\n  spikeloom list neurons")]
    List(ListArgs),
    /// What one starts from: the text of a netlist, a model's card with all defaults, a connection rule, a platform's file.
    #[command(
        after_help = "Examples:\n  spikeloom show hello > hello.toml          # a netlist of the library\n  spikeloom show lif_psc_exp >> hello.toml   # a card to paste\n  spikeloom show fixed_indegree              # how a projection says it"
    )]
    Show {
        /// Name of a netlist, a model, a stimulus, a connector or a platform (`spikeloom list` has them all).
        name: String,
    },
    /// All about a netlist, a model, a stimulus, a connector or a platform.
    #[command(
        after_help = "Examples:\n  spikeloom describe brunel-ai             # what it shows, its source, what to expect\n  spikeloom describe lif_psc_exp\n  spikeloom describe lif_psc_exp --toml   # a card to paste"
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
    #[command(after_help = "Examples:\n  spikeloom man | man -l -\n  spikeloom man run | man -l -")]
    Man {
        /// The page of this verb.
        verb: Option<String>,
    },
}
