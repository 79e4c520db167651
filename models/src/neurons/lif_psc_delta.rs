//! Leaky integrate-and-fire neuron whose synapses are instant jumps of the potential.

mod event;

use super::parts::{V_M, c_m, e_l, i_e, signed, t_ref, tau_m, v_reset, v_th};
use super::{build, cost, count_down, named, reset_below_threshold, rest, ticks, unless_held};
use sim_core::catalog::NeuronCard;
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "lif_psc_delta",
    aliases: &["iaf_psc_delta", "IF_curr_delta"],
    about: "leaky integrate-and-fire, each input spike a jump of the potential",
    equations: "tau_m dv_m/dt = -(v_m - e_l) + tau_m/c_m (i_e + I) + tau_m sum_k w_k delta(t - t_k)\n\
                v_m >= v_th: spike, v_m = v_reset for t_ref",
    scheme: "exact integration; input due at a tick jumps at its end and counts for that tick's threshold test, \
             and is lost while refractory; the current is constant within the tick",
    source: "Rotter & Diesmann (1999), Biological Cybernetics 81:381-402; NEST documentation, model iaf_psc_delta",
    parameters: &[c_m(250.0), tau_m(10.0), e_l(-70.0), v_th(-55.0, "threshold"), v_reset(-70.0), t_ref(2.0), i_e(0.0)],
    states: &[V_M],
    receptors: &[signed(Dimension::VOLTAGE)],
    cost: cost(7, STATES, INPUTS, COEFFICIENTS),
    check: |parameters| {
        let [_, _, _, v_th, v_reset, _, _] = named(parameters);
        reset_below_threshold(v_reset, "v_th", v_th)
    },
    initial: |parameters, state, given| {
        let [_, _, e_l, ..] = named::<7>(parameters);
        rest(state, given, &[e_l, 0.0]);
    },
    build: build::<f64, LifPscDelta, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, LifPscDelta, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: Some(event::BUILD),
};

const STATES: usize = 2; // v_m, steps of refractoriness left
const INPUTS: usize = 2;
const COEFFICIENTS: usize = 6;

#[derive(Clone, Copy)]
struct LifPscDelta;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for LifPscDelta {
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; COEFFICIENTS] {
        let [c_m, tau_m, e_l, v_th, v_reset, t_ref, i_e] = named(parameters);
        let leak = -math::exp_m1(-step_ms / tau_m);
        let resistance = tau_m / c_m;
        [e_l + resistance * i_e, leak, resistance * leak, v_th, v_reset, ticks(t_ref, step_ms)]
    }

    #[inline(always)]
    fn flow([v, refractory]: [F; STATES], c: &[F; COEFFICIENTS], [jump, current]: [F; INPUTS]) -> [F; STATES] {
        let [v_rest, leak, gain, ..] = *c;
        let drift = (v_rest - v) * leak + current * gain;
        [v + unless_held(refractory, drift) + unless_held(refractory, jump), count_down(refractory)]
    }

    #[inline(always)]
    fn fires([v, _]: &[F; STATES], [_, _, _, v_th, ..]: &[F; COEFFICIENTS]) -> bool {
        v >= v_th
    }

    #[inline(always)]
    fn reset(_: [F; STATES], [.., v_reset, refractory]: &[F; COEFFICIENTS]) -> [F; STATES] {
        [*v_reset, *refractory]
    }
}
