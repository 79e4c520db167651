//! What the spike counts depend on, seeds apart.

use super::images::{Data, IMAGES};
use super::recordings::Recordings;
use super::samples::{Set, Shows};
use super::turns::{Turn, turns};
use crate::cli::{LsmTrainArgs, LsmVariant};
use crate::failure::Failure;
use models::experiments::dataset::Images;
use models::experiments::encoding::Encoding;
use models::experiments::liquid::{Settings, Variant, Wiring};
use serde::{Deserialize, Serialize};
use sim_core::random::{Key, mix};
use std::ops::RangeInclusive;

/// How long a sample is shown where nobody says so, in ms, and the windows in which its spikes are counted: images as published,
/// recordings to the end of the third saccade, a window each.
const IMAGE_MS: u32 = 250;
const RECORDING_MS: u32 = 300;
const SACCADES: usize = 3;
/// Most neurons of a liquid.
const MOST_NEURONS: u64 = 1_000_000;

/// All that the spike counts depend on, except seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Protocol {
    /// Hash of the samples and labels.
    pub(crate) data: String,
    /// What kind of samples they are: see [`Data::name`].
    #[serde(default = "images")]
    pub(crate) dataset: String,
    /// The first liquid's settings, with the seed 0. Others differ from it only by what is in `others`.
    pub(crate) settings: Settings,
    pub(crate) liquids: usize,
    pub(crate) frozen: bool,
    /// Of training and validation images, with the seed 0. None of recordings.
    pub(crate) encoding: Option<Encoding>,
    pub(crate) test_encoding: Option<Encoding>,
    /// Where liquids are unlike: of the liquids after the first, until they repeat. Liquid k is as the one k % (1 + how many) before.
    #[serde(default)]
    pub(crate) others: Vec<Turn>,
    pub(crate) snapshots: usize,
    pub(crate) snapshot_ms: u64,
    pub(crate) sample_ms: u64,
    /// How many windows of a sample are counted each for itself.
    #[serde(default = "one")]
    pub(crate) windows: usize,
    pub(crate) train: usize,
    pub(crate) validation: usize,
    pub(crate) test: usize,
}

impl Protocol {
    pub(crate) fn new(arguments: &LsmTrainArgs, data: &Data) -> Result<Self, Failure> {
        let (train, validation, test) = (arguments.train as usize, arguments.validation as usize, arguments.test as usize);
        enough("training", &data.training, train + validation, "--train and --validation")?;
        enough("test", &data.test, test, "--test")?;
        let settings = settings(arguments, data)?;
        let mut others = turns(arguments, data, settings.wiring)?;
        let Turn { wiring, encoding, test_encoding } = others.remove(0);
        let settings = seeing(&settings, wiring, encoding.as_ref());
        let (sample_ms, windows) = match data.training {
            Set::Images(_) => (IMAGE_MS, 1),
            Set::Recordings(_) => (RECORDING_MS, SACCADES),
        };
        let sample_ms = arguments.sample_ms.unwrap_or(sample_ms);
        let windows = arguments.windows.map_or(windows.min(sample_ms as usize), usize::from);
        if windows > sample_ms as usize {
            return usage(format!("--windows {windows}: a sample of {sample_ms} ms has no more than that many windows"));
        }
        Ok(Self {
            data: data.hash(),
            dataset: data.name.into(),
            settings,
            liquids: arguments.liquids as usize,
            // AP-STDP ends with the snapshots.
            frozen: arguments.frozen || arguments.variant == LsmVariant::ApStdp,
            encoding,
            test_encoding,
            others,
            snapshots: arguments.snapshots as usize,
            snapshot_ms: arguments.snapshot_ms.into(),
            sample_ms: sample_ms.into(),
            windows,
            train,
            validation,
            test,
        })
    }

    /// The settings of a liquid with this seed.
    pub(crate) fn settings_of(&self, liquid: usize, seed: u64) -> Settings {
        Settings { seed, ..seeing(&self.settings, self.wiring(liquid), self.encoding(liquid)) }
    }

    /// How the input reaches a liquid's neurons.
    pub(crate) fn wiring(&self, liquid: usize) -> Wiring {
        self.turn(liquid).map_or(self.settings.wiring, |turn| turn.wiring)
    }

    /// How training and validation images become a liquid's events. Recordings are shown as they are.
    pub(crate) fn encoding(&self, liquid: usize) -> Option<&Encoding> {
        self.turn(liquid).map_or(self.encoding.as_ref(), |turn| turn.encoding.as_ref())
    }

    fn test_encoding(&self, liquid: usize) -> Option<&Encoding> {
        self.turn(liquid).map_or(self.test_encoding.as_ref(), |turn| turn.test_encoding.as_ref())
    }

    /// What a liquid has of its own; none where it is as the first.
    fn turn(&self, liquid: usize) -> Option<&Turn> {
        match liquid % (1 + self.others.len()) {
            0 => None,
            place => self.others.get(place - 1),
        }
    }

    /// The samples of a training set as a liquid is shown them.
    pub(crate) fn training<'a>(&'a self, liquid: usize, set: &'a Set) -> Result<Shows<'a>, Failure> {
        self.shows(set, self.encoding(liquid))
    }

    /// The samples of a test set as a liquid is shown them.
    pub(crate) fn testing<'a>(&'a self, liquid: usize, set: &'a Set) -> Result<Shows<'a>, Failure> {
        self.shows(set, self.test_encoding(liquid))
    }

    fn shows<'a>(&self, set: &'a Set, encoding: Option<&'a Encoding>) -> Result<Shows<'a>, Failure> {
        match set {
            Set::Images(set) => self.images(set.unlabelled(), encoding),
            Set::Recordings(set) => self.recordings(set),
        }
    }

    /// Images as a liquid is shown them as test images.
    pub(crate) fn test_images<'a>(&'a self, liquid: usize, images: &'a Images) -> Result<Shows<'a>, Failure> {
        self.images(images, self.test_encoding(liquid))
    }

    fn images<'a>(&self, images: &'a Images, encoding: Option<&'a Encoding>) -> Result<Shows<'a>, Failure> {
        self.fits("images", images.size())?;
        let none = || Failure::Usage("data", "these are images, the model is of recordings".into());
        Ok(Shows::Images(images, encoding.ok_or_else(none)?))
    }

    /// Recordings as they are shown.
    pub(crate) fn recordings<'a>(&self, set: &'a Recordings) -> Result<Shows<'a>, Failure> {
        if self.encoding.is_some() {
            return Err(Failure::Usage("data", "these are recordings, the model is of images".into()));
        }
        self.fits("recordings", (set.sensor.rows.into(), set.sensor.columns.into()))?;
        Ok(Shows::Recordings(&set.frames))
    }

    /// Rows and columns of its images, or of its camera.
    pub(crate) fn size(&self) -> (usize, usize) {
        let (rows, columns) = self.settings.image;
        (rows as usize, columns as usize)
    }

    fn fits(&self, word: &str, size: (usize, usize)) -> Result<(), Failure> {
        let own = self.size();
        if own == size {
            return Ok(());
        }
        Err(Failure::Usage("data", format!("the {word} are {size:?} pixels, the model's {own:?}")))
    }

    /// Neurons of one liquid.
    pub(crate) fn neurons(&self) -> u64 {
        self.settings.grid.iter().map(|sites| u64::from(*sites)).product()
    }

    /// The variant's name, as on the command line.
    pub(crate) fn variant(&self) -> &'static str {
        match self.settings.variant {
            Variant::Static => "static",
            Variant::Stdp => "stdp",
            Variant::Nalsm => "nalsm",
            Variant::ApStdp => "ap-stdp",
        }
    }
}

pub(super) fn usage<T>(message: String) -> Result<T, Failure> {
    Err(Failure::Usage("usage", message))
}

fn images() -> String {
    IMAGES.into()
}

fn one() -> usize {
    1
}

fn enough(part: &str, set: &Set, needed: usize, flags: &str) -> Result<(), Failure> {
    if set.len() >= needed {
        return Ok(());
    }
    Err(Failure::Usage("data", format!("{}, {flags} ask for {needed}", set.told(part))))
}

fn settings(arguments: &LsmTrainArgs, data: &Data) -> Result<Settings, Failure> {
    let variant = match arguments.variant {
        LsmVariant::Nalsm => Variant::Nalsm,
        LsmVariant::Static => Variant::Static,
        LsmVariant::Stdp => Variant::Stdp,
        LsmVariant::ApStdp => Variant::ApStdp,
    };
    let (rows, columns) = data.training.size();
    let mut settings = match &data.training {
        Set::Images(_) => Settings::on_lattice(variant, grid(arguments)?, (rows as u32, columns as u32), 0),
        Set::Recordings(set) => Settings::for_recordings(variant, grid(arguments)?, set.sensor, 0),
    };
    let positive = |flag: &str, value: Option<f64>, default: f64| match value {
        Some(value) if !(value > 0.0 && value.is_finite()) => usage(format!("{flag} takes a number above 0")),
        value => Ok(value.unwrap_or(default)),
    };
    if arguments.w_astro.is_some() && variant != Variant::Nalsm {
        return usage("--w-astro has no meaning for this variant: it has no astrocyte".into());
    }
    settings.w_astro = positive("--w-astro", arguments.w_astro, settings.w_astro)?;
    settings.weight = positive("--weight", arguments.weight, settings.weight)?;
    if (arguments.calcium.is_some() || arguments.calcium_width.is_some()) && variant != Variant::ApStdp {
        return usage("--calcium and --calcium-width are for --variant ap-stdp".into());
    }
    let (level, width) = settings.calcium;
    settings.calcium =
        (positive("--calcium", arguments.calcium, level)?, positive("--calcium-width", arguments.calcium_width, width)?);
    Ok(settings)
}

/// The settings of a liquid with this wiring, to which images come through this encoding: it says how many inputs there are.
fn seeing(settings: &Settings, wiring: Wiring, encoding: Option<&Encoding>) -> Settings {
    let (rows, columns) = settings.image;
    let of_images = encoding.map(|encoding| encoding.intensity().inputs(rows as usize * columns as usize));
    Settings { wiring, inputs: of_images.unwrap_or(settings.inputs), ..settings.clone() }
}

fn grid(arguments: &LsmTrainArgs) -> Result<[u32; 3], Failure> {
    let Some(text) = &arguments.grid else {
        let cube = (1..=100_u32).find(|side| side.pow(3) == arguments.neurons);
        let side = cube.ok_or_else(|| {
            let message = format!("--neurons {} is no cube such as 1000 or 8000: give --grid 10x10x5, say", arguments.neurons);
            Failure::Usage("usage", message)
        })?;
        return Ok([side; 3]);
    };
    let sides: Option<Vec<u32>> = text.split('x').map(|side| side.trim().parse().ok().filter(|side| *side > 0)).collect();
    let grid = sides.and_then(|sides| <[u32; 3]>::try_from(sides).ok());
    let neurons = |grid: &[u32; 3]| grid.iter().try_fold(1_u64, |product, side| product.checked_mul((*side).into()));
    match grid.filter(|grid| neurons(grid).is_some_and(|n| n <= MOST_NEURONS)) {
        Some(grid) => Ok(grid),
        None => usage(format!("--grid takes three sides such as 10x10x10, at most {MOST_NEURONS} neurons, not \"{text}\"")),
    }
}

/// The networks' seeds.
pub(crate) fn seeds(arguments: &LsmTrainArgs) -> Result<RangeInclusive<u64>, Failure> {
    /// Seeds above this are not whole numbers of 64-bit floating point.
    const LARGEST: u64 = 1 << 53;
    let seeds = arguments.seeds.as_deref().map_or(Ok(arguments.seed..=arguments.seed), |text| range("--seeds", text))?;
    if *seeds.end() > LARGEST {
        return usage(format!("a seed is at most {LARGEST}"));
    }
    Ok(seeds)
}

/// "1..5", both ends included.
pub(super) fn range(flag: &str, text: &str) -> Result<RangeInclusive<u64>, Failure> {
    let ends = text.split_once("..").and_then(|(low, high)| Some((low.trim().parse().ok()?, high.trim().parse().ok()?)));
    match ends.filter(|(low, high)| low <= high) {
        Some((low, high)) => Ok(low..=high),
        None => usage(format!("{flag} takes a range of whole numbers such as 1..5, not \"{text}\"")),
    }
}

/// The seed of one of a network's liquids: the first has the network's.
pub(super) fn liquid_seed(seed: u64, liquid: usize) -> u64 {
    const WHOLE_NUMBERS: u32 = 11;
    match liquid {
        0 => seed,
        _ => mix(Key::new(seed).name("liquid").finish(), liquid as u64) >> WHOLE_NUMBERS,
    }
}
