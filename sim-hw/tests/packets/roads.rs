//! Trees for tests and benchmarks: shortest ways, longest dimension first, joined where they meet.

use sim_core::random::Stream;
use sim_hw::forest::{Forest, Route};
use sim_hw::machine::{ChipId, LINKS, Machine, Place};
use std::collections::{BTreeMap, BTreeSet};

/// Links of a shortest way between two chips of a machine without faults. Of several, `random` chooses.
pub(crate) fn way(machine: &Machine, from: ChipId, to: ChipId, random: &mut Stream) -> Vec<usize> {
    let place = |chip: ChipId| machine.chips()[chip as usize].place;
    let (Place { x, y }, Place { x: u, y: v }) = (place(from), place(to));
    let (dx, dy) = (i64::from(u) - i64::from(x), i64::from(v) - i64::from(y));
    if machine.links_per_chip() < LINKS {
        return steps(&[(dx, 0, 2), (dy, 1, 3)]);
    }
    let [w, h] = machine.ring().unwrap_or([0, 0]).map(i64::from);
    let around = |d: i64, side: i64| if side == 0 { vec![d] } else { vec![d.rem_euclid(side), d.rem_euclid(side) - side] };
    let vectors = around(dx, w).into_iter().flat_map(|dx| around(dy, h).into_iter().map(move |dy| hexagonal(dx, dy)));
    let vectors: Vec<[i64; 3]> = vectors.collect();
    let length = |vector: &[i64; 3]| vector.iter().map(|d| d.abs()).sum::<i64>();
    let shortest = vectors.iter().map(length).min().expect("there are vectors");
    let best: Vec<_> = vectors.into_iter().filter(|vector| length(vector) == shortest).collect();
    let [x, diagonal, y] = best[random.below(best.len() as u32) as usize];
    let mut sides = [(x, 0, 3), (diagonal, 1, 4), (y, 2, 5)];
    sides.sort_by_key(|side| -side.0.abs());
    steps(&sides)
}

/// Steps east, north-east and north that make a vector, as few as possible.
fn hexagonal(dx: i64, dy: i64) -> [i64; 3] {
    let diagonal = if dx.signum() == dy.signum() { dx.signum() * dx.abs().min(dy.abs()) } else { 0 };
    [dx - diagonal, diagonal, dy - diagonal]
}

fn steps(sides: &[(i64, usize, usize)]) -> Vec<usize> {
    let one = |&(count, plus, minus): &(i64, usize, usize)| {
        std::iter::repeat_n(if count > 0 { plus } else { minus }, count.unsigned_abs() as usize)
    };
    sides.iter().flat_map(one).collect()
}

/// Plants the tree from a chip to cores.
pub(crate) fn plant(forest: &mut Forest, machine: &Machine, from: ChipId, to: &[(ChipId, u32)], random: &mut Stream) -> u32 {
    let mut routes: BTreeMap<ChipId, Route> = BTreeMap::new();
    let mut reached = BTreeSet::from([from]);
    for &(target, core) in to {
        let ways = way(machine, from, target, random);
        let chips = ways.iter().scan(from, |at, &link| {
            *at = machine.neighbour(*at, link).expect("no faults");
            Some(*at)
        });
        let chips: Vec<ChipId> = std::iter::once(from).chain(chips).collect();
        // Only from the last chip on that the tree has already: otherwise it would be reached twice.
        let joins = chips.iter().rposition(|chip| reached.contains(chip)).expect("the first one is");
        for (pair, &link) in chips.windows(2).zip(&ways).skip(joins) {
            routes.entry(pair[0]).or_default().links |= 1 << link;
            reached.insert(pair[1]);
        }
        routes.entry(target).or_default().cores |= 1 << core;
    }
    forest.plant(machine, from, &routes).expect("it is a tree")
}

/// Mean hops of a tree's packets, all trees alike.
pub(crate) fn mean_hops(forest: &Forest) -> f64 {
    (forest.nodes().len() as f64 - f64::from(forest.trees())) / f64::from(forest.trees())
}

/// Sources on each chip, each with a tree to so many random cores of chips at most so many hops away (in x and y).
pub(crate) fn local_trees(machine: &Machine, sources: u32, fan: usize, reach: u32, seed: u64) -> Forest {
    let mut random = Stream::new(seed, 0);
    let (mut forest, [w, h]) = (Forest::default(), machine.ring().expect("a torus"));
    for from in 0..machine.chips().len() as ChipId {
        for _ in 0..sources {
            let Place { x, y } = machine.chips()[from as usize].place;
            let mut aside = |at: u32, side: u32| (at + side + random.below(2 * reach + 1) - reach) % side;
            let places: Vec<Place> = (0..fan).map(|_| Place { x: aside(x, w), y: aside(y, h) }).collect();
            let core = |random: &mut Stream| random.below(machine.chips()[0].cores);
            let chip = |place| machine.chip_at(place).expect("no faults");
            let to: Vec<_> = places.into_iter().map(|place| (chip(place), core(&mut random))).collect();
            plant(&mut forest, machine, from, &to, &mut random);
        }
    }
    forest
}

/// Packets of random trees, as a Poisson process with so many ps between them on average.
pub(crate) fn poisson(trees: u32, packets: usize, mean_ps: f64, seed: u64) -> Vec<sim_hw::packets::Sent> {
    let (mut random, mut at) = (Stream::new(seed, 1), 0.0);
    let mut next = || {
        at -= mean_ps * sim_core::math::ln(random.open_uniform());
        sim_hw::packets::Sent { at_ps: at as u64, tree: random.below(trees) }
    };
    (0..packets).map(|_| next()).collect()
}
