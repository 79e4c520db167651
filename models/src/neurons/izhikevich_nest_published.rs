//! Izhikevich's neuron with NEST's rendering of the published scheme.

use super::izhikevich::{EQUATIONS, INPUTS, RECEPTORS, STATES, initial, published_step};
use super::izhikevich_nest::{PARAMETERS, check};
use super::parts::{U_M, V_M};
use super::{build, cost, named};
use sim_core::catalog::NeuronCard;
use sim_core::engine::neurons::Kernel;
use sim_core::real::Real;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "izhikevich_nest_published",
    aliases: &[],
    about: "Izhikevich's two-variable neuron, integrated as NEST does with consistent_integration = false",
    equations: EQUATIONS,
    scheme: "forward Euler, v_m in two half steps, then u_m in one whole step with the new v_m; input due at a tick acts \
             during that tick as a current of its weight; then v_min and the threshold are applied, v_min after u_m",
    source: "NEST documentation, model izhikevich with consistent_integration = false; Izhikevich (2003), IEEE \
             Transactions on Neural Networks 14:1569-1572",
    parameters: PARAMETERS,
    states: &[V_M, U_M],
    receptors: RECEPTORS,
    cost: cost(24, STATES, INPUTS, COEFFICIENTS),
    check,
    initial,
    build: build::<f64, IzhikevichNestPublished, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, IzhikevichNestPublished, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: None,
};

const COEFFICIENTS: usize = 8;

#[derive(Clone, Copy)]
struct IzhikevichNestPublished;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for IzhikevichNestPublished {
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; COEFFICIENTS] {
        let [a, b, c, d, v_th, v_min, i_e] = named(parameters);
        [step_ms * 0.5, step_ms * a, b, i_e, v_min, v_th, c, d]
    }

    #[inline(always)]
    fn flow(state: [F; STATES], k: &[F; COEFFICIENTS], [input, current]: [F; INPUTS]) -> [F; STATES] {
        let [half, rate, b, i_e, v_min, ..] = *k;
        let [v, u] = published_step(state, half, rate, b, current + i_e + input);
        [v_min.or_more(v), u]
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
