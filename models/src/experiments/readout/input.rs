//! How a row of features enters the layer.

use super::super::Samples;
use super::super::features::{Part, Scale};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A feature that varies less than this (in spikes) is scaled as if it did so much: a neuron that fires in one sample of a hundred.
const FLOOR: f64 = 0.1;
/// Samples whose sums are made by one thread.
const SHARD: usize = 500;
/// Values that a thread takes at a time.
const PIECE: usize = 16_384;

/// How a row of features enters the layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// Each feature less its mean, divided by its standard deviation, both of the training samples. The deviation is taken to be at
    /// least 0.1; for features that were divided by their sum, 0.1 over the mean of that sum: 0.1 spikes in both cases.
    Standard {
        /// Means.
        mean: Vec<f32>,
        /// One over the standard deviations.
        factor: Vec<f32>,
    },
    /// All features divided by the largest of all samples that are processed together.
    BatchMaximum {
        /// How many samples these are.
        batch: usize,
        /// The mean of the training batches' largest, for a sample that is classified by itself.
        typical: f32,
    },
}

impl Input {
    /// Means and deviations of the training samples.
    pub(super) fn standard(train: &Samples<'_>) -> Self {
        let (features, samples) = (train.features(), train.len() as f64);
        let mean: Vec<f64> = column_sums(train, |_, value| value).iter().map(|sum| sum / samples).collect();
        let squares = column_sums(train, |column, value| (value - mean[column]) * (value - mean[column]));
        let floors = features.parts().into_iter().zip(sums_of_parts(train)).flat_map(|(part, sum)| {
            let floor = if part.scale == Scale::L1 && sum > 0.0 { FLOOR / sum } else { FLOOR };
            std::iter::repeat_n(floor, part.width)
        });
        let factor = squares.iter().zip(floors).map(|(square, floor)| (1.0 / (square / samples).sqrt().max(floor)) as f32);
        Self::Standard { factor: factor.collect(), mean: mean.iter().map(|mean| *mean as f32).collect() }
    }

    /// What is done to each row by itself.
    pub(super) fn of_row(&self, row: &mut [f32]) {
        if let Self::Standard { mean, factor } = self {
            row.iter_mut().zip(mean.iter().zip(factor)).for_each(|(x, (mean, factor))| *x = (*x - mean) * factor);
        }
    }

    /// What is done to rows that are processed together.
    pub(super) fn of_batch(&self, rows: &mut [f32]) {
        if let Self::BatchMaximum { .. } = self {
            // The largest of all is the same however they are grouped.
            let largest = rows.par_chunks(PIECE).map(largest).reduce(|| 0.0, f32::max);
            rows.par_chunks_mut(PIECE).for_each(|piece| divide(piece, largest));
        }
    }

    /// What is done to a row that is alone.
    pub(super) fn of_single(&self, row: &mut [f32]) {
        if let Self::BatchMaximum { typical, .. } = self {
            divide(row, *typical);
        }
    }

    /// How many samples are processed together: it matters for the batch's maximum only.
    pub(super) fn batch(&self) -> usize {
        match self {
            Self::Standard { .. } => 250,
            Self::BatchMaximum { batch, .. } => *batch,
        }
    }
}

/// The largest value; 0 if none is positive.
pub(super) fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |largest, value| value.max(largest))
}

fn divide(values: &mut [f32], divisor: f32) {
    if divisor > 0.0 {
        values.iter_mut().for_each(|value| *value /= divisor);
    }
}

/// Sums over samples, in pieces of fixed size that are added in order.
fn in_shards<S: Fn(usize, &mut [f64]) + Sync>(samples: usize, width: usize, add: S) -> Vec<f64> {
    let starts: Vec<usize> = (0..samples).step_by(SHARD).collect();
    let shards: Vec<Vec<f64>> = starts
        .par_iter()
        .map(|start| {
            let mut sums = vec![0.0; width];
            (*start..samples.min(start + SHARD)).for_each(|sample| add(sample, &mut sums));
            sums
        })
        .collect();
    let mut total = vec![0.0; width];
    for shard in shards {
        total.iter_mut().zip(shard).for_each(|(total, sum)| *total += sum);
    }
    total
}

fn column_sums(samples: &Samples<'_>, term: impl Fn(usize, f64) -> f64 + Sync) -> Vec<f64> {
    let features = samples.features();
    in_shards(samples.len(), features.width(), |sample, sums| {
        let row = features.row(samples.row(sample));
        for (column, (sum, value)) in sums.iter_mut().zip(row).enumerate() {
            *sum += term(column, f64::from(value));
        }
    })
}

/// The mean over samples of the sum of magnitudes of each part, unscaled.
fn sums_of_parts(samples: &Samples<'_>) -> Vec<f64> {
    let features = samples.features();
    let parts: Vec<Part> = features.parts();
    let sums = in_shards(samples.len(), parts.len(), |sample, sums| {
        let magnitudes = features.magnitudes(samples.row(sample));
        sums.iter_mut().zip(magnitudes).for_each(|(sum, magnitude)| *sum += magnitude);
    });
    sums.iter().map(|sum| sum / samples.len() as f64).collect()
}
