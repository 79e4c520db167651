//! Measures of a liquid: how activity branches, how many independent states it has, how active it is, what its weights are.

mod activity;
mod branching;
mod histogram;
mod rank;

pub use activity::Activity;
pub use branching::{Branching, Partners, branching_factor};
pub use histogram::Histogram;
pub use rank::{mean_rank, rank};

use super::Problem;

/// A spike: when and which neuron's, both counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// The tick.
    pub tick: u32,
    /// The neuron.
    pub neuron: u32,
}

/// Whether all are among so many neurons.
fn check_neurons(indices: impl Iterator<Item = u32>, neurons: usize) -> Result<(), Problem> {
    match indices.into_iter().find(|neuron| *neuron as usize >= neurons) {
        Some(neuron) => Err(Problem::Neuron { neuron, neurons }),
        None => Ok(()),
    }
}
