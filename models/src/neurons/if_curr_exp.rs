//! SpiNNaker's leaky integrate-and-fire neuron with exponentially decaying synaptic currents: sPyNNaker's discrete form, in floating
//! point here and in the numbers of the chip in [`chip`].

mod chip;

use super::parts::{
    CURRENT_RECEPTORS, I_SYN_EX, I_SYN_IN, V_M, c_m, e_l, i_e, parameter, tau_m, tau_syn_ex, tau_syn_in, v_reset, v_th,
};
use super::{build, cost, count_down, named, reset_below_threshold, rest};
use sim_core::catalog::{NeuronCard, ParamSpec, Range};
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "if_curr_exp",
    aliases: &["lif_curr_exp_spinnaker"],
    about: "leaky integrate-and-fire with exponential synaptic currents as SpiNNaker steps it: input acts at once, its current is \
            constant within a step",
    equations: "i_syn_x += w tau_syn_x/h (1 - exp(-h/tau_syn_x)) for each spike due, x = ex, in\n\
                v_m -> v_end + (v_m - v_end) exp(-h/tau_m), v_end = e_l + tau_m/c_m (i_syn_ex + i_syn_in + i_e + I)\n\
                v_m >= v_th: spike, v_m = v_reset for t_ref\n\
                i_syn_x -> i_syn_x exp(-h/tau_syn_x)",
    scheme: "sPyNNaker's (IF_curr_exp there), in this order, once a step: input due at a tick acts in it; the synaptic current stays as \
             it is until the potential is updated; while refractory, the potential stays and input is lost but for what its \
             current leaves. With [network] numerics = \"spinnaker\" in the numbers of the chip: state in 32 bits of which 15 \
             are behind the point, decays in 32 bits, weights and sums of weights in 16 bits with a scale for each population \
             and receptor; sums end at 65535, products are rounded down. PyNN's IF_curr_exp of other back ends is lif_psc_exp",
    source: "sPyNNaker (Rhodes et al. 2018, Frontiers in Neuroscience 12:816), IF_curr_exp; agrees with the spikes \
             of Casanueva-Morato et al. (2024), Neural Networks 178:106474, recorded on SpiNNaker",
    parameters: &[
        c_m(1000.0),
        tau_m(20.0),
        e_l(-65.0),
        v_th(-50.0, "threshold"),
        v_reset(-65.0),
        T_REF,
        tau_syn_ex(5.0),
        tau_syn_in(5.0),
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
    build: build::<f64, IfCurrExp, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, IfCurrExp, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: Some(chip::BUILD),
    build_event: None,
};

const T_REF: ParamSpec = parameter(
    "t_ref",
    &["tau_refrac"],
    Dimension::TIME,
    0.1,
    Range::NotNegative,
    "refractory time after a spike; taken to the next whole step, not to the nearest whole step as in other models (sPyNNaker)",
);

const STATES: usize = 4; // v_m, i_syn_ex, i_syn_in, steps of refractoriness left
const INPUTS: usize = 3;
const COEFFICIENTS: usize = 10;

/// Steps of refractoriness. A time that is a whole number of steps but for rounding is that number.
fn refractory_steps(t_ref: f64, step: f64) -> f64 {
    (t_ref / step - 1e-9).ceil().max(0.0)
}

/// The part of a weight that is added to the synaptic current: its mean over the step.
fn mean_over_step(tau_syn: f64, step: f64) -> f64 {
    -math::exp_m1(-step / tau_syn) * tau_syn / step
}

#[derive(Clone, Copy)]
struct IfCurrExp;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for IfCurrExp {
    fn coefficients(parameters: &[f64], step: f64) -> [f64; COEFFICIENTS] {
        let [c_m, tau_m, e_l, v_th, v_reset, t_ref, tau_ex, tau_in, i_e] = named(parameters);
        let resistance = tau_m / c_m;
        [
            e_l + resistance * i_e,
            resistance,
            math::exp(-step / tau_m),
            mean_over_step(tau_ex, step),
            mean_over_step(tau_in, step),
            math::exp(-step / tau_ex),
            math::exp(-step / tau_in),
            v_th,
            v_reset,
            refractory_steps(t_ref, step),
        ]
    }

    #[inline(always)]
    fn flow(state: [F; STATES], c: &[F; COEFFICIENTS], input: [F; INPUTS]) -> [F; STATES] {
        let [v, i_ex, i_in, refractory] = state;
        let [v_rest, resistance, decay, part_ex, part_in, decay_ex, decay_in, ..] = *c;
        let [excitation, inhibition, current] = input;
        let (i_ex, i_in) = (i_ex + excitation * part_ex, i_in + inhibition * part_in);
        let v_end = v_rest + (i_ex + i_in + current) * resistance;
        let updated = v_end + (v - v_end) * decay;
        [
            F::select(refractory > F::of(0.0), v, updated),
            (i_ex * decay_ex).settled(),
            (i_in * decay_in).settled(),
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
