//! The proof of a mapping: every key of every slice is followed through the tables as they are loaded, as routers do it, and everything
//! that was promised is looked at again. It shares no code with the stages that it checks but what slices have to reach.

use super::Mapping;
use super::applications::Kind;
use super::reach::reach;
use super::table::{Entry, Keys};
use crate::forest::Route;
use crate::machine::ChipId;
use sim_core::network::Network;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Formatter, Result as Written};

/// What is wrong with a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A key does not reach a core that it should reach.
    Missed {
        /// The key.
        key: u32,
        /// The slice of the core.
        slice: u32,
    },
    /// A key reaches a core that it should not reach.
    Stray {
        /// The key.
        key: u32,
        /// The chip.
        chip: ChipId,
        /// The core.
        core: u32,
    },
    /// A key comes to a chip twice: a loop, or a core that is reached twice.
    Twice {
        /// The key.
        key: u32,
        /// The chip.
        chip: ChipId,
    },
    /// A key falls off the machine.
    Lost {
        /// The key.
        key: u32,
        /// The chip where it is last seen.
        chip: ChipId,
    },
    /// Two slices share keys, or a slice's keys are not all its own.
    SharedKeys {
        /// A slice.
        slice: u32,
        /// Another.
        with: u32,
    },
    /// Two slices share a core, or there is no such core.
    NoCore {
        /// The slice.
        slice: u32,
    },
    /// A chip's memory is too small.
    Memory {
        /// The chip.
        chip: ChipId,
        /// Bytes that are too few.
        missing: u64,
    },
    /// A chip's table is too long.
    Entries {
        /// The chip.
        chip: ChipId,
        /// Entries.
        entries: u64,
    },
    /// A core has more cells, or longer delays, than it can.
    Cells {
        /// The application.
        application: u32,
    },
    /// A slice's tree does not go where its packets go.
    Tree {
        /// The slice.
        slice: u32,
    },
}

impl Display for Flaw {
    fn fmt(&self, f: &mut Formatter<'_>) -> Written {
        write!(f, "{self:?}")
    }
}

/// Everything that is wrong with a mapping of a network; empty: it is proved.
pub fn check(mapping: &Mapping, network: &Network) -> Vec<Flaw> {
    let mut flaws = limits(mapping);
    flaws.extend(keys_apart(mapping));
    let reach = reach(network, &mapping.applications, &mapping.flows);
    let core_of: Vec<(ChipId, u32)> = mapping.slices.iter().map(|slice| (slice.chip, slice.core)).collect();
    for (slice, targets) in (0_u32..).zip(&reach) {
        let wanted: BTreeMap<(ChipId, u32), u32> =
            targets.iter().cloned().flatten().map(|target| (core_of[target as usize], target)).collect();
        let keys = mapping.slices[slice as usize].keys;
        // A slice that reaches nothing sends nothing.
        if !wanted.is_empty() {
            follow(mapping, slice, keys, &wanted, &mut flaws);
        }
    }
    flaws
}

/// Follows keys that all entries treat alike; where an entry does not, halves of them.
fn follow(mapping: &Mapping, slice: u32, keys: Keys, wanted: &BTreeMap<(ChipId, u32), u32>, flaws: &mut Vec<Flaw>) {
    let machine = &mapping.machine;
    let (key, home) = (keys.key, mapping.slices[slice as usize].chip);
    let mut seen = BTreeSet::from([home]);
    let mut reached = BTreeSet::new();
    let mut passed = BTreeMap::new();
    let mut open: Vec<(ChipId, Option<usize>)> = vec![(home, None)];
    let mut found = Vec::new();
    while let Some((chip, came_by)) = open.pop() {
        let entry = match first_match(&mapping.tables[chip as usize].loaded, keys) {
            Ok(entry) => entry,
            Err(bit) => {
                let mask = keys.mask | bit;
                follow(mapping, slice, Keys { key, mask }, wanted, flaws);
                return follow(mapping, slice, Keys { key: key | bit, mask }, wanted, flaws);
            }
        };
        let straight = came_by.map(|link| Route { links: 1 << machine.opposite(link), cores: 0 });
        let Some(route) = entry.map(|entry| entry.route).or(straight) else {
            found.push(Flaw::Lost { key, chip });
            continue;
        };
        passed.insert(chip, route);
        for core in (0..u32::BITS).filter(|core| route.cores >> core & 1 == 1) {
            reached.insert((chip, core));
            if !wanted.contains_key(&(chip, core)) {
                found.push(Flaw::Stray { key, chip, core });
            }
        }
        for link in route.links() {
            match machine.neighbour(chip, link) {
                None => found.push(Flaw::Lost { key, chip }),
                Some(to) if !seen.insert(to) => found.push(Flaw::Twice { key, chip: to }),
                Some(to) => open.push((to, Some(machine.opposite(link)))),
            }
        }
    }
    let missed = wanted.iter().filter(|(core, _)| !reached.contains(*core));
    found.extend(missed.map(|(_, &slice)| Flaw::Missed { key, slice }));
    let tree = mapping.slices[slice as usize].tree.map(|tree| mapping.forest.tree(tree)).unwrap_or_default();
    let planned: BTreeMap<ChipId, Route> =
        tree.iter().map(|node| (node.chip, Route { links: node.links, cores: node.cores })).collect();
    if found.is_empty() && planned != passed {
        found.push(Flaw::Tree { slice });
    }
    flaws.append(&mut found);
}

/// The entry that all of these keys meet first; else a bit in which those that meet it differ from the others.
fn first_match(table: &[Entry], keys: Keys) -> Result<Option<&Entry>, u32> {
    let Some(entry) = table.iter().find(|entry| entry.keys.meets(keys)) else { return Ok(None) };
    let open = entry.keys.mask & !keys.mask;
    if open == 0 { Ok(Some(entry)) } else { Err(open & open.wrapping_neg()) }
}

/// The slices' keys have to lie apart, one for each cell, stage and colour.
fn keys_apart(mapping: &Mapping) -> Vec<Flaw> {
    let mut order: Vec<u32> = (0..mapping.slices.len() as u32).collect();
    let keys = |slice: u32| mapping.slices[slice as usize].keys;
    order.sort_by_key(|&slice| keys(slice).key);
    let mut flaws = Vec::new();
    for pair in order.windows(2) {
        if keys(pair[0]).meets(keys(pair[1])) {
            flaws.push(Flaw::SharedKeys { slice: pair[0], with: pair[1] });
        }
    }
    for (number, slice) in (0..).zip(&mapping.slices) {
        let application = &mapping.applications[slice.application as usize];
        let cells = u64::from(slice.cells.end - slice.cells.start) * u64::from(application.keys_per_cell());
        // Sorted neighbours are enough for blocks, which masks of ones from the left are.
        let is_block = slice.keys.mask.count_zeros() == slice.keys.mask.trailing_zeros();
        if !is_block
            || slice.keys.key & !slice.keys.mask != 0
            || (cells << super::keys::COLOUR_BITS) > 1 << slice.keys.generality()
        {
            flaws.push(Flaw::SharedKeys { slice: number, with: number });
        }
    }
    flaws
}

/// Cores, memory, table lengths, cells and delays.
fn limits(mapping: &Mapping) -> Vec<Flaw> {
    let (machine, capacity) = (&mapping.machine, &mapping.capacity);
    let mut flaws = Vec::new();
    let mut taken = BTreeSet::new();
    let mut memory = vec![0_u64; machine.chips().len()];
    let mut cells = vec![0_u64; mapping.applications.len()];
    for (number, slice) in (0..).zip(&mapping.slices) {
        if slice.core >= machine.chips()[slice.chip as usize].cores || !taken.insert((slice.chip, slice.core)) {
            flaws.push(Flaw::NoCore { slice: number });
        }
        cells[slice.application as usize] += u64::from(slice.cells.end - slice.cells.start);
        memory[slice.chip as usize] += mapping.applications[slice.application as usize].memory.total();
    }
    let too_small = (0..).zip(memory).filter(|(_, bytes)| *bytes > capacity.memory);
    flaws.extend(too_small.map(|(chip, bytes)| Flaw::Memory { chip, missing: bytes - capacity.memory }));
    let too_long = (0..).zip(&mapping.tables).filter(|(_, table)| table.loaded.len() as u64 > capacity.entries);
    flaws.extend(too_long.map(|(chip, table)| Flaw::Entries { chip, entries: table.loaded.len() as u64 }));
    for (number, application) in (0..).zip(&mapping.applications) {
        let most = match application.kind {
            Kind::Neurons => capacity.neurons_per_core,
            _ => capacity.sources_per_core.max(capacity.neurons_per_core),
        };
        let reaches = application.delay_slots.saturating_mul(capacity.delay_stages);
        if application.per_core > most
            || application.longest_delay > reaches
            || cells[number as usize] != u64::from(application.size)
        {
            flaws.push(Flaw::Cells { application: number });
        }
    }
    flaws
}
