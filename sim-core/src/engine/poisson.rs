//! Poisson counts by inversion of the distribution function, from 32 random bits a count where these decide and 32
//! more where they do not: the probability of each count is right to double precision, not to 2^-32.

use super::lanes::{LANES, Lanes};
use super::neurons::BLOCK;
use crate::random::mix;
use crate::stimulus::Schedule;
use std::collections::BTreeMap;

/// More thresholds than this are searched by bisection with 64 random bits a count.
const LINEAR: usize = 48;

/// The inverse distribution function of a mean.
#[derive(Clone, Debug)]
pub struct PoissonTable {
    mean: f64,
    /// Count below the first threshold.
    base: u32,
    /// P(N <= base + j) x 2^64, ascending; the last one that fits 64 bits closes the table.
    thresholds: Vec<u64>,
    /// The upper halves that differ from all ones.
    high: Vec<u32>,
}

impl PoissonTable {
    /// The table of a mean (0 or more).
    pub fn new(mean: f64) -> Self {
        if mean <= 0.0 {
            return Self { mean: 0.0, base: 0, thresholds: Vec::new(), high: Vec::new() };
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
        let high = thresholds.iter().map(|t| (t >> 32) as u32).take_while(|h| *h != u32::MAX).collect();
        Self { mean, base: first as u32, thresholds, high }
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.mean
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

    /// Sixteen counts. `refine` keys the extra bits of the draws that 32 bits leave open.
    #[inline(always)]
    pub fn counts(&self, lanes: &mut Lanes, refine: u64) -> [u32; LANES] {
        if self.thresholds.len() > LINEAR {
            return lanes.wide_bits().map(|u| self.count(u));
        }
        let bits = lanes.bits();
        let mut counts = [self.base; LANES];
        // All ones are open, too: thresholds with that upper half are not among `high`.
        let mut open = bits.map(|b| u32::from(b == u32::MAX));
        for threshold in &self.high {
            for i in 0..LANES {
                counts[i] += u32::from(bits[i] > *threshold);
                open[i] |= u32::from(bits[i] == *threshold);
            }
        }
        if open.iter().fold(0, |any, o| any | o) != 0 {
            self.refine(&bits, &open, refine, &mut counts);
        }
        counts
    }

    /// Decides the open counts with 32 more bits.
    #[cold]
    fn refine(&self, bits: &[u32; LANES], open: &[u32; LANES], key: u64, counts: &mut [u32; LANES]) {
        for i in (0..LANES).filter(|i| open[*i] != 0) {
            counts[i] = self.count(u64::from(bits[i]) << 32 | mix(key, i as u64) >> 32);
        }
    }
}

/// Poisson means over time: the tables of a set of schedules, each table once.
#[derive(Clone, Debug, Default)]
pub(crate) struct PoissonSchedules {
    tables: Vec<PoissonTable>,
    /// Index of the table of a mean (its bits).
    known: BTreeMap<u64, usize>,
    /// By schedule: ascending (first tick, index of the table).
    pieces: Vec<Vec<(u64, usize)>>,
}

impl PoissonSchedules {
    /// Adds a schedule of means, times a factor; returns its number.
    pub(crate) fn add(&mut self, schedule: &Schedule, factor: u32) -> usize {
        let pieces = schedule.0.iter().map(|(first, mean)| (*first, self.table_of(mean * f64::from(factor)))).collect();
        self.pieces.push(pieces);
        self.pieces.len() - 1
    }

    fn table_of(&mut self, mean: f64) -> usize {
        let tables = &mut self.tables;
        *self.known.entry(mean.to_bits()).or_insert_with(|| {
            tables.push(PoissonTable::new(mean));
            tables.len() - 1
        })
    }

    /// The table of a schedule for spikes emitted at a tick; `None` while it is silent.
    #[inline]
    pub(crate) fn at(&self, schedule: usize, tick: u64) -> Option<&PoissonTable> {
        let pieces = &self.pieces[schedule];
        let after = pieces.partition_point(|p| p.0 <= tick);
        let table = &self.tables[pieces[after.checked_sub(1)?].1];
        (table.mean() > 0.0).then_some(table)
    }
}

/// Counts for the 64 neurons of a block.
#[inline(always)]
pub(crate) fn block_counts(table: &PoissonTable, lanes: &mut Lanes, refine: u64) -> [u32; BLOCK] {
    let mut counts = [0; BLOCK];
    for (i, chunk) in counts.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        *chunk = table.counts(lanes, mix(refine, i as u64));
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math;

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
    fn counts_follow_the_distribution() {
        for mean in [0.01, 0.8, 2.0, 30.0, 200.0] {
            let table = PoissonTable::new(mean);
            let mut lanes = Lanes::new(11, 0);
            let draws = 40_000;
            let mut seen = vec![0_u32; table.largest() as usize + 1];
            for draw in 0..draws {
                table.counts(&mut lanes, mix(5, draw)).iter().for_each(|c| seen[*c as usize] += 1);
            }
            let n = (draws * LANES as u64) as f64;
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

    #[test]
    fn ties_are_refined() {
        // A mean whose first threshold is 2^63 exactly in its upper half: P(0) = 1/2.
        let table = PoissonTable::new(std::f64::consts::LN_2);
        assert_eq!(table.thresholds[0] >> 40, 1 << 23, "P(0) is a half");
        let tie = table.high[0];
        let low = table.thresholds[0] as u32;
        let share = f64::from(low) / 4_294_967_296.0;
        let zeros = (0..10_000)
            .filter(|i| {
                let u = u64::from(tie) << 32 | mix(*i, 0) >> 32;
                table.thresholds.partition_point(|t| *t <= u) == 0
            })
            .count();
        assert!((zeros as f64 / 10_000.0 - share).abs() < 0.03, "a tie is {share} to become 0, got {zeros} of 10000");
    }
}
