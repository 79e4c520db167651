//! What a network must have in common with that of a snapshot: step, seed, precision, cells with their models and places,
//! connections and delays, which synapses learn and by which rule. Parameters, weights' means, stimuli and recordings may differ: that is
//! a branch.

use crate::network::{Cells, Network, Population};

/// A hash of the structure.
pub(super) fn structure(network: &Network) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    // Lengths first, so that no two structures are the same text.
    let mut enter = |text: String| {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    };
    enter(format!("{} {} {:?} {:?}", network.timestep_fs, network.seed, network.state, network.weights));
    network.populations.iter().for_each(|p| enter(format!("{} {} {} {:?}", p.name, p.size, model(p), p.positions)));
    for p in &network.projections {
        let rule = p.learning.as_ref().map_or("", |learning| learning.card.name);
        enter(format!("{} {} {} {:?} {:?}", p.key, p.source, p.target, p.source_cells, p.target_cells));
        enter(format!("{:?} {:?} {:?} {rule}", p.rule, p.delay, p.receptor));
    }
    *hasher.finalize().as_bytes()
}

fn model(population: &Population) -> &'static str {
    match &population.cells {
        Cells::Neurons { card, .. } => card.name,
        Cells::Stimulus { card, .. } => card.name,
    }
}
