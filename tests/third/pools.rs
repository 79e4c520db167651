//! Whom tripartite synapses engage: one cell of the target's pool each, by chance, whatever rule has drawn the synapses.

use crate::netlist;
use netlists::{Format, write_json};
use sim_core::network::Network;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const RULES: [&str; 9] = [
    "{ rule = \"all_to_all\", autapses = false }",
    "{ rule = \"pairwise_bernoulli\", p = 0.3 }",
    "{ rule = \"fixed_indegree\", indegree = 9 }",
    "{ rule = \"fixed_indegree\", indegree = 20, multapses = false }",
    "{ rule = \"fixed_outdegree\", outdegree = 9 }",
    "{ rule = \"fixed_outdegree\", outdegree = 15, multapses = false }",
    "{ rule = \"fixed_total_number\", n = 500 }",
    "{ rule = \"fixed_total_number\", n = 200, multapses = false }",
    "{ rule = \"pairwise_bernoulli\", p = { expr = \"exp(-distance / 5)\" } }",
];

/// 30 sources, targets of 40 and 20, astrocytes.
fn network(connect: &str, astrocytes: u32, third: &str, changes: &[&str]) -> Arc<Network> {
    let text = format!(
        r#"spikeloom = 1
        network = {{ timestep = "0.1 ms", duration = "10 ms", seed = 3 }}
        [spaces.room]
        box = [10.0, 10.0]
        [neurons.lif]
        model = "lif_psc_exp"
        [populations.source]
        neurons = "lif"
        size = 30
        positions = {{ space = "room" }}
        [populations.a]
        neurons = "lif"
        size = 40
        positions = {{ space = "room" }}
        [populations.b]
        neurons = "lif"
        size = 20
        positions = {{ space = "room" }}
        [populations.astro]
        neurons = {{ model = "astrocyte_lr_1994" }}
        size = {astrocytes}
        positions = {{ space = "room" }}
        [[projections]]
        name = "main"
        source = ["source", "b"]
        target = ["a", "b"]
        connect = {connect}
        weight = "10 pA"
        delay = "1.5 ms"
        [projections.third]
        population = "astro"
        in = {{ weight = {{ uniform = [0.5, 1.5] }}, delay = {{ expr = "1 ms + distance * 0.1 ms" }} }}
        out = {{ weight = "10 pA" }}
        {third}
        "#
    );
    let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
    netlist::toml(&text, &changes)
}

/// Sources and targets of a projection between two populations.
fn pairs(network: &Network, name: &str, source: &str, target: &str) -> Vec<(u32, u32)> {
    let named = |index: usize| network.populations[index].name.as_str();
    let found = network.projections.iter().position(|p| p.name == name && named(p.source) == source && named(p.target) == target);
    found.map_or_else(Vec::new, |index| netlist::synapses(network, index).iter().map(|s| (s.source, s.target)).collect())
}

/// How often each occurs.
fn counts<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeMap<T, u32> {
    items.into_iter().fold(BTreeMap::new(), |mut counts, item| {
        *counts.entry(item).or_default() += 1;
        counts
    })
}

/// Where every target has one astrocyte, who is engaged by whom follows from the synapses alone.
#[test]
fn every_synapse_of_every_rule_engages_the_astrocyte_of_its_target() {
    for rule in RULES {
        let network = network(rule, 7, "pool = 1", &[]);
        let mut own: BTreeMap<(&str, u32), u32> = BTreeMap::new();
        for target in ["a", "b"] {
            for (astrocyte, cell) in pairs(&network, "main.third_out", "astro", target) {
                let known = *own.entry((target, cell)).or_insert(astrocyte);
                assert_eq!(known, astrocyte, "{rule}: {target}[{cell}] has one");
            }
            let synapses = ["source", "b"].map(|source| pairs(&network, "main", source, target)).concat();
            let found = counts(pairs(&network, "main.third_out", "astro", target).iter().map(|p| p.1));
            assert_eq!(found, counts(synapses.iter().map(|p| p.1)), "{rule}: as many currents as synapses");
            assert!(synapses.len() > 40, "{rule}: there are synapses");
        }
        for source in ["source", "b"] {
            let engaged = |target: &'static str| {
                let synapses = pairs(&network, "main", source, target);
                synapses.into_iter().map(|(from, to)| (from, own[&(target, to)])).collect::<Vec<_>>()
            };
            let expected = counts([engaged("a"), engaged("b")].concat());
            let found = counts(pairs(&network, "main.third_in", source, "astro"));
            assert!(found == expected, "{rule}: each synapse's source projects to its astrocyte, as often as there are synapses");
        }
    }
}

/// Cells chosen by name, and a list that has a pair twice.
#[test]
fn lists_and_cells_by_name_engage_astrocytes_too() {
    let text = |connect: &str, ends: &str| {
        format!(
            r#"spikeloom = 1
            network = {{ timestep = "0.1 ms", duration = "10 ms" }}
            [populations.n]
            neurons = {{ model = "lif_psc_exp" }}
            names = ["A", "B", "C", "D", "E", "F"]
            [populations.astro]
            neurons = {{ model = "astrocyte_lr_1994" }}
            size = 3
            [[projections]]
            name = "p"
            {ends}
            connect = {connect}
            weight = "10 pA"
            delay = "1 ms"
            [projections.third]
            population = "astro"
            pool = 1
            pools = "block"
            in = {{ weight = 1, delay = "1 ms" }}
            "#
        )
    };
    let list = text("{ rule = \"list\", pairs = [[0, 1], [3, 5], [0, 1], [2, 2]] }", "source = \"n\"\ntarget = \"n\"");
    let network = netlist::toml(&list, &[]);
    let sorted = |mut pairs: Vec<(u32, u32)>| {
        pairs.sort_unstable();
        pairs
    };
    // Two targets an astrocyte.
    assert_eq!(
        sorted(pairs(&network, "p.third_in", "n", "astro")),
        [(0, 0), (0, 0), (2, 1), (3, 2)],
        "the pair that is there twice"
    );
    assert_eq!(sorted(pairs(&network, "p.third_out", "astro", "n")), [(0, 1), (0, 1), (1, 2), (2, 5)], "and back");
    let chosen = text("{ rule = \"all_to_all\" }", "source = \"n[B]\"\ntarget = \"n[F, A, C]\"");
    let network = netlist::toml(&chosen, &[]);
    assert_eq!(sorted(pairs(&network, "p.third_in", "n", "astro")), [(1, 0), (1, 1), (1, 2)], "B to all");
    assert_eq!(
        sorted(pairs(&network, "p.third_out", "astro", "n")),
        [(0, 5), (1, 0), (2, 2)],
        "in the order in which they are named"
    );
}

/// Blocks of neighbours: NEST's two cases, and pools of several cells for several targets.
#[test]
fn block_pools_follow_the_order_of_the_targets() {
    for (astrocytes, pool, share) in [(12, 1, 5), (120, 2, 1), (12, 3, 15), (6, 6, 60)] {
        let third = format!("pool = {pool}\npools = \"block\"");
        let network = network("{ rule = \"fixed_indegree\", indegree = 300 }", astrocytes, &third, &[]);
        for (target, first) in [("a", 0), ("b", 40)] {
            let mut found: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
            for (astrocyte, cell) in pairs(&network, "main.third_out", "astro", target) {
                found.entry(cell).or_default().insert(astrocyte);
            }
            for (cell, astrocytes) in found {
                let block = (first + cell) / share;
                let expected: BTreeSet<u32> = (block * pool..(block + 1) * pool).collect();
                assert_eq!(astrocytes, expected, "pools of {pool}: {target}[{cell}]");
            }
        }
    }
}

/// Sum of the squared deviations from a mean, over the mean.
fn chi_square(counts: &[f64], mean: f64) -> f64 {
    counts.iter().map(|n| (n - mean).powi(2) / mean).sum()
}

/// Four standard deviations above the mean of a chi-square law.
fn bound(freedom: f64) -> f64 {
    freedom + 4.0 * (2.0 * freedom).sqrt()
}

#[test]
fn random_pools_are_drawn_once_for_each_target() {
    let network = network("{ rule = \"fixed_indegree\", indegree = 400 }", 50, "pool = 7\np = 0.5", &[]);
    let (mut members, mut squares, mut targets) = (vec![0.0; 50], 0.0, 0.0);
    for (target, size) in [("a", 40), ("b", 20)] {
        let found = counts(pairs(&network, "main.third_out", "astro", target));
        for cell in 0..size {
            // 400 synapses from each of two populations, half of which engage: each of the 7 cells 57 times.
            let own: Vec<(u32, f64)> =
                found.iter().filter(|((_, to), _)| *to == cell).map(|((from, _), n)| (*from, f64::from(*n))).collect();
            assert_eq!(own.len(), 7, "{target}[{cell}]: its pool, the same for both populations of sources");
            own.iter().for_each(|(from, _)| members[*from as usize] += 1.0);
            let numbers: Vec<f64> = own.iter().map(|(_, n)| *n).collect();
            squares += chi_square(&numbers, numbers.iter().sum::<f64>() / 7.0);
            targets += 1.0;
        }
    }
    assert!(squares < bound(6.0 * targets), "each cell of a pool has the same chance: chi-square {squares}");
    let uneven = chi_square(&members, 7.0 * targets / 50.0);
    assert!(uneven < bound(49.0), "each astrocyte is in as many pools, but for chance: chi-square {uneven}");
}

#[test]
fn synapses_engage_with_the_probability_given() {
    let main = "{ rule = \"fixed_indegree\", indegree = 500 }";
    let network = network(main, 20, "p = 0.3", &[]);
    let engaged = ["a", "b"].map(|target| pairs(&network, "main.third_out", "astro", target)).concat();
    let synapses = 60.0 * 2.0 * 500.0_f64;
    let (mean, sd) = (0.3 * synapses, (0.3 * 0.7 * synapses).sqrt());
    assert!((engaged.len() as f64 - mean).abs() < 4.0 * sd, "{} of {synapses} engage, expected {mean} +- {sd}", engaged.len());
    // In-degrees are binomial: of a chance 0.3 / 20 each.
    let received = ["source", "b"].map(|source| pairs(&network, "main.third_in", source, "astro")).concat();
    let degrees = counts(received.iter().map(|p| p.1));
    let degrees: Vec<f64> = (0..20).map(|cell| f64::from(degrees.get(&cell).copied().unwrap_or(0))).collect();
    let chi = chi_square(&degrees, mean / 20.0);
    assert!(chi < bound(20.0), "in-degrees of astrocytes {degrees:?}: chi-square {chi}");
    assert!(chi > 20.0 - 3.0 * 40.0_f64.sqrt(), "they vary as by chance: chi-square {chi}");
    assert_eq!(received.len(), engaged.len(), "as many spikes as currents");
    let none = self::network(main, 20, "p = 0", &[]);
    assert!(none.projections.iter().all(|p| p.name == "main"), "with a probability of 0 there is no third party");
}

#[test]
fn probabilities_may_differ_from_pair_to_pair() {
    let network = network("{ rule = \"all_to_all\" }", 5, "p = { table = [[1, 0], [0, 0.5]] }", &[]);
    let from = |source: &str| pairs(&network, "main.third_in", source, "astro").len();
    assert_eq!(from("source"), 30 * 40, "all synapses onto a, none onto b");
    assert!((140..=260).contains(&from("b")), "about half of 400 onto b: {}", from("b"));
    assert_eq!(pairs(&network, "main.third_out", "astro", "b").len(), from("b"), "by target");
}

/// Draws depend on names and on the target: on no other population, projection or weight.
#[test]
fn draws_are_keyed_by_names() {
    let main = "{ rule = \"pairwise_bernoulli\", p = 0.3 }";
    let third = "pool = 3\np = 0.5";
    let drawn = |changes: &[&str], more: &str| {
        let network = network(main, 12, &format!("{third}\n{more}"), changes);
        ["a", "b"].map(|target| pairs(&network, "main.third_out", "astro", target))
    };
    let base = drawn(&[], "");
    let more = "[populations.other]\nneurons = \"lif\"\nsize = 4\n[[projections]]\nsource = \"other\"\ntarget = \"a\"\n\
                connect = { rule = \"all_to_all\" }\nweight = \"1 pA\"\ndelay = \"1 ms\"";
    assert!(base == drawn(&[], more), "another population and projection");
    assert!(base == drawn(&["projections.main.weight=7 pA", "projections.main.third.out.delay=2 ms"], ""), "other weights");
    assert!(base != drawn(&["network.seed=4"], ""), "another seed");
    let fewer = drawn(&["projections.main.third.p=0.25"], "");
    assert!(fewer.concat().len() < base.concat().len(), "a smaller probability");
}

#[test]
fn flat_json_keeps_what_is_drawn() {
    let network = network("{ rule = \"fixed_outdegree\", outdegree = 9 }", 12, "pool = 3\np = 0.5", &[]);
    let again = netlist::build(Format::Json, &write_json(&network).to_string(), &[]);
    assert_eq!(network.projections.len(), again.projections.len(), "the projections to and from astrocytes are projections");
    for (index, projection) in network.projections.iter().enumerate() {
        let synapses = netlist::synapses(&network, index);
        assert!(synapses == netlist::synapses(&again, index), "{}: synapses with weights and delays", projection.name);
        assert!(!synapses.is_empty(), "{}: there are some", projection.name);
    }
}
