//! Poisson counts by inversion of the distribution function with 64 random bits, or, for most means, from the 16 bits that
//! usually decide (see `shares.rs`): the probability of each count is right to double precision either way.

use super::aligned::AtLine;
use super::lanes::{LANES, Lanes};
use super::neurons::BLOCK;
use super::shares::Shares;
use crate::stimulus::Schedule;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The inverse distribution function of a mean.
#[derive(Clone, Debug)]
pub struct PoissonTable {
    mean: f64,
    /// Count below the first threshold.
    base: u32,
    /// P(N <= base + j) x 2^64, ascending, as far as they fit 64 bits.
    thresholds: Vec<u64>,
    /// The same law by shares; `None` for the means (from about 60 on) that have too many counts.
    shares: Option<Shares>,
}

impl PoissonTable {
    /// The table of a mean (0 or more).
    pub fn new(mean: f64) -> Self {
        if mean <= 0.0 {
            return Self { mean: 0.0, base: 0, thresholds: Vec::new(), shares: None };
        }
        // Probabilities relative to the mode's, outward until they cannot move a 64-bit threshold.
        let mode = mean.floor();
        let reach = (12.0 * mean.sqrt() + 40.0).ceil();
        let first = (mode - reach).max(0.0);
        let mut weights = vec![1.0];
        let mut term = 1.0;
        let mut k = mode;
        while k > first {
            term *= k / mean;
            weights.push(term);
            k -= 1.0;
        }
        weights.reverse();
        term = 1.0;
        for i in 1..=(reach as u64) {
            term *= mean / (mode + i as f64);
            weights.push(term);
        }
        let total: f64 = weights.iter().sum();
        let mut thresholds = Vec::new();
        let mut sum = 0.0;
        for weight in weights {
            sum += weight;
            let scaled = sum / total * 18_446_744_073_709_551_616.0;
            if scaled >= 18_446_744_073_709_551_615.0 {
                break;
            }
            thresholds.push(scaled as u64);
        }
        let base = first as u32;
        let shares = if base == 0 { Shares::new(&thresholds) } else { None };
        Self { mean, base, thresholds, shares }
    }

    /// The table of one spike with a probability (from 0 to 1), else none.
    pub fn bernoulli(probability: f64) -> Self {
        if probability <= 0.0 {
            return Self::new(0.0);
        }
        let thresholds = vec![((1.0 - probability) * 18_446_744_073_709_551_616.0) as u64];
        let shares = Shares::new(&thresholds);
        Self { mean: probability, base: 0, thresholds, shares }
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// P(N <= k) x 2^64 for k = 0, 1, .. (from the first count that the table has), as far as they fit 64 bits.
    pub fn ends(&self) -> &[u64] {
        &self.thresholds
    }

    /// No draw is larger.
    pub fn largest(&self) -> u32 {
        self.base + self.thresholds.len() as u32
    }

    /// The count of 64 random bits.
    #[inline]
    pub fn count(&self, bits: u64) -> u32 {
        self.base + self.thresholds.partition_point(|t| *t <= bits) as u32
    }

    /// The counts of most means, by the quick way.
    pub(crate) fn shares(&self) -> Option<&Shares> {
        self.shares.as_ref()
    }
}

/// A way to draw the counts of the 64 neurons of a block.
pub(crate) trait BlockCounts {
    /// As narrow as the counts allow: rows of them are vector code.
    type Count: Copy + Default + Into<u32>;

    /// The counts. `key` is the tick's and the block's.
    fn counts(&self, lanes: &mut Lanes, key: u64) -> [Self::Count; BLOCK];
}

/// Inversion with 64 bits: no key is needed.
impl BlockCounts for PoissonTable {
    type Count = u32;

    #[inline(always)]
    fn counts(&self, lanes: &mut Lanes, _: u64) -> [u32; BLOCK] {
        let AtLine(counts) = &mut AtLine([0; BLOCK]);
        for chunk in counts.as_chunks_mut::<LANES>().0 {
            *chunk = lanes.wide_bits().map(|bits| self.count(bits));
        }
        *counts
    }
}

/// Tables of means that were met, each made once: those of an image's greys are the same in every trial.
#[derive(Debug, Default)]
pub(crate) struct Tables(Mutex<Known>);

/// By law (whether there is at most one spike a tick) and the bits of the mean.
type Known = BTreeMap<(bool, u64), Arc<PoissonTable>>;

/// Most tables kept: means may differ from trial to trial without end.
const MOST_KEPT: usize = 4096;

impl Tables {
    fn known(&self) -> MutexGuard<'_, Known> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() > MOST_KEPT {
            known.clear();
        }
        known
    }
}

/// Poisson means over time: a set of schedules, by number.
#[derive(Debug)]
pub(crate) struct PoissonSchedules {
    /// Where the pieces of each schedule start, and the end of the last.
    starts: Vec<u32>,
    /// Ascending first ticks, each with the table that holds from there on; none for silence.
    pieces: Vec<(u64, Option<Arc<PoissonTable>>)>,
}

impl PoissonSchedules {
    /// Of schedules of means, each times a factor. With `bernoulli` there is at most one spike a tick: means are its
    /// probability.
    pub(crate) fn new<'a>(tables: &Tables, bernoulli: bool, schedules: impl Iterator<Item = (&'a Schedule, u32)>) -> Self {
        let mut known = tables.known();
        let mut table = |mean: f64| {
            let make = || if bernoulli { PoissonTable::bernoulli(mean) } else { PoissonTable::new(mean) };
            (mean > 0.0).then(|| known.entry((bernoulli, mean.to_bits())).or_insert_with(|| make().into()).clone())
        };
        let mut made = Self { starts: vec![0], pieces: Vec::new() };
        for (schedule, factor) in schedules {
            made.pieces.extend(schedule.0.iter().map(|(first, mean)| (*first, table(mean * f64::from(factor)))));
            made.starts.push(made.pieces.len() as u32);
        }
        made
    }

    /// The table of a schedule for spikes emitted at a tick; `None` while it is silent.
    #[inline]
    pub(crate) fn at(&self, schedule: usize, tick: u64) -> Option<&PoissonTable> {
        let pieces = &self.pieces[self.starts[schedule] as usize..self.starts[schedule + 1] as usize];
        let after = pieces.partition_point(|p| p.0 <= tick);
        pieces[after.checked_sub(1)?].1.as_deref()
    }
}

/// Counts of a mean for the 64 neurons of a block, by the quicker way. `key` is the tick's and the block's.
#[inline(always)]
pub fn block_counts(table: &PoissonTable, lanes: &mut Lanes, key: u64) -> [u32; BLOCK] {
    match table.shares() {
        Some(shares) => shares.counts(lanes, key).map(u32::from),
        None => table.counts(lanes, key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math;
    use crate::random::mix;

    fn probability(mean: f64, k: u32) -> f64 {
        math::exp(f64::from(k) * math::ln(mean) - mean - libm::lgamma(f64::from(k) + 1.0))
    }

    #[test]
    fn thresholds_are_the_distribution_function() {
        for mean in [1e-6, 0.01, 0.8, 2.0, 17.3, 100.0, 5000.0] {
            let table = PoissonTable::new(mean);
            let mut sum = (0..table.base).map(|k| probability(mean, k)).sum::<f64>();
            for (j, threshold) in table.thresholds.iter().enumerate() {
                sum += probability(mean, table.base + j as u32);
                let ours = *threshold as f64 / 18_446_744_073_709_551_616.0;
                assert!((ours - sum).abs() < 1e-11, "mean {mean}: P(N <= {}) = {ours}, not {sum}", table.base as usize + j);
            }
        }
    }

    #[test]
    fn bernoulli_is_one_with_its_probability() {
        for p in [1e-3, 0.1, 0.5, 0.937, 1.0] {
            let table = PoissonTable::bernoulli(p);
            let mut lanes = Lanes::new(3, 1);
            let blocks = 5000;
            let counts: Vec<u32> = (0..blocks).flat_map(|block| block_counts(&table, &mut lanes, mix(9, block))).collect();
            let ones = counts.iter().filter(|count| **count == 1).count() as f64;
            assert!(counts.iter().all(|count| *count <= 1), "p = {p}: one at most");
            let n = counts.len() as f64;
            let error = (n * p * (1.0 - p)).sqrt();
            assert!((ones - n * p).abs() <= 4.0 * error, "p = {p}: {ones} of {n}");
        }
        assert!(PoissonTable::bernoulli(0.0).mean() <= 0.0, "p = 0 is silence");
    }

    #[test]
    fn counts_follow_the_distribution() {
        for mean in [0.01, 0.8, 2.0, 30.0, 200.0] {
            let table = PoissonTable::new(mean);
            let mut lanes = Lanes::new(11, 0);
            let blocks = 10_000;
            let mut seen = vec![0_u32; table.largest() as usize + 1];
            for block in 0..blocks {
                block_counts(&table, &mut lanes, mix(5, block)).iter().for_each(|c| seen[*c as usize] += 1);
            }
            let n = (blocks * BLOCK as u64) as f64;
            let (mut chi, mut cells) = (0.0, 0.0);
            for (k, count) in seen.iter().enumerate() {
                let expected = n * probability(mean, k as u32);
                if expected >= 10.0 {
                    chi += (f64::from(*count) - expected).powi(2) / expected;
                    cells += 1.0;
                }
            }
            // Wilson-Hilferty: the cube root of chi-square over its degrees of freedom is nearly normal.
            let f: f64 = f64::max(cells - 1.0, 1.0);
            let z = ((chi / f).cbrt() - (1.0 - 2.0 / (9.0 * f))) / (2.0 / (9.0 * f)).sqrt();
            assert!(z < 3.5, "mean {mean}: chi-square {chi} over {cells} cells");
        }
    }
}
