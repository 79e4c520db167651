//! The checker finds what is wrong: a right mapping is spoilt in one place.

use crate::networks::{brunel, mapped};
use sim_core::random::Stream;
use sim_hw::forest::Route;
use sim_hw::mapping::{Compression, Flaw, Mapping, Options};

fn right() -> Mapping {
    mapped(&brunel(), &Options { neurons_per_core: Some(64), compression: Compression::None, ..Options::default() })
}

/// What the checker says of a mapping that was spoilt.
fn flaws(spoil: impl FnOnce(&mut Mapping)) -> Vec<Flaw> {
    let mut mapping = right();
    spoil(&mut mapping);
    mapping.check(&brunel())
}

/// The chip of the first slice and the place of its own entry there.
fn first_entry(mapping: &Mapping) -> (usize, usize) {
    let chip = mapping.slices[0].chip as usize;
    let found = mapping.tables[chip].loaded.iter().position(|entry| entry.keys.covers(mapping.slices[0].keys));
    (chip, found.expect("it has one"))
}

#[test]
fn each_kind_of_flaw_is_found() {
    let route = |mapping: &mut Mapping, change: fn(&mut Route)| {
        let (chip, entry) = first_entry(mapping);
        change(&mut mapping.tables[chip].loaded[entry].route);
    };
    let has = |flaws: &[Flaw], is: fn(&Flaw) -> bool| assert!(flaws.iter().any(is), "{flaws:?}");
    has(&flaws(|m| route(m, |r| r.cores &= r.cores - 1)), |f| matches!(f, Flaw::Missed { .. }));
    // Chip (0, 0) has 15 cores: there is no sixteenth.
    has(&flaws(|m| route(m, |r| r.cores |= 1 << 15)), |f| matches!(f, Flaw::Stray { core: 15, .. }));
    has(&flaws(|m| route(m, |r| r.links = 0b111)), |f| matches!(f, Flaw::Twice { .. }));
    // Nothing lies to the west of (0, 0).
    has(&flaws(|m| route(m, |r| r.links |= 1 << 3)), |f| matches!(f, Flaw::Lost { chip: 0, .. }));
    let unrouted = |m: &mut Mapping| {
        let (chip, entry) = first_entry(m);
        m.tables[chip].loaded.remove(entry);
    };
    has(&flaws(unrouted), |f| matches!(f, Flaw::Lost { chip: 0, .. }));
    has(&flaws(|m| m.slices[1].core = m.slices[0].core), |f| matches!(f, Flaw::NoCore { slice: 1 }));
    has(&flaws(|m| m.slices[1].keys = m.slices[0].keys), |f| matches!(f, Flaw::SharedKeys { .. }));
    has(&flaws(|m| m.slices[0].keys.mask |= 1 << 9), |f| matches!(f, Flaw::SharedKeys { slice: 0, with: 0 }));
    has(&flaws(|m| m.slices[0].cells.end -= 1), |f| matches!(f, Flaw::Cells { application: 0 }));
    has(&flaws(|m| m.capacity.memory = 20_000_000), |f| matches!(f, Flaw::Memory { .. }));
    has(&flaws(|m| m.capacity.entries = 20), |f| matches!(f, Flaw::Entries { entries: 21.., .. }));
    has(&flaws(|m| m.slices[0].tree = m.slices[1].tree.filter(|_| false)), |f| matches!(f, Flaw::Tree { slice: 0 }));
}

/// An entry that catches half of the keys of a slice: each half is followed.
#[test]
fn single_keys_are_followed() {
    let flaws = flaws(|m| {
        let (chip, _) = first_entry(m);
        let mut stolen = m.tables[chip].loaded[0];
        stolen.keys = m.slices[0].keys;
        stolen.keys.key |= 1 << 4;
        stolen.keys.mask |= 1 << 4;
        stolen.route = Route { links: 0, cores: 1 };
        m.tables[chip].loaded.insert(0, stolen);
    });
    assert!(flaws.iter().any(|f| matches!(f, Flaw::Missed { key: 16, .. })), "{flaws:?}");
    assert!(!flaws.iter().any(|f| matches!(f, Flaw::Missed { key: 0, .. })), "even neurons are served");
}

/// Bits of routes that packets use are flipped at random: not one goes unnoticed.
#[test]
fn random_damage_is_found() {
    let right = right();
    let mut draw = Stream::new(5, 0);
    for _ in 0..100 {
        let mut mapping = right.clone();
        let chips: Vec<usize> = (0..mapping.tables.len()).filter(|&chip| !mapping.tables[chip].loaded.is_empty()).collect();
        let table = &mut mapping.tables[chips[draw.below(chips.len() as u32) as usize]].loaded;
        let place = draw.below(table.len() as u32) as usize;
        match draw.below(22) {
            link @ 0..6 => table[place].route.links ^= 1 << link,
            core => table[place].route.cores ^= 1 << (core - 6),
        }
        assert!(!mapping.check(&brunel()).is_empty());
    }
}
