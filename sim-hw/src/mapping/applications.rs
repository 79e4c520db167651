//! What is mapped: an application is what the makers' software calls an application vertex, a group of alike cells that are cut
//! into slices, one a core. A flow is a projection between two of them.

use super::delays;
use super::memory::Memory;
use super::rows::expected;
use serde::Serialize;
use sim_core::catalog::{Effect, Polarity};
use sim_core::network::Network;
use sim_core::time::Grid;
use std::ops::Range;

/// What the cells of an application are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// Neurons.
    Neurons,
    /// Units of a stimulus that emits spikes.
    Sources,
    /// One unit for each target cell of a projection from a stimulus with private trains: its trains are one there.
    PrivateSources {
        /// The projection.
        projection: usize,
    },
    /// Cores that hold spikes of an application back, slice by slice.
    Delays {
        /// The application.
        of: u32,
        /// Stages after the first, each as long as the accumulators reach.
        stages: u32,
    },
}

/// What decides how many cells a core has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decides {
    /// The platform's limit.
    Platform,
    /// The user.
    Asked,
    /// The longest delay: accumulators.
    Delays,
    /// The chip's memory.
    Memory,
    /// The longest row of synapses.
    Rows,
    /// Real time.
    Time,
}

/// A group of alike cells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Application {
    /// Its population's name, with the projection's or the word "delays" where it is not the population itself.
    pub name: String,
    /// What its cells are.
    #[serde(flatten)]
    pub kind: Kind,
    /// The population, or the one that its spikes stand for.
    pub population: usize,
    /// Cells.
    pub size: u32,
    /// Cells of a core.
    pub per_core: u32,
    /// What decides that.
    pub decides: Decides,
    /// Longest delay of its synapses, in steps.
    pub longest_delay: u64,
    /// Steps that its accumulators reach.
    pub delay_slots: u64,
    /// Memory that a core needs.
    pub memory: Memory,
    /// Its slices.
    pub slices: Range<u32>,
    /// Key of its first cell.
    pub key: u32,
    /// Mask of the bits that all its keys have in common.
    pub mask: u32,
}

impl Application {
    pub(super) fn new(name: String, kind: Kind, population: usize, size: u32) -> Self {
        Self {
            name,
            kind,
            population,
            size,
            per_core: 1,
            decides: Decides::Platform,
            longest_delay: 0,
            delay_slots: 0,
            memory: Memory::default(),
            slices: 0..0,
            key: 0,
            mask: 0,
        }
    }

    /// Keys of a cell: one for each stage that sends it on.
    pub fn keys_per_cell(&self) -> u32 {
        match self.kind {
            Kind::Delays { stages, .. } => stages,
            _ => 1,
        }
    }

    /// Its slices' numbers of cells, in order.
    pub fn slice_cells(&self, slice: u32) -> Range<u32> {
        let first = (slice - self.slices.start) * self.per_core;
        first..first.saturating_add(self.per_core).min(self.size)
    }
}

/// A projection between two applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Where spikes come from.
    pub source: u32,
    /// Where they go.
    pub target: u32,
    /// The projection.
    pub projection: usize,
    /// Shortest delay in steps.
    pub shortest: u64,
    /// Longest delay in steps.
    pub longest: u64,
}

/// Applications of populations and private stimuli, not cut yet, and the flows between them. What is not mapped is said.
pub(super) fn gather(network: &Network, notes: &mut Vec<String>) -> (Vec<Application>, Vec<Flow>) {
    let mut applications = Vec::new();
    let mut of_population = vec![None; network.populations.len()];
    for (index, population) in network.populations.iter().enumerate() {
        let kind = match (population.card(), population.effect()) {
            (Some(_), _) => Kind::Neurons,
            (None, Effect::Spikes) => Kind::Sources,
            // Private trains come with their projections; currents are part of their targets.
            (None, Effect::PrivateSpikes | Effect::Current) => continue,
        };
        if population.size > 0 {
            of_population[index] = Some(applications.len() as u32);
            applications.push(Application::new(population.name.clone(), kind, index, population.size));
        }
    }
    let mut flows = Vec::new();
    for (index, projection) in network.projections.iter().enumerate() {
        let (source, target) = (&network.populations[projection.source], &network.populations[projection.target]);
        let Some(to) = of_population[projection.target].filter(|_| expected(projection) > 0.0) else { continue };
        let from = match source.effect() {
            Effect::Current if source.card().is_some() => {
                notes.push(format!("\"{}\": slow currents from neurons are not mapped", projection.name));
                continue;
            }
            Effect::Current => continue,
            Effect::Spikes => of_population[projection.source],
            Effect::PrivateSpikes => {
                let size = projection.target_cells.end - projection.target_cells.start;
                let name = format!("{} -> {}", source.name, target.name);
                let kind = Kind::PrivateSources { projection: index };
                applications.push(Application::new(name, kind, projection.source, size));
                Some(applications.len() as u32 - 1)
            }
        };
        // The trains of private stimuli are drawn where they are needed: a delay means nothing to them.
        let (shortest, longest) = match source.effect() {
            Effect::PrivateSpikes => (1, 1),
            _ => delays::steps(&projection.delay, expected(projection), Grid::new(network.timestep_fs)),
        };
        flows.extend(from.map(|source| Flow { source, target: to, projection: index, shortest, longest }));
    }
    (applications, flows)
}

/// Accumulators of a neuron: one for each receptor, two where weights of both signs share one (they are stored unsigned).
pub(super) fn receptors(network: &Network, population: usize) -> u32 {
    let card = network.populations[population].card();
    let count = card.map_or(1, |card| card.receptors.iter().map(|r| 1 + u32::from(r.polarity == Polarity::Signed)).sum());
    count.max(1)
}
