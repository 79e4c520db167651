//! A rule with the loops around it, written once for all rules: along rows (`rows.rs`) when sources' spikes arrive, along columns
//! (`heeding.rs`) when targets' spikes are worked off.

use super::memory::{Memory, NEVER};
use super::pipe::Outlet;
use super::rows::{Face, Faces};
use super::tape::{Reel, Tape};
use crate::engine::bus::Bus;
use crate::engine::values::Width;
use crate::plasticity::{Conventions, Rule};
use std::any::Any;

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
    /// What `arrive` works with, for so many targets.
    fn scratch(&self, targets: usize) -> Scratch;
    /// Runs of synapses get their source's spike: they learn, and transmit.
    fn arrive(&self, memory: &mut Memory, arrivals: &Arrivals<'_>, bus: &Bus, scratch: &mut Scratch, sums: &mut [f64]);
    /// Runs of the columns work off their target's spike, after all that arrives at this tick.
    fn work_off(&self, memory: &mut Memory, tick: i32, runs: &[u32]);
    /// Targets (counted from the wiring's first) fired at `tick`.
    fn fired(&self, memory: &mut Memory, tick: i32, targets: &mut dyn Iterator<Item = usize>, bus: &Bus);
    /// All synapses work off, at `now`, the targets' spikes that have come to them by `until`, and follow the reward until then.
    fn settle(&self, memory: &mut Memory, now: i32, until: i32);
    /// A window has passed, up to `now`; no spike that is under way is older than `longest` ticks.
    fn pass(&self, memory: &mut Memory, now: i32, longest: i32, bus: &Bus);
    /// A variable of all synapses.
    fn read(&self, memory: &Memory, variable: usize) -> Vec<f64>;
}

/// What a learner works with and forgets.
pub(crate) type Scratch = Box<dyn Any + Send + Sync>;

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
    let reel = rule.eligibility().map(Reel::new);
    Box::new(Loop::<F, R, V, X, Y> { rule, conventions, reach, reel, numbers: std::marker::PhantomData })
}

pub(super) struct Loop<F, R, const V: usize, const X: usize, const Y: usize> {
    pub(super) rule: R,
    pub(super) conventions: Conventions,
    pub(super) reach: u32,
    pub(super) reel: Option<Reel>,
    numbers: std::marker::PhantomData<F>,
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Loop<F, R, V, X, Y> {
    /// Ticks between a target's spike and its coming to a synapse.
    pub(super) fn way(&self, delay: u32) -> i32 {
        self.conventions.backpropagation.ticks(delay as i32)
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

    fn scratch(&self, targets: usize) -> Scratch {
        let face = Face { stamp: 0, newest: NEVER, facing: R::Facing::default() };
        Box::new(Faces { stamp: 0, of: vec![face; targets] })
    }

    fn arrive(&self, memory: &mut Memory, arrivals: &Arrivals<'_>, bus: &Bus, scratch: &mut Scratch, sums: &mut [f64]) {
        self.meet_runs(memory, arrivals, bus, scratch.downcast_mut().expect("scratch is the learner's own"), sums);
    }

    fn work_off(&self, memory: &mut Memory, tick: i32, runs: &[u32]) {
        self.heed_runs(memory, tick, runs);
    }

    fn fired(&self, memory: &mut Memory, tick: i32, targets: &mut dyn Iterator<Item = usize>, bus: &Bus) {
        let mut room = Vec::new();
        let (zones, mut moments) = (&memory.wiring.zones, Vec::new());
        zones.views(bus.at(tick, &mut room), |_, view| moments.push(self.rule.moment(view)));
        for target in targets {
            memory.posts.push(target, tick, |last, since| self.rule.target(last, since, &moments[zones.zone(target)]));
        }
    }

    fn settle(&self, memory: &mut Memory, now: i32, until: i32) {
        self.heed_all(memory, now, until);
        self.follow(memory, |delay| until.saturating_sub(self.way(delay)), until);
    }

    fn pass(&self, memory: &mut Memory, now: i32, longest: i32, bus: &Bus) {
        let Some(reel) = &self.reel else { return };
        let mut room = Vec::new();
        let Some(known) = memory.tapes.first().map(Tape::known) else { return };
        // What is known at the end of a tick counts from there on: of this one, in the next window.
        for tick in known..now {
            let tapes = &mut memory.tapes;
            memory.wiring.zones.views(bus.at(tick, &mut room), |zone, view| tapes[zone].take(reel, view));
        }
        if let Some(end) = memory.tapes.first().and_then(|tape| tape.due(reel, now - longest)) {
            self.follow(memory, |delay| now - delay as i32 - self.way(delay), end);
            memory.tapes.iter_mut().for_each(|tape| tape.forget(reel, end));
        }
    }

    fn read(&self, memory: &Memory, variable: usize) -> Vec<f64> {
        let count = memory.wiring.cells.len();
        F::all(&memory.synapses)[variable * count..][..count].iter().map(|value| value.to_f64()).collect()
    }
}
