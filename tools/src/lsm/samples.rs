//! What liquids are shown: images, or recordings of event cameras, with the class of each.

use super::recordings::Recordings;
use models::experiments::dataset::{Dataset, Images};
use models::experiments::encoding::{Encoding, Presentation, noisy};
use models::experiments::events::Frames;
use sim_core::random::{Key, Stream};
use std::sync::Arc;

/// A training or test set.
pub(crate) enum Set {
    Images(Dataset),
    Recordings(Recordings),
}

impl Set {
    /// How many samples there are.
    pub(crate) fn len(&self) -> usize {
        self.labels().len()
    }

    /// The class of each.
    pub(crate) fn labels(&self) -> &[u8] {
        match self {
            Self::Images(set) => set.labels(),
            Self::Recordings(set) => &set.labels,
        }
    }

    /// How many there are of a part, "training" or "test", in words.
    pub(crate) fn told(&self, part: &str) -> String {
        let (number, word) = (self.len(), self.word());
        match self {
            Self::Images(_) => format!("the {part} file has {number} {word}"),
            Self::Recordings(_) => format!("there are {number} {part} {word}"),
        }
    }

    /// Rows and columns of an image, or of the camera.
    pub(crate) fn size(&self) -> (usize, usize) {
        match self {
            Self::Images(set) => set.size(),
            Self::Recordings(set) => (set.sensor.rows.into(), set.sensor.columns.into()),
        }
    }

    /// What its samples are called.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Images(_) => "images",
            Self::Recordings(_) => "recordings",
        }
    }

    /// Adds all that it holds to a hash, however it was stored.
    pub(crate) fn hash(&self, hasher: &mut blake3::Hasher) {
        let mut add = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        match self {
            Self::Images(set) => add(set.unlabelled().pixels()),
            Self::Recordings(set) => set.frames.iter().for_each(|frames| {
                let (starts, inputs) = frames.parts();
                add(&starts.iter().flat_map(|start| start.to_le_bytes()).collect::<Vec<u8>>());
                add(&inputs.iter().flat_map(|input| input.to_le_bytes()).collect::<Vec<u8>>());
            }),
        }
        add(self.labels());
    }
}

/// Samples and how they become events, without their classes.
#[derive(Clone, Copy)]
pub(crate) enum Shows<'a> {
    /// Images through an encoding.
    Images(&'a Images, &'a Encoding),
    /// The same with noise on each pixel.
    Noisy(&'a Images, &'a Encoding),
    /// Recordings as they are.
    Recordings(&'a [Arc<Frames>]),
}

/// Standard deviation of the noise, of 255: that of Ivanov & Michmizos.
const NOISE: f64 = 125.0;

impl Shows<'_> {
    /// A sample as the liquid with this seed sees it. Presentations of images with different numbers are independent.
    pub(crate) fn present(self, sample: usize, number: u64, seed: u64) -> Presentation {
        match self {
            Self::Images(images, encoding) => encoding.clone().with_seed(seed).present(images.image(sample), number),
            Self::Noisy(images, encoding) => {
                encoding.clone().with_seed(seed).present(&noisy(images.image(sample), NOISE, seed, number), number)
            }
            Self::Recordings(frames) => Presentation::recorded(frames[sample].clone(), 0),
        }
    }

    /// The same with noise on each pixel; recordings as they are.
    pub(crate) fn noisy(self) -> Self {
        match self {
            Self::Images(images, encoding) => Self::Noisy(images, encoding),
            other => other,
        }
    }

    /// A sample as it is shown for a short time while the liquid with this seed learns: of a recording, some of its ticks, the first
    /// being drawn (from 1 to 278 where 20 of 300 are shown, as Ivanov & Michmizos did).
    pub(crate) fn snapshot(self, sample: usize, number: u64, seed: u64, [shown, all]: [u64; 2]) -> Presentation {
        const MARGIN: u64 = 2;
        match self {
            Self::Images(..) | Self::Noisy(..) => self.present(sample, number, seed),
            Self::Recordings(frames) => {
                let last = all.saturating_sub(shown + MARGIN).max(1);
                let mut stream = Stream::new(Key::new(seed).name("snapshot start").finish(), number);
                Presentation::recorded(frames[sample].clone(), 1 + u64::from(stream.below(last as u32)))
            }
        }
    }
}
