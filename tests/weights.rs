//! Recorded weights: at which times, of which synapses, and in which files.

use crate::mutations::Nobody;
use crate::netlist;
use crate::program::{Desk, spikeloom};
use sim_core::engine::{Plan, State};
use sim_core::plasticity::Reading;
use sim_core::record::SynapseSampler;

/// The design's netlist: 60 pairs of spikes at 1 Hz, the weight each second.
const PAIRS: &str = include_str!("data/examples/stdp_pairs.toml");

/// The weight (pA) before the first pair and after each, by the sum of exponentials that the rule is. The target's spike comes to the
/// synapse 1 ms, the delay, after it was fired; lag in ms.
fn window(lag: f64, pairs: usize) -> Vec<f64> {
    let (lag, largest) = (lag + 1.0, 100.0);
    let grows = |dt: f64| 0.01 * largest * (-dt / 20.0).exp();
    let shrinks = |dt: f64| 0.0105 * largest * (-dt / 20.0).exp();
    let (mut weight, mut all) = (50.0, vec![50.0]);
    for pair in 0..pairs {
        // All earlier spikes of the other count; beyond the last two they are below 10^-40.
        let before: f64 = if pair == 0 { 0.0 } else { 1.0 };
        weight += if lag > 0.0 {
            grows(lag) + before * (grows(lag + 1000.0) - shrinks(1000.0 - lag))
        } else {
            before * (grows(1000.0 + lag) - shrinks(1000.0 - lag)) - shrinks(-lag)
        };
        all.push(weight);
    }
    all
}

/// Times and weights of a file of curves (a row a value).
fn weights(text: &str) -> Vec<(f64, f64)> {
    let row = |line: &str| match line.split(',').collect::<Vec<_>>()[..] {
        [time, "syn", "0", "weight", value, "pA"] => (time.parse().expect("a time"), value.parse().expect("a weight")),
        _ => panic!("{line} is no weight of the one synapse"),
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn the_window_of_the_rule() {
    let desk = Desk::new();
    let net = desk.file("pairs.toml", PAIRS);
    for (lag, engine) in [("10ms", "grid"), ("-20ms", "grid"), ("40ms", "grid"), ("-20ms", "event"), ("40ms", "event")] {
        let (set, csv) = (format!("lag={lag}"), desk.name("w.csv"));
        let run = ["run", &net, "-q", "--engine", engine, "--set", &set, "--set", "numerics.weights=f64", "--trace", &csv];
        spikeloom(&run).ends(0);
        let found = weights(&desk.text("w.csv"));
        let wanted = window(lag.trim_end_matches("ms").parse().expect("a number"), 60);
        assert_eq!(found.len(), 62, "the start, 60 s, and the 61st");
        for (second, want) in wanted.iter().enumerate() {
            let (time, got) = found[second];
            assert_eq!(time, 1000.0 * second as f64, "one sample a second");
            assert!((got - want).abs() < 1e-9, "{engine}, {lag}, {second} s: {got}, not {want}");
        }
    }
}

/// Two targets of one projection, and another of a name that needs care in files.
const NETWORK: &str = r#"
spikeloom = 1
network = { timestep = "0.1 ms", warmup = "20 ms", duration = "100 ms", seed = 3 }
[populations.input]
neurons = { model = "poisson_source", rate = "60 Hz" }
size = 5
[populations.a]
neurons = { model = "lif_psc_exp", v_th = "-64 mV" }
size = 4
[populations.b]
neurons = { model = "lif_psc_exp", v_th = "-64 mV" }
size = 3
[[projections]]
name = "in"
source = "input"
target = ["a", "b"]
connect = { rule = "all_to_all" }
weight = { uniform = ["300 pA", "600 pA"] }
delay = { uniform = ["1 ms", "4 ms"] }
[projections.plasticity]
rule = "stdp_pair"
w_max = "1000 pA"
[[record]]
from = "in"
what = "weight"
every = "25 ms"
start = "45 ms"
[[record]]
from = "in"
what = "w"
[[record]]
from = ["a", "b"]
what = "spikes"
"#;

#[test]
fn samples_are_what_a_run_that_stops_there_finds() {
    let plan = Plan::new(netlist::toml(NETWORK, &[]), 2);
    let (mut state, mut sampler) = (State::new(&plan), SynapseSampler::new(plan.network()));
    while let Some(due) = sampler.due_after(state.tick()) {
        state.advance(&plan, due - state.tick(), &mut Nobody);
        let read = |projection, variable| state.synapses(&plan, projection, variable, Reading::Now);
        sampler.take(plan.network(), state.tick(), &read);
        sampler.take(plan.network(), state.tick(), &read);
    }
    let [some, ends] = sampler.traces() else { panic!("two records") };
    assert_eq!(some.ticks, [450, 700, 950, 1200], "from the start on, up to the end");
    assert_eq!(ends.ticks, [200, 1200], "after the warm-up, and at the end");
    assert_eq!((some.sources.len(), some.targets.iter().max()), (35, Some(&11)), "all pairs, global indices");
    assert!(some.delays.iter().all(|delay| (10..=40).contains(delay)), "delays in ticks");
    for (sample, tick) in some.ticks.iter().enumerate() {
        let (plan, mut fresh) = (Plan::new(netlist::toml(NETWORK, &[]), 1), State::new(&plan));
        fresh.advance(&plan, *tick, &mut Nobody);
        let wanted: Vec<f64> = (0..2).flat_map(|index| fresh.synapses(&plan, index, 0, Reading::Now).values).collect();
        assert_eq!(&some.values[sample * 35..][..35], wanted, "tick {tick}");
    }
    assert_ne!(ends.values[..35], ends.values[35..], "they have learned");
    assert_eq!(ends.values[35..], some.values[3 * 35..], "both records end with the same");
}

#[test]
fn a_recording_keeps_them() {
    ["grid", "event"].into_iter().for_each(recording_of);
}

fn recording_of(engine: &str) {
    let desk = Desk::new();
    let net = desk.file("net.toml", NETWORK);
    let (folder, csv) = (desk.name("rec"), desk.name("run.csv"));
    spikeloom(&["run", &net, "-q", "--engine", engine, "--out", &folder, "--trace", &csv]).ends(0);
    for file in ["rec/weights/in.npz", "rec/weights/in.2.npz"] {
        let npz = desk.read(file);
        for array in ["time_ms.npy", "source.npy", "target.npy", "delay_ms.npy", "weight.npy"] {
            assert!(npz.windows(array.len()).any(|bytes| bytes == array.as_bytes()), "{array} is in {file}");
        }
    }
    let network: serde_json::Value = serde_json::from_str(&desk.text("rec/network.json")).expect("JSON");
    assert_eq!(network["weights"][1]["file"], "in.2", "{network}");
    assert_eq!(network["weights"][0]["unit"], "pA", "{network}");
    spikeloom(&["plot", &desk.name("rec"), "--kind", "trace", "-o", &desk.name("w.svg")]).ends(0);
    // A file that is cut off is told, with its name.
    let whole = desk.read("rec/weights/in.npz");
    std::fs::write(desk.path("rec/weights/in.npz"), &whole[..whole.len() / 2]).expect("written");
    spikeloom(&["stats", &desk.name("rec")]).ends(1).says("in.npz");
}
