//! Neuron models. Each file holds a card (what a user reads and writes) and a kernel (what a step computes);
//! this one holds the table of them and what all kernels share.

mod adaptive;
mod adex_cond_exp;
mod adex_psc_exp;
mod conductance_membrane;
pub(crate) mod dormand_prince;
mod gif_psc_exp;
mod hh_cond_exp_traub;
mod if_curr_exp;
mod ignore_and_fire;
mod izhikevich;
mod izhikevich_2007;
mod izhikevich_nest;
mod izhikevich_nest_published;
mod lif_cond_alpha;
mod lif_cond_beta;
mod lif_cond_exp;
mod lif_cond_exp_nmda;
mod lif_nalsm;
mod lif_psc_alpha;
mod lif_psc_delta;
mod lif_psc_exp;
mod mat2_psc_exp;
mod parrot;
mod parts;
mod propagators;
mod threshold;
mod traub_channels;

use crate::modulators::{ASTROCYTE_LR_1994, LEAKY_MODULATOR, LIM_ASTROCYTE};
use sim_core::catalog::{NeuronCard, UpdateCost};
use sim_core::engine::Width;
use sim_core::engine::neurons::{Columns, Kernel, Neurons};
use sim_core::network::Column;
use sim_core::real::Real;
use sim_core::time::{self, Grid};

/// Every neuron model, and the modulators, which are populations of cells too.
pub const NEURONS: &[NeuronCard] = &[
    lif_psc_delta::CARD,
    lif_psc_exp::CARD,
    lif_psc_alpha::CARD,
    if_curr_exp::CARD,
    lif_cond_exp::CARD,
    lif_cond_alpha::CARD,
    lif_cond_beta::CARD,
    lif_cond_exp_nmda::CARD,
    izhikevich::CARD,
    izhikevich_nest::CARD,
    izhikevich_nest_published::CARD,
    izhikevich_2007::CARD,
    adex_cond_exp::CARD,
    adex_psc_exp::CARD,
    mat2_psc_exp::CARD,
    gif_psc_exp::CARD,
    hh_cond_exp_traub::CARD,
    ignore_and_fire::CARD,
    parrot::CARD,
    lif_nalsm::CARD,
    LEAKY_MODULATOR,
    LIM_ASTROCYTE,
    ASTROCYTE_LR_1994,
];

/// The engine's form of a population of kernel `K` with numbers `F`: the `build` and `build_f32` of every card.
pub(crate) fn build<F: Width, K: Kernel<F, S, I, C>, const S: usize, const I: usize, const C: usize>(
    size: usize,
    parameters: &[Column],
    grid: Grid,
) -> Box<dyn Neurons> {
    Box::new(Columns::<F, K, S, I, C>::new(size, parameters, grid.step_ms()))
}

/// A card's parameters by name: `let [c_m, tau_m] = named(parameters);`. A parameter that is missing is NaN.
pub(crate) fn named<const N: usize>(parameters: &[f64]) -> [f64; N] {
    std::array::from_fn(|i| parameters.get(i).copied().unwrap_or(f64::NAN))
}

/// Sets the state to its values at rest, except what the user gave.
pub(crate) fn rest(state: &mut [f64], given: &[bool], at_rest: &[f64]) {
    for (i, (value, at_rest)) in state.iter_mut().zip(at_rest).enumerate() {
        if !given.get(i).copied().unwrap_or(false) {
            *value = *at_rest;
        }
    }
}

/// A duration as a whole number of steps (nearest; halves go up), held in an `f64` so that counting down is a
/// column operation like any other.
fn ticks(duration_ms: f64, step_ms: f64) -> f64 {
    let fs = |ms: f64| time::fs_from_ms(ms.clamp(0.0, time::MAX_MS)).unwrap_or(0);
    Grid::new(fs(step_ms).max(1)).tick(fs(duration_ms)) as f64
}

/// One step less to wait.
#[inline(always)]
fn count_down<F: Real>(ticks: F) -> F {
    (ticks - F::of(1.0)).or_more(F::of(0.0))
}

/// A change of the potential, none while steps of refractoriness are left. Selecting the change rather than the potential
/// spares a masked store, which is slow on many machines.
#[inline(always)]
fn unless_held<F: Real>(refractory: F, change: F) -> F {
    F::select(refractory > F::of(0.0), F::of(0.0), change)
}

/// Cost of an update: `operations` counted in the kernel; every state variable is read and written, every input and
/// coefficient read, each one a word.
pub(crate) const fn cost(operations: u32, states: usize, inputs: usize, coefficients: usize) -> UpdateCost {
    UpdateCost { operations, words: (2 * states + inputs + coefficients) as u32 }
}

/// A reset at or above the threshold would fire again at once, for ever.
fn reset_below_threshold(v_reset: f64, name: &str, threshold: f64) -> Result<(), String> {
    if v_reset < threshold { Ok(()) } else { Err(format!("v_reset ({v_reset} mV) must be below {name} ({threshold} mV)")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_whole_numbers_of_steps() {
        assert_eq!(ticks(2.0, 0.1), 20.0, "2 ms in steps of 0.1 ms");
        assert_eq!(ticks(0.25, 0.1), 3.0, "halves go up");
        assert_eq!(ticks(0.15, 0.1), 2.0, "also where the binary quotient is just below the half");
        assert_eq!(ticks(0.0, 0.1), 0.0, "none");
        assert_eq!(ticks(1e300, 1.0), time::MAX_MS, "no longer than time itself");
    }

    #[test]
    fn what_the_user_gave_stays() {
        let mut state = [7.0, 8.0, 9.0];
        rest(&mut state, &[false, true], &[1.0, 2.0, 3.0]);
        assert_eq!(state, [1.0, 8.0, 3.0], "only the given one is kept, hidden columns are filled");
    }
}
