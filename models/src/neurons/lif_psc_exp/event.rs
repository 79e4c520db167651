//! The same in continuous time: closed forms between spikes, and a safe search for the threshold.

use crate::neurons::named;
use crate::neurons::propagators::Propagators;
use crate::neurons::threshold::{Course, first_crossing};
use sim_core::event::{Build, Flow, Outlook, build};
use sim_core::math;

pub(super) const BUILD: Build = build::<LifPscExp, 3, COEFFICIENTS>;

const COEFFICIENTS: usize = 14;

/// The textbook form of the propagator has the difference of two decays over that of the time constants. Where they differ by less
/// than this part it would lose digits.
const NEAR: f64 = 0.05;

#[derive(Clone, Copy)]
struct LifPscExp;

/// A synapse's coefficients: time constant, mV/pA of the difference of decays (NaN where the time constants are near), and
/// the greatest mV/pA that is ever reached.
fn synapse(c_m: f64, tau_m: f64, tau_syn: f64) -> [f64; 3] {
    let (resistance, ratio) = (tau_m / c_m, tau_syn / tau_m);
    let difference = if (ratio - 1.0).abs() < NEAR { f64::NAN } else { tau_m * tau_syn / (c_m * (tau_syn - tau_m)) };
    let peak = if ratio == 1.0 { math::exp(-1.0) } else { math::pow(ratio, 1.0 / (1.0 - ratio)) };
    [tau_syn, difference, resistance * peak * (1.0 + 1e-9)]
}

/// mV per pA after `dt`, from the decays of both.
#[inline(always)]
fn gain(difference: f64, [membrane, decay]: [f64; 2], propagators: Propagators) -> f64 {
    if difference.is_nan() { propagators.exponential() } else { difference * (decay - membrane) }
}

impl Flow<3, COEFFICIENTS> for LifPscExp {
    const JUMPS: bool = false;

    fn coefficients(parameters: &[f64]) -> [f64; COEFFICIENTS] {
        let [c_m, tau_m, e_l, v_th, v_reset, t_ref, tau_ex, tau_in, i_e] = named(parameters);
        let ([tau_ex, from_ex, peak_ex], [tau_in, from_in, peak_in]) = (synapse(c_m, tau_m, tau_ex), synapse(c_m, tau_m, tau_in));
        let v_rest = e_l + tau_m / c_m * i_e;
        [v_rest, tau_m, c_m, tau_ex, tau_in, from_ex, from_in, peak_ex, peak_in, v_th, v_reset, t_ref, tau_m / c_m, 1.0 / c_m]
    }

    fn refractory([.., t_ref, _, _]: &[f64; COEFFICIENTS]) -> f64 {
        *t_ref
    }

    #[inline(always)]
    fn flow(
        [v, i_ex, i_in]: &[f64; 3],
        [v_rest, tau_m, c_m, tau_ex, tau_in, from_ex, from_in, ..]: &[f64; COEFFICIENTS],
        current: f64,
        held: bool,
        dt: f64,
    ) -> [f64; 3] {
        let (decay_ex, decay_in) = (math::exp(-dt / tau_ex), math::exp(-dt / tau_in));
        let currents = [i_ex * decay_ex, i_in * decay_in];
        if held {
            return [*v, currents[0], currents[1]];
        }
        let decay = math::exp(-dt / tau_m);
        let propagators = |tau_syn: f64| Propagators { step: dt, tau_m: *tau_m, c_m: *c_m, tau_syn };
        let synapses = i_ex * gain(*from_ex, [decay, decay_ex], propagators(*tau_ex))
            + i_in * gain(*from_in, [decay, decay_in], propagators(*tau_in));
        let goal = v_rest + tau_m / c_m * current;
        [goal + (v - goal) * decay + synapses, currents[0], currents[1]]
    }

    #[inline(always)]
    fn receive([_, i_ex, i_in]: &mut [f64; 3], _: &[f64; COEFFICIENTS], receptor: usize, weight: f64, _: bool) {
        *if receptor == 0 { i_ex } else { i_in } += weight;
    }

    #[inline(always)]
    fn outlook(state: &[f64; 3], c: &[f64; COEFFICIENTS], current: f64, within: f64) -> Outlook {
        let [v_rest, tau_m, _, tau_ex, tau_in, _, _, peak_ex, peak_in, v_th, _, _, resistance, per_c_m] = *c;
        let goal = v_rest + resistance * current;
        first_crossing(v_th, within, |time| {
            let [v, i_ex, i_in] = if time == 0.0 { *state } else { Self::flow(state, c, current, false, time) };
            let above = v - goal;
            let highest = above.max(0.0) + i_ex.max(0.0) * peak_ex + i_in.max(0.0) * peak_in;
            // v'' = (v - goal) / tau_m^2 - sum over x of i_x / c_m (1 / tau_m + 1 / tau_x)
            let falling = |current: f64, tau: f64| (-current).max(0.0) * per_c_m * (1.0 / tau_m + 1.0 / tau);
            Course {
                v,
                slope: (i_ex + i_in) * per_c_m - above / tau_m,
                bend: highest / (tau_m * tau_m) + falling(i_ex, tau_ex) + falling(i_in, tau_in),
                ceiling: goal + highest,
            }
        })
    }

    #[inline(always)]
    fn fires([v, ..]: &[f64; 3], [.., v_th, _, _, _, _]: &[f64; COEFFICIENTS]) -> bool {
        v >= v_th
    }

    fn reset([v, ..]: &mut [f64; 3], [.., v_reset, _, _, _]: &[f64; COEFFICIENTS]) {
        *v = *v_reset;
    }
}
