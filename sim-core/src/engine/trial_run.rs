//! All trials of a run: one after the other, or, where each begins with the same state, side by side, each on one thread.

use super::plan::Plan;
use super::soundness::Unsound;
use super::state::{State, Tally};
use crate::record::{Sample, Sink, Spike, Window};
use crate::side_by_side::side_by_side;
use crate::trials::Reset;
use std::ops::{ControlFlow, Range};
use std::sync::{Mutex, PoisonError};

/// A trial that came to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// Its number, from 0.
    pub trial: u32,
    /// Its spikes by population.
    pub spikes: Vec<u64>,
    /// Neurons whose state makes no sense at its end.
    pub unsound: Vec<Unsound>,
}

/// How the trials of a plan are run.
pub struct TrialRun<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Threads for trials side by side; those that follow each other have the plan's.
    pub threads: usize,
    /// Asked now and then whether it is enough.
    pub stopped: &'a (dyn Fn() -> bool + Sync),
}

/// What a trial gave.
struct Outcome {
    spikes: Vec<Spike>,
    samples: Vec<Sample>,
    state: State,
}

impl TrialRun<'_> {
    /// Runs all trials from the state before the first one. The sink gets them in their order, whatever that of their running
    /// was; `done` hears of each. Ends early where the sink breaks off: what was done until then is a row of whole trials,
    /// and a part of one only where they follow each other.
    pub fn run(&self, state: &mut State, sink: &mut dyn Sink, done: &mut dyn FnMut(Finished)) {
        self.run_until(u64::MAX, state, sink, done);
    }

    /// The same from wherever an earlier call or a snapshot has come to, up to a tick: within a trial where trials follow each other, to the
    /// end of one else. Whether it got there.
    pub fn run_until(&self, tick: u64, state: &mut State, sink: &mut dyn Sink, done: &mut dyn FnMut(Finished)) -> bool {
        let (network, Some(trials)) = (self.plan.network(), self.plan.trials()) else { return true };
        let (end, until) = (self.plan.end(), tick.min(self.plan.end()));
        if state.tick >= until {
            return true;
        }
        let trial_of = |tick: u64| self.plan.trial_at(tick).map_or(0, |(index, _)| index);
        let ahead = trial_of(state.tick)..if until == end { trials.count } else { trial_of(until - 1) + 1 };
        match trials.reset {
            Reset::Nothing => self.in_turn(until, state, sink, done),
            Reset::State => {
                let mut start = state.start.take().unwrap_or_else(|| Box::new(state.clone()));
                let whole = if network.learns() {
                    self.learning(ahead, &mut start, state, sink, done)
                } else {
                    self.side_by_side(ahead, &start, state, sink, done)
                };
                state.start = Some(start);
                whole
            }
        }
    }

    fn in_turn(&self, until: u64, state: &mut State, sink: &mut dyn Sink, done: &mut dyn FnMut(Finished)) -> bool {
        while state.tick < until {
            let at = self.plan.trial_at(state.tick);
            let Some((trial, past)) = at.and_then(|(index, past)| Some((self.plan.trial(index)?, past))) else { return false };
            if past == 0 {
                state.begin(self.plan, &trial);
                state.tally.before_trial.clone_from(&state.tally.spikes);
            }
            let ticks = (trial.ticks() - past).min(until - state.tick);
            if state.advance_in(self.plan, &trial, ticks, sink) < ticks {
                return false;
            }
            if past + ticks == trial.ticks() {
                let Tally { spikes, before_trial, .. } = &state.tally;
                let spikes = spikes.iter().zip(before_trial).map(|(all, before)| all - before).collect();
                done(Finished { trial: trial.index(), spikes, unsound: state.unsound(self.plan) });
            }
        }
        true
    }

    /// Each begins with the state before the first, but for the weights: these are as the trial before left them.
    fn learning(
        &self,
        trials: Range<u32>,
        start: &mut State,
        state: &mut State,
        sink: &mut dyn Sink,
        done: &mut dyn FnMut(Finished),
    ) -> bool {
        let states = Mutex::new(Vec::new());
        start.divide(self.plan);
        for index in trials {
            let Some(outcome) = self.one(index, start, &states) else { return false };
            start.take_weights(self.plan, outcome.state.clone());
            if self.take(index, outcome, state, sink, done, &states).is_break() {
                return false;
            }
        }
        true
    }

    fn side_by_side(
        &self,
        trials: Range<u32>,
        start: &State,
        state: &mut State,
        sink: &mut dyn Sink,
        done: &mut dyn FnMut(Finished),
    ) -> bool {
        let states = Mutex::new(Vec::new());
        let one = |index| self.one(index, start, &states);
        side_by_side(trials, self.threads, one, |index, outcome| self.take(index, outcome, state, sink, done, &states))
    }

    /// Runs one trial from a copy of the state before the first; `None` if it was stopped.
    fn one(&self, index: u32, start: &State, states: &Mutex<Vec<State>>) -> Option<Outcome> {
        let trial = self.plan.trial(index)?;
        let kept = states.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut state = kept.map_or_else(
            || start.clone(),
            |mut state| {
                state.reset_from(start);
                state
            },
        );
        let mut keep = Keep { stopped: self.stopped, spikes: Vec::new(), samples: Vec::new() };
        let ticks = self.plan.advance_trial(&mut state, &trial, &mut keep);
        let Keep { spikes, samples, .. } = keep;
        (ticks == trial.ticks()).then_some(Outcome { spikes, samples, state })
    }

    /// Hands a trial to the sink, and makes `state` the one after it, with the counts of all so far.
    fn take(
        &self,
        index: u32,
        outcome: Outcome,
        state: &mut State,
        sink: &mut dyn Sink,
        done: &mut dyn FnMut(Finished),
        states: &Mutex<Vec<State>>,
    ) -> ControlFlow<()> {
        let Outcome { spikes, samples, state: mut after } = outcome;
        let counted = after.tally().spikes.clone();
        let ticks = state.tick() + 1..=after.tick();
        state.tally.add(self.plan, &after.tally, &spikes);
        std::mem::swap(&mut after.tally, &mut state.tally);
        std::mem::swap(&mut after, state);
        states.lock().unwrap_or_else(PoisonError::into_inner).push(after);
        done(Finished { trial: index, spikes: counted, unsound: state.unsound(self.plan) });
        sink.window(&Window { ticks, spikes: &spikes, samples: &samples })
    }
}

/// Keeps what a trial gives.
struct Keep<'a> {
    stopped: &'a (dyn Fn() -> bool + Sync),
    spikes: Vec<Spike>,
    samples: Vec<Sample>,
}

impl Sink for Keep<'_> {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        self.spikes.extend_from_slice(window.spikes);
        self.samples.extend_from_slice(window.samples);
        if (self.stopped)() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Tally {
    /// Counts another stretch of time, which follows, and its spikes.
    fn add(&mut self, plan: &Plan, other: &Self, spikes: &[Spike]) {
        self.spikes.iter_mut().zip(&other.spikes).for_each(|(sum, n)| *sum += n);
        self.synaptic_events += other.synaptic_events;
        self.enter(&plan.network, spikes);
    }
}
