//! Adaptive exponential integrate-and-fire neuron with exponentially decaying synaptic currents.

use super::adex_cond_exp::{
    A, B, COEFFICIENTS, DELTA_T, INPUTS, OPERATIONS, STATES, Synapses, TAU_W, V_PEAK, check, coefficients, flow, initial,
    unmarked,
};
use super::parts::{
    CURRENT_RECEPTORS, I_SYN_EX, I_SYN_IN, V_M, W, c_m, e_l, g_l, i_e, t_ref, tau_syn_ex, tau_syn_in, v_reset, v_th,
};
use super::{build, cost, named};
use sim_core::catalog::NeuronCard;
use sim_core::engine::neurons::Kernel;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "adex_psc_exp",
    aliases: &["aeif_psc_exp"],
    about: "adaptive exponential integrate-and-fire with exponential synaptic currents",
    equations: "c_m dv_m/dt = -g_l (v_m - e_l) + g_l delta_t exp((v_m - v_th)/delta_t) + i_syn_ex + i_syn_in - w + i_e + I\n\
                tau_w dw/dt = a (v_m - e_l) - w\n\
                di_syn_x/dt = -i_syn_x / tau_syn_x + sum_k w_k delta(t - t_k), x = ex, in\n\
                v_m >= v_peak: spike, v_m = v_reset for t_ref, w = w + b (with delta_t = 0 a spike is at v_th)",
    scheme: "as adex_cond_exp: Dormand & Prince 5(4) with a step of its own for each neuron; the error of a step is at most \
             1e-8 of each variable's change in it (of 1 mV or pA where it changes less). Input due at a tick is added to the \
             synaptic current at the tick's end; the injected current is constant within the tick",
    source: "Brette & Gerstner (2005), Journal of Neurophysiology 94:3637-3642; NEST documentation, model aeif_psc_exp",
    parameters: &[
        c_m(281.0),
        g_l(30.0),
        e_l(-70.6),
        v_th(-50.4, "potential where the exponential upswing begins"),
        DELTA_T,
        V_PEAK,
        v_reset(-60.0),
        t_ref(0.0),
        A,
        B,
        TAU_W,
        tau_syn_ex(0.2),
        tau_syn_in(2.0),
        i_e(0.0),
    ],
    states: &[V_M, W, I_SYN_EX, I_SYN_IN],
    receptors: CURRENT_RECEPTORS,
    cost: cost(OPERATIONS, STATES, INPUTS, COEFFICIENTS),
    check,
    initial,
    build: build::<f64, AdexPscExp, STATES, INPUTS, COEFFICIENTS>,
    // 32 bits cannot hold the tolerance.
    build_f32: None,
    build_spinnaker: None,
    build_event: Some(super::adex_cond_exp::event::BUILD_PSC),
};

#[derive(Clone, Copy)]
struct AdexPscExp;

impl Kernel<f64, STATES, INPUTS, COEFFICIENTS> for AdexPscExp {
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; COEFFICIENTS] {
        let [_, _, _, _, _, _, _, _, _, _, _, tau_ex, tau_in, i_e] = named(parameters);
        coefficients(parameters, [tau_ex, tau_in], Synapses::Currents, i_e, step_ms)
    }

    #[inline(always)]
    fn flow(state: [f64; STATES], c: &[f64; COEFFICIENTS], input: [f64; INPUTS]) -> [f64; STATES] {
        flow(state, c, input)
    }

    #[inline(always)]
    fn fires([.., fired]: &[f64; STATES], _: &[f64; COEFFICIENTS]) -> bool {
        *fired > 0.0
    }

    #[inline(always)]
    fn reset(state: [f64; STATES], _: &[f64; COEFFICIENTS]) -> [f64; STATES] {
        unmarked(state)
    }
}
