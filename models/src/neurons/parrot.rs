//! A neuron that repeats what it hears.

use super::{build, cost, rest};
use sim_core::catalog::{NeuronCard, Polarity, ReceptorSpec, StateSpec};
use sim_core::engine::neurons::Kernel;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "parrot",
    aliases: &["parrot_neuron"],
    about: "repeats each spike that it gets",
    equations: "a spike at t if any arrives at t",
    scheme: "in the tick in which a spike arrives, whatever its weight; spikes that arrive in the same tick are one (NEST's \
             repeats each of them)",
    source: "NEST documentation, model parrot_neuron",
    parameters: &[],
    states: &[StateSpec {
        name: "heard",
        aliases: &[],
        dimension: Dimension::NONE,
        about: "sum of the weights of what has just arrived",
    }],
    receptors: &[ReceptorSpec {
        name: "excitatory",
        polarity: Polarity::Excitatory,
        dimension: Dimension::NONE,
        magnitude: false,
    }],
    cost: cost(1, STATES, INPUTS, COEFFICIENTS),
    check: |_| Ok(()),
    initial: |_, state, given| rest(state, given, &[0.0]),
    build: build::<f64, Parrot, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, Parrot, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: None,
};

const STATES: usize = 1; // heard
const INPUTS: usize = 2;
const COEFFICIENTS: usize = 0;

#[derive(Clone, Copy)]
struct Parrot;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for Parrot {
    fn coefficients(_: &[f64], _: f64) -> [f64; COEFFICIENTS] {
        []
    }

    #[inline(always)]
    fn flow(_: [F; STATES], _: &[F; COEFFICIENTS], [arrived, _]: [F; INPUTS]) -> [F; STATES] {
        [arrived]
    }

    #[inline(always)]
    fn fires([arrived]: &[F; STATES], _: &[F; COEFFICIENTS]) -> bool {
        *arrived > F::of(0.0)
    }

    #[inline(always)]
    fn reset(heard: [F; STATES], _: &[F; COEFFICIENTS]) -> [F; STATES] {
        heard
    }
}
