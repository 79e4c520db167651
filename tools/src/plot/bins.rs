//! Bins of numbers, for histograms.

use sim_core::math::exp;
use std::f64::consts::LN_10;

/// Bins of a logarithmic axis in a factor of ten.
const PER_DECADE: f64 = 20.0;

/// Bins that follow each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Bins {
    edges: Vec<f64>,
    is_log: bool,
}

impl Bins {
    /// So many equal bins, and two more at each end; the lowest and the highest number are in the middle of the first and the
    /// last of the others.
    pub fn around(low: f64, high: f64, number: usize) -> Self {
        let number = number.max(2);
        let width = if high > low { (high - low) / (number - 1) as f64 } else { 0.02 * low.abs().max(1e-6) };
        // A single number stands in the middle.
        let first = if high > low { low - width * 2.5 } else { low - width * (number + 4) as f64 / 2.0 };
        Self { edges: (0..=number + 4).map(|i| first + width * i as f64).collect(), is_log: false }
    }

    /// Bins of multiples of a step, from 1 to `high` of them, each as many steps wide.
    pub fn of_steps(step: f64, high: u64, width: u64) -> Self {
        let number = high.div_ceil(width.max(1)).max(1);
        Self { edges: (0..=number).map(|i| (i * width.max(1)) as f64 * step + step / 2.0).collect(), is_log: false }
    }

    /// Bins for a logarithmic axis of multiples of a step, from `low` to `high` of them: of equal width as far as each holds
    /// at least one multiple. Edges lie between multiples, lest some bins hold more of them than their width says.
    pub fn of_steps_log(step: f64, low: u64, high: u64) -> Self {
        let low = low.max(1);
        let mut edges = vec![low];
        while edges[edges.len() - 1] <= high {
            let last = edges[edges.len() - 1];
            let factor = exp(LN_10 / PER_DECADE);
            edges.push((last + 1).max((last as f64 * factor).round() as u64));
        }
        Self { edges: edges.into_iter().map(|k| (k as f64 - 0.5) * step).collect(), is_log: true }
    }

    /// How many.
    pub fn number(&self) -> usize {
        self.edges.len() - 1
    }

    /// The bin that holds a number; `None` beyond the ends.
    pub fn find(&self, value: f64) -> Option<usize> {
        self.edges.partition_point(|edge| *edge <= value).checked_sub(1).filter(|bin| *bin < self.number())
    }

    /// The edges, ascending, one more than bins.
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    /// Whether they are for a logarithmic axis.
    pub fn is_log(&self) -> bool {
        self.is_log
    }

    /// The part of a total in each bin, by the bin's width: its natural logarithm's on a logarithmic axis.
    pub fn density(&self, counts: &[u64], total: u64) -> Vec<f64> {
        let width = |low: f64, high: f64| if self.is_log { sim_core::math::ln(high / low) } else { high - low };
        let widths = self.edges.windows(2).map(|edge| width(edge[0], edge[1]));
        counts.iter().zip(widths).map(|(count, width)| *count as f64 / total.max(1) as f64 / width).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_in_the_middle_of_their_bins() {
        let bins = Bins::around(-1.0, 1.0, 5);
        assert_eq!(bins.edges()[2..8], [-1.25, -0.75, -0.25, 0.25, 0.75, 1.25], "five bins");
        assert_eq!([-2.3, -1.0, 0.0, 1.0, 2.25].map(|v| bins.find(v)), [None, Some(2), Some(4), Some(6), None], "places");
        let one = Bins::around(0.1, 0.1, 5);
        assert_eq!(one.find(0.1), Some(4), "a single number is in the middle");
    }

    #[test]
    fn every_multiple_has_its_bin() {
        for bins in [Bins::of_steps(0.1, 1_000, 7), Bins::of_steps_log(0.1, 1, 1_000)] {
            let mut inside = vec![0; bins.number()];
            (1..=1_000).for_each(|k| inside[bins.find(f64::from(k) * 0.1).expect("a bin")] += 1);
            assert!(inside.iter().all(|n| *n > 0), "no bin is empty between: {inside:?}");
        }
    }

    /// Intervals of equal number in every unit of time have the density 1 / range, in every bin, however wide.
    #[test]
    fn densities_do_not_depend_on_the_bins() {
        let bins = Bins::of_steps(0.1, 1_000, 10);
        let mut counts = vec![0; bins.number()];
        (1..=1_000).for_each(|k| counts[bins.find(f64::from(k) * 0.1).expect("a bin")] += 1);
        assert!(bins.density(&counts, 1_000).iter().all(|d| (d - 0.01).abs() < 1e-9), "per ms of 100 ms");
        let log = Bins::of_steps_log(0.1, 1, 1_000);
        let mut counts = vec![0; log.number()];
        (1..=1_000).for_each(|k| counts[log.find(f64::from(k) * 0.1).expect("a bin")] += 1);
        let sum: f64 = log.density(&counts, 1_000).iter().zip(log.edges().windows(2)).map(|(d, e)| d * (e[1] / e[0]).ln()).sum();
        assert!((sum - 1.0).abs() < 1e-9, "all of it: {sum}");
    }
}
