//! A concentration that spikes raise and that goes back to a baseline.

use super::{RECEPTOR, VALUE, bare, tau};
use crate::neurons::{build, cost, named, rest};
use sim_core::catalog::NeuronCard;
use sim_core::engine::neurons::Kernel;
use sim_core::event::{self, Flow, Outlook, Relaxing};
use sim_core::math;
use sim_core::real::Real;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "leaky_modulator",
    aliases: &["neuromodulator"],
    about: "a value that each spike changes by its weight, and that returns to a baseline: dopamine and the like",
    equations: "tau dvalue/dt = baseline - value; at a spike of weight w: value += w",
    scheme: "exact; input due at a tick acts at its end. Rules read the value of the end of a tick in that tick",
    source: "Izhikevich (2007), Cerebral Cortex 17:2443-2452, the equation of dopamine",
    parameters: &[tau(200.0), bare("baseline", &[], 0.0, "value at rest")],
    states: &[VALUE],
    receptors: &[RECEPTOR],
    cost: cost(4, STATES, INPUTS, COEFFICIENTS),
    check: |_| Ok(()),
    initial: |parameters, state, given| {
        let [_, baseline] = named(parameters);
        rest(state, given, &[baseline]);
    },
    build: build::<f64, LeakyModulator, STATES, INPUTS, COEFFICIENTS>,
    build_f32: None,
    build_spinnaker: None,
    build_event: Some(event::build::<LeakyModulator, STATES, COEFFICIENTS>),
};

const STATES: usize = 1;
const INPUTS: usize = 2;
const COEFFICIENTS: usize = 2;

#[derive(Clone, Copy)]
struct LeakyModulator;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for LeakyModulator {
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; COEFFICIENTS] {
        let [tau, baseline] = named(parameters);
        [-math::exp_m1(-step_ms / tau), baseline]
    }

    #[inline(always)]
    fn flow([value]: [F; STATES], [leak, baseline]: &[F; COEFFICIENTS], [input, _]: [F; INPUTS]) -> [F; STATES] {
        [value + (*baseline - value) * *leak + input]
    }

    #[inline(always)]
    fn fires(_: &[F; STATES], _: &[F; COEFFICIENTS]) -> bool {
        false
    }

    #[inline(always)]
    fn reset(state: [F; STATES], _: &[F; COEFFICIENTS]) -> [F; STATES] {
        state
    }
}

/// The same in continuous time.
impl Flow<STATES, COEFFICIENTS> for LeakyModulator {
    const JUMPS: bool = false;

    fn coefficients(parameters: &[f64]) -> [f64; COEFFICIENTS] {
        named(parameters)
    }

    fn refractory(_: &[f64; COEFFICIENTS]) -> f64 {
        0.0
    }

    #[inline(always)]
    fn flow([value]: &[f64; STATES], [tau, baseline]: &[f64; COEFFICIENTS], _: f64, _: bool, dt: f64) -> [f64; STATES] {
        [baseline + (value - baseline) * math::exp(-dt / tau)]
    }

    #[inline(always)]
    fn receive([value]: &mut [f64; STATES], _: &[f64; COEFFICIENTS], _: usize, weight: f64, _: bool) {
        *value += weight;
    }

    fn outlook(_: &[f64; STATES], _: &[f64; COEFFICIENTS], _: f64, _: f64) -> Outlook {
        Outlook::Silent
    }

    fn fires(_: &[f64; STATES], _: &[f64; COEFFICIENTS]) -> bool {
        false
    }

    fn reset(_: &mut [f64; STATES], _: &[f64; COEFFICIENTS]) {}

    fn relaxing([tau, rest]: &[f64; COEFFICIENTS]) -> Option<Relaxing> {
        Some(Relaxing { tau: *tau, rest: *rest })
    }
}
