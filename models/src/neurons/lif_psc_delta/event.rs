//! The same in continuous time: closed forms.

use crate::neurons::named;
use sim_core::event::{Build, Flow, Outlook, Relaxation, Setup, build, leaky};
use sim_core::math;
use sim_core::network::Column;

pub(super) const BUILD: Build = |setup| match relaxation(&setup) {
    Some(relaxation) => leaky(setup, relaxation),
    None => build::<LifPscDelta, 1, 6>(setup),
};

/// Of neurons that are all alike and silent without input.
fn relaxation(setup: &Setup<'_>) -> Option<Relaxation> {
    let shared = |column: &Column| if let Column::Shared(value) = column { Some(*value) } else { None };
    let parameters: Vec<f64> = setup.parameters.iter().map(shared).collect::<Option<_>>()?;
    let [goal, tau, _, threshold, reset, refractory] = LifPscDelta::coefficients(&parameters);
    let relaxes = goal < threshold && tau >= 1.0 && !setup.currents;
    relaxes.then_some(Relaxation { tau, goal, threshold, reset, refractory })
}

#[derive(Clone, Copy)]
struct LifPscDelta;

impl Flow<1, 6> for LifPscDelta {
    const JUMPS: bool = true;

    fn coefficients(parameters: &[f64]) -> [f64; 6] {
        let [c_m, tau_m, e_l, v_th, v_reset, t_ref, i_e] = named(parameters);
        let resistance = tau_m / c_m;
        [e_l + resistance * i_e, tau_m, resistance, v_th, v_reset, t_ref]
    }

    fn refractory([.., t_ref]: &[f64; 6]) -> f64 {
        *t_ref
    }

    #[inline(always)]
    fn flow([v]: &[f64; 1], [v_rest, tau_m, resistance, ..]: &[f64; 6], current: f64, held: bool, dt: f64) -> [f64; 1] {
        if held {
            return [*v];
        }
        let goal = v_rest + resistance * current;
        [goal + (v - goal) * math::exp(-dt / tau_m)]
    }

    #[inline(always)]
    fn receive([v]: &mut [f64; 1], _: &[f64; 6], _: usize, weight: f64, held: bool) {
        if !held {
            *v += weight;
        }
    }

    #[inline(always)]
    fn outlook([v]: &[f64; 1], [v_rest, tau_m, resistance, v_th, ..]: &[f64; 6], current: f64, _: f64) -> Outlook {
        let goal = v_rest + resistance * current;
        if goal <= *v_th {
            return Outlook::Silent;
        }
        // (goal - v) exp(-t / tau_m) = goal - v_th
        Outlook::Fires(tau_m * math::ln_1p((v_th - v) / (goal - v_th)).max(0.0))
    }

    #[inline(always)]
    fn fires([v]: &[f64; 1], [_, _, _, v_th, ..]: &[f64; 6]) -> bool {
        v >= v_th
    }

    fn reset([v]: &mut [f64; 1], [.., v_reset, _]: &[f64; 6]) {
        *v = *v_reset;
    }
}
