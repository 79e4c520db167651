//! The spike counts of a network: of each liquid for all training, validation and test samples.
//!
//! Counts are kept in the network's folder, part by part as they are finished; after an interrupt the rows of the part that was begun,
//! too. What is there is not made anew.

use super::arrays::{damaged, load_counts, load_weights, save_counts, save_weights};
use super::images::Data;
use super::kernel::{Kernel, Ranks};
use super::liquids::{Facts, Machine, NOISY, TEST};
use super::pace::Pace;
use super::protocol::Protocol;
use super::samples::Shows;
use super::{Stop, Workers, wrong};
use crate::failure::Failure;
use crate::progress::Steps;
use models::experiments::features::{Features, Scale};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Samples between two looks at whether there was an interrupt.
const BLOCK: usize = 256;

/// All counts of a network.
pub(crate) struct Counts {
    /// Of training samples, then validation samples.
    pub(crate) seen: Features,
    /// Of test samples.
    pub(crate) unseen: Features,
    pub(crate) hash: String,
    /// Mean over samples and neurons.
    pub(crate) mean: f64,
    /// Of learning, and of samples whose spikes were counted, as far as they were run now, not taken over.
    pub(crate) learning: Pace,
    pub(crate) counting: Pace,
    /// As far as they were asked for.
    pub(crate) ranks: Option<Ranks>,
}

/// A row of samples of which spikes are counted.
pub(crate) struct Part<'a> {
    pub(crate) name: &'static str,
    pub(crate) shows: Shows<'a>,
    pub(crate) range: Range<usize>,
    /// Number of the presentation of sample 0.
    pub(crate) first: u64,
}

/// Makes the counts of a network, or takes them over from its folder.
pub(crate) fn gather(
    protocol: &Protocol,
    data: &Data,
    (seed, folder): (u64, Option<&Path>),
    (scale, kernel): (Scale, Option<Kernel>),
    workers: &Workers,
) -> Result<(Counts, Facts), Stop> {
    let mut ranks = kernel.map(Kernel::ranks);
    let (mut facts, mut hasher) = (Facts::default(), blake3::Hasher::new());
    let (mut learning, mut counting) = (Pace::default(), Pace::default());
    let (mut seen, mut unseen, mut total) = (None, None, 0.0);
    for index in 0..protocol.liquids {
        let file = |name: &str| folder.map(|folder| folder.join(format!("liquid-{}.{name}.npy", index + 1)));
        let machine = machine(protocol, data, (seed, index), file("weights"), workers)?;
        learning += machine.pace;
        facts.add(&machine, protocol, data)?;
        let width = machine.liquid.neurons() * protocol.windows;
        let mut run = |part: &Part<'_>| {
            let words = format!("liquid {}, {} {}", index + 1, part.name, data.test.word());
            Job { machine: &machine, part, protocol, words, workers }.run(file(part.name), &mut counting)
        };
        let mut count = |part: &Part<'_>| {
            let counts = run(part)?;
            add(&mut hasher, &counts);
            total += counts.iter().map(|count| f64::from(*count)).sum::<f64>();
            Ok::<_, Stop>(counts)
        };
        let [train, validation, test] = parts(protocol, data, index)?;
        let mut both = count(&train)?;
        both.extend(count(&validation)?);
        let tested = count(&test)?;
        if let Some(ranks) = &mut ranks {
            let noisy = Part { name: "noisy", shows: test.shows.noisy(), range: test.range, first: NOISY };
            ranks.add([&tested, &run(&noisy)?], width, &data.test.labels()[..protocol.test], workers)?;
        }
        seen = Some(append(seen, width, both, scale)?);
        unseen = Some(append(unseen, width, tested, scale)?);
    }
    let (Some(seen), Some(unseen)) = (seen, unseen) else {
        return Err(Failure::Other("internal", "a network has at least one liquid".into()).into());
    };
    let neurons = seen.width() / protocol.windows;
    let mean = total / ((seen.samples() + unseen.samples()) * neurons) as f64;
    let hash = hasher.finalize().to_hex().to_string();
    Ok((Counts { seen, unseen, hash, mean, learning, counting, ranks }, facts))
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

/// Training, validation and test samples, as a liquid is shown them.
fn parts<'a>(protocol: &'a Protocol, data: &'a Data, liquid: usize) -> Result<[Part<'a>; 3], Failure> {
    let shows = protocol.training(liquid, &data.training)?;
    let training = |name, range| Part { name, shows, range, first: 0 };
    let all = data.training.len();
    let test = Part { name: "test", shows: protocol.testing(liquid, &data.test)?, range: 0..protocol.test, first: TEST };
    Ok([training("train", 0..protocol.train), training("validation", all - protocol.validation..all), test])
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
    pub(crate) protocol: &'a Protocol,
    pub(crate) words: String,
    pub(crate) workers: &'a Workers,
}

impl Job<'_> {
    /// Values of a sample's row.
    pub(crate) fn width(&self) -> usize {
        self.machine.liquid.neurons() * self.protocol.windows
    }

    /// Counts what a file does not have yet, and keeps it there.
    pub(crate) fn run(&self, file: Option<PathBuf>, pace: &mut Pace) -> Result<Vec<u16>, Stop> {
        let (width, range) = (self.width(), &self.part.range);
        let kept = file.as_ref().filter(|path| path.is_file()).map(|path| load_counts(path, width)).transpose()?;
        let mut counts = kept.unwrap_or_default();
        let before = counts.len() / width;
        if let Some(path) = file.as_ref().filter(|_| before > range.len()) {
            return Err(damaged(path).into());
        }
        if before == range.len() {
            return Ok(counts);
        }
        let broken = self.run_from(range.start + before, &mut counts, pace);
        if let Some(path) = file {
            save_counts(&path, width, &counts)?;
        }
        if broken { Err(Stop::Interrupted) } else { Ok(counts) }
    }

    /// Whether there was an interrupt.
    fn run_from(&self, start: usize, counts: &mut Vec<u16>, pace: &mut Pace) -> bool {
        let Part { shows, range, first, .. } = self.part;
        let show = |sample: usize| shows.present(sample, first + sample as u64, self.machine.seed);
        let (liquid, shown) = (&self.machine.liquid, (self.protocol.sample_ms, self.protocol.windows));
        let steps = Steps::new(self.workers.quiet, self.words.clone(), range.end - start);
        for start in (start..range.end).step_by(BLOCK) {
            let (block, begun) = (start..range.end.min(start + BLOCK), Instant::now());
            let done = |samples: usize| steps.advance(samples);
            let run = || liquid.counts_by_window(block.clone(), shown, &show, &done);
            let (more, load) = self.workers.pool.install(run);
            counts.extend(more);
            *pace += Pace { shown: block.len(), seconds: begun.elapsed().as_secs_f64(), load };
            if start + BLOCK < range.end && steps.go_on().is_break() {
                return true;
            }
        }
        false
    }
}
