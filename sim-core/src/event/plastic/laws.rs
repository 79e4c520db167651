//! What one synapse does when a spike of its source comes: a rule, asked in the order of time.

use super::NEVER;
use super::following::stretches;
use super::posts::Post;
use crate::event::courses::Courses;
use crate::plasticity::{Conventions, Eligibility, PostSpike, PreSpike, Rule, Zones};

/// A rule with what it answers always.
#[derive(Clone)]
pub(super) struct Laws<R: Rule<f64, V, X, Y, i64>, const V: usize, const X: usize, const Y: usize> {
    pub(super) rule: R,
    eligibility: Option<Eligibility>,
    pub(super) conventions: Conventions,
    pub(super) reach: i64,
}

/// The source's last spike as all synapses of a run have it; times by the targets' clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Since<const X: usize> {
    /// Traces just after it; zeros where there was none.
    pub(super) traces: [f64; X],
    /// That spike, or never.
    pub(super) last: i64,
    /// Spikes of the target up to this time have been worked off.
    pub(super) low: i64,
    /// The time that a target's spike takes to the synapse.
    pub(super) way: i64,
    /// What goes on between spikes has been followed up to this time, by the source's clock.
    pub(super) followed: i64,
}

/// What a synapse finds of its target.
#[derive(Clone, Copy)]
pub(super) struct Target<'a, const Y: usize> {
    /// Its spikes.
    pub(super) posts: &'a [Post<Y>],
    /// Its modulator among several.
    pub(super) zone: usize,
    pub(super) zones: &'a Zones,
    pub(super) courses: &'a Courses,
}

impl<const Y: usize> Target<'_, Y> {
    /// Without its spikes after a time.
    pub(super) fn by(self, time: i64) -> Self {
        Self { posts: &self.posts[..self.posts.partition_point(|post| post.at <= time)], ..self }
    }
}

/// The source's spike as all synapses of a run see it.
pub(super) struct Coming<'a, M, const X: usize> {
    /// When, by the targets' clocks.
    pub(super) now: i64,
    pub(super) since: Since<X>,
    /// Time since the source's last spike; `None` if there was none.
    pub(super) elapsed: Option<i64>,
    /// Traces just after this spike.
    pub(super) after: [f64; X],
    /// What modulators make of the rule's parameters, by zone of the targets.
    pub(super) moments: &'a [M],
}

/// A spike among its target's, as a synapse sees it so long after the source's last.
fn spike<const Y: usize>(posts: &[Post<Y>], place: usize, since: i64) -> PostSpike<'_, f64, Y, i64> {
    let post = &posts[place];
    let idle = place.checked_sub(1).map_or(since, |before| since.min(post.at - posts[before].at));
    PostSpike { since, kept: &post.kept, idle }
}

impl<R: Rule<f64, V, X, Y, i64>, const V: usize, const X: usize, const Y: usize> Laws<R, V, X, Y> {
    pub(super) fn new(rule: R) -> Self {
        Self { eligibility: rule.eligibility(), conventions: rule.conventions(), reach: rule.reach(), rule }
    }

    /// The time from a target's spike to a synapse.
    pub(super) fn way(&self, delay: i64) -> i64 {
        self.conventions.backpropagation.way(delay)
    }

    /// The last of the targets' spikes that count for a spike of the source that arrives at a time.
    pub(super) fn seen(&self, arrival: i64, delay: i64) -> i64 {
        self.conventions.backpropagation.seen_fs(arrival, delay)
    }

    /// Works off the spikes of the target up to a time that are new to the synapse.
    #[inline]
    pub(super) fn catch_up(&self, synapse: &mut [f64; V], since: &Since<X>, target: Target<'_, Y>, by: i64) {
        let posts = target.posts;
        let first = posts.partition_point(|post| post.at <= since.low);
        for place in first..posts.len() {
            let elapsed = posts[place].at.saturating_sub(since.last);
            if posts[place].at > by || elapsed > self.reach {
                return;
            }
            let spike = spike(posts, place, elapsed);
            let came = posts[place].at + since.way;
            self.flow(synapse, since, target, (came - spike.idle, came));
            self.rule.on_post(synapse, &since.traces, spike);
            self.rule.clip(synapse);
        }
    }

    /// What goes on in a synapse in a time without spikes, by the source's clock.
    #[inline]
    pub(super) fn flow(&self, synapse: &mut [f64; V], since: &Since<X>, target: Target<'_, Y>, (from, to): (i64, i64)) {
        if R::FLOWS
            && let Some(eligibility) = &self.eligibility
        {
            let Target { zone, zones, courses, .. } = target;
            stretches(eligibility, (courses, zones, zone), (from.max(since.followed), to), |gain, left| {
                self.rule.flow(synapse, gain, left);
                self.rule.clip(synapse);
            });
        }
    }

    /// The same from the last spike of either up to a time: those of the target that are given have been worked off.
    pub(super) fn follow(&self, synapse: &mut [f64; V], since: &Since<X>, target: Target<'_, Y>, to: i64) {
        if R::FLOWS {
            let newest = target.posts.last().map_or(NEVER, |post| post.at);
            self.flow(synapse, since, target, (since.last.max(newest) + since.way, to));
        }
    }

    /// The source's spike comes. Returns what the synapse transmits.
    #[inline]
    pub(super) fn meet(&self, synapse: &mut [f64; V], coming: &Coming<'_, R::Moment, X>, target: Target<'_, Y>) -> f64 {
        let Coming { now, since, elapsed, after, moments } = coming;
        let posts = target.posts;
        let before = posts.partition_point(|post| post.at < *now);
        let meeting = posts[before..].iter().take_while(|post| post.at == *now).count();
        let earlier = Target { posts: &posts[..before], ..target };
        self.catch_up(synapse, since, earlier, *now);
        if elapsed.is_some() {
            self.follow(synapse, since, earlier, now + since.way);
        }
        let (newest, facing) = self.face((*now, &moments[target.zone]), posts, before, meeting > 0);
        let transmitted = self.rule.transmitted(synapse, after, &facing);
        // Before the source's first spike those of the target mean nothing; of several at one time the first has met them.
        if let Some(elapsed) = elapsed.filter(|_| *now > since.low) {
            for place in before..before + meeting {
                self.rule.on_post(synapse, &since.traces, spike(posts, place, elapsed));
                if !self.conventions.clip_together {
                    self.rule.clip(synapse);
                }
            }
        }
        self.rule.on_pre(synapse, &since.traces, &facing, PreSpike { since: *elapsed, answers: newest > since.last });
        self.rule.clip(synapse);
        if self.conventions.transmit_first { transmitted } else { self.rule.transmitted(synapse, after, &facing) }
    }

    /// The target's last spike up to now, and what the target is to the source's spike. So many are `before` now.
    #[inline]
    fn face(&self, (now, moment): (i64, &R::Moment), posts: &[Post<Y>], before: usize, meets: bool) -> (i64, R::Facing) {
        let last = before.checked_sub(1).map(|place| &posts[place]);
        let counts = if meets && self.conventions.meets_both { Some(&posts[before]) } else { last };
        let facing = self.rule.facing(counts.map(|post| (&post.kept, now - post.at)), moment);
        (if meets { now } else { last.map_or(NEVER, |post| post.at) }, facing)
    }
}
