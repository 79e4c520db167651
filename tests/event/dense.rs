//! Random neurons with random inputs, each spike train judged by the dense oracle: no crossing missed, none too many.
//!
//! A million trains: `SPIKELOOM_EVENT_TRAINS=1000000 cargo test --release -p sim-tests event::dense`.

use super::circuit::{Cell, Train, run_alone};
use super::oracle::{Verdict, judge};
use super::references::{Spike, cases};
use sim_core::random::Stream;
use sim_core::time::FS_PER_MS;
use std::collections::BTreeMap;

/// Neurons of one netlist.
const BATCH: usize = 10_000;
const DURATION_MS: i64 = 80;
const DELAY_MS: i64 = 1;

/// How many neurons are tried.
fn trains() -> usize {
    let asked = std::env::var("SPIKELOOM_EVENT_TRAINS").ok();
    asked.map_or(6_000, |number| number.parse().expect("SPIKELOOM_EVENT_TRAINS is a number"))
}

#[test]
fn no_crossing_is_missed_and_none_is_added() {
    let (number, mut total) = (trains(), Verdict { spikes: 0, undecided: 0 });
    for first in (0..number).step_by(BATCH) {
        let cells: Vec<Cell> = (first..number.min(first + BATCH)).map(|index| neuron(index as u64)).collect();
        let spikes = run_alone(&cells, DURATION_MS);
        for (index, (cell, spikes)) in (first..).zip(cells.iter().zip(&spikes)) {
            let verdict = judge(cell, spikes, DURATION_MS * FS_PER_MS);
            let verdict = verdict.unwrap_or_else(|problem| panic!("{} {index}: {problem}; it has {spikes:?}", cell.model));
            total.spikes += verdict.spikes;
            total.undecided += verdict.undecided;
        }
    }
    assert!(total.spikes > number, "neurons fire: {total:?} in {number} trains");
    assert!(total.undecided <= 1 + number / 10_000, "the oracle decides: {total:?} in {number} trains");
}

/// A random neuron: any time constants, now and then equal; inputs on no grid, or on one of 0.25 ms so that they meet each
/// other and the ends of refractory times; currents below and above the threshold.
fn neuron(index: u64) -> Cell {
    let mut s = Stream::new(0x6576_656e_7473, index);
    let model = ["lif_psc_delta", "lif_psc_exp", "lif_psc_alpha"][index as usize % 3];
    let mut between = |low: f64, high: f64| low + (high - low) * s.uniform();
    let (c_m, tau_m, height) = (between(50.0, 500.0), between(1.0, 30.0), between(2.0, 20.0));
    let e_l = if between(0.0, 1.0) < 0.5 { 0.0 } else { -70.0 };
    let v_reset = e_l + between(-5.0, 0.6 * height);
    let mut tau_syn = || match between(0.0, 6.0) {
        kind if kind < 1.0 => tau_m,
        kind if kind < 2.0 => tau_m * (1.0 + 1e-7 * (kind - 1.5)),
        _ => between(0.2, 20.0),
    };
    let tau_syn = [tau_syn(), tau_syn()];
    let rheobase = height * c_m / tau_m;
    let part = [0.0, between(-0.5, 0.95), between(1.02, 2.0)][between(0.0, 3.0) as usize];
    let t_ref = [0.0, 0.25, 0.5, 2.0, 5.0][between(0.0, 5.0) as usize];
    let mut parameters = BTreeMap::new();
    let mut give = |name: &str, value: f64, unit: &str| parameters.insert(name.to_string(), format!("{value} {unit}"));
    for (name, value, unit) in [
        ("c_m", c_m, "pF"),
        ("tau_m", tau_m, "ms"),
        ("e_l", e_l, "mV"),
        ("v_th", e_l + height, "mV"),
        ("v_reset", v_reset, "mV"),
        ("t_ref", t_ref, "ms"),
        ("i_e", part * rheobase, "pA"),
    ] {
        give(name, value, unit);
    }
    if model != "lif_psc_delta" {
        give("tau_syn_ex", tau_syn[0], "ms");
        give("tau_syn_in", tau_syn[1], "ms");
    }
    let on_grid = between(0.0, 1.0) < 0.5;
    let inputs = between(1.0, 24.0) as usize;
    let trains = (0..inputs).map(|_| {
        let inhibits = between(0.0, 1.0) < 0.25;
        let weight = strength(model, height, c_m / tau_m, tau_m / tau_syn[usize::from(inhibits)]) * between(0.1, 1.5);
        let time = between(0.01, 55.0);
        let time_ms = if on_grid { (4.0 * time).ceil() / 4.0 } else { time };
        Train {
            weight: quantity(if inhibits { -weight } else { weight }, model),
            delay_ms: DELAY_MS,
            times_fs: vec![(time_ms * FS_PER_MS as f64) as i64],
        }
    });
    Cell { model: model.into(), trains: trains.collect(), parameters }
}

/// A weight whose potential is about as high as the threshold: near enough for currents of either shape.
fn strength(model: &str, height: f64, conductance: f64, ratio: f64) -> f64 {
    match model {
        "lif_psc_delta" => 0.7 * height,
        "lif_psc_exp" => height * conductance * (1.0 + ratio) * 1.5,
        _ => height * conductance * (1.0 + 0.5 * ratio) * 1.2,
    }
}

/// Multiples of 1/64 have exact sums.
fn quantity(weight: f64, model: &str) -> String {
    format!("{} {}", (weight * 64.0).round() / 64.0, if model == "lif_psc_delta" { "mV" } else { "pA" })
}

/// The oracle itself: it takes the spikes of the closed forms and of NEST, and no others.
#[test]
fn the_oracle_knows_the_references() {
    for case in cases("precise/transversal.json").into_iter().chain(cases("nest/precise_single.json")) {
        let want: Vec<i64> = case.spikes.iter().map(Spike::time_fs).collect();
        let end = case.duration_ms * FS_PER_MS;
        let right = judge(&case.cell, &want, end);
        assert_eq!(right, Ok(Verdict { spikes: want.len(), undecided: 0 }), "{}", case.name);
        for spike in [0, want.len() / 2, want.len() - 1] {
            let mut missed = want.clone();
            missed.remove(spike);
            assert!(judge(&case.cell, &missed, end).is_err(), "{}: spike {spike} is missed", case.name);
            let mut late = want.clone();
            late[spike] += FS_PER_MS / 1000;
            assert!(judge(&case.cell, &late, end).is_err(), "{}: spike {spike} is late by 1 us", case.name);
        }
        let mut extra = want.clone();
        extra.push(end);
        assert!(judge(&case.cell, &extra, end).is_err(), "{}: a spike too many", case.name);
    }
}

/// Where a potential is so near to the threshold that its own roundings would decide, the oracle believes a train, if that has
/// its spike near the peak.
#[test]
fn the_oracle_knows_grazing_peaks() {
    for case in cases("precise/grazing.json") {
        let want: Vec<i64> = case.spikes.iter().map(Spike::time_fs).collect();
        let end = case.duration_ms * FS_PER_MS;
        let right = judge(&case.cell, &want, end);
        assert_eq!(right.map(|verdict| verdict.spikes), Ok(want.len()), "{}", case.name);
        let other = if want.is_empty() { vec![end / 2] } else { Vec::new() };
        let is_clear = case.beyond.is_some_and(|beyond| beyond.abs() > 1e-8);
        assert!(!is_clear || judge(&case.cell, &other, end).is_err(), "{}: the opposite", case.name);
    }
}
