//! The spike counts of a network: of each liquid for all training, validation and test images.
//!
//! Counts are kept in the network's folder, part by part as they are finished; after an interrupt the rows of the part that was begun,
//! too. What is there is not made anew.

use super::arrays::{damaged, load_counts, load_weights, save_counts, save_weights};
use super::images::Data;
use super::liquids::{Facts, Machine, TEST};
use super::protocol::Protocol;
use super::{Stop, Workers, wrong};
use crate::failure::Failure;
use crate::progress::Steps;
use models::experiments::dataset::Images;
use models::experiments::encoding::Encoding;
use models::experiments::features::{Features, Scale};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Samples between two looks at whether there was an interrupt.
const BLOCK: usize = 256;

/// All counts of a network.
pub(crate) struct Counts {
    /// Of training images, then validation images.
    pub(crate) seen: Features,
    /// Of test images.
    pub(crate) unseen: Features,
    pub(crate) hash: String,
    /// Mean over samples and neurons.
    pub(crate) mean: f64,
    pub(crate) timing: Timing,
}

/// What it took.
#[derive(Default)]
pub(crate) struct Timing {
    /// Samples that were run now, not taken over.
    pub(crate) samples: usize,
    pub(crate) samples_s: f64,
    pub(crate) learning_s: f64,
}

/// A row of images of which spikes are counted.
pub(crate) struct Part<'a> {
    pub(crate) name: &'static str,
    pub(crate) images: &'a Images,
    pub(crate) range: Range<usize>,
    pub(crate) encoding: &'a Encoding,
    /// Number of the presentation of image 0.
    pub(crate) first: u64,
}

/// Makes the counts of a network, or takes them over from its folder.
pub(crate) fn gather(
    protocol: &Protocol,
    data: &Data,
    (seed, folder): (u64, Option<&Path>),
    scale: Scale,
    workers: &Workers,
) -> Result<(Counts, Facts), Stop> {
    let (mut facts, mut timing, mut hasher) = (Facts::default(), Timing::default(), blake3::Hasher::new());
    let (mut seen, mut unseen, mut total) = (None, None, 0.0);
    for index in 0..protocol.liquids {
        let file = |name: &str| folder.map(|folder| folder.join(format!("liquid-{}.{name}.npy", index + 1)));
        let begun = Instant::now();
        let machine = machine(protocol, data, (seed, index), file("weights"), workers)?;
        timing.learning_s += begun.elapsed().as_secs_f64();
        facts.add(&machine, protocol, data)?;
        let width = machine.liquid.neurons();
        let mut count = |part: Part<'_>| {
            let words = format!("liquid {}, {} images", index + 1, part.name);
            let job = Job { machine: &machine, part: &part, ticks: protocol.sample_ms, words, workers };
            let counts = job.run(file(part.name), &mut timing)?;
            add(&mut hasher, &counts);
            total += counts.iter().map(|count| f64::from(*count)).sum::<f64>();
            Ok::<_, Stop>(counts)
        };
        let [train, validation, test] = parts(protocol, data);
        let mut both = count(train)?;
        both.extend(count(validation)?);
        let tested = count(test)?;
        seen = Some(append(seen, width, both, scale)?);
        unseen = Some(append(unseen, width, tested, scale)?);
    }
    let (Some(seen), Some(unseen)) = (seen, unseen) else {
        return Err(Failure::Other("internal", "a network has at least one liquid".into()).into());
    };
    let mean = total / ((seen.samples() + unseen.samples()) * seen.width()) as f64;
    let hash = hasher.finalize().to_hex().to_string();
    Ok((Counts { seen, unseen, hash, mean, timing }, facts))
}

/// Hashes counts, little endian.
fn add(hasher: &mut blake3::Hasher, counts: &[u16]) {
    const PIECE: usize = 4096;
    for piece in counts.chunks(PIECE) {
        hasher.update(&piece.iter().flat_map(|count| count.to_le_bytes()).collect::<Vec<u8>>());
    }
}

/// A liquid from its weights in a file, else one that learns them; then they are kept.
fn machine(
    protocol: &Protocol,
    data: &Data,
    (seed, index): (u64, usize),
    file: Option<PathBuf>,
    workers: &Workers,
) -> Result<Machine, Stop> {
    if let Some(path) = file.as_ref().filter(|path| path.is_file()) {
        let restored = Machine::restored(protocol, seed, index, &load_weights(path)?);
        return Ok(restored.map_err(|_| damaged(path))?);
    }
    let machine = Machine::taught(protocol, data, seed, index, workers)?;
    if let Some(path) = file {
        save_weights(&path, &machine.learned)?;
    }
    Ok(machine)
}

/// Training, validation and test images.
fn parts<'a>(protocol: &'a Protocol, data: &'a Data) -> [Part<'a>; 3] {
    let training = |name, range| {
        let (images, encoding) = (data.training.unlabelled(), &protocol.encoding);
        Part { name, images, range, encoding, first: 0 }
    };
    let all = data.training.len();
    let test = Part {
        name: "test",
        images: data.test.unlabelled(),
        range: 0..protocol.test,
        encoding: &protocol.test_encoding,
        first: TEST,
    };
    [training("train", 0..protocol.train), training("validation", all - protocol.validation..all), test]
}

/// Puts the counts of one more liquid beside those of others.
pub(crate) fn append(features: Option<Features>, width: usize, counts: Vec<u16>, scale: Scale) -> Result<Features, Failure> {
    let own = Features::counts(width, counts, scale);
    let both = own.and_then(|own| match features {
        Some(features) => features.append(own),
        None => Ok(own),
    });
    both.map_err(|problem| wrong(&problem))
}

/// One part of one liquid's counts.
pub(crate) struct Job<'a> {
    pub(crate) machine: &'a Machine,
    pub(crate) part: &'a Part<'a>,
    pub(crate) ticks: u64,
    pub(crate) words: String,
    pub(crate) workers: &'a Workers,
}

impl Job<'_> {
    /// Counts what a file does not have yet, and keeps it there.
    pub(crate) fn run(&self, file: Option<PathBuf>, timing: &mut Timing) -> Result<Vec<u16>, Stop> {
        let (width, range) = (self.machine.liquid.neurons(), &self.part.range);
        let kept = file.as_ref().filter(|path| path.is_file()).map(|path| load_counts(path, width)).transpose()?;
        let mut counts = kept.unwrap_or_default();
        let before = counts.len() / width;
        if let Some(path) = file.as_ref().filter(|_| before > range.len()) {
            return Err(damaged(path).into());
        }
        if before == range.len() {
            return Ok(counts);
        }
        let begun = Instant::now();
        let broken = self.run_from(range.start + before, &mut counts);
        timing.samples += counts.len() / width - before;
        timing.samples_s += begun.elapsed().as_secs_f64();
        if let Some(path) = file {
            save_counts(&path, width, &counts)?;
        }
        if broken { Err(Stop::Interrupted) } else { Ok(counts) }
    }

    /// Whether there was an interrupt.
    fn run_from(&self, start: usize, counts: &mut Vec<u16>) -> bool {
        let Part { images, range, encoding, first, .. } = self.part;
        let show = |image: usize| self.machine.present(encoding, images.image(image), first + image as u64);
        let steps = Steps::new(self.workers.quiet, self.words.clone(), range.end - start);
        for start in (start..range.end).step_by(BLOCK) {
            let block = start..range.end.min(start + BLOCK);
            let done = |samples: usize| steps.advance(samples);
            counts.extend(self.workers.pool.install(|| self.machine.liquid.counts(block, self.ticks, &show, &done)));
            if start + BLOCK < range.end && steps.go_on().is_break() {
                return true;
            }
        }
        false
    }
}
