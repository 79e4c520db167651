//! Ridge regression: least squares on targets of +1 for a sample's class and -1 for the others, in closed form.
//!
//! Features and targets less their means; with S the mean of the features' products, the weights solve
//! (S + penalty) W = mean of features times targets. Biases are free.

use super::judge::{each_row, winner};
use super::kernel::{LANES, Layer, Shape, Tile};
use super::{Best, Confusion, Input, Problem, Progress, Sets, Setting, Trial, check_penalties};
use nalgebra::{Cholesky, DMatrix};
use std::ops::ControlFlow;

/// Samples whose products are added in 32 bits; beyond, in 64.
const BATCH: usize = 250;

/// Settings of ridge regression on standardised features.
#[derive(Clone, Debug, PartialEq)]
pub struct Ridge {
    /// To choose from by validation accuracy; each is added to the features' mean squares, which are 1 where they vary.
    pub penalties: Vec<f64>,
}

impl Default for Ridge {
    fn default() -> Self {
        Self { penalties: vec![1e-4, 1e-3, 1e-2, 1e-1, 1.0] }
    }
}

pub(super) fn fit(sets: &Sets<'_>, settings: &Ridge, progress: Progress<'_>) -> Result<Best, Problem> {
    check_penalties(sets, &settings.penalties)?;
    let mut best = Best::new(sets, Input::standard(sets.train));
    let moments = Moments::new(sets, &best.input);
    for penalty in &settings.penalties {
        let Some(layer) = moments.solve(sets.shape(), *penalty) else {
            return Err(Problem::Diverged(format!("with the penalty {penalty}: a larger one is needed")));
        };
        let (confusion, loss) = on_train(sets, &layer, &best.input);
        let validation = sets.validate(&layer, &best.input);
        let trial = Trial { setting: Setting::Penalty(*penalty), loss, train: confusion.accuracy(), validation };
        best.add(trial, &layer, true);
        if let ControlFlow::Break(()) = progress(&trial) {
            break;
        }
    }
    Ok(best)
}

/// Means over the training samples.
struct Moments {
    /// Of the features.
    mean: Vec<f64>,
    /// Of the targets.
    targets: Vec<f64>,
    /// Covariances of features; the lower triangle is enough.
    features: DMatrix<f64>,
    /// Covariances of features and targets.
    both: DMatrix<f64>,
}

impl Moments {
    fn new(sets: &Sets<'_>, input: &Input) -> Self {
        let Shape { width, classes } = sets.shape();
        let stride = sets.shape().stride();
        let samples = sets.train.len() as f64;
        let mut products = vec![0.0; stride * stride];
        // Sums of the rows of each class: they give the means, and the products with the targets.
        let mut sums = vec![vec![0.0; stride]; classes];
        let mut tile = Tile::new(sets.shape());
        let all: Vec<u32> = (0..sets.train.len() as u32).collect();
        for which in all.chunks(BATCH) {
            tile.load(sets.train, which, input);
            tile.add_products(&mut products);
            for (sample, row) in which.iter().zip(tile.used().chunks_exact(tile.stride())) {
                let class = usize::from(sets.train.labels()[*sample as usize]);
                sums[class].iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
            }
        }
        let mean: Vec<f64> = (0..width).map(|f| sums.iter().map(|of| of[f]).sum::<f64>() / samples).collect();
        let of_class = |class: usize| sets.train.labels().iter().filter(|label| usize::from(**label) == class).count();
        // Twice the membership, less 1.
        let targets: Vec<f64> = (0..classes).map(|class| 2.0 * of_class(class) as f64 / samples - 1.0).collect();
        let features = DMatrix::from_fn(width, width, |row, column| {
            // The later feature's block has a value for every earlier one.
            let (early, late) = (row.min(column), row.max(column));
            products[(late / LANES * stride + early) * LANES + late % LANES] / samples - mean[row] * mean[column]
        });
        let both = DMatrix::from_fn(width, classes, |feature, class| {
            2.0 * sums[class][feature] / samples - mean[feature] - mean[feature] * targets[class]
        });
        Self { mean, targets, features, both }
    }

    /// The layer, if the matrix is positive definite to the computer.
    fn solve(&self, shape: Shape, penalty: f64) -> Option<Layer> {
        let mut matrix = self.features.clone();
        (0..shape.width).for_each(|feature| matrix[(feature, feature)] += penalty);
        let weights = Cholesky::new(matrix)?.solve(&self.both);
        let mut layer = Layer::zero(shape);
        for class in 0..shape.classes {
            let mut bias = self.targets[class];
            for feature in 0..shape.width {
                layer.parameters[shape.place(feature, class)] = weights[(feature, class)] as f32;
                bias -= self.mean[feature] * weights[(feature, class)];
            }
            layer.parameters[shape.weights() + class] = bias as f32;
        }
        layer.parameters.iter().all(|value| value.is_finite()).then_some(layer)
    }
}

/// The training samples' classes, and the mean over samples of the squared errors' sum.
fn on_train(sets: &Sets<'_>, layer: &Layer, input: &Input) -> (Confusion, f64) {
    let mut confusion = Confusion::new(sets.classes);
    let mut squares = 0.0;
    each_row(layer, sets.train, input, |label, outputs| {
        confusion.add(label, winner(outputs));
        for (class, output) in outputs.iter().enumerate() {
            let error = f64::from(*output) - if class == label { 1.0 } else { -1.0 };
            squares += error * error;
        }
    });
    (confusion, squares / sets.train.len() as f64)
}
