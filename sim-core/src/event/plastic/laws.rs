//! What one synapse does when a spike of its source comes: a rule, asked in the order of time.

use super::NEVER;
use super::posts::Post;
use crate::plasticity::{Conventions, PostSpike, PreSpike, Rule};

/// A rule with what it answers always.
#[derive(Clone)]
pub(super) struct Laws<R: Rule<f64, V, X, Y, i64>, const V: usize, const X: usize, const Y: usize> {
    pub(super) rule: R,
    pub(super) moment: R::Moment,
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
}

/// The source's spike as all synapses of a run see it.
pub(super) struct Coming<const X: usize> {
    /// When, by the targets' clocks.
    pub(super) now: i64,
    pub(super) since: Since<X>,
    /// Time since the source's last spike; `None` if there was none.
    pub(super) elapsed: Option<i64>,
    /// Traces just after this spike.
    pub(super) after: [f64; X],
}

/// A spike among its target's, as a synapse sees it so long after the source's last.
fn spike<const Y: usize>(posts: &[Post<Y>], place: usize, since: i64) -> PostSpike<'_, f64, Y, i64> {
    let post = &posts[place];
    let idle = place.checked_sub(1).map_or(since, |before| since.min(post.at - posts[before].at));
    PostSpike { since, kept: &post.kept, idle }
}

impl<R: Rule<f64, V, X, Y, i64>, const V: usize, const X: usize, const Y: usize> Laws<R, V, X, Y> {
    pub(super) fn new(rule: R) -> Self {
        Self { moment: rule.moment(&[]), conventions: rule.conventions(), reach: rule.reach(), rule }
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
    pub(super) fn catch_up(&self, synapse: &mut [f64; V], since: &Since<X>, posts: &[Post<Y>], by: i64) {
        let first = posts.partition_point(|post| post.at <= since.low);
        for place in first..posts.len() {
            let elapsed = posts[place].at.saturating_sub(since.last);
            if posts[place].at > by || elapsed > self.reach {
                return;
            }
            self.rule.on_post(synapse, &since.traces, spike(posts, place, elapsed));
            self.rule.clip(synapse);
        }
    }

    /// The source's spike comes. Returns what the synapse transmits.
    #[inline]
    pub(super) fn meet(&self, synapse: &mut [f64; V], coming: &Coming<X>, posts: &[Post<Y>]) -> f64 {
        let Coming { now, since, elapsed, after } = coming;
        let before = posts.partition_point(|post| post.at < *now);
        let meeting = posts[before..].iter().take_while(|post| post.at == *now).count();
        self.catch_up(synapse, since, &posts[..before], *now);
        let (newest, facing) = self.face(*now, posts, before, meeting > 0);
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
    fn face(&self, now: i64, posts: &[Post<Y>], before: usize, meets: bool) -> (i64, R::Facing) {
        let last = before.checked_sub(1).map(|place| &posts[place]);
        let counts = if meets && self.conventions.meets_both { Some(&posts[before]) } else { last };
        let facing = self.rule.facing(counts.map(|post| (&post.kept, now - post.at)), &self.moment);
        (if meets { now } else { last.map_or(NEVER, |post| post.at) }, facing)
    }
}
