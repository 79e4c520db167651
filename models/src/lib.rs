//! The science of Spikeloom: neuron models and stimuli, each a card and a kernel in one file.
//!
//! A new model is one file under `neurons` or `stimuli` and one line in that folder's table. What is done with simulated
//! spikes beyond recording them (data sets, encoding, read-outs, measures) is under `experiments`.

pub mod experiments;
pub mod neurons;
pub mod stimuli;

use sim_core::catalog::Catalog;

/// Everything the language can name.
pub const CATALOG: Catalog = Catalog { neurons: neurons::NEURONS, stimuli: stimuli::STIMULI };

/// The catalogue as a reference that lives as long as the program.
pub fn catalog() -> &'static Catalog {
    const { &CATALOG }
}
