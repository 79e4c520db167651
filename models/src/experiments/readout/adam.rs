//! Softmax regression by minibatches with Adam (Kingma & Ba, ICLR 2015).

use super::gradient::Targets;
use super::minibatch::{Descent, Optimiser, Order};
use super::{Best, Input, Problem, Progress, Sets};
use sim_core::math::cos;

/// Settings of softmax regression by Adam: hard labels, standardised features, the learning rate falling to 0 as a half cosine.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    /// Learning rate at the start.
    pub rate: f64,
    /// Times a weight, added to its gradient.
    pub decay: f64,
    /// Samples of a batch.
    pub batch: usize,
    /// Passes over the training samples.
    pub epochs: usize,
    /// Seed of the orders of samples.
    pub seed: u64,
}

impl Default for Adam {
    fn default() -> Self {
        Self { rate: 2e-3, decay: 1e-3, batch: 250, epochs: 12, seed: 1 }
    }
}

pub(super) fn fit(sets: &Sets<'_>, settings: &Adam, progress: Progress<'_>) -> Result<Best, Problem> {
    let Adam { rate, decay, batch, epochs, seed } = *settings;
    if batch == 0 || epochs == 0 {
        return Err(Problem::Setting("batch and epochs are at least 1"));
    }
    if !(rate > 0.0 && rate.is_finite() && decay >= 0.0 && decay.is_finite()) {
        return Err(Problem::Setting("the learning rate is above 0, the decay not below"));
    }
    let descent = Descent {
        batch,
        epochs,
        decay: decay as f32,
        order: Order::Shuffled { seed },
        targets: Targets::HARD,
        last_counts: true,
    };
    let steps = epochs * sets.train.len().div_ceil(batch);
    let moments = Moments::new(rate, steps, sets.shape().parameters());
    descent.run(sets, Input::standard(sets.train), moments, progress)
}

/// Decay of the mean and of the mean square of gradients, and what keeps their ratio finite: the method's usual values.
const BETA: [f32; 2] = [0.9, 0.999];
const EPSILON: f32 = 1e-8;

/// Running means of the gradient and of its square.
pub(super) struct Moments {
    rate: f64,
    /// How many steps there will be, and how many there were.
    steps: usize,
    done: usize,
    /// Powers of the decays: how much of the running means is still the zero that they began with.
    empty: [f64; 2],
    mean: Vec<f32>,
    square: Vec<f32>,
}

impl Moments {
    pub(super) fn new(rate: f64, steps: usize, parameters: usize) -> Self {
        let zeros = vec![0.0; parameters];
        Self { rate, steps, done: 0, empty: [1.0; 2], mean: zeros.clone(), square: zeros }
    }
}

impl Optimiser for Moments {
    fn step(&mut self, parameters: &mut [f32], gradient: &[f32]) {
        for (empty, beta) in self.empty.iter_mut().zip(BETA) {
            *empty *= f64::from(beta);
        }
        let share = self.done as f64 / self.steps as f64;
        self.done += 1;
        let rate = 0.5 * self.rate * (1.0 + cos(std::f64::consts::PI * share));
        let rate = (rate / (1.0 - self.empty[0])) as f32;
        let bias = (1.0 / (1.0 - self.empty[1]).sqrt()) as f32;
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((parameter, gradient), (mean, square)) in parameters.iter_mut().zip(gradient).zip(moments) {
            *mean = BETA[0] * *mean + (1.0 - BETA[0]) * gradient;
            *square = BETA[1] * *square + (1.0 - BETA[1]) * (gradient * gradient);
            *parameter -= rate * *mean / (square.sqrt() * bias + EPSILON);
        }
    }
}
