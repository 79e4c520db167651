//! Multicast trees.
//!
//! Slices that reach the same targets share a trunk: a tree over their chips and their targets' chips, which has no direction yet. A
//! chip joins the trunk from the nearest chip of it by a path that takes the longest of its dimensions first; around broken links and
//! chips the shortest way is looked for. A slice's tree is the trunk seen from its chip, without branches that lead to no target.
//! Spikes of a population thus run on the same links, and chips beyond it need one routing entry for all of it.

use super::misfit::Misfit;
use super::place::Seat;
use super::reach::Reach;
use crate::forest::{Forest, Route};
use crate::machine::{ChipId, LINKS, Machine, Place};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

/// The trees, and which one each slice has; none where it reaches nothing.
pub(super) struct Routes {
    pub(super) forest: Forest,
    pub(super) tree_of: Vec<Option<u32>>,
}

/// Trees of all slices. Slices of a chip with the same targets have the same tree.
pub(super) fn route(machine: &Machine, seats: &[Seat], reach: &Reach) -> Result<Routes, Vec<Misfit>> {
    let mut groups: BTreeMap<Vec<(u32, u32)>, Vec<u32>> = BTreeMap::new();
    for (slice, ranges) in (0..).zip(reach).filter(|(_, ranges)| !ranges.is_empty()) {
        groups.entry(ranges.iter().map(|r| (r.start, r.end)).collect()).or_default().push(slice);
    }
    let mut groups: Vec<&Vec<u32>> = groups.values().collect();
    groups.sort_unstable();
    let mut routes = Routes { forest: Forest::default(), tree_of: vec![None; reach.len()] };
    let mut trunk = Trunk::new(machine);
    let mut cut_off = BTreeSet::new();
    for slices in groups {
        let cores = cores_of(seats, &reach[slices[0] as usize]);
        let root = seats[slices[0] as usize].chip;
        let sources = slices.iter().map(|&slice| seats[slice as usize].chip);
        trunk.clear(root);
        let targets = by_distance(machine, root, cores.keys().copied());
        let unreached: Vec<ChipId> = sources.chain(targets).filter(|&chip| !trunk.join(chip)).collect();
        cut_off.extend(unreached.iter().map(|&chip| (root, chip)));
        if unreached.is_empty() {
            routes.plant(machine, &trunk, seats, slices, &cores);
        }
    }
    if cut_off.is_empty() {
        return Ok(routes);
    }
    let place = |chip: ChipId| {
        let Place { x, y } = machine.chips()[chip as usize].place;
        [x, y]
    };
    Err(cut_off.into_iter().map(|(from, to)| Misfit::CutOff { from: place(from), to: place(to) }).collect())
}

/// The cores of some slices, by chip.
fn cores_of(seats: &[Seat], slices: &[Range<u32>]) -> BTreeMap<ChipId, u32> {
    let mut cores = BTreeMap::new();
    for Seat { chip, core } in slices.iter().cloned().flatten().map(|slice| seats[slice as usize]) {
        *cores.entry(chip).or_default() |= 1 << core;
    }
    cores
}

fn by_distance(machine: &Machine, from: ChipId, chips: impl Iterator<Item = ChipId>) -> Vec<ChipId> {
    let mut chips: Vec<ChipId> = chips.collect();
    chips.sort_by_key(|&chip| (hops(machine, from, chip), chip));
    chips
}

impl Routes {
    /// Plants the trees of slices that share a trunk, one for each of their chips.
    fn plant(&mut self, machine: &Machine, trunk: &Trunk<'_>, seats: &[Seat], slices: &[u32], cores: &BTreeMap<ChipId, u32>) {
        let mut tree_at: BTreeMap<ChipId, Option<u32>> = BTreeMap::new();
        for &slice in slices {
            let from = seats[slice as usize].chip;
            let tree = *tree_at.entry(from).or_insert_with(|| {
                let planted = self.forest.plant(machine, from, &trunk.seen_from(from, cores));
                // A trunk has no loops and its links work.
                debug_assert!(planted.is_ok(), "{planted:?}");
                planted.ok()
            });
            self.tree_of[slice as usize] = tree;
        }
    }
}

/// A tree without a direction.
struct Trunk<'a> {
    machine: &'a Machine,
    /// Chips in the order in which they joined.
    joined: Vec<ChipId>,
    is_joined: Vec<bool>,
    /// The links that belong to it, by chip.
    links: Vec<u8>,
}

impl<'a> Trunk<'a> {
    fn new(machine: &'a Machine) -> Self {
        let chips = machine.chips().len();
        Self { machine, joined: Vec::new(), is_joined: vec![false; chips], links: vec![0; chips] }
    }

    /// Begins a new one.
    fn clear(&mut self, root: ChipId) {
        for chip in self.joined.drain(..) {
            self.is_joined[chip as usize] = false;
            self.links[chip as usize] = 0;
        }
        self.add(root);
    }

    fn add(&mut self, chip: ChipId) {
        self.is_joined[chip as usize] = true;
        self.joined.push(chip);
    }

    /// Joins a chip; `false` where no way leads to it.
    fn join(&mut self, chip: ChipId) -> bool {
        if self.is_joined[chip as usize] {
            return true;
        }
        let path = self.nearest(chip).and_then(|from| straight(self.machine, from, chip)).or_else(|| self.detour(chip));
        let Some((mut at, links)) = path else { return false };
        for link in links {
            let Some(to) = self.machine.neighbour(at, link) else { return false };
            self.links[at as usize] |= 1 << link;
            self.links[to as usize] |= 1 << self.machine.opposite(link);
            self.add(to);
            at = to;
        }
        true
    }

    /// The chip of the trunk with the fewest hops to this one if nothing was broken; no shortest path then crosses the trunk.
    fn nearest(&self, chip: ChipId) -> Option<ChipId> {
        let beside = (0..LINKS).filter_map(|link| self.machine.neighbour(chip, link)).find(|&to| self.is_joined[to as usize]);
        beside.or_else(|| self.joined.iter().copied().min_by_key(|&from| hops(self.machine, from, chip)))
    }

    /// The shortest working path from the trunk.
    fn detour(&self, chip: ChipId) -> Option<(ChipId, Vec<usize>)> {
        let machine = self.machine;
        // Towards the trunk; the link by which each chip is left on the way back.
        let mut back: BTreeMap<ChipId, usize> = BTreeMap::new();
        let mut open = VecDeque::from([chip]);
        while let Some(at) = open.pop_front() {
            if self.is_joined[at as usize] {
                let (mut links, mut on) = (Vec::new(), at);
                while on != chip {
                    links.push(back[&on]);
                    on = machine.neighbour(on, back[&on])?;
                }
                return Some((at, links));
            }
            for link in 0..machine.links_per_chip() {
                let Some(to) = machine.neighbour(at, link).filter(|to| *to != chip && !back.contains_key(to)) else { continue };
                back.insert(to, machine.opposite(link));
                open.push_back(to);
            }
        }
        None
    }

    /// The tree from a chip of the trunk to these cores.
    fn seen_from(&self, root: ChipId, cores: &BTreeMap<ChipId, u32>) -> BTreeMap<ChipId, Route> {
        // A chip after the one it is reached from; with the place of that one, and the link there.
        let mut order: Vec<(ChipId, usize, usize)> = vec![(root, 0, LINKS)];
        let mut next = 0;
        while next < order.len() {
            let (chip, _, by) = order[next];
            let came_by = (by < LINKS).then(|| self.machine.opposite(by));
            for link in (Route { links: self.links[chip as usize], cores: 0 }).links().filter(|link| Some(*link) != came_by) {
                order.extend(self.machine.neighbour(chip, link).map(|to| (to, next, link)));
            }
            next += 1;
        }
        let own = |chip: ChipId| Route { links: 0, cores: cores.get(&chip).copied().unwrap_or(0) };
        let mut routes: Vec<Route> = order.iter().map(|(chip, ..)| own(*chip)).collect();
        for place in (1..order.len()).rev() {
            let (_, parent, link) = order[place];
            if routes[place] != Route::default() {
                routes[parent].links |= 1 << link;
            }
        }
        order
            .iter()
            .zip(routes)
            .filter(|(_, route)| *route != Route::default())
            .map(|((chip, ..), route)| (*chip, route))
            .collect()
    }
}

/// Steps along east, north and, where chips have six links, north-east: as few as possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Steps {
    x: i64,
    y: i64,
    diagonal: i64,
}

impl Steps {
    fn hops(self) -> u64 {
        self.x.unsigned_abs() + self.y.unsigned_abs() + self.diagonal.unsigned_abs()
    }
}

/// Hops from chip to chip if nothing was broken.
pub fn hops(machine: &Machine, from: ChipId, to: ChipId) -> u64 {
    let place = |chip: ChipId| machine.chips()[chip as usize].place;
    steps(machine, place(from), place(to)).hops()
}

/// The fewest steps from place to place, the way around a torus included. With three dimensions of which any two make the third, the
/// fewest are left when their median is taken off.
fn steps(machine: &Machine, from: Place, to: Place) -> Steps {
    let apart = |from: u32, to: u32| i64::from(to) - i64::from(from);
    let ways = |apart: i64, around: Option<u32>| match around.map(i64::from) {
        Some(side) => [apart, if apart > 0 { apart - side } else { apart + side }],
        None => [apart, apart],
    };
    let least = |x: i64, y: i64| {
        if machine.links_per_chip() < LINKS {
            return Steps { x, y, diagonal: 0 };
        }
        let median = x.min(y).max(x.max(y).min(0));
        Steps { x: x - median, y: y - median, diagonal: median }
    };
    let [width, height] = machine.ring().map_or([None; 2], |[w, h]| [Some(w), Some(h)]);
    let (xs, ys) = (ways(apart(from.x, to.x), width), ways(apart(from.y, to.y), height));
    let mut best = least(xs[0], ys[0]);
    for (x, y) in [(xs[1], ys[0]), (xs[0], ys[1]), (xs[1], ys[1])] {
        let other = least(x, y);
        if other.hops() < best.hops() {
            best = other;
        }
    }
    best
}

/// The path that takes the longest dimension first, if all of it works.
fn straight(machine: &Machine, from: ChipId, to: ChipId) -> Option<(ChipId, Vec<usize>)> {
    let place = |chip: ChipId| machine.chips()[chip as usize].place;
    let steps = steps(machine, place(from), place(to));
    // Links in the positive direction: hexagonal E, NE, N; of a mesh E and N.
    let (diagonal, north) = if machine.links_per_chip() < LINKS { (0, 1) } else { (1, 2) };
    let mut dimensions = [(steps.x, 0), (steps.diagonal, diagonal), (steps.y, north)];
    dimensions.sort_by_key(|(count, _)| std::cmp::Reverse(count.unsigned_abs()));
    let mut links = Vec::with_capacity(steps.hops() as usize);
    let mut at = from;
    for (count, link) in dimensions {
        let link = if count < 0 { machine.opposite(link) } else { link };
        for _ in 0..count.unsigned_abs() {
            at = machine.neighbour(at, link)?;
            links.push(link);
        }
    }
    Some((from, links))
}
