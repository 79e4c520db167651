//! Between spikes: synapses with an eligibility follow a reward.

use super::learner::Loop;
use super::memory::{Memory, NEVER};
use super::synapses::Synapses;
use super::tape::{Reel, Tape};
use crate::engine::bus::Bus;
use crate::engine::values::Width;
use crate::plasticity::Rule;

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Loop<F, R, V, X, Y> {
    /// What goes on in a synapse that a modulator is for, from one tick to another without a spike.
    #[inline(always)]
    pub(super) fn flow(&self, synapse: &mut [F; V], (tapes, zone): (&[Tape], usize), from: i32, to: i32) {
        if R::FLOWS
            && let Some(reel) = &self.reel
        {
            tapes[zone].stretches(reel, from, to, |gain, left| {
                self.rule.flow(synapse, F::of(gain), F::of(left));
                self.rule.clip(synapse);
            });
        }
    }

    /// All synapses follow the reward until a tick; those of a run with a delay have worked off their targets' spikes up to `seen(delay)`.
    pub(super) fn follow(&self, memory: &mut Memory, seen: impl Fn(u32) -> i32, until: i32) {
        if !R::FLOWS {
            return;
        }
        let Memory { wiring, synapses, last, posts, tapes, .. } = memory;
        let (rows, look) = (&wiring.rows, posts.look::<F, Y>());
        let mut synapses = synapses.as_mut();
        let mut synapses = Synapses::<F, V>::new(F::slice(&mut synapses));
        for run in (0..rows.run_count()).filter(|run| last[*run] != NEVER) {
            let delay = rows.runs[run].delay;
            let (way, seen) = (self.way(delay), seen(delay));
            for synapse in rows.synapses(run) {
                let target = usize::from(wiring.cells[synapse]);
                let answer = look.last_by(target, seen).saturating_add(way);
                let mut values = synapses.get(synapse);
                self.flow(&mut values, (tapes, wiring.zones.zone(target)), last[run].max(answer), until);
                synapses.set(synapse, values);
            }
        }
    }

    /// Takes in the reward of a window that ends now. Once a block is over, all synapses follow it to its end.
    pub(super) fn take_reward(&self, reel: &Reel, memory: &mut Memory, now: i32, longest: i32, bus: &Bus) {
        let mut room = Vec::new();
        let Some(known) = memory.tapes.first().map(Tape::known) else { return };
        // What is known at the end of a tick counts from there on: of this one, in the next window.
        for tick in known..now {
            let tapes = &mut memory.tapes;
            memory.wiring.zones.views(bus.at(tick, &mut room), |zone, view| tapes[zone].take(reel, view));
        }
        if let Some(end) = memory.tapes.first().and_then(|tape| tape.due(reel, now - longest)) {
            // Before spikes are forgotten: the last ones say how far a synapse has followed.
            self.heed_all(memory, |delay| self.seen(now, delay));
            self.follow(memory, |delay| self.seen(now, delay), end);
            self.forget(memory, now, longest);
            memory.tapes.iter_mut().for_each(|tape| tape.forget(reel, end));
        }
    }
}
