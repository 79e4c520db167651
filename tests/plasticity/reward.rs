//! Plasticity that waits for a reward: Izhikevich (2007), Cerebral Cortex 17:2443-2452; Potjans, Morrison & Diesmann (2010),
//! Frontiers in Computational Neuroscience 4:141. NEST's `stdp_dopamine_synapse`.
//!
//! Pairs of spikes change an eligibility c, and the weight follows it for as long as there is dopamine:
//! dw/dt = c (n - b), dc/dt = -c / tau_c + pairs, dn/dt = -n / tau_n + rewards / tau_n.
//!
//! Conventions, each of which NEST's data hold us to:
//!
//! * What spikes and rewards do to c and n in a tick counts from the end of that tick on: the weight that a pre spike is
//!   sent with is that of its tick before the spike's own depression.
//! * Traces, the order in a tick and the dendritic delay are those of `history`, all pre with all post spikes.
//! * A reward is there when its spike reaches the volume transmitter, by the delay of that connection.
//! * The weight is clipped at each event and at the end of every tick (in continuous time: at other times that lie close). NEST does that at each event and at the end of each
//!   interval between deliveries, here a tick: where the weight lies at a bound and n passes b, a longer interval (a longer
//!   least delay in the network) gives other weights there. `deliver_interval` otherwise changes rounding only.

use super::history::{Course, Trains, at, before};

pub(crate) struct Reward {
    pub(crate) tau_plus: f64,
    pub(crate) tau_minus: f64,
    pub(crate) a_plus: f64,
    pub(crate) a_minus: f64,
    /// Of the eligibility.
    pub(crate) tau_c: f64,
    /// Of dopamine.
    pub(crate) tau_n: f64,
    /// Dopamine at which weights stay.
    pub(crate) b: f64,
    pub(crate) w_min: f64,
    pub(crate) w_max: f64,
}

/// What changes, from tick to tick.
struct Synapse {
    weight: f64,
    eligibility: f64,
}

impl Reward {
    /// The equations' solution over a tick without events, from the dopamine at its beginning.
    fn flow(&self, s: &mut Synapse, dopamine: f64, step_ms: f64) {
        let tau_cn = 1.0 / (1.0 / self.tau_c + 1.0 / self.tau_n);
        let integral = |tau: f64| -tau * (-step_ms / tau).exp_m1();
        let change = s.eligibility * (dopamine * integral(tau_cn) - self.b * integral(self.tau_c));
        s.weight = (s.weight + change).clamp(self.w_min, self.w_max);
        s.eligibility *= (-step_ms / self.tau_c).exp();
    }

    /// Walks from a weight on through all these times, among which are those of all rewards and spikes; `dopamine`: how much there is
    /// at the end of a tick, or just after a time.
    pub(crate) fn walk(&self, trains: &Trains<'_>, times: &[u64], weight: f64, mut dopamine: impl FnMut(u64) -> f64) -> Course {
        let (pre, step_ms) = (trains.pre, trains.step_ms);
        let post: Vec<u64> = trains.post.iter().map(|tick| tick + trains.delay).collect();
        let (mut s, mut now, mut from) = (Synapse { weight, eligibility: 0.0 }, 0.0, 0);
        let mut sent = Vec::new();
        for tick in times.iter().copied() {
            self.flow(&mut s, now, (tick - from) as f64 * step_ms);
            from = tick;
            let trace = |spikes: &[u64], tau: f64| -> f64 {
                before(spikes, tick).iter().map(|spike| (-((tick - spike) as f64) * step_ms / tau).exp()).sum()
            };
            for _ in at(&post, tick) {
                s.eligibility += self.a_plus * trace(pre, self.tau_plus);
            }
            for _ in at(pre, tick) {
                sent.push(s.weight);
                s.eligibility -= self.a_minus * trace(&post, self.tau_minus);
            }
            now = dopamine(tick);
        }
        Course { sent, end: s.weight }
    }

    /// The same up to the last event; `rewards`: ticks in which they are there, ascending. Each is of 1 / tau_n.
    pub(crate) fn course(&self, trains: &Trains<'_>, rewards: &[u64], weight: f64) -> Course {
        let post = trains.post.iter().map(|tick| tick + trains.delay).max();
        let last = trains.pre.iter().chain(rewards).copied().chain(post).max().unwrap_or(0);
        let mut dopamine = 0.0;
        self.walk(trains, &(1..=last).collect::<Vec<u64>>(), weight, |tick| {
            dopamine = dopamine * (-trains.step_ms / self.tau_n).exp() + at(rewards, tick).len() as f64 / self.tau_n;
            dopamine
        })
    }
}
