//! Probabilities, weights and delays by distance, against the same formulas computed here from the places.

use super::{cells, network, population, projection};
use crate::chances::chi_square_p;
use crate::netlist;
use netlists::{Format, write_json};
use sim_core::connect::{Generator, Synapse};
use sim_core::elaborate::estimate;
use sim_core::network::{Chance, Network, Rule};
use sim_core::random::Stream;
use sim_core::time::ms_from_fs;
use std::collections::BTreeMap;

const WEIGHT: &str = "\"1 pA\"";
const DELAY: &str = "\"1 ms\"";

/// A formula of the way from source to target.
type Formula = fn([f64; 3]) -> f64;

fn distance(way: [f64; 3]) -> f64 {
    way.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// A space, its side where it is wrapped, a probability as it is written and as it is meant.
const KERNELS: [(&str, Option<f64>, &str, Formula); 4] = [
    ("{ grid = [10, 10, 10] }", None, "0.3 * exp(-(distance / 2)^2)", |w| 0.3 * (-(distance(w) / 2.0).powi(2)).exp()),
    ("{ box = [1.0, 1.0], wrap = true }", Some(1.0), "max(0.8 - 2 * distance, 0)", |w| (0.8 - 2.0 * distance(w)).max(0.0)),
    ("{ box = [1.0, 1.0] }", None, "if(dx > 0, 0.3, 0.1 * exp(-abs(dy)))", |w| {
        if w[0] > 0.0 { 0.3 } else { 0.1 * (-w[1].abs()).exp() }
    }),
    ("{ grid = [1000], wrap = true }", Some(1000.0), "distance^0.5 / 50", |w| distance(w).sqrt() / 50.0),
];

/// The way from a source to a target, written in another manner than the simulator's.
fn way(source: [f64; 3], target: [f64; 3], side: Option<f64>) -> [f64; 3] {
    std::array::from_fn(|axis| {
        let straight = target[axis] - source[axis];
        let side = side.filter(|_| straight != 0.0);
        side.map_or(straight, |side| {
            [straight, straight - side, straight + side].into_iter().min_by(|a, b| a.abs().total_cmp(&b.abs())).expect("three")
        })
    })
}

fn sheet(space: &str, connect: &str, weight: &str, delay: &str, seed: u64) -> std::sync::Arc<Network> {
    let text = format!("spaces.room = {space}\n")
        + &population("a", 600, "{ space = \"room\" }")
        + &population("b", 400, "{ space = \"room\" }")
        + &projection("a", "b", connect, weight, delay);
    network(&text, seed)
}

fn bernoulli(p: &str) -> String {
    format!("{{ rule = \"pairwise_bernoulli\", p = {{ expr = \"{p}\" }} }}")
}

#[test]
fn pairs_are_connected_with_the_probability_of_their_distance() {
    for (space, side, written, meant) in KERNELS {
        let network = sheet(space, &bernoulli(written), WEIGHT, DELAY, 1);
        let mut bins: BTreeMap<u32, [f64; 3]> = BTreeMap::new();
        let mut connected = vec![false; 600 * 400];
        netlist::synapses(&network, 0).iter().for_each(|s| connected[(s.source * 400 + s.target) as usize] = true);
        let (a, b) = (cells(&network, "a"), cells(&network, "b"));
        for (index, connected) in connected.into_iter().enumerate() {
            let way = way(a[index / 400], b[index % 400], side);
            let p = meant(way);
            assert!(!connected || p > 0.0, "{written}: {way:?} cannot be connected");
            let far = if side == Some(1000.0) {
                1.0
            } else if space.contains("grid") {
                2.0
            } else {
                20.0
            };
            let bin = bins.entry((distance(way) * far) as u32 / if side == Some(1000.0) { 25 } else { 1 }).or_default();
            *bin = [bin[0] + f64::from(u8::from(connected)), bin[1] + p, bin[2] + p * (1.0 - p)];
        }
        let tested: Vec<&[f64; 3]> = bins.values().filter(|bin| bin[2] > 5.0).collect();
        let chi: f64 = tested.iter().map(|[found, mean, variance]| (found - mean).powi(2) / variance).sum();
        let p = chi_square_p(chi, tested.len() as f64);
        assert!(tested.len() > 5 && p > 0.01, "{written}: {} distances, p = {p}", tested.len());
    }
}

#[test]
fn what_is_said_of_a_projection_holds() {
    for (space, _, written, _) in KERNELS {
        let (mut total, mut expected, mut variance) = (0.0, 0.0, 0.0);
        for seed in 0..20 {
            let network = sheet(space, &bernoulli(written), WEIGHT, DELAY, seed);
            let Rule::PairwiseBernoulli { p: Chance::Field { field, expected: mean, most }, .. } = &network.projections[0].rule
            else {
                panic!("{written}: a field")
            };
            let mut inward = vec![0; 400];
            netlist::synapses(&network, 0).iter().for_each(|s| inward[s.target as usize] += 1);
            let largest = inward.iter().copied().max().unwrap_or(0);
            assert!(largest <= *most && *most <= 600, "{written}: {largest} synapses of a target, at most {most}");
            assert!(field.low >= 0.0 && field.high <= 1.0, "{written}: {}..{}", field.low, field.high);
            assert_eq!(estimate(&network).synapses, mean.round() as u64, "{written}: as estimated");
            (total, expected, variance) = (total + f64::from(inward.iter().sum::<u32>()), expected + mean, variance + mean);
        }
        assert!((total - expected).abs() < 4.0 * variance.sqrt(), "{written}: {total} synapses, {expected} expected");
    }
}

#[test]
fn exact_sums_count_only_the_sources_within_reach() {
    let quantum = |p: &str| {
        let network = sheet("{ grid = [1000] }", &bernoulli(p), "{ uniform = [\"1 pA\", \"2 pA\"] }", DELAY, 1);
        network.projections[0].quanta[0]
    };
    let [all, near] = ["0.5 + 0 * distance", "if(distance < 10, 0.5, 0)"].map(quantum);
    assert!(near <= all / 16.0, "some 12 sources of 600 are near: {near}, {all}");
}

#[test]
fn weights_and_delays_follow_the_formula() {
    let weight = "{ expr = \"(2 - distance / 50) * 1 pA\" }";
    let delay = "{ expr = \"0.5 ms + 0.02 ms * distance + if(dx < 0, 1 ms, 0 ms)\" }";
    for connect in [
        "{ rule = \"all_to_all\" }",
        "{ rule = \"fixed_indegree\", indegree = 9 }",
        "{ rule = \"fixed_outdegree\", outdegree = 9 }",
        "{ rule = \"fixed_total_number\", n = 500 }",
        "{ rule = \"pairwise_bernoulli\", p = 0.1 }",
        "{ rule = \"pairwise_bernoulli\", p = { expr = \"exp(-distance / 30)\" } }",
        "{ rule = \"list\", pairs = [[599, 0], [0, 399], [3, 3], [0, 5]] }",
    ] {
        let network = sheet("{ grid = [200, 10], wrap = true }", connect, weight, delay, 1);
        let (a, b) = (cells(&network, "a"), cells(&network, "b"));
        let synapses = netlist::synapses(&network, 0);
        assert!(synapses.len() > 3, "{connect}: synapses");
        for s in synapses {
            let (source, target) = (a[s.source as usize], b[s.target as usize]);
            let mut way = way(source, target, Some(200.0));
            way[1] = super::fields::way(source, target, Some(10.0))[1];
            let weight = 2.0 - distance(way) / 50.0;
            assert!((s.weight - weight).abs() <= 1e-6, "{connect} {s:?}: {weight}");
            // Halfway round, dx has the sign of the straight way.
            let delay = 0.5 + 0.02 * distance(way) + if way[0] < 0.0 { 1.0 } else { 0.0 };
            assert!((ms_from_fs(s.delay_fs) - delay).abs() < 1e-9, "{connect} {s:?}: {delay}");
        }
    }
}

#[test]
fn one_to_one_goes_by_pairs() {
    let text = "spaces.line = { grid = [10] }\n".to_string()
        + &population("a", 10, "{ space = \"line\", sites = \"in order\" }")
        + &population("b", 10, "{ space = \"line\", x = { expr = \"9 - index\" } }")
        + &projection("a", "b", "{ rule = \"one_to_one\" }", "{ expr = \"1 pA * dx\" }", DELAY);
    let network = network(&text, 1);
    let weights: Vec<f64> = netlist::synapses(&network, 0).iter().map(|s| s.weight).collect();
    assert_eq!(weights, [9.0, 7.0, 5.0, 3.0, 1.0, -1.0, -3.0, -5.0, -7.0, -9.0], "target minus source");
}

/// 1 / distance has no value at distance 0: nobody asks for it where a cell is not connected to itself.
#[test]
fn only_pairs_that_may_be_connected_need_a_value() {
    let text = "spaces.line = { grid = [50] }\n".to_string()
        + &population("a", 50, "{ space = \"line\" }")
        + &projection(
            "a",
            "a",
            "{ rule = \"pairwise_bernoulli\", p = { expr = \"1 / distance\" }, autapses = false }",
            "{ expr = \"1 pA / distance\" }",
            "{ expr = \"1 ms * distance\" }",
        )
        + &projection(
            "a",
            "a",
            "{ rule = \"pairwise_bernoulli\", p = { expr = \"if(distance < 3, 0, 0.5)\" } }",
            "{ expr = \"1 pA * ln(distance - 2)\" }",
            DELAY,
        )
        .replace("source", "name = \"far\"\nsource");
    let network = network(&text, 1);
    assert!(netlist::synapses(&network, 0).iter().all(|s| s.source != s.target), "no autapses");
    assert_eq!(network.projections.len(), 2, "both are built");
    let single = "spaces.line = { grid = [1] }\n".to_string()
        + &population("a", 1, "{ space = \"line\" }")
        + &projection(
            "a",
            "a",
            "{ rule = \"all_to_all\", autapses = false }",
            "{ expr = \"1 pA / distance\" }",
            "{ expr = \"1 ms / distance\" }",
        );
    assert_eq!(netlist::synapses(&super::network(&single, 1), 0), [], "no pair at all");
}

fn whole(s: &Synapse) -> (u32, u32, u64, i64) {
    (s.target, s.source, s.weight.to_bits(), s.delay_fs)
}

#[test]
fn every_split_gives_the_same_synapses_and_so_does_the_flat_netlist() {
    let mut cuts = Stream::new(1, 1);
    for (space, _, written, _) in KERNELS {
        let (weight, delay) = ("{ expr = \"exp(-distance) * 3 pA\" }", "{ expr = \"1 ms + 0.01 ms * distance\" }");
        let network = sheet(space, &bernoulli(written), weight, delay, 1);
        let expected: Vec<_> = netlist::synapses(&network, 0).iter().map(whole).collect();
        let generator = Generator::new(&network, &network.projections[0]);
        for _ in 0..10 {
            let (mut parts, mut start) = (Vec::new(), 0);
            while start < 400 {
                let end = start + 1 + cuts.below(400);
                generator.for_targets(start..end, |s| parts.push(whole(&s)));
                start = end;
            }
            assert!(parts == expected, "{written}: another split, other synapses");
        }
        let again = netlist::build(Format::Json, &write_json(&network).to_string(), &[]);
        let read: Vec<_> = netlist::synapses(&again, 0).iter().map(whole).collect();
        assert!(read == expected, "{written}: the flat netlist is the same network");
        assert_eq!(write_json(&again), write_json(&network), "{written}: and is written as it was");
    }
}

/// A probability a little larger adds synapses and takes none away.
#[test]
fn neighbouring_formulas_give_neighbouring_networks() {
    let pairs = |p: &str| {
        let network = sheet("{ box = [1, 1] }", &bernoulli(p), WEIGHT, DELAY, 1);
        netlist::synapses(&network, 0).iter().map(|s| (s.source, s.target)).collect::<std::collections::BTreeSet<_>>()
    };
    let [less, more] = ["0.3 * exp(-distance)", "0.31 * exp(-distance)"].map(pairs);
    assert!(less.is_subset(&more) && less.len() < more.len(), "{} and {} synapses", less.len(), more.len());
}
