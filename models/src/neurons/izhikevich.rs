//! Izhikevich's neuron with the integration scheme of the paper that introduced it, and what its three variants share.

use super::parts::{U_M, V_M, parameter, signed};
use super::{build, cost, named, reset_below_threshold, rest};
use sim_core::catalog::{NeuronCard, ParamSpec, Range, ReceptorSpec};
use sim_core::engine::neurons::Kernel;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "izhikevich",
    aliases: &["Izhikevich"],
    about: "Izhikevich's two-variable neuron, integrated as published (two half steps of v_m)",
    equations: EQUATIONS,
    scheme: "forward Euler as in the paper's program: v_m in two half steps, then u_m in one whole step with the new v_m; \
             then v_m >= v_peak is tested. Input due at a tick acts during that tick as a current of its weight: meant for \
             a step of 1 ms, as published",
    source: "Izhikevich (2003), IEEE Transactions on Neural Networks 14:1569-1572, equations 1-3 and the program printed there",
    parameters: &[A, B, C, D, V_PEAK, I_E],
    states: &[V_M, U_M],
    receptors: RECEPTORS,
    cost: cost(24, STATES, INPUTS, COEFFICIENTS),
    check: |parameters| {
        let [_, _, c, _, v_peak, _] = named(parameters);
        reset_below_peak(c, "v_peak", v_peak)
    },
    initial,
    build: build::<f64, Izhikevich, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, Izhikevich, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: None,
};

pub(super) const EQUATIONS: &str = "dv_m/dt = 0.04 v_m^2 + 5 v_m + 140 - u_m + i_e + I   (mV, ms; u_m and currents bare)\n\
     du_m/dt = a (b v_m - u_m)\n\
     v_m at the peak: spike, v_m = c, u_m = u_m + d\n\
     (a current source's pA counts as one bare unit of I)";

pub(super) const A: ParamSpec =
    parameter("a", &[], Dimension::NONE, 0.02, Range::Any, "rate of recovery, per ms (bare, as published)");
pub(super) const B: ParamSpec =
    parameter("b", &[], Dimension::NONE, 0.2, Range::Any, "sensitivity of recovery to v_m (bare, as published)");
pub(super) const C: ParamSpec = parameter("c", &[], Dimension::VOLTAGE, -65.0, Range::Any, "potential after a spike");
pub(super) const D: ParamSpec =
    parameter("d", &[], Dimension::NONE, 8.0, Range::Any, "jump of recovery at a spike (bare, as published)");
pub(super) const I_E: ParamSpec =
    parameter("i_e", &["i_offset"], Dimension::NONE, 0.0, Range::Any, "constant injected current (bare, as published)");
const V_PEAK: ParamSpec =
    parameter("v_peak", &["v_th", "v_thresh"], Dimension::VOLTAGE, 30.0, Range::Any, "potential at which a spike is cut off");

/// Weights are bare numbers of either sign.
pub(super) const RECEPTORS: &[ReceptorSpec] = &[signed(Dimension::NONE)];

pub(super) const STATES: usize = 2; // v_m, u_m
pub(super) const INPUTS: usize = 2;
const COEFFICIENTS: usize = 7;

/// v_m = -65 mV and u_m = b v_m, as in the paper's program.
pub(super) fn initial(parameters: &[f64], state: &mut [f64], given: &[bool]) {
    let [_, b, ..] = named::<2>(parameters);
    rest(state, given, &[-65.0]);
    let v_m = state.first().copied().unwrap_or(f64::NAN);
    rest(state, given, &[v_m, b * v_m]);
}

pub(super) fn reset_below_peak(c: f64, name: &str, peak: f64) -> Result<(), String> {
    reset_below_threshold(c, name, peak).map_err(|message| message.replacen("v_reset", "c", 1))
}

/// Slope of v_m, in mV per ms; the order of the sum is that of the printed equation.
#[inline(always)]
pub(super) fn slope<F: Real>(v: F, u: F, current: F) -> F {
    F::of(0.04) * v * v + F::of(5.0) * v + F::of(140.0) - u + current
}

/// v_m in two half steps, then u_m in a whole one; `rate` is the step times a.
#[inline(always)]
pub(super) fn published_step<F: Real>([v, u]: [F; 2], half: F, rate: F, b: F, current: F) -> [F; 2] {
    let middle = v + half * slope(v, u, current);
    let end = middle + half * slope(middle, u, current);
    [end, u + rate * (b * end - u)]
}

#[derive(Clone, Copy)]
struct Izhikevich;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for Izhikevich {
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; COEFFICIENTS] {
        let [a, b, c, d, v_peak, i_e] = named(parameters);
        [step_ms * 0.5, step_ms * a, b, i_e, v_peak, c, d]
    }

    #[inline(always)]
    fn flow(state: [F; STATES], k: &[F; COEFFICIENTS], [input, current]: [F; INPUTS]) -> [F; STATES] {
        let [half, rate, b, i_e, ..] = *k;
        published_step(state, half, rate, b, current + i_e + input)
    }

    #[inline(always)]
    fn fires([v, _]: &[F; STATES], [.., v_peak, _, _]: &[F; COEFFICIENTS]) -> bool {
        v >= v_peak
    }

    #[inline(always)]
    fn reset([_, u]: [F; STATES], [.., c, d]: &[F; COEFFICIENTS]) -> [F; STATES] {
        [*c, u + *d]
    }
}
