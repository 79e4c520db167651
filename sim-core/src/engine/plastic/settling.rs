//! Synapses work off their targets' spikes without one of their source: where a weight is read, or where spikes are to be forgotten.

use super::learner::Loop;
use super::memory::{Memory, NEVER};
use super::posts::Look;
use super::recent::Recents;
use super::synapses::{Synapses, traces_of};
use super::tape::Tape;
use crate::engine::values::Width;
use crate::plasticity::{PostSpike, Rule, Zones};

/// Spikes a target that are remembered at most, but for those that some synapse cannot have seen yet.
pub(crate) const REMEMBERED: usize = 16;

/// The source's last spike and what of the target's since then is new, as all synapses of a run have it; times by the targets' clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Since<F, const X: usize> {
    /// Traces just after the source's last spike.
    pub(super) traces: [F; X],
    /// That spike.
    pub(super) last: i32,
    /// Ticks from the target's spike to the synapse.
    pub(super) way: i32,
    /// Spikes up to this tick have been worked off.
    pub(super) low: i32,
}

/// The way from the target's spike to synapses of one delay, and up to which tick by the targets' clocks spikes have been worked off, whenever
/// the source fired last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course {
    way: i32,
    low: i32,
}

impl Course {
    /// Of a source whose last spike was emitted then, with the traces that it left; none where it never fired.
    #[inline(always)]
    pub(super) fn since<F, const X: usize>(&self, emitted: i32, traces: [F; X]) -> Option<Since<F, X>> {
        let Self { way, low } = *self;
        (emitted != NEVER).then(|| Since { traces, last: emitted - way, way, low: (emitted - way).max(low) })
    }
}

/// What a synapse finds of its target.
#[derive(Clone, Copy)]
pub(super) struct Target<'a, F, const Y: usize> {
    pub(super) look: &'a Look<'a, F, Y>,
    pub(super) recents: Recents<'a, F, Y>,
    pub(super) tapes: &'a [Tape],
    pub(super) zones: &'a Zones,
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Loop<F, R, V, X, Y> {
    /// Up to which of the targets' spikes, by their clocks, the synapses of a delay have worked off all where they were swept, or would
    /// with a spike of the source that arrives at this tick.
    pub(super) fn seen(&self, arrival: i32, delay: u32) -> i32 {
        self.conventions.backpropagation.seen(arrival, delay)
    }

    /// What all synapses of a delay have in common; `heeded`, `swept` as in their memory.
    pub(super) fn course(&self, delay: u32, heeded: i32, swept: i32) -> Course {
        Course { way: self.way(delay), low: heeded.max(self.seen(swept, delay)) }
    }

    /// A synapse works off the spikes of its target that are new to it, by a tick of the target's clock: the last so many.
    pub(super) fn catch_up(
        &self,
        synapse: &mut [F; V],
        since: &Since<F, X>,
        (target, by, most): (usize, i32, usize),
        Target { look, tapes, zones, .. }: Target<'_, F, Y>,
        places: &mut Vec<u32>,
    ) {
        places.clear();
        look.between(target, since.low, by, most, places);
        for place in places.iter().rev() {
            let post = look.post(*place);
            let ticks = post.tick - since.last;
            if ticks as u32 > self.reach {
                return;
            }
            let spike = PostSpike { since: ticks, kept: look.of(*place), idle: ticks.min(post.tick.saturating_sub(post.before)) };
            let came = post.tick + since.way;
            self.flow(synapse, (tapes, zones.zone(target)), came - spike.idle, came);
            self.rule.on_post(synapse, &since.traces, spike);
            self.rule.clip(synapse);
        }
    }

    /// All synapses work off the spikes of their targets up to a tick of the targets' clocks, for each delay.
    pub(super) fn heed_all(&self, memory: &mut Memory, by: impl Fn(u32) -> i32) {
        // Of a bounded history it is known only when a spike of the source comes what is left by then.
        if self.history < usize::MAX {
            return;
        }
        let mut places = Vec::new();
        for run in 0..memory.wiring.rows.run_count() {
            let delay = memory.wiring.rows.runs[run].delay;
            let (course, by) = (self.course(delay, memory.heeded, memory.swept), by(delay));
            let Some(since) = course.since(memory.last[run], traces_of(F::all(&memory.traces), run)) else { continue };
            if by <= since.low || (since.low - since.last) as u32 >= self.reach {
                continue;
            }
            let Memory { wiring, synapses, posts, recent, tapes, .. } = &mut *memory;
            let look = posts.look::<F, Y>();
            let target = Target { look: &look, recents: recent.look(), tapes, zones: &wiring.zones };
            let mut synapses = synapses.as_mut();
            let mut synapses = Synapses::<F, V>::new(F::slice(&mut synapses));
            for synapse in wiring.rows.synapses(run) {
                let cell = usize::from(wiring.cells[synapse]);
                if look.newest(cell) > since.low {
                    let mut values = synapses.get(synapse);
                    self.catch_up(&mut values, &since, (cell, by, usize::MAX), target, &mut places);
                    synapses.set(synapse, values);
                }
            }
        }
    }

    /// All synapses get as far as a spike of the source would bring them that arrives at a tick, by which all earlier ones have arrived;
    /// spikes that all have seen then are forgotten. No delay is longer than `longest`.
    pub(super) fn sweep(&self, memory: &mut Memory, tick: i32, longest: i32) {
        if tick > memory.swept {
            self.heed_all(memory, |delay| self.seen(tick, delay));
            self.forget(memory, tick, longest);
        }
    }

    /// All synapses have got there: forgets what they have seen.
    pub(super) fn forget(&self, memory: &mut Memory, tick: i32, longest: i32) {
        if self.history < usize::MAX {
            memory.posts.keep(self.history, self.seen(tick, longest as u32));
            return;
        }
        memory.swept = tick;
        let Memory { posts, views, .. } = memory;
        views.iter_mut().for_each(|view| view.show(&posts.look::<F, Y>(), self.seen(tick, view.delay)));
        let forgotten = posts.forget(self.seen(tick, longest as u32));
        views.iter_mut().for_each(|view| view.forget(forgotten));
    }

    /// Sweeps the synapses once many spikes are remembered, so that about three quarters can be forgotten: most sources have fired since.
    pub(super) fn make_room(&self, memory: &mut Memory, now: i32, longest: i32) {
        let (spikes, wiring) = (memory.posts.spikes(), &memory.wiring);
        if self.history < usize::MAX {
            // Half of them at least can be forgotten: those that are still on their way are one a tick and target at most.
            let kept = self.history.saturating_add(2 * longest as usize).saturating_mul(wiring.targets.len());
            if spikes.len() / 2 > kept {
                self.forget(memory, now, longest);
            }
            return;
        }
        // A sweep takes about as long as the synapses are many: where they are few, it is worth while early.
        if spikes.len() <= (REMEMBERED * wiring.targets.len()).min(wiring.cells.len()).max(wiring.targets.len()) {
            return;
        }
        let tick = |quarters: usize| spikes[spikes.len() * quarters / 4].tick;
        // Where most came within a delay, little could be forgotten.
        if tick(2) <= self.seen(now, longest as u32) {
            let back = longest + self.way(longest as u32);
            self.sweep(memory, now.min(tick(3) + back), longest);
        }
    }
}
