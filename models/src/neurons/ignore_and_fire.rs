//! A neuron that fires at a rate of its own whatever it gets: the same load on any machine, for benchmarks.

use super::parts::{CURRENT_RECEPTORS, parameter, state};
use super::{build, cost, named, rest};
use sim_core::catalog::{NeuronCard, ParamSpec, Range, StateSpec};
use sim_core::engine::neurons::Kernel;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "ignore_and_fire",
    aliases: &[],
    about: "fires at a rate of its own and ignores all input: for benchmarks",
    equations: "spikes at phase / rate and from then on every 1 / rate; input changes nothing",
    scheme: "period and phase are rounded to 1 us and then up to whole ticks, at least one; the first spike is in the tick \
             after the phase. Takes the weights of a model with synaptic currents, so that it can stand in its place",
    source: "NEST documentation, model ignore_and_fire",
    parameters: &[RATE, PHASE],
    states: &[TICKS],
    receptors: CURRENT_RECEPTORS,
    cost: cost(1, STATES, INPUTS, COEFFICIENTS),
    check: |parameters| {
        let [_, phase] = named(parameters);
        if phase > 0.0 { Ok(()) } else { Err(format!("phase ({phase}) must be greater than 0")) }
    },
    initial: |_, state, given| rest(state, given, &[0.0]),
    build: build::<f64, IgnoreAndFire, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, IgnoreAndFire, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: None,
};

const RATE: ParamSpec = parameter("rate", &[], Dimension::RATE, 0.01, Range::Positive, "rate of its spikes");
const PHASE: ParamSpec = parameter(
    "phase",
    &[],
    Dimension::NONE,
    1.0,
    Range::Probability,
    "part of a period until the first spike, above 0; drawn for each neuron it spreads their spikes",
);
const TICKS: StateSpec = state("ticks", &[], Dimension::NONE, "ticks since the last spike, less (1 - phase) of a period");

const STATES: usize = 1;
const INPUTS: usize = 3;
const COEFFICIENTS: usize = 2;

/// A duration in whole ticks as NEST takes it here: to the nearest 1 us, and then up.
fn whole_ticks(duration_ms: f64, step_ms: f64) -> f64 {
    let micros = |ms: f64| (ms * 1000.0).round();
    (micros(duration_ms) / micros(step_ms).max(1.0)).ceil().max(1.0)
}

#[derive(Clone, Copy)]
struct IgnoreAndFire;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for IgnoreAndFire {
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; COEFFICIENTS] {
        let [rate, phase] = named(parameters);
        let first = whole_ticks(phase / rate, step_ms) + 1.0;
        [first, first - whole_ticks(1.0 / rate, step_ms)]
    }

    #[inline(always)]
    fn flow([ticks]: [F; STATES], _: &[F; COEFFICIENTS], _: [F; INPUTS]) -> [F; STATES] {
        [ticks + F::of(1.0)]
    }

    #[inline(always)]
    fn fires([ticks]: &[F; STATES], [due, _]: &[F; COEFFICIENTS]) -> bool {
        ticks >= due
    }

    #[inline(always)]
    fn reset(_: [F; STATES], [_, again]: &[F; COEFFICIENTS]) -> [F; STATES] {
        [*again]
    }
}
