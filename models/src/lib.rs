//! The science of Spikeloom: neuron models, rules of learning and stimuli, each a card and a kernel in one file.
//!
//! A new model is one file under `neurons`, `plasticity` or `stimuli` and one line in that folder's table.

pub mod neurons;
pub mod plasticity;
pub mod stimuli;

use sim_core::catalog::Catalog;

/// Everything the language can name.
pub const CATALOG: Catalog = Catalog { neurons: neurons::NEURONS, stimuli: stimuli::STIMULI, rules: plasticity::RULES };

/// The catalogue as a reference that lives as long as the program.
pub fn catalog() -> &'static Catalog {
    const { &CATALOG }
}
