//! What wiring depends on: the seed, the projection's name and its populations. Not on how the targets are split, nor on other
//! populations and projections, nor on weights, delays and the seed of noise.

use super::{ACROSS, RECURRENT, wired};
use crate::netlist;
use sim_core::connect::{Generator, Synapse};
use sim_core::network::Network;
use sim_core::random::Stream;
use std::sync::Arc;

const RULES: [&str; 9] = [
    "{ rule = \"all_to_all\", autapses = false }",
    "{ rule = \"pairwise_bernoulli\", p = 0.3, autapses = false }",
    "{ rule = \"fixed_indegree\", indegree = 9 }",
    "{ rule = \"fixed_indegree\", indegree = 40, multapses = false, autapses = false }",
    "{ rule = \"fixed_outdegree\", outdegree = 9 }",
    "{ rule = \"fixed_outdegree\", outdegree = 40, multapses = false, autapses = false }",
    "{ rule = \"fixed_total_number\", n = 500 }",
    "{ rule = \"fixed_total_number\", n = 500, autapses = false }",
    "{ rule = \"list\", pairs = [[3, 1], [69, 44], [3, 1], [0, 0], [5, 1], [4, 20]] }",
];
const WEIGHT: &str = r#"{ normal = ["20 pA", "10 pA"] }"#;
const DELAY: &str = r#"{ uniform = ["1 ms", "3 ms"] }"#;

/// A synapse in whole: who, and the bits of its weight and delay.
type Whole = (u32, u32, usize, u64, i64);

fn whole(s: &Synapse) -> Whole {
    (s.target, s.source, s.receptor, s.weight.to_bits(), s.delay_fs)
}

fn sorted(synapses: &[Synapse]) -> Vec<Whole> {
    let mut all: Vec<Whole> = synapses.iter().map(whole).collect();
    all.sort_unstable();
    all
}

fn pairs(network: &Network) -> Vec<(u32, u32)> {
    netlist::synapses(network, 0).iter().map(|s| (s.source, s.target)).collect()
}

#[test]
fn every_split_gives_the_same_synapses() {
    let mut cuts = Stream::new(1, 1);
    for rule in RULES {
        for ends in [ACROSS, RECURRENT] {
            let network = wired(ends, rule, WEIGHT, DELAY, 5);
            let generator = Generator::new(&network, &network.projections[0]);
            let expected = sorted(&netlist::synapses(&network, 0));
            assert!(!expected.is_empty(), "{rule}: there are synapses");
            for _ in 0..10 {
                let mut parts = Vec::new();
                let (mut start, targets) = (0, ends.targets.unwrap_or(ends.sources));
                while start < targets {
                    let end = start + 1 + cuts.below(targets);
                    let first = parts.len();
                    generator.for_targets(start..end, |s| parts.push(s));
                    let outside = parts[first..].iter().find(|s| !(start..end).contains(&s.target));
                    assert_eq!(outside, None, "{rule}: {start}..{end} gives no other target");
                    start = end;
                }
                assert!(sorted(&parts) == expected, "{rule} {ends:?}: another split, other synapses");
            }
        }
    }
}

/// Two populations, one projection under test and whatever else.
fn with(connect: &str, before: &str, after: &str) -> Arc<Network> {
    let text = format!(
        r#"spikeloom = 1
        network = {{ timestep = "0.1 ms", duration = "1 s", seed = 8 }}
        {before}
        [populations.a]
        neurons = {{ model = "lif_psc_exp", tau_m = {{ uniform = ["10 ms", "20 ms"] }} }}
        size = 70
        initial = {{ v_m = {{ uniform = ["-70 mV", "-60 mV"] }} }}
        [populations.b]
        neurons = {{ model = "lif_psc_exp" }}
        size = 45
        {after}
        [[projections]]
        source = "a"
        target = "b"
        connect = {connect}
        weight = {WEIGHT}
        delay = {DELAY}"#
    );
    netlist::toml(&text, &[])
}

const STRANGERS: &str = r#"
    [populations.stranger]
    neurons = { model = "lif_psc_exp" }
    size = 100
    [populations.noise]
    neurons = { model = "poisson", rate = "10 Hz" }
    size = 1
    [[projections]]
    source = "stranger"
    target = "stranger"
    connect = { rule = "fixed_indegree", indegree = 7 }
    weight = { normal = ["20 pA", "10 pA"] }
    delay = "1 ms"
    [[projections]]
    source = "noise"
    target = "stranger"
    connect = { rule = "all_to_all" }
    weight = "1 pA"
    delay = "1 ms"
"#;

/// Onto the same targets: it changes their quantum, nothing else.
const RIVAL: &str = r#"
    [populations.rival]
    neurons = { model = "lif_psc_exp" }
    size = 100
    [[projections]]
    source = "rival"
    target = "b"
    connect = { rule = "fixed_total_number", n = 4000 }
    weight = { normal = ["200 pA", "10 pA"] }
    delay = { uniform = ["1 ms", "2 ms"] }
"#;

/// The projection a->b, wherever it stands.
fn under_test(network: &Network) -> (Vec<Synapse>, f64) {
    let index = network.projections.iter().position(|p| p.name == "a->b").expect("the projection under test");
    (netlist::synapses(network, index), network.projections[index].quanta.iter().copied().fold(0.0, f64::max))
}

#[test]
fn others_leave_a_projection_alone() {
    for rule in RULES {
        let alone = with(rule, "", "");
        let (expected, quantum) = under_test(&alone);
        for (before, after) in [(STRANGERS, ""), ("", STRANGERS)] {
            let network = with(rule, before, after);
            assert!(sorted(&under_test(&network).0) == sorted(&expected), "{rule}: strangers, synapse for synapse");
            let cells = |n: &Network| format!("{:?}", n.population("a").map(|p| p.cells.clone()));
            assert!(cells(&network) == cells(&alone), "the neurons too");
        }
        let (beside, coarse) = under_test(&with(rule, RIVAL, ""));
        assert!(coarse > quantum, "{rule}: larger sums, a coarser quantum: {quantum}, {coarse}");
        assert_eq!(beside.len(), expected.len(), "{rule}: a rival adds and takes nothing");
        for (a, b) in expected.iter().zip(&beside) {
            assert_eq!((a.source, a.target, a.delay_fs), (b.source, b.target, b.delay_fs), "{rule}: a rival does not rewire");
            assert!((a.weight - b.weight).abs() <= coarse, "{rule}: a rival rounds: {} to {}", a.weight, b.weight);
        }
    }
}

#[test]
fn values_do_not_rewire() {
    for rule in RULES {
        let plain = wired(ACROSS, rule, "\"20 pA\"", "\"1 ms\"", 6);
        let drawn = wired(ACROSS, rule, WEIGHT, DELAY, 6);
        assert_eq!(pairs(&plain), pairs(&drawn), "{rule}: weights and delays from distributions");
        let clipped = r#"{ normal = ["20 pA", "10 pA"], min = "19 pA" }"#;
        let delays = |n: &Network| netlist::synapses(n, 0).iter().map(|s| s.delay_fs).collect::<Vec<_>>();
        let other = wired(ACROSS, rule, clipped, DELAY, 6);
        assert_eq!(delays(&other), delays(&drawn), "{rule}: weights drawn again leave delays alone");
    }
}

#[test]
fn the_seed_rewires_and_the_noise_seed_does_not() {
    for rule in &RULES[1..8] {
        let one = wired(ACROSS, rule, WEIGHT, DELAY, 1);
        assert_ne!(pairs(&one), pairs(&wired(ACROSS, rule, WEIGHT, DELAY, 2)), "{rule}: another seed");
        let text = |noise: u64| {
            format!(
                "spikeloom = 1
                 network = {{ timestep = \"0.1 ms\", duration = \"1 s\", seed = 1, noise_seed = {noise} }}
                 populations.a = {{ neurons = {{ model = \"lif_psc_exp\" }}, size = 70 }}
                 populations.b = {{ neurons = {{ model = \"lif_psc_exp\" }}, size = 45 }}
                 [[projections]]
                 source = \"a\"
                 target = \"b\"
                 connect = {rule}
                 weight = {WEIGHT}
                 delay = {DELAY}"
            )
        };
        let [a, b] = [3, 4].map(|noise| sorted(&netlist::synapses(&netlist::toml(&text(noise), &[]), 0)));
        assert!(a == b && a == sorted(&netlist::synapses(&one, 0)), "{rule}: another noise seed");
    }
}

#[test]
fn names_make_projections_independent() {
    let twice = |second: &str| {
        let text = format!(
            r#"spikeloom = 1
            network = {{ timestep = "0.1 ms", duration = "1 s", seed = 8 }}
            populations.a = {{ neurons = {{ model = "lif_psc_exp" }}, size = 100 }}
            [[projections]]
            name = "first"
            source = "a"
            target = "a"
            connect = {{ rule = "pairwise_bernoulli", p = 0.5 }}
            weight = "1 pA"
            delay = "1 ms"
            [[projections]]
            name = "{second}"
            source = "a"
            target = "a"
            connect = {{ rule = "pairwise_bernoulli", p = 0.5 }}
            weight = "1 pA"
            delay = "1 ms""#
        );
        netlist::toml(&text, &[])
    };
    let network = twice("second");
    let has = |projection| {
        let mut has = vec![false; 10_000];
        netlist::synapses(&network, projection).iter().for_each(|s| has[(s.source * 100 + s.target) as usize] = true);
        has
    };
    let both = has(0).iter().zip(has(1)).filter(|(a, b)| **a && *b).count();
    // A quarter of 10,000 pairs, with a standard deviation of 43.
    assert!((2330..2670).contains(&both), "two rules of p = 0.5 share a quarter of the pairs: {both}");
}
