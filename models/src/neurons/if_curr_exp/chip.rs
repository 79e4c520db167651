//! The same in the numbers of the chip: 32 bits with 15 behind the point for state, fractions of 32 bits for decays, 16-bit sums of
//! weights. Everything is computed in whole numbers; between steps they are kept, exactly, as the doubles that recordings show.

use super::{CARD, INPUTS, STATES, mean_over_step, refractory_steps};
use crate::neurons::{build, count_down, named};
use sim_core::catalog::Build;
use sim_core::engine::neurons::Kernel;
use sim_core::math;

pub(super) const BUILD: Build = build::<f64, OnChip, STATES, INPUTS, COEFFICIENTS>;

const COEFFICIENTS: usize = 13;

/// Bits behind the point.
const POINT: u32 = 15;
const ONE: f64 = (1 << POINT) as f64;
/// pA in the chip's unit of current.
const PA_PER_NA: f64 = 1000.0;
/// What a sum of weights ends at.
const FULL: f64 = 65_535.0;

#[derive(Clone, Copy)]
struct OnChip;

/// Number of 2^-15 nearest to a value.
fn accum(value: f64) -> f64 {
    (value * ONE).round().clamp(f64::from(i32::MIN), f64::from(i32::MAX))
}

/// Number of 2^-32 nearest to a value from 0 to 1.
fn fraction(value: f64) -> f64 {
    (value * 4_294_967_296.0).round().min(f64::from(u32::MAX))
}

/// The chip's number of a value that is one, or is rounded to one: the user's state at the start.
#[inline(always)]
fn number(value: f64, unit: f64) -> i64 {
    (value / unit * ONE).round() as i64
}

/// A number of the chip as others see it. Of currents it is exact: 1000 / 2^15 times 32 bits have less than 53.
#[inline(always)]
fn shown(number: i64, unit: f64) -> f64 {
    number.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as f64 * unit / ONE
}

/// A sum of weights as a current: 16 bits, shifted to where the point is. `quantum`: the step of the weights, in nA.
#[inline(always)]
fn current(sum: f64, quantum: f64) -> i64 {
    ((sum / PA_PER_NA / quantum).round().min(FULL) * quantum * ONE).min(f64::from(i32::MAX)) as i64
}

/// A part of a number, rounded down.
#[inline(always)]
fn part(number: i64, fraction: f64) -> i64 {
    (number * fraction as i64) >> 32
}

/// A product, rounded down.
#[inline(always)]
fn product(a: i64, b: i64) -> i64 {
    (a * b) >> POINT
}

impl Kernel<f64, STATES, INPUTS, COEFFICIENTS> for OnChip {
    /// Behind the parameters of the card come the steps of the weights of its receptors, in pA.
    fn coefficients(parameters: &[f64], step: f64) -> [f64; COEFFICIENTS] {
        let [c_m, tau_m, e_l, v_th, v_reset, t_ref, tau_ex, tau_in, i_e] = named(parameters);
        let [quantum_ex, quantum_in] = named(parameters.get(CARD.parameters.len()..).unwrap_or_default());
        [
            accum(e_l),
            // mV/nA
            accum(tau_m / c_m * PA_PER_NA),
            accum(math::exp(-step / tau_m)),
            fraction(mean_over_step(tau_ex, step)),
            fraction(mean_over_step(tau_in, step)),
            fraction(math::exp(-step / tau_ex)),
            fraction(math::exp(-step / tau_in)),
            accum(i_e / PA_PER_NA),
            quantum_ex / PA_PER_NA,
            quantum_in / PA_PER_NA,
            accum(v_th) / ONE,
            accum(v_reset) / ONE,
            refractory_steps(t_ref, step),
        ]
    }

    #[inline(always)]
    fn flow(state: [f64; STATES], c: &[f64; COEFFICIENTS], input: [f64; INPUTS]) -> [f64; STATES] {
        let [v, i_ex, i_in, refractory] = state;
        let [e_l, resistance, decay, part_ex, part_in, decay_ex, decay_in, i_e, quantum_ex, quantum_in, ..] = *c;
        let [excitation, inhibition, injected] = input;
        // Both are magnitudes on the chip; what is shown of inhibition is negative.
        let i_ex = number(i_ex, PA_PER_NA) + part(current(excitation, quantum_ex), part_ex);
        let i_in = number(-i_in, PA_PER_NA) + part(current(-inhibition, quantum_in), part_in);
        let v = number(v, 1.0);
        let total = i_ex - i_in + i_e as i64 + number(injected, PA_PER_NA);
        let v_end = product(total, resistance as i64) + e_l as i64;
        let updated = v_end - product(decay as i64, v_end - v);
        [
            shown(if refractory > 0.0 { v } else { updated }, 1.0),
            shown(part(i_ex, decay_ex), PA_PER_NA),
            -shown(part(i_in, decay_in), PA_PER_NA),
            count_down(refractory),
        ]
    }

    #[inline(always)]
    fn fires([v, ..]: &[f64; STATES], [.., v_th, _, _]: &[f64; COEFFICIENTS]) -> bool {
        v >= v_th
    }

    #[inline(always)]
    fn reset([_, i_ex, i_in, _]: [f64; STATES], [.., v_reset, refractory]: &[f64; COEFFICIENTS]) -> [f64; STATES] {
        [*v_reset, i_ex, i_in, *refractory]
    }
}
