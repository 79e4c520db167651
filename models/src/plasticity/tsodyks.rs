//! Synapses that tire and facilitate, with three variables.

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
    name: "tsodyks",
    aliases: &["tsodyks_synapse"],
    about: "short-term plasticity: each spike uses a part u of the recovered resources, which are active, then inactive, then \
            recover; u grows with each spike",
    equations: "at a spike u += u_0 (1 - u), then u (1 - y - z) is released: y += it, and w times it is transmitted\n\
                between spikes dy/dt = -y/tau_psc, dz/dt = y/tau_psc - z/tau_rec, u decays with tau_facil (0: at once)",
    scheme: "exact at every spike of the source; its synapses share y, z and u, which start at 0",
    source: "Tsodyks, Uziel & Markram (2000), Journal of Neuroscience 20:RC50, equations 3 and 4; NEST documentation, tsodyks_synapse",
    parameters: &[
        fixed("u_0", &["U"], Dimension::NONE, 0.5, Range::Probability, "growth of the part that a spike uses"),
        time_constant("tau_psc", 3.0, "how long resources are active"),
        time_constant("tau_rec", 800.0, "recovery of the resources"),
        fixed("tau_facil", &["tau_fac"], Dimension::TIME, 0.0, Range::NotNegative, "end of facilitation; 0: none"),
    ],
    variables: &[WEIGHT],
    check: |values| match values {
        [_, tau_psc, tau_rec, ..] if tau_psc == tau_rec => Err(format!("tau_psc and tau_rec must differ: both are {tau_psc} ms")),
        _ => Ok(()),
    },
    bounds: |_| AS_AT_THE_START,
    on_chip: false,
    build: |setup| match setup.precision {
        Precision::F64 => build::<Ticks<f64>>(setup),
        Precision::F32 => build::<Ticks<f32>>(setup),
    },
    build_event: Ok(build::<Femtoseconds>),
};

fn build<H: Host>(setup: &Setup<'_>) -> Box<H::Learner> {
    let [u_0, tau_psc, tau_rec, tau_facil] = [0, 1, 2, 3].map(|index| setup.constant(index));
    H::learner(Tsodyks::<H::Number, H::Span> {
        u_0: Real::of(u_0),
        active: Decay::new(tau_psc, setup.grid),
        recovery: Decay::new(tau_rec, setup.grid),
        facilitation: (tau_facil > 0.0).then(|| Decay::new(tau_facil, setup.grid)),
        gain: Real::of(tau_rec / (tau_psc - tau_rec)),
    })
}

#[derive(Clone)]
struct Tsodyks<F: Real, T: Span> {
    u_0: F,
    active: Decay<F, T>,
    recovery: Decay<F, T>,
    facilitation: Option<Decay<F, T>>,
    /// Of the difference of the two exponentials by which active resources become inactive ones.
    gain: F,
}

/// Traces of the source: y, z and u just after the spike, and what it released.
impl<F: Real, T: Span> Rule<F, 1, 4, 0, T> for Tsodyks<F, T> {
    type Moment = ();
    type Facing = ();

    fn conventions(&self) -> Conventions {
        Conventions { backpropagation: Backpropagation::Instant, transmit_first: false, clip_together: false, meets_both: false }
    }

    fn moment(&self, _: &[f64]) {}

    fn target(&self, _: &[F; 0], _: Option<T>, (): &()) -> [F; 0] {
        []
    }

    fn on_post(&self, _: &mut [F; 1], _: &[F; 4], _: PostSpike<'_, F, 0, T>) {}

    fn facing(&self, _: Option<(&[F; 0], T)>, (): &()) {}

    fn reach(&self) -> T {
        T::default()
    }

    fn on_pre(&self, _: &mut [F; 1], _: &[F; 4], (): &(), _: PreSpike<T>) {}

    fn clip(&self, _: &mut [F; 1]) {}

    fn source(&self, [y, z, u, _]: &[F; 4], since: Option<T>) -> [F; 4] {
        let (mut left, mut inactive, mut used) = (F::of(0.0), F::of(0.0), F::of(0.0));
        if let Some(since) = since {
            let (active, recovery) = (self.active.after(since), self.recovery.after(since));
            left = *y * active;
            inactive = *z * recovery + *y * self.gain * (active - recovery);
            used = self.facilitation.as_ref().map_or(used, |facilitation| *u * facilitation.after(since));
        }
        let one = F::of(1.0);
        let used = used + self.u_0 * (one - used);
        let released = used * (one - left - inactive);
        [left + released, inactive, used, released]
    }

    #[inline(always)]
    fn transmitted(&self, synapse: &[F; 1], source: &[F; 4], (): &()) -> F {
        synapse[0] * source[3]
    }
}
