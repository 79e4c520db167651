//! Along columns: what synapses do when a spike of their target is worked off.

use super::columns::{Columns, Sources};
use super::learner::Loop;
use super::memory::Memory;
use super::posts::Look;
use super::synapses::{Synapses, traces_of};
use super::tape::Tape;
use super::wiring::Wiring;
use crate::engine::delivery::prefetch;
use crate::engine::values::Width;
use crate::plasticity::{PostSpike, Rule};
use std::ops::Range;

/// Synapses between the one that is worked on and the one that is fetched.
const AHEAD: usize = 12;

/// Synapses of a column that are looked at together.
const FOUND: usize = 128;

/// A spike of a target, as the synapses of one run of the columns see it.
struct Worked<'a, F, const Y: usize> {
    /// When it came to them.
    came: i32,
    kept: &'a [F; Y],
    /// Ticks since the target's spike before.
    idle: i32,
    /// The target's modulator.
    zone: usize,
}

/// What a target's spike changes, and what of the sources it finds there.
struct Learned<'a, F, const V: usize> {
    synapses: Synapses<'a, F, V>,
    last: &'a [i32],
    traces: &'a [F],
    tapes: &'a [Tape],
    /// Synapses that are changed: place, run, ticks since its source's spike.
    found: [(u32, u32, i32); FOUND],
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Loop<F, R, V, X, Y> {
    /// Runs of the columns work off their target's spike.
    pub(super) fn heed_runs(&self, memory: &mut Memory, tick: i32, runs: &[u32]) {
        let Memory { wiring, synapses, last, traces, posts, heeded, tapes } = memory;
        let (wiring, look) = (&**wiring, posts.look::<F, Y>());
        let fan = &wiring.columns.fan;
        let mut synapses = synapses.as_mut();
        let synapses = Synapses::<F, V>::new(F::slice(&mut synapses));
        let mut learned = Learned { synapses, last, traces: F::all(traces), tapes, found: [(0, 0, 0); FOUND] };
        // A target that fired several times in a tick is there several times.
        for runs in runs.chunk_by(|a, b| a == b) {
            let run = runs[0] as usize;
            let delay = fan.runs[run].delay;
            let fired = tick - delay as i32 - self.way(delay);
            if fired <= *heeded {
                continue;
            }
            let target = wiring.target_of(run);
            for place in look.with(look.first_from(target, fired)) {
                self.heed(&mut learned, (wiring, run, place), &look);
            }
        }
    }

    /// All synapses work off, at `now`, the targets' spikes that have come to them by `until`.
    pub(super) fn heed_all(&self, memory: &mut Memory, now: i32, until: i32) {
        let Memory { wiring, synapses, last, traces, posts, heeded, tapes } = memory;
        let (wiring, look) = (&**wiring, posts.look::<F, Y>());
        let fan = &wiring.columns.fan;
        let mut synapses = synapses.as_mut();
        let synapses = Synapses::<F, V>::new(F::slice(&mut synapses));
        let mut learned = Learned { synapses, last, traces: F::all(traces), tapes, found: [(0, 0, 0); FOUND] };
        for (place, spike) in (0..).zip(posts.spikes()) {
            for run in fan.runs_of(u32::from(spike.target)).map(|run| run as usize) {
                let delay = fan.runs[run].delay;
                let way = self.way(delay);
                if spike.tick > now - delay as i32 - way && spike.tick <= until - way && spike.tick > *heeded {
                    self.heed(&mut learned, (wiring, run, place), &look);
                }
            }
        }
    }

    /// The synapses of one run of the columns work off a spike of their target.
    fn heed(&self, learned: &mut Learned<'_, F, V>, (wiring, run, place): (&Wiring, usize, u32), look: &Look<'_, F, Y>) {
        let (columns, post) = (&wiring.columns, look.post(place));
        let came = post.tick + self.way(columns.fan.runs[run].delay);
        let zone = wiring.zones.zone(usize::from(post.target));
        let spike = Worked { came, kept: look.of(place), idle: post.tick.saturating_sub(post.before), zone };
        let range = columns.fan.synapses(run);
        match &columns.sources {
            Sources::Narrow(sources) => self.heed_by(learned, columns, range.clone(), &sources[range], &spike),
            Sources::Wide(sources) => self.heed_by(learned, columns, range.clone(), &sources[range], &spike),
        }
    }

    /// First it finds the synapses that have anything to work off, without a branch to be mistaken: often few of the sources fire at all.
    #[inline(always)]
    fn heed_by<S: Copy + Into<u32>>(
        &self,
        learned: &mut Learned<'_, F, V>,
        columns: &Columns,
        range: Range<usize>,
        sources: &[S],
        worked: &Worked<'_, F, Y>,
    ) {
        let Learned { synapses, last, traces, tapes, found } = learned;
        for (places, sources) in columns.synapses[range].chunks(FOUND).zip(sources.chunks(FOUND)) {
            let mut count = 0;
            for (place, source) in places.iter().zip(sources) {
                let source: u32 = (*source).into();
                // A source that never fired, or in this very tick (then the spike has been worked off), or too long ago: nothing.
                let since = worked.came.wrapping_sub(last[source as usize]);
                found[count % FOUND] = (*place, source, since);
                count += usize::from((since as u32).wrapping_sub(1) < self.reach);
            }
            for (number, (synapse, source, since)) in found[..count].iter().enumerate() {
                if let Some((ahead, ..)) = found[..count].get(number + AHEAD) {
                    prefetch(synapses.weights.as_ptr().wrapping_add(*ahead as usize));
                }
                let mut values = synapses.get(*synapse as usize);
                let spike = PostSpike { since: *since, kept: worked.kept, idle: (*since).min(worked.idle) };
                self.flow(&mut values, (tapes, worked.zone), worked.came - spike.idle, worked.came);
                self.rule.on_post(&mut values, &traces_of(traces, *source as usize), spike);
                self.rule.clip(&mut values);
                synapses.set(*synapse as usize, values);
            }
        }
    }
}
