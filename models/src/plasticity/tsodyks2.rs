//! Synapses that tire and facilitate, with two variables.

use super::{WEIGHT, fixed, time_constant};
use sim_core::catalog::Range;
use sim_core::engine::Ticks;
use sim_core::event::Femtoseconds;
use sim_core::plasticity::{
    AS_AT_THE_START, Backpropagation, Conventions, Decay, Host, PostSpike, PreSpike, Rule, RuleCard, Setup, Span,
};
use sim_core::real::{Precision, Real};
use sim_core::units::Dimension;

pub(super) const CARD: RuleCard = RuleCard {
    name: "tsodyks2",
    aliases: &["tsodyks2_synapse", "TsodyksMarkramSynapse"],
    about: "short-term plasticity: each spike uses a part u of the resources x, which recover; u grows with each spike",
    equations: "transmitted: w u x; then x -= u x, u += u_0 (1 - u)\n\
                between spikes x goes to 1 with tau_rec, u to u_0 with tau_facil (0: u is always u_0)",
    scheme: "exact at every spike of the source; its synapses share u and x, which start at u_0 and 1 (NEST's u starts at 0.5 \
             unless set)",
    source: "Maass & Markram (2002), Neural Networks 15:155-161, equation 2; NEST documentation, tsodyks2_synapse",
    parameters: &[
        fixed("u_0", &["U"], Dimension::NONE, 0.5, Range::Probability, "part of the resources that a first spike uses"),
        time_constant("tau_rec", 800.0, "recovery of the resources"),
        fixed("tau_facil", &["tau_fac"], Dimension::TIME, 0.0, Range::NotNegative, "end of facilitation; 0: none"),
    ],
    variables: &[WEIGHT],
    check: |_| Ok(()),
    bounds: |_| AS_AT_THE_START,
    on_chip: false,
    build: |setup| match setup.precision {
        Precision::F64 => build::<Ticks<f64>>(setup),
        Precision::F32 => build::<Ticks<f32>>(setup),
    },
    build_event: Ok(build::<Femtoseconds>),
};

fn build<H: Host>(setup: &Setup<'_>) -> Box<H::Learner> {
    let tau_facil = setup.constant(2);
    H::learner(Tsodyks2::<H::Number, H::Span> {
        u_0: Real::of(setup.constant(0)),
        recovery: Decay::new(setup.constant(1), setup.grid),
        facilitation: (tau_facil > 0.0).then(|| Decay::new(tau_facil, setup.grid)),
    })
}

#[derive(Clone)]
struct Tsodyks2<F: Real, T: Span> {
    u_0: F,
    recovery: Decay<F, T>,
    facilitation: Option<Decay<F, T>>,
}

/// Traces of the source: x and u just after the spike, and the part of the weight that it transmitted.
impl<F: Real, T: Span> Rule<F, 1, 3, 0, T> for Tsodyks2<F, T> {
    type Moment = ();
    type Facing = ();

    fn conventions(&self) -> Conventions {
        Conventions { backpropagation: Backpropagation::Instant, transmit_first: false, clip_together: false, meets_both: false }
    }

    fn moment(&self, _: &[f64]) {}

    fn target(&self, _: &[F; 0], _: Option<T>, (): &()) -> [F; 0] {
        []
    }

    fn on_post(&self, _: &mut [F; 1], _: &[F; 3], _: PostSpike<'_, F, 0, T>) {}

    fn facing(&self, _: Option<(&[F; 0], T)>, (): &()) {}

    fn reach(&self) -> T {
        T::default()
    }

    fn on_pre(&self, _: &mut [F; 1], _: &[F; 3], (): &(), _: PreSpike<T>) {}

    fn clip(&self, _: &mut [F; 1]) {}

    fn source(&self, [x, u, _]: &[F; 3], since: Option<T>) -> [F; 3] {
        let one = F::of(1.0);
        let (x, u) = match (since, &self.facilitation) {
            (None, _) => (one, self.u_0),
            (Some(since), None) => (one - (one - *x) * self.recovery.after(since), self.u_0),
            (Some(since), Some(facilitation)) => {
                (one - (one - *x) * self.recovery.after(since), self.u_0 + (*u - self.u_0) * facilitation.after(since))
            }
        };
        [x - u * x, u + self.u_0 * (one - u), u * x]
    }

    #[inline(always)]
    fn transmitted(&self, synapse: &[F; 1], source: &[F; 3], (): &()) -> F {
        synapse[0] * source[2]
    }
}
