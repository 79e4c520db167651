//! Weights and delays: their distributions, their independence, and the quantum that keeps sums exact.

use super::{Ends, wired};
use crate::chances::{chi_square_p, kolmogorov_p, normal_cdf};
use crate::netlist;
use sim_core::connect::Synapse;
use sim_core::time::ms_from_fs;
use std::collections::BTreeMap;

const LEAST_P: f64 = 0.001;
const ENDS: Ends = Ends { sources: 200, targets: Some(150) };

type Cdf = Box<dyn Fn(f64) -> f64>;

fn uniform(low: f64, high: f64) -> Cdf {
    Box::new(move |x| ((x - low) / (high - low)).clamp(0.0, 1.0))
}

fn normal(mean: f64, sd: f64) -> Cdf {
    Box::new(move |x| normal_cdf((x - mean) / sd))
}

fn lognormal(median: f64, sigma: f64) -> Cdf {
    Box::new(move |x| if x > 0.0 { normal_cdf((x / median).ln() / sigma) } else { 0.0 })
}

fn exponential(mean: f64) -> Cdf {
    Box::new(move |x| if x > 0.0 { 1.0 - (-x / mean).exp() } else { 0.0 })
}

/// What is left of a law between bounds.
fn within(law: Cdf, low: f64, high: f64) -> Cdf {
    let (below, above) = (law(low), law(high));
    Box::new(move |x| ((law(x) - below) / (above - below)).clamp(0.0, 1.0))
}

fn drawn(weight: &str, delay: &str) -> Vec<Synapse> {
    netlist::synapses(&wired(ENDS, "{ rule = \"all_to_all\" }", weight, delay, 11), 0)
}

fn weights(weight: &str) -> Vec<f64> {
    drawn(weight, "\"1 ms\"").iter().map(|s| s.weight).collect()
}

fn delays(delay: &str) -> Vec<f64> {
    drawn("\"1 pA\"", delay).iter().map(|s| ms_from_fs(s.delay_fs)).collect()
}

#[test]
fn weights_follow_their_distribution() {
    let cases: Vec<(&str, Cdf)> = vec![
        (r#"{ uniform = ["-2 pA", "5 pA"] }"#, uniform(-2.0, 5.0)),
        (r#"{ normal = ["20 pA", "3 pA"] }"#, normal(20.0, 3.0)),
        (r#"{ normal = ["0.02 nA", "10 pA"], min = "15 pA", max = "40 pA" }"#, within(normal(20.0, 10.0), 15.0, 40.0)),
        (r#"{ normal = ["20 pA", "15 pA"], keep_sign = true }"#, within(normal(20.0, 15.0), 0.0, f64::INFINITY)),
        (r#"{ normal = ["-20 pA", "15 pA"], keep_sign = true }"#, within(normal(-20.0, 15.0), f64::NEG_INFINITY, 0.0)),
        (r#"{ lognormal = ["20 pA", 0.5] }"#, lognormal(20.0, 0.5)),
        (r#"{ exponential = ["4 pA"] }"#, exponential(4.0)),
        (r#"{ exponential = ["4 pA"], max = "6 pA" }"#, within(exponential(4.0), 0.0, 6.0)),
    ];
    for (weight, law) in cases {
        let sample = weights(weight);
        assert_eq!(sample.len(), 30_000, "{weight}: a weight for each synapse");
        let p = kolmogorov_p(sample, law);
        assert!(p > LEAST_P, "{weight}: p = {p}");
    }
}

#[test]
fn delays_follow_their_distribution() {
    // Nothing is drawn below half a time step, 0.05 ms.
    let cases: Vec<(&str, Cdf)> = vec![
        (r#"{ uniform = ["1 ms", "5 ms"] }"#, uniform(1.0, 5.0)),
        (r#"{ normal = ["1.5 ms", "0.75 ms"] }"#, within(normal(1.5, 0.75), 0.05, f64::INFINITY)),
        (r#"{ normal = ["1.5 ms", "0.75 ms"], min = "0.1 ms", max = "2 ms" }"#, within(normal(1.5, 0.75), 0.1, 2.0)),
        (r#"{ lognormal = ["2 ms", 0.4] }"#, lognormal(2.0, 0.4)),
        (r#"{ exponential = ["1 ms"], min = "0.5 ms" }"#, within(exponential(1.0), 0.5, f64::INFINITY)),
    ];
    for (delay, law) in cases {
        let p = kolmogorov_p(delays(delay), law);
        assert!(p > LEAST_P, "{delay}: p = {p}");
    }
}

#[test]
fn clamped_values_pile_up_at_the_bounds() {
    let sample = weights(r#"{ normal = ["20 pA", "10 pA"], min = "15 pA", max = "40 pA", on_clip = "clamp" }"#);
    let n = sample.len() as f64;
    let law = normal(20.0, 10.0);
    let parts = [law(15.0), law(40.0) - law(15.0), 1.0 - law(40.0)];
    let is_inside = |w: &&f64| **w > 15.0 && **w < 40.0;
    let inside: Vec<f64> = sample.iter().filter(is_inside).copied().collect();
    let at = |bound: f64| sample.iter().filter(|w| **w == bound).count() as f64;
    let counts = [at(15.0), inside.len() as f64, at(40.0)];
    assert_eq!(counts.iter().sum::<f64>(), n, "nothing is outside of the bounds");
    let p = chi_square_p(counts.iter().zip(parts).map(|(c, q)| (c - n * q) * (c - n * q) / (n * q)).sum(), 2.0);
    assert!(p > LEAST_P, "clamped: {counts:?}, p = {p}");
    let p = kolmogorov_p(inside, within(law, 15.0, 40.0));
    assert!(p > LEAST_P, "between the bounds: p = {p}");
}

#[test]
fn choices_are_equally_likely() {
    let sample = [weights(r#"{ choice = ["1 pA", "2 pA", "-4 pA"] }"#), delays(r#"{ choice = ["1 ms", "2 ms", "4.5 ms"] }"#)];
    for (sample, values) in sample.into_iter().zip([[1.0, 2.0, -4.0], [1.0, 2.0, 4.5]]) {
        let counts = values.map(|v| sample.iter().filter(|x| **x == v).count() as f64);
        let expected = sample.len() as f64 / 3.0;
        assert_eq!(counts.iter().sum::<f64>(), sample.len() as f64, "only {values:?}");
        let p = chi_square_p(counts.iter().map(|c| (c - expected) * (c - expected) / expected).sum(), 2.0);
        assert!(p > LEAST_P, "{values:?}: {counts:?}, p = {p}");
    }
}

/// Pearson's correlation times the root of the number of pairs: standard normal for independent samples.
fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let (a, b) = (mean(|p| p.0), mean(|p| p.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|p| of(p.0 - a, p.1 - b)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt() * n.sqrt()
}

#[test]
fn draws_are_independent() {
    let synapses = drawn(r#"{ uniform = ["0 pA", "1 pA"] }"#, r#"{ uniform = ["1 ms", "2 ms"] }"#);
    let weight: BTreeMap<(u32, u32), f64> = synapses.iter().map(|s| ((s.source, s.target), s.weight)).collect();
    let beside = |ds: u32, dt: u32| -> Vec<(f64, f64)> {
        weight.iter().filter_map(|((s, t), w)| Some((*w, *weight.get(&(s + ds, t + dt))?))).collect()
    };
    let transposed = weight.iter().filter(|((s, t), _)| s < t).filter_map(|((s, t), w)| Some((*w, *weight.get(&(*t, *s))?)));
    let same: Vec<(f64, f64)> = synapses.iter().map(|s| (s.weight, ms_from_fs(s.delay_fs))).collect();
    let cases = [
        ("weight and delay of a synapse", same),
        ("neighbouring sources", beside(1, 0)),
        ("neighbouring targets", beside(0, 1)),
        ("both", beside(1, 1)),
        ("there and back", transposed.collect()),
    ];
    for (what, pairs) in cases {
        let score = correlation(&pairs);
        assert!(pairs.len() > 10_000 && score.abs() < 3.3, "{what}: {score} standard deviations, {} pairs", pairs.len());
    }
}

#[test]
fn weights_are_multiples_of_the_quantum_and_their_sums_exact() {
    let network = |numerics: &str| {
        let text = r#"
            spikeloom = 1
            network = { timestep = "0.1 ms", duration = "1 s", seed = 4 }
            populations.a = { neurons = { model = "lif_psc_exp" }, size = 300 }
            [[projections]]
            source = "a"
            target = "a"
            connect = { rule = "fixed_indegree", indegree = 200 }
            weight = { normal = ["20 pA", "5 pA"], keep_sign = true }
            delay = "1 ms"
            [[projections]]
            name = "inhibition"
            source = "a"
            target = "a"
            connect = { rule = "pairwise_bernoulli", p = 0.3 }
            weight = "-87.81 pA"
            delay = "1 ms""#;
        netlist::toml(text, &[format!("numerics.weights={numerics}")])
    };
    let mut fine: Vec<f64> = Vec::new();
    for (numerics, part, steps) in [("f64", 0.0, f64::INFINITY), ("f32", 2_f64.powi(-24), f64::INFINITY), ("i16", 0.0, 32_767.0)]
    {
        let network = network(numerics);
        for (index, projection) in network.projections.iter().enumerate() {
            let synapses = netlist::synapses(&network, index);
            for s in &synapses {
                let quantum = projection.quanta[s.receptor];
                assert_eq!((s.weight / quantum).fract(), 0.0, "{numerics}: {} is a multiple of {quantum}", s.weight);
                assert!(index > 0 || s.weight.abs() / quantum <= steps, "{numerics}: {} fits", s.weight);
            }
            for target in 0..300 {
                let inputs: Vec<f64> = synapses.iter().filter(|s| s.target == target).map(|s| s.weight).collect();
                let (forth, back) = (inputs.iter().sum::<f64>(), inputs.iter().rev().sum::<f64>());
                assert_eq!(forth.to_bits(), back.to_bits(), "{numerics}: the order of a sum does not matter");
            }
        }
        let drawn: Vec<f64> = netlist::synapses(&network, 0).iter().map(|s| s.weight).collect();
        if fine.is_empty() {
            fine.clone_from(&drawn);
        }
        let quantum = network.projections[0].quanta[0];
        for (w, exact) in drawn.iter().zip(&fine) {
            assert!((w - exact).abs() <= part * exact + quantum, "{numerics}: {w} is {exact} rounded");
        }
        let constant = netlist::synapses(&network, 1)[0].weight;
        assert!((constant + 87.81).abs() < 1e-9, "{numerics}: one weight for all stays fine: {constant}");
    }
}
