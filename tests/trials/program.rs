//! `run`, `check` and the rest with a netlist of trials.

use crate::program::{Desk, spikeloom};

/// The example of the design, with weights that make its neurons fire, in fewer and shorter trials.
fn desk() -> (Desk, String) {
    let desk = Desk::new();
    let text = include_str!("../data/examples/trials.toml");
    let changed =
        text.replace("\"80 pA\"", "\"900 pA\"").replace("count      = 60", "count = 6").replace("\"500 ms\"", "\"450 ms\"");
    let file = desk.file("trials.toml", changed);
    (desk, file)
}

#[test]
fn a_run_of_trials_keeps_a_table_of_them() {
    let (desk, file) = desk();
    let out = desk.name("out");
    let summary = spikeloom(&["run", &file, "-q", "--json", "--out", &out, "--raster", &desk.name("r.svg")]).ends(0).json();
    assert_eq!((&summary["trials"]["count"], &summary["duration_ms"]), (&6.into(), &2700.0.into()), "{summary:#}");
    let table = desk.text("out/trials.csv");
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0], ["trial", "condition", "start_ms", "exc.spikes"], "{table}");
    let starts: Vec<&str> = rows[1..].iter().map(|row| row[2]).collect();
    assert_eq!(starts, ["0", "450", "900", "1350", "1800", "2250"], "{table}");
    let sum: u64 = rows[1..].iter().map(|row| row[3].parse::<u64>().expect("a number")).sum();
    assert_eq!(summary["spikes"], sum, "{table}");
    let of =
        |name: &str| -> u64 { rows[1..].iter().filter(|r| r[1] == name).map(|r| r[3].parse::<u64>().expect("a number")).sum() };
    assert!(of("left") > of("right") && of("right") > of("blank") && of("blank") > 0, "40, 10 and 0 Hz: {table}");
    spikeloom(&["stats", &out]).ends(0);
    spikeloom(&["plot", &out, "-o", &desk.name("zoom.svg"), "--from", "450ms", "--to", "900ms"]).ends(0);
    spikeloom(&["run", &desk.name("out/run.json"), "-q"]).ends(0);
    let plain = spikeloom(&["check", &file]).ends(0);
    assert!(plain.results.contains("6 trials of 450 ms of left, right, blank, in balanced blocks"), "{}", plain.results);
}

#[test]
fn threads_run_trials_side_by_side_with_the_same_spikes() {
    let (_desk, file) = desk();
    let hash = |threads: &str, reset: &str| {
        let set = format!("trials.reset={reset}");
        spikeloom(&["run", &file, "-q", "--json", "--threads", threads, "--set", &set]).ends(0).json()["spike_hash"].clone()
    };
    for reset in ["state", "nothing"] {
        assert!(hash("1", reset) == hash("2", reset), "{reset}: one thread or two");
    }
    assert!(hash("1", "state") != hash("1", "nothing"), "a reset makes a difference");
}

#[test]
fn a_duration_is_refused_and_trials_are_swept() {
    let (desk, file) = desk();
    spikeloom(&["run", &file, "-q", "--duration", "1s"]).ends(2).says("trials.count");
    let out = desk.name("sweep");
    spikeloom(&["sweep", &file, "-q", "--over", "trials.count=3,6", "--out", &out]).ends(0);
    let spikes = |point: &str| desk.json(&format!("sweep/{point}/summary.json"))["spikes"].as_u64();
    assert!(spikes("trials.count=3") < spikes("trials.count=6"), "more trials, more spikes");
    assert_eq!(desk.text("sweep/trials.count=3/trials.csv").lines().count(), 4, "three trials");
}
