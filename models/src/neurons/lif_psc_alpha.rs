//! Leaky integrate-and-fire neuron with synaptic currents that rise and fall as alpha functions.

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
    name: "lif_psc_alpha",
    aliases: &["iaf_psc_alpha", "IF_curr_alpha"],
    about: "leaky integrate-and-fire with alpha-shaped synaptic currents",
    equations: "c_m dv_m/dt = -c_m/tau_m (v_m - e_l) + i_syn_ex + i_syn_in + i_e + I\n\
                i_syn_x(t) = sum_k w_k e (t - t_k)/tau_syn_x exp(-(t - t_k)/tau_syn_x) for t > t_k, x = ex, in\n\
                (the peak of each is its weight, tau_syn_x after the spike)\n\
                v_m >= v_th: spike, v_m = v_reset for t_ref",
    scheme: "exact integration, equal time constants included; input due at a tick starts its alpha function at the \
             tick's end, refractory or not; the injected current is constant within the tick",
    source: "Rotter & Diesmann (1999), Biological Cybernetics 81:381-402; NEST documentation, model iaf_psc_alpha",
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
    cost: cost(26, STATES, INPUTS, COEFFICIENTS),
    check: |parameters| {
        let [_, _, _, v_th, v_reset, ..] = named::<9>(parameters);
        reset_below_threshold(v_reset, "v_th", v_th)
    },
    initial: |parameters, state, given| {
        let [_, _, e_l, ..] = named::<9>(parameters);
        rest(state, given, &[e_l, 0.0, 0.0, 0.0, 0.0, 0.0]);
    },
    build: build::<f64, LifPscAlpha, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, LifPscAlpha, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: Some(event::BUILD),
};

const STATES: usize = 6; // v_m, i_syn_ex, i_syn_in, their rises in pA/ms, steps of refractoriness left
const INPUTS: usize = 3;
const COEFFICIENTS: usize = 15;

#[derive(Clone, Copy)]
struct LifPscAlpha;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for LifPscAlpha {
    fn coefficients(parameters: &[f64], step: f64) -> [f64; COEFFICIENTS] {
        let [c_m, tau_m, e_l, v_th, v_reset, t_ref, tau_ex, tau_in, i_e] = named(parameters);
        let leak = -math::exp_m1(-step / tau_m);
        let resistance = tau_m / c_m;
        let [ex, inh] = [tau_ex, tau_in].map(|tau_syn| Propagators { step, tau_m, c_m, tau_syn });
        [
            e_l + resistance * i_e,
            leak,
            resistance * leak,
            ex.exponential(),
            inh.exponential(),
            ex.alpha(),
            inh.alpha(),
            math::exp(-step / tau_ex),
            math::exp(-step / tau_in),
            std::f64::consts::E / tau_ex,
            std::f64::consts::E / tau_in,
            step,
            v_th,
            v_reset,
            ticks(t_ref, step),
        ]
    }

    #[inline(always)]
    fn flow(state: [F; STATES], c: &[F; COEFFICIENTS], input: [F; INPUTS]) -> [F; STATES] {
        let [v, i_ex, i_in, rise_ex, rise_in, refractory] = state;
        let [v_rest, leak, gain, from_ex, from_in, from_rise_ex, from_rise_in, ..] = *c;
        let [_, _, _, _, _, _, _, decay_ex, decay_in, onset_ex, onset_in, step, ..] = *c;
        let [excitation, inhibition, current] = input;
        let synapses = (i_ex * from_ex + rise_ex * from_rise_ex) + (i_in * from_in + rise_in * from_rise_in);
        let change = (v_rest - v) * leak + current * gain + synapses;
        [
            v + unless_held(refractory, change),
            ((i_ex + rise_ex * step) * decay_ex).settled(),
            ((i_in + rise_in * step) * decay_in).settled(),
            (rise_ex * decay_ex).settled() + excitation * onset_ex,
            (rise_in * decay_in).settled() + inhibition * onset_in,
            count_down(refractory),
        ]
    }

    #[inline(always)]
    fn fires([v, ..]: &[F; STATES], [.., v_th, _, _]: &[F; COEFFICIENTS]) -> bool {
        v >= v_th
    }

    #[inline(always)]
    fn reset(state: [F; STATES], [.., v_reset, refractory]: &[F; COEFFICIENTS]) -> [F; STATES] {
        let [_, i_ex, i_in, rise_ex, rise_in, _] = state;
        [*v_reset, i_ex, i_in, rise_ex, rise_in, *refractory]
    }
}
