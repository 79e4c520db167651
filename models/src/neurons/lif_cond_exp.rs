//! Leaky integrate-and-fire neuron with exponentially decaying synaptic conductances.

mod event;

use super::conductance_membrane::Membrane;
use super::parts::{
    CONDUCTANCE_RECEPTORS, G_EX, G_IN, V_M, c_m, e_ex, e_in, e_l, g_l, i_e, t_ref, tau_syn_ex, tau_syn_in, v_reset, v_th,
};
use super::{build, cost, count_down, named, reset_below_threshold, rest, ticks};
use sim_core::catalog::NeuronCard;
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::real::Real;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "lif_cond_exp",
    aliases: &["iaf_cond_exp", "IF_cond_exp"],
    about: "leaky integrate-and-fire with exponential synaptic conductances",
    equations: "c_m dv_m/dt = -g_l (v_m - e_l) - g_ex (v_m - e_ex) - g_in (v_m - e_in) + i_e + I\n\
                dg_x/dt = -g_x / tau_syn_x + sum_k w_k delta(t - t_k), x = ex, in\n\
                v_m >= v_th: spike, v_m = v_reset for t_ref",
    scheme: "v_m by the classical Runge-Kutta method of order 4, one step a tick, with exactly decaying conductances at \
             its three times; input due at a tick is added to the conductance at the tick's end, refractory or not; the \
             injected current is constant within the tick. The tick must be short against c_m / (g_l + g_ex + g_in)",
    source: "Meffin, Burkitt & Grayden (2004), Journal of Computational Neuroscience 16:159-175; NEST documentation, \
             model iaf_cond_exp",
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
    cost: cost(49, STATES, INPUTS, COEFFICIENTS),
    check: |parameters| {
        let [_, _, _, v_th, v_reset, ..] = named::<11>(parameters);
        reset_below_threshold(v_reset, "v_th", v_th)
    },
    initial: |parameters, state, given| {
        let [_, _, e_l, ..] = named::<11>(parameters);
        rest(state, given, &[e_l, 0.0, 0.0, 0.0]);
    },
    build: build::<f64, LifCondExp, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, LifCondExp, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: Some(event::BUILD),
};

const STATES: usize = 4; // v_m, g_ex, g_in, steps of refractoriness left
const INPUTS: usize = 3;
const COEFFICIENTS: usize = 12;

#[derive(Clone, Copy)]
struct LifCondExp;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for LifCondExp {
    fn coefficients(parameters: &[f64], step: f64) -> [f64; COEFFICIENTS] {
        let [c_m, g_l, e_l, v_th, v_reset, t_ref, tau_ex, tau_in, e_ex, e_in, i_e] = named(parameters);
        let gain = step / c_m;
        [
            (g_l * e_l + i_e) * gain,
            g_l * gain,
            gain,
            e_ex,
            e_in,
            math::exp(-0.5 * step / tau_ex),
            math::exp(-0.5 * step / tau_in),
            math::exp(-step / tau_ex),
            math::exp(-step / tau_in),
            v_th,
            v_reset,
            ticks(t_ref, step),
        ]
    }

    #[inline(always)]
    fn flow(state: [F; STATES], c: &[F; COEFFICIENTS], input: [F; INPUTS]) -> [F; STATES] {
        let [v, g_ex, g_in, refractory] = state;
        let [drive, leak, gain, e_ex, e_in, half_ex, half_in, decay_ex, decay_in, ..] = *c;
        let [excitation, inhibition, current] = input;
        let membrane = Membrane { drive: drive + current * gain, leak, gain, e_ex, e_in };
        let middle = [g_ex * half_ex, g_in * half_in];
        let end = [(g_ex * decay_ex).settled(), (g_in * decay_in).settled()];
        let change = membrane.change(v, refractory, [[g_ex, g_in], middle, end]);
        [v + change, end[0] + excitation, end[1] + inhibition, count_down(refractory)]
    }

    #[inline(always)]
    fn fires([v, ..]: &[F; STATES], [.., v_th, _, _]: &[F; COEFFICIENTS]) -> bool {
        v >= v_th
    }

    #[inline(always)]
    fn reset([_, g_ex, g_in, _]: [F; STATES], [.., v_reset, refractory]: &[F; COEFFICIENTS]) -> [F; STATES] {
        [*v_reset, g_ex, g_in, *refractory]
    }
}
