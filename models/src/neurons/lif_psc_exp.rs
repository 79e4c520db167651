//! Leaky integrate-and-fire neuron with exponentially decaying synaptic currents.

mod event;

use super::parts::{
    CURRENT_RECEPTORS, I_SYN_EX, I_SYN_IN, V_M, c_m, e_l, i_e, t_ref, tau_m, tau_syn_ex, tau_syn_in, v_reset, v_th,
};
use super::propagators::Propagators;
use super::{build, cost, count_down, named, reset_below_threshold, rest, ticks, unless_held};
use sim_core::catalog::NeuronCard;
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::real::Real;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "lif_psc_exp",
    aliases: &["iaf_psc_exp", "IF_curr_exp"],
    about: "leaky integrate-and-fire with exponential synaptic currents",
    equations: "c_m dv_m/dt = -c_m/tau_m (v_m - e_l) + i_syn_ex + i_syn_in + i_e + I\n\
                di_syn_x/dt = -i_syn_x / tau_syn_x + sum_k w_k delta(t - t_k), x = ex, in\n\
                v_m >= v_th: spike, v_m = v_reset for t_ref",
    scheme: "exact integration, equal time constants included; input due at a tick is added to the synaptic current at \
             the tick's end, refractory or not; the injected current is constant within the tick",
    source: "Rotter & Diesmann (1999), Biological Cybernetics 81:381-402; NEST documentation, model iaf_psc_exp",
    parameters: &[
        c_m(250.0),
        tau_m(10.0),
        e_l(-70.0),
        v_th(-55.0, "threshold"),
        v_reset(-70.0),
        t_ref(2.0),
        tau_syn_ex(2.0),
        tau_syn_in(2.0),
        i_e(0.0),
    ],
    states: &[V_M, I_SYN_EX, I_SYN_IN],
    receptors: CURRENT_RECEPTORS,
    cost: cost(14, STATES, INPUTS, COEFFICIENTS),
    check: |parameters| {
        let [_, _, _, v_th, v_reset, ..] = named::<9>(parameters);
        reset_below_threshold(v_reset, "v_th", v_th)
    },
    initial: |parameters, state, given| {
        let [_, _, e_l, ..] = named::<9>(parameters);
        rest(state, given, &[e_l, 0.0, 0.0, 0.0]);
    },
    build: build::<f64, LifPscExp, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, LifPscExp, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: Some(event::BUILD),
};

const STATES: usize = 4; // v_m, i_syn_ex, i_syn_in, steps of refractoriness left
const INPUTS: usize = 3;
const COEFFICIENTS: usize = 10;

#[derive(Clone, Copy)]
struct LifPscExp;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for LifPscExp {
    fn coefficients(parameters: &[f64], step: f64) -> [f64; COEFFICIENTS] {
        let [c_m, tau_m, e_l, v_th, v_reset, t_ref, tau_ex, tau_in, i_e] = named(parameters);
        let leak = -math::exp_m1(-step / tau_m);
        let resistance = tau_m / c_m;
        let from_current = |tau_syn| Propagators { step, tau_m, c_m, tau_syn }.exponential();
        [
            e_l + resistance * i_e,
            leak,
            resistance * leak,
            from_current(tau_ex),
            from_current(tau_in),
            math::exp(-step / tau_ex),
            math::exp(-step / tau_in),
            v_th,
            v_reset,
            ticks(t_ref, step),
        ]
    }

    #[inline(always)]
    fn flow(state: [F; STATES], c: &[F; COEFFICIENTS], input: [F; INPUTS]) -> [F; STATES] {
        let [v, i_ex, i_in, refractory] = state;
        let [v_rest, leak, gain, from_ex, from_in, decay_ex, decay_in, ..] = *c;
        let [excitation, inhibition, current] = input;
        let change = (v_rest - v) * leak + current * gain + (i_ex * from_ex + i_in * from_in);
        [
            v + unless_held(refractory, change),
            (i_ex * decay_ex).settled() + excitation,
            (i_in * decay_in).settled() + inhibition,
            count_down(refractory),
        ]
    }

    #[inline(always)]
    fn fires([v, ..]: &[F; STATES], [.., v_th, _, _]: &[F; COEFFICIENTS]) -> bool {
        v >= v_th
    }

    #[inline(always)]
    fn reset([_, i_ex, i_in, _]: [F; STATES], [.., v_reset, refractory]: &[F; COEFFICIENTS]) -> [F; STATES] {
        [*v_reset, i_ex, i_in, *refractory]
    }
}
