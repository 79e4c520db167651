//! What does not fit is listed, with how much is missing.

use crate::networks::{bernoulli, brunel, connect, empty, microcircuit, misfits, ms, neurons};
use sim_core::network::Rule;
use sim_hw::mapping::{Compression, Extent, Misfit, Options, Rates};

/// 5e8 neurons are 1 953 125 cores, more than any machine has; their slices take 21 bits, neurons 8, colours 4.
#[test]
fn too_many_neurons_are_too_many_keys_and_cores() {
    let mut network = empty(1000);
    neurons(&mut network, "huge", 500_000_000);
    let misfits = misfits(&network, &Options::default());
    let [Misfit::Cores { needed: 1_953_125, available }, Misfit::Keys { needed: 33, available: 32 }] = misfits[..] else {
        panic!("{misfits:?}")
    };
    // 441 tiles of three boards of 759 cores are the largest machine.
    assert_eq!(available, 441 * 3 * 759);
    assert_eq!(misfits[0].to_string(), "1953125 cores are needed, the machine has 1004157: 948968 too few");
}

/// Nine times 2^30 neurons, one a core: not even their number fits in 32 bits.
#[test]
fn absurd_numbers_are_refused_too() {
    let mut network = empty(1000);
    for name in ["a", "b", "c"] {
        neurons(&mut network, name, 1 << 30);
    }
    let population = network.populations[0].clone();
    network.populations.extend((0..6).map(|_| population.clone()));
    let misfits = misfits(&network, &Options { neurons_per_core: Some(1), ..Options::default() });
    assert!(matches!(misfits[..], [Misfit::Cores { needed: 0xffff_ffff, .. }, Misfit::Keys { .. }]), "{misfits:?}");
}

#[test]
fn a_board_too_few_is_said() {
    let options = |boards| Options { extent: Extent::Boards(boards), ..Options::default() };
    let few = Options { neurons_per_core: Some(10), ..options(1) };
    assert_eq!(misfits(&brunel(), &few), [Misfit::Cores { needed: 1020, available: 759 }], "1000 for neurons, 20 for stimuli");
    // 462 cores would fit on a board of 759, their 3.9 GB fit; at twice the memory they do not.
    let mut doubled = microcircuit();
    doubled.projections.extend(doubled.projections.clone());
    let [Misfit::ChipMemory { slices, needed, available }] = misfits(&doubled, &options(1))[..] else { panic!("memory") };
    assert!(slices > 0 && needed > available && available == 48 * (123_469_792 - 488_476), "{needed} of {available}");
}

/// A machine has 256 x 256 chips at most: 21 x 21 tiles of three boards.
#[test]
fn machines_that_cannot_be_addressed_are_refused() {
    let asked = |extent| misfits(&brunel(), &Options { extent, ..Options::default() });
    let misfit = |needed| [Misfit::Boards { needed, available: 1323 }];
    assert_eq!(asked(Extent::Boards(1324)), misfit(1324));
    assert_eq!(asked(Extent::Frames(4_000_000_000)), misfit(u64::from(u32::MAX) * 3));
    assert_eq!(asked(Extent::Torus { across: 22, up: 1 }), misfit(66));
}

/// A board of 759 cores holds 759 slices, the last ones wherever there is room, and not one more.
#[test]
fn a_board_is_filled_to_the_last_core() {
    let full = |last: u32| {
        let mut network = empty(1000);
        let cells = [100; 7].into_iter().chain([last]).map(|size| neurons(&mut network, "n", size)).collect::<Vec<_>>();
        cells.iter().for_each(|&target| connect(&mut network, cells[0], target, bernoulli(1.0), ms(1.0)));
        network
    };
    let options = Options { neurons_per_core: Some(1), extent: Extent::Boards(1), ..Options::default() };
    assert_eq!(crate::networks::mapped(&full(59), &options).slices.len(), 759);
    assert_eq!(misfits(&full(60), &options), [Misfit::Cores { needed: 760, available: 759 }]);
    assert_eq!(
        crate::networks::mapped(&full(60), &Options { neurons_per_core: Some(1), ..Options::default() }).machine.boards(),
        2
    );
}

/// Rows of 300 synapses of one pair of cells.
#[test]
fn long_rows_are_said() {
    let mut network = empty(1000);
    let (a, b) = (neurons(&mut network, "a", 1), neurons(&mut network, "b", 4));
    let rule = Rule::List { pairs: vec![(0, 2); 300], rows: (0..300).collect() };
    connect(&mut network, a, b, rule, ms(1.0));
    let expected = Misfit::Row { application: "b".into(), synapses: 300, most: 256 };
    assert_eq!(misfits(&network, &Options::default()), [expected]);
}

/// 3000 spikes a step of 390 cycles are more than 200 000 cycles, before any neuron.
#[test]
fn what_is_too_slow_is_said_for_each_population() {
    let mut network = empty(1000);
    let source = neurons(&mut network, "a", 100_000);
    let targets = [neurons(&mut network, "b", 10), neurons(&mut network, "c", 10)];
    let rule = Rule::FixedIndegree { indegree: 1, autapses: true, multapses: true };
    targets.iter().for_each(|&target| connect(&mut network, source, target, rule.clone(), ms(1.0)));
    let options = Options { in_time: Some(Rates::EXPECTED), ..Options::default() };
    let misfits = misfits(&network, &options);
    // 3000 x 390 + 165 + 0.03 x 31.
    let slow = |name: &str| Misfit::Cycles { application: name.into(), needed: 1_170_166, available: 200_000 };
    assert_eq!(misfits, [slow("b"), slow("c")]);
    assert!(misfits[0].to_string().contains("\"b\": one cell takes 1170166 core cycles"), "{}", misfits[0]);
}

/// 1200 populations of one slice each, all onto one: a line of chips sees more entries than a table has.
#[test]
fn long_tables_are_said() {
    let mut network = empty(1000);
    let cells: Vec<usize> = (0..1500).map(|n| neurons(&mut network, &format!("n{n}"), 1)).collect();
    cells.iter().for_each(|&source| connect(&mut network, source, cells[0], Rule::OneToOne, ms(1.0)));
    let options = Options { compression: Compression::None, ..Options::default() };
    let misfits = misfits(&network, &options);
    assert!(misfits.iter().any(|m| matches!(m, Misfit::Entries { chip: [0, 0], needed: 1500, available: 1023 })), "{misfits:?}");
    crate::networks::mapped(&network, &Options { leave_what_fits: true, ..Options::default() });
}
