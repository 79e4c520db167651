//! Stretches of time in which stimuli begin anew: a warm-up, a trial. What a stimulus does in one is put behind what it did in the one
//! before, so that all that acts late finds it: a delayed current, a delayed train.

use crate::engine::trial_key;
use crate::network::{Cells, Network};
use crate::random::Key;
use crate::stimulus::{Drive, PerUnit, Schedule, Wave};
use crate::time::Grid;
use std::borrow::Cow;

/// What the stimuli of a network do in a stretch of time, by its own clock, in femtoseconds; what is defined by time steps in the
/// network's own.
pub(super) type Drives = Vec<Option<Drive>>;

/// A stretch of time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    /// The trial; `None` for the time before all trials.
    pub(super) trial: Option<u32>,
    /// When it begins.
    pub(super) origin: u64,
}

/// Those of a stretch: before all trials, what differs between these is silent.
pub(super) fn drives(network: &Network, own: Grid, trial: Option<u32>) -> Drives {
    let drive = |(index, population): (usize, &crate::network::Population)| match &population.cells {
        Cells::Neurons { .. } => None,
        Cells::Stimulus { card, values } => {
            let varying = network.trials.as_ref().filter(|trials| trials.vary(index));
            let values = match (varying, trial) {
                (Some(trials), Some(trial)) => Cow::Owned(trials.values(index, values, trial)),
                _ => Cow::Borrowed(values),
            };
            let size = population.size as usize;
            let drive = (card.drive)(size, &values, Grid::new(1));
            let drive = if matches!(drive, Drive::Bernoulli(_)) { (card.drive)(size, &values, own) } else { drive };
            Some(if varying.is_some() && trial.is_none() { drive.silent() } else { drive })
        }
    };
    network.populations.iter().enumerate().map(drive).collect()
}

/// The seed of what is random in a stretch.
pub(super) fn seed(network: &Network, trial: Option<u32>) -> u64 {
    trial.map_or(network.noise_seed, |trial| trial_key(network.noise_seed, trial))
}

/// What stimuli do in two stretches, the second of which ends the first, by the clock of the run. Spikes of the first are not among
/// it: they have been emitted.
pub(super) fn joined(network: &Network, own: Grid, [before, now]: [Stretch; 2]) -> Drives {
    let (first, second) = (drives(network, own, before.trial), drives(network, own, now.trial));
    let seed = seed(network, now.trial);
    let pairs = network.populations.iter().zip(first).zip(second);
    pairs
        .map(|((population, first), second)| {
            let key = Key::new(seed).name("pulse_packet").name(&population.name).finish();
            join((first?, before.origin), (second?, now.origin), (population.size, key, own))
        })
        .collect()
}

fn join((first, from): (Drive, u64), (second, to): (Drive, u64), (size, key, own): (u32, u64, Grid)) -> Option<Drive> {
    let step = own.step_fs() as u64;
    let one_after = |a: &Schedule, b: &Schedule, unit: u64| a.then(from / unit, b, to / unit);
    Some(match (first, second) {
        (_, Drive::SpikeTimes(times)) => Drive::SpikeTimes(times.map(|times| times.iter().map(|time| time + to).collect())),
        (_, Drive::Packets(packets)) => {
            let of_unit = |unit: u32| packets.get(unit as usize).ticks(key, unit, Grid::new(1));
            Drive::SpikeTimes(PerUnit::Each((0..size).map(|unit| of_unit(unit).iter().map(|time| time + to).collect()).collect()))
        }
        (Drive::Poisson(a), Drive::Poisson(b)) => Drive::Poisson(a.zip(&b, size, |a, b| one_after(a, b, 1))),
        (Drive::PrivatePoisson(a), Drive::PrivatePoisson(b)) => Drive::PrivatePoisson(a.zip(&b, size, |a, b| one_after(a, b, 1))),
        (Drive::Bernoulli(a), Drive::Bernoulli(b)) => Drive::Bernoulli(a.zip(&b, size, |a, b| one_after(a, b, step))),
        (Drive::Current(a), Drive::Current(b)) => Drive::Current(a.zip(&b, size, |a, b| match (a, b) {
            (Wave::Steps(a), Wave::Steps(b)) => Wave::Steps(one_after(a, b, 1)),
            // Sines are refused.
            (_, b) => b.clone(),
        })),
        _ => return None,
    })
}
