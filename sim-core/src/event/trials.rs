//! Trials in continuous time: one after the other, or, where each begins with the same state, side by side, each on one thread.

use super::plan::{Given, Plan};
use super::state::State;
use super::stretch::Stretch;
use crate::engine::Finished;
use crate::record::{Sample, Sink, Spike, Window};
use crate::trials::{Reset, Trials};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use std::ops::ControlFlow;

/// Trials kept at the same time for each thread: what waits for a slower one is in memory.
const KEPT_PER_THREAD: u32 = 4;

/// How the trials of a plan are run.
pub struct TrialRun<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Threads for trials side by side; those that follow each other have the plan's.
    pub threads: usize,
    /// Asked now and then whether it is enough.
    pub stopped: &'a (dyn Fn() -> bool + Sync),
}

/// What a trial gave, by the clock of the run.
struct Outcome {
    spikes: Vec<Spike>,
    samples: Vec<Sample>,
    counted: Vec<u64>,
    synaptic_events: u64,
}

impl TrialRun<'_> {
    /// Runs all trials from the state before the first one. The sink gets them in their order; `done` hears of each. Ends early where
    /// the sink breaks off: what was done until then is a row of whole trials, and a part of one only where they follow each other.
    pub fn run(&self, state: &mut State, sink: &mut dyn Sink, done: &mut dyn FnMut(Finished)) {
        let Some(trials) = &self.plan.network().trials else { return };
        match trials.reset {
            Reset::Nothing => self.in_turn(trials, state, sink, done),
            Reset::State => self.side_by_side(trials, state, sink, done),
        }
    }

    fn in_turn(&self, trials: &Trials, state: &mut State, sink: &mut dyn Sink, done: &mut dyn FnMut(Finished)) {
        let length = trials.each_fs as u64;
        for index in 0..trials.count {
            let origin = state.tick();
            let before = match index.checked_sub(1) {
                Some(before) => Stretch { trial: Some(before), origin: origin - length },
                None => Stretch { trial: None, origin: 0 },
            };
            state.begin(self.plan.given([before, Stretch { trial: Some(index), origin }]));
            let counted = state.tally().spikes.clone();
            if state.advance(self.plan, length, sink) < length {
                return;
            }
            let spikes = state.tally().spikes.iter().zip(counted).map(|(all, before)| all - before).collect();
            done(Finished { trial: index, spikes });
        }
    }

    fn side_by_side(&self, trials: &Trials, state: &mut State, sink: &mut dyn Sink, done: &mut dyn FnMut(Finished)) {
        let (start, threads) = (state.clone(), self.threads.max(1));
        // Where there are no threads to be had, the caller's does it.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok().filter(|_| threads > 1);
        for first in (0..trials.count).step_by(threads * KEPT_PER_THREAD as usize) {
            let batch = first..trials.count.min(first.saturating_add(threads as u32 * KEPT_PER_THREAD));
            let one = |index| self.one(index, trials.each_fs as u64, &start);
            let outcomes: Vec<Option<Outcome>> = match &pool {
                Some(pool) => pool.install(|| batch.clone().into_par_iter().with_max_len(1).map(one).collect()),
                None => batch.clone().map(one).collect(),
            };
            for (index, outcome) in batch.zip(outcomes) {
                let Some(outcome) = outcome else { return };
                if self.take(index, outcome, trials.each_fs as u64, state, sink, done).is_break() {
                    return;
                }
            }
        }
    }

    /// Runs one trial from a copy of the state before the first; `None` if it was stopped.
    fn one(&self, index: u32, length: u64, start: &State) -> Option<Outcome> {
        let mut state = start.clone();
        let origin = start.tick();
        let before = Stretch { trial: None, origin: 0 };
        state.begin(self.plan.given([before, Stretch { trial: Some(index), origin }]));
        let later = u64::from(index) * length;
        let mut keep = Keep { stopped: self.stopped, later, spikes: Vec::new(), samples: Vec::new() };
        let done = state.advance(self.plan, length, &mut keep);
        let Keep { spikes, samples, .. } = keep;
        let counted = state.tally().spikes.iter().zip(&start.tally().spikes).map(|(all, before)| all - before).collect();
        let synaptic_events = state.tally().synaptic_events - start.tally().synaptic_events;
        (done == length).then_some(Outcome { spikes, samples, counted, synaptic_events })
    }

    /// Hands a trial to the sink, and counts it.
    fn take(
        &self,
        index: u32,
        outcome: Outcome,
        length: u64,
        state: &mut State,
        sink: &mut dyn Sink,
        done: &mut dyn FnMut(Finished),
    ) -> ControlFlow<()> {
        let Outcome { spikes, samples, counted, synaptic_events } = outcome;
        let ticks = state.now + 1..=state.now + length;
        state.now += length;
        state.tally.spikes.iter_mut().zip(&counted).for_each(|(sum, n)| *sum += n);
        state.tally.synaptic_events += synaptic_events;
        state.tally.enter(self.plan.network(), &spikes);
        done(Finished { trial: index, spikes: counted });
        sink.window(&Window { ticks, spikes: &spikes, samples: &samples })
    }
}

/// Keeps what a trial gives, so much later.
struct Keep<'a> {
    stopped: &'a (dyn Fn() -> bool + Sync),
    later: u64,
    spikes: Vec<Spike>,
    samples: Vec<Sample>,
}

impl Sink for Keep<'_> {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        let later = self.later;
        self.spikes.extend(window.spikes.iter().map(|spike| Spike { tick: spike.tick + later, ..*spike }));
        self.samples.extend(window.samples.iter().map(|sample| Sample { tick: sample.tick + later, ..sample.clone() }));
        if (self.stopped)() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl State {
    /// Makes this the beginning of a stretch: its stimuli replace those of the one before. What is under way stays under way.
    pub(super) fn begin(&mut self, given: Given) {
        let now = self.now;
        let Given { sources, parts } = given;
        for (state, given) in self.parts.iter_mut().zip(parts) {
            state.changed = given.changes.partition_point(|change| change.at <= now);
            state.changes = given.changes.into();
            state.wakes = super::queue::Queue::default();
            for (population, trains) in state.populations.iter_mut().zip(given.trains) {
                population.iter_mut().for_each(|population| population.begin(trains.clone()));
            }
        }
        if let Some(first) = self.parts.first_mut() {
            first.sources = Some(sources);
        }
    }
}
