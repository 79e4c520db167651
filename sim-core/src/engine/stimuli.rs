//! What stimuli do: all that differs between a run's warm-up and its trials. The synapses, and who gets which stimulus, are
//! the plan's and are made once; this is made for each trial, cheaply: stimuli that are the same in all trials are shared, and
//! tables of Poisson counts are kept.

use super::emission::Emission;
use super::inflow::{Direct, Stimulate, Waves};
use super::plan::{Part, Plan};
use super::poisson::{PoissonSchedules, Tables};
use super::private::Currents;
use super::timeline::Timeline;
use crate::network::{Cells, Network};
use crate::random::{Key, mix};
use crate::stimulus::Drive;
use crate::time::Grid;
use std::borrow::Cow;
use std::sync::Arc;

/// The stimuli of a stretch of time: of a run without trials, of a warm-up or of a trial.
#[derive(Default)]
pub struct Stimuli {
    /// The tick at which their time is 0.
    pub(crate) origin: u64,
    /// Of the random streams, by family.
    pub(crate) keys: Vec<u64>,
    /// What the cells of stimuli emit, by population.
    pub(crate) cells: Vec<Arc<Emission>>,
    /// What acts directly: by partition, population and place in `Inflow::stimuli`.
    pub(crate) acts: Vec<Vec<Vec<Act>>>,
}

/// What a stimulus does that acts directly.
pub(crate) enum Act {
    Poisson(Timeline<PoissonSchedules>),
    Noise(Timeline<Currents>),
    Current(Timeline<Waves>),
}

impl Act {
    /// What a stimulus does on its targets where its source does this.
    pub(crate) fn new(stimulus: &Stimulate, drive: &Drive, tables: &Tables) -> Self {
        match (stimulus, drive) {
            (Stimulate::Poisson { table, .. }, Drive::PrivatePoisson(units)) => {
                Self::Poisson(Timeline::new(table.schedules(units, tables)))
            }
            (Stimulate::Noise { table, .. }, Drive::PrivateNoise(units)) => Self::Noise(Timeline::new(table.currents(units))),
            (Stimulate::Current(injection), Drive::Current(units)) => Self::Current(Timeline::new(injection.waves(units))),
            _ => unreachable!("a stimulus is of one kind in all trials"),
        }
    }

    /// The same in a stretch that begins at `origin`, after another with what was done in it and where it began.
    fn after(&self, before: Option<(u64, &Self)>, origin: u64) -> Self {
        match (self, before) {
            (Self::Poisson(own), Some((start, Self::Poisson(before)))) => Self::Poisson(own.after(Some((start, before)), origin)),
            (Self::Noise(own), Some((start, Self::Noise(before)))) => Self::Noise(own.after(Some((start, before)), origin)),
            (Self::Current(own), Some((start, Self::Current(before)))) => Self::Current(own.after(Some((start, before)), origin)),
            (Self::Poisson(own), _) => Self::Poisson(own.after(None, origin)),
            (Self::Noise(own), _) => Self::Noise(own.after(None, origin)),
            (Self::Current(own), _) => Self::Current(own.after(None, origin)),
        }
    }

    /// Bytes of its tables.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Poisson(_) => 0,
            Self::Noise(currents) => currents.own().bytes(),
            Self::Current(waves) => waves.own().bytes(),
        }
    }
}

/// What the stimuli of a network do, as data on the grid: in trials, of those that are the same in all of them; of the others
/// as in the first.
pub(crate) fn drives(network: &Network, grid: Grid) -> Vec<Option<Drive>> {
    let drive = |population: &crate::network::Population| match &population.cells {
        Cells::Neurons { .. } => None,
        Cells::Stimulus { card, values } => Some((card.drive)(population.size as usize, values, grid)),
    };
    network.populations.iter().map(drive).collect()
}

/// Of those that differ between trials: in a trial.
fn drives_of_trial(network: &Network, grid: Grid, trial: u32) -> Vec<Option<Drive>> {
    let drive = |(index, population): (usize, &crate::network::Population)| {
        let trials = network.trials.as_ref().filter(|trials| trials.vary(index))?;
        let Cells::Stimulus { card, values } = &population.cells else { return None };
        Some((card.drive)(population.size as usize, &trials.values(index, values, trial), grid))
    };
    network.populations.iter().enumerate().map(drive).collect()
}

/// The key of random streams in a trial.
pub(crate) fn trial_key(key: u64, trial: u32) -> u64 {
    mix(Key::new(key).name("trial").finish(), u64::from(trial))
}

/// The place of a trial in time.
pub(crate) struct Stretch {
    pub(crate) trial: u32,
    /// Where it begins.
    pub(crate) origin: u64,
    /// What precedes it, a trial or else the warm-up, and where that begins.
    pub(crate) before: Option<(Option<u32>, u64)>,
}

impl Stimuli {
    /// From the start of a run. What differs between trials is silent before them.
    pub(crate) fn of_run(plan: &Plan) -> Self {
        let varies = |population: usize| plan.network.trials.as_ref().is_some_and(|trials| trials.vary(population));
        let drives = plan.drives.iter().enumerate();
        let drives: Vec<Option<Cow<'_, Drive>>> = drives
            .map(|(p, drive)| drive.as_ref().map(|d| if varies(p) { Cow::Owned(d.silent()) } else { Cow::Borrowed(d) }))
            .collect();
        let emission = |(population, drive)| Arc::new(Emission::new(plan, population, drive, None));
        Self {
            origin: 0,
            keys: plan.families.iter().map(|family| family.key).collect(),
            cells: drives.iter().map(Option::as_deref).enumerate().map(emission).collect(),
            acts: acts(plan, |_, direct| Some(Act::new(&direct.stimulate, drives[direct.source].as_deref()?, &plan.tables))),
        }
    }

    /// Of a trial.
    pub(crate) fn of_trial(plan: &Plan, stretch: &Stretch) -> Self {
        let Stretch { trial, origin, before } = *stretch;
        let (network, run) = (&plan.network, &plan.stimuli);
        let own = drives_of_trial(network, plan.grid, trial);
        let earlier = before.and_then(|(trial, _)| Some(drives_of_trial(network, plan.grid, trial?)));
        let emission = |(population, known): (usize, &Arc<Emission>)| match (&own[population], &plan.drives[population]) {
            (Some(drive), _) | (None, Some(drive)) => Arc::new(Emission::new(plan, population, Some(drive), Some(trial))),
            (None, None) => Arc::clone(known),
        };
        let act = |known: &Act, direct: &Direct| {
            let made = |drive: &Option<Drive>| drive.as_ref().map(|d| Act::new(&direct.stimulate, d, &plan.tables));
            let (own, earlier) = (made(&own[direct.source]), earlier.as_ref().and_then(|e| made(&e[direct.source])));
            let before = before.map(|(_, start)| (start, earlier.as_ref().unwrap_or(known)));
            own.as_ref().unwrap_or(known).after(before, origin)
        };
        Self {
            origin,
            keys: plan.families.iter().map(|family| trial_key(family.key, trial)).collect(),
            cells: run.cells.iter().enumerate().map(emission).collect(),
            acts: acts(plan, |(part, population, i), direct| Some(act(&run.acts[part][population][i], direct))),
        }
    }

    /// The stimuli that act on a population in a partition.
    pub(crate) fn on(&self, part: usize, population: usize) -> &[Act] {
        &self.acts[part][population]
    }

    /// The key of a family's random numbers of a tick.
    pub(crate) fn key(&self, family: usize, tick: u64) -> u64 {
        mix(self.keys[family], tick - self.origin)
    }

    /// Whether current injected into a population in a partition must be added up anew at a tick.
    pub(crate) fn current_changes(&self, part: usize, population: usize, tick: u64) -> bool {
        self.on(part, population).iter().any(|act| match act {
            Act::Noise(_) => true,
            Act::Current(waves) => waves.own().change(tick - self.origin),
            Act::Poisson(_) => false,
        })
    }
}

/// By partition, population and place.
fn acts(plan: &Plan, act: impl Fn((usize, usize, usize), &Direct) -> Option<Act>) -> Vec<Vec<Vec<Act>>> {
    let of_part = |(part, known): (usize, &Part)| {
        let of_population = |(population, inflow): (usize, &super::inflow::Inflow)| {
            inflow.stimuli.iter().enumerate().filter_map(|(i, direct)| act((part, population, i), direct)).collect()
        };
        known.inputs.iter().enumerate().map(of_population).collect()
    };
    plan.parts.iter().enumerate().map(of_part).collect()
}
