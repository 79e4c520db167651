//! Spike-timing-dependent plasticity whose growth goes by a power of the weight.

use super::{BACKPROPAGATION, CLIP, Dependence, TRANSMIT, W_MAX, WEIGHT, clipped, conventions, fixed, time_constant, value};
use sim_core::catalog::Range;
use sim_core::engine::Ticks;
use sim_core::event::Femtoseconds;
use sim_core::plasticity::{Conventions, Decay, Host, PostSpike, PostSpikes, PreSpike, Rule, RuleCard, Setup, Span};
use sim_core::real::{Precision, Real};
use sim_core::units::Dimension;

pub(super) const CARD: RuleCard = RuleCard {
    name: "stdp_power_law",
    aliases: &["stdp_pl_synapse_hom"],
    about: "as stdp_pair, with growth by a power of the weight and shrinking in proportion to it, as measured",
    equations: "target fires, dt after a spike of the source: w += lambda w^mu exp(-dt/tau_plus)\n\
                source fires, dt after a spike of the target: w -= lambda alpha w exp(-dt/tau_minus)\n\
                sums over all pairs; w in its own unit (with mu < 1 lambda depends on it)",
    scheme: "exact at every spike; spikes that meet in the same step as in stdp_pair. w_max is only a bound for the sums of weights \
             to be exact: NEST has none",
    source: "Morrison, Aertsen & Diesmann (2007), Neural Computation 19:1437-1467, section 2.2; NEST documentation, \
             stdp_pl_synapse_hom",
    parameters: &[
        time_constant("tau_plus", 20.0, "how long a spike of the source is remembered"),
        time_constant("tau_minus", 20.0, "how long a spike of the target is remembered"),
        fixed("lambda", &[], Dimension::NONE, 0.1, Range::NotNegative, "size of changes"),
        fixed("alpha", &[], Dimension::NONE, 1.0, Range::NotNegative, "shrinking over growth"),
        fixed("mu", &[], Dimension::NONE, 0.4, Range::NotNegative, "power of the weight"),
        W_MAX,
        BACKPROPAGATION,
        TRANSMIT,
        CLIP,
    ],
    variables: &[WEIGHT],
    check: |values| if value(values, 5) > 0.0 { Ok(()) } else { Err("w_max must be greater than 0".into()) },
    bounds: |values| (0.0, value(values, 5)),
    on_chip: false,
    build: |setup| match setup.precision {
        Precision::F64 => build::<Ticks<f64>>(setup),
        Precision::F32 => build::<Ticks<f32>>(setup),
    },
    build_event: Ok(build::<Femtoseconds>),
};

fn build<H: Host>(setup: &Setup<'_>) -> Box<H::Learner> {
    H::learner(StdpPowerLaw::<H::Number, H::Span> {
        plus: Decay::new(setup.constant(0), setup.grid),
        minus: Decay::new(setup.constant(1), setup.grid),
        growth: Real::of(setup.constant(2)),
        shrinking: Real::of(setup.constant(2) * setup.constant(3)),
        power: Dependence::new(setup.constant(4)),
        max: Real::of(setup.bounds.1),
        conventions: conventions(setup, [6, 7, 8]),
    })
}

#[derive(Clone)]
struct StdpPowerLaw<F: Real, T: Span> {
    plus: Decay<F, T>,
    minus: Decay<F, T>,
    growth: F,
    shrinking: F,
    power: Dependence,
    max: F,
    conventions: Conventions,
}

/// Powers that are worked out together.
const TOGETHER: usize = 64;

impl<F: Real, T: Span> Rule<F, 1, 1, 1, T> for StdpPowerLaw<F, T> {
    type Moment = ();
    /// The target's trace.
    type Facing = F;

    fn conventions(&self) -> Conventions {
        self.conventions
    }

    fn moment(&self, _: &[f64]) {}

    #[inline(always)]
    fn source(&self, last: &[F; 1], since: Option<T>) -> [F; 1] {
        [self.plus.trace(last[0], since)]
    }

    #[inline(always)]
    fn target(&self, last: &[F; 1], since: Option<T>, (): &()) -> [F; 1] {
        [self.minus.trace(last[0], since)]
    }

    #[inline(always)]
    fn on_post(&self, synapse: &mut [F; 1], source: &[F; 1], spike: PostSpike<'_, F, 1, T>) {
        synapse[0] += self.growth * self.power.factor(synapse[0]) * (source[0] * self.plus.after(spike.since));
    }

    /// Powers take long, and are worked out together.
    const LONG: bool = true;

    fn on_post_each(&self, synapses: &mut [[F; 1]], source: &[F; 1], spikes: PostSpikes<'_, F, 1, T>) {
        let mut factors = [F::of(0.0); TOGETHER];
        for (synapses, since) in synapses.chunks_mut(TOGETHER).zip(spikes.since.chunks(TOGETHER)) {
            let factors = &mut factors[..synapses.len()];
            factors.iter_mut().zip(&*synapses).for_each(|(factor, synapse)| *factor = synapse[0]);
            self.power.factors(factors);
            for ((synapse, factor), since) in synapses.iter_mut().zip(factors).zip(since) {
                synapse[0] += self.growth * *factor * (source[0] * self.plus.after(*since));
                self.clip(synapse);
            }
        }
    }

    #[inline(always)]
    fn facing(&self, post: Option<(&[F; 1], T)>, (): &()) -> F {
        post.map_or(F::of(0.0), |(kept, since)| kept[0] * self.minus.after(since))
    }

    fn reach(&self) -> T {
        self.plus.reach()
    }

    #[inline(always)]
    fn on_pre(&self, synapse: &mut [F; 1], _: &[F; 1], trace: &F, _: PreSpike<T>) {
        synapse[0] = synapse[0] - self.shrinking * synapse[0] * *trace;
    }

    #[inline(always)]
    fn clip(&self, synapse: &mut [F; 1]) {
        synapse[0] = clipped(synapse[0], F::of(0.0), self.max);
    }
}
