//! What a network must have in common with that of a snapshot: step, seed, precision, cells with their models and places,
//! connections and delays, which synapses learn and by which rule. Parameters, weights' means, stimuli and recordings may differ: that is
//! a branch.

use super::{Snapshot, SnapshotError};
use crate::network::{Cells, Network, Population, Rule};

/// A hash of the structure of a network on a grid of this step, whatever an engine calls a tick.
pub(super) fn structure(network: &Network, step_fs: i64) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    // Lengths first, so that no two structures are the same text.
    let mut enter = |text: String| {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    };
    enter(format!("{} {} {:?} {:?}", step_fs, network.seed, network.state, network.weights));
    if let Some(trials) = &network.trials {
        enter(format!("{} {}", trials.each_fs, trials.reset.name()));
    }
    network.populations.iter().for_each(|p| enter(format!("{} {} {} {:?}", p.name, p.size, model(p), p.positions)));
    for p in &network.projections {
        let rule = p.learning.as_ref().map_or("", |learning| learning.card.name);
        enter(format!("{} {} {} {:?} {:?}", p.key, p.source, p.target, p.source_cells, p.target_cells));
        enter(format!("{} {:?} {:?} {rule}", wiring(&p.rule), p.delay, p.receptor));
    }
    *hasher.finalize().as_bytes()
}

impl Snapshot {
    /// Refuses networks that it is not of.
    ///
    /// # Errors
    /// The snapshot is of a network with another structure.
    pub fn check_network(&self, network: &Network) -> Result<(), SnapshotError> {
        self.check(&self.header().engine, network, network.timestep_fs)
    }

    /// Refuses engines and networks that it is not of.
    pub(super) fn check(&self, engine: &str, network: &Network, step_fs: i64) -> Result<(), SnapshotError> {
        let is_of = self.header().engine == engine && self.header().structure == structure(network, step_fs);
        if is_of { Ok(()) } else { Err(SnapshotError::OtherNetwork) }
    }
}

/// A rule without what follows from it and the seed.
fn wiring(rule: &Rule) -> String {
    match rule {
        Rule::FixedTotalNumber { n, autapses, multapses, .. } => format!("fixed_total_number {n} {autapses} {multapses}"),
        rule => format!("{rule:?}"),
    }
}

fn model(population: &Population) -> &'static str {
    match &population.cells {
        Cells::Neurons { card, .. } => card.name,
        Cells::Stimulus { card, .. } => card.name,
    }
}
