//! A trial on the grid: its stimuli, its place in the run's time, and what a state is at its start.
//!
//! Time in a recording is the run's: trial k begins at the end of the warm-up and k times the length of a trial. Time of the
//! stimuli is the trial's own. Random streams are keyed by the seed and the trial, so that a trial whose state is that before
//! the first one depends on nothing but its index: such trials may be run in any order, side by side.

use super::lanes::Lanes;
use super::plan::{Plan, PlanCells};
use super::state::{State, Tally, place};
use super::stimuli::{Stimuli, Stretch, trial_key};
use crate::network::Cells;
use crate::random::{Key, Stream};
use crate::record::{Sink, SpikeHash};
use crate::trials::{Reset, Trials};

/// A trial that can be run.
pub struct Trial {
    index: u32,
    start: u64,
    ticks: u64,
    stimuli: Stimuli,
}

impl Trial {
    /// Its number, from 0.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// The tick of the run before its first.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Its ticks.
    pub fn ticks(&self) -> u64 {
        self.ticks
    }
}

impl Plan {
    /// A trial; `None` where there are none, or fewer.
    pub fn trial(&self, index: u32) -> Option<Trial> {
        let trials = self.network.trials.as_ref().filter(|trials| index < trials.count)?;
        let (ticks, warmup) = (self.grid.tick(trials.each_fs), self.grid.tick(self.network.warmup_fs));
        let start = warmup + u64::from(index) * ticks;
        let before = match (trials.reset, index.checked_sub(1)) {
            (Reset::Nothing, Some(before)) => Some((Some(before), start - ticks)),
            _ => (warmup > 0).then_some((None, start - warmup)),
        };
        let stimuli = Stimuli::of_trial(self, &Stretch { trial: index, origin: start, before });
        Some(Trial { index, start, ticks, stimuli })
    }

    /// The trial that goes on from a tick, and how much of it is over; `None` where none does.
    pub(crate) fn trial_at(&self, tick: u64) -> Option<(u32, u64)> {
        let trials = self.network.trials.as_ref()?;
        let since = tick.checked_sub(self.grid.tick(self.network.warmup_fs))?;
        let ticks = self.grid.tick(trials.each_fs);
        let index = u32::try_from(since / ticks).ok().filter(|index| *index < trials.count)?;
        Some((index, since % ticks))
    }

    /// The tick at which warm-up and duration are over.
    pub(crate) fn end(&self) -> u64 {
        self.grid.tick(self.network.warmup_fs + self.network.duration_fs)
    }

    /// Runs a whole trial, or until the sink breaks off. Returns the ticks done. Where trials begin with the state before the
    /// first one, `state` must be that state.
    pub fn advance_trial(&self, state: &mut State, trial: &Trial, sink: &mut dyn Sink) -> u64 {
        state.begin(self, trial);
        state.advance_in(self, trial, trial.ticks, sink)
    }

    pub(crate) fn trials(&self) -> Option<&Trials> {
        self.network.trials.as_ref()
    }
}

impl State {
    /// Makes this the start of a trial: its random streams begin. A state from elsewhere in time, that before the first trial,
    /// is moved to the trial's start, with all that is in flight; its counts and its hash are the trial's own from here on.
    pub fn begin(&mut self, plan: &Plan, trial: &Trial) {
        for (lanes, key) in self.lanes.iter_mut().zip(&trial.stimuli.keys) {
            lanes.iter_mut().zip(0..).for_each(|(lanes, block)| *lanes = Lanes::new(*key, block));
        }
        if plan.trials().is_some_and(|trials| trials.reset == Reset::State) {
            let later = trial.start.saturating_sub(self.tick);
            self.history.iter_mut().for_each(|spike| spike.tick += later);
            self.plastic.iter_mut().flatten().for_each(|memory| memory.delay(later as i32));
            self.bus.shift(later as i64);
            self.flows.shift(later as i64);
            self.tally = Tally::from_tick(self.tally.spikes.len(), trial.start);
            self.draw_hidden(plan, trial.index);
        }
        self.tick = trial.start;
    }

    /// Runs so many ticks of a trial that was begun, or until the sink breaks off. Returns the ticks done.
    pub fn advance_in(&mut self, plan: &Plan, trial: &Trial, ticks: u64, sink: &mut dyn Sink) -> u64 {
        self.advance_with(plan, &trial.stimuli, ticks, sink)
    }

    /// Draws anew what neurons keep as the keys of random numbers of their own.
    fn draw_hidden(&mut self, plan: &Plan, trial: u32) {
        for ((population, cells), values) in plan.network.populations.iter().zip(&plan.cells).zip(&mut self.neurons) {
            let (PlanCells::Neurons(kernel), Cells::Neurons { card, parameters, .. }) = (cells, &population.cells) else {
                continue;
            };
            let (states, known) = (kernel.states(), card.states.len());
            let keys = drawn_columns(card.initial, parameters.iter().map(|column| column.get(0)).collect(), states, known);
            if keys.is_empty() {
                continue;
            }
            let key = trial_key(Key::new(plan.network.noise_seed).name("state").name(&population.name).finish(), trial);
            let size = population.size as usize;
            for cell in 0..values.len() / states {
                let mut random = Stream::new(key, cell.min(size - 1) as u64);
                for column in &keys {
                    values.set(place(cell, *column, states), random.uniform());
                }
            }
        }
    }
}

/// The hidden columns that a card leaves as the random numbers they come as.
fn drawn_columns(initial: fn(&[f64], &mut [f64], &[bool]), parameters: Vec<f64>, states: usize, known: usize) -> Vec<usize> {
    let left = |number: f64| {
        let mut state = vec![number; states];
        initial(&parameters, &mut state, &vec![false; states]);
        state
    };
    let (a, b) = (left(0.25), left(0.75));
    (known..states).filter(|i| a[*i].to_bits() == 0.25_f64.to_bits() && b[*i].to_bits() == 0.75_f64.to_bits()).collect()
}

impl Tally {
    /// Nothing counted so far, from a tick on.
    fn from_tick(populations: usize, tick: u64) -> Self {
        Self { spikes: vec![0; populations], hash: SpikeHash::from_tick(tick), ..Self::default() }
    }
}
