//! Loss and gradient of a batch under softmax and cross entropy.

use super::super::Samples;
use super::Input;
use super::judge::winner;
use super::kernel::{Layer, Shape, Tile};
use sim_core::math::{exp, ln};

/// What the layer should say: this probability for a sample's class and that for each of the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Targets {
    pub(super) right: f64,
    pub(super) wrong: f64,
}

impl Targets {
    /// Certainty.
    pub(super) const HARD: Self = Self { right: 1.0, wrong: 0.0 };

    /// The softmax of +1 for the class and -1 for the others.
    pub(super) fn soft(classes: usize) -> Self {
        let (right, wrong) = (exp(1.0), exp(-1.0));
        let sum = right + (classes - 1) as f64 * wrong;
        Self { right: right / sum, wrong: wrong / sum }
    }
}

/// Losses and right answers, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) loss: f64,
    pub(super) right: usize,
    pub(super) samples: usize,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.loss += other.loss;
        self.right += other.right;
        self.samples += other.samples;
    }

    pub(super) fn mean_loss(&self) -> f64 {
        self.loss / self.samples as f64
    }

    pub(super) fn accuracy(&self) -> f64 {
        self.right as f64 / self.samples as f64
    }
}

/// What computing a batch's gradient needs.
pub(super) struct Batch {
    shape: Shape,
    tile: Tile,
    logits: Vec<f32>,
    /// Mean over the batch, in the order of a layer's parameters.
    pub(super) gradient: Vec<f32>,
}

impl Batch {
    pub(super) fn new(shape: Shape) -> Self {
        Self { shape, tile: Tile::new(shape), logits: Vec::new(), gradient: vec![0.0; shape.parameters()] }
    }

    /// Computes the gradient of the mean loss of these samples.
    pub(super) fn compute(
        &mut self,
        layer: &Layer,
        samples: &Samples<'_>,
        which: &[u32],
        input: &Input,
        targets: Targets,
    ) -> Tally {
        let (shape, classes) = (self.shape, self.shape.padded());
        self.tile.load(samples, which, input);
        layer.logits(&self.tile, &mut self.logits);
        let mut tally = Tally { samples: which.len(), ..Tally::default() };
        let (weights, bias) = self.gradient.split_at_mut(shape.weights());
        bias.fill(0.0);
        for (logits, sample) in self.logits.chunks_exact_mut(classes).zip(which) {
            let label = usize::from(samples.labels()[*sample as usize]);
            tally.right += usize::from(winner(&logits[..shape.classes]) == label);
            tally.loss += deltas(logits, shape.classes, label, targets, which.len() as f64);
            bias.iter_mut().zip(&*logits).for_each(|(bias, delta)| *bias += delta);
        }
        self.tile.gradient(&self.logits, classes, weights);
        tally
    }
}

/// Turns the logits of a sample into its part of the gradient of the batch's mean loss: (probability - target) / samples.
/// Gives the sample's loss.
fn deltas(logits: &mut [f32], classes: usize, label: usize, targets: Targets, samples: f64) -> f64 {
    let (logits, padding) = logits.split_at_mut(classes);
    padding.fill(0.0);
    let largest = logits.iter().fold(f32::NEG_INFINITY, |largest, logit| largest.max(*logit));
    let target = |class: usize| if class == label { targets.right } else { targets.wrong };
    let mut sum = 0.0;
    let mut expected = 0.0;
    for (class, logit) in logits.iter().enumerate() {
        sum += exp(f64::from(logit - largest));
        expected += target(class) * f64::from(logit - largest);
    }
    for (class, logit) in logits.iter_mut().enumerate() {
        *logit = ((exp(f64::from(*logit - largest)) / sum - target(class)) / samples) as f32;
    }
    // The targets sum to 1.
    ln(sum) - expected
}
