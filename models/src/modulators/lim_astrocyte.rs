//! The astrocyte of NALSM: one number that follows the difference of two activities.

use super::{RECEPTOR, VALUE, bare, tau};
use crate::neurons::{build, cost, named, rest};
use sim_core::catalog::NeuronCard;
use sim_core::engine::neurons::Kernel;
use sim_core::real::Real;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "lim_astrocyte",
    aliases: &["lim"],
    about: "leaky-integrate-and-modulate astrocyte: follows the weighted number of spikes per step around a bias",
    equations: "each step: value += h/tau (sum of the weights of spikes + bias - value)\n\
                with +w from a liquid and -w from its input, value = bias + w (difference of their spikes per step) at rest",
    scheme: "forward Euler with the step of the network, as published (1 ms): the input is a number per step, so that it depends \
             on the step. Rules read the value of the end of a tick in that tick",
    source: "Ivanov & Michmizos (2021), NeurIPS 34, and the authors' code (github.com/combra-lab/NALSM): tau = 100 ms, bias = 0.15, \
             w = 0.015 (1000 neurons) or 0.0075 (8000)",
    parameters: &[tau(100.0), bare("bias", &["baseline"], 0.15, "value at rest without spikes, and at the start")],
    states: &[VALUE],
    receptors: &[RECEPTOR],
    cost: cost(4, STATES, INPUTS, COEFFICIENTS),
    check: |_| Ok(()),
    initial: |parameters, state, given| {
        let [_, bias] = named(parameters);
        rest(state, given, &[bias]);
    },
    build: build::<f64, LimAstrocyte, STATES, INPUTS, COEFFICIENTS>,
    build_f32: None,
};

const STATES: usize = 1;
const INPUTS: usize = 2;
const COEFFICIENTS: usize = 2;

#[derive(Clone, Copy)]
struct LimAstrocyte;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for LimAstrocyte {
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; COEFFICIENTS] {
        let [tau, bias] = named(parameters);
        [step_ms / tau, bias]
    }

    #[inline(always)]
    fn flow([value]: [F; STATES], [part, bias]: &[F; COEFFICIENTS], [input, _]: [F; INPUTS]) -> [F; STATES] {
        [value + *part * (input + *bias - value)]
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
