//! Izhikevich's neuron in its dimensional form, with exponentially decaying synaptic currents.

mod event;

use super::izhikevich::reset_below_peak;
use super::parts::{CURRENT_RECEPTORS, I_SYN_EX, I_SYN_IN, V_M, c_m, i_e, parameter, state, tau_syn_ex, tau_syn_in};
use super::{build, cost, named, rest};
use sim_core::catalog::{NeuronCard, ParamSpec, Range, StateSpec};
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "izhikevich_2007",
    aliases: &[],
    about: "Izhikevich's two-variable neuron in units of its membrane, with exponential synaptic currents",
    equations: "c_m dv_m/dt = k (v_m - v_r) (v_m - v_t) - u_m + i_syn_ex + i_syn_in + i_e + I\n\
                du_m/dt = a (b (v_m - v_r) - u_m)\n\
                di_syn_x/dt = -i_syn_x / tau_syn_x + sum_k w_k delta(t - t_k), x = ex, in\n\
                v_m >= v_peak: spike, v_m = c, u_m = u_m + d",
    scheme: "forward Euler as in the book's programs: v_m and u_m in one whole step, both from their old values; then v_m >= \
             v_peak is tested. Synaptic currents decay exactly and act with their value at the start of the tick; input due \
             at a tick is added at its end; the injected current is constant within the tick. The defaults are the book's \
             regular-spiking cell",
    source: "Izhikevich (2007), Dynamical Systems in Neuroscience, MIT Press, chapter 8, equations 8.5 and 8.6",
    parameters: &[
        c_m(100.0),
        bare("k", 0.7, "steepness of the parabola, in nS/mV (bare, as published)"),
        voltage("v_r", &["vr"], -60.0, "resting potential"),
        voltage("v_t", &["vt"], -40.0, "instantaneous threshold potential"),
        bare("a", 0.03, "rate of recovery, per ms (bare, as published)"),
        parameter("b", &[], Dimension::CONDUCTANCE, -2.0, Range::Any, "sensitivity of recovery to v_m"),
        voltage("c", &[], -50.0, "potential after a spike"),
        parameter("d", &[], Dimension::CURRENT, 100.0, Range::Any, "jump of recovery at a spike"),
        voltage("v_peak", &["vpeak"], 35.0, "potential at which a spike is cut off"),
        tau_syn_ex(5.0),
        tau_syn_in(10.0),
        i_e(0.0),
    ],
    states: &[V_M, U_M, I_SYN_EX, I_SYN_IN],
    receptors: CURRENT_RECEPTORS,
    cost: cost(19, STATES, INPUTS, COEFFICIENTS),
    check: |parameters| {
        let [_, _, _, _, _, _, c, _, v_peak] = named(parameters);
        reset_below_peak(c, "v_peak", v_peak)
    },
    initial: |parameters, state, given| {
        let [_, _, v_r, _, _, b] = named(parameters);
        rest(state, given, &[v_r]);
        let v_m = state.first().copied().unwrap_or(f64::NAN);
        rest(state, given, &[v_m, b * (v_m - v_r), 0.0, 0.0]);
    },
    build: build::<f64, Izhikevich2007, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, Izhikevich2007, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: Some(event::BUILD),
};

const fn bare(name: &'static str, default: f64, about: &'static str) -> ParamSpec {
    parameter(name, &[], Dimension::NONE, default, Range::Any, about)
}

const fn voltage(name: &'static str, aliases: &'static [&'static str], default: f64, about: &'static str) -> ParamSpec {
    parameter(name, aliases, Dimension::VOLTAGE, default, Range::Any, about)
}

const U_M: StateSpec = state("u_m", &["u"], Dimension::CURRENT, "recovery current");

const STATES: usize = 4; // v_m, u_m, i_syn_ex, i_syn_in
const INPUTS: usize = 3;
const COEFFICIENTS: usize = 12;

#[derive(Clone, Copy)]
struct Izhikevich2007;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for Izhikevich2007 {
    fn coefficients(parameters: &[f64], step: f64) -> [f64; COEFFICIENTS] {
        let [c_m, k, v_r, v_t, a, b, c, d, v_peak, tau_ex, tau_in, i_e] = named(parameters);
        let decay = |tau: f64| math::exp(-step / tau);
        [step / c_m, k, v_r, v_t, step * a, b, i_e, decay(tau_ex), decay(tau_in), v_peak, c, d]
    }

    #[inline(always)]
    fn flow([v, u, i_ex, i_in]: [F; STATES], c: &[F; COEFFICIENTS], input: [F; INPUTS]) -> [F; STATES] {
        let [gain, k, v_r, v_t, rate, b, i_e, decay_ex, decay_in, ..] = *c;
        let [excitation, inhibition, current] = input;
        let above = v - v_r;
        let total = k * above * (v - v_t) - u + (i_ex + i_in) + (current + i_e);
        [
            v + gain * total,
            u + rate * (b * above - u),
            (i_ex * decay_ex).settled() + excitation,
            (i_in * decay_in).settled() + inhibition,
        ]
    }

    #[inline(always)]
    fn fires([v, ..]: &[F; STATES], [.., v_peak, _, _]: &[F; COEFFICIENTS]) -> bool {
        v >= v_peak
    }

    #[inline(always)]
    fn reset([_, u, i_ex, i_in]: [F; STATES], [.., c, d]: &[F; COEFFICIENTS]) -> [F; STATES] {
        [*c, u + *d, i_ex, i_in]
    }
}
