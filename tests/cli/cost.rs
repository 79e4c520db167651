//! `cost`: numbers that follow from others by hand or by the simulation, and what is said where there are none.

use super::SMALL;
use crate::program::{Desk, spikeloom};
use serde_json::Value;

fn cost(netlist: &str, more: &[&str]) -> Value {
    spikeloom(&[&["cost", netlist, "-q", "--json"], more].concat()).ends(0).json()
}

fn number(value: &Value, path: &[&str]) -> f64 {
    path.iter().fold(value, |value, key| &value[key]).as_f64().unwrap_or_else(|| panic!("{path:?}: {value:#}"))
}

fn near(got: f64, want: f64) {
    assert!((got - want).abs() <= 1e-12 * want.abs(), "{got}, not {want}");
}

/// Every synaptic event of the simulation is one of the machine, however closely packets are followed; and where none is lost, the
/// sums are what following each packet gives.
#[test]
fn the_machine_has_the_events_of_the_simulation() {
    for netlist in ["vogels-abbott-cuba", "izhikevich-2003"] {
        let (duration, run) = ("300ms", ["run", netlist, "-q", "--json", "--duration", "300ms", "--set", "network.warmup=0ms"]);
        let simulated = spikeloom(&run).ends(0).json();
        let reports = ["count", "links", "router"]
            .map(|model| cost(netlist, &["--model", model, "--duration", duration, "--set", "network.warmup=0ms"]));
        for report in &reports {
            assert_eq!(number(report, &["synaptic_events"]), number(&simulated, &["synaptic_events"]), "{netlist}");
            let packets = &report["packets"];
            assert_eq!(packets["sent"], simulated["spikes"], "a packet a spike: {packets}");
            for key in ["hops", "delivered"] {
                assert_eq!(packets[key], reports[0]["packets"][key], "{netlist}: {key}");
            }
            for key in ["dropped", "lost", "in_flight"] {
                assert_eq!(packets[key], 0, "{netlist}: {key}");
            }
        }
    }
}

/// Sources of two spikes, delays of 1 to 200 steps. Accumulators of 100 cells with two receptors reach 64: three more stages hold a
/// spike back, each sends a packet, and each synapse is found by one of them, once. Spikes of the last 200 ms are not all over.
#[test]
fn spikes_held_back_find_each_synapse_once() {
    let net = r#"
spikeloom = 1
[network]
timestep = "1 ms"
duration = "300 ms"
[populations.far]
neurons = { model = "spike_train", times = ["3 ms", "9 ms"] }
size = 50
[populations.cells]
neurons = { model = "lif_psc_exp" }
size = 100
[[projections]]
source = "far"
target = "cells"
connect = { rule = "pairwise_bernoulli", p = 0.5 }
weight = "0.1 pA"
delay = DELAY
"#;
    let desk = Desk::new();
    let cases = [("\"200 ms\"", 3), ("\"129 ms\"", 2), ("\"64 ms\"", 0), ("{ uniform = [\"1 ms\", \"200 ms\"] }", 3)];
    for (index, (delay, stages)) in cases.into_iter().enumerate() {
        let file = desk.file(&format!("{index}.toml"), net.replace("DELAY", delay));
        let simulated = spikeloom(&["run", &file, "-q", "--json"]).ends(0).json();
        for model in ["count", "links", "router"] {
            let report = cost(&file, &["--platform", "spinnaker1", "--model", model]);
            let says = format!("{delay}, {model}");
            assert_eq!(number_of(&report, "sent"), 2 * 50 * (1 + stages), "{says}");
            assert_eq!(number(&report, &["synaptic_events"]), number(&simulated, &["synaptic_events"]), "{says}");
        }
    }
}

/// 500 private trains of 200 Hz send 100,000 packets a second: as their mean where packets are counted, drawn where they are followed,
/// within five standard deviations. 40 trains of each of 3 cells at 2 kHz are 80 a step and cell: more than is drawn at a time.
#[test]
fn private_trains_send_their_rate() {
    let net = r#"
spikeloom = 1
[network]
timestep = "1 ms"
duration = "1 s"
[populations.private]
neurons = { model = "poisson_generator", rate = "RATE" }
size = UNITS
[populations.cells]
neurons = { model = "lif_psc_exp" }
size = CELLS
[[projections]]
source = "private"
target = "cells"
connect = { rule = "all_to_all" }
weight = "0.1 pA"
delay = "1 ms"
"#;
    let desk = Desk::new();
    for (rate, units, cells) in [("200 Hz", 5, 100), ("2 kHz", 40, 3)] {
        let text = net.replace("RATE", rate).replace("UNITS", &units.to_string()).replace("CELLS", &cells.to_string());
        let file = desk.file(&format!("{units}.toml"), &text);
        let mean = units * cells * if units == 5 { 200 } else { 2000 };
        let sent = ["count", "links", "router"].map(|model| {
            number_of(&cost(&file, &["--platform", "spinnaker1", "--model", model, "--time-scale-factor", "20"]), "sent")
        });
        assert_eq!(sent[0], mean, "{rate}");
        assert_eq!(sent[1], sent[2], "{rate}");
        assert!(sent[1] != mean && sent[1].abs_diff(mean) < 5 * mean.isqrt(), "{rate}: {} for {mean}", sent[1]);
        let live = spikeloom(&["run", &file, "-q", "--json", "--on", "spinnaker1", "--time-scale-factor", "20"]).ends(0).json();
        assert_eq!(live["machine"]["packets_on_time"], sent[1], "{rate}: those of the machine that carries spikes are the same");
    }
}

fn number_of(report: &Value, packets: &str) -> u64 {
    report["packets"][packets].as_u64().unwrap_or_else(|| panic!("{packets}: {report:#}"))
}

/// A lone boxed board draws 31.88 W (SpiNNMachine 7.4.1), a core 34 mW more, a packet 1 nJ at every router: those of its source and
/// behind each link. A second of biology, twice as slow.
#[test]
fn energy_is_what_happened_times_its_prices() {
    let report = cost("vogels-abbott-cuba", &["--duration", "500ms", "--time-scale-factor", "2"]);
    let energy = |key: &str| number(&report, &["energy_j", key]);
    near(energy("board"), 26.84 + 5.04);
    near(energy("cores"), 0.034 * number(&report, &["cores"]));
    let passages = number(&report, &["packets", "sent"]) + number(&report, &["packets", "hops"]);
    near(energy("packets"), 1e-9 * passages);
    near(energy("total"), energy("board") + energy("cores") + energy("packets"));
    near(energy("marginal"), energy("cores") + energy("packets"));
    near(number(&report, &["energy_per_synaptic_event_j", "total"]), energy("total") / number(&report, &["synaptic_events"]));
    let (low, high) = (number(&report, &["energy_band_j", "total", "low"]), number(&report, &["energy_band_j", "total", "high"]));
    assert!(low < energy("total") && energy("total") <= high);
    assert_eq!((report["chips"].as_u64(), report["boards"].as_u64()), (Some(48), Some(1)));
}

/// 256 neurons of 165 cycles at 200 MHz are 211.2 us of a step of 100 us; 64 are 52.8.
#[test]
fn fewer_neurons_on_a_core_keep_time() {
    let slow = cost("vogels-abbott-cuba", &["--duration", "200ms"]);
    assert_eq!(slow["real_time"], false);
    assert!(number(&slow, &["worst_step_us"]) > 211.2 && number(&slow, &["slack_us"]) < 0.0);
    let factor = number(&slow, &["time_scale_factor"]);
    assert!((2.11..3.0).contains(&factor), "{factor}");
    let said = slow["bottleneck"].as_str().expect("a sentence");
    assert!(said.contains("updates of neurons") && said.contains("neurons a core instead of 256"), "{said}");
    let fast = cost("vogels-abbott-cuba", &["--duration", "200ms", "--set", "hardware.neurons_per_core=64"]);
    assert_eq!((&fast["real_time"], &fast["late_packets"], &fast["overruns"]), (&true.into(), &0.into(), &0.into()));
    assert_eq!(fast["cores"], 63, "3200 and 800 cells, 64 a core");
    near(number(&fast, &["worst_step_us"]) + number(&fast, &["slack_us"]), 100.0);
    // Slowed down by what was said, the large cores keep time, too.
    let slowed = (factor * 1.1).to_string();
    let slowed = cost("vogels-abbott-cuba", &["--duration", "200ms", "--time-scale-factor", &slowed]);
    assert_eq!(slowed["overruns"], 0);
}

/// Without chip (0, 0) and two cores of (0, 1) the network moves; a broken link is gone around.
#[test]
fn what_is_broken_is_not_used() {
    let broken =
        ["--set", "hardware.dead_chips=(0, 0)", "--set", "hardware.dead_cores=(0, 1):2", "--set", "hardware.dead_links=(0, 1):2"];
    let [whole, hurt] = [&[][..], &broken[..]].map(|more| cost("vogels-abbott-cuba", &[&["--duration", "100ms"], more].concat()));
    assert_eq!((&whole["chips"], &hurt["chips"]), (&48.into(), &47.into()));
    assert_eq!((&whole["synaptic_events"], &whole["cores"]), (&hurt["synaptic_events"], &hurt["cores"]));
    let places = hurt["busiest_cores"].as_array().expect("cores");
    assert!(places.iter().all(|core| core["core"][0] != 0 || core["core"][1] != 0), "{places:?}");
    assert_eq!(hurt["packets"]["lost"], 0);
}

#[test]
fn a_recording_costs_what_its_run_costs() {
    let desk = Desk::new();
    let (net, out) = (desk.file("net.toml", SMALL), desk.name("out"));
    spikeloom(&["run", &net, "-q", "--out", &out]).ends(0);
    assert_eq!(cost(&net, &["--recording", &out]), cost(&net, &[]));
    let unrecorded = desk.file("other.toml", SMALL.replace("[\"exc\", \"inh\", \"noise\"]", "\"exc\""));
    let partial = desk.name("partial");
    spikeloom(&["run", &unrecorded, "-q", "--out", &partial]).ends(0);
    let said = spikeloom(&["cost", &net, "-q", "--recording", &partial]).ends(2);
    said.says("the spikes of \"noise\", \"inh\" are not recorded: every packet is needed");
}

#[test]
fn platforms_side_by_side() {
    let report = cost("vogels-abbott-cuba", &["--duration", "100ms", "--compare", "spinnaker1,truenorth,cpu,akida"]);
    let platforms = report["platforms"].as_array().expect("platforms");
    assert_eq!(platforms.len(), 4);
    let events = |index: usize| number(&platforms[index], &["synaptic_events"]);
    assert_eq!((events(0), events(0)), (events(1), events(2)), "the same network");
    // 64.43 mW and 2.297 pJ an event: hwcost, the fit of TrueNorth's published power.
    let energy = number(&platforms[1], &["energy_j", "total"]);
    assert!((energy / (0.06443 * 0.1 + 2.297e-12 * events(1)) - 1.0).abs() < 1e-3, "{energy}");
    assert_eq!(number(&platforms[3], &["energy_j", "total"]), 0.0, "nothing of it is priced");
    assert!(!platforms[3]["not_priced"].as_array().expect("a list").is_empty(), "and that is said");
}

#[test]
fn what_does_not_fit_and_what_there_is_not() {
    let desk = Desk::new();
    let many = ["hardware.neurons_per_core=1", "hardware.boards=1"];
    spikeloom(&["cost", "vogels-abbott-cuba", "-q", "--set", many[0], "--set", many[1]])
        .ends(2)
        .says("does not fit on spinnaker1")
        .says("4000 cores are needed, the machine has 759: 3241 too few");
    spikeloom(&["cost", "hello", "--platform", "spinnaker"])
        .ends(2)
        .says("there is no platform \"spinnaker\"; there are spinnaker1");
    spikeloom(&["cost", "hello", "--set", "hardware.neurons=3"]).ends(2).says("[hardware] neurons is unknown");
    spikeloom(&["cost", "hello", "--set", "hardware.dead_links=(0, 0):6"])
        .ends(2)
        .says("\"(0,0):6\" is not (x, y):link from 0 to 5");
    spikeloom(&["cost", "hello", "--time-scale-factor", "0"]).ends(2).says("no number above 0");
    let broken = desk.file("mine.toml", "name = \"mine\"\n");
    spikeloom(&["cost", "hello", "--platform", &broken]).ends(2).says("mine.toml");
}
