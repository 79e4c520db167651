//! Generalised integrate-and-fire neuron: spikes escape at random, and each adds to currents and to a threshold that decay.

use super::parts::{
    CURRENT_RECEPTORS, I_SYN_EX, I_SYN_IN, V_M, c_m, e_l, g_l, i_e, parameter, state, t_ref, tau_syn_ex, tau_syn_in, v_reset,
};
use super::propagators::Propagators;
use super::{build, cost, count_down, named, rest, ticks, unless_held};
use sim_core::catalog::{NeuronCard, ParamSpec, Range, StateSpec};
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::random::mix;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "gif_psc_exp",
    aliases: &[],
    about: "leaky integrate-and-fire with escape noise, spike-triggered currents and adaptive threshold",
    equations: "c_m dv_m/dt = -g_l (v_m - e_l) - stc_1 - stc_2 + i_syn_ex + i_syn_in + i_e + I\n\
                di_syn_x/dt = -i_syn_x / tau_syn_x + sum_k w_k delta(t - t_k), x = ex, in\n\
                dstc_j/dt = -stc_j / tau_stc_j, dsfa_j/dt = -sfa_j / tau_sfa_j, j = 1, 2\n\
                spikes at random at the rate lambda_0 exp((v_m - v_t_star - sfa_1 - sfa_2) / delta_v);\n\
                at each stc_j = stc_j + q_stc_j, sfa_j = sfa_j + q_sfa_j, v_m = v_reset for t_ref",
    scheme: "exact integration with all currents constant within the tick but the synaptic ones, equal time constants \
             included; input due at a tick is added to the synaptic current before the tick's step and acts in it; stc_j and \
             sfa_j act with their values at the tick's start; a tick of length h that ends outside t_ref has a spike with \
             probability 1 - exp(-rate h), the rate taken at the tick's end. A random number for each neuron and tick, keyed \
             by the seed of noise, the population's name and the neuron",
    source: "Mensi et al. (2012), Journal of Neurophysiology 107:1756-1775; Pozzorini et al. (2015), PLoS Computational \
             Biology 11:e1004275; NEST documentation, model gif_psc_exp",
    parameters: &[
        c_m(80.0),
        g_l(4.0),
        e_l(-70.0),
        v_reset(-55.0),
        t_ref(4.0),
        parameter("v_t_star", &[], Dimension::VOLTAGE, -35.0, Range::Any, "threshold without adaptation"),
        parameter("delta_v", &[], Dimension::VOLTAGE, 0.5, Range::Positive, "sharpness of the threshold"),
        parameter("lambda_0", &[], Dimension::RATE, 0.001, Range::NotNegative, "rate of spikes at the threshold"),
        time("tau_stc_1", 10.0, "time constant of the first spike-triggered current"),
        parameter("q_stc_1", &[], Dimension::CURRENT, 0.0, Range::Any, "jump of the first spike-triggered current"),
        time("tau_stc_2", 100.0, "time constant of the second spike-triggered current"),
        parameter("q_stc_2", &[], Dimension::CURRENT, 0.0, Range::Any, "jump of the second spike-triggered current"),
        time("tau_sfa_1", 10.0, "time constant of the first part of the threshold"),
        parameter("q_sfa_1", &[], Dimension::VOLTAGE, 0.0, Range::Any, "jump of the first part of the threshold"),
        time("tau_sfa_2", 100.0, "time constant of the second part of the threshold"),
        parameter("q_sfa_2", &[], Dimension::VOLTAGE, 0.0, Range::Any, "jump of the second part of the threshold"),
        tau_syn_ex(2.0),
        tau_syn_in(2.0),
        i_e(0.0),
    ],
    states: &[
        V_M,
        I_SYN_EX,
        I_SYN_IN,
        part("stc_1", Dimension::CURRENT, "first spike-triggered current"),
        part("stc_2", Dimension::CURRENT, "second spike-triggered current"),
        part("sfa_1", Dimension::VOLTAGE, "first part of the threshold above v_t_star"),
        part("sfa_2", Dimension::VOLTAGE, "second part of the threshold above v_t_star"),
    ],
    receptors: CURRENT_RECEPTORS,
    // Two exponentials of 37 and two hashes of 8.
    cost: cost(29 + 2 * 37 + 2 * 8, STATES, INPUTS, COEFFICIENTS),
    check: |_| Ok(()),
    initial: |parameters, state, given| {
        let [_, _, e_l] = named(parameters);
        rest(state, given, &[e_l, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    },
    build: build::<f64, GifPscExp, STATES, INPUTS, COEFFICIENTS>,
    // The key of the random numbers needs its 53 bits.
    build_f32: None,
    build_spinnaker: None,
    build_event: None,
};

const fn time(name: &'static str, default: f64, about: &'static str) -> ParamSpec {
    parameter(name, &[], Dimension::TIME, default, Range::Positive, about)
}

const fn part(name: &'static str, dimension: Dimension, about: &'static str) -> StateSpec {
    state(name, &[], dimension, about)
}

/// The states of the card; then steps of refractoriness left, 1 if it fires in this tick, ticks done, and the key of its
/// random numbers in 0..1, which the engine gives.
const STATES: usize = 11;
const INPUTS: usize = 3;
const COEFFICIENTS: usize = 20;

#[derive(Clone, Copy)]
struct GifPscExp;

impl Kernel<f64, STATES, INPUTS, COEFFICIENTS> for GifPscExp {
    fn coefficients(parameters: &[f64], step: f64) -> [f64; COEFFICIENTS] {
        let [c_m, g_l, e_l, v_reset, t_ref, v_t_star, delta_v, lambda_0, ..] = named::<19>(parameters);
        let [.., tau_stc_1, q_stc_1, tau_stc_2, q_stc_2, tau_sfa_1, q_sfa_1, tau_sfa_2, q_sfa_2, tau_ex, tau_in, i_e] =
            named::<19>(parameters);
        let tau_m = c_m / g_l;
        let leak = -math::exp_m1(-step / tau_m);
        let from_current = |tau_syn| Propagators { step, tau_m, c_m, tau_syn }.exponential();
        let decay = |tau: f64| math::exp(-step / tau);
        [
            e_l + i_e / g_l,
            leak,
            leak / g_l,
            from_current(tau_ex),
            from_current(tau_in),
            decay(tau_ex),
            decay(tau_in),
            decay(tau_stc_1),
            decay(tau_stc_2),
            decay(tau_sfa_1),
            decay(tau_sfa_2),
            v_t_star,
            1.0 / delta_v,
            lambda_0 * step,
            q_stc_1,
            q_stc_2,
            q_sfa_1,
            q_sfa_2,
            v_reset,
            ticks(t_ref, step),
        ]
    }

    #[inline(always)]
    fn flow(state: [f64; STATES], c: &[f64; COEFFICIENTS], input: [f64; INPUTS]) -> [f64; STATES] {
        let [v, i_ex, i_in, stc_1, stc_2, sfa_1, sfa_2, refractory, _, ticks, key] = state;
        let [v_rest, leak, gain, from_ex, from_in, decay_ex, decay_in, decay_stc_1, decay_stc_2, ..] = *c;
        let [.., decay_sfa_1, decay_sfa_2, v_t_star, sharpness, hazard, _, _, _, _, _, _] = *c;
        let [excitation, inhibition, current] = input;
        let (i_ex, i_in) = (i_ex * decay_ex + excitation, i_in * decay_in + inhibition);
        let change = (v_rest - v) * leak + (current - (stc_1 + stc_2)) * gain + (i_ex * from_ex + i_in * from_in);
        let v = v + unless_held(refractory, change);
        let threshold = v_t_star + sfa_1 + sfa_2;
        let survival = math::exp(-hazard * math::exp((v - threshold) * sharpness));
        let escapes = (survival <= uniform(key, ticks)) & (refractory <= 0.0);
        [
            v,
            i_ex,
            i_in,
            stc_1 * decay_stc_1,
            stc_2 * decay_stc_2,
            sfa_1 * decay_sfa_1,
            sfa_2 * decay_sfa_2,
            count_down(refractory),
            f64::select(escapes, 1.0, 0.0),
            ticks + 1.0,
            key,
        ]
    }

    #[inline(always)]
    fn fires([.., escapes, _, _]: &[f64; STATES], _: &[f64; COEFFICIENTS]) -> bool {
        *escapes > 0.0
    }

    #[inline(always)]
    fn reset(state: [f64; STATES], c: &[f64; COEFFICIENTS]) -> [f64; STATES] {
        let [_, i_ex, i_in, stc_1, stc_2, sfa_1, sfa_2, _, _, ticks, key] = state;
        let [.., q_stc_1, q_stc_2, q_sfa_1, q_sfa_2, v_reset, refractory] = *c;
        let (stc_1, stc_2, sfa_1, sfa_2) = (stc_1 + q_stc_1, stc_2 + q_stc_2, sfa_1 + q_sfa_1, sfa_2 + q_sfa_2);
        [v_reset, i_ex, i_in, stc_1, stc_2, sfa_1, sfa_2, refractory, 0.0, ticks, key]
    }
}

/// A neuron's random number of a tick, in [0, 1). The tick is mixed first, or the numbers of one neuron would be those of
/// another some ticks later. The bits of numbers are taken as they are: conversions would keep the loop over neurons from
/// becoming vector code.
#[inline(always)]
fn uniform(key: f64, tick: f64) -> f64 {
    let bits = mix(key.to_bits(), mix(0, tick.to_bits()));
    f64::from_bits((bits >> 12) | 1.0_f64.to_bits()) - 1.0
}
