//! Inhibitory synapses that keep their targets at a rate.

use super::{BACKPROPAGATION, TRANSMIT, W_MAX, WEIGHT, amplitude, clipped, conventions, fixed, time_constant, value};
use sim_core::catalog::Range;
use sim_core::engine::Ticks;
use sim_core::event::Femtoseconds;
use sim_core::plasticity::{Conventions, Decay, Host, PostSpike, PreSpike, Rule, RuleCard, Setting, Setup, Span};
use sim_core::real::{Precision, Real};
use sim_core::units::Dimension;

pub(super) const CARD: RuleCard = RuleCard {
    name: "vogels_sprekeler",
    aliases: &["vogels_sprekeler_synapse"],
    about: "inhibition grows with near-coincident spikes, in either order, and shrinks with every spike of the source: the \
            target is held at the rate alpha / (2 tau)",
    equations: "target fires: w += eta x_source; source fires: w += eta x_target - eta alpha\n\
                both traces grow by 1 at a spike and decay with tau; w is the weight's magnitude, within 0 and w_max",
    scheme: "exact at every spike. A spike of the source raises, then lowers, and each is kept within bounds (NEST). Spikes that meet \
             in the same step are a pair once, at the target's",
    source: "Vogels, Sprekeler, Zenke, Clopath & Gerstner (2011), Science 334:1569-1573, equations 1 to 3; NEST documentation, \
             vogels_sprekeler_synapse",
    parameters: &[
        time_constant("tau", 20.0, "both traces"),
        amplitude("eta", 0.001, "growth for a pair"),
        fixed(
            "alpha",
            &[],
            Dimension::NONE,
            0.12,
            Range::NotNegative,
            "shrinking at a spike of the source over growth for a pair",
        ),
        W_MAX,
        BACKPROPAGATION,
        TRANSMIT,
    ],
    variables: &[WEIGHT],
    check: |values| if value(values, 3) > 0.0 { Ok(()) } else { Err("w_max must be greater than 0: it is a magnitude".into()) },
    bounds: |values| (0.0, value(values, 3)),
    on_chip: false,
    build: |setup| match setup.precision {
        Precision::F64 => build::<Ticks<f64>>(setup),
        Precision::F32 => build::<Ticks<f32>>(setup),
    },
    build_event: Ok(build::<Femtoseconds>),
};

fn build<H: Host>(setup: &Setup<'_>) -> Box<H::Learner> {
    H::learner(VogelsSprekeler::<H::Number, H::Span> {
        decay: Decay::new(setup.constant(0), setup.grid),
        eta: setup.setting(1),
        alpha: Real::of(setup.constant(2)),
        max: Real::of(setup.bounds.1),
        conventions: Conventions { clip_together: false, ..conventions(setup, [4, 5, usize::MAX]) },
    })
}

#[derive(Clone)]
struct VogelsSprekeler<F: Real, T: Span> {
    decay: Decay<F, T>,
    eta: Setting,
    alpha: F,
    max: F,
    conventions: Conventions,
}

/// Of a target's spike are kept: its trace just after it, and eta at its time.
const KEPT: usize = 2;

impl<F: Real, T: Span> Rule<F, 1, 1, KEPT, T> for VogelsSprekeler<F, T> {
    const PLAIN: bool = true;

    /// eta.
    type Moment = F;
    /// The target's trace, and eta.
    type Facing = [F; 2];

    fn conventions(&self) -> Conventions {
        self.conventions
    }

    fn moment(&self, bus: &[f64]) -> F {
        F::of(self.eta.at(bus))
    }

    #[inline(always)]
    fn source(&self, last: &[F; 1], since: Option<T>) -> [F; 1] {
        [self.decay.trace(last[0], since)]
    }

    #[inline(always)]
    fn target(&self, last: &[F; KEPT], since: Option<T>, eta: &F) -> [F; KEPT] {
        [self.decay.trace(last[0], since), *eta]
    }

    #[inline(always)]
    fn on_post(&self, synapse: &mut [F; 1], source: &[F; 1], spike: PostSpike<'_, F, KEPT, T>) {
        synapse[0] += spike.kept[1] * (source[0] * self.decay.after(spike.since));
    }

    #[inline(always)]
    fn facing(&self, post: Option<(&[F; KEPT], T)>, eta: &F) -> [F; 2] {
        [post.map_or(F::of(0.0), |(kept, since)| kept[0] * self.decay.after(since)), *eta]
    }

    fn reach(&self) -> T {
        self.decay.reach()
    }

    #[inline(always)]
    fn on_pre(&self, synapse: &mut [F; 1], _: &[F; 1], [trace, eta]: &[F; 2], _: PreSpike<T>) {
        synapse[0] += *eta * *trace;
        self.clip(synapse);
        synapse[0] = synapse[0] - self.alpha * *eta;
    }

    #[inline(always)]
    fn clip(&self, synapse: &mut [F; 1]) {
        synapse[0] = clipped(synapse[0], F::of(0.0), self.max);
    }
}
