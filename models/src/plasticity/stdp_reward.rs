//! Spike-timing-dependent plasticity that waits for a reward.

use super::{
    BACKPROPAGATION, W_MAX, W_MIN, WEIGHT, amplitude, bounds_in_order, clipped, conventions, fixed, time_constant, value,
};
use sim_core::catalog::{Range, StateSpec};
use sim_core::engine::Ticks;
use sim_core::event::Femtoseconds;
use sim_core::plasticity::{
    Conventions, Decay, Eligibility, Host, PostSpike, PreSpike, Rule, RuleCard, RuleParam, Setting, Setup, Span,
};
use sim_core::real::{Precision, Real};
use sim_core::units::Dimension;

pub(super) const CARD: RuleCard = RuleCard {
    name: "stdp_reward",
    aliases: &["stdp_dopamine_synapse"],
    about: "pairs of spikes make a synapse eligible, and its weight follows a reward for as long as it is: the reward may come seconds \
            after the spikes that earned it",
    equations: "dw/dt = c (reward - b) per ms, dc/dt = -c/tau_c; target fires, dt after a spike of the source: c += a_plus exp(-dt/tau_plus); \
                source fires, dt after a spike of the target: c -= a_minus exp(-dt/tau_minus); all pairs count",
    scheme: "exact between spikes: the reward is integrated from step to step, and the weight is within w_min and w_max at every \
             time. Spikes and rewards of a step count from its end on. A spike transmits the weight of its time (NEST)",
    source: "Izhikevich (2007), Cerebral Cortex 17:2443-2452; Potjans, Morrison & Diesmann (2010), Frontiers in Computational \
             Neuroscience 4:141, equations 1 to 5; NEST documentation, stdp_dopamine_synapse",
    parameters: &[
        time_constant("tau_plus", 20.0, "how long a spike of the source is remembered"),
        time_constant("tau_minus", 20.0, "how long a spike of the target is remembered"),
        amplitude("a_plus", 0.01, "eligibility from a pair of source, then target"),
        amplitude("a_minus", 0.015, "eligibility lost by a pair of target, then source"),
        time_constant("tau_c", 1000.0, "how long a synapse is eligible"),
        RuleParam {
            modulated: true,
            ..fixed(
                "reward",
                &["n"],
                Dimension::NONE,
                f64::NAN,
                Range::Any,
                "what the weight follows, per ms: mostly a modulator",
            )
        },
        fixed("b", &[], Dimension::NONE, 0.0, Range::Any, "the reward at which weights stay"),
        fixed(
            "tau_n",
            &[],
            Dimension::TIME,
            0.0,
            Range::NotNegative,
            "how the reward fades within a step: its modulator's tau, for the integral to be exact; 0: it is constant there",
        ),
        W_MIN,
        W_MAX,
        BACKPROPAGATION,
    ],
    variables: &[
        WEIGHT,
        StateSpec { name: "eligibility", aliases: &["c"], dimension: Dimension::NONE, about: "what turns into weight" },
    ],
    check: |values| bounds_in_order(value(values, MIN), value(values, MAX)),
    bounds: |values| (value(values, MIN), value(values, MAX)),
    on_chip: false,
    build: |setup| match setup.precision {
        Precision::F64 => build::<Ticks<f64>>(setup),
        Precision::F32 => build::<Ticks<f32>>(setup),
    },
    build_event: Ok(build::<Femtoseconds>),
};

const MIN: usize = 8;
const MAX: usize = 9;

fn build<H: Host>(setup: &Setup<'_>) -> Box<H::Learner> {
    let tau_n = setup.constant(7);
    let eligibility = Eligibility {
        reward: setup.setting(5),
        b: setup.constant(6),
        tau_c_ms: setup.constant(4),
        tau_n_ms: (tau_n > 0.0).then_some(tau_n),
        grid: setup.grid,
    };
    H::learner(StdpReward::<H::Number, H::Span> {
        plus: Decay::new(setup.constant(0), setup.grid),
        minus: Decay::new(setup.constant(1), setup.grid),
        a_plus: setup.setting(2),
        a_minus: setup.setting(3),
        eligibility,
        min: Real::of(setup.bounds.0),
        max: Real::of(setup.bounds.1),
        conventions: conventions(setup, [10, usize::MAX, usize::MAX]),
    })
}

#[derive(Clone)]
struct StdpReward<F: Real, T: Span> {
    plus: Decay<F, T>,
    minus: Decay<F, T>,
    a_plus: Setting,
    a_minus: Setting,
    eligibility: Eligibility,
    min: F,
    max: F,
    conventions: Conventions,
}

/// Of a target's spike are kept: its trace just after it, and a_plus at its time.
const KEPT: usize = 2;

/// The weight, and the eligibility as of the last spike.
impl<F: Real, T: Span> Rule<F, 2, 1, KEPT, T> for StdpReward<F, T> {
    /// a_plus and a_minus.
    type Moment = [F; 2];
    /// What eligibility loses.
    type Facing = F;

    const FLOWS: bool = true;

    fn conventions(&self) -> Conventions {
        self.conventions
    }

    fn moment(&self, bus: &[f64]) -> [F; 2] {
        [F::of(self.a_plus.at(bus)), F::of(self.a_minus.at(bus))]
    }

    #[inline(always)]
    fn source(&self, last: &[F; 1], since: Option<T>) -> [F; 1] {
        [self.plus.trace(last[0], since)]
    }

    #[inline(always)]
    fn target(&self, last: &[F; KEPT], since: Option<T>, moment: &[F; 2]) -> [F; KEPT] {
        [self.minus.trace(last[0], since), moment[0]]
    }

    #[inline(always)]
    fn facing(&self, post: Option<(&[F; KEPT], T)>, moment: &[F; 2]) -> F {
        post.map_or(F::of(0.0), |(kept, since)| moment[1] * (kept[0] * self.minus.after(since)))
    }

    fn eligibility(&self) -> Option<Eligibility> {
        Some(self.eligibility.clone())
    }

    #[inline(always)]
    fn flow(&self, synapse: &mut [F; 2], gain: F, left: F) {
        let [weight, eligibility] = *synapse;
        *synapse = [weight + eligibility * gain, eligibility * left];
    }

    #[inline(always)]
    fn on_post(&self, synapse: &mut [F; 2], source: &[F; 1], spike: PostSpike<'_, F, KEPT, T>) {
        synapse[1] += spike.kept[1] * (source[0] * self.plus.after(spike.since));
    }

    #[inline(always)]
    fn on_pre(&self, synapse: &mut [F; 2], _: &[F; 1], lost: &F, spike: PreSpike<T>) {
        let eligible = if spike.since.is_some() { synapse[1] } else { F::of(0.0) };
        synapse[1] = eligible - *lost;
    }

    #[inline(always)]
    fn clip(&self, synapse: &mut [F; 2]) {
        synapse[0] = clipped(synapse[0], self.min, self.max);
    }
}
