//! Content-addressable memories.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use models::experiments::cam::KINDS;
use std::path::PathBuf;

/// `cam`.
#[derive(Clone, Debug, Args)]
pub struct CamArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: CamVerb,
}

/// What is done with memories.
#[derive(Clone, Debug, Subcommand)]
pub enum CamVerb {
    /// Do the operations of a script: what comes out of each, and whether it is right.
    #[command(
        after_help = "Examples:\n  spikeloom cam run my.ops\n  spikeloom cam run my.ops --raster my.svg --spikes my.csv\n  spikeloom cam run my.ops --numerics spinnaker --json\n  spikeloom cam run my.ops --spacing 7ms,6ms         # for lines without a time\n\nA line of a script is `at operation cue content`:\n  0 ms   learn   0  0 1 8 9     # the bits 0, 1, 8 and 9 under the cue 0\n  10 ms  recall  0              # by cue: its bits should come\n  20 ms  recall  -  8           # by content: all cues that have one of the bits\nand of ca3_memory_hardened\n  30 ms  forget  0\n  40 ms  find    2 - 1 8 9      # all cues that have two of the bits\n  50 ms  find    best one whole - 1 8 9\n\nTimes are those of the first input spike, in steps of 1 ms, all others follow SpiNNaker: a spike has the time of its step's beginning (`run` stamps it with the end, 1 ms later). What came out is told as cues | bits. To learn again under a cue replaces its content, which may show once more: that is no fault."
    )]
    Run(CamRunArgs),
    /// Do operations at random: how many came out right.
    #[command(
        after_help = "Examples:\n  spikeloom cam random --operations 1000 --spacing 14ms --seed 1\n  spikeloom cam random --operations 100000 --spacing 7ms,6ms --history unbounded\n  spikeloom cam random --bits 1..5 --json\n  spikeloom cam random --system ca3_memory_hardened --operations 100000\n\nOf the operations 40 % learn (each bit with a probability of 0.5), 30 % recall by a cue that was learned, 30 % by bits of content. Of those on ca3_memory_hardened 35 % learn, 8 % forget, 20 % recall by a cue, 7 % by bits, and 30 % find contents by a part of one, often with wrong bits, in all ways that there are."
    )]
    Random(CamRandomArgs),
    /// Learn and recall line by line, on one memory; from a pipe, too.
    #[command(
        after_help = "Examples:\n  spikeloom cam repl --cues 16 --contents 6\n  printf 'learn 0 1 2\\nrecall 0\\nsave my.ops\\n' | spikeloom cam repl\n\nLines are those of a script, or help, list, save FILE, load FILE, quit."
    )]
    Repl(CamReplArgs),
    /// Fill a memory of sparse codes with random contents: how much its synapses hold, beside theory.
    #[command(
        after_help = "Examples:\n  spikeloom cam capacity -o capacity.svg\n  spikeloom cam capacity --groups 12 --group-bits 8 --contents 2048 --set 11 --threads 2\n  spikeloom cam capacity --flipped 2 --tolerance 2 --json\n\nA word of bits is expanded to a cell of each group of DG; its synapses to the content's cells are written, and never taken back. Bits a synapse: the information of all answers, log2 C(M, l) - log2 C(l + f, l) for l bits of M and f false ones, over all synapses that learn. An answer that misses a bit counts for nothing."
    )]
    Capacity(CamCapacityArgs),
    /// Ask a memory by bits of content that are missing, wrong, lost or late: what is left of its answers.
    #[command(
        after_help = "Examples:\n  spikeloom cam fidelity --system ca3_memory_hardened -o fidelity.svg\n  spikeloom cam fidelity --system ca3_memory --json\n  spikeloom cam fidelity --system ca3_memory_hardened --cues 256 --contents 512 --set 16\n\nEach cue holds a random content. The hardened memory is asked for the best match and its whole content, the published one for all cues that have any of the bits. missing, flipped: a part of the bits is not presented, or others in their place; deleted, moved: the spike of each bit is lost, or comes a step early or late, with a probability. Similarity is Jaccard's: what two sets share over all that is in either."
    )]
    Fidelity(CamFidelityArgs),
    /// Do operations at random at one spacing after another: how many come out right, drawn against the spacing.
    #[command(
        after_help = "Examples:\n  spikeloom cam spacing -o spacing.svg\n  spikeloom cam spacing --operations 20000 --spacings 7ms,10ms,14ms,30ms --json\n  spikeloom cam spacing --systems ca3_decoder_memory,ca3_memory_hardened -o spacing.png\n\nEach point is what `cam random` counts with this --spacing and --seed, on an empty memory. Memories whose synapses remember a bounded number of spikes are shown with the chip's 15 and with all. Spacings that are closer than a memory allows are left out."
    )]
    Spacing(CamSpacingArgs),
    /// Let memories grow: synaptic events of an operation beside formulas, its time, bytes of a synapse.
    #[command(
        after_help = "Examples:\n  spikeloom cam scaling -o scaling.svg\n  spikeloom cam scaling --sizes 16,64,256 --set 4 --json\n  spikeloom cam scaling --systems ca3_memory_hardened --sizes 1024,4096 --threads 2\n\nA size is the number of cues and that of bits. Up to 32 contents that share no bit are learned, recalled by their cues and by a bit each, 30 ms apart; an event is a spike that reaches a synapse. Time is that of simulating all neurons for these 30 ms, on this machine."
    )]
    Scaling(CamScalingArgs),
}

/// Memories that are compared.
const COMPARED: [&str; 2] = ["ca3_memory", "ca3_memory_hardened"];

/// Arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CamNumerics {
    /// Floating point.
    #[value(alias = "float")]
    F64,
    /// That of SpiNNaker's chip.
    Spinnaker,
}

/// Which memory.
#[derive(Clone, Debug, Args)]
pub struct CamMemoryArgs {
    /// The system that it is (`spikeloom list systems`).
    #[arg(long, value_name = "NAME", default_value = KINDS[0].system, value_parser = PossibleValuesParser::new(KINDS.iter().map(|kind| kind.system)))]
    pub system: String,
    /// How it is built.
    #[command(flatten)]
    pub build: CamBuildArgs,
    /// Spikes of a cell that its synapses remember until the source's next, or unbounded (default: the system's, 15).
    #[arg(long, value_name = "SPIKES", value_parser = history)]
    pub history: Option<u16>,
}

/// How a memory is built, whichever it is.
#[derive(Clone, Debug, Args)]
pub struct CamBuildArgs {
    /// Cues: how many contents it can hold.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub cues: Option<u32>,
    /// Bits of a content.
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(1..))]
    pub contents: Option<u32>,
    /// Arithmetic.
    #[arg(long, value_enum, default_value = "f64")]
    pub numerics: CamNumerics,
    /// Threads, at most one a core (the same bits with any number).
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: u16,
}

/// What random operations are like.
#[derive(Clone, Debug, Args)]
pub struct CamMixArgs {
    /// Seed.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Probability of each bit of a content: 0.5, or 0.1..0.9, drawn for each (default: 0.5, for ca3_memory_hardened any).
    #[arg(long, value_name = "P")]
    pub density: Option<String>,
    /// How many bits recall a content: 1, or 1..5 for 1 to 5 (default: 1, for ca3_memory_hardened any number).
    #[arg(long, value_name = "N")]
    pub bits: Option<String>,
}

/// A number of spikes; 0 stands for all.
fn history(text: &str) -> Result<u16, String> {
    match text {
        "unbounded" => Ok(0),
        _ => text.parse().ok().filter(|spikes| *spikes > 0).ok_or_else(|| "a number of spikes from 1 on, or unbounded".into()),
    }
}

/// `cam run`.
#[derive(Clone, Debug, Args)]
pub struct CamRunArgs {
    /// A file with an operation a line.
    pub script: PathBuf,
    /// Which memory; by default as large as the script needs.
    #[command(flatten)]
    pub memory: CamMemoryArgs,
    /// From an operation without a time to the next: "10ms", or after learning and after recalls: "7ms,6ms".
    #[arg(long, value_name = "TIME")]
    pub spacing: Option<String>,
    /// Draw the spikes of all its populations, the operations marked (.svg, .png).
    #[arg(long, value_name = "FILE")]
    pub raster: Option<PathBuf>,
    /// Write these spikes (.csv, .gdf, .npz), at the times that SpiNNaker gives them.
    #[arg(long, value_name = "FILE")]
    pub spikes: Option<PathBuf>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `cam random`.
#[derive(Clone, Debug, Args)]
pub struct CamRandomArgs {
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub operations: u64,
    /// Which memory; by default of 5 cues and 10 bits.
    #[command(flatten)]
    pub memory: CamMemoryArgs,
    /// From an operation to the next: "10ms", or after learning and after recalls: "7ms,6ms" (default: as close as the system allows).
    #[arg(long, value_name = "TIME")]
    pub spacing: Option<String>,
    /// What they are like.
    #[command(flatten)]
    pub mix: CamMixArgs,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `cam repl`.
#[derive(Clone, Debug, Args)]
pub struct CamReplArgs {
    /// Which memory; by default of 5 cues and 10 bits.
    #[command(flatten)]
    pub memory: CamMemoryArgs,
    /// From an operation without a time to the next: "10ms", or after learning and after recalls: "7ms,6ms" (default: 20 ms).
    #[arg(long, value_name = "TIME")]
    pub spacing: Option<String>,
}

/// `cam capacity`.
#[derive(Clone, Debug, Args)]
pub struct CamCapacityArgs {
    /// Groups of DG: so many of its cells fire for a word.
    #[arg(long, value_name = "K", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub groups: u32,
    /// Bits of the word that a group decodes: it has 2^B cells.
    #[arg(long, value_name = "B", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub group_bits: u32,
    /// Bits of a word (default: so many that no two groups decode the same one).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub bits: Option<u32>,
    /// Bits of a content.
    #[arg(long, value_name = "M", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(2..))]
    pub contents: u32,
    /// How many of them are set.
    #[arg(long, value_name = "L", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub set: u32,
    /// Patterns learned in all (default: a quarter more than where theory has most held).
    #[arg(long, value_name = "P", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub patterns: Option<u64>,
    /// How many times it is asked while it fills.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub loads: u32,
    /// Patterns that are asked for each time.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub samples: u64,
    /// Bits of the word that are wrong when it is asked.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub flipped: u32,
    /// Cells of DG that a bit of content may miss.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=4096))]
    pub tolerance: u32,
    /// Seed of words, contents and wiring.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Threads, at most one a core (the same bits with any number).
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: u16,
    /// Draw bits a synapse against patterns (.svg, .png).
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `cam fidelity`.
#[derive(Clone, Debug, Args)]
pub struct CamFidelityArgs {
    /// Which memory; by default of 32 cues and 128 bits.
    #[command(flatten)]
    pub memory: CamMemoryArgs,
    /// Bits that are set in each content.
    #[arg(long, value_name = "L", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub set: u32,
    /// Askings at each strength of a disturbance.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub samples: u64,
    /// Seed of contents and disturbances.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Draw similarity against the part that is disturbed (.svg, .png).
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `cam spacing`.
#[derive(Clone, Debug, Args)]
pub struct CamSpacingArgs {
    /// Operations at each spacing.
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub operations: u64,
    /// Times from an operation to the next.
    #[arg(
        long,
        value_name = "TIMES",
        value_delimiter = ',',
        default_value = "1ms,2ms,4ms,7ms,8ms,9ms,10ms,11ms,12ms,13ms,14ms,16ms,20ms,30ms"
    )]
    pub spacings: Vec<String>,
    /// Systems (`spikeloom list systems`).
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_values = COMPARED, value_parser = PossibleValuesParser::new(KINDS.iter().map(|kind| kind.system)))]
    pub systems: Vec<String>,
    /// How they are built; by default of 5 cues and 10 bits.
    #[command(flatten)]
    pub build: CamBuildArgs,
    /// What operations are like.
    #[command(flatten)]
    pub mix: CamMixArgs,
    /// Draw shares of right answers against the spacing (.svg, .png).
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `cam scaling`.
#[derive(Clone, Debug, Args)]
pub struct CamScalingArgs {
    /// Numbers of cues, and of bits.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "16,64,256,512,1024,1536,2048", value_parser = clap::value_parser!(u32).range(1..))]
    pub sizes: Vec<u32>,
    /// Bits that are set in each content.
    #[arg(long, value_name = "B", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    pub set: u32,
    /// Systems (`spikeloom list systems`).
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_values = COMPARED, value_parser = PossibleValuesParser::new(KINDS.iter().map(|kind| kind.system)))]
    pub systems: Vec<String>,
    /// Threads, at most one a core (the same bits with any number).
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: u16,
    /// Draw events against sizes (.svg, .png).
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}
