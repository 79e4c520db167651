//! `cost --out`, `cost --over`: what is kept of a machine, and what-if tables of the same spikes.

use super::SMALL;
use crate::program::{Desk, spikeloom};
use serde_json::Value;

/// The cells of a table, by the names at its head.
fn rows(desk: &Desk, name: &str) -> Vec<Vec<(String, String)>> {
    let bytes = desk.read(name);
    let mut reader = csv::Reader::from_reader(&bytes[..]);
    let head = reader.headers().expect("a head").clone();
    let row = |row: csv::StringRecord| head.iter().zip(row.iter()).map(|(h, c)| (h.to_string(), c.to_string())).collect();
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

fn cell(row: &[(String, String)], name: &str) -> f64 {
    let cell = row.iter().find(|(head, _)| head == name).unwrap_or_else(|| panic!("{name}: {row:?}"));
    cell.1.parse().unwrap_or_else(|_| panic!("{name}: {row:?}"))
}

fn sum(rows: &[Vec<(String, String)>], name: &str) -> f64 {
    rows.iter().map(|row| cell(row, name)).sum()
}

/// Tables hold what the report sums up, and their figures follow from each other: a packet of 40 bits at 250 Mbit/s.
#[test]
fn tables_and_report_say_the_same() {
    let desk = Desk::new();
    let (net, out) = (desk.file("net.toml", SMALL), desk.name("machine"));
    let command = ["cost", &net, "-q", "--set", "hardware.neurons_per_core=10", "--out", &out];
    let said = spikeloom(&command).ends(0).results;
    let report = desk.json("machine/cost.json");
    assert_eq!(said, format!("{}\nwritten: {out}\n", desk.text("machine/cost.txt")), "the words are kept");
    let [cores, links, tables] = ["cores", "links", "tables"].map(|name| rows(&desk, &format!("machine/{name}.csv")));
    assert_eq!((cores.len(), report["cores"].as_u64()), (18, Some(18)), "100 and 70 neurons, ten a core, and the noise");
    assert_eq!((tables.len(), report["chips"].as_u64()), (48, Some(48)));
    // Of 6 x 48, eight at each of its six sides lead off a board.
    assert_eq!(links.len(), 240, "links within a board, in both directions");
    assert_eq!(sum(&links, "packets"), report["packets"]["hops"].as_f64().expect("hops"));
    assert_eq!(sum(&tables, "entries"), report["routing_entries"]["total"].as_f64().expect("entries"));
    assert_eq!(sum(&tables, "entries_before"), report["routing_entries"]["before_compression"].as_f64().expect("entries"));
    assert_eq!(sum(&tables, "sdram_bytes"), report["sdram_bytes"].as_f64().expect("bytes"));
    assert_eq!(sum(&tables, "cores_in_use"), 18.0);
    assert_eq!(sum(&cores, "late_packets"), report["late_packets"].as_f64().expect("a number"));
    let longest = cores.iter().map(|row| cell(row, "longest_step_us")).fold(0.0, f64::max);
    assert_eq!(Some(longest), report["worst_step_us"].as_f64());
    for link in &links {
        let load = cell(link, "packets") * 40.0 / 250e6 / 0.1;
        assert!((cell(link, "load") - load).abs() < 1e-12, "40 bits at 250 Mbit/s in 100 ms: {link:?}");
    }
    let map = desk.text("machine/map.svg");
    for word in ["Cores and links", "which hold 1,023 entries", "2 of 48 chips in use", ">7, 7<", "small on spinnaker1"] {
        assert!(map.contains(word), "\"{word}\" stands in the map");
    }
    assert_eq!(map.matches("<path").count(), map.matches("/>").count() - 1, "all paths are closed, and the ground");
}

/// A folder is whole or not there, and only what is ours is replaced.
#[test]
fn folders_are_whole() {
    let desk = Desk::new();
    let (net, out) = (desk.file("net.toml", SMALL), desk.name("machine"));
    let misfit =
        ["cost", &net, "-q", "--out", &out, "--set", "hardware.neurons_per_core=1", "--set", "hardware.cores_per_chip=1"];
    spikeloom(&[&misfit[..], &["--set", "hardware.boards=1"]].concat()).ends(2);
    assert!(!desk.path("machine").exists(), "nothing for what does not fit");
    let count = ["cost", &net, "-q", "--out", &out, "--model", "count"];
    spikeloom(&count).ends(0);
    spikeloom(&count).ends(2).says("--force replaces it");
    let late = rows(&desk, "machine/cores.csv")[0].iter().find(|(head, _)| head == "late_packets").expect("a column").1.clone();
    assert_eq!(late, "", "what is only counted is not late");
    spikeloom(&[&count[..], &["--force"]].concat()).ends(0);
    let recording = desk.name("recording");
    spikeloom(&["run", &net, "-q", "--out", &recording]).ends(0);
    let onto = spikeloom(&["cost", &net, "-q", "--out", &recording, "--force"]).ends(2);
    onto.says("is no folder of `cost --out`: it is not replaced");
    spikeloom(&["run", &net, "-q", "--out", &out, "--force"]).ends(2).says("is no recording's folder");
    let both = ["cost", &net, "-q", "--compare", "spinnaker1,truenorth", "--out", &out, "--force"];
    spikeloom(&both).ends(0);
    assert_eq!(desk.json("machine/cost.json")["platforms"].as_array().map(Vec::len), Some(2));
    assert!(!desk.path("machine/map.svg").exists(), "a map is of one machine");
}

/// Every row of a sweep is what `cost` says of that machine alone.
#[test]
fn what_if_is_what_each_would_be() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    let swept = ["cost", &net, "-q", "--json", "--over", "neurons_per_core=20,50", "--over", "time_scale_factor=1,3"];
    let points = spikeloom(&swept).ends(0).json()["points"].as_array().expect("points").clone();
    assert_eq!(points.len(), 4);
    for point in points {
        let value = |key: &str| point["point"][key].as_str().expect("a value").to_string();
        let neurons = format!("hardware.neurons_per_core={}", value("neurons_per_core"));
        let alone = ["cost", &net, "-q", "--json", "--set", &neurons, "--time-scale-factor", &value("time_scale_factor")];
        let alone = spikeloom(&alone).ends(0).json();
        for (key, value) in point.as_object().expect("an object").iter().filter(|(key, _)| *key != "point") {
            assert_eq!(value, &alone[key], "{key}");
        }
    }
}

fn swept(net: &str, over: &[&str]) -> Vec<Value> {
    let all: Vec<&str> = ["cost", net, "-q", "--json"].into_iter().chain(over.iter().flat_map(|o| ["--over", *o])).collect();
    spikeloom(&all).ends(0).json()["points"].as_array().expect("points").clone()
}

/// A core of half the clock takes twice the time for its updates; a link of half the bandwidth is busy twice as long.
#[test]
fn clocks_and_links_scale_what_they_drive() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    let asked = |point: &Value| point["worst_step_us"].as_f64().expect("a time");
    let clocks = swept(&net, &["clock=100MHz,200MHz", "neurons_per_core=10"]);
    let ratio = asked(&clocks[0]) / asked(&clocks[1]);
    assert!((1.9..=2.0).contains(&ratio), "all but the way there is in cycles: {ratio}");
    let links = swept(&net, &["link=125,250", "neurons_per_core=10"]);
    let load = |point: &Value| point["busiest_link"]["load"].as_f64().expect("a load");
    assert!((load(&links[0]) / load(&links[1]) - 2.0).abs() < 1e-12, "{} and {}", load(&links[0]), load(&links[1]));
    let wrong = desk.file("cores.toml", SMALL.replace("[parameters]", "[hardware]\nboards = 1\n[parameters]"));
    let points = swept(&wrong, &["cores_per_chip=1,16", "neurons_per_core=2"]);
    let why = points[0]["does_not_fit"][0].as_str().expect("a reason");
    assert!(why.contains("86 cores are needed"), "{why}");
    assert!(points[1]["does_not_fit"].is_null() && points[1]["cores"] == 86);
    let text =
        spikeloom(&["cost", &wrong, "-q", "--over", "cores_per_chip=1,16", "--set", "hardware.neurons_per_core=2"]).ends(0);
    let row = text.results.lines().find(|line| line.starts_with("cores_per_chip=1 ")).expect("a row").to_string();
    assert!(row.contains("86 cores are needed"), "{row}");
}

#[test]
fn what_cannot_be_swept() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    for (over, says) in [
        ("neurons=3", "there are neurons_per_core"),
        ("neurons_per_core=0", "no whole number from 1"),
        ("clock=3ms", "no number above 0 in Hz, MHz"),
        ("link=-1", "no number above 0 in bit/s"),
        ("time_scale_factor=0", "no number above 0"),
        ("placement=nowhere", "none of patch, spread, random"),
        ("clock", "write path=a,b,c"),
    ] {
        spikeloom(&["cost", &net, "--over", over]).ends(2).says(says);
    }
    spikeloom(&["cost", &net, "--over", "clock=1", "--platform", "truenorth"]).ends(2).says("nothing is mapped to truenorth");
    spikeloom(&["cost", &net, "--over", "clock=1", "--compare", "spinnaker1,truenorth"]).ends(2);
}
