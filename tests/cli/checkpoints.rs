//! `run --checkpoint` and `resume`: what goes on from a snapshot is the run that never stopped.

use crate::program::{Desk, spikeloom};
use serde_json::Value;

fn json(arguments: &[&str]) -> Value {
    spikeloom(&[arguments, &["-q", "--json"]].concat()).ends(0).json()
}

/// Lines of recorded spikes after a time.
fn spikes_after(desk: &Desk, folder: &str, ms: f64) -> Vec<String> {
    let csv = desk.name(&format!("{folder}.csv"));
    spikeloom(&["convert", &desk.name(folder), &csv]).ends(0);
    let text = desk.text(&format!("{folder}.csv"));
    let time = |line: &str| line.split(',').next().and_then(|ms| ms.parse::<f64>().ok());
    text.lines().filter(|line| time(line).is_some_and(|time| time > ms + 1e-9)).map(str::to_string).collect()
}

/// Static and plastic networks, noise, a modulator, the chip's arithmetic: cut within the run, and within the warm-up.
#[test]
fn a_run_goes_on_as_if_it_had_never_stopped() {
    for (netlist, cut, whole) in [
        ("vogels-abbott-cuba", "60ms", "150ms"),
        ("brunel-stdp", "20ms", "40ms"),
        ("reward-stdp", "300ms", "800ms"),
        ("tripartite", "100ms", "200ms"),
        ("ca3-memory", "41ms", "90ms"),
    ] {
        let desk = Desk::new();
        let (snapshot, rest, all) = (desk.name("state"), desk.name("rest"), desk.name("all"));
        let uncut = json(&["run", netlist, "--duration", whole, "--out", &all]);
        let begun = json(&["run", netlist, "--duration", cut, "--threads", "2", "--checkpoint", &snapshot]);
        let resumed = json(&["resume", &snapshot, "--duration", whole, "--threads", "1", "--out", &rest]);
        assert_eq!(resumed["spike_hash"], uncut["spike_hash"], "{netlist}");
        let spikes = |summary: &Value| summary["spikes"].as_u64().expect("spikes");
        assert_eq!(spikes(&begun) + spikes(&resumed), spikes(&uncut), "{netlist}: none twice, none lost");
        let from = resumed["from_ms"].as_f64().expect("a time");
        assert_eq!(spikes_after(&desk, "rest", 0.0), spikes_after(&desk, "all", from), "{netlist}: what is recorded");
        assert!(desk.json("rest/run.json")["resumed"]["tick"].as_u64() > Some(0), "{netlist}: the manifest says so");
        spikeloom(&["run", &format!("{rest}/run.json")]).ends(1).says("went on from a snapshot");
    }
}

/// Continuous time, and trials: within one, and between those that begin with a state.
#[test]
fn events_and_trials_go_on_too() {
    let desk = Desk::new();
    let trials = r#"
spikeloom = 1
[network]
warmup = "20 ms"
seed = 3
[trials]
count = 9
each = "30 ms"
reset = "RESET"
[populations.a]
size = 40
neurons = { model = "lif_psc_exp", i_e = "380 pA" }
[populations.noise]
size = 20
neurons = { model = "poisson_source", rate = "300 Hz" }
[[projections]]
source = "noise"
target = "a"
connect = { rule = "pairwise_bernoulli", p = 0.3 }
weight = "80 pA"
delay = "1.5 ms"
[[record]]
from = "a"
what = "spikes"
"#;
    let [turn, own] = ["nothing", "state"].map(|reset| desk.file(&format!("{reset}.toml"), trials.replace("RESET", reset)));
    let state = desk.name("state");
    let (durations, counts) =
        (["--duration", "40ms", "--duration", "120ms"], ["--set", "trials.count=1", "--set", "trials.count=9"]);
    for (netlist, engine, [cut, short, grown, long]) in [
        ("hello", "event", durations),
        (&turn, "grid", counts),
        (&turn, "event", counts),
        (&own, "grid", counts),
        (&own, "event", counts),
    ] {
        let run = ["run", netlist, "--engine", engine];
        let whole = json(&[&run[..], &[grown, long]].concat());
        let often = json(&[&run[..], &[grown, long, "--checkpoint", &state, "--checkpoint-every", "40ms"]].concat());
        assert_eq!(often["spike_hash"], whole["spike_hash"], "{netlist}, {engine}: snapshots change nothing");
        let begun = json(&[&run[..], &[cut, short, "--checkpoint", &state]].concat());
        let resumed = json(&["resume", &state, grown, long]);
        assert_eq!(resumed["spike_hash"], whole["spike_hash"], "{netlist}, {engine}");
        let spikes = |summary: &Value| summary["spikes"].as_u64().expect("spikes");
        assert!(spikes(&resumed) > spikes(&begun), "{netlist}, {engine}: most of it was still to come");
        assert_eq!(spikes(&begun) + spikes(&resumed), spikes(&whole), "{netlist}, {engine}: none twice, none lost");
    }
}

/// Rates after a snapshot are those of the time after it.
#[test]
fn rates_are_of_the_time_that_is_run() {
    let desk = Desk::new();
    let state = desk.name("state");
    json(&["run", "brunel-ai", "--set", "order=250", "--duration", "500ms", "--checkpoint", &state]);
    let rate = |summary: &Value| summary["populations"]["exc"]["rate_hz"].as_f64().expect("a rate");
    let resumed = json(&["resume", &state, "--duration", "1s"]);
    let whole = json(&["run", "brunel-ai", "--set", "order=250", "--duration", "1s"]);
    assert!((rate(&resumed) / rate(&whole) - 1.0).abs() < 0.1, "{} and {}", rate(&resumed), rate(&whole));
}

/// From time 0 again, with the weights of before: what was learned makes a difference, and only that.
#[test]
fn a_reset_keeps_weights() {
    let desk = Desk::new();
    let (learned, fresh, again) = (desk.name("learned"), desk.name("fresh"), desk.name("again"));
    let begun = json(&["run", "brunel-stdp", "--duration", "30ms", "--checkpoint", &learned]);
    spikeloom(&["reset", &learned, "--keep", "weights", "-o", &fresh]).ends(0);
    let on = json(&["resume", &fresh, "--duration", "30ms"]);
    assert_eq!(on["from_ms"], begun["from_ms"], "it begins at the beginning");
    let (spikes, before) = (on["spikes"].as_u64().expect("spikes") as f64, begun["spikes"].as_u64().expect("spikes") as f64);
    assert!((spikes / before - 1.0).abs() < 0.2 && on["spike_hash"] != begun["spike_hash"], "{spikes} and {before}");
    // Of a run that has not begun, nothing changes.
    spikeloom(&["reset", &fresh, "--keep", "weights", "-o", &again]).ends(0);
    assert!(desk.read("again") == desk.read("fresh"), "the same snapshot");
    json(&["run", "hello", "--checkpoint", &learned]);
    spikeloom(&["reset", &learned, "--keep", "weights", "-o", &fresh]).ends(2).says("no synapse of this network learns");
}

/// By the clock: one is there long before the end.
#[test]
fn snapshots_are_written_by_the_clock() {
    let desk = Desk::new();
    let state = desk.name("state");
    let run = ["run", "vogels-abbott-cuba", "--duration", "100ms", "--checkpoint", &state];
    let often = json(&[&run[..], &["--checkpoint-every-wall", "1ms"]].concat());
    let whole = json(&run);
    assert_eq!(often["spike_hash"], whole["spike_hash"]);
    spikeloom(&[&run[..], &["--checkpoint-every-wall", "often"]].concat()).ends(2).says("is no time");
    spikeloom(&["run", "hello", "--checkpoint-every-wall", "1s"]).ends(2).says("--checkpoint");
}

/// Snapshots on the way are those of the moment; the last one is of the end.
#[test]
fn snapshots_are_written_on_the_way() {
    let desk = Desk::new();
    let (often, once) = (desk.name("often"), desk.name("once"));
    json(&["run", "vogels-abbott-cuba", "--duration", "100ms", "--checkpoint", &often, "--checkpoint-every", "7ms"]);
    json(&["run", "vogels-abbott-cuba", "--duration", "100ms", "--checkpoint", &once, "--threads", "1"]);
    let tail = |name: &str| desk.read(name).len();
    assert_eq!(tail("often"), tail("once"));
    let on = |file: &str| json(&["resume", file, "--duration", "160ms"])["spike_hash"].clone();
    assert_eq!(on(&often), on(&once), "however often it was written");
    let chain = desk.name("chain");
    json(&["resume", &often, "--duration", "130ms", "--checkpoint", &chain]);
    assert_eq!(on(&chain), on(&once), "a snapshot of what went on from a snapshot");
}

/// Other parameters from the snapshot on are a branch; another network is none.
#[test]
fn branches_and_what_is_none() {
    let desk = Desk::new();
    let snapshot = desk.name("state");
    json(&["run", "brunel-ai", "--duration", "10ms", "--set", "order=250", "--checkpoint", &snapshot]);
    let on = |more: &[&str]| json(&[&["resume", &snapshot, "--duration", "60ms"], more].concat())["spike_hash"].clone();
    assert_ne!(on(&["--set", "eta=2.5"]), on(&[]), "more drive, other spikes");
    for other in ["order=300", "network.seed=7", "network.timestep=0.2ms"] {
        let said = spikeloom(&["resume", &snapshot, "--duration", "60ms", "--set", other, "-q"]).ends(2);
        said.says("a network of another structure");
    }
    spikeloom(&["resume", &snapshot, "-q", "--duration", "5ms"]).ends(2).says("--duration says how long");
}

#[test]
fn what_has_no_snapshot_is_said() {
    let desk = Desk::new();
    let state = desk.name("state");
    let run = |more: &[&str]| spikeloom(&[&["run"], more, &["-q", "--checkpoint", &state]].concat()).ends(2);
    run(&["ca3-memory", "--on", "spinnaker1"]).says("under way on a machine");
    run(&["hello", "--checkpoint-every", "0ms"]).says("no time of a step or more");
    assert!(!desk.path("state").exists(), "nothing was written");
    spikeloom(&["resume", &state]).ends(1).says("No such file");
    let other = desk.file("other", "spikeloom = 1\n");
    spikeloom(&["resume", &other]).ends(2).says("not a snapshot of spikeloom");
    spikeloom(&["run", "hello", "-q", "--checkpoint", &desk.name("no/such/folder")]).ends(1).says("there is no folder");
}

#[test]
fn side_files_are_those_of_the_snapshot() {
    let desk = Desk::new();
    let net = "spikeloom = 1\n[network]\nduration = \"20 ms\"\n[populations.a]\nsize = 2\n\
               neurons = { model = \"spike_train\", times = { file = \"t.csv\", column = \"t_ms\", cell = \"neuron\" } }\n\
               [[record]]\nfrom = \"a\"\nwhat = \"spikes\"\n";
    let (net, snapshot) = (desk.file("net.toml", net), desk.name("state"));
    desk.file("t.csv", "neuron,t_ms\n0,3\n1,12\n");
    json(&["run", &net, "--duration", "10ms", "--checkpoint", &snapshot]);
    json(&["resume", &snapshot, "--duration", "20ms", "--out", &desk.name("rest")]);
    assert_eq!(spikes_after(&desk, "rest", 0.0).len(), 1, "the one at 12 ms");
    let contained = desk.name("contained");
    json(&["run", &net, "--duration", "10ms", "--checkpoint", &contained, "--self-contained"]);
    desk.file("t.csv", "neuron,t_ms\n0,3\n1,13\n");
    spikeloom(&["resume", &snapshot, "--duration", "20ms"]).ends(1).says("has changed since the snapshot");
    json(&["resume", &contained, "--duration", "20ms", "--out", &desk.name("same")]);
    assert_eq!(spikes_after(&desk, "same", 0.0), spikes_after(&desk, "rest", 0.0), "it has them with it");
}

#[test]
fn wiring_goes_along() {
    let desk = Desk::new();
    let [plain, first, second, whole, reset] = ["plain", "first", "second", "whole", "reset"].map(|name| desk.name(name));
    let run = |more: &[&str]| json(&[&["run", "reward-stdp", "--duration"], more].concat());
    run(&["20ms", "--checkpoint", &plain]);
    run(&["20ms", "--checkpoint", &first, "--self-contained"]);
    run(&["40ms", "--checkpoint", &whole, "--self-contained", "--threads", "2"]);
    json(&["resume", &first, "--duration", "40ms", "--checkpoint", &second, "--self-contained"]);
    let bytes = |name: &str| std::fs::read(desk.path(name)).expect("a file");
    assert!(bytes("second") == bytes("whole"), "what was read is written again");
    assert!(bytes("first").len() > bytes("plain").len() + 150_000, "of 100,000 synapses the sources, in two bytes each");
    json(&["reset", &first, "--keep", "weights", "-o", &reset]);
    assert!(bytes("reset").len() > bytes("plain").len() + 150_000, "also begun anew");
    json(&["resume", &reset, "--duration", "10ms"]);
    desk.file("cut", "");
    std::fs::write(desk.path("cut"), &bytes("first")[..bytes("first").len() - 1000]).expect("written");
    spikeloom(&["resume", &desk.name("cut")]).ends(2).says("ends within its wiring");
}
