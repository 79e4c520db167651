//! The worm: who fires when its nose is touched, over the one free number. Expected are the figures of a dense simulation that
//! shares no line with ours: tests/data/celegans.py.

use crate::differential::Keep;
use crate::netlist;
use crate::program::{Desk, spikeloom};
use std::collections::BTreeMap;

/// Spikes of each cell that fires, by name, at a conductance of a section.
fn spikes(g: &str) -> BTreeMap<String, usize> {
    let network = netlist::shipped("celegans", &[format!("g={g}")]);
    let mut keep = Keep::default();
    netlist::run(&network, 1, &mut keep);
    let mut counts = BTreeMap::new();
    for spike in &keep.spikes {
        let population = network.populations.iter().find(|p| p.range().contains(&spike.neuron)).expect("a population");
        *counts.entry(population.names[(spike.neuron - population.first) as usize].clone()).or_default() += 1;
    }
    counts
}

/// The cells of the group "inter" of Cook et al., the most active first.
fn interneurons(counts: &BTreeMap<String, usize>) -> Vec<(&str, usize)> {
    let table = include_str!("../netlists/library/celegans/neurons.csv");
    let inter: Vec<&str> =
        table.lines().filter(|l| l.split(',').nth(1) == Some("inter")).filter_map(|l| l.split(',').next()).collect();
    let mut found: Vec<(&str, usize)> =
        counts.iter().map(|(name, n)| (name.as_str(), *n)).filter(|(name, _)| inter.contains(name)).collect();
    found.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), *name));
    found
}

#[test]
fn touching_the_nose_drives_the_command_cells_of_escape() {
    let counts = spikes("0.003 nS");
    let first: Vec<&str> = interneurons(&counts).into_iter().take(3).map(|(name, _)| name).collect();
    assert_eq!(first, ["AVAR", "AVAL", "AVDL"], "{:?}", interneurons(&counts));
    let expected =
        [("AVAR", 57), ("AVAL", 53), ("AVDL", 38), ("PVCR", 38), ("PVCL", 37), ("AVDR", 33), ("ASHR", 20), ("ASHL", 19)];
    for (name, expected) in expected {
        let found = counts.get(name).copied().unwrap_or(0);
        assert!(found.abs_diff(expected) <= 2, "{name}: {found} spikes, expected {expected}");
    }
    let all: usize = counts.values().sum();
    assert!(counts.len().abs_diff(63) <= 1, "63 cells fire: {}", counts.len());
    assert!(all.abs_diff(1000) < 30, "they fire 1,000 spikes: {all}");
}

#[test]
fn the_transition_lies_between_two_and_three_picosiemens() {
    let driven: Vec<String> = spikes("0.002 nS").into_keys().collect();
    assert_eq!(driven, ["ASHL", "ASHR"], "below it nothing but what is driven fires");
    for (g, expected) in [("0.0025 nS", 5_usize), ("0.003 nS", 63), ("0.004 nS", 107), ("0.01 nS", 251)] {
        let found = spikes(g).len();
        assert!(found.abs_diff(expected) <= 2, "{g}: {found} cells fire, expected {expected}");
    }
}

#[test]
fn the_wiring_is_that_of_the_table() {
    let network = netlist::shipped("celegans", &[]);
    let size = |name: &str| network.population(name).map(|p| p.size);
    assert_eq!((size("exc"), size("inh")), (Some(267), Some(35)), "302 cells, 35 with GABA");
    let chemical: Vec<usize> = (0..network.projections.len())
        .filter(|index| network.projections[*index].name.starts_with("chemical"))
        .map(|index| netlist::synapses(&network, index).len())
        .collect();
    assert_eq!(chemical.iter().sum::<usize>(), 3709, "every chemical contact of the table is in one of the projections");
    let left_out: Vec<(u64, u64)> = network.left_out.iter().map(|l| (l.rows, l.of)).collect();
    assert_eq!(left_out.iter().map(|l| l.0).sum::<u64>(), 3709, "each block leaves out the other's rows: {left_out:?}");
    assert!(left_out.iter().all(|l| l.1 == 3709), "of all that are chemical: {left_out:?}");
}

#[test]
fn names_are_kept_with_a_recording_and_left_out_rows_are_counted() {
    let desk = Desk::new();
    let out = desk.name("out");
    spikeloom(&["run", "celegans", "--duration", "10ms", "-q", "--out", &out]).ends(0);
    let network = desk.json("out/network.json");
    assert_eq!(network["populations"][0]["cell_names"][0], "ADAL", "the first of the table");
    assert_eq!(network["populations"][2]["cell_names"], serde_json::Value::Null, "a stimulus has none");
    spikeloom(&["run", &desk.name("out/run.json"), "-q"]).ends(0);
    let counted = spikeloom(&["check", "celegans", "--json"]).ends(0).json();
    assert_eq!(counted["rows_left_out"][0]["of"], 3709, "{counted:#}");
    assert!(spikeloom(&["check", "celegans"]).ends(0).results.contains("chemical-exc: 282 of 3,709 rows"), "in words");
}
