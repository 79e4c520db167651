//! `sweep`: many points, a recording of each, a table of all.

use super::SMALL;
use crate::program::{Desk, listing, spikeloom};
use std::fs;

fn rows(desk: &Desk, name: &str) -> Vec<Vec<String>> {
    let text = desk.text(name);
    let records = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).into_records();
    records.map(|r| r.expect("a line").iter().map(str::to_string).collect()).collect()
}

fn column<'a>(rows: &'a [Vec<String>], head: &str) -> Vec<&'a str> {
    let index = rows[0].iter().position(|h| h == head).unwrap_or_else(|| panic!("no column {head} in {:?}", rows[0]));
    rows[1..].iter().map(|r| r[index].as_str()).collect()
}

#[test]
fn each_point_is_the_run_with_its_values() {
    let desk = Desk::new();
    let (net, out) = (desk.file("net.toml", SMALL), desk.name("out"));
    let over = ["--over", "drive=20pA..40pA:3", "--over", "seed=1..2"];
    let json = spikeloom(&[&["sweep", &net, "-q", "--json", "--out", &out, "--jobs", "2"], &over[..]].concat()).ends(0).json();
    assert_eq!((&json["points"], &json["done"], &json["ok"]), (&6.into(), &6.into(), &true.into()), "{json:#}");
    let rows = rows(&desk, "out/sweep.csv");
    assert_eq!(column(&rows, "drive_pa"), ["20", "20", "30", "30", "40", "40"], "numbers in the unit of the head");
    assert_eq!(column(&rows, "seed"), ["1", "2", "1", "2", "1", "2"], "the last axis changes fastest");
    let folders = column(&rows, "folder");
    assert_eq!(folders[3], "drive=30pA,seed=2", "the folder says where it is");
    let run = spikeloom(&["run", &net, "-q", "--json", "--set", "drive=30pA", "--seed", "2"]).ends(0).json();
    assert_eq!(column(&rows, "spike_hash")[3], run["spike_hash"].as_str().expect("a hash"), "the spikes of a run alone");
    for name in ["exc", "inh"] {
        let rate: f64 = column(&rows, &format!("{name}.rate_hz"))[3].parse().expect("a rate");
        assert_eq!(Some(rate), run["populations"][name]["rate_hz"].as_f64(), "rate of {name}");
    }
    let beside: Vec<String> = listing(&desk.path("out"));
    assert_eq!(beside.len(), 7, "six recordings and the table, nothing else: {beside:?}");
    let point = format!("{out}/{}", folders[3]);
    let manifest = desk.json(&format!("out/{}/run.json", folders[3]));
    assert_eq!(manifest["arguments"]["set"], serde_json::json!(["drive=30 pA", "seed=2"]), "{manifest:#}");
    spikeloom(&["run", &format!("{point}/run.json"), "-q"]).ends(0);
    spikeloom(&["stats", &point]).ends(0);
}

#[test]
fn it_goes_on_where_it_stopped() {
    let desk = Desk::new();
    let (net, out) = (desk.file("net.toml", SMALL), desk.name("out"));
    let sweep = |over: &str| spikeloom(&["sweep", &net, "-q", "--json", "--over", over, "--out", &out]);
    sweep("seed=1..3").ends(0);
    let first = rows(&desk, "out/sweep.csv");
    fs::remove_dir_all(desk.path("out/seed=2")).expect("removed");
    let again = sweep("seed=1..3").ends(0).json();
    assert_eq!((&again["done"], &again["taken_over"]), (&3.into(), &2.into()), "one is run anew: {again:#}");
    let hashes = |rows: &[Vec<String>]| column(rows, "spike_hash").iter().map(|h| h.to_string()).collect::<Vec<_>>();
    assert_eq!(hashes(&rows(&desk, "out/sweep.csv")), hashes(&first), "the same table");
    let more = sweep("seed=1..4").ends(0).json();
    assert_eq!((&more["done"], &more["taken_over"]), (&4.into(), &3.into()), "more points of the same: {more:#}");
}

#[test]
fn recordings_of_something_else_are_not_taken_over() {
    let desk = Desk::new();
    let (net, out) = (desk.file("net.toml", SMALL), desk.name("out"));
    let sweep = |more: &[&str]| spikeloom(&[&["sweep", &net, "-q", "--over", "seed=1,2", "--out", &out], more].concat());
    sweep(&[]).ends(0);
    let before = desk.read("out/seed=1/run.json");
    sweep(&["--set", "drive=31pA"]).ends(2).says("seed=1 is the recording of other --set values");
    sweep(&["--duration", "50ms"]).ends(2).says("another --duration");
    desk.file("net.toml", SMALL.replace("30 pA", "29 pA"));
    sweep(&[]).ends(2).says("another netlist");
    assert_eq!(desk.read("out/seed=1/run.json"), before, "nothing was touched");
    fs::create_dir(desk.path("precious")).expect("a folder");
    fs::write(desk.path("precious/thesis.txt"), "years").expect("a file");
    spikeloom(&["sweep", &net, "--over", "seed=1,2", "--out", &desk.name("precious")]).ends(2).says("no sweep's folder");
    assert_eq!(listing(&desk.path("precious")), ["thesis.txt"], "nothing was written");
}

#[test]
fn wrong_points_are_told_before_anything_runs() {
    let desk = Desk::new();
    let (net, out) = (desk.file("net.toml", SMALL), desk.name("out"));
    // Hours of work, if it were begun.
    let long = ["--duration", "9000 s", "--timestep", "0.001 ms", "--out", &out];
    let sweep = |more: &[&str]| spikeloom(&[&["sweep", &net], &long[..], more].concat());
    let told = sweep(&["--over", "drive=30pA,3mV"]).ends(2).says("1 of 2 points cannot be run; nothing was run").messages;
    assert!(told.starts_with("at drive=3mV:\nerror[dimension]"), "the point and what is wrong: {told}");
    let told = sweep(&["--over", "populations.exc.size=10,-3,-4"]).ends(2).messages;
    assert!(told.contains("--over:1:") && told.contains("2 of 3 points"), "underlined in the words of --over: {told}");
    let everywhere = sweep(&["--set", "drive=1mV", "--over", "seed=1,2"]).ends(2).says("2 of 2 points").messages;
    assert_eq!(everywhere.matches("error[").count(), 1, "the netlist's own problem is told once: {everywhere}");
    let problems = sweep(&["--over", "drive=30pA,3mV", "--json"]).ends(2).problems();
    assert_eq!((&problems[0]["point"], &problems[0]["code"]), (&"drive=3mV".into(), &"dimension".into()), "{problems:#?}");
    sweep(&["--over", "seed=1,2", "--memory-limit", "0"]).ends(1).says("there are");
    let wrong: &[(&[&str], &str)] = &[
        (&[], "--over"),
        (&["--over", "drive"], "write path=a,b,c"),
        (&["--over", "g=1..2:1"], "from 2 to 10000"),
        (&["--over", "seed=1,2", "--over", "seed=3"], "twice"),
        (&["--over", "seed=1,2", "--seed", "3"], "contradict each other"),
        (&["--over", "network.duration=1s,2s"], "contradict each other"),
        (&["--over", "seed=1..200", "--over", "drive=1pA..2pA:100"], "more than 10000 points"),
        (&["--over", "driv=1pA,2pA"], "did you mean \"drive\"?"),
        (&["--over", "seed=1,2", "--jobs", "0"], "1..=1024"),
    ];
    for (more, word) in wrong {
        sweep(more).ends(2).says(word);
    }
    assert_eq!(desk.names(), ["net.toml"], "nothing was written");
}
