//! The leaky integrate-and-fire neuron of NALSM: forward Euler, no clamp while refractory.

use super::parts::{V_M, signed, state, t_ref, tau_m, v_reset, v_th};
use super::{build, cost, named, parts, reset_below_threshold, rest, ticks};
use sim_core::catalog::{NeuronCard, Range};
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "lif_nalsm",
    aliases: &[],
    about: "leaky integrate-and-fire as the liquids of NALSM have it: Euler steps, integrating on while refractory",
    equations: "g decays with tau_syn, and an input spike of weight w raises it by w; each step v_m -= v_m h/tau_m, then v_m += g h/ms\n\
                v_m >= v_th and not refractory: spike, v_m = v_reset; v_m has no lower bound",
    scheme: "forward Euler in v_m, exact in g; input due at a tick raises g at its begin and v_m within it. The potential goes on \
             while refractory, only spikes are held back: after a spike, t_ref passes without one (with 2 ms and steps of 1 ms, \
             intervals are 3 ms or more)",
    source: "Ivanov & Michmizos (2021), NeurIPS 34, and the authors' code (github.com/combra-lab/NALSM), where h = 1 ms, tau_m = 64 ms, \
             tau_syn = 1 ms, v_th = 20",
    parameters: &[
        tau_m(64.0),
        parts::parameter("tau_syn", &[], Dimension::TIME, 1.0, Range::Positive, "time constant of synapses"),
        v_th(20.0, "threshold"),
        v_reset(0.0),
        t_ref(2.0),
    ],
    states: &[V_M, state("g", &[], Dimension::VOLTAGE, "synaptic input, as growth of the potential per ms")],
    receptors: &[signed(Dimension::VOLTAGE)],
    cost: cost(7, STATES, INPUTS, COEFFICIENTS),
    check: |parameters| {
        let [_, _, v_th, v_reset, _] = named(parameters);
        reset_below_threshold(v_reset, "v_th", v_th)
    },
    initial: |_, state, given| rest(state, given, &[0.0, 0.0, 0.0]),
    build: build::<f64, LifNalsm, STATES, INPUTS, COEFFICIENTS>,
    build_f32: Some(build::<f32, LifNalsm, STATES, INPUTS, COEFFICIENTS>),
    build_spinnaker: None,
    build_event: None,
};

const STATES: usize = 3; // v_m, g, steps until the next spike may come
const INPUTS: usize = 2;
const COEFFICIENTS: usize = 6;

#[derive(Clone, Copy)]
struct LifNalsm;

impl<F: Real> Kernel<F, STATES, INPUTS, COEFFICIENTS> for LifNalsm {
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; COEFFICIENTS] {
        let [tau_m, tau_syn, v_th, v_reset, t_ref] = named(parameters);
        [step_ms / tau_m, math::exp(-step_ms / tau_syn), step_ms, v_th, v_reset, ticks(t_ref, step_ms) + 1.0]
    }

    #[inline(always)]
    fn flow([v, g, wait]: [F; STATES], c: &[F; COEFFICIENTS], [input, current]: [F; INPUTS]) -> [F; STATES] {
        let [leak, decay, step, ..] = *c;
        let g = g * decay + input;
        [v - v * leak + (g + current) * step, g, super::count_down(wait)]
    }

    #[inline(always)]
    fn fires([v, _, wait]: &[F; STATES], [_, _, _, v_th, ..]: &[F; COEFFICIENTS]) -> bool {
        (*v >= *v_th) & (*wait <= F::of(0.0))
    }

    #[inline(always)]
    fn reset([_, g, _]: [F; STATES], [.., v_reset, wait]: &[F; COEFFICIENTS]) -> [F; STATES] {
        [*v_reset, g, *wait]
    }
}
