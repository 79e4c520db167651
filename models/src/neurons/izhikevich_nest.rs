//! Izhikevich's neuron with NEST's default scheme, and what the two NEST variants share.

mod event;

use super::izhikevich::{A, B, C, D, EQUATIONS, I_E, INPUTS, RECEPTORS, STATES, initial, reset_below_peak, slope};
use super::parts::{U_M, V_M, parameter, v_th};
use super::{build, cost, named};
use sim_core::catalog::{NeuronCard, ParamSpec, Range};
use sim_core::engine::neurons::Kernel;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "izhikevich_nest",
    aliases: &["izhikevich_nest_consistent"],
    about: "Izhikevich's two-variable neuron, integrated as NEST does by default (forward Euler)",
    equations: EQUATIONS,
    scheme: "forward Euler: v_m and u_m in one whole step, both from their old values; input due at a tick is a jump of \
             v_m of its weight in mV at the tick's end; then v_min and the threshold are applied",
    source: "NEST documentation, model izhikevich with consistent_integration = true; Izhikevich (2003), IEEE \
             Transactions on Neural Networks 14:1569-1572, equations 1-3",
    parameters: PARAMETERS,
    states: &[V_M, U_M],
    receptors: RECEPTORS,
    cost: cost(15, STATES, INPUTS, COEFFICIENTS),
    check,
    initial,
    build: build::<f64, IzhikevichNest, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, IzhikevichNest, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: Some(event::BUILD),
};

/// NEST's parameters of both variants.
pub(super) const PARAMETERS: &[ParamSpec] = &[A, B, C, D, v_th(30.0, "potential at which a spike is cut off"), V_MIN, I_E];

/// Far below anything the equations reach: no lower bound.
const NO_BOUND: f64 = -1e9;

const V_MIN: ParamSpec = parameter(
    "v_min",
    &[],
    Dimension::VOLTAGE,
    NO_BOUND,
    Range::Any,
    "lower bound of the potential (by default far out of reach)",
);

pub(super) fn check(parameters: &[f64]) -> Result<(), String> {
    let [_, _, c, _, v_th, v_min, _] = named(parameters);
    if v_min >= v_th {
        return Err(format!("v_min ({v_min} mV) must be below v_th ({v_th} mV)"));
    }
    reset_below_peak(c, "v_th", v_th)
}

const COEFFICIENTS: usize = 8;

#[derive(Clone, Copy)]
struct IzhikevichNest;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for IzhikevichNest {
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; COEFFICIENTS] {
        let [a, b, c, d, v_th, v_min, i_e] = named(parameters);
        [step_ms, step_ms * a, b, i_e, v_min, v_th, c, d]
    }

    #[inline(always)]
    fn flow([v, u]: [F; STATES], k: &[F; COEFFICIENTS], [jump, current]: [F; INPUTS]) -> [F; STATES] {
        let [step, rate, b, i_e, v_min, ..] = *k;
        let end = v + (step * slope(v, u, current + i_e) + jump);
        [v_min.or_more(end), u + rate * (b * v - u)]
    }

    #[inline(always)]
    fn fires([v, _]: &[F; STATES], [.., v_th, _, _]: &[F; COEFFICIENTS]) -> bool {
        v >= v_th
    }

    #[inline(always)]
    fn reset([_, u]: [F; STATES], [.., c, d]: &[F; COEFFICIENTS]) -> [F; STATES] {
        [*c, u + *d]
    }
}
