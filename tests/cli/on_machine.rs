//! `run --on`: networks whose spikes an emulated machine carries.

use super::SMALL;
use crate::program::{Desk, spikeloom};
use serde_json::Value;

fn run(netlist: &str, more: &[&str]) -> Value {
    spikeloom(&[&["run", netlist, "-q", "--json"], more].concat()).ends(0).json()
}

fn counts(summary: &Value) -> [u64; 3] {
    ["packets_on_time", "packets_late", "packets_lost"].map(|key| summary["machine"][key].as_u64().expect(key))
}

/// The memory's authors ran it on the machine: all is in time there, and every spike is that of the run without one.
#[test]
fn the_memory_runs_on_the_machine_spike_by_spike() {
    let plain = run("ca3-memory", &["--set", "network.numerics=spinnaker"]);
    for more in [&["--model", "links"][..], &["--model", "router"], &["--set", "hardware.placement=spread"]] {
        let on = run("ca3-memory", &[&["--on", "spinnaker1"], more].concat());
        assert_eq!(on["spike_hash"], plain["spike_hash"], "{more:?}");
        assert_eq!((&on["synaptic_events"], &on["machine"]["numerics"]), (&plain["synaptic_events"], &"spinnaker".into()));
        let [on_time, late, lost] = counts(&on);
        assert!(on_time > 400 && late == 0 && lost == 0, "{more:?}: {on_time} {late} {lost}");
    }
    let float = run("ca3-memory", &["--on", "spinnaker1", "--set", "network.numerics=float"]);
    assert_eq!(float["machine"]["numerics"], "float", "what the netlist says holds");
}

/// Ten times slower than biology the cores have time for all; as fast as biology, at steps of 0.1 ms, they have not.
#[test]
fn a_slower_machine_is_in_time() {
    let plain = run("vogels-abbott-cuba", &["--duration", "200ms"]);
    let on =
        |factor: &str| run("vogels-abbott-cuba", &["--duration", "200ms", "--on", "spinnaker1", "--time-scale-factor", factor]);
    let (slow, fast) = (on("10"), on("1"));
    assert_eq!((&slow["spike_hash"], &slow["synaptic_events"]), (&plain["spike_hash"], &plain["synaptic_events"]));
    let ([on_time, late, lost], [_, fast_late, fast_lost]) = (counts(&slow), counts(&fast));
    assert!(on_time > 100_000 && (late, lost) == (0, 0), "{on_time} {late} {lost}");
    assert!(fast_late > 100_000 && fast_lost == 0 && fast["machine"]["latest_steps"].as_u64() >= Some(1), "{fast_late}");
    assert_ne!(fast["spike_hash"], plain["spike_hash"], "what comes late acts late");
    assert_eq!(slow["machine"]["numerics"], "float", "lif_psc_exp has no other numbers");
}

/// 500 sources, all of a core, fire at once onto 100 neurons, all of a core. This takes 100 cycles to receive a packet, 290 for its
/// row, 31 for each of 100 synapses: 17.45 us at 200 MHz. By the end of a step of 1 ms 57 are worked off, the last in the ninth.
#[test]
fn a_core_works_off_one_packet_after_the_other() {
    let net = r#"
spikeloom = 1
[network]
timestep = "1 ms"
duration = "20 ms"
[populations.all]
neurons = { model = "spike_train", times = ["3 ms"] }
size = 500
[populations.cells]
neurons = { model = "lif_psc_exp" }
size = 100
[[projections]]
source = "all"
target = "cells"
connect = { rule = "all_to_all" }
weight = "0.1 pA"
delay = "2 ms"
"#;
    let desk = Desk::new();
    let on = run(&desk.file("net.toml", net), &["--on", "spinnaker1"]);
    assert_eq!((counts(&on), &on["machine"]["latest_steps"]), ([57, 443, 0], &8.into()));
    assert_eq!(on["synaptic_events"], 500 * 100);
}

/// Losses are those of the seed, and of the packets that cross a link: on one chip there are none.
#[test]
fn lost_packets_are_lost_in_the_network() {
    let on = |more: &[&str]| run("ca3-memory", &[&["--on", "spinnaker1", "--set", "hardware.packet_loss=0.1"], more].concat());
    let spread = ["--set", "hardware.placement=spread"];
    let (lossy, again) = (on(&spread), on(&spread));
    assert_eq!(lossy["spike_hash"], again["spike_hash"]);
    assert!(counts(&lossy)[2] > 10, "{:?}", counts(&lossy));
    let other = on(&[&spread[..], &["--set", "hardware.fault_seed=2"]].concat());
    assert_ne!(other["spike_hash"], lossy["spike_hash"]);
    let (near, plain) = (on(&[]), run("ca3-memory", &[]));
    assert_eq!((counts(&near)[2], &near["spike_hash"]), (0, &plain["spike_hash"]));
}

/// Nothing comes over links that carry nothing; and slow ones make packets late.
#[test]
fn links_that_lose_all_and_links_that_are_slow() {
    let spread = ["--on", "spinnaker1", "--set", "hardware.placement=spread"];
    let cut = run("ca3-memory", &[&spread[..], &["--set", "hardware.packet_loss=1"]].concat());
    assert_eq!(counts(&cut)[..2], [0, 0], "each slice is on a chip of its own");
    let all: String = (0..8).flat_map(|x| (0..8).flat_map(move |y| (0..6).map(move |l| format!("({x},{y}):{l} ")))).collect();
    let (slow, by) = (format!("hardware.slow_links={all}"), "hardware.link_slowdown=5000");
    let slow = run("ca3-memory", &[&spread[..], &["--set", &slow, "--set", by]].concat());
    let [_, late, lost] = counts(&slow);
    assert!(late > 100 && lost == 0, "5,000 times 0.32 us for a link is 1.6 steps: {late}");
}

/// A recording of it is repeated with its machine.
#[test]
fn a_recorded_run_is_repeated() {
    let desk = Desk::new();
    let folder = desk.name("run");
    let loss = ["--set", "hardware.packet_loss=0.1", "--set", "hardware.placement=spread"];
    let on = run("ca3-memory", &[&["--on", "spinnaker1", "--model", "router", "--out", &folder], &loss[..]].concat());
    let again = run(&format!("{folder}/run.json"), &[]);
    assert_eq!((&again["spike_hash"], &again["machine"]), (&on["spike_hash"], &on["machine"]));
}

#[test]
fn what_cannot_be_carried_is_refused() {
    let desk = Desk::new();
    let run = |more: &[&str]| spikeloom(&[&["run"], more, &["-q"]].concat());
    run(&["hello", "--on", "spinnaker"]).ends(2).says("there is no platform \"spinnaker\"");
    run(&["hello", "--on", "truenorth"]).ends(2).says("packets on truenorth cannot be followed");
    run(&["hello", "--on", "spinnaker1", "--engine", "event"]).ends(2).says("a machine has steps");
    run(&["hello", "--on", "spinnaker1", "--time-scale-factor", "-1"]).ends(2);
    run(&["hello", "--time-scale-factor", "2"]).ends(2).says("--on");
    run(&["lsm-digits", "--on", "spinnaker1"]).ends(2).says("it has trials");
    run(&["hello", "--on", "spinnaker1", "--set", "hardware.packet_loss=2"]).ends(2).says("no number from 0 to 1");
    let small = desk.file("small.toml", SMALL);
    run(&[&small, "--on", "spinnaker1", "--set", "hardware.dead_chip_chance=1"]).ends(2).says("does not fit");
}
