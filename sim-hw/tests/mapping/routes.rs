//! Trees and what they reach, against shortest paths by search and against every single synapse.

use crate::networks::{any, bernoulli, connect, empty, mapped, ms, neurons};
use sim_core::catalog::Effect;
use sim_core::connect::Generator;
use sim_core::network::Network;
use sim_hw::machine::{Faults, Machine};
use sim_hw::mapping::route::hops;
use sim_hw::mapping::{Extent, Kind, Mapping, Options, Placement};
use std::collections::{BTreeSet, VecDeque};

fn searched(machine: &Machine, from: u32) -> Vec<u64> {
    let mut found = vec![u64::MAX; machine.chips().len()];
    found[from as usize] = 0;
    let mut open = VecDeque::from([from]);
    while let Some(chip) = open.pop_front() {
        for to in (0..machine.links_per_chip()).filter_map(|link| machine.neighbour(chip, link)) {
            if found[to as usize] == u64::MAX {
                found[to as usize] = found[chip as usize] + 1;
                open.push_back(to);
            }
        }
    }
    found
}

#[test]
fn hops_are_those_of_the_shortest_paths() {
    let none = Faults::default();
    let machines = [
        Machine::plain_torus(8, 8, 1, &none),
        Machine::plain_torus(12, 5, 1, &none),
        Machine::plain_torus(2, 2, 1, &none),
        Machine::plain_torus(1, 7, 1, &none),
        Machine::mesh(7, 4, 1, &none),
    ];
    for machine in machines {
        for from in 0..machine.chips().len() as u32 {
            let counted: Vec<u64> = (0..machine.chips().len() as u32).map(|to| hops(&machine, from, to)).collect();
            assert_eq!(counted, searched(&machine, from), "{:?} from {from}", machine.ring());
        }
    }
}

/// Two neurons on chips that lie far apart: the tree is a shortest path.
#[test]
fn a_tree_to_one_target_is_a_shortest_path() {
    for seed in 0..20 {
        let mut network = empty(1000);
        let (a, b) = (neurons(&mut network, "a", 1), neurons(&mut network, "b", 1));
        connect(&mut network, a, b, bernoulli(1.0), ms(1.0));
        let extent = Extent::Torus { across: 1, up: 2 };
        let options = Options { placement: Placement::Random(seed), extent, ..Options::default() };
        let mapping = mapped(&network, &options);
        let (from, to) = (mapping.slices[0].chip, mapping.slices[1].chip);
        let tree = mapping.forest.tree(mapping.slices[0].tree.expect("it sends"));
        assert_eq!(tree.len() as u64, 1 + hops(&mapping.machine, from, to));
        assert_eq!(tree.len() as u64, 1 + searched(&mapping.machine, from)[to as usize]);
    }
}

/// The slices whose spikes bring a synapse's source to its target: the source's own, or the one that holds its spikes back.
fn senders(mapping: &Mapping, network: &Network, projection: usize, source: u32, target: u32) -> Vec<usize> {
    let population = network.projections[projection].source;
    let private = network.populations[population].effect() == Effect::PrivateSpikes;
    let at = |number: usize, cell: u32| {
        let application = &mapping.applications[number];
        (application.slices.start + cell / application.per_core) as usize
    };
    let is_own = |kind: &Kind| match kind {
        Kind::PrivateSources { projection: own } => *own == projection,
        Kind::Neurons | Kind::Sources => !private,
        Kind::Delays { .. } => false,
    };
    let own = mapping.applications.iter().position(|a| a.population == population && is_own(&a.kind)).expect("it is mapped");
    let delays = mapping.applications.iter().position(|a| matches!(a.kind, Kind::Delays { of, .. } if of as usize == own));
    let cell = if private { target } else { source };
    [Some(own), delays].into_iter().flatten().map(|number| at(number, cell)).collect()
}

/// Every synapse of random networks is reached by a tree from its source. That trees are what packets do is the checker's part.
#[test]
fn every_synapse_is_reached() {
    let mut synapses = 0;
    for seed in 0..40 {
        let network = any(seed);
        let mapping = mapped(&network, &Options::default());
        let reached: Vec<BTreeSet<(u32, u32)>> = mapping
            .slices
            .iter()
            .map(|slice| {
                let nodes = slice.tree.map(|tree| mapping.forest.tree(tree)).unwrap_or_default();
                nodes.iter().flat_map(|n| (0..32).filter(|c| n.cores >> c & 1 == 1).map(|c| (n.chip, c))).collect()
            })
            .collect();
        for (number, projection) in network.projections.iter().enumerate() {
            if network.populations[projection.source].effect() == Effect::Current {
                continue;
            }
            let target = &mapping.applications[projection.target];
            Generator::new(&network, projection).for_targets(projection.target_cells.clone(), |synapse| {
                let slice = &mapping.slices[(target.slices.start + synapse.target / target.per_core) as usize];
                let senders = senders(&mapping, &network, number, synapse.source, synapse.target);
                let arrives = senders.iter().any(|&sender| reached[sender].contains(&(slice.chip, slice.core)));
                assert!(arrives, "{seed}: {synapse:?} of {number}");
                synapses += 1;
            });
        }
    }
    assert!(synapses > 100_000, "{synapses}");
}
