//! The same in continuous time.

use crate::neurons::adaptive::{Adaptive, Field};
use crate::neurons::named;
use sim_core::event::{Build, build};

pub(super) const BUILD: Build = build::<Adaptive<LifCondExp, 3>, 4, 11>;

#[derive(Clone, Copy)]
struct LifCondExp;

impl Field<3, 11> for LifCondExp {
    const JUMPS: bool = false;

    fn coefficients(parameters: &[f64]) -> [f64; 11] {
        named(parameters)
    }

    fn refractory([_, _, _, _, _, t_ref, ..]: &[f64; 11]) -> f64 {
        *t_ref
    }

    #[inline(always)]
    fn slope([v, g_ex, g_in]: &[f64; 3], c: &[f64; 11], current: f64, held: bool) -> [f64; 3] {
        let [c_m, g_l, e_l, _, _, _, tau_ex, tau_in, e_ex, e_in, i_e] = *c;
        let total = g_l * (e_l - v) + g_ex * (e_ex - v) + g_in * (e_in - v) + i_e + current;
        [if held { 0.0 } else { total / c_m }, -g_ex / tau_ex, -g_in / tau_in]
    }

    fn receive([_, g_ex, g_in]: &mut [f64; 3], _: &[f64; 11], receptor: usize, weight: f64, _: bool) {
        *if receptor == 0 { g_ex } else { g_in } += weight;
    }

    fn threshold([_, _, _, v_th, ..]: &[f64; 11]) -> f64 {
        *v_th
    }

    fn reset([v, ..]: &mut [f64; 3], [_, _, _, _, v_reset, ..]: &[f64; 11]) {
        *v = *v_reset;
    }
}
