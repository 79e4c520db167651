//! Trials in continuous time: one after the other, or, where each begins with the same state, side by side, each on one thread.

use super::plan::{Given, Plan};
use super::state::State;
use super::stretch::Stretch;
use crate::engine::{Finished, Tally, Unsound};
use crate::record::{Sample, Sink, Spike, Window};
use crate::side_by_side::side_by_side;
use crate::trials::{Reset, Trials};
use std::ops::ControlFlow;

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
    unsound: Vec<Unsound>,
}

impl TrialRun<'_> {
    /// Runs all trials from the state before the first one. The sink gets them in their order; `done` hears of each. Ends early where
    /// the sink breaks off: what was done until then is a row of whole trials, and a part of one only where they follow each other.
    pub fn run(&self, state: &mut State, sink: &mut dyn Sink, done: &mut dyn FnMut(Finished)) {
        self.run_until(u64::MAX, state, sink, done);
    }

    /// The same from wherever an earlier call or a snapshot has come to, up to a time: within a trial where trials follow each other, to the
    /// end of one else. Whether it got there.
    pub fn run_until(&self, time: u64, state: &mut State, sink: &mut dyn Sink, done: &mut dyn FnMut(Finished)) -> bool {
        let network = self.plan.network();
        let Some(trials) = &network.trials else { return true };
        let until = time.min((network.warmup_fs + network.duration_fs) as u64);
        match trials.reset {
            _ if state.now >= until => true,
            Reset::Nothing => self.in_turn(trials, until, state, sink, done),
            Reset::State => self.side_by_side(trials, until, state, sink, done),
        }
    }

    fn in_turn(
        &self,
        trials: &Trials,
        until: u64,
        state: &mut State,
        sink: &mut dyn Sink,
        done: &mut dyn FnMut(Finished),
    ) -> bool {
        let length = trials.each_fs as u64;
        while state.now < until {
            let (index, past) = self.plan.trial_at(state.now, trials);
            if past == 0 {
                state.begin(self.plan.given(self.plan.stretches(index, trials)));
                state.tally.before_trial.clone_from(&state.tally.spikes);
            }
            let time = (length - past).min(until - state.now);
            if state.advance(self.plan, time, sink) < time {
                return false;
            }
            if past + time == length {
                let Tally { spikes, before_trial, .. } = &state.tally;
                let spikes = spikes.iter().zip(before_trial).map(|(all, before)| all - before).collect();
                done(Finished { trial: index, spikes, unsound: state.unsound(self.plan) });
            }
        }
        true
    }

    fn side_by_side(
        &self,
        trials: &Trials,
        until: u64,
        state: &mut State,
        sink: &mut dyn Sink,
        done: &mut dyn FnMut(Finished),
    ) -> bool {
        let mut start = state.clone();
        start.now -= std::mem::take(&mut start.behind);
        // What earlier trials had is not the partitions' own.
        start.tally.synaptic_events = start.parts.iter().map(|part| part.synaptic_events).sum();
        let (next, length) = (self.plan.trial_at(state.now, trials).0, trials.each_fs as u64);
        let end = trials.count.min(self.plan.trial_at(until - 1, trials).0 + 1);
        let one = |index| self.one(index, length, &start);
        side_by_side(next..end, self.threads, one, |index, outcome| self.take(index, outcome, length, state, sink, done))
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
        let unsound = state.unsound(self.plan);
        (done == length).then_some(Outcome { spikes, samples, counted, synaptic_events, unsound })
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
        let Outcome { spikes, samples, counted, synaptic_events, unsound } = outcome;
        let ticks = state.now + 1..=state.now + length;
        state.now += length;
        state.behind += length;
        state.tally.spikes.iter_mut().zip(&counted).for_each(|(sum, n)| *sum += n);
        state.tally.synaptic_events += synaptic_events;
        state.tally.enter(self.plan.network(), &spikes);
        done(Finished { trial: index, spikes: counted, unsound });
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

impl Plan {
    /// The trial that goes on from a time after the warm-up, and how much of it is over.
    fn trial_at(&self, time: u64, trials: &Trials) -> (u32, u64) {
        let (since, length) = (time - self.network.warmup_fs as u64, trials.each_fs as u64);
        ((since / length) as u32, since % length)
    }

    /// A trial that follows others, and what is before it.
    fn stretches(&self, index: u32, trials: &Trials) -> [Stretch; 2] {
        let (warmup, length) = (self.network.warmup_fs as u64, trials.each_fs as u64);
        let origin = warmup + u64::from(index) * length;
        let before = match index.checked_sub(1) {
            Some(before) => Stretch { trial: Some(before), origin: origin - length },
            None => Stretch { trial: None, origin: 0 },
        };
        [before, Stretch { trial: Some(index), origin }]
    }

    /// What stimuli do in the stretch that a time ends or lies in, where it is a trial that follows others.
    pub(crate) fn given_at(&self, time: u64) -> Option<Given> {
        let trials = self.network.trials.as_ref().filter(|trials| trials.reset == Reset::Nothing)?;
        let before = time.checked_sub(1).filter(|time| *time >= self.network.warmup_fs as u64)?;
        Some(self.given(self.stretches(self.trial_at(before, trials).0.min(trials.count - 1), trials)))
    }
}

impl State {
    /// Makes this the beginning of a stretch: its stimuli replace those of the one before. What is under way stays under way.
    pub(crate) fn begin(&mut self, given: Given) {
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
