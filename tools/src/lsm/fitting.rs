//! The read-out: how it is fitted, and how good it is.

use super::counts::Counts;
use super::images::Data;
use super::protocol::Protocol;
use super::{Stop, Workers, wrong};
use crate::cli::{LsmReadout, LsmTrainArgs};
use crate::failure::Failure;
use crate::progress::Steps;
use models::experiments::features::Scale;
use models::experiments::readout::{Adam, Authors, Confusion, Lbfgs, Method, Readout, Ridge, Setting, fit as fit_layer};
use models::experiments::{Problem, Samples};
use std::ops::ControlFlow;
use std::time::Instant;

/// Classes of digits, and of clothing.
const CLASSES: usize = 10;

/// How the read-out is fitted.
#[derive(Clone, Debug)]
pub(crate) struct Fitting {
    pub(crate) name: &'static str,
    pub(crate) scale: Scale,
    method: Method,
    /// Whether training and validation images are learned together once the epoch is chosen.
    pub(crate) refit: bool,
}

/// A fitted read-out and what it achieves.
pub(crate) struct Fitted {
    pub(crate) readout: Readout,
    pub(crate) chosen: Setting,
    pub(crate) train_accuracy: f64,
    pub(crate) validation_accuracy: f64,
    /// The test images.
    pub(crate) test: Confusion,
    pub(crate) seconds: f64,
}

impl Fitting {
    pub(crate) fn new(arguments: &LsmTrainArgs) -> Result<Self, Failure> {
        let (decay, epochs) = (arguments.decay, arguments.epochs.map(|epochs| epochs as usize));
        if epochs.is_some() && matches!(arguments.readout, LsmReadout::Lbfgs | LsmReadout::Ridge) {
            return Err(Failure::Usage("usage", "--epochs has no meaning for this read-out: leave it out".into()));
        }
        if decay.is_some_and(|decay| !(decay >= 0.0 && decay.is_finite())) {
            return Err(Failure::Usage("usage", "--decay takes a number not below 0".into()));
        }
        let (name, scale, method) = match arguments.readout {
            LsmReadout::Softmax => {
                let own = Adam::default();
                let adam = Adam { decay: decay.unwrap_or(own.decay), epochs: epochs.unwrap_or(own.epochs), ..own };
                ("softmax", Scale::Raw, Method::Adam(adam))
            }
            LsmReadout::Lbfgs => {
                let own = Lbfgs::default();
                let penalties = decay.map_or(own.penalties, |decay| vec![decay]);
                ("lbfgs", Scale::Raw, Method::Lbfgs(Lbfgs { penalties, ..own }))
            }
            LsmReadout::Ridge => {
                let penalties = decay.map_or(Ridge::default().penalties, |decay| vec![decay]);
                ("ridge", Scale::Raw, Method::Ridge(Ridge { penalties }))
            }
            LsmReadout::Authors => {
                let own = Authors::default();
                let authors = Authors { decay: decay.unwrap_or(own.decay), epochs: epochs.unwrap_or(own.epochs), ..own };
                ("authors", Scale::L1, Method::Authors(authors))
            }
        };
        Ok(Self { name, scale, method, refit: arguments.refit })
    }

    /// How many trials it makes.
    fn trials(&self) -> usize {
        match &self.method {
            Method::Adam(settings) => settings.epochs,
            Method::Authors(settings) => settings.epochs,
            Method::Lbfgs(settings) => settings.penalties.len(),
            Method::Ridge(settings) => settings.penalties.len(),
        }
    }

    /// The method that comes to the chosen trial without validation samples.
    fn towards(&self, chosen: Setting) -> Method {
        match (&self.method, chosen) {
            (Method::Lbfgs(own), Setting::Penalty(penalty)) => Method::Lbfgs(Lbfgs { penalties: vec![penalty], ..own.clone() }),
            (Method::Ridge(_), Setting::Penalty(penalty)) => Method::Ridge(Ridge { penalties: vec![penalty] }),
            (method, _) => method.clone(),
        }
    }
}

/// Fits a read-out to a network's counts.
pub(crate) fn fit(
    fitting: &Fitting,
    counts: &Counts,
    protocol: &Protocol,
    data: &Data,
    workers: &Workers,
) -> Result<Fitted, Stop> {
    let begun = Instant::now();
    let (seen, unseen) = (&counts.seen, &counts.unseen);
    let all = data.training.labels();
    let labels = [&all[..protocol.train], &all[all.len() - protocol.validation..]].concat();
    let fail = |problem: Problem| Stop::from(wrong(&problem));
    let train = Samples::new(seen, 0..protocol.train, &labels[..protocol.train]).map_err(fail)?;
    let validation = Samples::new(seen, protocol.train..labels.len(), &labels[protocol.train..]).map_err(fail)?;
    let test = Samples::new(unseen, 0..protocol.test, &data.test.labels()[..protocol.test]).map_err(fail)?;
    let steps = Steps::new(workers.quiet, format!("read-out ({}), epochs", fitting.name), fitting.trials());
    let mut broken = false;
    let mut progress = |_: &_| {
        steps.advance(1);
        let go_on = steps.go_on();
        broken = go_on.is_break();
        go_on
    };
    let first = workers.pool.install(|| fit_layer(&train, Some(&validation), CLASSES, &fitting.method, &mut progress));
    let first = first.map_err(fail)?;
    if broken {
        return Err(Stop::Interrupted);
    }
    let chosen = first.history[first.chosen].setting;
    let validation_accuracy = first.validation.map_or(0.0, |confusion| confusion.accuracy());
    let (mut readout, mut train_accuracy) = (first.readout, first.train.accuracy());
    if fitting.refit {
        let both = Samples::all(seen, &labels).map_err(fail)?;
        let mut left = first.chosen;
        let mut until = |_: &_| match left {
            0 => ControlFlow::Break(()),
            _ => {
                left -= 1;
                ControlFlow::Continue(())
            }
        };
        let method = fitting.towards(chosen);
        let second = workers.pool.install(|| fit_layer(&both, None, CLASSES, &method, &mut until)).map_err(fail)?;
        (readout, train_accuracy) = (second.readout, second.train.accuracy());
    }
    let test = workers.pool.install(|| readout.evaluate(&test)).map_err(fail)?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Fitted { readout, chosen, train_accuracy, validation_accuracy, test, seconds })
}
