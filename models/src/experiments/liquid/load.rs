//! What presentations cost, counted in events of single synapses: it does not depend on the machine.

use sim_core::connect::Generator;
use sim_core::network::Network;
use std::ops::{Add, AddAssign};

/// What one presentation took, or several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Spikes of the liquid's neurons that count.
    pub spikes: u64,
    /// Spikes times the synapses that they set out on, those onto the astrocyte included.
    pub synaptic_events: u64,
    /// Spikes times the synapses that learn by them, their source's or their target's: changes of weights that the rule asks for.
    pub plastic_events: u64,
}

impl Add for Load {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            spikes: self.spikes + other.spikes,
            synaptic_events: self.synaptic_events + other.synaptic_events,
            plastic_events: self.plastic_events + other.plastic_events,
        }
    }
}

impl AddAssign for Load {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// Of each cell of a network, how many synapses learn by its spikes.
pub(super) fn learning_synapses(network: &Network) -> Vec<u32> {
    let cells = network.populations.last().map_or(0, |population| population.range().end);
    let mut synapses = vec![0; cells as usize];
    for projection in network.projections.iter().filter(|projection| projection.learning.is_some()) {
        let [source, target] = [projection.source, projection.target].map(|population| network.populations[population].first);
        Generator::new(network, projection).for_pairs(projection.target_cells.clone(), |pair| {
            synapses[(source + pair.source) as usize] += 1;
            synapses[(target + pair.target) as usize] += 1;
        });
    }
    synapses
}
