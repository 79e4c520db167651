//! Statistics of spike trains, fed spike by spike in order of (tick, neuron), and distances between trains.
//!
//! [`RateMeter`] counts and measures irregularity, cheap enough to run along with a simulation;
//! [`SpikeStatistics`] adds quantiles, correlation and synchrony. Both keep integers, so a result depends on the spikes
//! alone, and neither keeps the spikes: a neuron costs 48 bytes.

mod correlation;
mod distance;
mod intervals;
mod places;
mod rates;
mod synchrony;

pub use distance::{Partners, partners, van_rossum_squared, victor_purpura};
pub use intervals::IntervalCounts;
pub use places::{Place, Places};
pub use rates::{MIN_SPIKES, PopulationRates, RateMeter};

use crate::record::{Sink, Spike, Window};
use crate::time::Grid;
use correlation::CorrelationSample;
use std::ops::{ControlFlow, Range};
use synchrony::CountMoments;

/// The stretch of a run that is looked at: spikes of ticks after `from_tick`, up to and with `to_tick`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    grid: Grid,
    from_tick: u64,
    to_tick: u64,
}

impl Interval {
    /// An interval; `None` if it is empty or ends beyond the longest representable time.
    pub fn new(grid: Grid, from_tick: u64, to_tick: u64) -> Option<Self> {
        let fits = i64::try_from(to_tick).ok()?.checked_mul(grid.step_fs()).is_some();
        (from_tick < to_tick && fits).then_some(Self { grid, from_tick, to_tick })
    }

    /// The grid of its ticks.
    pub fn grid(self) -> Grid {
        self.grid
    }

    /// The tick before its first.
    pub fn from_tick(self) -> u64 {
        self.from_tick
    }

    /// Its last tick.
    pub fn to_tick(self) -> u64 {
        self.to_tick
    }

    /// Whether a tick lies in it.
    pub fn contains(self, tick: u64) -> bool {
        self.from_tick < tick && tick <= self.to_tick
    }

    /// Its length in ticks, at least one.
    pub fn ticks(self) -> u64 {
        self.to_tick - self.from_tick
    }

    /// Its length in femtoseconds.
    pub fn fs(self) -> i64 {
        self.grid.fs(self.ticks())
    }

    /// Its length in seconds.
    pub fn seconds(self) -> f64 {
        self.grid.ms(self.ticks()) / 1e3
    }

    /// Which of the consecutive bins of the given width (in femtoseconds, at least one) holds a tick of the interval. Bins
    /// are open to the left and closed to the right, as ticks are.
    pub fn bin(self, tick: u64, width_fs: i64) -> u64 {
        let since_start = self.grid.fs(tick.saturating_sub(self.from_tick));
        ((since_start - 1).max(0) / width_fs.max(1)) as u64
    }
}

/// The quantiles that a [`Spread`] gives.
pub const QUANTILES: [f64; 5] = [0.05, 0.25, 0.50, 0.75, 0.95];

/// How a quantity is spread over neurons or pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// How many values.
    pub count: u64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation (divided by the count).
    pub sd: f64,
    /// The [`QUANTILES`], interpolated linearly between the sorted values.
    pub quantiles: [f64; 5],
}

impl Spread {
    /// The spread of some values; `None` if there are none.
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        values.sort_by(f64::total_cmp);
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
        let quantiles = QUANTILES.map(|p| quantile(&values, p));
        Some(Self { count: values.len() as u64, mean, sd: variance.sqrt(), quantiles })
    }
}

/// The p-quantile of sorted values: the value at place p (n - 1), interpolated linearly (type 7 of Hyndman & Fan 1996).
/// 0 if there are no values.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = p.clamp(0.0, 1.0) * last as f64;
    let below = (place.floor() as usize).min(last);
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    low + (high - low) * (place - below as f64)
}

/// The statistics of one population.
#[derive(Clone, Debug, PartialEq)]
pub struct PopulationStatistics {
    /// Neurons.
    pub neurons: u32,
    /// Spikes in the interval.
    pub spikes: u64,
    /// Firing rates in Hz over neurons, silent ones included.
    pub rate_hz: Option<Spread>,
    /// Coefficients of variation of the inter-spike intervals, over neurons with at least [`MIN_SPIKES`] spikes.
    pub cv_isi: Option<Spread>,
    /// Pearson correlations of the spike counts in bins of 2 ms, over all pairs of up to 200 neurons drawn from those that
    /// fired; `None` with fewer than 10 of them.
    pub correlation: Option<Spread>,
    /// Variance over mean of the population's spike count in bins of 3 ms: 1 for independent Poisson trains.
    pub synchrony: Option<f64>,
}

/// The statistics of Potjans & Diesmann (Cerebral Cortex 24, 2014, figure 6), streamed: rates, irregularity, pairwise
/// correlation, synchrony.
#[derive(Clone, Debug)]
pub struct SpikeStatistics {
    rates: RateMeter,
    samples: Vec<CorrelationSample>,
    counts: Vec<CountMoments>,
}

impl SpikeStatistics {
    /// Statistics over an interval of populations given by their ranges of global indices, which must not overlap. The seed
    /// chooses the neurons whose correlation is measured.
    pub fn new(populations: &[Range<u32>], interval: Interval, seed: u64) -> Self {
        Self {
            rates: RateMeter::new(populations, interval),
            samples: populations.iter().map(|_| CorrelationSample::new(interval, seed)).collect(),
            counts: populations.iter().map(|_| CountMoments::new(interval)).collect(),
        }
    }

    /// Takes a spike; one outside the interval or the populations is left out. Ticks must not descend.
    pub fn spike(&mut self, spike: Spike) {
        if let Some(counted) = self.rates.count(spike) {
            self.samples[counted.population].spike(spike, counted.is_first);
            self.counts[counted.population].spike(spike.tick);
        }
    }

    /// The statistics of every population, in the order given.
    pub fn summary(&self) -> Vec<PopulationStatistics> {
        let populations = self.rates.summary().into_iter().enumerate();
        populations
            .map(|(i, rates)| PopulationStatistics {
                neurons: rates.neurons,
                spikes: rates.spikes,
                rate_hz: Spread::of(self.rates.rates_hz(i)),
                cv_isi: Spread::of(self.rates.irregularities(i)),
                correlation: Spread::of(self.samples[i].correlations()),
                synchrony: self.counts[i].variance_over_mean(),
            })
            .collect()
    }
}

impl Sink for SpikeStatistics {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        window.spikes.iter().for_each(|s| self.spike(*s));
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests;
