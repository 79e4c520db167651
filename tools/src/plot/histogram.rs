//! Firing rates over time, from all spikes.

use super::PlotError;
use sim_core::stats::Interval;
use sim_core::time::FS_PER_MS;

/// Most bins; a finer division could not be seen.
const MOST_BINS: u64 = 20_000;
/// Most bins of all populations together: 400 MB.
const MOST_COUNTS: u64 = 50_000_000;

/// Spike counts of every population in equal bins of whole ticks. The last bin is the one that comes nearest to the end of
/// the interval: it is between half and one and a half times as long.
pub(super) struct Histogram {
    interval: Interval,
    bin_ticks: u64,
    bins: u64,
    counts: Vec<Vec<u64>>,
}

impl Histogram {
    /// Bins of the given width in femtoseconds, or automatic ones for a panel of the given width in millimetres: a round number
    /// of milliseconds, at most 200 and none narrower than can be told apart.
    pub(super) fn new(interval: Interval, bin_fs: Option<i64>, panel: f64, populations: usize) -> Result<Self, PlotError> {
        let most = (panel / 0.6).clamp(10.0, 200.0) as i64;
        let width = bin_fs.unwrap_or_else(|| automatic_bin(interval.fs(), most));
        let bin_ticks = interval.grid().tick(width.min(interval.fs())).clamp(1, interval.ticks());
        let bins = ((interval.ticks() + bin_ticks / 2) / bin_ticks).max(1);
        if bins > MOST_BINS.min(MOST_COUNTS / populations.max(1) as u64) {
            return Err(PlotError::TooManyBins(bins));
        }
        Ok(Self { interval, bin_ticks, bins, counts: vec![vec![0; bins as usize]; populations] })
    }

    /// Counts a spike of a tick in the interval.
    pub(super) fn count(&mut self, population: usize, tick: u64) {
        let bin = (tick.saturating_sub(self.interval.from_tick() + 1) / self.bin_ticks).min(self.bins - 1);
        self.counts[population][bin as usize] += 1;
    }

    /// Width of a bin in femtoseconds.
    pub(super) fn bin_fs(&self) -> i64 {
        self.interval.grid().fs(self.bin_ticks)
    }

    /// The bins' edges as fractions of the interval, from 0 to 1.
    pub(super) fn edges(&self) -> Vec<f64> {
        let all = self.interval.ticks() as f64;
        let inner = (0..self.bins).map(|bin| (bin * self.bin_ticks) as f64 / all);
        inner.chain([1.0]).collect()
    }

    /// Spikes per neuron and second of a population in every bin.
    pub(super) fn rates_hz(&self, population: usize, neurons: u32) -> Vec<f64> {
        let counts = self.counts[population].iter().copied();
        self.per_neuron_and_second(counts, neurons.into())
    }

    /// Spikes per neuron and second of some populations together.
    pub(super) fn rates_of_all_hz(&self, populations: &[usize], sizes: &[u32]) -> Vec<f64> {
        let neurons = populations.iter().map(|p| u64::from(sizes[*p])).sum();
        let counts = (0..self.bins as usize).map(|bin| populations.iter().map(|p| self.counts[*p][bin]).sum());
        self.per_neuron_and_second(counts, neurons)
    }

    fn per_neuron_and_second(&self, counts: impl Iterator<Item = u64>, neurons: u64) -> Vec<f64> {
        let last = self.interval.ticks() - (self.bins - 1) * self.bin_ticks;
        let seconds = |bin: u64| {
            let ticks = if bin == self.bins - 1 { last } else { self.bin_ticks };
            self.interval.grid().ms(ticks) / 1e3
        };
        counts.zip(0..).map(|(count, bin)| count as f64 / (neurons.max(1) as f64 * seconds(bin))).collect()
    }

    /// All spikes of a population.
    pub(super) fn total(&self, population: usize) -> u64 {
        self.counts[population].iter().sum()
    }

    /// Mean rate over the interval in Hz.
    pub(super) fn mean_hz(&self, population: usize, neurons: u32) -> f64 {
        self.total(population) as f64 / (f64::from(neurons.max(1)) * self.interval.seconds())
    }
}

/// The first of 1, 2, 5, 10, 20 .. ms of which at most so many fill the duration.
fn automatic_bin(duration_fs: i64, most: i64) -> i64 {
    let mut power = FS_PER_MS;
    loop {
        for width in [1, 2, 5].map(|m| m * power) {
            if duration_fs / width <= most {
                return width;
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::time::Grid;

    fn interval(ticks: u64) -> Interval {
        Interval::new(Grid::new(FS_PER_MS / 10), 100, 100 + ticks).expect("an interval")
    }

    #[test]
    fn automatic_bins() {
        let bin = |ms: i64| automatic_bin(ms * FS_PER_MS, 200) / FS_PER_MS;
        assert_eq!([1, 200, 500, 1_000, 20_000, 9_000_000].map(bin), [1, 1, 5, 5, 100, 50_000], "about a 200th");
    }

    #[test]
    fn rates_by_hand() {
        let mut histogram = Histogram::new(interval(124), Some(5 * FS_PER_MS), 100.0, 1).expect("bins");
        assert_eq!(histogram.edges(), [0.0, 50.0 / 124.0, 1.0], "12.4 ms: 5 ms and 7.4 ms");
        [101, 150, 151, 224].into_iter().for_each(|tick| histogram.count(0, tick));
        assert_eq!(histogram.rates_hz(0, 2), [200.0, 2.0 / 2.0 / 7.4e-3], "two spikes of two neurons in each");
        assert_eq!(histogram.rates_of_all_hz(&[0], &[2]), histogram.rates_hz(0, 2), "one population is all of one");
        assert_eq!(histogram.total(0), 4, "all");
        assert!((histogram.mean_hz(0, 2) - 4.0 / 2.0 / 12.4e-3).abs() < 1e-9, "the mean");
    }

    #[test]
    fn too_many_bins() {
        let refused = Histogram::new(interval(1_000_000), Some(1), 100.0, 1).err();
        assert_eq!(refused, Some(PlotError::TooManyBins(1_000_000)), "bins of one tick");
    }
}
