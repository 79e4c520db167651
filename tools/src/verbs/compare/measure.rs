//! What differs between two recordings, population by population.

use super::trains::{Pair, Side};
use sim_core::stats::{Partners, partners, van_rossum_squared, victor_purpura};
use sim_core::time::ms_from_fs;

/// A neuron whose numbers of spikes have a larger product gets no Victor-Purpura distance: it would take seconds.
const MOST_VICTOR_PURPURA: usize = 100_000_000;

/// How differences are measured.
#[derive(Clone, Copy)]
pub(super) struct Yardstick {
    /// Spikes that are no further apart are the same.
    pub(super) tolerance_fs: i64,
    /// Time constant of the van Rossum distance.
    pub(super) tau_ms: f64,
    /// Cost of moving a spike by a millisecond, of the Victor-Purpura distance.
    pub(super) cost_per_ms: f64,
}

/// The earliest spike without a partner.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FirstDifference {
    pub(super) time_fs: i64,
    pub(super) population: String,
    pub(super) neuron: u32,
    /// 0 where it is in the first recording only, 1 in the second.
    pub(super) side: usize,
}

/// What differs in one population. Pairs of numbers are of the first and the second recording.
pub(super) struct PopulationDifference {
    pub(super) name: String,
    pub(super) neurons: u32,
    pub(super) spikes: [u64; 2],
    pub(super) rate_hz: [Option<f64>; 2],
    /// Spikes without a partner in the other recording.
    pub(super) only: [u64; 2],
    /// Mean over neurons.
    pub(super) van_rossum: Option<f64>,
    /// Mean over neurons, those left out excepted.
    pub(super) victor_purpura: Option<f64>,
    /// Neurons with too many spikes for a Victor-Purpura distance.
    pub(super) left_out: u64,
}

/// Two recordings compared.
pub(super) struct Comparison {
    pub(super) sides: [Side; 2],
    pub(super) first: Option<FirstDifference>,
    pub(super) populations: Vec<PopulationDifference>,
}

/// Sums over the neurons of a population.
#[derive(Clone, Default)]
struct Sums {
    spikes: [u64; 2],
    only: [u64; 2],
    van_rossum: f64,
    victor_purpura: f64,
    left_out: u64,
}

/// Compares neuron by neuron.
pub(super) fn compare(pair: &Pair, yardstick: &Yardstick) -> Comparison {
    let mut sums = vec![Sums::default(); pair.populations.len()];
    let mut first: Option<(i64, usize, u32, usize)> = None;
    for ((population, neuron), trains) in &pair.trains {
        let only = sums[*population].add(trains, yardstick);
        for (side, time) in only.into_iter().enumerate() {
            let found = time.map(|time| (time, *population, *neuron, side));
            first = [first, found].into_iter().flatten().min();
        }
    }
    let sides = pair.sides.each_ref().map(|s| Side { name: s.name.clone(), window: s.window, spikes: s.spikes });
    let populations = pair.populations.iter().zip(sums).map(|(both, sums)| {
        let seconds = |side: usize| ms_from_fs(sides[side].window.1 - sides[side].window.0) / 1e3;
        let size = f64::from(both.size);
        let rate = |side: usize| {
            let neuron_seconds = size * seconds(side);
            (neuron_seconds > 0.0).then(|| sums.spikes[side] as f64 / neuron_seconds)
        };
        let measured = size - sums.left_out as f64;
        PopulationDifference {
            name: both.name.clone(),
            neurons: both.size,
            spikes: sums.spikes,
            rate_hz: [rate(0), rate(1)],
            only: sums.only,
            van_rossum: (size > 0.0).then(|| sums.van_rossum / size),
            victor_purpura: (measured > 0.0).then(|| sums.victor_purpura / measured),
            left_out: sums.left_out,
        }
    });
    let populations = populations.collect();
    let first = first.map(|(time_fs, population, neuron, side)| FirstDifference {
        time_fs,
        population: pair.populations[population].name.clone(),
        neuron,
        side,
    });
    Comparison { sides, first, populations }
}

impl Sums {
    /// Adds a neuron. Returns its first spike without a partner in each recording.
    fn add(&mut self, [a, b]: &[Vec<i64>; 2], yardstick: &Yardstick) -> [Option<i64>; 2] {
        let Partners { only_a, only_b, .. } = partners(a, b, yardstick.tolerance_fs);
        for (side, (train, only)) in [(a, &only_a), (b, &only_b)].into_iter().enumerate() {
            self.spikes[side] += train.len() as u64;
            self.only[side] += only.len() as u64;
        }
        self.van_rossum += van_rossum_squared(a, b, yardstick.tau_ms).sqrt();
        if a.len().saturating_mul(b.len()) <= MOST_VICTOR_PURPURA {
            self.victor_purpura += victor_purpura(a, b, yardstick.cost_per_ms);
        } else {
            self.left_out += 1;
        }
        [only_a.first().copied(), only_b.first().copied()]
    }
}
