//! The same in continuous time: the equations themselves, of which the scheme on a grid is an approximation.

use crate::neurons::adaptive::{Adaptive, Field};
use crate::neurons::named;
use sim_core::event::{Build, build};

pub(super) const BUILD: Build = build::<Adaptive<Izhikevich2007, 4>, 5, 12>;

#[derive(Clone, Copy)]
struct Izhikevich2007;

impl Field<4, 12> for Izhikevich2007 {
    const JUMPS: bool = false;

    fn coefficients(parameters: &[f64]) -> [f64; 12] {
        named(parameters)
    }

    fn refractory(_: &[f64; 12]) -> f64 {
        0.0
    }

    #[inline(always)]
    fn slope([v, u, i_ex, i_in]: &[f64; 4], c: &[f64; 12], current: f64, _: bool) -> [f64; 4] {
        let [c_m, k, v_r, v_t, a, b, _, _, _, tau_ex, tau_in, i_e] = *c;
        let total = k * (v - v_r) * (v - v_t) - u + (i_ex + i_in) + (current + i_e);
        [total / c_m, a * (b * (v - v_r) - u), -i_ex / tau_ex, -i_in / tau_in]
    }

    fn receive([_, _, i_ex, i_in]: &mut [f64; 4], _: &[f64; 12], receptor: usize, weight: f64, _: bool) {
        *if receptor == 0 { i_ex } else { i_in } += weight;
    }

    fn threshold([_, _, _, _, _, _, _, _, v_peak, ..]: &[f64; 12]) -> f64 {
        *v_peak
    }

    fn reset([v, u, ..]: &mut [f64; 4], [_, _, _, _, _, _, c, d, ..]: &[f64; 12]) {
        *v = *c;
        *u += d;
    }

    /// Trace and determinant of the linearised equations.
    fn is_stable([v, ..]: &[f64; 4], [c_m, k, v_r, v_t, a, b, ..]: &[f64; 12]) -> bool {
        let growth = k * (2.0 * v - v_r - v_t) / c_m;
        growth - a < 0.0 && a * (b / c_m - growth) > 0.0
    }
}
