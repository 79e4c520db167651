//! Leaky integrate-and-fire neuron with exponentially decaying conductances of three kinds: fast excitation, inhibition, and
//! slow excitation through NMDA receptors, which magnesium blocks near rest.

use super::parts::{
    CONDUCTANCE_RECEPTORS, G_EX, G_IN, V_M, c_m, e_ex, e_in, e_l, g_l, i_e, parameter, state, t_ref, tau_syn_ex, tau_syn_in,
    v_reset, v_th,
};
use super::{build, cost, count_down, named, reset_below_threshold, rest, ticks, unless_held};
use sim_core::catalog::{NeuronCard, Polarity, Range, ReceptorSpec, StateSpec};
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "lif_cond_exp_nmda",
    aliases: &[],
    about: "leaky integrate-and-fire with exponential synaptic conductances, of NMDA receptors too",
    equations: "c_m dv_m/dt = -g_l (v_m - e_l) - (g_ex + B g_nmda) (v_m - e_ex) - g_in (v_m - e_in) + i_e + I\n\
                B = 1 / (1 + conc_mg2 / 3.57 mM exp(-0.062 v_m / 1 mV))\n\
                dg_x/dt = -g_x / tau_syn_x + sum_k w_k delta(t - t_k), x = ex, in, nmda\n\
                v_m >= v_th: spike, v_m = v_reset for t_ref",
    scheme: "v_m by the classical Runge-Kutta method of order 4, one step a tick, with B at each stage and exactly decaying \
             conductances at its three times; input due at a tick is added to the conductance at the tick's end, refractory \
             or not; the injected current is constant within the tick. g_nmda is linear: it rises at once and does not saturate. \
             NEST's iaf_bw_2001 has the same membrane, but each of its NMDA spikes adds less the less the source has rested: a \
             source that has rested adds there what a weight k_0 times as large adds here (k_0 = 0.648 with NEST's alpha and rise \
             time). The tick must be short against c_m over the sum of all conductances",
    source: "Jahr & Stevens (1990), Journal of Neuroscience 10:3178-3182 (B); Wang (2002), Neuron 36:955-968 (constants of a \
             pyramidal cell); NEST documentation, model iaf_bw_2001",
    parameters: &[
        c_m(500.0),
        g_l(25.0),
        e_l(-70.0),
        v_th(-50.0, "threshold"),
        v_reset(-55.0),
        t_ref(2.0),
        tau_syn_ex(2.0),
        tau_syn_in(5.0),
        parameter("tau_syn_nmda", &["tau_decay_NMDA"], Dimension::TIME, 100.0, Range::Positive, "time constant of NMDA synapses"),
        e_ex(0.0),
        e_in(-70.0),
        parameter(
            "conc_mg2",
            &["conc_Mg2"],
            Dimension::CONCENTRATION,
            1000.0,
            Range::NotNegative,
            "magnesium outside of the cell; 0: no block",
        ),
        i_e(0.0),
    ],
    states: &[V_M, G_EX, G_IN, G_NMDA],
    receptors: &[CONDUCTANCE_RECEPTORS[0], CONDUCTANCE_RECEPTORS[1], NMDA],
    cost: cost(OPERATIONS, STATES, INPUTS, COEFFICIENTS),
    check: |parameters| {
        let [_, _, _, v_th, v_reset, ..] = named::<13>(parameters);
        reset_below_threshold(v_reset, "v_th", v_th)
    },
    initial: |parameters, state, given| {
        let [_, _, e_l, ..] = named::<13>(parameters);
        rest(state, given, &[e_l, 0.0, 0.0, 0.0, 0.0]);
    },
    build: build::<f64, LifCondExpNmda, STATES, INPUTS, COEFFICIENTS>,
    // The block's exponential is of 64 bits.
    build_f32: None,
    build_spinnaker: None,
    build_event: None,
};

const G_NMDA: StateSpec = state("g_nmda", &[], Dimension::CONDUCTANCE, "conductance of NMDA synapses, were there no magnesium");

/// Named by `receptor = "nmda"` only: a weight without a receptor goes to fast excitation or to inhibition.
const NMDA: ReceptorSpec =
    ReceptorSpec { name: "nmda", polarity: Polarity::Excitatory, dimension: Dimension::CONDUCTANCE, magnitude: true };

const STATES: usize = 5; // v_m, g_ex, g_in, g_nmda, steps of refractoriness left
const INPUTS: usize = 4;
const COEFFICIENTS: usize = 15;
/// Four stages of 14 operations and an exponential of 37; decays, sums of the stages and inputs.
const OPERATIONS: u32 = 4 * (14 + 37) + 22;

/// Magnesium at which half of the receptors are blocked at 0 mV, in uM.
const HALF_BLOCK: f64 = 3570.0;
/// How steeply the block falls with the potential, per mV.
const STEEPNESS: f64 = -0.062;

#[derive(Clone, Copy)]
struct LifCondExpNmda;

/// A membrane during a tick, all slopes times the tick.
struct Membrane {
    /// (g_l e_l + i_e + I) step / c_m.
    drive: f64,
    /// g_l step / c_m.
    leak: f64,
    /// step / c_m.
    gain: f64,
    e_ex: f64,
    e_in: f64,
    /// Magnesium over [`HALF_BLOCK`].
    magnesium: f64,
}

impl Membrane {
    /// The slope at a potential under some conductances.
    #[inline(always)]
    fn slope(&self, v: f64, [ex, inh, nmda]: [f64; 3]) -> f64 {
        let excitation = ex + nmda / (1.0 + self.magnesium * math::exp(STEEPNESS * v));
        let synapses = excitation * (self.e_ex - v) + inh * (self.e_in - v);
        self.drive - self.leak * v + synapses * self.gain
    }
}

impl Kernel<f64, STATES, INPUTS, COEFFICIENTS> for LifCondExpNmda {
    fn coefficients(parameters: &[f64], step: f64) -> [f64; COEFFICIENTS] {
        let [c_m, g_l, e_l, v_th, v_reset, t_ref, tau_ex, tau_in, tau_nmda, e_ex, e_in, magnesium, i_e] = named(parameters);
        let gain = step / c_m;
        let [half_ex, half_in, half_nmda] = [tau_ex, tau_in, tau_nmda].map(|tau| math::exp(-0.5 * step / tau));
        let [decay_ex, decay_in, decay_nmda] = [tau_ex, tau_in, tau_nmda].map(|tau| math::exp(-step / tau));
        [
            (g_l * e_l + i_e) * gain,
            g_l * gain,
            gain,
            e_ex,
            e_in,
            magnesium / HALF_BLOCK,
            half_ex,
            half_in,
            half_nmda,
            decay_ex,
            decay_in,
            decay_nmda,
            v_th,
            v_reset,
            ticks(t_ref, step),
        ]
    }

    #[inline(always)]
    fn flow(state: [f64; STATES], c: &[f64; COEFFICIENTS], input: [f64; INPUTS]) -> [f64; STATES] {
        let [v, g_ex, g_in, g_nmda, refractory] = state;
        let [drive, leak, gain, e_ex, e_in, magnesium, half_ex, half_in, half_nmda, decay_ex, decay_in, decay_nmda, ..] = *c;
        let [excitation, inhibition, slow, current] = input;
        let membrane = Membrane { drive: drive + current * gain, leak, gain, e_ex, e_in, magnesium };
        let middle = [g_ex * half_ex, g_in * half_in, g_nmda * half_nmda];
        let end = [(g_ex * decay_ex).settled(), (g_in * decay_in).settled(), (g_nmda * decay_nmda).settled()];
        let k1 = membrane.slope(v, [g_ex, g_in, g_nmda]);
        let k2 = membrane.slope(v + 0.5 * k1, middle);
        let k3 = membrane.slope(v + 0.5 * k2, middle);
        let k4 = membrane.slope(v + k3, end);
        let change = unless_held(refractory, ((k1 + k4) + 2.0 * (k2 + k3)) / 6.0);
        [v + change, end[0] + excitation, end[1] + inhibition, end[2] + slow, count_down(refractory)]
    }

    #[inline(always)]
    fn fires([v, ..]: &[f64; STATES], [.., v_th, _, _]: &[f64; COEFFICIENTS]) -> bool {
        *v >= *v_th
    }

    #[inline(always)]
    fn reset([_, g_ex, g_in, g_nmda, _]: [f64; STATES], [.., v_reset, refractory]: &[f64; COEFFICIENTS]) -> [f64; STATES] {
        [*v_reset, g_ex, g_in, g_nmda, *refractory]
    }
}
