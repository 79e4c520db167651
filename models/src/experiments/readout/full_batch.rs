//! Softmax regression to its optimum: mean cross entropy plus half a penalty times the sum of squared weights, by L-BFGS.

use super::gradient::{Batch, Tally, Targets};
use super::kernel::Layer;
use super::{Best, Input, Problem, Progress, Sets, Setting, Trial, check_penalties, lbfgs};
use std::ops::ControlFlow;

/// Samples whose gradients are added in 32 bits; beyond, in 64.
const BATCH: usize = 250;

/// Settings of softmax regression by L-BFGS on standardised features.
#[derive(Clone, Debug, PartialEq)]
pub struct Lbfgs {
    /// To choose from by validation accuracy; each fit starts where the one before ended.
    pub penalties: Vec<f64>,
    /// Steps for each penalty, at most.
    pub iterations: usize,
    /// No component of the gradient is above this at the end. Gradients have about six digits.
    pub tolerance: f64,
}

impl Default for Lbfgs {
    fn default() -> Self {
        Self { penalties: vec![1e-3], iterations: 300, tolerance: 1e-5 }
    }
}

pub(super) fn fit(sets: &Sets<'_>, settings: &Lbfgs, progress: Progress<'_>) -> Result<Best, Problem> {
    check_penalties(sets, &settings.penalties)?;
    if settings.iterations == 0 || !(settings.tolerance > 0.0 && settings.tolerance.is_finite()) {
        return Err(Problem::Setting("there is at least 1 iteration, and the tolerance is above 0"));
    }
    let mut objective = Objective::new(sets);
    let mut best = Best::new(sets, Input::standard(sets.train));
    let mut point = vec![0.0; sets.shape().parameters()];
    for penalty in &settings.penalties {
        let value = |point: &[f64], gradient: &mut [f64]| objective.compute(point, *penalty, &best.input, gradient);
        lbfgs::minimise(value, &mut point, settings.iterations, settings.tolerance);
        let tally = objective.at(&point, &best.input, &mut vec![0.0; point.len()]);
        let validation = sets.validate(&objective.layer, &best.input);
        let setting = Setting::Penalty(*penalty);
        let trial = Trial { setting, loss: tally.mean_loss(), train: tally.accuracy(), validation };
        best.add(trial, &objective.layer, true);
        if let ControlFlow::Break(()) = progress(&trial) {
            break;
        }
    }
    Ok(best)
}

/// The function that is minimised, of parameters in 64 bits.
struct Objective<'a> {
    sets: &'a Sets<'a>,
    layer: Layer,
    batch: Batch,
    all: Vec<u32>,
}

impl<'a> Objective<'a> {
    fn new(sets: &'a Sets<'a>) -> Self {
        let shape = sets.shape();
        Self { sets, layer: Layer::zero(shape), batch: Batch::new(shape), all: (0..sets.train.len() as u32).collect() }
    }

    /// Mean loss with penalty; its gradient.
    fn compute(&mut self, point: &[f64], penalty: f64, input: &Input, gradient: &mut [f64]) -> f64 {
        let tally = self.at(point, input, gradient);
        let weights = self.layer.shape.weights();
        let pairs = gradient.iter_mut().zip(&point[..weights]);
        pairs.for_each(|(gradient, weight)| *gradient += penalty * weight);
        let squares: f64 = point[..weights].iter().map(|weight| weight * weight).sum();
        tally.mean_loss() + 0.5 * penalty * squares
    }

    /// Losses of all samples; the gradient of their mean.
    fn at(&mut self, point: &[f64], input: &Input, gradient: &mut [f64]) -> Tally {
        let parameters = self.layer.parameters.iter_mut().zip(point);
        parameters.for_each(|(to, from)| *to = *from as f32);
        gradient.fill(0.0);
        let mut tally = Tally::default();
        for which in self.all.chunks(BATCH) {
            tally.add(self.batch.compute(&self.layer, self.sets.train, which, input, Targets::HARD));
            let share = which.len() as f64 / self.all.len() as f64;
            let pairs = gradient.iter_mut().zip(&self.batch.gradient);
            pairs.for_each(|(sum, mean)| *sum += share * f64::from(*mean));
        }
        tally
    }
}
