//! Descent by minibatches, whatever the optimiser.

use super::gradient::{Batch, Tally, Targets};
use super::kernel::Layer;
use super::{Best, Input, Problem, Progress, Sets, Setting, Trial};
use sim_core::random::{Key, Stream};
use std::ops::ControlFlow;

/// Changes parameters by a gradient.
pub(super) trait Optimiser {
    fn step(&mut self, parameters: &mut [f32], gradient: &[f32]);
}

/// In which order samples come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Order {
    /// Always that of the set.
    Fixed,
    /// Another in each epoch.
    Shuffled { seed: u64 },
}

impl Order {
    fn of_epoch(self, epoch: usize, samples: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..samples as u32).collect();
        if let Self::Shuffled { seed } = self {
            let mut stream = Stream::new(Key::new(seed).name("read-out's order").finish(), epoch as u64);
            for last in (1..samples).rev() {
                order.swap(last, stream.below(last as u32 + 1) as usize);
            }
        }
        order
    }
}

/// How to go down.
#[derive(Clone, Debug)]
pub(super) struct Descent {
    pub(super) batch: usize,
    pub(super) epochs: usize,
    /// Times a weight, added to its gradient; biases are free.
    pub(super) decay: f32,
    pub(super) order: Order,
    pub(super) targets: Targets,
    /// Whether the last epoch may be chosen.
    pub(super) last_counts: bool,
}

impl Descent {
    pub(super) fn run(
        &self,
        sets: &Sets<'_>,
        input: Input,
        mut optimiser: impl Optimiser,
        progress: Progress<'_>,
    ) -> Result<Best, Problem> {
        let mut layer = Layer::zero(sets.shape());
        let mut batch = Batch::new(sets.shape());
        let mut best = Best::new(sets, input);
        for epoch in 1..=self.epochs {
            let tally = self.epoch(epoch, sets, &best.input, &mut layer, &mut batch, &mut optimiser);
            if !tally.loss.is_finite() || layer.parameters.iter().any(|value| !value.is_finite()) {
                return Err(Problem::Diverged(format!("in epoch {epoch}")));
            }
            let validation = sets.validate(&layer, &best.input);
            let trial = Trial { setting: Setting::Epoch(epoch), loss: tally.mean_loss(), train: tally.accuracy(), validation };
            best.add(trial, &layer, self.last_counts || epoch < self.epochs || validation.is_none());
            if let ControlFlow::Break(()) = progress(&trial) {
                break;
            }
        }
        Ok(best)
    }

    fn epoch(
        &self,
        epoch: usize,
        sets: &Sets<'_>,
        input: &Input,
        layer: &mut Layer,
        batch: &mut Batch,
        optimiser: &mut impl Optimiser,
    ) -> Tally {
        let mut tally = Tally::default();
        let weights = layer.shape.weights();
        for which in self.order.of_epoch(epoch, sets.train.len()).chunks(self.batch) {
            tally.add(batch.compute(layer, sets.train, which, input, self.targets));
            let pairs = batch.gradient[..weights].iter_mut().zip(&layer.parameters);
            pairs.for_each(|(gradient, weight)| *gradient += self.decay * weight);
            optimiser.step(&mut layer.parameters, &batch.gradient);
        }
        tally
    }
}
