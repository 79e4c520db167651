//! Broken chips, cores and links.

use crate::networks::{any, brunel, mapped, spinnaker1};
use sim_hw::machine::{Faults, Machine, Place};
use sim_hw::mapping::{Extent, Misfit, Odds, Options, map, random_faults};
use sim_hw::topology::Topology;

fn boards(count: u32) -> Machine {
    let Topology::HexagonalTorus { board, .. } = spinnaker1().topology else { panic!("a torus") };
    Machine::of_boards(&board, count, 16, &Faults::default())
}

#[test]
fn a_broken_chip_and_its_neighbours_links_are_passed_by() {
    let faults = Faults {
        chips: [Place { x: 1, y: 1 }].into(),
        cores: [(Place { x: 0, y: 0 }, 15), (Place { x: 0, y: 1 }, 4)].into(),
        links: (0..5).map(|link| (Place { x: 2, y: 1 }, link)).collect(),
    };
    let options = Options { neurons_per_core: Some(64), extent: Extent::Boards(1), faults, ..Options::default() };
    let mapping = mapped(&brunel(), &options);
    let on = |x, y| mapping.machine.chip_at(Place { x, y }).map(|chip| mapping.slices.iter().filter(|s| s.chip == chip).count());
    assert_eq!((on(1, 1), on(0, 0), on(0, 1)), (None, Some(0), Some(12)), "no chip, no cores, 12 cores");
    assert!(on(2, 1) > Some(0), "one link of six is enough");
}

/// What a chip without links holds is lost to the others, so nothing is placed there.
#[test]
fn a_chip_without_links_is_not_used() {
    let origin = Place { x: 0, y: 0 };
    let faults = Faults { links: (0..6).map(|link| (origin, link)).collect(), ..Faults::default() };
    let mapping = mapped(&brunel(), &Options { faults, ..Options::default() });
    assert!(mapping.slices.iter().all(|slice| mapping.machine.chips()[slice.chip as usize].place != origin));
}

#[test]
fn random_faults_are_borne() {
    let machine = boards(3);
    let odds = Odds { chip: 0.05, core: 0.05, link: 0.1 };
    for seed in 0..60 {
        let faults = random_faults(&machine, odds, seed);
        assert!(!faults.chips.is_empty() && !faults.links.is_empty());
        let options = Options { faults, extent: Extent::Boards(3), ..Options::default() };
        mapped(&any(seed), &options);
    }
}

#[test]
fn faults_follow_the_seed_and_the_odds() {
    let machine = boards(12);
    let odds = Odds { chip: 0.1, core: 0.1, link: 0.1 };
    let faults = random_faults(&machine, odds, 1);
    assert_eq!(faults, random_faults(&machine, odds, 1));
    assert_ne!(faults, random_faults(&machine, odds, 2));
    // 576 chips, 0.1 each: 57.6 with a standard deviation of 7.2; 3 links a chip: 172.8 and 12.5.
    assert!((36..80).contains(&faults.chips.len()), "{}", faults.chips.len());
    assert!((135..211).contains(&faults.links.len()), "{}", faults.links.len());
    let more = random_faults(&machine, Odds { chip: 0.2, ..odds }, 1);
    assert!(more.chips.is_superset(&faults.chips) && more.links == faults.links);
    assert_eq!(random_faults(&machine, Odds::default(), 1), Faults::default());
}

#[test]
fn a_machine_with_too_much_broken_is_too_small() {
    let machine = boards(1);
    let faults = Faults { chips: machine.chips().iter().skip(3).map(|chip| chip.place).collect(), ..Faults::default() };
    let options = Options { faults, extent: Extent::Boards(1), ..Options::default() };
    let misfits = map(&brunel(), &spinnaker1(), &options).expect_err("60 cores on three chips");
    assert_eq!(misfits, [Misfit::Cores { needed: 60, available: 47 }]);
}
