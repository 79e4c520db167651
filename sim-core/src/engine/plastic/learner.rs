//! A rule with the loops around it, written once for all rules: along rows when sources' spikes arrive (`rows.rs`), or where all
//! synapses are to be up to date (`settling.rs`).

use super::memory::Memory;
use super::pipe::Outlet;
use super::tape::Reel;
use crate::engine::bus::Bus;
use crate::engine::values::Width;
use crate::plasticity::{Conventions, Host, Rule};
use std::marker::PhantomData;

/// A rule, prepared: what the engine calls, once a table and tick.
pub trait Learner: Send + Sync {
    /// Variables of a synapse, traces of a source, numbers kept of a target's spike.
    fn sizes(&self) -> (usize, usize, usize);
    /// The rule's conventions.
    fn conventions(&self) -> Conventions;
    /// Bytes of what is kept of a modulator's reward; 0 where synapses do not follow any.
    fn tape_bytes(&self) -> usize;
    /// Whether the target's spikes change anything.
    fn heeds_targets(&self) -> bool;
    /// Spikes of a target that are remembered, where that is bounded.
    fn history(&self) -> Option<usize>;
    /// Whether a view of the targets is of use: not where synapses change between spikes, too.
    fn looks_at_views(&self) -> bool;
    /// Runs of synapses get their source's spike: they learn, and transmit.
    fn arrive(&self, memory: &mut Memory, arrivals: &Arrivals<'_>, bus: &Bus, sums: &mut [f64]);
    /// Targets (counted from the wiring's first) fired at `tick`.
    fn fired(&self, memory: &mut Memory, tick: i32, targets: &mut dyn Iterator<Item = usize>, bus: &Bus);
    /// All synapses work off the targets' spikes that come to them by `until`, and follow the reward until then.
    fn settle(&self, memory: &mut Memory, until: i32);
    /// All synapses get as far as a spike of the source that arrives now would bring them; no delay is longer than `longest`.
    fn level(&self, memory: &mut Memory, now: i32, longest: i32);
    /// A window has passed, up to `now`; no delay is longer than `longest` ticks.
    fn pass(&self, memory: &mut Memory, now: i32, longest: i32, bus: &Bus);
    /// A variable of all synapses.
    fn read(&self, memory: &Memory, variable: usize) -> Vec<f64>;
}

/// What arrives at a tick.
pub struct Arrivals<'a> {
    pub(crate) tick: i32,
    /// Those with one delay follow each other.
    pub(crate) runs: &'a [u32],
    pub(crate) outlet: Option<Outlet>,
}

/// A rule with the loops around it.
pub fn learner<F, R, const V: usize, const X: usize, const Y: usize>(rule: R) -> Box<dyn Learner>
where
    F: Width,
    R: Rule<F, V, X, Y>,
{
    let (conventions, reach) = (rule.conventions(), rule.reach() as u32);
    let history = rule.history().map_or(usize::MAX, |history| history.max(1) as usize);
    let reel = rule.eligibility().map(Reel::new);
    Box::new(Loop::<F, R, V, X, Y> { rule, conventions, reach, history, reel, numbers: PhantomData })
}

/// The grid engine as a host of rules, in numbers `F`.
pub struct Ticks<F>(PhantomData<F>);

impl<F: Width> Host for Ticks<F> {
    type Number = F;
    type Span = i32;
    type Learner = dyn Learner;

    fn learner<R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize>(rule: R) -> Box<dyn Learner> {
        learner(rule)
    }
}

pub(super) struct Loop<F, R, const V: usize, const X: usize, const Y: usize> {
    pub(super) rule: R,
    pub(super) conventions: Conventions,
    pub(super) reach: u32,
    /// Spikes of a target that are remembered; the greatest number: all.
    pub(super) history: usize,
    pub(super) reel: Option<Reel>,
    numbers: PhantomData<F>,
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Loop<F, R, V, X, Y> {
    /// Ticks between a target's spike and its coming to a synapse.
    pub(super) fn way(&self, delay: u32) -> i32 {
        self.conventions.backpropagation.way(delay as i32)
    }
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Learner for Loop<F, R, V, X, Y> {
    fn sizes(&self) -> (usize, usize, usize) {
        (V, X, Y)
    }

    fn conventions(&self) -> Conventions {
        self.conventions
    }

    fn tape_bytes(&self) -> usize {
        self.reel.as_ref().map_or(0, Reel::tape_bytes)
    }

    fn heeds_targets(&self) -> bool {
        self.reach > 0
    }

    fn history(&self) -> Option<usize> {
        (self.history < usize::MAX).then_some(self.history)
    }

    fn looks_at_views(&self) -> bool {
        self.reach > 0 && !R::FLOWS && self.history == usize::MAX
    }

    fn arrive(&self, memory: &mut Memory, arrivals: &Arrivals<'_>, bus: &Bus, sums: &mut [f64]) {
        self.meet_runs(memory, arrivals, bus, sums);
    }

    fn fired(&self, memory: &mut Memory, tick: i32, targets: &mut dyn Iterator<Item = usize>, bus: &Bus) {
        let mut room = Vec::new();
        let (zones, mut moments) = (&memory.wiring.zones, Vec::new());
        zones.views(bus.at(tick, &mut room), |_, view| moments.push(self.rule.moment(view)));
        for target in targets {
            let moment = &moments[zones.zone(target)];
            if self.rule.heeds(moment) {
                let new = memory.posts.push(target, tick, |last, since| self.rule.target(last, since, moment));
                memory.recent.push::<F, Y>(target, tick, &new);
            }
        }
    }

    fn settle(&self, memory: &mut Memory, until: i32) {
        let seen = |delay| until.saturating_sub(self.way(delay));
        self.heed_all(memory, seen);
        self.follow(memory, seen, until);
    }

    fn level(&self, memory: &mut Memory, now: i32, longest: i32) {
        self.sweep(memory, now, longest);
    }

    fn pass(&self, memory: &mut Memory, now: i32, longest: i32, bus: &Bus) {
        if let Some(reel) = &self.reel {
            self.take_reward(reel, memory, now, longest, bus);
        }
        self.make_room(memory, now, longest);
    }

    fn read(&self, memory: &Memory, variable: usize) -> Vec<f64> {
        let count = memory.wiring.cells.len();
        F::all(&memory.synapses)[variable * count..][..count].iter().map(|value| value.to_f64()).collect()
    }
}
