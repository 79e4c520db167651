//! The same in continuous time, for both kinds of synapses.

use super::{Synapses, coefficients, derivative};
use crate::neurons::adaptive::{Adaptive, Field};
use crate::neurons::named;
use sim_core::event::{Build, build};

pub(super) const BUILD: Build = build::<Adaptive<Adex<true>, 4>, 5, COEFFICIENTS>;
pub(in crate::neurons) const BUILD_PSC: Build = build::<Adaptive<Adex<false>, 4>, 5, COEFFICIENTS>;

/// Those of the grid, the last of which is the step: here the refractory time.
const COEFFICIENTS: usize = super::COEFFICIENTS;

/// With synapses that are conductances, or currents.
#[derive(Clone, Copy)]
struct Adex<const CONDUCTANCES: bool>;

/// How far above the peak the equations still hold, in units of their sharpness: the steps of the solver look ahead.
const BEYOND: f64 = 1.0;

impl<const CONDUCTANCES: bool> Field<4, COEFFICIENTS> for Adex<CONDUCTANCES> {
    const JUMPS: bool = false;

    fn coefficients(parameters: &[f64]) -> [f64; COEFFICIENTS] {
        let [_, _, _, _, delta_t, v_peak, _, t_ref, _, _, _, tau_ex, tau_in] = named(parameters);
        let (synapses, i_e) = if CONDUCTANCES {
            let [e_ex, e_in, i_e] = named(&parameters[13..]);
            (Synapses::Conductances { e_ex, e_in }, i_e)
        } else {
            let [i_e] = named(&parameters[13..]);
            (Synapses::Currents, i_e)
        };
        let mut c = coefficients(parameters, [tau_ex, tau_in], synapses, i_e, 1.0);
        c[6] = v_peak + BEYOND * delta_t;
        c[COEFFICIENTS - 1] = t_ref;
        c
    }

    fn refractory([.., t_ref]: &[f64; COEFFICIENTS]) -> f64 {
        *t_ref
    }

    #[inline(always)]
    fn slope(y: &[f64; 4], c: &[f64; COEFFICIENTS], current: f64, held: bool) -> [f64; 4] {
        derivative(c, current, held, y)
    }

    fn receive([_, _, s_ex, s_in]: &mut [f64; 4], _: &[f64; COEFFICIENTS], receptor: usize, weight: f64, _: bool) {
        *if receptor == 0 { s_ex } else { s_in } += weight;
    }

    fn threshold([.., spike_at, _, _, _, _]: &[f64; COEFFICIENTS]) -> f64 {
        *spike_at
    }

    fn reset([v, w, ..]: &mut [f64; 4], [.., v_reset, b, _, _]: &[f64; COEFFICIENTS]) {
        *v = *v_reset;
        *w += b;
    }

    /// Trace and determinant of the linearised equations of v_m and w.
    fn is_stable([v, _, s_ex, s_in]: &[f64; 4], c: &[f64; COEFFICIENTS]) -> bool {
        let [per_c_m, g_l, _, upswing, sharpness, v_th, _, a, per_tau_w, _, _, _, _, pull, ..] = *c;
        let exponential = upswing * sharpness * sim_core::math::exp((v - v_th) * sharpness);
        let growth = (exponential - g_l - pull * (s_ex + s_in)) * per_c_m;
        growth < per_tau_w && a * per_c_m > growth
    }
}
