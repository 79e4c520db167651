//! The netlists of the design that need nothing that is not built: each is run as it stands.

use crate::program::{Desk, spikeloom};
use std::fs;

/// A desk with the examples, and the worm's tables where its netlist looks for them.
fn desk() -> Desk {
    let desk = Desk::new();
    for (name, text) in [
        ("coba.toml", include_str!("data/examples/coba.toml")),
        ("potjans_diesmann.toml", include_str!("data/examples/potjans_diesmann.toml")),
        ("two_columns.toml", include_str!("data/examples/two_columns.toml")),
        ("celegans.toml", include_str!("data/examples/celegans.toml")),
        ("reward.toml", include_str!("data/examples/reward.toml")),
        ("tripartite.toml", include_str!("data/examples/tripartite.toml")),
    ] {
        desk.file(name, text);
    }
    fs::create_dir(desk.path("celegans")).expect("a folder");
    desk.file("celegans/neurons.csv", include_str!("../netlists/library/celegans/neurons.csv"));
    desk.file("celegans/cook2019_herm.csv", include_str!("../netlists/library/celegans/cook2019_herm.csv"));
    desk
}

/// Neurons and spikes of 20 ms.
fn run(desk: &Desk, name: &str) -> (u64, u64) {
    let summary = spikeloom(&["run", &desk.name(name), "-q", "--json", "--duration", "20ms"]).ends(0).json();
    (summary["neurons"].as_u64().expect("a number"), summary["spikes"].as_u64().expect("a number"))
}

#[test]
fn the_examples_run_as_they_stand() {
    let desk = desk();
    for (name, neurons) in [("coba.toml", 4000), ("potjans_diesmann.toml", 7718), ("two_columns.toml", 2 * 7718)] {
        spikeloom(&["check", &desk.name(name), "--strict"]).ends(0);
        let (found, spikes) = run(&desk, name);
        assert_eq!(found, neurons, "{name}: neurons");
        assert!(spikes > 100, "{name}: it is alive, with {spikes} spikes");
    }
}

/// Its noise alone drives nothing in 20 ms; but it is checked and runs, a hundred targets to a pool.
#[test]
fn the_tripartite_example_runs_as_it_stands() {
    let desk = desk();
    spikeloom(&["check", &desk.name("tripartite.toml"), "--strict"]).ends(0);
    assert_eq!(run(&desk, "tripartite.toml").0, 1100, "neurons and astrocytes");
}

#[test]
fn the_reward_example_runs_as_it_stands() {
    let desk = desk();
    spikeloom(&["check", &desk.name("reward.toml"), "--strict"]).ends(0);
    let (neurons, spikes) = run(&desk, "reward.toml");
    assert!(neurons == 1021 && spikes > 0, "{neurons} cells, the modulator among them, {spikes} spikes");
}

/// Gap junctions are not built: that is the one thing said of the worm, and without them it runs.
#[test]
fn the_worm_runs_without_its_gap_junctions() {
    let desk = desk();
    let problems = spikeloom(&["check", &desk.name("celegans.toml"), "--json"]).ends(2).problems();
    let codes: Vec<&str> = problems.iter().filter_map(|p| p["code"].as_str()).collect();
    assert_eq!(codes, ["not-built-yet"], "{problems:#?}");
    let text = desk.text("celegans.toml");
    let gap = text.find("[[projections]]\nname    = \"gap\"").expect("the gap junctions");
    let end = gap + text[gap..].find("[[projections]]                ").expect("the next block");
    desk.file("celegans.toml", format!("{}{}", &text[..gap], &text[end..]));
    assert_eq!(run(&desk, "celegans.toml").0, 302, "all cells");
}
