//! The same in continuous time: the equations themselves, of which the scheme on a grid is an approximation. The lower bound
//! of the potential holds where input arrives.

use crate::neurons::adaptive::{Adaptive, Field};
use crate::neurons::izhikevich::slope;
use crate::neurons::named;
use sim_core::event::{Build, build};

pub(super) const BUILD: Build = build::<Adaptive<Izhikevich, 2>, 3, 7>;

#[derive(Clone, Copy)]
struct Izhikevich;

impl Field<2, 7> for Izhikevich {
    const JUMPS: bool = true;

    fn coefficients(parameters: &[f64]) -> [f64; 7] {
        named(parameters)
    }

    fn refractory(_: &[f64; 7]) -> f64 {
        0.0
    }

    #[inline(always)]
    fn slope([v, u]: &[f64; 2], [a, b, _, _, _, _, i_e]: &[f64; 7], current: f64, _: bool) -> [f64; 2] {
        [slope(*v, *u, current + i_e), a * (b * v - u)]
    }

    fn receive([v, _]: &mut [f64; 2], [_, _, _, _, _, v_min, _]: &[f64; 7], _: usize, weight: f64, _: bool) {
        *v = (*v + weight).max(*v_min);
    }

    fn threshold([_, _, _, _, v_th, ..]: &[f64; 7]) -> f64 {
        *v_th
    }

    fn reset([v, u]: &mut [f64; 2], [_, _, c, d, ..]: &[f64; 7]) {
        *v = *c;
        *u += d;
    }

    /// Trace and determinant of the linearised equations.
    fn is_stable([v, _]: &[f64; 2], [a, b, ..]: &[f64; 7]) -> bool {
        let growth = 0.08 * v + 5.0;
        growth - a < 0.0 && a * (b - growth) > 0.0
    }
}
