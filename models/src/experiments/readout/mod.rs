//! Read-outs: one linear layer from features to classes, fitted in several ways.
//!
//! * [`Method::Adam`]: softmax regression on hard labels by minibatches, stopped at the best epoch on validation data;
//! * [`Method::Lbfgs`]: the same regression to its optimum, which is unique where there is a penalty;
//! * [`Method::Ridge`]: least squares on targets of +1 and -1, in closed form;
//! * [`Method::Authors`]: as the authors of NALSM fitted theirs.
//!
//! Layers are computed in 32 bits, losses and sums over batches in 64. Every sum has a fixed order (module `kernel`), so that a
//! fit depends on its input alone. Threads are those of the rayon pool that the caller is in.

mod adam;
mod authors;
mod confusion;
mod full_batch;
mod gradient;
mod input;
mod judge;
mod kernel;
mod lbfgs;
mod linear;
mod minibatch;
mod ridge;
#[cfg(test)]
mod tests;

pub use adam::Adam;
pub use authors::Authors;
pub use confusion::Confusion;
pub use full_batch::Lbfgs;
pub use input::Input;
pub use linear::Readout;
pub use ridge::Ridge;

use super::{Problem, Samples};
use std::ops::ControlFlow;

/// A way of fitting, with its settings.
#[derive(Clone, Debug, PartialEq)]
pub enum Method {
    /// Softmax regression by minibatches.
    Adam(Adam),
    /// Softmax regression to its optimum.
    Lbfgs(Lbfgs),
    /// Least squares.
    Ridge(Ridge),
    /// As the authors of NALSM did.
    Authors(Authors),
}

/// What one trial of a fit was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting {
    /// So many passes over the training samples, counted from 1.
    Epoch(usize),
    /// This penalty.
    Penalty(f64),
}

/// One epoch, or one penalty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// Which.
    pub setting: Setting,
    /// Mean loss of the training samples, without the penalty.
    pub loss: f64,
    /// Fraction of training samples classified rightly. In an epoch each sample is judged just before its batch is learned.
    pub train: f64,
    /// Fraction of validation samples classified rightly.
    pub validation: Option<f64>,
}

/// Hears of every trial and says whether to go on; at a break the best so far is taken.
pub type Progress<'a> = &'a mut dyn FnMut(&Trial) -> ControlFlow<()>;

/// A fitted layer and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The layer of the chosen trial.
    pub readout: Readout,
    /// All trials in order.
    pub history: Vec<Trial>,
    /// Which of them was chosen: the first of those with the best validation accuracy; without validation samples the last.
    pub chosen: usize,
    /// The training samples by the chosen layer.
    pub train: Confusion,
    /// The validation samples by the chosen layer.
    pub validation: Option<Confusion>,
}

/// Fits a layer from the features of training samples to classes that are counted from 0.
pub fn fit(
    train: &Samples<'_>,
    validation: Option<&Samples<'_>>,
    classes: usize,
    method: &Method,
    progress: Progress<'_>,
) -> Result<Fit, Problem> {
    if !(2..=256).contains(&classes) {
        return Err(Problem::Setting("2 to 256 classes are possible"));
    }
    train.check("training samples", classes)?;
    if let Some(validation) = validation {
        validation.check("validation samples", classes)?;
        if train.features().parts() != validation.features().parts() {
            return Err(Problem::Parts);
        }
    }
    let sets = Sets { train, validation, classes };
    let best = match method {
        Method::Adam(settings) => adam::fit(&sets, settings, progress),
        Method::Lbfgs(settings) => full_batch::fit(&sets, settings, progress),
        Method::Ridge(settings) => ridge::fit(&sets, settings, progress),
        Method::Authors(settings) => authors::fit(&sets, settings, progress),
    }?;
    let readout = Readout::new(train.features().parts(), best.input, &best.layer);
    let of = |samples: &Samples<'_>| readout.evaluate(samples);
    let (train, validation) = (of(train)?, validation.map(of).transpose()?);
    Ok(Fit { readout, history: best.history, chosen: best.chosen, train, validation })
}

/// What a fit is made of.
struct Sets<'a> {
    train: &'a Samples<'a>,
    validation: Option<&'a Samples<'a>>,
    classes: usize,
}

impl Sets<'_> {
    fn shape(&self) -> kernel::Shape {
        kernel::Shape { width: self.train.features().width(), classes: self.classes }
    }

    /// Fraction of validation samples that a layer classifies rightly.
    fn validate(&self, layer: &kernel::Layer, input: &Input) -> Option<f64> {
        self.validation.map(|samples| judge::confusion(layer, samples, input).accuracy())
    }
}

/// The best of some trials.
struct Best {
    layer: kernel::Layer,
    input: Input,
    history: Vec<Trial>,
    chosen: usize,
}

impl Best {
    fn new(sets: &Sets<'_>, input: Input) -> Self {
        Self { layer: kernel::Layer::zero(sets.shape()), input, history: Vec::new(), chosen: 0 }
    }

    /// Whether the last trial is to be chosen: it is better than all before, or nothing says so.
    fn is_last(&self) -> bool {
        let Some((last, before)) = self.history.split_last() else { return false };
        last.validation.is_none() || before.iter().all(|trial| trial.validation < last.validation)
    }

    /// Adds a trial whose layer this is; it may be chosen only if it is eligible, or the first.
    fn add(&mut self, trial: Trial, layer: &kernel::Layer, eligible: bool) {
        self.history.push(trial);
        if self.history.len() == 1 || (eligible && self.is_last()) {
            self.chosen = self.history.len() - 1;
            self.layer.clone_from(layer);
        }
    }
}

/// Penalties to choose from.
fn check_penalties(sets: &Sets<'_>, penalties: &[f64]) -> Result<(), Problem> {
    if penalties.is_empty() {
        return Err(Problem::Empty("penalties"));
    }
    if penalties.iter().any(|penalty| !penalty.is_finite() || *penalty < 0.0) {
        return Err(Problem::Setting("a penalty is a finite number, not below 0"));
    }
    if penalties.len() > 1 && sets.validation.is_none() {
        return Err(Problem::Setting("validation samples are needed to choose one of several penalties"));
    }
    Ok(())
}
