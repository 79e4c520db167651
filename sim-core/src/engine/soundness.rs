//! Neurons whose state is no number any more, or runs away: found by looking, at any tick, at no cost to the ticks between.
//!
//! A membrane that is not a number stays so, and is never at its threshold: the neuron falls silent and the rest of the network goes
//! on as if it had died. That is why one must look for it.

use super::neurons::BLOCK;
use super::plan::{Plan, PlanCells};
use super::state::{State, place};
use super::values::Values;
use crate::network::Network;
use crate::real::Real;

/// In no unit does a state variable of any model come near this.
const BOUND: f64 = 1e30;

/// A neuron whose state makes no sense, by the first variable that does not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unsound {
    /// Index of the population.
    pub population: usize,
    /// The neuron, in its population.
    pub cell: u32,
    /// Index of the variable in the model's card.
    pub variable: usize,
    /// What it is.
    pub value: f64,
}

/// Whether a value of a state variable makes sense.
#[inline(always)]
pub(crate) fn is_sound(value: f64) -> bool {
    value.abs() < BOUND
}

/// State variables of a population's model that can be read; none of stimuli.
pub(crate) fn variables(network: &Network, population: usize) -> usize {
    network.populations[population].card().map_or(0, |card| card.states.len())
}

impl State {
    /// All neurons whose state makes no sense, in order.
    pub fn unsound(&self, plan: &Plan) -> Vec<Unsound> {
        let mut found = Vec::new();
        for (population, (values, cells)) in self.neurons.iter().zip(&plan.cells).enumerate() {
            let PlanCells::Neurons(kernel) = cells else { continue };
            let (states, variables) = (kernel.states(), variables(&plan.network, population));
            let bad = match values {
                Values::F64(values) => blocks(values, states, variables),
                Values::F32(values) => blocks(values, states, variables),
            };
            let size = plan.network.populations[population].size;
            for cell in
                bad.into_iter().flat_map(|block| block * BLOCK..(block + 1) * BLOCK).take_while(|cell| *cell < size as usize)
            {
                let value = |variable: usize| values.get(place(cell, variable, states));
                let first = (0..variables).find(|variable| !is_sound(value(*variable)));
                let unsound = |variable| Unsound { population, cell: cell as u32, variable, value: value(variable) };
                found.extend(first.map(unsound));
            }
        }
        found
    }

    /// A neuron fires no more, whatever comes.
    pub fn silence(&mut self, plan: &Plan, population: usize, cell: u32) {
        let Some(PlanCells::Neurons(kernel)) = plan.cells.get(population) else { return };
        for variable in 0..variables(&plan.network, population) {
            self.neurons[population].set(place(cell as usize, variable, kernel.states()), f64::NAN);
        }
    }
}

/// The blocks in which some variable of some neuron makes no sense.
fn blocks<F: Real>(values: &[F], states: usize, variables: usize) -> Vec<usize> {
    let sound = |block: &[F]| block[..variables * BLOCK].iter().fold(true, |sound, value| sound & is_sound(value.to_f64()));
    values.chunks_exact(states * BLOCK).enumerate().filter(|(_, block)| !sound(block)).map(|(index, _)| index).collect()
}
