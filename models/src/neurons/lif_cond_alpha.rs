//! Leaky integrate-and-fire neuron with synaptic conductances that rise and fall as alpha functions.

use super::lif_cond_beta::{COEFFICIENTS, INPUTS, LifCondBeta, OPERATIONS, STATES, check, initial};
use super::parts::{
    CONDUCTANCE_RECEPTORS, G_EX, G_IN, V_M, c_m, e_ex, e_in, e_l, g_l, i_e, t_ref, tau_syn_ex, tau_syn_in, v_reset, v_th,
};
use super::{build, cost, named};
use sim_core::catalog::NeuronCard;
use sim_core::engine::neurons::Kernel;
use sim_core::real::Real;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "lif_cond_alpha",
    aliases: &["iaf_cond_alpha", "IF_cond_alpha"],
    about: "leaky integrate-and-fire with alpha-shaped synaptic conductances",
    equations: "c_m dv_m/dt = -g_l (v_m - e_l) - g_ex (v_m - e_ex) - g_in (v_m - e_in) + i_e + I\n\
                g_x(t) = sum_k w_k e (t - t_k)/tau_syn_x exp(-(t - t_k)/tau_syn_x) for t > t_k, x = ex, in\n\
                (the peak of each is its weight, tau_syn_x after the spike)\n\
                v_m >= v_th: spike, v_m = v_reset for t_ref",
    scheme: "v_m by the classical Runge-Kutta method of order 4, one step a tick, with exact conductances at its three \
             times; input due at a tick starts its alpha function at the tick's end, refractory or not; the injected current \
             is constant within the tick. The tick must be short against c_m / (g_l + g_ex + g_in)",
    source: "Meffin, Burkitt & Grayden (2004), Journal of Computational Neuroscience 16:159-175; NEST documentation, \
             model iaf_cond_alpha",
    parameters: &[
        c_m(250.0),
        g_l(16.6667),
        e_l(-70.0),
        v_th(-55.0, "threshold"),
        v_reset(-60.0),
        t_ref(2.0),
        tau_syn_ex(0.2),
        tau_syn_in(2.0),
        e_ex(0.0),
        e_in(-85.0),
        i_e(0.0),
    ],
    states: &[V_M, G_EX, G_IN],
    receptors: CONDUCTANCE_RECEPTORS,
    cost: cost(OPERATIONS, STATES, INPUTS, COEFFICIENTS),
    check,
    initial,
    build: build::<f64, LifCondAlpha, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, LifCondAlpha, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: None,
};

/// The neuron with beta functions that rise and decay equally fast.
#[derive(Clone, Copy)]
struct LifCondAlpha;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for LifCondAlpha {
    fn coefficients(parameters: &[f64], step: f64) -> [f64; COEFFICIENTS] {
        let [c_m, g_l, e_l, v_th, v_reset, t_ref, tau_ex, tau_in, e_ex, e_in, i_e] = named(parameters);
        let beta = [c_m, g_l, e_l, v_th, v_reset, t_ref, tau_ex, tau_ex, tau_in, tau_in, e_ex, e_in, i_e];
        <LifCondBeta as Kernel<F, STATES, INPUTS, COEFFICIENTS>>::coefficients(&beta, step)
    }

    #[inline(always)]
    fn flow(state: [F; STATES], c: &[F; COEFFICIENTS], input: [F; INPUTS]) -> [F; STATES] {
        LifCondBeta::flow(state, c, input)
    }

    #[inline(always)]
    fn fires(state: &[F; STATES], c: &[F; COEFFICIENTS]) -> bool {
        LifCondBeta::fires(state, c)
    }

    #[inline(always)]
    fn reset(state: [F; STATES], c: &[F; COEFFICIENTS]) -> [F; STATES] {
        LifCondBeta::reset(state, c)
    }
}
