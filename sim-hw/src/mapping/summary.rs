//! A mapping in numbers, to be printed or written as JSON.

use super::Mapping;
use super::applications::Application;
use super::check::Flaw;
use serde::Serialize;

/// A mapping in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The platform.
    pub platform: String,
    /// Boards of the machine.
    pub boards: u32,
    /// Chips of the machine.
    pub chips: u64,
    /// Chips with a slice.
    pub chips_with_slices: u64,
    /// Chips that packets pass.
    pub chips_with_routes: u64,
    /// Cores with a slice.
    pub cores: u64,
    /// Routing entries before compression: all chips together, and of the chip that has most.
    pub entries: [u64; 2],
    /// Of them, those that say what a router does anyway.
    pub default_entries: u64,
    /// Routing entries as loaded: all chips together, and of the chip that has most.
    pub entries_loaded: [u64; 2],
    /// Memory of slices in bytes: all chips together, and of the chip that has most.
    pub memory: [u64; 2],
    /// Memory of a chip in bytes.
    pub memory_per_chip: u64,
    /// Links that a packet passes, mean over slices that send.
    pub mean_links: f64,
    /// Cores that get a packet, mean over slices that send.
    pub mean_cores_reached: f64,
    /// What was cut, and how.
    pub applications: Vec<Application>,
    /// What is not mapped or not looked at.
    pub notes: Vec<String>,
}

impl Mapping {
    /// By chip: memory of its slices in bytes.
    pub fn memory_of_chips(&self) -> Vec<u64> {
        let mut memory = vec![0_u64; self.machine.chips().len()];
        for slice in &self.slices {
            memory[slice.chip as usize] += self.applications[slice.application as usize].memory.total();
        }
        memory
    }

    /// The mapping in numbers.
    pub fn summary(&self) -> Summary {
        let memory = self.memory_of_chips();
        let sizes = |size: &dyn Fn(&super::Table) -> usize| {
            let sizes = self.tables.iter().map(|table| size(table) as u64);
            [sizes.clone().sum(), sizes.max().unwrap_or(0)]
        };
        let trees: Vec<_> = self.slices.iter().filter_map(|slice| slice.tree).map(|tree| self.forest.tree(tree)).collect();
        let mean = |count: u64| count as f64 / (trees.len() as f64).max(1.0);
        let nodes = || trees.iter().flat_map(|tree| tree.iter());
        Summary {
            platform: self.platform.clone(),
            boards: self.machine.boards(),
            chips: memory.len() as u64,
            chips_with_slices: memory.iter().filter(|bytes| **bytes > 0).count() as u64,
            chips_with_routes: self.tables.iter().filter(|table| !table.whole.is_empty()).count() as u64,
            cores: self.slices.len() as u64,
            entries: sizes(&|table| table.whole.len()),
            default_entries: self.tables.iter().flat_map(|table| &table.whole).filter(|entry| entry.is_default).count() as u64,
            entries_loaded: sizes(&|table| table.loaded.len()),
            memory: [memory.iter().sum(), memory.iter().copied().max().unwrap_or(0)],
            memory_per_chip: self.capacity.memory,
            mean_links: mean(nodes().map(|node| u64::from(node.links.count_ones())).sum()),
            mean_cores_reached: mean(nodes().map(|node| u64::from(node.cores.count_ones())).sum()),
            applications: self.applications.clone(),
            notes: self.notes.clone(),
        }
    }

    /// What is wrong with it as a mapping of this network; empty: it is proved.
    pub fn check(&self, network: &sim_core::network::Network) -> Vec<Flaw> {
        super::check::check(self, network)
    }
}
