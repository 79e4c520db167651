//! How an image becomes input events: for each input and tick an event or none.
//!
//! Each pixel is an input; of contrast each is two, OFF and ON, as those of recordings are.
//! An input has a probability per tick, p = gain x intensity, at most 1. Events are drawn, as the authors of NALSM drew them
//! (Ivanov & Michmizos, NeurIPS 2021), or made by adding p up: an event whenever the sum passes a whole number, from a random start.
//! Draws belong to (seed, presentation, tick): any tick of any presentation can be had by itself, in any order.

use super::Problem;
use super::contrast::contrast;
use super::presentation::Input;
pub use super::presentation::Presentation;
use serde::{Deserialize, Serialize};
use sim_core::random::{Key, Stream, mix};

/// What of a pixel counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intensity {
    /// The pixel divided by the sum of the image's pixels: every image has the same number of events.
    Share,
    /// The pixel divided by 255: bright images have more events.
    Brightness,
    /// The square root of that: dark pixels count more.
    Root,
    /// How much darker than its surroundings the pixel is, and how much brighter: see `contrast.rs`.
    Contrast {
        /// Of an image.
        columns: usize,
    },
}

impl Intensity {
    /// Of each input of an image.
    fn of(self, image: &[u8]) -> Vec<f64> {
        match self {
            Self::Share => {
                let sum = sum(image).max(1) as f64;
                by_value(image, |pixel| pixel / sum)
            }
            Self::Brightness => by_value(image, |pixel| pixel / 255.0),
            Self::Root => by_value(image, |pixel| (pixel / 255.0).sqrt()),
            Self::Contrast { columns } => contrast(image, columns),
        }
    }

    /// How many inputs an image of so many pixels has.
    pub fn inputs(self, pixels: usize) -> usize {
        match self {
            Self::Share | Self::Brightness | Self::Root => pixels,
            Self::Contrast { .. } => 2 * pixels,
        }
    }

    /// Whether it is of images with so many pixels.
    fn check(self, pixels: usize) -> Result<(), Problem> {
        match self {
            Self::Contrast { columns } if columns == 0 || !pixels.is_multiple_of(columns) => {
                Err(Problem::Ragged { width: columns, values: pixels })
            }
            _ => Ok(()),
        }
    }
}

/// When a pixel has its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// Independently in each tick.
    Chance,
    /// Whenever its summed probabilities pass a whole number, which start at a random value below 1 in each presentation.
    Accumulate,
}

/// How images become events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Encoding {
    intensity: Intensity,
    timing: Timing,
    gain: f64,
    seed: u64,
}

impl Encoding {
    /// The authors': shares of the image's sum, drawn, the largest of all these images being certain. They took the training images
    /// for training and validation, and the test images for test.
    pub fn authors<'a>(images: impl Iterator<Item = &'a [u8]>, seed: u64) -> Result<Self, Problem> {
        let shares = images.map(|image| f64::from(image.iter().copied().max().unwrap_or(0)) / sum(image).max(1) as f64);
        let largest = shares.fold(0.0, f64::max);
        if largest == 0.0 {
            return Err(Problem::Empty("images with a pixel above 0"));
        }
        Ok(Self { intensity: Intensity::Share, timing: Timing::Chance, gain: 1.0 / largest, seed })
    }

    /// So many events a tick, averaged over these images, before probabilities are cut to 1.
    pub fn with_events<'a>(
        intensity: Intensity,
        timing: Timing,
        events: f64,
        images: impl Iterator<Item = &'a [u8]>,
        seed: u64,
    ) -> Result<Self, Problem> {
        if !(events > 0.0 && events.is_finite()) {
            return Err(Problem::Setting("the number of events a tick is above 0"));
        }
        let (mut total, mut count) = (0.0, 0_u64);
        for image in images {
            intensity.check(image.len())?;
            total += intensity.of(image).iter().sum::<f64>();
            count += 1;
        }
        if total == 0.0 {
            return Err(Problem::Empty(match intensity {
                Intensity::Contrast { .. } => "images with unlike pixels",
                _ => "images with a pixel above 0",
            }));
        }
        Ok(Self { intensity, timing, gain: events * count as f64 / total, seed })
    }

    /// The same probabilities, events at other times.
    pub fn with_timing(self, timing: Timing) -> Self {
        Self { timing, ..self }
    }

    /// The same probabilities, other draws.
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// What of a pixel counts.
    pub fn intensity(&self) -> Intensity {
        self.intensity
    }

    /// Times an intensity, gives a probability per tick. For the authors' encoding it is the number of events a tick of every image.
    pub fn gain(&self) -> f64 {
        self.gain
    }

    /// The probability per tick of each input.
    pub fn probabilities(&self, image: &[u8]) -> Vec<f64> {
        self.intensity.of(image).into_iter().map(|intensity| (self.gain * intensity).min(1.0)).collect()
    }

    /// An image as it is shown once. Presentations with different numbers are independent.
    pub fn present(&self, image: &[u8], presentation: u64) -> Presentation {
        let key = |name: &str| Key::new(self.seed).name("image").name(name).finish();
        let mut phases = Stream::new(key("phase"), presentation);
        let all = (0_u32..).zip(self.probabilities(image));
        // Every input draws, lest its phase hangs on others' being silent.
        let all = all.map(|(index, chance)| Input { index, chance, phase: phases.uniform() });
        let inputs = all.filter(|input| input.chance > 0.0).collect();
        Presentation::of_image(inputs, self.timing, mix(key("chance"), presentation))
    }
}

/// What each pixel has by its own value.
fn by_value(image: &[u8], of: impl Fn(f64) -> f64) -> Vec<f64> {
    let table: [f64; 256] = std::array::from_fn(|pixel| of(pixel as f64));
    image.iter().map(|pixel| table[usize::from(*pixel)]).collect()
}

fn sum(image: &[u8]) -> u64 {
    image.iter().map(|pixel| u64::from(*pixel)).sum()
}

/// An image with normal noise of this standard deviation added to each pixel, cut to 0 to 255 and rounded: what the approximation
/// rank of a liquid is measured with (the authors: 125).
pub fn noisy(image: &[u8], deviation: f64, seed: u64, presentation: u64) -> Vec<u8> {
    let mut stream = Stream::new(Key::new(seed).name("image").name("noise").finish(), presentation);
    // Casting cuts to the range.
    image.iter().map(|pixel| (f64::from(*pixel) + deviation * stream.normal() + 0.5) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGES: [[u8; 4]; 3] = [[0, 10, 30, 60], [255, 0, 0, 255], [4, 4, 4, 8]];

    /// Of images of 2 x 2.
    const CONTRAST: Intensity = Intensity::Contrast { columns: 2 };

    fn images() -> impl Iterator<Item = &'static [u8]> {
        IMAGES.iter().map(|image| &image[..])
    }

    /// How often each pixel has an event.
    fn counts(encoding: &Encoding, image: &[u8], presentation: u64, ticks: u64) -> Vec<u64> {
        let inputs = encoding.intensity().inputs(image.len());
        let (shown, mut counts) = (encoding.present(image, presentation), vec![0; inputs]);
        (0..ticks).for_each(|tick| shown.events(tick, |pixel| counts[pixel as usize] += 1));
        counts
    }

    #[test]
    fn the_authors_scale_makes_the_largest_share_certain() {
        let encoding = Encoding::authors(images(), 1).expect("bright images");
        // Largest shares: 60 / 100, 255 / 510, 8 / 20.
        assert_eq!(encoding.gain(), 1.0 / 0.6, "one over the largest share");
        assert_eq!(encoding.probabilities(&IMAGES[0])[3], 1.0, "certain");
        for image in &IMAGES {
            let sum: f64 = encoding.probabilities(image).iter().sum();
            assert!((sum - encoding.gain()).abs() < 1e-12, "{sum} events a tick of every image");
        }
        assert_eq!(encoding.probabilities(&[0; 4]), [0.0; 4], "a black image is silent");
    }

    #[test]
    fn chances_are_those_of_pixels() {
        let encoding = Encoding::authors(images(), 7).expect("bright images");
        let n = 20_000;
        let counts = counts(&encoding, &IMAGES[0], 3, n);
        for (count, p) in counts.iter().zip(encoding.probabilities(&IMAGES[0])) {
            let n = n as f64;
            let deviation = (n * p * (1.0 - p)).sqrt();
            assert!((*count as f64 - n * p).abs() <= 4.0 * deviation, "{count} events of p = {p} in {n} ticks");
        }
    }

    #[test]
    fn accumulated_events_differ_from_their_mean_by_less_than_one() {
        for intensity in [Intensity::Share, Intensity::Brightness, Intensity::Root, CONTRAST] {
            let encoding = Encoding::with_events(intensity, Timing::Accumulate, 0.9, images(), 5).expect("bright images");
            for (presentation, image) in IMAGES.iter().enumerate() {
                for ticks in [1, 10, 250] {
                    let counts = counts(&encoding, image, presentation as u64, ticks);
                    for (count, p) in counts.iter().zip(encoding.probabilities(image)) {
                        let off = (*count as f64 - p * ticks as f64).abs();
                        assert!(off < 1.0, "{count} events of p = {p} in {ticks} ticks");
                    }
                }
            }
        }
    }

    /// With a uniform phase each tick has an event with probability p: over presentations as over ticks.
    #[test]
    fn phases_are_uniform_over_presentations() {
        let encoding = Encoding::with_events(Intensity::Brightness, Timing::Accumulate, 0.5, images(), 2).expect("bright");
        let p = encoding.probabilities(&IMAGES[0])[3];
        let n = 20_000;
        let mut count = 0;
        (0..n).for_each(|sample| encoding.present(&IMAGES[0], sample).events(17, |pixel| count += u64::from(pixel == 3)));
        let (n, count) = (n as f64, count as f64);
        assert!((count - n * p).abs() < 4.0 * (n * p * (1.0 - p)).sqrt(), "{count} of {n} with p = {p}");
    }

    #[test]
    fn events_average_to_what_is_asked() {
        for (intensity, sums) in [
            (Intensity::Share, [1.0, 1.0, 1.0]),
            (Intensity::Brightness, [100.0 / 255.0, 2.0, 20.0 / 255.0]),
            (
                Intensity::Root,
                [
                    (10.0_f64 / 255.0).sqrt() + (30.0_f64 / 255.0).sqrt() + (60.0_f64 / 255.0).sqrt(),
                    2.0,
                    3.0 * (4.0_f64 / 255.0).sqrt() + (8.0_f64 / 255.0).sqrt(),
                ],
            ),
        ] {
            let encoding = Encoding::with_events(intensity, Timing::Chance, 0.6, images(), 1).expect("bright images");
            let gain = 0.6 * 3.0 / sums.iter().sum::<f64>();
            assert!((encoding.gain() - gain).abs() < 1e-12, "{intensity:?}: {} instead of {gain}", encoding.gain());
            let total: f64 = images().map(|image| encoding.probabilities(image).iter().sum::<f64>()).sum();
            assert!((total / 3.0 - 0.6).abs() < 1e-12, "{intensity:?}: {} events a tick", total / 3.0);
        }
    }

    #[test]
    fn contrast_averages_to_what_is_asked() {
        let encoding = Encoding::with_events(CONTRAST, Timing::Chance, 0.6, images(), 1).expect("unlike pixels");
        let all: Vec<Vec<f64>> = images().map(|image| encoding.probabilities(image)).collect();
        let mean = all.iter().flatten().sum::<f64>() / 3.0;
        assert!((mean - 0.6).abs() < 1e-12, "{mean} events a tick");
        assert!(all.iter().all(|inputs| inputs.len() == 8), "OFF and ON of each pixel");
        // The first image's darkest and brightest pixel.
        assert!(all[0][0] > 0.0 && all[0][4] == 0.0 && all[0][3] == 0.0 && all[0][7] > 0.0, "{:?}", all[0]);
        assert_eq!(counts(&encoding, &[9; 4], 0, 1000), [0; 8], "a uniform image is silent");
        let told = |columns, images: &[u8]| {
            let images = std::iter::once(images);
            let made = Encoding::with_events(Intensity::Contrast { columns }, Timing::Chance, 1.0, images, 1);
            made.expect_err("a problem")
        };
        assert_eq!(told(3, &IMAGES[0]), Problem::Ragged { width: 3, values: 4 }, "no whole rows");
        assert_eq!(told(0, &IMAGES[0]), Problem::Ragged { width: 0, values: 4 }, "no columns");
        assert_eq!(told(2, &[7; 4]), Problem::Empty("images with unlike pixels"), "no contrast");
    }

    #[test]
    fn draws_belong_to_seed_presentation_and_tick() {
        for timing in [Timing::Chance, Timing::Accumulate] {
            let encoding = |seed| Encoding::with_events(Intensity::Root, timing, 1.2, images(), seed).expect("bright images");
            let train = |encoding: &Encoding, presentation, ticks: &[u64]| {
                let (shown, mut all) = (encoding.present(&IMAGES[0], presentation), Vec::new());
                ticks.iter().for_each(|tick| shown.events(*tick, |pixel| all.push((*tick, pixel))));
                all.sort_unstable();
                all
            };
            let forward: Vec<u64> = (0..100).collect();
            let backward: Vec<u64> = (0..100).rev().collect();
            let here = train(&encoding(1), 4, &forward);
            assert_eq!(here, train(&encoding(1), 4, &backward), "{timing:?}: in any order");
            assert_ne!(here, train(&encoding(1), 5, &forward), "{timing:?}: another presentation");
            assert_ne!(here, train(&encoding(2), 4, &forward), "{timing:?}: another seed");
        }
    }

    #[test]
    fn noise_is_normal_and_cut() {
        let noisy = noisy(&[128; 40_000], 20.0, 3, 0);
        let mean = noisy.iter().map(|pixel| f64::from(*pixel)).sum::<f64>() / 40_000.0;
        let square = noisy.iter().map(|pixel| (f64::from(*pixel) - mean) * (f64::from(*pixel) - mean)).sum::<f64>() / 40_000.0;
        assert!((mean - 128.0).abs() < 0.4, "mean {mean}");
        // Rounding adds a twelfth.
        assert!((square - 400.0 - 1.0 / 12.0).abs() < 4.0 * 400.0 * (2.0_f64 / 40_000.0).sqrt(), "variance {square}");
        let cut = super::noisy(&[0, 255].repeat(100), 1000.0, 3, 1);
        assert!(cut.contains(&0) && cut.contains(&255), "cut to the range of pixels");
    }

    #[test]
    fn what_cannot_be_encoded_is_told() {
        let black = || std::iter::repeat_n(&[0_u8; 4][..], 2);
        let of = |result: Result<Encoding, Problem>| result.expect_err("a problem").to_string();
        assert_eq!(of(Encoding::authors(black(), 1)), "there are no images with a pixel above 0");
        let made = |events| Encoding::with_events(Intensity::Root, Timing::Chance, events, black(), 1);
        assert_eq!(of(made(1.0)), "there are no images with a pixel above 0");
        assert_eq!(of(made(0.0)), "the number of events a tick is above 0");
        assert_eq!(of(made(f64::NAN)), "the number of events a tick is above 0");
    }
}
