//! Machines against what the makers' software says of theirs, and distances against brute force.

use sim_hw::forest::{Forest, NoTree, Route};
use sim_hw::machine::{Faults, Machine, Place};
use sim_hw::platforms;
use sim_hw::topology::{Board, Topology};
use std::collections::{BTreeMap, VecDeque};

fn board() -> Board {
    let Ok(platform) = platforms::find("spinnaker1").expect("it is inside") else { panic!("it is valid") };
    let Topology::HexagonalTorus { board, .. } = platform.topology else { panic!("a torus") };
    board
}

fn hops_from(machine: &Machine, from: u32) -> Vec<u32> {
    let mut hops = vec![u32::MAX; machine.chips().len()];
    hops[from as usize] = 0;
    let mut open = VecDeque::from([from]);
    while let Some(chip) = open.pop_front() {
        for link in 0..machine.links_per_chip() {
            let Some(to) = machine.neighbour(chip, link) else { continue };
            assert_eq!(machine.neighbour(to, machine.opposite(link)), Some(chip), "links work in both directions");
            if hops[to as usize] == u32::MAX {
                hops[to as usize] = hops[chip as usize] + 1;
                open.push_back(to);
            }
        }
    }
    hops
}

/// SpiNNMachine 7.4.1: a virtual board leaves 759 cores; three boards are the least rectangle of 16 x 16; 1,036,800 cores of 18 a chip
/// are 57,600 chips in a torus of 240 x 240.
#[test]
fn machines_have_the_published_sizes() {
    let none = Faults::default();
    let one = Machine::of_boards(&board(), 1, 16, &none);
    assert_eq!((one.chips().len(), one.cores(), one.boards()), (48, 759, 1));
    let three = Machine::of_boards(&board(), 3, 16, &none);
    assert_eq!((three.chips().len(), three.boards()), (144, 3));
    let extent = three.chips().iter().fold((0, 0), |(x, y), c| (x.max(c.place.x), y.max(c.place.y)));
    assert_eq!(extent, (15, 15));
    let million = Machine::torus(&board(), 20, 20, 16, &none);
    assert_eq!((million.chips().len(), million.boards(), million.ring()), (57_600, 1200, Some([240, 240])));
    assert_eq!(million.chips().len() * 18, 1_036_800);
}

/// Mean distance and diameter of hexagonal tori, counted independently.
#[test]
fn a_torus_has_the_known_distances() {
    for (side, mean, diameter) in [(8, 3.094, 5), (12, 4.653, 8), (48, 18.663, 32)] {
        let hops = hops_from(&Machine::plain_torus(side, side, 1, &Faults::default()), 0);
        let sum: u32 = hops.iter().sum();
        assert_eq!(hops.iter().max(), Some(&diameter));
        assert!((f64::from(sum) / f64::from(side * side) - mean).abs() < 6e-4, "{side}");
    }
}

#[test]
fn twelve_links_leave_an_edge_of_a_board_and_what_is_broken_is_gone() {
    let three = Machine::torus(&board(), 1, 1, 16, &Faults::default());
    let leaving = |chip: u32| (0..6).filter(|&link| three.leaves_board(chip, link)).count();
    assert_eq!((0..144).map(leaving).sum::<usize>(), 3 * 48, "48 links of a board go to others");
    let faults = Faults {
        chips: [Place { x: 2, y: 2 }].into(),
        cores: [(Place { x: 4, y: 4 }, 3)].into(),
        links: [(Place { x: 0, y: 0 }, 0)].into(),
    };
    let hurt = Machine::of_boards(&board(), 1, 16, &faults);
    let at = |x, y| hurt.chip_at(Place { x, y });
    assert_eq!((hurt.chips().len(), at(2, 2), hurt.cores()), (47, None, 759 - 16 - 3));
    let (origin, east) = (at(0, 0).expect("there"), at(1, 0).expect("there"));
    assert_eq!((hurt.neighbour(origin, 0), hurt.neighbour(east, 3)), (None, None), "in both directions");
    assert_eq!(hurt.neighbour(at(1, 1).expect("there"), 1), None, "its chip is gone");
}

#[test]
fn a_tree_is_planted_or_refused_whole() {
    let machine = Machine::mesh(3, 2, 4, &Faults::default());
    let chip = |x, y| machine.chip_at(Place { x, y }).expect("there");
    let mut forest = Forest::default();
    // East to (1, 0), from there east to (2, 0) and north to (1, 1).
    let mut routes = BTreeMap::from([
        (chip(0, 0), Route { links: 1, cores: 0b10 }),
        (chip(1, 0), Route { links: 0b11, cores: 0 }),
        (chip(2, 0), Route { links: 0, cores: 1 }),
        (chip(1, 1), Route { links: 0, cores: 0b101 }),
    ]);
    assert_eq!(forest.plant(&machine, chip(0, 0), &routes), Ok(0));
    let seen: Vec<_> = forest.tree(0).iter().map(|n| (n.chip, n.cores, n.came_by)).collect();
    assert_eq!(seen, [(chip(0, 0), 2, u8::MAX), (chip(1, 0), 0, 2), (chip(2, 0), 1, 2), (chip(1, 1), 5, 3)]);
    assert_eq!(size_of_val(&forest.nodes()[0]), 16);
    routes.insert(chip(1, 1), Route { links: 0b1000, cores: 0 });
    assert_eq!(forest.plant(&machine, chip(0, 0), &routes), Err(NoTree::Twice(chip(1, 0))));
    routes.remove(&chip(1, 1));
    assert_eq!(forest.plant(&machine, chip(0, 0), &routes), Err(NoTree::Lost(chip(1, 1))));
    routes.insert(chip(2, 0), Route { links: 1, cores: 0 });
    assert_eq!(forest.plant(&machine, chip(2, 0), &routes), Err(NoTree::NoLink(chip(2, 0), 0)));
    assert_eq!((forest.trees(), forest.nodes().len()), (1, 4), "what was refused left nothing");
}
