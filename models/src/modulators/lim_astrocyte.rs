//! The astrocyte of NALSM: one number that follows the difference of two activities.

use super::{RECEPTOR, VALUE, bare, tau};
use crate::neurons::{build, cost, named, rest};
use sim_core::catalog::{NeuronCard, ParamSpec, Range, StateSpec};
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "lim_astrocyte",
    aliases: &["lim"],
    about: "leaky-integrate-and-modulate astrocyte: follows the weighted number of spikes per step around a bias",
    equations: "each step: value += h/tau (rate (sum of the weights of spikes + bias) - value), then rate and value are multiplied \
                by exp(-h/fade)\n\
                rate is 1 at the start, and always without fade; then, with +w from a liquid and -w from its input, value = bias + w (difference of their spikes per step) at rest",
    scheme: "forward Euler with the step of the network, as published (1 ms): the input is a number per step, so that it depends \
             on the step. Rules read the value of the end of a tick in that tick",
    source: "Ivanov & Michmizos (2021), NeurIPS 34, and the authors' code (github.com/combra-lab/NALSM): tau = 100 ms, bias = 0.15, \
             w = 0.015 (1000 neurons) or 0.0075 (8000)",
    parameters: &[tau(100.0), bare("bias", &["baseline"], 0.15, "value at rest without spikes, and at the start"), FADE],
    states: &[VALUE, RATE],
    receptors: &[RECEPTOR],
    cost: cost(4, STATES, INPUTS, COEFFICIENTS),
    check: |_| Ok(()),
    initial: |parameters, state, given| {
        let [_, bias, _] = named(parameters);
        rest(state, given, &[bias, 1.0]);
    },
    build: build::<f64, LimAstrocyte, STATES, INPUTS, COEFFICIENTS>,
    build_f32: None,
    build_spinnaker: None,
    build_event: None,
};

const RATE: StateSpec =
    StateSpec { name: "rate", aliases: &[], dimension: Dimension::NONE, about: "what is left of learning: fades from 1" };

const FADE: ParamSpec = ParamSpec {
    name: "fade",
    aliases: &[],
    dimension: Dimension::TIME,
    default: 0.0,
    range: Range::NotNegative,
    about: "time constant with which value and rate fade; 0: they do not (authors: 0.99 a ms, 99.4992 ms)",
};

const STATES: usize = 2; // value, rate
const INPUTS: usize = 2;
const COEFFICIENTS: usize = 3;

#[derive(Clone, Copy)]
struct LimAstrocyte;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for LimAstrocyte {
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; COEFFICIENTS] {
        let [tau, bias, fade] = named(parameters);
        [step_ms / tau, bias, if fade > 0.0 { math::exp(-step_ms / fade) } else { 1.0 }]
    }

    #[inline(always)]
    fn flow([value, rate]: [F; STATES], [part, bias, left]: &[F; COEFFICIENTS], [input, _]: [F; INPUTS]) -> [F; STATES] {
        [(value + *part * (rate * (input + *bias) - value)) * *left, rate * *left]
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
