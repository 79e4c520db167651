//! How many cells a core takes and what it needs, by hand.

use crate::networks::{brunel, connect, dc, empty, mapped, ms, neurons, poisson, poisson_source, spinnaker1, synfire};
use sim_core::network::Rule;
use sim_hw::mapping::memory::Memory;
use sim_hw::mapping::rows::{Rows, most_of_binomial, rows};
use sim_hw::mapping::{Application, Capacity, Decides, Kind, Options, Rates};

fn of<'a>(mapping: &'a sim_hw::mapping::Mapping, name: &str) -> &'a Application {
    mapping.applications.iter().find(|a| a.name == name).unwrap_or_else(|| panic!("{name} is mapped"))
}

/// 14 bits for neuron, receptor and delay together, as the platform's file says.
#[test]
fn accumulators_reach_so_many_steps() {
    let capacity = Capacity::of(&spinnaker1(), &Options::default());
    let slots = |neurons| capacity.delay_slots(neurons, 2);
    assert_eq!([256, 129, 128, 100, 64, 1].map(slots), [32, 32, 64, 64, 128, 8192]);
}

/// The makers' software takes 21 cores for 10 ms; for 200 ms, more than 64 steps, 41: one more for each of the 20 that send.
#[test]
fn long_delays_take_cores() {
    assert_eq!(mapped(&synfire(10.0), &Options::default()).slices.len(), 21);
    let mapping = mapped(&synfire(200.0), &Options::default());
    assert_eq!(mapping.slices.len(), 41);
    let delays = mapping.applications.iter().filter(|a| matches!(a.kind, Kind::Delays { stages: 3, .. }));
    assert_eq!(delays.count(), 20, "200 steps are four times 64 at most: three stages after the first");
    assert_eq!(mapped(&synfire(64.0), &Options::default()).slices.len(), 21, "64 steps are reached");
    assert_eq!(mapped(&synfire(65.0), &Options::default()).slices.len(), 41, "65 are not");
}

/// 8 stages of 64 steps are 512; for 513 the pools are halved, which doubles the steps.
#[test]
fn too_long_delays_make_cores_smaller() {
    let whole = mapped(&synfire(512.0), &Options::default());
    assert_eq!((of(&whole, "pool1").per_core, of(&whole, "pool1").decides), (100, Decides::Platform));
    let halves = mapped(&synfire(513.0), &Options::default());
    assert_eq!((of(&halves, "pool1").per_core, of(&halves, "pool1").decides), (50, Decides::Delays));
    assert_eq!(of(&halves, "pool1").delay_slots, 128);
}

#[test]
fn stimuli_take_the_cores_that_they_need() {
    let mut network = empty(1000);
    let cells = neurons(&mut network, "cells", 1001);
    let everywhere = Rule::AllToAll { same_index: true };
    let stimuli = [dc(&mut network, "dc", 1), poisson(&mut network, "noise", 1), poisson_source(&mut network, "source", 501)];
    stimuli.iter().for_each(|&source| connect(&mut network, source, cells, everywhere.clone(), ms(1.0)));
    let mapping = mapped(&network, &Options::default());
    let cores: Vec<(&str, u32, usize)> = mapping.applications.iter().map(|a| (a.name.as_str(), a.size, a.slices.len())).collect();
    assert_eq!(cores, [("cells", 1001, 4), ("source", 501, 2), ("noise -> cells", 1001, 3)], "a current takes none");
    // Private sources 0..500 are for cells 0..500, which are on cores 0 and 1.
    let tree = mapping.slices[6].tree.expect("it sends");
    let reached: u32 = mapping.forest.tree(tree).iter().map(|node| node.cores.count_ones()).sum();
    assert_eq!(reached, 2);
    assert!(mapping.slices[0].tree.is_none(), "nobody listens to the cells");
}

/// The least k with P(X > k) <= chance, by exact sums of products.
fn slow_bound(n: u64, p: f64, chance: f64) -> u64 {
    let choose = |k: u64| (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product::<f64>();
    let power = |x: f64, k: u64| (0..k).map(|_| x).product::<f64>();
    let exactly = |k: u64| choose(k) * power(p, k) * power(1.0 - p, n - k);
    (0..=n).find(|&k| (k + 1..=n).rev().map(exactly).sum::<f64>() <= chance).expect("n at most")
}

#[test]
fn the_tail_of_the_binomial_is_right() {
    for n in [1, 2, 7, 40, 256] {
        for p in [0.001, 0.02, 0.1, 0.5, 0.93] {
            for chance in [0.3, 1e-4, 1e-9, 1.5625e-12] {
                assert_eq!(most_of_binomial(n, p, chance), slow_bound(n, p, chance), "{n} {p} {chance}");
            }
        }
    }
    // The makers' software reserves 64 synapses a row in this case.
    assert_eq!(most_of_binomial(256, 0.1, 1e-4 / (8000.0 * 8000.0)), 64);
    assert_eq!((most_of_binomial(9, 1.0, 0.1), most_of_binomial(9, 0.0, 0.1), most_of_binomial(0, 0.5, 0.1)), (9, 0, 0));
}

#[test]
fn rows_by_hand() {
    let mut network = empty(1000);
    let (source, target) = (neurons(&mut network, "a", 600), neurons(&mut network, "b", 300));
    // Onto the first core of 256: source 0 twice, source 300 once. Onto the second: source 0 once.
    let list = Rule::List { pairs: vec![(0, 5), (0, 5), (300, 255), (0, 256)], rows: vec![0, 1, 2, 3] };
    let rules: [(Rule, u64, u64); 5] = [
        (list, 512, 2),
        (Rule::OneToOne, 600, 1),
        (Rule::AllToAll { same_index: true }, 600, 256),
        (Rule::FixedIndegree { indegree: 600, autapses: true, multapses: false }, 600, 256),
        (Rule::FixedOutdegree { outdegree: 300, autapses: true, multapses: false }, 600, 256),
    ];
    for (rule, count, longest) in rules {
        connect(&mut network, source, target, rule.clone(), ms(1.0));
        let projection = network.projections.last().expect("just made");
        assert_eq!(rows(&network, projection, 256, 256), Rows { count, longest }, "{rule:?}");
    }
}

/// Rows of 4 x (3 + longest) bytes: 10 x 4 x 23; tables 20 + 4 + 16 + 2 + 8; program data 26 912 + 20 x 120.
#[test]
fn memory_by_hand() {
    let mut network = empty(1000);
    let (source, target) = (poisson_source(&mut network, "a", 10), neurons(&mut network, "b", 20));
    connect(&mut network, source, target, Rule::AllToAll { same_index: true }, ms(1.0));
    let mapping = mapped(&network, &Options::default());
    let memory = of(&mapping, "b").memory;
    assert_eq!((memory.synapses, memory.lookup, memory.program), (920, 50, 29_312));
    assert_eq!(of(&mapping, "a").memory.total(), 548 + 740);
}

/// The makers' software asks for about 66 kB a core more where the 8000 rows of a core learn.
#[test]
fn rows_that_learn_have_a_trace() {
    let bytes = |learns| {
        let mut memory = Memory::of_neurons(256);
        memory.add(Rows { count: 8000, longest: 64 }, learns);
        memory.total()
    };
    assert_eq!(bytes(true) - bytes(false), 64_000);
}

/// A core's memory is a chip's at most: 500 000 sources of 4 x (3 + 256) bytes are 518 MB, of a quarter of the targets 134 MB, of an
/// eighth 70 MB.
#[test]
fn memory_makes_cores_smaller() {
    let mut network = empty(1000);
    let (source, target) = (poisson_source(&mut network, "a", 500_000), neurons(&mut network, "b", 256));
    connect(&mut network, source, target, Rule::AllToAll { same_index: true }, ms(1.0));
    let mapping = mapped(&network, &Options::default());
    assert_eq!((of(&mapping, "b").per_core, of(&mapping, "b").decides), (32, Decides::Memory));
}

/// 200 MHz x 0.1 ms = 20 000 cycles. An update takes 165, a packet 100 + 290, an event 31.
#[test]
fn time_makes_cores_smaller() {
    let mut network = empty(100);
    let (source, target) = (neurons(&mut network, "a", 10_000), neurons(&mut network, "b", 1000));
    let rule = Rule::FixedIndegree { indegree: 1000, autapses: true, multapses: false };
    connect(&mut network, source, target, rule, ms(1.0));
    let per_core = |rates: Option<Rates>| {
        let mapping = mapped(&network, &Options { in_time: rates, ..Options::default() });
        ["a", "b"].map(|name| (of(&mapping, name).per_core, of(&mapping, name).decides))
    };
    assert_eq!(per_core(None), [(256, Decides::Platform); 2]);
    // a: 20 000 / 165 = 121.2. b: ten packets, and one event a neuron: (20 000 - 3900) / (165 + 31) = 82.1.
    let expected = [(121, Decides::Time), (82, Decides::Time)];
    assert_eq!(per_core(Some(Rates::Same(10.0))), expected);
    assert_eq!(per_core(Some(Rates::Each(vec![10.0, 0.0]))), expected, "only the sources' rate counts");
}

#[test]
fn keys_by_hand() {
    let mapping = mapped(&brunel(), &Options::default());
    let exc = of(&mapping, "exc");
    // 32 slices of 8 bits of neurons and 4 of colour.
    assert_eq!((exc.key, exc.mask), (0, 0xffff_ffff << 17));
    assert_eq!(mapping.key(0, 257), (1 << 12) + (1 << 4));
    assert_eq!(mapping.slices[1].keys.mask, 0xffff_f000);
}

/// 16 384 slices of 12 bits are 26 bits; with room for 128 populations as wide, 33. So each takes what it needs.
#[test]
fn keys_are_packed_where_they_have_to() {
    let mut network = empty(1000);
    for n in 0..100 {
        neurons(&mut network, &format!("n{n}"), 256);
    }
    neurons(&mut network, "large", 16_384 * 256);
    let mapping = mapped(&network, &Options::default());
    assert_eq!((of(&mapping, "large").key, of(&mapping, "large").mask), (0, 0xfc00_0000));
    assert_eq!((of(&mapping, "n0").key, of(&mapping, "n0").mask), (1 << 26, 0xffff_f000));
    assert_eq!(of(&mapping, "n99").key, (1 << 26) + (99 << 12));
}
