//! The loop over synapses, written once for all rules.

use super::memory::{Memory, NEVER};
use super::posts::{Look, Ring};
use super::wiring::{Outlet, Wiring};
use crate::engine::values::Width;
use crate::plasticity::{Conventions, PostSpike, PreSpike, Rule};
use std::any::Any;

/// A rule, prepared: what the engine calls, once a table and tick.
pub trait Learner: Send + Sync {
    /// Variables of a synapse, traces of a source, numbers kept of a target's spike.
    fn sizes(&self) -> (usize, usize, usize);
    /// What `arrive` works with, for so many targets.
    fn scratch(&self, targets: usize) -> Scratch;
    /// Makes what `arrive` works with as good as new: another state may come with other spikes at the same ticks.
    fn forget(&self, scratch: &mut Scratch);
    /// Runs of synapses get their source's spike: they learn, and transmit.
    fn arrive(&self, memory: &mut Memory, arrivals: &Arrivals<'_>, bus: &Bus, scratch: &mut Scratch, sums: &mut [f64]);
    /// Targets (counted from the wiring's first) fired at `tick`.
    fn fired(&self, memory: &mut Memory, tick: i32, targets: &mut dyn Iterator<Item = usize>, bus: &Bus);
    /// All synapses work off the targets' spikes that no spike under way can precede, up to `now`.
    fn catch_up(&self, memory: &mut Memory, now: i32);
    /// A variable of all synapses; with a tick, as it is when all spikes of targets up to then are worked off. Nothing is
    /// changed.
    fn read(&self, memory: &Memory, variable: usize, now: Option<i32>) -> Vec<f64>;
}

/// Synapses between the one that is worked on and the one whose target's ring is fetched.
const AHEAD: usize = 12;

/// What a learner works with and forgets.
pub(crate) type Scratch = Box<dyn Any + Send + Sync>;

/// What arrives at a tick.
pub struct Arrivals<'a> {
    pub(crate) tick: i32,
    pub(crate) runs: &'a [u32],
    pub(crate) outlet: Option<Outlet>,
}

/// The values of the modulators, tick by tick, as far back as spikes are under way.
#[derive(Clone, Debug, Default)]
pub struct Bus {
    channels: usize,
    /// First tick that is held.
    first: i64,
    values: std::collections::VecDeque<f64>,
}

impl Bus {
    pub(crate) fn new(channels: usize) -> Self {
        Self { channels, first: 1, ..Self::default() }
    }

    /// Takes the values of some channels in a window, tick by tick; windows come in order.
    pub(crate) fn take(&mut self, channels: &[usize], values: &[f64], window: &std::ops::RangeInclusive<u64>) {
        for (values, tick) in values.chunks(channels.len().max(1)).zip(window.clone()) {
            let from = (tick as i64 - self.first) as usize * self.channels;
            self.values.resize(self.values.len().max(from + self.channels), 0.0);
            channels.iter().zip(values).for_each(|(channel, value)| self.values[from + channel] = *value);
        }
    }

    /// Forgets what was before a tick.
    pub(crate) fn forget(&mut self, before: u64) {
        while self.first < before as i64 && self.values.len() >= self.channels && self.channels > 0 {
            self.values.drain(..self.channels);
            self.first += 1;
        }
    }

    /// The values at the end of a tick; zeros before the first.
    #[inline]
    fn at<'a>(&'a self, tick: i32, room: &'a mut Vec<f64>) -> &'a [f64] {
        let from = (i64::from(tick) - self.first).max(0) as usize * self.channels;
        room.clear();
        room.extend((from..from + self.channels).map(|i| self.values.get(i).copied().unwrap_or(0.0)));
        room
    }
}

/// A rule with the loop around it.
pub fn learner<F, R, const V: usize, const X: usize, const Y: usize>(rule: R) -> Box<dyn Learner>
where
    F: Width,
    R: Rule<F, V, X, Y>,
{
    let conventions = rule.conventions();
    let (reach, memory) = (rule.reach(), rule.memory());
    Box::new(Loop::<F, R, V, X, Y> { rule, conventions, reach, memory, numbers: std::marker::PhantomData })
}

struct Loop<F, R, const V: usize, const X: usize, const Y: usize> {
    rule: R,
    conventions: Conventions,
    reach: i32,
    memory: i32,
    numbers: std::marker::PhantomData<F>,
}

/// When things reach the synapses of a run, as ticks of the targets' spikes.
#[derive(Clone, Copy)]
struct Times {
    /// The source's last spike.
    last: Option<i32>,
    /// Spikes up to here are worked off.
    done: i32,
    /// The source's spike now; spikes of this tick meet it.
    now: i32,
}

/// A target as sources' spikes of one tick find it.
#[derive(Clone, Copy)]
struct Face<T> {
    /// The tick; another one means that this is of the past.
    now: i32,
    /// Its last spike up to and with this tick.
    newest: i32,
    /// Numbers of its first spike in this tick and of its first after it.
    same: u32,
    after: u32,
    facing: T,
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Loop<F, R, V, X, Y> {
    /// Ticks between a target's spike and its coming to a synapse.
    fn way(&self, delay: u32) -> i32 {
        self.conventions.backpropagation.ticks(delay as i32)
    }

    #[inline(always)]
    fn face(&self, look: &Look<'_, F, Y>, target: usize, now: i32, moment: &R::Moment) -> Face<R::Facing> {
        let newest = look.newest(target);
        if newest >= now {
            return self.face_of_late(&look.ring(target), now, moment);
        }
        // Mostly its last spike is of before, and often so long ago that it means nothing: then its ring is not looked at.
        let count = look.count(target);
        let since = now.saturating_sub(newest);
        let before = (count > 0 && since <= self.memory).then(|| (look.ring(target).kept(count - 1), since));
        Face { now, newest, same: count, after: count, facing: self.rule.facing(before, moment) }
    }

    /// The same for a target that has fired in this tick or after it.
    #[inline(never)]
    fn face_of_late(&self, ring: &Ring<'_, F, Y>, now: i32, moment: &R::Moment) -> Face<R::Facing> {
        let after = ring.after(now, ring.count);
        let same = ring.after(now - 1, after);
        let before = (same > ring.oldest()).then(|| (ring.kept(same - 1), now - ring.tick(same - 1)));
        let newest = if after > ring.oldest() { ring.tick(after - 1) } else { NEVER };
        Face { now, newest, same, after, facing: self.rule.facing(before, moment) }
    }

    /// Works off the target's spikes from number `from` up to, not including, `to`.
    #[inline(always)]
    fn catch(&self, synapse: &mut [F; V], source: &[F; X], ring: &Ring<'_, F, Y>, (from, to): (u32, u32), last: i32) {
        for spike in from..to {
            let tick = ring.tick(spike);
            let since = tick - last;
            if since > self.reach {
                break;
            }
            // The one before, if it came after the source's.
            let before = if spike > ring.oldest() { ring.tick(spike - 1).max(last) } else { last };
            let spike = PostSpike { since, kept: ring.kept(spike), idle: tick - before };
            self.rule.on_post(synapse, source, spike);
            self.rule.clip(synapse);
        }
    }

    /// What a synapse does when its source's spike comes and its target has fired since the last; returns what it transmits.
    #[inline(never)]
    fn meet(
        &self,
        mut synapse: [F; V],
        ring: &Ring<'_, F, Y>,
        (before, after): (&[F; X], &[F; X]),
        (times, face): (Times, &Face<R::Facing>),
        moment: &R::Moment,
    ) -> ([F; V], F) {
        if let Some(last) = times.last {
            let first = ring.after(times.done, face.same);
            self.catch(&mut synapse, before, ring, (first, face.same), last);
        }
        let transmitted = self.rule.transmitted(&synapse, after);
        // Where the source fires several times in a tick, the first spike has met those of the target.
        if let Some(last) = times.last.filter(|_| times.done < times.now) {
            for number in face.same..face.after {
                let before_it = if number > ring.oldest() { ring.tick(number - 1).max(last) } else { last };
                let spike = PostSpike { since: times.now - last, kept: ring.kept(number), idle: times.now - before_it };
                self.rule.on_post(&mut synapse, before, spike);
                if !self.conventions.clip_together {
                    self.rule.clip(&mut synapse);
                }
            }
        }
        let answers = times.last.is_none_or(|last| face.newest > last);
        let spike = PreSpike { since: times.last.map(|last| times.now - last), answers, moment };
        self.rule.on_pre(&mut synapse, before, &face.facing, spike);
        self.rule.clip(&mut synapse);
        (synapse, if self.conventions.transmit_first { transmitted } else { self.rule.transmitted(&synapse, after) })
    }

    /// The variables of a synapse.
    #[inline(always)]
    fn load(synapses: &[F], count: usize, synapse: usize) -> [F; V] {
        std::array::from_fn(|v| synapses[v * count + synapse])
    }

    /// A run's synapses work off the targets' spikes up to `to`.
    fn catch_up_run(&self, memory: &mut Memory, run: usize, to: i32, wiring: &Wiring) {
        let look = memory.posts.look::<F, Y>();
        let source: [F; X] = chunk(F::all(&memory.traces), run);
        let (last, done) = (memory.last[run] - self.way(wiring.runs[run].delay), memory.done[run]);
        let count = wiring.cells.len();
        let mut values = memory.synapses.as_mut();
        let synapses = F::slice(&mut values);
        for i in wiring.synapses(run) {
            let ring = look.ring(usize::from(wiring.cells[i]));
            let end = ring.after(to, ring.count);
            let mut synapse = Self::load(synapses, count, i);
            self.catch(&mut synapse, &source, &ring, (ring.after(done, end), end), last);
            (0..V).for_each(|v| synapses[v * count + i] = synapse[v]);
        }
        memory.done[run] = to;
    }
}

/// The traces of a run.
#[inline(always)]
fn chunk<F: Copy, const N: usize>(values: &[F], index: usize) -> [F; N] {
    std::array::from_fn(|i| values[index * N + i])
}

/// Where transmitted weights go.
struct Pipe<'a> {
    sums: &'a mut [f64],
    quantum: f64,
    /// From the weight to multiples of the quantum, with the receptor's sign.
    scale: f64,
}

impl<'a> Pipe<'a> {
    /// To the sums of so many targets; to none where there is no outlet.
    fn new(outlet: Option<Outlet>, sums: &'a mut [f64], targets: usize) -> Self {
        match outlet {
            Some(Outlet { first, quantum, sign }) => {
                Self { sums: &mut sums[first as usize..][..targets], quantum, scale: sign / quantum }
            }
            None => Self { sums: &mut [], quantum: 1.0, scale: 0.0 },
        }
    }

    /// Adds the nearest multiple of the quantum, found by adding and taking away 1.5 x 2^52: the sums' bound is below that.
    #[inline(always)]
    fn send(&mut self, target: usize, weight: f64) {
        const ROUND: f64 = 6_755_399_441_055_744.0;
        if let Some(sum) = self.sums.get_mut(target) {
            *sum += ((weight * self.scale + ROUND) - ROUND) * self.quantum;
        }
    }
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Learner for Loop<F, R, V, X, Y> {
    fn sizes(&self) -> (usize, usize, usize) {
        (V, X, Y)
    }

    fn scratch(&self, targets: usize) -> Scratch {
        let face = Face { now: NEVER, newest: NEVER, same: 0, after: 0, facing: R::Facing::default() };
        Box::new(vec![face; targets])
    }

    fn forget(&self, scratch: &mut Scratch) {
        let faces: &mut Vec<Face<R::Facing>> = scratch.downcast_mut().expect("scratch is the learner's own");
        faces.iter_mut().for_each(|face| face.now = NEVER);
    }

    fn arrive(&self, memory: &mut Memory, arrivals: &Arrivals<'_>, bus: &Bus, scratch: &mut Scratch, sums: &mut [f64]) {
        let faces: &mut Vec<Face<R::Facing>> = scratch.downcast_mut().expect("scratch is the learner's own");
        let Memory { wiring, synapses, last, done, traces, posts, .. } = memory;
        let (wiring, look, count) = (&**wiring, posts.look::<F, Y>(), wiring.cells.len());
        let (mut synapses, mut traces, mut room) = (synapses.as_mut(), traces.as_mut(), Vec::new());
        let (synapses, traces) = (F::slice(&mut synapses), F::slice(&mut traces));
        let mut outlet = Pipe::new(arrivals.outlet, sums, wiring.targets.len());
        for run in arrivals.runs.iter().map(|run| *run as usize) {
            let delay = wiring.runs[run].delay;
            let emitted = arrivals.tick - delay as i32;
            let way = self.way(delay);
            let moment = self.rule.moment(bus.at(emitted, &mut room));
            let before: [F; X] = chunk(traces, run);
            let known = (last[run] != NEVER).then(|| last[run]);
            let after = self.rule.source(&before, known.map(|last| emitted - last));
            let times = Times { last: known.map(|last| last - way), done: done[run], now: emitted - way };
            let since = times.last.map(|last| times.now - last);
            // With no spike of the source before, those of the target mean nothing yet.
            let seen = if known.is_some() { times.done } else { i32::MAX };
            let answered = times.last.unwrap_or(NEVER);
            let (weights, others) = synapses.split_at_mut(count);
            let range = wiring.synapses(run);
            for ((i, cell), weight) in range.clone().zip(&wiring.cells[range.clone()]).zip(&mut weights[range]) {
                let cell = usize::from(*cell);
                if let Some(later) = wiring.cells.get(i + AHEAD) {
                    look.fetch(usize::from(*later));
                }
                let face = &mut faces[cell];
                if face.now != times.now {
                    *face = self.face(&look, cell, times.now, &moment);
                }
                let mut synapse: [F; V] = std::array::from_fn(|v| if v == 0 { *weight } else { others[(v - 1) * count + i] });
                let sent = if face.newest > seen {
                    let (changed, sent) = self.meet(synapse, &look.ring(cell), (&before, &after), (times, face), &moment);
                    synapse = changed;
                    sent
                } else {
                    let sent = self.rule.transmitted(&synapse, &after);
                    let spike = PreSpike { since, answers: since.is_none() || face.newest > answered, moment: &moment };
                    self.rule.on_pre(&mut synapse, &before, &face.facing, spike);
                    self.rule.clip(&mut synapse);
                    if self.conventions.transmit_first { sent } else { self.rule.transmitted(&synapse, &after) }
                };
                *weight = synapse[0];
                (1..V).for_each(|v| others[(v - 1) * count + i] = synapse[v]);
                outlet.send(cell, sent.to_f64());
            }
            (last[run], done[run]) = (emitted, times.now);
            traces[run * X..][..X].copy_from_slice(&after);
        }
    }

    fn fired(&self, memory: &mut Memory, tick: i32, targets: &mut dyn Iterator<Item = usize>, bus: &Bus) {
        let mut room = Vec::new();
        let moment = self.rule.moment(bus.at(tick, &mut room));
        for target in targets {
            while memory.posts.is_full(target, memory.seen) {
                if memory.posts.may_grow() || memory.seen >= self.safe(memory, tick - 1) {
                    memory.posts.grow();
                } else {
                    self.catch_up(memory, tick - 1);
                }
            }
            memory.posts.push(target, tick, |last, since| self.rule.target(last, since, &moment));
        }
    }

    fn catch_up(&self, memory: &mut Memory, now: i32) {
        let wiring = memory.wiring.clone();
        for run in 0..wiring.run_count() {
            let delay = wiring.runs[run].delay;
            let to = now.saturating_sub(delay as i32 + self.way(delay));
            if memory.last[run] != NEVER && memory.done[run] < to {
                self.catch_up_run(memory, run, to, &wiring);
            }
        }
        memory.seen = self.safe(memory, now);
    }

    fn read(&self, memory: &Memory, variable: usize, now: Option<i32>) -> Vec<f64> {
        let wiring = &*memory.wiring;
        let (look, all, count) = (memory.posts.look::<F, Y>(), F::all(&memory.synapses), wiring.cells.len());
        let mut values = vec![0.0; count];
        for run in 0..wiring.run_count() {
            let source: [F; X] = chunk(F::all(&memory.traces), run);
            let way = self.way(wiring.runs[run].delay);
            for i in wiring.synapses(run) {
                let mut synapse = Self::load(all, count, i);
                if let Some(now) = now.filter(|_| memory.last[run] != NEVER) {
                    let ring = look.ring(usize::from(wiring.cells[i]));
                    let end = ring.after(now - way, ring.count);
                    let from = ring.after(memory.done[run], end);
                    self.catch(&mut synapse, &source, &ring, (from, end), memory.last[run] - way);
                }
                values[i] = synapse[variable].to_f64();
            }
        }
        values
    }
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Loop<F, R, V, X, Y> {
    /// Up to when all synapses may work off their targets' spikes at `now`: no spike of a source that was emitted earlier is
    /// under way, even with the longest delay.
    fn safe(&self, memory: &Memory, now: i32) -> i32 {
        let longest = memory.wiring.delays().map_or(0, |d| d.1);
        now.saturating_sub(longest as i32 + self.way(longest))
    }
}
