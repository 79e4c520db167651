//! Routing tables: what each chip has to know before compression.
//!
//! Slices of an application that follow each other and leave a chip alike share entries: aligned blocks of keys. A block may reach
//! over slices whose packets never come by.

use super::applications::Application;
use super::keys::{above, cell_bits};
use crate::forest::{Forest, Route};
use crate::machine::{LINKS, Machine};
use serde::{Serialize, Serializer};

/// Keys that agree with a key where the mask has ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Keys {
    /// The key; 0 where the mask has zeros.
    pub key: u32,
    /// The mask.
    pub mask: u32,
}

impl Keys {
    /// Whether some key belongs to both.
    pub fn meets(self, other: Keys) -> bool {
        (self.key ^ other.key) & self.mask & other.mask == 0
    }

    /// Whether all keys of the other belong to these.
    pub fn covers(self, other: Keys) -> bool {
        self.mask & !other.mask == 0 && (self.key ^ other.key) & self.mask == 0
    }

    /// The fewest keys of this form that cover both.
    pub fn joined(self, other: Keys) -> Keys {
        let mask = self.mask & other.mask & !(self.key ^ other.key);
        Keys { key: self.key & mask, mask }
    }

    /// How many bits are free.
    pub fn generality(self) -> u32 {
        self.mask.count_zeros()
    }
}

/// An entry of a routing table. Of several that match, the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The packets that it is for.
    pub keys: Keys,
    /// Where they go.
    pub route: Route,
    /// Whether all of them go straight on, as packets without an entry do.
    pub is_default: bool,
}

/// A chip's routing table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// With an entry for everything that comes by.
    pub whole: Vec<Entry>,
    /// As it is loaded: the first entry that matches counts, and what matches none goes straight on.
    pub loaded: Vec<Entry>,
}

impl Table {
    /// The route of a key; `None`: straight on.
    pub fn route(&self, key: u32) -> Option<Route> {
        self.loaded.iter().find(|entry| key & entry.keys.mask == entry.keys.key).map(|entry| entry.route)
    }
}

impl Serialize for Table {
    /// Its sizes: the entries themselves are large and of use to machines only.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.whole.len(), self.loaded.len()).serialize(serializer)
    }
}

/// Slices that follow each other on a chip and leave it alike.
#[derive(Clone, Copy)]
struct Run {
    application: u32,
    /// First and last slice, counted within the application.
    first: u32,
    last: u32,
    route: Route,
    is_default: bool,
}

/// The whole tables, by chip.
pub(super) fn tables(machine: &Machine, applications: &[Application], forest: &Forest, tree_of: &[Option<u32>]) -> Vec<Table> {
    let mut runs: Vec<Vec<Run>> = vec![Vec::new(); machine.chips().len()];
    for (number, application) in (0..).zip(applications) {
        for (offset, slice) in (0..).zip(application.slices.clone()) {
            for node in tree_of[slice as usize].into_iter().flat_map(|tree| forest.tree(tree)) {
                let route = Route { links: node.links, cores: node.cores };
                let straight = usize::from(node.came_by) < LINKS && route.links == 1 << machine.opposite(node.came_by.into());
                let run =
                    Run { application: number, first: offset, last: offset, route, is_default: straight && route.cores == 0 };
                extend(&mut runs[node.chip as usize], run);
            }
        }
    }
    runs.iter().map(|runs| Table { whole: entries(applications, runs), loaded: Vec::new() }).collect()
}

fn extend(runs: &mut Vec<Run>, run: Run) {
    match runs.last_mut() {
        Some(last) if (last.application, last.route, last.is_default) == (run.application, run.route, run.is_default) => {
            last.last = run.last;
        }
        _ => runs.push(run),
    }
}

/// The entries of a chip's runs, in the order of their keys.
fn entries(applications: &[Application], runs: &[Run]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    // The first slice of the application that no block covers yet.
    let mut free = 0;
    for (place, run) in runs.iter().enumerate() {
        let application = &applications[run.application as usize];
        let same = |other: &&Run| other.application == run.application;
        if place.checked_sub(1).and_then(|before| runs.get(before)).filter(same).is_none() {
            free = 0;
        }
        let slices = (application.slices.len() as u32).next_power_of_two();
        let end = runs.get(place + 1).filter(same).map_or(slices, |next| next.first);
        let bits = cell_bits(application);
        let mut slice = run.first;
        while slice <= run.last {
            let order = largest_block(slice, free..end);
            let start = slice >> order << order;
            let mask = if 1 << order == slices { application.mask } else { above(bits + order) };
            entries.push(Entry {
                keys: Keys { key: application.key | (start << bits), mask },
                route: run.route,
                is_default: run.is_default,
            });
            slice = start + (1 << order);
            free = slice;
        }
    }
    entries.sort_by_key(|entry| entry.keys.key);
    entries
}

/// The order of the largest aligned block within a range that has a slice.
fn largest_block(slice: u32, range: std::ops::Range<u32>) -> u32 {
    let mut order = 0;
    while order < 31 {
        let size = 1 << (order + 1);
        let start = slice / size * size;
        if start < range.start || start + size > range.end {
            break;
        }
        order += 1;
    }
    order
}
