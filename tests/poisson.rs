//! Poisson stimuli from netlist to spikes, against the law: counts, intervals, and the independence of trains.

use crate::chances::{chi_square_p, fit_p, histogram, kolmogorov_p};
use crate::differential::Keep;
use crate::netlist;
use sim_core::network::Network;
use std::sync::Arc;

const LEAST_P: f64 = 0.001;
const UNITS: usize = 300;
const TICKS: u64 = 50_000;

/// p-values of both tails.
fn likely(p: f64, what: &str) {
    println!("{what}: p = {p:.3}");
    assert!((LEAST_P..1.0 - LEAST_P).contains(&p), "{what}: p = {p}");
}

/// Sources for 5 s in steps of 0.1 ms; their spikes as (tick, unit).
fn sources(rate: &str) -> Vec<(u64, usize)> {
    let text = format!(
        "spikeloom = 1
         network = {{ timestep = \"0.1 ms\", duration = \"5 s\", seed = 21 }}
         populations.sources = {{ neurons = {{ model = \"poisson_source\", {rate} }}, size = {UNITS} }}"
    );
    let mut keep = Keep::default();
    netlist::run(&netlist::toml(&text, &[]), 1, &mut keep);
    keep.spikes.iter().map(|s| (s.tick, s.neuron as usize)).collect()
}

/// p-value of independent Poisson counts: their squared deviations over their means.
fn dispersion(counts: &[u64], mean: impl Fn(usize) -> f64) -> f64 {
    let squares: f64 = counts.iter().enumerate().map(|(i, c)| (*c as f64 - mean(i)) * (*c as f64 - mean(i)) / mean(i)).sum();
    chi_square_p(squares, counts.len() as f64)
}

fn count(keys: impl Iterator<Item = usize>, cells: usize) -> Vec<u64> {
    let mut counts = histogram(keys);
    counts.resize(cells, 0);
    counts
}

#[test]
fn a_source_of_100_hz() {
    let spikes = sources("rate = \"100 Hz\"");
    let lambda = 0.01;
    let per_unit = count(spikes.iter().map(|s| s.1), UNITS);
    likely(dispersion(&per_unit, |_| lambda * TICKS as f64), "counts of units: mean 500, Fano factor 1");
    let total = dispersion(&[spikes.len() as u64], |_| lambda * TICKS as f64 * UNITS as f64);
    likely(total, "count of all");
    let in_bins = count(spikes.iter().map(|s| (s.0 as usize - 1) / 10), TICKS as usize / 10);
    likely(dispersion(&in_bins, |_| 10.0 * lambda * UNITS as f64), "counts of all units in bins of 1 ms: units are independent");
    let in_ticks = histogram(
        count(spikes.iter().map(|s| s.1 * TICKS as usize + s.0 as usize - 1), UNITS * TICKS as usize)
            .into_iter()
            .map(|c| c as usize),
    );
    let law = |k: usize| (-lambda).exp() * (1..=k).map(|i| lambda / i as f64).product::<f64>();
    likely(fit_p(&in_ticks, law), "spikes of a unit in a tick");
}

/// For each unit, the ticks from one tick with spikes to the next. Those that begin late are left out, since long ones would
/// be cut off.
fn intervals(spikes: &[(u64, usize)]) -> Vec<Vec<u64>> {
    let mut last = vec![None; UNITS];
    let mut intervals = vec![Vec::new(); UNITS];
    for (tick, unit) in spikes {
        if let Some(since) = last[*unit].replace(*tick)
            && since != *tick
            && since < TICKS - 3000
        {
            intervals[*unit].push(tick - since);
        }
    }
    intervals
}

#[test]
fn intervals_of_a_source_are_geometric() {
    let intervals = intervals(&sources("rate = \"100 Hz\""));
    let silent: f64 = (-0.01_f64).exp();
    let law = |k: usize| if k == 0 { 0.0 } else { (1.0 - silent) * silent.powf(k as f64 - 1.0) };
    likely(fit_p(&histogram(intervals.iter().flatten().map(|i| *i as usize)), law), "intervals");
    let pairs: Vec<u64> = intervals.iter().flat_map(|own| own.chunks_exact(2).map(|pair| pair[0] + pair[1])).collect();
    assert!(pairs.len() > 50_000, "there are intervals: {} pairs", pairs.len());
    // Two neighbouring intervals last 99 ticks at most if at least two of 99 ticks have spikes.
    let chance = 1.0 - silent.powf(99.0) - 99.0 * (1.0 - silent) * silent.powf(98.0);
    let short = pairs.iter().filter(|sum| **sum <= 99).count() as f64;
    let (n, sd) = (pairs.len() as f64, (pairs.len() as f64 * chance * (1.0 - chance)).sqrt());
    let score = (short - n * chance) / sd;
    assert!(score.abs() < 3.3, "neighbouring intervals are independent: {score} standard deviations");
}

#[test]
fn sources_of_different_rates() {
    let rates: Vec<f64> = (0..UNITS).map(|i| 20.0 + 3.0 * i as f64).collect();
    let list: Vec<String> = rates.iter().map(|r| format!("\"{r} Hz\"")).collect();
    let spikes = sources(&format!("rate = {{ list = [{}] }}", list.join(", ")));
    let per_unit = count(spikes.iter().map(|s| s.1), UNITS);
    likely(dispersion(&per_unit, |i| 5.0 * rates[i]), "counts of units with rates of their own");
    let in_bins = count(spikes.iter().map(|s| (s.0 as usize - 1) / 10), TICKS as usize / 10);
    likely(dispersion(&in_bins, |_| rates.iter().sum::<f64>() * 1e-3), "counts of all of them in bins of 1 ms");
}

#[test]
fn a_rate_that_changes() {
    let spikes = sources("times = [\"1 s\", \"2 s\", \"3 s\"], rates = [\"200 Hz\", \"0 Hz\", \"20 Hz\"], stop = \"4 s\"");
    let in_seconds = count(spikes.iter().map(|s| (s.0 as usize - 1) / 10_000), 5);
    assert_eq!((in_seconds[0], in_seconds[2], in_seconds[4]), (0, 0, 0), "silent before, between and after");
    likely(dispersion(&[in_seconds[1], in_seconds[3]], |i| [60_000.0, 6_000.0][i]), "200 Hz and 20 Hz");
}

/// Targets that do nothing but count: a potential that never leaks nor reaches threshold grows by 1 mV with every spike.
fn counters(stimulus: &str, units: usize, connect: &str) -> Arc<Network> {
    let text = format!(
        "spikeloom = 1
         network = {{ timestep = \"0.1 ms\", duration = \"2 s\", seed = 22 }}
         neurons.counter = {{ model = \"lif_psc_delta\", e_l = \"0 mV\", v_reset = \"0 mV\", v_th = \"1e12 mV\", tau_m = \"1e9 s\" }}
         populations.x = {{ neurons = \"counter\", size = 1500 }}
         populations.y = {{ neurons = \"counter\", size = 1500 }}
         populations.noise = {{ neurons = {{ model = \"poisson\", {stimulus} }}, size = {units} }}
         [[projections]]
         source = \"noise\"
         target = [\"x\", \"y\"]
         connect = {connect}
         weight = \"1 mV\"
         delay = \"0.1 ms\""
    );
    netlist::toml(&text, &[])
}

fn counted(network: &Arc<Network>) -> [Vec<u64>; 2] {
    let (plan, state) = netlist::run(network, 1, &mut Keep::default());
    [0, 1].map(|population| state.read(&plan, population, 0).into_iter().map(|v| v.round() as u64).collect())
}

#[test]
fn every_connection_has_a_train_of_its_own() {
    // Rate, units, rule, and the mean in 2 s (less the delay of one tick): of parallel trains and of several units the sum.
    let cases = [
        ("rate = \"100 Hz\"", 1, "{ rule = \"all_to_all\" }", 200.0),
        ("rate = \"8 kHz\"", 1, "{ rule = \"all_to_all\" }", 16_000.0),
        ("rate = \"100 Hz\"", 1, "{ rule = \"fixed_indegree\", indegree = 7 }", 1_400.0),
        ("rate = { list = [\"100 Hz\", \"300 Hz\"] }", 2, "{ rule = \"all_to_all\" }", 800.0),
    ];
    for (stimulus, units, connect, mean) in cases {
        let what = format!("{stimulus}, {connect}");
        let mean = mean * (1.0 - 0.1 / 2000.0);
        let [x, y] = counted(&counters(stimulus, units, connect));
        for counts in [&x, &y] {
            likely(dispersion(counts, |_| mean), &format!("{what}: counts"));
            let total = counts.iter().sum::<u64>();
            likely(dispersion(&[total], |_| mean * 1500.0), &format!("{what}: total"));
        }
        let scale = mean * (1500.0_f64).sqrt();
        let together =
            |a: &[u64], b: &[u64]| a.iter().zip(b).map(|(a, b)| (*a as f64 - mean) * (*b as f64 - mean)).sum::<f64>() / scale;
        for (pair, score) in [("same place", together(&x, &y)), ("neighbours", together(&x, &x[1..]))] {
            assert!(score.abs() < 3.3, "{what}: {pair} in the two populations are independent: {score} standard deviations");
        }
    }
}

#[test]
fn counts_of_a_strong_source_are_normal() {
    let [x, _] = counted(&counters("rate = \"8 kHz\"", 1, "{ rule = \"all_to_all\" }"));
    let (mean, sd) = (15_999.2, 15_999.2_f64.sqrt());
    // A spike is 1/126 of a standard deviation: as good as continuous.
    let p = kolmogorov_p(x.iter().map(|c| (*c as f64 - mean) / sd).collect(), crate::chances::normal_cdf);
    assert!(p > LEAST_P, "the normal limit of large counts: p = {p}");
}
