//! Experiments on liquid state machines.

use clap::{Args, Subcommand, ValueEnum};
use models::experiments::events::Order;
use std::path::PathBuf;

/// `lsm`.
#[derive(Clone, Debug, Args)]
pub struct LsmArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: LsmVerb,
}

/// What is done with liquid state machines.
#[derive(Clone, Debug, Subcommand)]
pub enum LsmVerb {
    /// Make liquids, let them learn without labels, count their spikes for each image, and train a linear read-out.
    #[command(
        after_help = "Examples:\n  spikeloom lsm train --data mnist                               # the published protocol, 1000 neurons\n  spikeloom lsm train --data mnist --seeds 1..5 --out nalsm      # five networks; the same command goes on after Ctrl-C\n  spikeloom lsm train --data mnist --grid 20x20x20 --frozen --out nalsm-8000\n  spikeloom lsm train --data mnist --kernel --out nalsm           # ranks of the counts, too; 1000 draws as published: --kernel 1000\n  spikeloom lsm train --data mnist --variant static --weight 0.9 --train 5000 --validation 1000 --test 1000\n  spikeloom lsm train --data mnist --wiring patches --timing accumulate --frozen --liquids 4 --refit --out four\n  spikeloom lsm train --data fashion-mnist --wiring patches,random --encoding root --events 25 --timing accumulate --frozen --liquids 8 --refit\n\nThe protocol is that of Ivanov & Michmizos (NeurIPS 2021, NALSM): training images are the first of the training file, validation images its last, test images those of the test file. Without labels the liquid sees --snapshots images for 20 ms each, learning; then each image is shown for 250 ms from the same weights. The epoch with the best validation accuracy is chosen. A folder with Train/0/00002.bin and so on, as N-MNIST has them, is of recorded events (.bin, or .aedat of versions 2.0 and 3.1): OFF and ON of each pixel are inputs, each ms has an event or none; they are shown for 300 ms, and the counts of each third are read out (as published: --sample-ms 250 --windows 1). `lsm saccades` makes such recordings from images. --kernel shows each test image once more with normal noise on its pixels (standard deviation 125 of 255, cut to 0 to 255, encoded with the scale of test images); a rank is that of a matrix of as many rows as there are images in a draw, 100 of each class or as many as the smallest class has; of several liquids ranks are means. Where we differ: the read-out is softmax regression on hard labels and raw counts (--readout authors is theirs), and test images are encoded with the scale of the training images (--authors-test-scale for their own, which uses a statistic of the test set).\nLiquids may be unlike: --wiring, --encoding, --timing and --events take several values, of which liquid k takes the k-th, then from the first again; one value is for all. With --wiring patches,random --events 25,25,40,40 four liquids are all combinations.\n--encoding contrast compares each pixel with the mean of those at most 6 rows and columns away, by the weights of a Gaussian of 2 pixels within the image: max(mean - pixel, 0) is OFF, max(pixel - mean, 0) is ON, in proportion. OFF and ON are inputs as they are of recorded events; other liquids beside it have one for each pixel.\n--out DIR gets config.json, report.json and a folder for each seed: weights and counts as .npy, model.json, confusion.csv and .svg, raster.svg."
    )]
    Train(Box<LsmTrainArgs>),
    /// Make recordings of an event camera from images: three saccades before each, in N-MNIST's files.
    #[command(
        after_help = "Examples:\n  spikeloom lsm saccades --data mnist --out saccades                  # 70,000 files\n  spikeloom lsm saccades --data mnist --out small --count 1000        # of the training file and of the test file\n  spikeloom lsm train --data saccades --out nalsm-saccades            # trains on them\n\nThe image moves over the sensor along a triangle as before the camera that recorded N-MNIST (Orchard et al. 2015): three saccades of 100 ms, 7 pixels wide and high; the sensor has six rows and columns more than the image. A pixel has an event whenever the logarithm of its brightness has changed by the threshold. Recordings of a camera have more: acceleration, latency, unlike pixels, noise; accuracies on these files are of these files, and reports call them saccades."
    )]
    Saccades(LsmSaccadesArgs),
    /// Evaluate a trained model on the test file.
    #[command(after_help = "Example:\n  spikeloom lsm test nalsm/seed=1 --data mnist")]
    Test(LsmTestArgs),
    /// The class of each image of an IDX file, one a line; or of a recording.
    #[command(
        after_help = "Examples:\n  spikeloom lsm classify nalsm/seed=1 digits-idx3-ubyte\n  spikeloom lsm classify nalsm/seed=1 t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz --json"
    )]
    Classify(LsmClassifyArgs),
    /// A table of several trainings.
    #[command(
        after_help = "Example:\n  spikeloom lsm report nalsm static stdp -o accuracy.svg     # accuracy against branching factor"
    )]
    Report(LsmReportArgs),
}

/// What learns in a liquid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LsmVariant {
    /// All synapses, balanced by an astrocyte.
    Nalsm,
    /// Nothing.
    Static,
    /// All synapses, growth and shrinking at one rate.
    Stdp,
    /// The same while their target's calcium is near a level, and before spikes are counted only.
    ApStdp,
}

/// What of a pixel counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LsmEncoding {
    /// Its share of the image's sum; the largest of all is certain.
    Authors,
    /// Its share of the image's sum.
    Share,
    /// Its brightness.
    Brightness,
    /// The square root of its brightness.
    Root,
    /// How much darker and how much brighter it is than its surroundings (a Gaussian of 2 pixels): two inputs, OFF and ON.
    Contrast,
}

/// When a pixel has its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LsmTiming {
    /// Independently in each tick.
    Chance,
    /// Whenever its summed probabilities pass a whole number.
    Accumulate,
}

/// How the input reaches the neurons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LsmWiring {
    /// 15 % of all pairs of pixel and neuron.
    Random,
    /// A square of the image for each neuron.
    Patches,
}

/// How the read-out is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LsmReadout {
    /// Softmax regression by minibatches (Adam), raw counts.
    Softmax,
    /// The same to its optimum.
    Lbfgs,
    /// Least squares.
    Ridge,
    /// As the authors did: soft targets, Adadelta, normalised counts.
    Authors,
}

/// `lsm train`.
#[derive(Clone, Debug, Args)]
pub struct LsmTrainArgs {
    /// Folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each plain or
    /// .gz; or with the folders Train and Test of recordings.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Sort the events of recordings in which time runs backwards.
    #[arg(long)]
    pub sort_events: bool,
    /// What learns.
    #[arg(long, value_enum, default_value = "nalsm")]
    pub variant: LsmVariant,
    /// Neurons of a liquid, a cube: 1000 is 10 x 10 x 10.
    #[arg(long, value_name = "N", default_value_t = 1000, conflicts_with = "grid")]
    pub neurons: u32,
    /// Sites of another lattice.
    #[arg(long, value_name = "XxYxZ")]
    pub grid: Option<String>,
    /// Seed of the network.
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "seeds")]
    pub seed: u64,
    /// Several networks: the seeds from the first to the last.
    #[arg(long, value_name = "A..B")]
    pub seeds: Option<String>,
    /// Training samples: the first of the training file, or folder.
    #[arg(long, value_name = "N", default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub train: u32,
    /// Validation samples: the last of it.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub validation: u32,
    /// Test samples: the first of the test file, or folder.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub test: u32,
    /// Training images that the liquid sees while it learns, one after the other in random order.
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    pub snapshots: u32,
    /// How long each of these is shown, in ms.
    #[arg(long, value_name = "MS", default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub snapshot_ms: u32,
    /// How long each sample is shown whose spikes are counted, in ms (default: images 250, recordings 300).
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub sample_ms: Option<u32>,
    /// Windows of equal length whose counts are features each for itself (default: images 1, recordings 3: a saccade each).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub windows: Option<u16>,
    /// Weight of spikes onto the astrocyte (default: 0.015 for 1000 neurons, 0.0075 for 8000, between them N^(-1/3)).
    #[arg(long, value_name = "X")]
    pub w_astro: Option<f64>,
    /// Calcium of a neuron, about its rate in Hz, above which its synapses grow and below which they shrink, of ap-stdp (default: images
    /// 37, recordings 10).
    #[arg(long, value_name = "X")]
    pub calcium: Option<f64>,
    /// How far from it they still do (default: images 22, recordings 2.5).
    #[arg(long, value_name = "X")]
    pub calcium_width: Option<f64>,
    /// Magnitude of all weights at the start, in mV (default: 3, static and ap-stdp: 1).
    #[arg(long, value_name = "X")]
    pub weight: Option<f64>,
    /// What of a pixel counts; several, separated by commas, are taken by the liquids in turn.
    #[arg(long, value_enum, default_value = "authors", value_delimiter = ',')]
    pub encoding: Vec<LsmEncoding>,
    /// When a pixel has its events; of several, liquids take turns.
    #[arg(long, value_enum, default_value = "chance", value_delimiter = ',')]
    pub timing: Vec<LsmTiming>,
    /// Mean number of input events per ms (default: 20; not for the authors' encoding, which makes its own); of several, liquids take
    /// turns.
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub events: Vec<f64>,
    /// Scale test images by themselves, as the authors did; else as training images.
    #[arg(long)]
    pub authors_test_scale: bool,
    /// How the input reaches the neurons; of several, liquids take turns.
    #[arg(long, value_enum, default_value = "random", value_delimiter = ',')]
    pub wiring: Vec<LsmWiring>,
    /// Sides of patches in pixels, from the smallest to the largest (default: 4..12).
    #[arg(long, value_name = "A..B")]
    pub patch: Option<String>,
    /// Pixels of its patch that a neuron sees, at most; 0: all (default: 50). A synapse each, or two where pixels have OFF and ON.
    #[arg(long, value_name = "N")]
    pub patch_synapses: Option<u32>,
    /// Hold the weights while spikes are counted: faster.
    #[arg(long)]
    pub frozen: bool,
    /// Independent liquids whose counts are read out together.
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub liquids: u32,
    /// How the read-out is trained.
    #[arg(long, value_enum, default_value = "softmax")]
    pub readout: LsmReadout,
    /// Weight decay; penalty of lbfgs and ridge (default: the method's own).
    #[arg(long, value_name = "X")]
    pub decay: Option<f64>,
    /// Passes over the training images (default: 12; authors: 5000).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub epochs: Option<u32>,
    /// Once the epoch is chosen, train on training and validation images up to it.
    #[arg(long)]
    pub refit: bool,
    /// Measure kernel quality, too: the rank of the counts of 100 test images of each class (separation), and of noisy versions of test
    /// images (approximation), means over so many draws of images (default: 10).
    #[arg(long, value_name = "DRAWS", num_args = 0..=1, default_missing_value = "10", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub kernel: Option<u32>,
    /// Keep weights, counts, models and the report here; what is there already of the same experiment is taken over.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
    /// Threads (default: one a core; the same bits with any number).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

impl LsmTrainArgs {
    pub(crate) fn order(&self) -> Order {
        order(self.sort_events)
    }
}

fn order(sort: bool) -> Order {
    if sort { Order::Sort } else { Order::Strict }
}

/// `lsm saccades`.
#[derive(Clone, Debug, Args)]
pub struct LsmSaccadesArgs {
    /// Folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each plain or .gz.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The recordings go here, Train/CLASS/NUMBER.bin and Test/CLASS/NUMBER.bin; the same command goes on where it stopped.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Only the first images of each file.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub count: Option<u32>,
    /// Change of the natural logarithm of brightness that makes an event; a white pixel is 10 times as bright as a black one.
    #[arg(long, value_name = "X", default_value_t = 0.5)]
    pub threshold: f64,
    /// Background events of a pixel a second, at random times.
    #[arg(long, value_name = "HZ", default_value_t = 0.0)]
    pub noise_hz: f64,
    /// Of background events.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
    /// Threads (default: one a core; the same files with any number).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// `lsm test`.
#[derive(Clone, Debug, Args)]
pub struct LsmTestArgs {
    /// The folder of a seed (`lsm train --out` writes one), or the model.json in it.
    pub model: PathBuf,
    /// Folder with t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each plain or .gz; or with the folder Test of recordings.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Sort the events of recordings in which time runs backwards.
    #[arg(long)]
    pub sort_events: bool,
    /// Only the first images.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub test: Option<u32>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
    /// Threads (default: one a core; the same bits with any number).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

impl LsmTestArgs {
    pub(crate) fn order(&self) -> Order {
        order(self.sort_events)
    }
}

/// `lsm classify`.
#[derive(Clone, Debug, Args)]
pub struct LsmClassifyArgs {
    /// The folder of a seed (`lsm train --out` writes one), or the model.json in it.
    pub model: PathBuf,
    /// A file of images in the IDX format, plain or .gz; for a model of recordings one of these, .bin or .aedat.
    pub samples: PathBuf,
    /// Sort the events of a recording in which time runs backwards.
    #[arg(long)]
    pub sort_events: bool,
    /// A file of their labels: says how many are right.
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
    /// Threads (default: one a core; the same bits with any number).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

impl LsmClassifyArgs {
    pub(crate) fn order(&self) -> Order {
        order(self.sort_events)
    }
}

/// `lsm report`.
#[derive(Clone, Debug, Args)]
pub struct LsmReportArgs {
    /// Folders of `lsm train --out`.
    #[arg(required = true)]
    pub folders: Vec<PathBuf>,
    /// Draw test accuracy against branching factor (.svg, .png).
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub json: bool,
}
