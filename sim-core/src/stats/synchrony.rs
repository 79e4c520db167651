//! Synchrony: how much a population's spike count varies from bin to bin.

use super::Interval;
use crate::time::FS_PER_MS;

const BIN_FS: i64 = 3 * FS_PER_MS;

/// Sums of a population's spike counts, and of their squares, over bins of 3 ms.
#[derive(Clone, Debug)]
pub(super) struct CountMoments {
    interval: Interval,
    bin: u64,
    count: u64,
    sum: u64,
    squares: u128,
}

impl CountMoments {
    pub(super) fn new(interval: Interval) -> Self {
        Self { interval, bin: 0, count: 0, sum: 0, squares: 0 }
    }

    /// Takes a spike's tick; bins must not descend.
    pub(super) fn spike(&mut self, tick: u64) {
        let bin = self.interval.bin(tick, BIN_FS);
        if bin != self.bin {
            self.squares += square(self.count);
            (self.bin, self.count) = (bin, 0);
        }
        self.count += 1;
        self.sum += 1;
    }

    /// Variance over mean of the count; `None` without spikes. A last bin that the interval cuts short takes part only if it
    /// holds spikes: choose intervals of whole bins where that matters.
    pub(super) fn variance_over_mean(&self) -> Option<f64> {
        if self.sum == 0 {
            return None;
        }
        let whole = (self.interval.fs() / BIN_FS) as u64;
        let bins = whole.max(self.bin + 1) as f64;
        let mean = self.sum as f64 / bins;
        let mean_square = (self.squares + square(self.count)) as f64 / bins;
        Some((mean_square - mean * mean).max(0.0) / mean)
    }
}

fn square(count: u64) -> u128 {
    u128::from(count) * u128::from(count)
}
