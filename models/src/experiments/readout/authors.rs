//! The read-out as the authors of NALSM fitted it (Ivanov & Michmizos, NeurIPS 2021; their program): counts divided by their sum,
//! then by the batch's largest; soft targets; Adadelta (Zeiler, arXiv 1212.5701); samples always in the same order; the epoch with
//! the best validation accuracy, the last one left out.

use super::gradient::Targets;
use super::minibatch::{Descent, Optimiser, Order};
use super::{Best, Input, Problem, Progress, Sets, input};

/// Settings of the authors' read-out. The division by the sum is the features' own: [`super::super::features::Scale::L1`].
#[derive(Clone, Debug, PartialEq)]
pub struct Authors {
    /// Factor of Adadelta's steps.
    pub rate: f64,
    /// Decay of Adadelta's running means.
    pub rho: f64,
    /// What keeps their ratio finite, and starts them.
    pub epsilon: f64,
    /// Times a weight, added to its gradient.
    pub decay: f64,
    /// Samples of a batch, in fitting and afterwards.
    pub batch: usize,
    /// Passes over the training samples.
    pub epochs: usize,
}

impl Default for Authors {
    fn default() -> Self {
        Self { rate: 0.1, rho: 0.95, epsilon: 1e-8, decay: 5e-10, batch: 250, epochs: 5000 }
    }
}

pub(super) fn fit(sets: &Sets<'_>, settings: &Authors, progress: Progress<'_>) -> Result<Best, Problem> {
    let Authors { rate, rho, epsilon, decay, batch, epochs } = *settings;
    if batch == 0 || epochs == 0 {
        return Err(Problem::Setting("batch and epochs are at least 1"));
    }
    let positive = rate > 0.0 && rate.is_finite() && epsilon > 0.0 && epsilon.is_finite();
    if !(positive && (0.0..1.0).contains(&rho) && decay >= 0.0 && decay.is_finite()) {
        return Err(Problem::Setting("rate and epsilon are above 0, rho from 0 to below 1, the decay not below 0"));
    }
    let input = Input::BatchMaximum { batch, typical: mean_maximum(sets, batch) };
    let targets = Targets::soft(sets.classes);
    let descent = Descent { batch, epochs, decay: decay as f32, order: Order::Fixed, targets, last_counts: false };
    descent.run(sets, input, Adadelta::new(settings, sets.shape().parameters()), progress)
}

/// The mean of the training batches' largest features.
fn mean_maximum(sets: &Sets<'_>, batch: usize) -> f32 {
    let maxima: Vec<f64> = (0..sets.train.len())
        .step_by(batch)
        .map(|start| {
            let rows = (start..sets.train.len().min(start + batch)).map(|sample| sets.train.row(sample));
            rows.map(|row| f64::from(input::largest(&sets.train.features().row(row)))).fold(0.0, f64::max)
        })
        .collect();
    (maxima.iter().sum::<f64>() / maxima.len() as f64) as f32
}

/// Running means of the squares of gradients and of steps.
pub(super) struct Adadelta {
    rate: f32,
    rho: f32,
    epsilon: f32,
    gradients: Vec<f32>,
    steps: Vec<f32>,
}

impl Adadelta {
    pub(super) fn new(settings: &Authors, parameters: usize) -> Self {
        let Authors { rate, rho, epsilon, .. } = *settings;
        let zeros = vec![0.0; parameters];
        Self { rate: rate as f32, rho: rho as f32, epsilon: epsilon as f32, gradients: zeros.clone(), steps: zeros }
    }
}

impl Optimiser for Adadelta {
    fn step(&mut self, parameters: &mut [f32], gradient: &[f32]) {
        let (rate, rho, epsilon) = (self.rate, self.rho, self.epsilon);
        let means = self.gradients.iter_mut().zip(&mut self.steps);
        for ((parameter, gradient), (gradients, steps)) in parameters.iter_mut().zip(gradient).zip(means) {
            *gradients = rho * *gradients + (1.0 - rho) * (gradient * gradient);
            let step = (*steps + epsilon).sqrt() / (*gradients + epsilon).sqrt() * gradient;
            *steps = rho * *steps + (1.0 - rho) * (step * step);
            *parameter -= rate * step;
        }
    }
}
