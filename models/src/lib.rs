//! The science of Spikeloom: neuron models, rules of learning and stimuli, each a card and a kernel in one file, and whole systems.
//!
//! A new model is one file under `neurons`, `plasticity`, `stimuli` or `systems` and one line in that folder's table. What is done
//! with simulated spikes beyond recording them (data sets, encoding, read-outs, measures) is under `experiments`.

pub mod experiments;
mod modulators;
pub mod neurons;
pub mod plasticity;
pub mod stimuli;
pub mod systems;

use sim_core::catalog::Catalog;

/// Everything the language can name.
pub const CATALOG: Catalog =
    Catalog { neurons: neurons::NEURONS, stimuli: stimuli::STIMULI, rules: plasticity::RULES, systems: systems::SYSTEMS };

/// The catalogue as a reference that lives as long as the program.
pub fn catalog() -> &'static Catalog {
    const { &CATALOG }
}
