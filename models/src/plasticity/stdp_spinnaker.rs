//! Spike-timing-dependent plasticity by pairs of spikes as SpiNNaker does it: worked off at the source's spikes alone, from a history of
//! the target's spikes that ends. In floating point here, in the numbers of the chip in [`chip`].

mod chip;

use super::{W_MAX, W_MIN, WEIGHT, bounds_in_order, clipped, fixed, time_constant, value, word};
use sim_core::catalog::Range;
use sim_core::engine::{Learner, Width, learner};
use sim_core::plasticity::{
    Backpropagation, Conventions, Decay, PostSpike, PreSpike, Rule, RuleCard, RuleParam, RuleShape, Setup,
};
use sim_core::real::{Precision, Real};
use sim_core::units::Dimension;

pub(super) const CARD: RuleCard = RuleCard {
    name: "stdp_spinnaker",
    aliases: &["SpikePairRule"],
    about: "pair STDP, additive, with sPyNNaker's conventions: changes wait for the source's next spike, the target's last 15 spikes are \
            remembered, one that meets the source's weakens in full",
    equations: "target fired, dt > 0 after spikes of the source: w += a_plus exp(-dt/tau_plus), summed over the source's spikes before\n\
                source fires, dt >= 0 after spikes of the target: w -= a_minus exp(-dt/tau_minus), summed over the target's spikes\n\
                w stays within w_min and w_max",
    scheme: "both at a spike of the source: first the target's spikes that have reached the synapse since the source's last (after its \
             delay, which is the dendrite's), the oldest first, as far as they are among the last `history`; then the source's; \
             then the weight is transmitted. A target's spike in the same step counts for both. Weights that are read are \
             those of the source's last spike. Under [network] numerics = \"spinnaker\": traces in 16 bits of which 11 are \
             behind the point, decays from a table, weights in 32 bits while they change, in 16 between",
    source: "sPyNNaker, SpikePairRule with AdditiveWeightDependence; agrees with the spikes of Casanueva-Morato et al. (2024), \
             Neural Networks 178:106474, recorded on SpiNNaker",
    parameters: &[
        time_constant("tau_plus", 20.0, "how long a spike of the source is remembered"),
        time_constant("tau_minus", 20.0, "how long a spike of the target is remembered"),
        amplitude("a_plus", "growth for a pair"),
        amplitude("a_minus", "shrinking for a pair"),
        W_MIN,
        W_MAX,
        fixed("history", &[], Dimension::NONE, 15.0, Range::NotNegative, "spikes of the target that are remembered; 0: all"),
        word(
            "release",
            &["spynnaker_7", "spynnaker_6", "earlier"],
            "spynnaker_7: the weight is kept within its bounds at each change; spynnaker_6: amplitudes are times w_max (in nA), and all changes \
             are added before it is; earlier: as the first, but a target's spike in the same step does not weaken",
        ),
    ],
    variables: &[WEIGHT],
    check: |values| {
        let history = value(values, HISTORY);
        if history.fract() != 0.0 || history > f64::from(u16::MAX) {
            return Err(format!("history is a whole number up to {}, not {history}", u16::MAX));
        }
        bounds_in_order(value(values, MIN), value(values, MAX))
    },
    bounds: |values| (value(values, MIN), value(values, MAX)),
    on_chip: true,
    build: |setup| match (setup.quantum, setup.precision) {
        (Some(quantum), _) => learner(chip::OnChip::new(setup, quantum)),
        (None, Precision::F64) => build::<f64>(setup),
        (None, Precision::F32) => build::<f32>(setup),
    },
    build_event: Err("it is the arithmetic of a machine with a fixed time step"),
};

const MIN: usize = 4;
const MAX: usize = 5;
const HISTORY: usize = 6;

const fn amplitude(name: &'static str, about: &'static str) -> RuleParam {
    RuleParam { shape: RuleShape::Amplitude, ..fixed(name, &[], Dimension::NONE, 0.01, Range::Any, about) }
}

/// What the releases of sPyNNaker differ in, and what they have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Release {
    /// Growth and shrinking for a pair, in the unit of weights.
    amplitudes: [f64; 2],
    /// Whether the weight is kept within its bounds at each change, or once at the source's spike.
    clips_each: bool,
    /// Whether a target's spike that meets the source's weakens.
    meets_both: bool,
    history: Option<u32>,
}

/// Weights are in pA, those that sPyNNaker multiplies in nA.
const PA_PER_NA: f64 = 1000.0;

impl Release {
    fn of(setup: &Setup<'_>) -> Self {
        let release = setup.constant(7) as usize;
        let factor = if release == 1 { setup.bounds.1 / PA_PER_NA } else { 1.0 };
        let history = setup.constant(HISTORY);
        Self {
            amplitudes: [2, 3].map(|index| setup.constant(index) * factor),
            clips_each: release != 1,
            meets_both: release != 2,
            history: (history > 0.0).then_some(history as u32),
        }
    }

    fn conventions(&self) -> Conventions {
        let Self { meets_both, .. } = *self;
        Conventions { backpropagation: Backpropagation::Delayed, transmit_first: false, clip_together: false, meets_both }
    }
}

fn build<F: Width>(setup: &Setup<'_>) -> Box<dyn Learner> {
    let release = Release::of(setup);
    learner(Floating::<F> {
        release,
        plus: Decay::new(setup.constant(0), setup.grid),
        minus: Decay::new(setup.constant(1), setup.grid),
        growth: F::of(release.amplitudes[0]),
        shrinking: F::of(release.amplitudes[1]),
        bounds: [F::of(setup.bounds.0), F::of(setup.bounds.1)],
    })
}

/// In floating point.
#[derive(Clone)]
struct Floating<F: Real> {
    release: Release,
    plus: Decay<F>,
    minus: Decay<F>,
    growth: F,
    shrinking: F,
    bounds: [F; 2],
}

impl<F: Real> Rule<F, 1, 1, 1> for Floating<F> {
    type Moment = ();
    /// Shrinking.
    type Facing = F;

    fn conventions(&self) -> Conventions {
        self.release.conventions()
    }

    fn history(&self) -> Option<u32> {
        self.release.history
    }

    fn moment(&self, _: &[f64]) {}

    #[inline(always)]
    fn source(&self, [last]: &[F; 1], since: Option<i32>) -> [F; 1] {
        [self.plus.trace(*last, since)]
    }

    #[inline(always)]
    fn target(&self, [last]: &[F; 1], since: Option<i32>, (): &()) -> [F; 1] {
        [self.minus.trace(*last, since)]
    }

    #[inline(always)]
    fn facing(&self, post: Option<(&[F; 1], i32)>, (): &()) -> F {
        post.map_or(F::of(0.0), |([trace], since)| self.shrinking * (*trace * self.minus.after(since)))
    }

    fn reach(&self) -> i32 {
        self.plus.reach()
    }

    #[inline(always)]
    fn on_post(&self, synapse: &mut [F; 1], [trace]: &[F; 1], spike: PostSpike<'_, F, 1>) {
        synapse[0] += self.growth * (*trace * self.plus.after(spike.since));
    }

    #[inline(always)]
    fn on_pre(&self, synapse: &mut [F; 1], _: &[F; 1], by: &F, _: PreSpike) {
        synapse[0] = clipped(synapse[0] - *by, self.bounds[0], self.bounds[1]);
    }

    #[inline(always)]
    fn clip(&self, synapse: &mut [F; 1]) {
        if self.release.clips_each {
            synapse[0] = clipped(synapse[0], self.bounds[0], self.bounds[1]);
        }
    }
}
