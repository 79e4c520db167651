//! Pairwise correlation over a random sample of the neurons that fired, drawn while the spikes stream by.

use super::Interval;
use crate::random::mix;
use crate::record::Spike;
use crate::time::FS_PER_MS;
use std::cmp::Ordering;
use std::collections::BTreeMap;

const BIN_FS: i64 = 2 * FS_PER_MS;
const MOST_NEURONS: usize = 200;
const FEWEST_NEURONS: usize = 10;

/// Spike counts of one neuron: (bin, count) of every bin that is not empty, ascending.
type Counts = Vec<(u64, u64)>;

/// Counts of the sampled neurons of one population.
///
/// Every neuron has a random priority, a hash of the seed and its index. The sample is those with the lowest priorities among
/// the neurons seen so far: a neuron enters with its first spike or never, and one that has been displaced never returns, so
/// the counts of those that stay are complete and the sample is uniform over all that fired.
#[derive(Clone, Debug)]
pub(super) struct CorrelationSample {
    interval: Interval,
    seed: u64,
    bins: u64,
    neurons: BTreeMap<(u64, u32), Counts>,
}

impl CorrelationSample {
    pub(super) fn new(interval: Interval, seed: u64) -> Self {
        let bins = (interval.fs() / BIN_FS) as u64;
        Self { interval, seed, bins, neurons: BTreeMap::new() }
    }

    /// Takes a spike of the interval, which may be its neuron's first. Ticks must not descend. What follows the last whole
    /// bin counts into that.
    pub(super) fn spike(&mut self, spike: Spike, is_first: bool) {
        let Some(last_bin) = self.bins.checked_sub(1) else { return };
        let bin = self.interval.bin(spike.tick, BIN_FS).min(last_bin);
        let key = (mix(self.seed, u64::from(spike.neuron)), spike.neuron);
        if is_first {
            self.neurons.insert(key, vec![(bin, 1)]);
            if self.neurons.len() > MOST_NEURONS {
                self.neurons.pop_last();
            }
            return;
        }
        if self.neurons.last_key_value().is_none_or(|(highest, _)| key > *highest) {
            return;
        }
        let Some(counts) = self.neurons.get_mut(&key) else { return };
        match counts.last_mut() {
            Some((last, count)) if *last == bin => *count += 1,
            _ => counts.push((bin, 1)),
        }
    }

    /// Pearson correlations of all pairs of sampled neurons whose count is not constant; none if too few.
    pub(super) fn correlations(&self) -> Vec<f64> {
        if self.neurons.len() < FEWEST_NEURONS {
            return Vec::new();
        }
        let trains = self.neurons.values().map(|counts| Moments::new(counts, self.bins));
        let varying: Vec<Moments<'_>> = trains.filter(|t| t.variance > 0).collect();
        if varying.len() < FEWEST_NEURONS {
            return Vec::new();
        }
        let pairs = varying.iter().enumerate().flat_map(|(i, a)| varying[..i].iter().map(move |b| (a, b)));
        pairs.map(|(a, b)| a.correlation(b, self.bins)).collect()
    }
}

#[cfg(test)]
impl CorrelationSample {
    /// The sampled neurons and their spikes.
    pub(super) fn counted(&self) -> Vec<(u32, u64)> {
        self.neurons.iter().map(|((_, neuron), counts)| (*neuron, counts.iter().map(|(_, c)| c).sum())).collect()
    }
}

/// A train's counts x with sum(x) and n sum(x^2) - sum(x)^2, over n bins.
struct Moments<'a> {
    counts: &'a [(u64, u64)],
    sum: i128,
    variance: i128,
}

impl<'a> Moments<'a> {
    fn new(counts: &'a [(u64, u64)], bins: u64) -> Self {
        let sum = counts.iter().map(|(_, c)| i128::from(*c)).sum::<i128>();
        let squares = counts.iter().map(|(_, c)| i128::from(*c) * i128::from(*c)).sum::<i128>();
        Self { counts, sum, variance: i128::from(bins) * squares - sum * sum }
    }

    /// (n sum(xy) - sum(x) sum(y)) / sqrt(variances).
    fn correlation(&self, other: &Self, bins: u64) -> f64 {
        let covariance = i128::from(bins) * dot(self.counts, other.counts) - self.sum * other.sum;
        covariance as f64 / ((self.variance as f64).sqrt() * (other.variance as f64).sqrt())
    }
}

/// Sum of products over the bins that both have.
fn dot(a: &[(u64, u64)], b: &[(u64, u64)]) -> i128 {
    let (mut i, mut j, mut sum) = (0, 0, 0);
    while let (Some((bin_a, x)), Some((bin_b, y))) = (a.get(i), b.get(j)) {
        match bin_a.cmp(bin_b) {
            Ordering::Less => i += 1,
            Ordering::Greater => j += 1,
            Ordering::Equal => {
                sum += i128::from(*x) * i128::from(*y);
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    sum
}
