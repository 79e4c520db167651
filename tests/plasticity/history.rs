//! One synapse, all of its spikes, walked in the order of time: what every rule of this folder is evaluated with.
//!
//! Nothing is lazy here: each spike changes the weight when it is at the synapse. A pre spike is there in the tick in which
//! it is fired, a post spike a delay after it was fired: the whole delay is dendritic, as NEST has it. Traces are no state
//! but sums over all earlier spikes, by their definition.
//!
//! Conventions, each of which NEST's data hold us to:
//!
//! * Within a tick post spikes come first: they read the pre traces without the pre spike of that tick. Then pre spikes read
//!   the post traces without the post spikes of that tick. So a pre and a post spike that meet in a tick are no pair.
//! * A pre spike changes the weight, and is then sent with the weight as changed; a weight recorder shows that one, at the
//!   time when the spike was fired.
//! * A cell that fires several times in a tick sends so many spikes, one after the other: each potentiates or depresses for
//!   itself, and pre spikes of one tick may be sent with different weights. Spikes of the same side see those before them.
//! * A weight is clipped at every change; the rule decides what reaches beyond.

/// The spikes of a synapse.
pub(crate) struct Trains<'a> {
    /// Ticks at which the pre cell fires, ascending; a tick may stand repeatedly.
    pub(crate) pre: &'a [u64],
    /// Those of the post cell.
    pub(crate) post: &'a [u64],
    /// In ticks.
    pub(crate) delay: u64,
    pub(crate) step_ms: f64,
}

/// What a spike at the synapse finds: earlier spikes, by the ticks in which they were there.
pub(crate) struct Now<'a> {
    pub(crate) tick: u64,
    step_ms: f64,
    /// Earlier pre spikes. For a pre spike, also those before it in its own tick.
    pub(crate) pre: &'a [u64],
    /// Earlier post spikes. For a post spike, also those before it in its own tick.
    pub(crate) post: &'a [u64],
    /// For the first pre spike of a tick: whether a post spike is there in that tick, too.
    pub(crate) met: bool,
}

impl Now<'_> {
    /// The trace that all these spikes leave: each makes it 1 higher.
    pub(crate) fn all(&self, spikes: &[u64], tau_ms: f64) -> f64 {
        spikes.iter().map(|spike| self.decay(*spike, tau_ms)).sum()
    }

    /// The trace of the last of these spikes: it sets the trace to 1.
    pub(crate) fn nearest(&self, spikes: &[u64], tau_ms: f64) -> f64 {
        spikes.last().map_or(0.0, |spike| self.decay(*spike, tau_ms))
    }

    fn decay(&self, spike: u64, tau_ms: f64) -> f64 {
        (-((self.tick - spike) as f64) * self.step_ms / tau_ms).exp()
    }
}

/// A rule that changes the weight at spikes only.
pub(crate) trait Rule {
    /// The weight after a post spike.
    fn post(&self, weight: f64, now: &Now<'_>) -> f64;

    /// The weight after a pre spike, with which that spike is sent.
    fn pre(&self, weight: f64, now: &Now<'_>) -> f64;
}

/// What became of a weight.
pub(crate) struct Course {
    /// What each pre spike was sent with.
    pub(crate) sent: Vec<f64>,
    /// The weight when all spikes have been at the synapse.
    pub(crate) end: f64,
}

/// Walks all spikes from a weight on.
pub(crate) fn course(rule: &dyn Rule, trains: &Trains<'_>, weight: f64) -> Course {
    let pre = trains.pre;
    let post: Vec<u64> = trains.post.iter().map(|tick| tick + trains.delay).collect();
    let mut course = Course { sent: Vec::new(), end: weight };
    for tick in events(&[pre, &post]) {
        let mut met = false;
        let now = |pre, post, met| Now { tick, step_ms: trains.step_ms, pre, post, met };
        for spike in at(&post, tick) {
            course.end = rule.post(course.end, &now(before(pre, tick), &post[..spike], false));
            met = true;
        }
        for spike in at(pre, tick) {
            course.end = rule.pre(course.end, &now(&pre[..spike], before(&post, tick), met));
            course.sent.push(course.end);
            met = false;
        }
    }
    course
}

/// All ticks of some trains, each once, ascending.
pub(super) fn events(trains: &[&[u64]]) -> Vec<u64> {
    let mut ticks = trains.concat();
    ticks.sort_unstable();
    ticks.dedup();
    ticks
}

/// Spikes before a tick.
pub(super) fn before(spikes: &[u64], tick: u64) -> &[u64] {
    &spikes[..spikes.partition_point(|spike| *spike < tick)]
}

/// Places of a tick's spikes in their train.
pub(super) fn at(spikes: &[u64], tick: u64) -> std::ops::Range<usize> {
    before(spikes, tick).len()..before(spikes, tick + 1).len()
}
