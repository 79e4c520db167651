//! Spike-timing-dependent plasticity by pairs of spikes, as long as the target is about as active as it should be.

use super::{
    BACKPROPAGATION, CLIP, TRANSMIT, W_MAX, W_MIN, WEIGHT, amplitude, bounds_in_order, clipped, conventions, fixed,
    time_constant, value,
};
use sim_core::catalog::Range;
use sim_core::engine::Ticks;
use sim_core::event::Femtoseconds;
use sim_core::plasticity::{Conventions, Decay, Host, PostSpike, PreSpike, Rule, RuleCard, RuleParam, Setting, Setup, Span};
use sim_core::real::{Precision, Real};
use sim_core::units::Dimension;

pub(super) const CARD: RuleCard = RuleCard {
    name: "stdp_calcium",
    aliases: &["ap_stdp"],
    about: "pairs of spikes change weights while the target's calcium, a measure of its rate, is within a window: one for growth, one \
            for shrinking",
    equations: "target fires, dt after a spike of the source, grow_above < c < grow_below: w += a_plus exp(-dt/tau_plus)\n\
                source fires, dt after a spike of the target, shrink_above < c < shrink_below: w -= a_minus exp(-dt/tau_minus)\n\
                all pairs count; c, the target's calcium, grows by 1 at each of its spikes and decays with tau_calcium: at 1 s about \
                its rate in Hz; a spike of the target looks at c before it; w stays within w_min and w_max",
    scheme: "exact at every spike. Spikes that meet at a synapse in the same step: as with stdp_pair",
    source: "the calcium's windows: Brader, Senn & Fusi (2007), Neural Computation 19:2881-2912, and, for liquids, Jin & Li (2016), \
             IJCNN, AP-STDP; without their chances, as Ivanov & Michmizos (2021), NeurIPS 34, had it in their code",
    parameters: &[
        time_constant("tau_plus", 20.0, "how long a spike of the source is remembered"),
        time_constant("tau_minus", 20.0, "how long a spike of the target is remembered"),
        amplitude("a_plus", 0.01, "growth for a pair"),
        amplitude("a_minus", 0.01, "shrinking for a pair"),
        time_constant("tau_calcium", 1000.0, "decay of the target's calcium"),
        calcium("grow_above", 37.0, "no growth while there is as little"),
        calcium("grow_below", 57.0, "no growth while there is as much"),
        calcium("shrink_above", 17.0, "no shrinking while there is as little"),
        calcium("shrink_below", 37.0, "no shrinking while there is as much"),
        W_MIN,
        W_MAX,
        BACKPROPAGATION,
        TRANSMIT,
        CLIP,
        fixed("restart", &[], Dimension::TIME, 0.0, Range::NotNegative, "as with stdp_pair"),
    ],
    variables: &[WEIGHT],
    check: |values| bounds_in_order(value(values, MIN), value(values, MAX)),
    bounds: |values| (value(values, MIN), value(values, MAX)),
    on_chip: false,
    build: |setup| match setup.precision {
        Precision::F64 => build::<Ticks<f64>>(setup),
        Precision::F32 => build::<Ticks<f32>>(setup),
    },
    build_event: Ok(build::<Femtoseconds>),
};

const MIN: usize = 9;
const MAX: usize = 10;

/// An amount of calcium.
const fn calcium(name: &'static str, default: f64, about: &'static str) -> RuleParam {
    fixed(name, &[], Dimension::NONE, default, Range::Any, about)
}

fn build<H: Host>(setup: &Setup<'_>) -> Box<H::Learner> {
    let window = |index: usize| Window { above: Real::of(setup.constant(index)), below: Real::of(setup.constant(index + 1)) };
    let restart = setup.constant(14);
    H::learner(StdpCalcium::<H::Number, H::Span> {
        plus: Decay::new(setup.constant(0), setup.grid),
        minus: Decay::new(setup.constant(1), setup.grid),
        a_plus: setup.setting(2),
        a_minus: setup.setting(3),
        calcium: Decay::new(setup.constant(4), setup.grid),
        growing: window(5),
        shrinking: window(7),
        min: Real::of(setup.bounds.0),
        max: Real::of(setup.bounds.1),
        left: (restart > 0.0).then(|| Decay::new(restart, setup.grid)),
        conventions: conventions(setup, [11, 12, 13]),
    })
}

/// An open interval.
#[derive(Clone, Copy)]
struct Window<F> {
    above: F,
    below: F,
}

impl<F: Real> Window<F> {
    /// The amount, or nothing outside.
    #[inline(always)]
    fn within(self, calcium: F, amount: F) -> F {
        if self.above < calcium && calcium < self.below { amount } else { F::of(0.0) }
    }
}

#[derive(Clone)]
struct StdpCalcium<F: Real, T: Span> {
    plus: Decay<F, T>,
    minus: Decay<F, T>,
    a_plus: Setting,
    a_minus: Setting,
    calcium: Decay<F, T>,
    growing: Window<F>,
    shrinking: Window<F>,
    min: F,
    max: F,
    /// Of the current of the source's last spike, where it starts anew at each.
    left: Option<Decay<F, T>>,
    conventions: Conventions,
}

/// Amplitudes at one tick.
#[derive(Clone, Copy)]
struct Amplitudes<F> {
    plus: F,
    minus: F,
}

/// Of a target's spike are kept: the trace just after it, the growth per trace at its time, and the calcium just after it.
const KEPT: usize = 3;

/// Traces of the source: that of pairs, and the part of the weight that the spike transmits.
impl<F: Real, T: Span> Rule<F, 1, 2, KEPT, T> for StdpCalcium<F, T> {
    type Moment = Amplitudes<F>;
    /// Shrinking.
    type Facing = F;

    fn conventions(&self) -> Conventions {
        self.conventions
    }

    fn moment(&self, bus: &[f64]) -> Amplitudes<F> {
        Amplitudes { plus: F::of(self.a_plus.at(bus)), minus: F::of(self.a_minus.at(bus)) }
    }

    #[inline(always)]
    fn source(&self, [trace, _]: &[F; 2], since: Option<T>) -> [F; 2] {
        let left = self.left.as_ref().zip(since).map_or(F::of(0.0), |(left, since)| left.after(since));
        [self.plus.trace(*trace, since), F::of(1.0) - left]
    }

    #[inline(always)]
    fn target(&self, [trace, _, calcium]: &[F; KEPT], since: Option<T>, moment: &Amplitudes<F>) -> [F; KEPT] {
        let before = since.map_or(F::of(0.0), |since| *calcium * self.calcium.after(since));
        [self.minus.trace(*trace, since), self.growing.within(before, moment.plus), before + F::of(1.0)]
    }

    #[inline(always)]
    fn on_post(&self, synapse: &mut [F; 1], [trace, _]: &[F; 2], spike: PostSpike<'_, F, KEPT, T>) {
        synapse[0] += spike.kept[1] * (*trace * self.plus.after(spike.since));
    }

    #[inline(always)]
    fn facing(&self, post: Option<(&[F; KEPT], T)>, moment: &Amplitudes<F>) -> F {
        post.map_or(F::of(0.0), |([trace, _, calcium], since)| {
            let now = *calcium * self.calcium.after(since);
            self.shrinking.within(now, moment.minus) * (*trace * self.minus.after(since))
        })
    }

    fn reach(&self) -> T {
        self.plus.reach()
    }

    #[inline(always)]
    fn on_pre(&self, synapse: &mut [F; 1], _: &[F; 2], by: &F, _: PreSpike<T>) {
        synapse[0] = synapse[0] - *by;
    }

    #[inline(always)]
    fn clip(&self, synapse: &mut [F; 1]) {
        synapse[0] = clipped(synapse[0], self.min, self.max);
    }

    #[inline(always)]
    fn transmitted(&self, synapse: &[F; 1], [_, part]: &[F; 2], _: &F) -> F {
        synapse[0] * *part
    }
}
