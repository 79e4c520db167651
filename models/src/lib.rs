//! The science of Spikeloom: neuron models and stimuli, each a card and a kernel in one file, and whole systems.
//!
//! A new model is one file under `neurons`, `stimuli` or `systems` and one line in that folder's table.

pub mod neurons;
pub mod stimuli;
pub mod systems;

use sim_core::catalog::Catalog;

/// Everything the language can name.
pub const CATALOG: Catalog = Catalog { neurons: neurons::NEURONS, stimuli: stimuli::STIMULI, systems: systems::SYSTEMS };

/// The catalogue as a reference that lives as long as the program.
pub fn catalog() -> &'static Catalog {
    const { &CATALOG }
}
