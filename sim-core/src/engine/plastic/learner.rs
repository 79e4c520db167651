//! The loops over synapses, written once for all rules.

use super::columns::{Columns, Sources};
use super::memory::{Memory, NEVER};
use super::pipe::{Outlet, Pipe};
use super::posts::{Look, Post};
use super::wiring::Wiring;
use crate::engine::bus::Bus;
use crate::engine::delivery::prefetch;
use crate::engine::values::Width;
use crate::plasticity::{Conventions, PostSpike, PreSpike, Rule};
use std::any::Any;
use std::ops::Range;

/// A rule, prepared: what the engine calls, once a table and tick.
pub trait Learner: Send + Sync {
    /// Variables of a synapse, traces of a source, numbers kept of a target's spike.
    fn sizes(&self) -> (usize, usize, usize);
    /// The rule's conventions.
    fn conventions(&self) -> Conventions;
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
    /// All synapses work off, at `now`, the targets' spikes that have come to them by `until`.
    fn settle(&self, memory: &mut Memory, now: i32, until: i32);
    /// A variable of all synapses.
    fn read(&self, memory: &Memory, variable: usize) -> Vec<f64>;
}

/// Synapses between the one that is worked on and the one that is fetched.
const AHEAD: usize = 12;

/// Synapses of a column that are looked at together.
const FOUND: usize = 128;

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
    Box::new(Loop::<F, R, V, X, Y> { rule, conventions, reach, numbers: std::marker::PhantomData })
}

struct Loop<F, R, const V: usize, const X: usize, const Y: usize> {
    rule: R,
    conventions: Conventions,
    reach: u32,
    numbers: std::marker::PhantomData<F>,
}

/// The targets as the sources' spikes of one delay find them at one tick.
struct Faces<T> {
    /// Goes up with each tick and delay.
    stamp: u32,
    of: Vec<Face<T>>,
}

#[derive(Clone, Copy)]
struct Face<T> {
    /// Another one means that this is of the past.
    stamp: u32,
    /// Its last spike up to and with this tick.
    newest: i32,
    facing: T,
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
    /// Traces just after the last spike and just after this.
    before: [F; X],
    after: [F; X],
    moment: &'a M,
}

/// The synapses' variables: by variable, then synapse.
struct Synapses<'a, F, const V: usize> {
    weights: &'a mut [F],
    others: &'a mut [F],
}

impl<'a, F: Copy, const V: usize> Synapses<'a, F, V> {
    fn new(values: &'a mut [F]) -> Self {
        let (weights, others) = values.split_at_mut(values.len() / V);
        Self { weights, others }
    }

    #[inline(always)]
    fn get(&self, synapse: usize) -> [F; V] {
        let count = self.weights.len();
        std::array::from_fn(|v| if v == 0 { self.weights[synapse] } else { self.others[(v - 1) * count + synapse] })
    }

    #[inline(always)]
    fn set(&mut self, synapse: usize, values: [F; V]) {
        let count = self.weights.len();
        self.weights[synapse] = values[0];
        (1..V).for_each(|v| self.others[(v - 1) * count + synapse] = values[v]);
    }
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Loop<F, R, V, X, Y> {
    /// Ticks between a target's spike and its coming to a synapse.
    fn way(&self, delay: u32) -> i32 {
        self.conventions.backpropagation.ticks(delay as i32)
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
    fn face_all(&self, faces: &mut Faces<R::Facing>, look: &Look<'_, F, Y>, now: i32, moment: &R::Moment) {
        for (target, face) in faces.of.iter_mut().enumerate() {
            let (newest, facing) = self.face(look, target, now, moment);
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
        let spike = PreSpike { since: coming.since, answers, moment: coming.moment };
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
        look: &Look<'_, F, Y>,
    ) -> ([F; V], F) {
        // Before the source's first spike, those of the target mean nothing. Where it fires several times in a tick, the first
        // has met those of the target.
        let since = coming.since.filter(|since| *since > 0);
        let posts = |synapse: &mut [F; V]| {
            let Some(since) = since else { return };
            for place in look.with(look.first_from(target, coming.now)) {
                let idle = since.min(coming.now.saturating_sub(look.post(place).before));
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
        let Place { synapses, faces, look, outlet } = place;
        let Faces { stamp, of } = &mut **faces;
        for (synapse, cell) in run.zip(cells) {
            let target = usize::from(*cell);
            let face = &mut of[target];
            if face.stamp != *stamp {
                let (newest, facing) = self.face(look, target, coming.now, coming.moment);
                *face = Face { stamp: *stamp, newest, facing };
            }
            let mut values = synapses.get(synapse);
            let sent = if face.newest < coming.now {
                self.meet(&mut values, coming, face, |_| ())
            } else {
                let (met, sent) = self.meet_same(values, coming, (face, target), look);
                values = met;
                sent
            };
            synapses.set(synapse, values);
            outlet.send(target, sent.to_f64());
        }
    }

    /// The synapses of one run of the columns work off a spike of their target.
    fn work_off_one(&self, learned: &mut Learned<'_, F, V>, (wiring, run, place): (&Wiring, usize, u32), look: &Look<'_, F, Y>) {
        let (columns, post) = (&wiring.columns, look.post(place));
        let came = post.tick + self.way(columns.fan.runs[run].delay);
        let spike = Worked { came, kept: look.of(place), idle: post.tick.saturating_sub(post.before) };
        let range = columns.fan.synapses(run);
        match &columns.sources {
            Sources::Narrow(sources) => self.work_off_all(learned, columns, range.clone(), &sources[range], &spike),
            Sources::Wide(sources) => self.work_off_all(learned, columns, range.clone(), &sources[range], &spike),
        }
    }

    /// First it finds the synapses that have anything to work off, without a branch to be mistaken: often few of the sources fire at all.
    #[inline(always)]
    fn work_off_all<S: Copy + Into<u32>>(
        &self,
        learned: &mut Learned<'_, F, V>,
        columns: &Columns,
        range: Range<usize>,
        sources: &[S],
        worked: &Worked<'_, F, Y>,
    ) {
        let Learned { synapses, last, traces, found } = learned;
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
                self.rule.on_post(&mut values, &chunk(traces, *source as usize), spike);
                self.rule.clip(&mut values);
                synapses.set(*synapse as usize, values);
            }
        }
    }
}

/// A spike of a target, as the synapses of one run of the columns see it.
struct Worked<'a, F, const Y: usize> {
    /// When it came to them.
    came: i32,
    kept: &'a [F; Y],
    /// Ticks since the target's spike before.
    idle: i32,
}

/// What a source's spike changes, and what of the targets it finds there.
struct Place<'a, F, T, const V: usize, const Y: usize> {
    synapses: Synapses<'a, F, V>,
    faces: &'a mut Faces<T>,
    look: Look<'a, F, Y>,
    outlet: Pipe<'a>,
}

/// What a target's spike changes, and what of the sources it finds there.
struct Learned<'a, F, const V: usize> {
    synapses: Synapses<'a, F, V>,
    last: &'a [i32],
    traces: &'a [F],
    /// Synapses that are changed: place, run, ticks since its source's spike.
    found: [(u32, u32, i32); FOUND],
}

/// The traces of a run.
#[inline(always)]
fn chunk<F: Copy, const N: usize>(values: &[F], index: usize) -> [F; N] {
    std::array::from_fn(|i| values[index * N + i])
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Learner for Loop<F, R, V, X, Y> {
    fn sizes(&self) -> (usize, usize, usize) {
        (V, X, Y)
    }

    fn conventions(&self) -> Conventions {
        self.conventions
    }

    fn heeds_targets(&self) -> bool {
        self.reach > 0
    }

    fn scratch(&self, targets: usize) -> Scratch {
        let face = Face { stamp: 0, newest: NEVER, facing: R::Facing::default() };
        Box::new(Faces { stamp: 0, of: vec![face; targets] })
    }

    fn arrive(&self, memory: &mut Memory, arrivals: &Arrivals<'_>, bus: &Bus, scratch: &mut Scratch, sums: &mut [f64]) {
        let faces: &mut Faces<R::Facing> = scratch.downcast_mut().expect("scratch is the learner's own");
        let Memory { wiring, synapses, last, traces, posts, .. } = memory;
        let (Wiring { rows, cells, targets, .. }, look) = (&**wiring, posts.look::<F, Y>());
        let (mut synapses, mut traces, mut room) = (synapses.as_mut(), traces.as_mut(), Vec::new());
        let (synapses, traces) = (Synapses::<F, V>::new(F::slice(&mut synapses)), F::slice(&mut traces));
        let mut place = Place { synapses, faces, look, outlet: Pipe::new(arrivals.outlet, sums, targets.len()) };
        let delay = |run: &u32| rows.runs[*run as usize].delay;
        for runs in arrivals.runs.chunk_by(|a, b| delay(a) == delay(b)) {
            place.faces.turn();
            let emitted = arrivals.tick - delay(&runs[0]) as i32;
            let way = self.way(delay(&runs[0]));
            let moment = self.rule.moment(bus.at(emitted, &mut room));
            let events: usize = runs.iter().map(|run| rows.synapses(*run as usize).len()).sum();
            if events > targets.len() {
                self.face_all(place.faces, &look, emitted - way, &moment);
            }
            for run in runs.iter().map(|run| *run as usize) {
                let since = (last[run] != NEVER).then(|| emitted - last[run]);
                let before = chunk(traces, run);
                let after = self.rule.source(&before, since);
                let known = since.map_or(NEVER, |since| emitted - way - since);
                let coming = Coming { now: emitted - way, last: known, since, before, after, moment: &moment };
                self.come(&mut place, rows.synapses(run), &cells[rows.synapses(run)], &coming);
                last[run] = emitted;
                traces[run * X..][..X].copy_from_slice(&coming.after);
            }
        }
    }

    fn work_off(&self, memory: &mut Memory, tick: i32, runs: &[u32]) {
        let Memory { wiring, synapses, last, traces, posts } = memory;
        let (wiring, look) = (&**wiring, posts.look::<F, Y>());
        let fan = &wiring.columns.fan;
        let mut synapses = synapses.as_mut();
        let synapses = Synapses::<F, V>::new(F::slice(&mut synapses));
        let mut learned = Learned { synapses, last, traces: F::all(traces), found: [(0, 0, 0); FOUND] };
        // A target that fired several times in a tick is there several times.
        for runs in runs.chunk_by(|a, b| a == b) {
            let run = runs[0] as usize;
            let delay = fan.runs[run].delay;
            let fired = tick - delay as i32 - self.way(delay);
            let target = wiring.target_of(run);
            for place in look.with(look.first_from(target, fired)) {
                self.work_off_one(&mut learned, (wiring, run, place), &look);
            }
        }
    }

    fn fired(&self, memory: &mut Memory, tick: i32, targets: &mut dyn Iterator<Item = usize>, bus: &Bus) {
        let mut room = Vec::new();
        let moment = self.rule.moment(bus.at(tick, &mut room));
        let longest = memory.wiring.columns.longest;
        memory.posts.forget(tick - longest as i32 - self.way(longest));
        for target in targets {
            memory.posts.push(target, tick, |last, since| self.rule.target(last, since, &moment));
        }
    }

    fn settle(&self, memory: &mut Memory, now: i32, until: i32) {
        let Memory { wiring, synapses, last, traces, posts } = memory;
        let (wiring, look) = (&**wiring, posts.look::<F, Y>());
        let fan = &wiring.columns.fan;
        let mut synapses = synapses.as_mut();
        let synapses = Synapses::<F, V>::new(F::slice(&mut synapses));
        let mut learned = Learned { synapses, last, traces: F::all(traces), found: [(0, 0, 0); FOUND] };
        for (place, spike) in (0..).zip(posts.spikes()) {
            for run in fan.runs_of(u32::from(spike.target)).map(|run| run as usize) {
                let delay = fan.runs[run].delay;
                let way = self.way(delay);
                if spike.tick > now - delay as i32 - way && spike.tick <= until - way {
                    self.work_off_one(&mut learned, (wiring, run, place), &look);
                }
            }
        }
    }

    fn read(&self, memory: &Memory, variable: usize) -> Vec<f64> {
        let count = memory.wiring.cells.len();
        F::all(&memory.synapses)[variable * count..][..count].iter().map(|value| value.to_f64()).collect()
    }
}
