//! Along rows: what synapses do when a spike of their source arrives.

use super::learner::{Arrivals, Loop};
use super::memory::{Memory, NEVER};
use super::pipe::Pipe;
use super::posts::{Look, Post};
use super::recent::{Last, News};
use super::settling::{Since, Target};
use super::synapses::{Synapses, traces_of};
use super::together::{TOGETHER, bits};
use super::view::{SHOWN, Seen, Sight};
use super::wiring::Wiring;
use crate::advice::prefetch;
use crate::engine::bus::Bus;
use crate::engine::values::Width;
use crate::plasticity::{PostSpike, PreSpike, Rule, Zones};

/// Targets of which a view is in the first cache anyway.
const CACHED: usize = 1 << 11;

/// The source's spike as all synapses of a run see it.
pub(super) struct Coming<'a, F, M, const X: usize> {
    /// The tick, by the targets' clocks.
    pub(super) now: i32,
    /// Ticks since the source's last spike; `None` if there was none.
    ticks: Option<i32>,
    /// That spike; of the target's all before `now` count as worked off if there was none.
    pub(super) since: Since<F, X>,
    /// Traces just after this spike.
    after: [F; X],
    /// By modulator.
    moments: &'a [M],
}

impl<F, M, const X: usize> Coming<'_, F, M, X> {
    /// Whether a synapse does not find all that it needs in the view, or its target fires in this very tick.
    #[inline(always)]
    pub(super) fn finds_odd(&self, Seen(ticks): Seen) -> bool {
        (ticks[SHOWN] > self.since.low) | (ticks[0] == self.now)
    }

    /// Ticks since the source's last spike, for spikes of the target in this very tick; `None` where these have been met: before the
    /// source's first spike those of the target mean nothing, of several in a tick the first has met them, or another state has.
    fn since_last_to_meet(&self) -> Option<i32> {
        self.ticks.filter(|_| self.now > self.since.low)
    }
}

/// What sources' spikes find at the targets.
struct There<'a, F, const Y: usize> {
    target: Target<'a, F, Y>,
    outlet: Pipe<'a>,
    places: Vec<u32>,
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Loop<F, R, V, X, Y> {
    /// Runs of synapses get their source's spike.
    pub(super) fn meet_runs(&self, memory: &mut Memory, arrivals: &Arrivals<'_>, bus: &Bus, sums: &mut [f64]) {
        let (mut moments, mut room) = (Vec::new(), Vec::new());
        let Memory { wiring, synapses, last, traces, posts, recent, views, heeded, swept, tapes } = memory;
        let Wiring { rows, cells, targets, zones, .. } = &**wiring;
        let (mut synapses, mut traces, look) = (synapses.as_mut(), traces.as_mut(), posts.look::<F, Y>());
        let (mut synapses, traces) = (Synapses::new(F::slice(&mut synapses)), F::slice(&mut traces));
        let outlet = Pipe::new(arrivals.outlet, sums, targets.len());
        let mut there =
            There { target: Target { look: &look, recents: recent.look(), tapes, zones }, outlet, places: Vec::new() };
        let delay = |run: &u32| rows.runs[*run as usize].delay;
        for runs in arrivals.runs.chunk_by(|a, b| delay(a) == delay(b)) {
            let delay = delay(&runs[0]);
            let (emitted, now) = (arrivals.tick - delay as i32, self.seen(arrivals.tick, delay));
            moments.clear();
            zones.views(bus.at(emitted, &mut room), |_, view| moments.push(self.rule.moment(view)));
            let view = views.binary_search_by_key(&delay, |view| view.delay).ok();
            let sight = view.map(|view| {
                views[view].show(&look, now);
                views[view].sight()
            });
            let course = self.course(delay, *heeded, *swept);
            for run in runs.iter().map(|run| *run as usize) {
                let since = course.since(last[run], traces_of(traces, run));
                let coming = self.coming(since, emitted, now, &moments);
                let (mut synapses, cells) = (synapses.run(rows.synapses(run)), &cells[rows.synapses(run)]);
                match &sight {
                    Some(sight) => self.come(&mut synapses, &mut there, sight, cells, &coming),
                    None => self.come_unseen(&mut synapses, &mut there, cells, &coming),
                }
                last[run] = emitted;
                traces[run * X..][..X].copy_from_slice(&coming.after);
            }
        }
    }

    /// What a run sees of a spike. `since`: of the source's last one.
    #[inline(always)]
    fn coming<'a>(
        &self,
        since: Option<Since<F, X>>,
        emitted: i32,
        now: i32,
        moments: &'a [R::Moment],
    ) -> Coming<'a, F, R::Moment, X> {
        let ticks = since.map(|since| now - since.last);
        let none = || Since { traces: [F::of(0.0); X], last: NEVER, way: emitted - now, low: now };
        let since = since.unwrap_or_else(none);
        let after = self.rule.source(&since.traces, ticks);
        Coming { now, ticks, since, after, moments }
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
        let Some(place) = look.first_from(target, now) else { return (NEVER, self.rule.facing(None, moment)) };
        let Post { tick, before, .. } = *look.post(place);
        let post = match (tick == now && self.conventions.meets_both, before) {
            (true, _) => Some((look.of(place), 0)),
            (false, NEVER) => None,
            (false, before) => Some((look.before(place), now - before)),
        };
        (if tick == now { now } else { before }, self.rule.facing(post, moment))
    }

    /// What a synapse does when its source's spike comes, after what its target did before this tick; returns what it transmits.
    /// `newest`: the target's last spike up to and with this tick. `posts`: its spikes in this tick.
    #[inline(always)]
    fn meet(
        &self,
        synapse: &mut [F; V],
        coming: &Coming<'_, F, R::Moment, X>,
        (newest, facing): (i32, &R::Facing),
        posts: impl FnOnce(&mut [F; V]),
    ) -> F {
        let transmitted = self.rule.transmitted(synapse, &coming.after, facing);
        posts(synapse);
        let answers = newest > coming.since.last;
        self.rule.on_pre(synapse, &coming.since.traces, facing, PreSpike { since: coming.ticks, answers });
        self.rule.clip(synapse);
        if self.conventions.transmit_first { transmitted } else { self.rule.transmitted(synapse, &coming.after, facing) }
    }

    /// The synapses of one run get their source's spike. The few that do not find all in the view come last, apart.
    #[inline(always)]
    fn come(
        &self,
        synapses: &mut Synapses<'_, F, V>,
        There { target: found, outlet, places }: &mut There<'_, F, Y>,
        sight: &Sight<'_, F, Y>,
        cells: &[u16],
        coming: &Coming<'_, F, R::Moment, X>,
    ) {
        let mut end = 0;
        while end < cells.len() {
            let start = end;
            end = cells.len().min(start + TOGETHER);
            if sight.seen.len() > CACHED {
                let ahead = &cells[end..cells.len().min(end + TOGETHER)];
                ahead.iter().for_each(|cell| prefetch(sight.seen.as_ptr().wrapping_add(usize::from(*cell))));
            }
            let (mut synapses, cells) = (synapses.run(start..end), &cells[start..end]);
            let odd = self.meet_shown(synapses.run(0..end - start), found.zones, (sight, outlet), cells, coming);
            let in_step = |seen: Seen| seen.0[SHOWN] <= coming.since.low && seen.0[1] < coming.now;
            if R::LONG {
                let search = |synapse: &usize| !in_step(sight.seen[usize::from(cells[*synapse])]);
                let which = bits(odd).filter(search).fold(0, |which, synapse| which | 1 << synapse);
                self.catch_up_together(&mut synapses, (cells, which), coming, *found, places);
            }
            for synapse in bits(odd) {
                let target = usize::from(cells[synapse]);
                let (seen, mut values) = (sight.seen[target], synapses.get(synapse));
                let sent = if in_step(seen) {
                    let kept = std::array::from_fn(|spike| sight.kept(target, spike));
                    self.meet_in_step(&mut values, coming, seen, &kept, &coming.moments[found.zones.zone(target)])
                } else {
                    self.meet_apart(&mut values, coming, (target, !R::LONG), *found, places)
                };
                synapses.set(synapse, values);
                outlet.send(target, sent.to_f64());
            }
        }
    }

    /// What a synapse does whose target fires in this very tick, once, where all is shown.
    fn meet_in_step(
        &self,
        synapse: &mut [F; V],
        coming: &Coming<'_, F, R::Moment, X>,
        Seen(ticks): Seen,
        kept: &[[F; Y]; SHOWN],
        moment: &R::Moment,
    ) -> F {
        let [newest, before, ..] = ticks;
        let mut others = ticks;
        others[0] = NEVER;
        self.work_off(synapse, Seen(others), kept, &coming.since);
        let earlier = (before != NEVER).then(|| (&kept[1], coming.now - before));
        let facing = self.rule.facing(if self.conventions.meets_both { Some((&kept[0], 0)) } else { earlier }, moment);
        let posts = |synapse: &mut [F; V]| {
            let Some(since) = coming.since_last_to_meet() else { return };
            let spike = PostSpike { since, kept: &kept[0], idle: since.min(newest.saturating_sub(before)) };
            self.rule.on_post(synapse, &coming.since.traces, spike);
            if !self.conventions.clip_together {
                self.rule.clip(synapse);
            }
        };
        self.meet(synapse, coming, (newest, &facing), posts)
    }

    /// The synapses of a part of a run get their source's spike, but for those that do not find all that they need in the view: a bit for
    /// each of these. No call and no branch of chance is in this loop, where nearly all the time of a plastic network is spent.
    #[inline(always)]
    fn meet_shown(
        &self,
        mut synapses: Synapses<'_, F, V>,
        zones: &Zones,
        (sight, outlet): (&Sight<'_, F, Y>, &mut Pipe<'_>),
        cells: &[u16],
        coming: &Coming<'_, F, R::Moment, X>,
    ) -> u64 {
        let one = zones.of.is_empty().then(|| coming.moments[0]);
        let mut odd: u64 = 0;
        let cells = &cells[..synapses.len()];
        if R::LONG {
            self.work_off_together(&mut synapses, sight, cells, coming);
        }
        for (synapse, cell) in cells.iter().enumerate() {
            let target = usize::from(*cell);
            let seen = sight.seen[target];
            let newest = seen.0[0];
            if coming.finds_odd(seen) {
                odd |= 1 << synapse;
                continue;
            }
            let mut values = synapses.get(synapse);
            let kept: [[F; Y]; SHOWN] = std::array::from_fn(|spike| sight.kept(target, spike));
            if !R::LONG {
                self.work_off(&mut values, seen, &kept, &coming.since);
            }
            let moment = one.unwrap_or_else(|| coming.moments[zones.zone(target)]);
            let post = (R::PLAIN || newest != NEVER).then(|| (&kept[0], coming.now.wrapping_sub(newest)));
            let sent = self.meet(&mut values, coming, (newest, &self.rule.facing(post, &moment)), |_| ());
            synapses.set(synapse, values);
            outlet.send(target, sent.to_f64());
        }
        odd
    }

    /// A synapse works off the spikes of its target that are new to it: as many as are shown at most.
    #[inline(always)]
    fn work_off(&self, synapse: &mut [F; V], Seen(ticks): Seen, kept: &[[F; Y]; SHOWN], since: &Since<F, X>) {
        for spike in (0..SHOWN).rev() {
            let new = ticks[spike] > since.low;
            if R::PLAIN || new {
                // All time where there is none, without a branch: of chance, it would cost more than all the rest.
                let ticks_since = (ticks[spike].wrapping_sub(since.last) | -i32::from(!new)) & i32::MAX;
                let idle = ticks_since.min(ticks[spike].saturating_sub(ticks[spike + 1]));
                self.rule.on_post(synapse, &since.traces, PostSpike { since: ticks_since, kept: &kept[spike], idle });
                self.rule.clip(synapse);
            }
        }
    }

    /// The same for synapses of whose targets no view is kept.
    fn come_unseen(
        &self,
        synapses: &mut Synapses<'_, F, V>,
        There { target: found, outlet, places }: &mut There<'_, F, Y>,
        cells: &[u16],
        coming: &Coming<'_, F, R::Moment, X>,
    ) {
        for (synapse, cell) in cells.iter().enumerate() {
            let target = usize::from(*cell);
            let mut values = synapses.get(synapse);
            let sent = self.meet_apart(&mut values, coming, (target, true), *found, places);
            synapses.set(synapse, values);
            outlet.send(target, sent.to_f64());
        }
    }

    /// What a synapse does of whose target there is no view, or not enough to be seen in it. `behind`: it has yet to work off what its target
    /// did before this tick.
    #[inline(never)]
    fn meet_apart(
        &self,
        synapse: &mut [F; V],
        coming: &Coming<'_, F, R::Moment, X>,
        (target, behind): (usize, bool),
        found: Target<'_, F, Y>,
        places: &mut Vec<u32>,
    ) -> F {
        let Some((last, news)) = found.recents.news(target, coming.since.low, coming.now) else {
            if behind {
                self.catch_up_before(synapse, coming, target, found, places);
            }
            return self.meet_searching(synapse, coming, target, found);
        };
        if behind {
            self.catch_up_recent(synapse, &coming.since, (target, last, news), found);
        }
        self.meet_last(synapse, coming, (target, last, news.first), found)
    }

    /// A synapse works off what its target did since the source's last spike and before this tick, where its last spikes are enough.
    #[inline(always)]
    fn catch_up_recent(
        &self,
        synapse: &mut [F; V],
        since: &Since<F, X>,
        (target, last, News { first, count }): (usize, Last<'_, F, Y>, News),
        Target { tapes, zones, .. }: Target<'_, F, Y>,
    ) {
        for spike in (first..first + count.min(self.history)).rev() {
            let (ticks, idle) = last.since(spike, since.last);
            if ticks as u32 > self.reach {
                return;
            }
            let came = last.tick(spike) + since.way;
            self.flow(synapse, (tapes, zones.zone(target)), came - idle, came);
            self.rule.on_post(synapse, &since.traces, PostSpike { since: ticks, kept: &last.kept(spike), idle });
            self.rule.clip(synapse);
        }
    }

    /// What a synapse does when its source's spike comes, which has worked off what its target did before this tick, in which its target
    /// does not fire. `first`: the place of the target's newest spike before.
    #[inline(always)]
    fn meet_last(
        &self,
        synapse: &mut [F; V],
        coming: &Coming<'_, F, R::Moment, X>,
        (target, last, first): (usize, Last<'_, F, Y>, usize),
        Target { tapes, zones, .. }: Target<'_, F, Y>,
    ) -> F {
        let (Coming { now, since, .. }, newest, zone) = (coming, last.tick(first), zones.zone(target));
        if let Some(since_last) = coming.ticks {
            let emitted = now + since.way;
            self.flow(synapse, (tapes, zone), emitted - since_last.min(now.saturating_sub(newest)), emitted);
        }
        let kept = last.kept(first);
        let facing = self.rule.facing((newest != NEVER).then(|| (&kept, now - newest)), &coming.moments[zone]);
        self.meet(synapse, coming, (newest, &facing), |_| ())
    }

    /// A synapse works off what its target did since the source's last spike and before this tick.
    pub(super) fn catch_up_before(
        &self,
        synapse: &mut [F; V],
        coming: &Coming<'_, F, R::Moment, X>,
        target: usize,
        found: Target<'_, F, Y>,
        places: &mut Vec<u32>,
    ) {
        let meets = self.history < usize::MAX && found.look.last_by(target, coming.now) == coming.now;
        let history = self.history.saturating_sub(usize::from(meets));
        self.catch_up(synapse, &coming.since, (target, coming.now - 1, history), found, places);
    }

    /// What a synapse does when its source's spike comes, which has worked off what its target did before this tick, but finds the
    /// rest by searching.
    #[inline(never)]
    fn meet_searching(
        &self,
        synapse: &mut [F; V],
        coming: &Coming<'_, F, R::Moment, X>,
        target: usize,
        Target { look, tapes, zones, .. }: Target<'_, F, Y>,
    ) -> F {
        let Coming { now, since, .. } = coming;
        let (newest, facing) = self.face(look, target, *now, &coming.moments[zones.zone(target)]);
        let flow = |synapse: &mut [F; V], idle: i32| {
            let emitted = now + since.way;
            self.flow(synapse, (tapes, zones.zone(target)), emitted - idle, emitted);
        };
        let posts = |synapse: &mut [F; V]| {
            let Some(since_last) = coming.since_last_to_meet().filter(|_| newest == *now) else { return };
            for spike in look.first_from(target, *now).into_iter().flat_map(|first| look.with(first)) {
                let idle = since_last.min(now.saturating_sub(look.post(spike).before));
                flow(synapse, idle);
                self.rule.on_post(synapse, &since.traces, PostSpike { since: since_last, kept: look.of(spike), idle });
                if !self.conventions.clip_together {
                    self.rule.clip(synapse);
                }
            }
        };
        if let Some(since_last) = coming.ticks.filter(|_| newest < *now) {
            flow(synapse, since_last.min(now.saturating_sub(newest)));
        }
        self.meet(synapse, coming, (newest, &facing), posts)
    }
}
