//! Hodgkin-Huxley neuron with the channels of a hippocampal pyramidal cell and exponentially decaying synaptic conductances.

use super::parts::{
    CONDUCTANCE_RECEPTORS, G_EX, G_IN, V_M, c_m, e_ex, e_in, i_e, parameter, state, t_ref, tau_syn_ex, tau_syn_in,
};
use super::traub_channels::rates;
use super::{build, cost, count_down, named, rest, ticks};
use sim_core::catalog::{NeuronCard, ParamSpec, Range, StateSpec};
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::real::Real;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "hh_cond_exp_traub",
    aliases: &["HH_cond_exp"],
    about: "Hodgkin-Huxley with sodium and potassium channels after Traub, exponential synaptic conductances",
    equations: "c_m dv_m/dt = -g_na m^3 h (v_m - e_na) - g_k n^4 (v_m - e_k) - g_l (v_m - e_l) \
                - g_ex (v_m - e_ex) - g_in (v_m - e_in) + i_e + I\n\
                dx/dt = alpha_x (1 - x) - beta_x x, x = m, h, n, with u = v_m - v_t in mV and rates per ms:\n\
                alpha_m = 0.32 (13 - u) / (exp((13 - u)/4) - 1), beta_m = 0.28 (u - 40) / (exp((u - 40)/5) - 1)\n\
                alpha_h = 0.128 exp((17 - u)/18), beta_h = 4 / (1 + exp((40 - u)/5))\n\
                alpha_n = 0.032 (15 - u) / (exp((15 - u)/5) - 1), beta_n = 0.5 exp((10 - u)/40)\n\
                dg_x/dt = -g_x / tau_syn_x + sum_k w_k delta(t - t_k), x = ex, in\n\
                v_m at a maximum, and v_m >= v_t + 30 mV: spike, no further one for t_ref",
    scheme: "classical Runge-Kutta method of order 4 in equal steps of at most 0.02 ms, with exactly decaying conductances; \
             a maximum has passed when v_m is lower at the tick's end than at its start; input due at a tick is added to the \
             conductance at the tick's end; the injected current is constant within the tick. Gates start at equilibrium",
    source: "Traub & Miles (1991), Neuronal Networks of the Hippocampus, Cambridge University Press; Brette et al. (2007), \
             Journal of Computational Neuroscience 23:349-398; NEST documentation, model hh_cond_exp_traub",
    parameters: &[
        c_m(200.0),
        conductance("g_l", &["g_leak"], 10.0, "leak conductance"),
        conductance("g_na", &["gbar_Na"], 20_000.0, "largest conductance of the sodium channels"),
        conductance("g_k", &["gbar_K"], 6_000.0, "largest conductance of the potassium channels"),
        voltage("e_l", &["e_rev_leak"], -60.0, "reversal potential of the leak"),
        voltage("e_na", &["e_rev_Na"], 50.0, "reversal potential of sodium"),
        voltage("e_k", &["e_rev_K"], -90.0, "reversal potential of potassium"),
        voltage("v_t", &["v_offset"], -63.0, "shift of the channels' rates: the threshold is some 10 mV above"),
        t_ref(2.0),
        tau_syn_ex(5.0),
        tau_syn_in(10.0),
        e_ex(0.0),
        e_in(-80.0),
        i_e(0.0),
    ],
    states: &[V_M, ACT_M, INACT_H, ACT_N, G_EX, G_IN],
    receptors: CONDUCTANCE_RECEPTORS,
    // A tick of 0.1 ms: 5 steps of 4 right-hand sides, of 75 operations and two exponentials of 37, and 44 to join them.
    cost: cost(5 * (4 * (75 + 2 * 37) + 44), STATES, INPUTS, COEFFICIENTS),
    check: |_| Ok(()),
    initial: |parameters, state, given| {
        let [_, _, _, _, e_l, _, _, v_t] = named(parameters);
        rest(state, given, &[e_l]);
        let v_m = state.first().copied().unwrap_or(f64::NAN);
        let [m, h, n] = rates(v_m - v_t).map(|gate| gate.equilibrium());
        rest(state, given, &[v_m, m, h, n, 0.0, 0.0, 0.0, 0.0]);
    },
    build: build::<f64, HhCondExpTraub, STATES, INPUTS, COEFFICIENTS>,
    // The upswing is too steep for 32 bits to keep the tick of a spike.
    build_f32: None,
    build_spinnaker: None,
    build_event: None,
};

const fn conductance(name: &'static str, aliases: &'static [&'static str], default: f64, about: &'static str) -> ParamSpec {
    parameter(name, aliases, Dimension::CONDUCTANCE, default, Range::NotNegative, about)
}

const fn voltage(name: &'static str, aliases: &'static [&'static str], default: f64, about: &'static str) -> ParamSpec {
    parameter(name, aliases, Dimension::VOLTAGE, default, Range::Any, about)
}

const ACT_M: StateSpec = state("act_m", &["m"], Dimension::NONE, "activation of the sodium channels, 0 to 1");
const INACT_H: StateSpec = state("inact_h", &["h"], Dimension::NONE, "inactivation of the sodium channels, 1 to 0");
const ACT_N: StateSpec = state("act_n", &["n"], Dimension::NONE, "activation of the potassium channels, 0 to 1");

const STATES: usize = 8; // v_m, act_m, inact_h, act_n, g_ex, g_in, 1 if v_m fell in this tick, ticks until it may fire
const INPUTS: usize = 3;
const COEFFICIENTS: usize = 18;

/// The steps of a tick are no longer than this, which keeps spikes within 3e-4 ms of those of the equations over 200 ms (NEST's
/// within 1e-3 ms). At the peak of a spike the membrane's rate is some 60 per ms.
const LONGEST_STEP_MS: f64 = 0.02;
/// A tick that is a whole number of such steps but for rounding takes no further one.
const ROUNDING: f64 = 1e-9;
/// So far above v_t a maximum of v_m is a spike.
const PEAK_ABOVE_V_T: f64 = 30.0;

#[derive(Clone, Copy)]
struct HhCondExpTraub;

impl Kernel<f64, STATES, INPUTS, COEFFICIENTS> for HhCondExpTraub {
    fn coefficients(parameters: &[f64], tick_ms: f64) -> [f64; COEFFICIENTS] {
        let [c_m, g_l, g_na, g_k, e_l, e_na, e_k, v_t, t_ref, tau_ex, tau_in, e_ex, e_in, i_e] = named(parameters);
        let steps = (tick_ms / LONGEST_STEP_MS - ROUNDING).ceil().max(1.0);
        let step = tick_ms / steps;
        [
            steps,
            step,
            1.0 / c_m,
            g_l * e_l + i_e,
            g_l,
            g_na,
            g_k,
            e_na,
            e_k,
            v_t,
            e_ex,
            e_in,
            math::exp(-0.5 * step / tau_ex),
            math::exp(-0.5 * step / tau_in),
            math::exp(-tick_ms / tau_ex),
            math::exp(-tick_ms / tau_in),
            v_t + PEAK_ABOVE_V_T,
            // The tick of the test is counted before it.
            ticks(t_ref, tick_ms) + 1.0,
        ]
    }

    #[inline(always)]
    fn flow(state: [f64; STATES], c: &[f64; COEFFICIENTS], input: [f64; INPUTS]) -> [f64; STATES] {
        let [v, m, h, n, g_ex, g_in, _, wait] = state;
        let [excitation, inhibition, current] = input;
        let [steps, .., decay_ex, decay_in, _, _] = *c;
        let (mut y, mut g) = ([v, m, h, n], [g_ex, g_in]);
        for _ in 0..steps as u32 {
            (y, g) = step(c, current, y, g);
        }
        let [end, m, h, n] = y;
        let falls = f64::select(end < v, 1.0, 0.0);
        [end, m, h, n, g_ex * decay_ex + excitation, g_in * decay_in + inhibition, falls, count_down(wait)]
    }

    #[inline(always)]
    fn fires([v, .., falls, wait]: &[f64; STATES], [.., peak, _]: &[f64; COEFFICIENTS]) -> bool {
        (*v >= *peak) & (*falls > 0.0) & (*wait <= 0.0)
    }

    /// The membrane resets itself.
    #[inline(always)]
    fn reset([v, m, h, n, g_ex, g_in, falls, _]: [f64; STATES], [.., wait]: &[f64; COEFFICIENTS]) -> [f64; STATES] {
        [v, m, h, n, g_ex, g_in, falls, *wait]
    }
}

/// One step of the method: v_m, m, h, n and the conductances at its end.
#[inline(always)]
fn step(c: &[f64; COEFFICIENTS], current: f64, y: [f64; 4], start: [f64; 2]) -> ([f64; 4], [f64; 2]) {
    let [_, h, _, _, _, _, _, _, _, _, _, _, half_ex, half_in, ..] = *c;
    let middle = [start[0] * half_ex, start[1] * half_in];
    let end = [middle[0] * half_ex, middle[1] * half_in];
    let k1 = slopes(c, current, y, start);
    let k2 = slopes(c, current, moved(y, 0.5 * h, k1), middle);
    let k3 = slopes(c, current, moved(y, 0.5 * h, k2), middle);
    let k4 = slopes(c, current, moved(y, h, k3), end);
    let mean = std::array::from_fn(|i| (k1[i] + k4[i]) + 2.0 * (k2[i] + k3[i]));
    (moved(y, h * (1.0 / 6.0), mean), end)
}

/// y after a time at these slopes.
#[inline(always)]
fn moved(y: [f64; 4], time: f64, slopes: [f64; 4]) -> [f64; 4] {
    std::array::from_fn(|i| y[i] + time * slopes[i])
}

/// Right-hand sides of v_m, m, h, n.
#[inline(always)]
fn slopes(c: &[f64; COEFFICIENTS], current: f64, [v, m, h, n]: [f64; 4], [g_ex, g_in]: [f64; 2]) -> [f64; 4] {
    let [_, _, per_c_m, drive, g_l, g_na, g_k, e_na, e_k, v_t, e_ex, e_in, ..] = *c;
    let [rate_m, rate_h, rate_n] = rates(v - v_t);
    let sodium = g_na * (m * m * m * h) * (v - e_na);
    let potassium = g_k * (n * n) * (n * n) * (v - e_k);
    let total = drive + current - g_l * v - sodium - potassium - g_ex * (v - e_ex) - g_in * (v - e_in);
    [total * per_c_m, rate_m.slope(m), rate_h.slope(h), rate_n.slope(n)]
}
