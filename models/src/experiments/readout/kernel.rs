//! The three products that fitting consists of, written so that compilers turn them into vector code and every sum keeps its order.
//!
//! Features are padded with zeros to whole blocks of [`LANES`], classes to whole groups of [`GROUP`]. Weights stand block by
//! block, in a block class by class, in a class lane by lane: a group's sums of a block stay in registers. Work is split by
//! samples where samples are independent and by blocks of features where they are added, so no sum is ever cut by a thread.

use super::super::Samples;
use super::Input;
use rayon::prelude::*;

/// Features in a block: two registers of the least instruction set.
pub(super) const LANES: usize = 8;
/// Classes whose sums are kept in registers together: ten registers.
pub(super) const GROUP: usize = 5;
/// Rows and blocks that a thread takes at a time, at least.
const PIECE: usize = 8;

/// Sums of a group of classes, lane by lane.
type Sums = [[f32; LANES]; GROUP];

/// Features and classes of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) width: usize,
    pub(super) classes: usize,
}

impl Shape {
    /// Features with padding: whole blocks and whole groups, and an odd number of them, lest the rows of a tile share few places
    /// of the cache.
    pub(super) fn stride(self) -> usize {
        (self.width.div_ceil(LANES * GROUP) | 1) * LANES * GROUP
    }

    /// Classes with padding.
    pub(super) fn padded(self) -> usize {
        self.classes.div_ceil(GROUP) * GROUP
    }

    /// Number of weights with padding; the biases follow them.
    pub(super) fn weights(self) -> usize {
        self.stride() * self.padded()
    }

    /// Number of weights and biases with padding.
    pub(super) fn parameters(self) -> usize {
        self.weights() + self.padded()
    }

    /// Where a weight stands.
    pub(super) fn place(self, feature: usize, class: usize) -> usize {
        (feature / LANES * self.padded() + class) * LANES + feature % LANES
    }
}

/// Weights and biases; those of padding are zero.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layer {
    pub(super) shape: Shape,
    pub(super) parameters: Vec<f32>,
}

impl Layer {
    pub(super) fn zero(shape: Shape) -> Self {
        Self { shape, parameters: vec![0.0; shape.parameters()] }
    }

    /// Logits of the rows of a tile, one padded row of classes for each.
    pub(super) fn logits(&self, tile: &Tile, logits: &mut Vec<f32>) {
        let classes = self.shape.padded();
        let (weights, bias) = self.parameters.split_at(self.shape.weights());
        logits.clear();
        logits.resize(tile.rows * classes, 0.0);
        let rows = logits.par_chunks_exact_mut(classes).zip(tile.used().par_chunks_exact(tile.stride));
        rows.with_min_len(PIECE).for_each(|(logits, row)| {
            let groups = logits.chunks_exact_mut(GROUP).zip(bias.chunks_exact(GROUP));
            for (group, (logits, bias)) in groups.enumerate() {
                let sums = dots(row, weights, classes, group);
                for class in 0..GROUP {
                    logits[class] = total(&sums[class]) + bias[class];
                }
            }
        });
    }
}

/// Rows of features as they enter the layer, padded.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    stride: usize,
    rows: usize,
    values: Vec<f32>,
}

impl Tile {
    pub(super) fn new(shape: Shape) -> Self {
        Self { stride: shape.stride(), rows: 0, values: Vec::new() }
    }

    /// Takes these samples.
    pub(super) fn load(&mut self, samples: &Samples<'_>, which: &[u32], input: &Input) {
        let (features, width) = (samples.features(), samples.features().width());
        self.rows = which.len();
        if self.values.len() < self.rows * self.stride {
            self.values.resize(self.rows * self.stride, 0.0);
        }
        let rows = self.values.par_chunks_exact_mut(self.stride).zip(which);
        rows.with_min_len(PIECE).for_each(|(row, sample)| {
            features.write_row(samples.row(*sample as usize), row);
            input.of_row(&mut row[..width]);
        });
        let stride = self.stride;
        input.of_batch(&mut self.values[..which.len() * stride]);
    }

    /// Takes one row, ready but for its input.
    pub(super) fn single(&mut self, row: &[f32], input: &Input) {
        self.rows = 1;
        self.values.clear();
        self.values.resize(self.stride, 0.0);
        self.values[..row.len()].copy_from_slice(row);
        input.of_row(&mut self.values[..row.len()]);
        input.of_single(&mut self.values[..row.len()]);
    }

    pub(super) fn used(&self) -> &[f32] {
        &self.values[..self.rows * self.stride]
    }

    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    /// The gradient of the weights: the sum over rows of a row's features times its classes' deltas.
    pub(super) fn gradient(&self, deltas: &[f32], classes: usize, gradient: &mut [f32]) {
        let blocks = gradient.par_chunks_exact_mut(classes * LANES).enumerate();
        blocks.with_min_len(PIECE).for_each(|(block, gradient)| {
            for (group, gradient) in gradient.chunks_exact_mut(GROUP * LANES).enumerate() {
                let sums = products(self, block, deltas, classes, group);
                gradient.copy_from_slice(sums.as_flattened());
            }
        });
    }

    /// Adds the products of all pairs of features, summed over the rows: for each block and each feature up to the block's last a
    /// value for each lane. The others are the same by symmetry and stay as they are.
    pub(super) fn add_products(&self, to: &mut [f64]) {
        let stride = self.stride;
        to.par_chunks_exact_mut(stride * LANES).enumerate().for_each(|(block, to)| {
            let groups = ((block + 1) * LANES).div_ceil(GROUP);
            for (group, to) in to.chunks_exact_mut(GROUP * LANES).take(groups).enumerate() {
                let sums = products(self, block, self.used(), stride, group);
                to.iter_mut().zip(sums.as_flattened()).for_each(|(to, sum)| *to += f64::from(*sum));
            }
        });
    }
}

/// A row times the weights of a group of classes.
#[inline(always)]
fn dots(row: &[f32], weights: &[f32], classes: usize, group: usize) -> Sums {
    let mut sums = [[0.0; LANES]; GROUP];
    for (x, weights) in row.chunks_exact(LANES).zip(weights.chunks_exact(classes * LANES)) {
        let weights = &weights[group * GROUP * LANES..(group + 1) * GROUP * LANES];
        for class in 0..GROUP {
            for lane in 0..LANES {
                sums[class][lane] += weights[class * LANES + lane] * x[lane];
            }
        }
    }
    sums
}

/// The rows' features of a block times the deltas of a group, summed over the rows in order.
#[inline(always)]
fn products(tile: &Tile, block: usize, deltas: &[f32], classes: usize, group: usize) -> Sums {
    let mut sums = [[0.0; LANES]; GROUP];
    for (row, deltas) in tile.used().chunks_exact(tile.stride).zip(deltas.chunks_exact(classes)) {
        let x = &row[block * LANES..(block + 1) * LANES];
        let deltas = &deltas[group * GROUP..(group + 1) * GROUP];
        for class in 0..GROUP {
            for lane in 0..LANES {
                sums[class][lane] += deltas[class] * x[lane];
            }
        }
    }
    sums
}

/// The lanes' sum, halves first.
fn total(lanes: &[f32; LANES]) -> f32 {
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}
