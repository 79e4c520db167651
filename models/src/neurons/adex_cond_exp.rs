//! Adaptive exponential integrate-and-fire neuron with exponentially decaying synaptic conductances, and what it shares with
//! `adex_psc_exp`: a synaptic current is a conductance times a potential that v_m does not change.

pub(super) mod event;

use super::dormand_prince;
use super::parts::{
    CONDUCTANCE_RECEPTORS, G_EX, G_IN, V_M, W, c_m, e_ex, e_in, e_l, g_l, i_e, parameter, t_ref, tau_syn_ex, tau_syn_in, v_reset,
    v_th,
};
use super::{build, cost, count_down, named, reset_below_threshold, rest, ticks};
use sim_core::catalog::{NeuronCard, ParamSpec, Range};
use sim_core::engine::neurons::Kernel;
use sim_core::math;
use sim_core::units::Dimension;

pub(super) const CARD: NeuronCard = NeuronCard {
    name: "adex_cond_exp",
    aliases: &["aeif_cond_exp", "EIF_cond_exp_isfa_ista"],
    about: "adaptive exponential integrate-and-fire with exponential synaptic conductances",
    equations: "c_m dv_m/dt = -g_l (v_m - e_l) + g_l delta_t exp((v_m - v_th)/delta_t) - g_ex (v_m - e_ex) \
                - g_in (v_m - e_in) - w + i_e + I\n\
                tau_w dw/dt = a (v_m - e_l) - w\n\
                dg_x/dt = -g_x / tau_syn_x + sum_k w_k delta(t - t_k), x = ex, in\n\
                v_m >= v_peak: spike, v_m = v_reset for t_ref, w = w + b (with delta_t = 0 a spike is at v_th)",
    scheme: "Dormand & Prince 5(4) with a step of its own for each neuron; the error of a step is at most 1e-8 of each \
             variable's change in it (of 1 mV, pA or nS where it changes less). v_m counts as v_peak in the right-hand sides \
             when above. Spikes are found at the ends of these steps, reset at once, and integration goes on within the tick: \
             several in one tick adapt w several times but are one spike. Input due at a tick is added to the conductance at \
             the tick's end; the injected current is constant within the tick",
    source: "Brette & Gerstner (2005), Journal of Neurophysiology 94:3637-3642; NEST documentation, model aeif_cond_exp",
    parameters: &[
        c_m(281.0),
        g_l(30.0),
        e_l(-70.6),
        v_th(-50.4, "potential where the exponential upswing begins"),
        DELTA_T,
        V_PEAK,
        v_reset(-60.0),
        t_ref(0.0),
        A,
        B,
        TAU_W,
        tau_syn_ex(0.2),
        tau_syn_in(2.0),
        e_ex(0.0),
        e_in(-85.0),
        i_e(0.0),
    ],
    states: &[V_M, W, G_EX, G_IN],
    receptors: CONDUCTANCE_RECEPTORS,
    cost: cost(OPERATIONS, STATES, INPUTS, COEFFICIENTS),
    check,
    initial,
    build: build::<f64, AdexCondExp, STATES, INPUTS, COEFFICIENTS>,
    // 32 bits cannot hold the tolerance.
    build_f32: None,
    build_spinnaker: None,
    build_event: Some(event::BUILD),
};

pub(super) const DELTA_T: ParamSpec = parameter(
    "delta_t",
    &["delta_T"],
    Dimension::VOLTAGE,
    2.0,
    Range::NotNegative,
    "sharpness of the upswing; 0: leaky integrate-and-fire with adaptation",
);
pub(super) const V_PEAK: ParamSpec =
    parameter("v_peak", &["v_spike"], Dimension::VOLTAGE, 0.0, Range::Any, "potential at which a spike is cut off");
pub(super) const A: ParamSpec = parameter("a", &[], Dimension::CONDUCTANCE, 4.0, Range::Any, "adaptation below threshold");
pub(super) const B: ParamSpec = parameter("b", &[], Dimension::CURRENT, 80.5, Range::Any, "jump of adaptation at a spike");
pub(super) const TAU_W: ParamSpec =
    parameter("tau_w", &[], Dimension::TIME, 144.0, Range::Positive, "time constant of adaptation");

/// exp of the largest argument stays so far below overflow that a step's sums do too.
const LARGEST_EXPONENT: f64 = 600.0;

pub(super) fn check(parameters: &[f64]) -> Result<(), String> {
    let [_, _, _, v_th, delta_t, v_peak, v_reset] = named::<7>(parameters);
    if v_peak < v_th {
        return Err(format!("v_peak ({v_peak} mV) must not be below v_th ({v_th} mV)"));
    }
    if delta_t > 0.0 && (v_peak - v_th) / delta_t > LARGEST_EXPONENT {
        return Err(format!("(v_peak - v_th) / delta_t must not exceed {LARGEST_EXPONENT}: the upswing overflows"));
    }
    if delta_t > 0.0 {
        reset_below_threshold(v_reset, "v_peak", v_peak)
    } else {
        reset_below_threshold(v_reset, "v_th where delta_t is 0", v_th)
    }
}

pub(super) const STATES: usize = 7; // v_m, w, g_ex, g_in, steps of refractoriness left, internal step in ms, 1 if it fired in this tick
pub(super) const INPUTS: usize = 3;
pub(super) const COEFFICIENTS: usize = 20;
/// A tick of one internal step: 7 right-hand sides of 24 operations and an exponential of 37; for each of 4 variables 28
/// weighted slopes, and 7 times a step and a sum.
pub(super) const OPERATIONS: u32 = 7 * (24 + 37) + 4 * (2 * 28 + 2 * 7);

pub(super) fn initial(parameters: &[f64], state: &mut [f64], given: &[bool]) {
    let [_, _, e_l] = named(parameters);
    rest(state, given, &[e_l, 0.0, 0.0, 0.0, 0.0, FIRST_SUBSTEP_MS, 0.0]);
}

/// Largest error of an internal step relative to the change in it, and absolute one in base units. Against NEST at its own
/// tolerance of 1e-9 this keeps v_m within 3e-4 mV on the upswing of the 40th spike, where 1e-6 has 4e-3 mV.
const TOLERANCE: f64 = 1e-8;
/// Internal step at the start and after a spike.
const FIRST_SUBSTEP_MS: f64 = 0.01;
/// A step as short as this is taken whatever its error.
const SHORTEST_SUBSTEP_MS: f64 = 1e-9;
/// So many internal steps are tried in a tick; the last takes all that is left of it.
const MOST_SUBSTEPS: u32 = 10_000;

#[derive(Clone, Copy)]
struct AdexCondExp;

/// How much the drive of a synapse falls when v_m rises: that of a conductance as v_m, that of a current not at all.
#[derive(Clone, Copy)]
pub(super) enum Synapses {
    Conductances { e_ex: f64, e_in: f64 },
    Currents,
}

/// Coefficients from the 11 parameters that both models begin with, and the rest by name.
pub(super) fn coefficients(
    parameters: &[f64],
    [tau_ex, tau_in]: [f64; 2],
    synapses: Synapses,
    i_e: f64,
    step_ms: f64,
) -> [f64; COEFFICIENTS] {
    let [c_m, g_l, e_l, v_th, delta_t, v_peak, v_reset, t_ref, a, b, tau_w] = named(parameters);
    let (sharpness, spike_at) = if delta_t > 0.0 { (1.0 / delta_t, v_peak) } else { (0.0, v_th) };
    let refractory = ticks(t_ref, step_ms);
    let (e_ex, e_in, pull) = match synapses {
        Synapses::Conductances { e_ex, e_in } => (e_ex, e_in, 1.0),
        Synapses::Currents => (1.0, 1.0, 0.0),
    };
    [
        1.0 / c_m,
        g_l,
        e_l,
        g_l * delta_t,
        sharpness,
        v_th,
        v_peak,
        a,
        1.0 / tau_w,
        1.0 / tau_ex,
        1.0 / tau_in,
        e_ex,
        e_in,
        pull,
        i_e,
        spike_at,
        v_reset,
        b,
        // The rest of the tick in which it fires is counted too.
        if refractory > 0.0 { refractory + 1.0 } else { 0.0 },
        step_ms,
    ]
}

impl Kernel<f64, STATES, INPUTS, COEFFICIENTS> for AdexCondExp {
    fn coefficients(parameters: &[f64], step_ms: f64) -> [f64; COEFFICIENTS] {
        let [_, _, _, _, _, _, _, _, _, _, _, tau_ex, tau_in, e_ex, e_in, i_e] = named(parameters);
        coefficients(parameters, [tau_ex, tau_in], Synapses::Conductances { e_ex, e_in }, i_e, step_ms)
    }

    #[inline(always)]
    fn flow(state: [f64; STATES], c: &[f64; COEFFICIENTS], input: [f64; INPUTS]) -> [f64; STATES] {
        flow(state, c, input)
    }

    #[inline(always)]
    fn fires([.., fired]: &[f64; STATES], _: &[f64; COEFFICIENTS]) -> bool {
        *fired > 0.0
    }

    #[inline(always)]
    fn reset(state: [f64; STATES], _: &[f64; COEFFICIENTS]) -> [f64; STATES] {
        unmarked(state)
    }
}

/// One tick.
#[inline(always)]
pub(super) fn flow(state: [f64; STATES], c: &[f64; COEFFICIENTS], input: [f64; INPUTS]) -> [f64; STATES] {
    let [v, w, s_ex, s_in, refractory, substep, _] = state;
    let [excitation, inhibition, current] = input;
    let mut cell = Cell { y: [v, w, s_ex, s_in], refractory, substep, fired: 0.0 };
    cell.integrate(c, current);
    let [v, w, s_ex, s_in] = cell.y;
    [v, w, s_ex + excitation, s_in + inhibition, count_down(cell.refractory), cell.substep, cell.fired]
}

/// After a spike. The potential was reset within the tick: only the mark is taken away.
#[inline(always)]
pub(super) fn unmarked([v, w, s_ex, s_in, refractory, substep, _]: [f64; STATES]) -> [f64; STATES] {
    [v, w, s_ex, s_in, refractory, substep, 0.0]
}

/// A neuron on its way through a tick.
struct Cell {
    /// v_m, w, excitatory and inhibitory conductance or current.
    y: [f64; 4],
    refractory: f64,
    substep: f64,
    fired: f64,
}

impl Cell {
    /// From the start of the tick to its end.
    fn integrate(&mut self, c: &[f64; COEFFICIENTS], current: f64) {
        let mut left = c[COEFFICIENTS - 1];
        let mut slope = self.slope(c, current);
        for tried in 1..=MOST_SUBSTEPS {
            // True for a step that is NaN, too: the loop always ends.
            let last = tried == MOST_SUBSTEPS || !self.substep.lt(&left);
            let h = if last { left } else { self.substep };
            let refractory = self.refractory > 0.0;
            let step = dormand_prince::step(|y| derivative(c, current, refractory, y), &self.y, &slope, h);
            let error = relative_error(&self.y, &step);
            let accepted = error <= 1.0 || h <= SHORTEST_SUBSTEP_MS || tried == MOST_SUBSTEPS;
            self.adapt(h, error, accepted);
            if !accepted {
                continue;
            }
            (self.y, slope) = (step.end, step.slope);
            if self.spike(c) {
                slope = self.slope(c, current);
            }
            if last {
                break;
            }
            left -= h;
        }
    }

    fn slope(&self, c: &[f64; COEFFICIENTS], current: f64) -> [f64; 4] {
        derivative(c, current, self.refractory > 0.0, &self.y)
    }

    /// The next internal step. The error goes with the fifth power of the step; its fourth root, from square roots that
    /// are the same on every machine, is near enough. A step that was cut short by the tick's end does not shorten the next.
    fn adapt(&mut self, h: f64, error: f64, accepted: bool) {
        let wanted = 0.9 / error.sqrt().sqrt();
        let factor = if wanted > 5.0 {
            5.0
        } else if wanted > 0.2 {
            wanted
        } else {
            0.2 // also for an error that is not a number
        };
        let next = (h * factor).max(SHORTEST_SUBSTEP_MS);
        self.substep = if accepted { next.max(if h < self.substep { self.substep } else { 0.0 }) } else { next };
    }

    /// Cuts off and resets if the threshold is reached; whether it was.
    fn spike(&mut self, c: &[f64; COEFFICIENTS]) -> bool {
        let [.., spike_at, v_reset, b, refractory, _] = *c;
        let fires = self.refractory <= 0.0 && self.y[0] >= spike_at;
        if fires {
            self.y[0] = v_reset;
            self.y[1] += b;
            self.refractory = refractory;
            self.fired = 1.0;
            // The upswing's tiny steps are over.
            self.substep = FIRST_SUBSTEP_MS;
        }
        fires
    }
}

/// Right-hand sides of v_m, w and the synapses.
#[inline(always)]
fn derivative(c: &[f64; COEFFICIENTS], current: f64, refractory: bool, y: &[f64; 4]) -> [f64; 4] {
    let [per_c_m, g_l, e_l, upswing, sharpness, v_th, v_peak, a, per_tau_w, per_tau_ex, per_tau_in, e_ex, e_in, pull, i_e, ..] =
        *c;
    let [v, w, s_ex, s_in] = *y;
    let v = if v < v_peak { v } else { v_peak };
    let exponential = upswing * math::exp((v - v_th) * sharpness);
    let total = exponential - g_l * (v - e_l) + s_ex * (e_ex - pull * v) + s_in * (e_in - pull * v) - w + i_e + current;
    [if refractory { 0.0 } else { total * per_c_m }, (a * (v - e_l) - w) * per_tau_w, -s_ex * per_tau_ex, -s_in * per_tau_in]
}

/// Error of a step over the tolerance, summed over the variables; NaN if any is. The scale of a variable is its change in
/// the step where that is above one unit: the potential's zero is arbitrary.
#[inline(always)]
fn relative_error(start: &[f64; 4], step: &dormand_prince::Step<4>) -> f64 {
    let scaled = |i: usize| step.error[i].abs() / (TOLERANCE * (step.end[i] - start[i]).abs().max(1.0));
    (0..4).map(scaled).sum()
}
