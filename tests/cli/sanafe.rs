//! `sanafe`: the numbers that SANA-FE 2.2.9 itself gave, and files that are wrong.

use crate::program::{Desk, spikeloom};

/// A chip of the twin's own tests, and what SANA-FE said of networks on it.
const LOIHI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sim-hw/tests/data/sanafe/loihi.yaml");
const REFERENCE: &str = include_str!("../../sim-hw/tests/data/sanafe/reference.csv");

/// A neuron that fires in each step, and its target on another core: the case `ping-2-0` of the reference.
const PING: &str = "network:
  name: ping
  groups:
    - name: source
      attributes: {threshold: 0.5, bias: 1}
      neurons: [0]
    - name: target
      attributes: {threshold: 1000, synapse_hw_name: sparse}
      neurons: [0]
  edges:
    - source.0 -> target.0: {weight: 1}
mappings:
  - source: {core: 0.0}
  - target: {core: 2.0}
";

#[test]
fn a_ping_costs_what_sana_fe_says() {
    let desk = Desk::new();
    let net = desk.file("ping.yaml", PING);
    let row = REFERENCE.lines().find(|line| line.starts_with("ping-2-0,")).expect("the case");
    let wanted: Vec<f64> = row.split(',').skip(1).map(|cell| cell.parse().expect("a number")).collect();
    let report = spikeloom(&["sanafe", LOIHI, &net, "--steps", "4", "--json"]).ends(0).json();
    let energy = ["synapse", "dendrite", "soma", "network"].map(|part| &report["energy_j"][part]);
    let [time, steps] = [&report["time_s"], &report["steps"]];
    let counts = ["synaptic_events", "packets", "neurons_updated", "neurons_fired"].map(|key| &report[key]);
    let got = std::iter::once(steps).chain(energy).chain([time]).chain(counts);
    for (got, wanted) in got.zip(&wanted) {
        let got = got.as_f64().unwrap_or_else(|| panic!("{report:#}"));
        assert!((got - wanted).abs() <= 1e-9 * wanted.abs(), "{got}, not {wanted}: {report:#}");
    }
    let total = report["energy_j"]["total"].as_f64().expect("an energy");
    assert!((total - wanted[1..5].iter().sum::<f64>()).abs() < 1e-9 * total, "all parts");
    let said = spikeloom(&["sanafe", LOIHI, &net, "--steps", "4"]).ends(0).results;
    for word in ["4 steps in 4.18 us", "134 pJ", "838 pJ", "478 pJ", "1.45 nJ", "7 updates, 4 spikes", "4 packets"] {
        assert!(said.contains(word), "{word} is not in\n{said}");
    }
}

#[test]
fn what_is_wrong_has_its_line() {
    let desk = Desk::new();
    let net = desk.file("ping.yaml", PING);
    let wrong = desk.file("wrong.yaml", PING.replace("core: 2.0", "core: 99.0"));
    let said = spikeloom(&["sanafe", LOIHI, &wrong, "--steps", "4"]).ends(2);
    said.says("wrong.yaml:14:").says("1 problem found; nothing was run");
    let problems = spikeloom(&["sanafe", LOIHI, &wrong, "--steps", "4", "--json"]).ends(2).problems();
    assert_eq!((problems.len(), &problems[0]["line"], &problems[0]["column"]), (1, &14.into(), &3.into()));
    spikeloom(&["sanafe", &net, LOIHI, "--steps", "4"]).ends(2).says("ping.yaml:1:1");
    spikeloom(&["sanafe", LOIHI, &desk.name("none.yaml"), "--steps", "4"]).says("none.yaml");
    spikeloom(&["sanafe", LOIHI, &net, "--steps", "0"]).ends(2).says("0 is not in 1..");
    spikeloom(&["sanafe", LOIHI, &net]).ends(2).says("--steps");
}
