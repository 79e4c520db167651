//! Along rows: what synapses do when a spike of their source arrives.

use super::learner::{Arrivals, Loop};
use super::memory::{Memory, NEVER};
use super::pipe::Pipe;
use super::posts::{Look, Post};
use super::synapses::{Synapses, traces_of};
use super::tape::Tape;
use super::wiring::Wiring;
use crate::engine::bus::Bus;
use crate::engine::values::Width;
use crate::plasticity::{PostSpike, PreSpike, Rule, Zones};
use std::ops::Range;

/// The targets as the sources' spikes of one delay find them at one tick.
pub(super) struct Faces<T> {
    /// Goes up with each tick and delay.
    pub(super) stamp: u32,
    pub(super) of: Vec<Face<T>>,
}

#[derive(Clone, Copy)]
pub(super) struct Face<T> {
    /// Another one means that this is of the past.
    pub(super) stamp: u32,
    /// Its last spike up to and with this tick.
    pub(super) newest: i32,
    pub(super) facing: T,
}

impl<T> Faces<T> {
    /// Makes all of the past.
    fn turn(&mut self) {
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.of.iter_mut().for_each(|face| face.stamp = 0);
            self.stamp = 1;
        }
    }
}

/// The source's spike as all synapses of a run see it.
struct Coming<'a, F, M, const X: usize> {
    /// The tick, by the targets' clocks.
    now: i32,
    /// The same of the source's last spike; [`NEVER`] if there was none.
    last: i32,
    since: Option<i32>,
    /// The tick, by the source's clock.
    emitted: i32,
    /// Traces just after the last spike and just after this.
    before: [F; X],
    after: [F; X],
    /// By modulator.
    moments: &'a [M],
}

/// What a source's spike changes, and what of the targets it finds there.
struct Place<'a, F, T, const V: usize, const Y: usize> {
    synapses: Synapses<'a, F, V>,
    faces: &'a mut Faces<T>,
    look: Look<'a, F, Y>,
    tapes: &'a [Tape],
    zones: &'a Zones,
    outlet: Pipe<'a>,
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Loop<F, R, V, X, Y> {
    /// Runs of synapses get their source's spike.
    pub(super) fn meet_runs(
        &self,
        memory: &mut Memory,
        arrivals: &Arrivals<'_>,
        bus: &Bus,
        faces: &mut Faces<R::Facing>,
        sums: &mut [f64],
    ) {
        let Memory { wiring, synapses, last, traces, posts, tapes, .. } = memory;
        let (Wiring { rows, cells, targets, zones, .. }, look) = (&**wiring, posts.look::<F, Y>());
        let (mut synapses, mut traces, mut room) = (synapses.as_mut(), traces.as_mut(), Vec::new());
        let (synapses, traces) = (Synapses::<F, V>::new(F::slice(&mut synapses)), F::slice(&mut traces));
        let mut moments = Vec::new();
        let mut place = Place { synapses, faces, look, tapes, zones, outlet: Pipe::new(arrivals.outlet, sums, targets.len()) };
        let delay = |run: &u32| rows.runs[*run as usize].delay;
        for runs in arrivals.runs.chunk_by(|a, b| delay(a) == delay(b)) {
            place.faces.turn();
            let emitted = arrivals.tick - delay(&runs[0]) as i32;
            let way = self.way(delay(&runs[0]));
            moments.clear();
            zones.views(bus.at(emitted, &mut room), |_, view| moments.push(self.rule.moment(view)));
            let events: usize = runs.iter().map(|run| rows.synapses(*run as usize).len()).sum();
            if events > targets.len() {
                self.face_all(&mut place, emitted - way, &moments);
            }
            for run in runs.iter().map(|run| *run as usize) {
                let since = (last[run] != NEVER).then(|| emitted - last[run]);
                let before = traces_of(traces, run);
                let after = self.rule.source(&before, since);
                let known = since.map_or(NEVER, |since| emitted - way - since);
                let coming = Coming { now: emitted - way, last: known, since, emitted, before, after, moments: &moments };
                self.come(&mut place, rows.synapses(run), &cells[rows.synapses(run)], &coming);
                last[run] = emitted;
                traces[run * X..][..X].copy_from_slice(&coming.after);
            }
        }
    }

    /// A target as sources' spikes of a tick (by its clock) find it: its last spike up to then, and what it is to them.
    #[inline(always)]
    fn face(&self, look: &Look<'_, F, Y>, target: usize, now: i32, moment: &R::Moment) -> (i32, R::Facing) {
        let newest = look.newest(target);
        if newest >= now {
            return self.face_of_late(look, target, now, moment);
        }
        let before = (newest != NEVER).then(|| (look.kept(target), now - newest));
        (newest, self.rule.facing(before, moment))
    }

    /// The same for a target that has fired in this tick or after it.
    #[inline(never)]
    fn face_of_late(&self, look: &Look<'_, F, Y>, target: usize, now: i32, moment: &R::Moment) -> (i32, R::Facing) {
        let place = look.first_from(target, now);
        let Post { tick, before, .. } = *look.post(place);
        let post = (before != NEVER).then(|| (look.before(place), now - before));
        (if tick == now { now } else { before }, self.rule.facing(post, moment))
    }

    /// All targets, where there are as many events: no branch is mistaken then.
    fn face_all(&self, place: &mut Place<'_, F, R::Facing, V, Y>, now: i32, moments: &[R::Moment]) {
        let Place { faces, look, zones, .. } = place;
        for (target, face) in faces.of.iter_mut().enumerate() {
            let (newest, facing) = self.face(look, target, now, &moments[zones.zone(target)]);
            face.stamp = faces.stamp;
            face.newest = newest;
            face.facing = facing;
        }
    }

    /// What a synapse does when its source's spike comes; returns what it transmits. `posts`: spikes of the target in this tick.
    #[inline(always)]
    fn meet(
        &self,
        synapse: &mut [F; V],
        coming: &Coming<'_, F, R::Moment, X>,
        face: &Face<R::Facing>,
        posts: impl FnOnce(&mut [F; V]),
    ) -> F {
        let transmitted = self.rule.transmitted(synapse, &coming.after);
        posts(synapse);
        let answers = coming.since.is_none() || face.newest > coming.last;
        let spike = PreSpike { since: coming.since, answers };
        self.rule.on_pre(synapse, &coming.before, &face.facing, spike);
        self.rule.clip(synapse);
        if self.conventions.transmit_first { transmitted } else { self.rule.transmitted(synapse, &coming.after) }
    }

    /// The same where the target fires in this very tick, a rare thing.
    #[inline(never)]
    fn meet_same(
        &self,
        mut synapse: [F; V],
        coming: &Coming<'_, F, R::Moment, X>,
        (face, target): (&Face<R::Facing>, usize),
        (look, tapes, zones): (&Look<'_, F, Y>, &[Tape], &Zones),
    ) -> ([F; V], F) {
        // Before the source's first spike, those of the target mean nothing. Where it fires several times in a tick, the first
        // has met those of the target.
        let since = coming.since.filter(|since| *since > 0);
        let posts = |synapse: &mut [F; V]| {
            let Some(since) = since else { return };
            for place in look.with(look.first_from(target, coming.now)) {
                let idle = since.min(coming.now.saturating_sub(look.post(place).before));
                self.flow(synapse, (tapes, zones.zone(target)), coming.emitted - idle, coming.emitted);
                self.rule.on_post(synapse, &coming.before, PostSpike { since, kept: look.of(place), idle });
                if !self.conventions.clip_together {
                    self.rule.clip(synapse);
                }
            }
        };
        let sent = self.meet(&mut synapse, coming, face, posts);
        (synapse, sent)
    }

    /// The synapses of one run get their source's spike.
    #[inline(always)]
    fn come(
        &self,
        place: &mut Place<'_, F, R::Facing, V, Y>,
        run: Range<usize>,
        cells: &[u16],
        coming: &Coming<'_, F, R::Moment, X>,
    ) {
        let Place { synapses, faces, look, tapes, zones, outlet } = place;
        let Faces { stamp, of } = &mut **faces;
        for (synapse, cell) in run.zip(cells) {
            let target = usize::from(*cell);
            let face = &mut of[target];
            if face.stamp != *stamp {
                let (newest, facing) = self.face(look, target, coming.now, &coming.moments[zones.zone(target)]);
                *face = Face { stamp: *stamp, newest, facing };
            }
            let mut values = synapses.get(synapse);
            let sent = if face.newest < coming.now {
                if R::FLOWS
                    && let Some(since) = coming.since
                {
                    let idle = since.min(coming.now.saturating_sub(face.newest));
                    self.flow(&mut values, (tapes, zones.zone(target)), coming.emitted - idle, coming.emitted);
                }
                self.meet(&mut values, coming, face, |_| ())
            } else {
                let (met, sent) = self.meet_same(values, coming, (face, target), (look, tapes, zones));
                values = met;
                sent
            };
            synapses.set(synapse, values);
            outlet.send(target, sent.to_f64());
        }
    }
}
