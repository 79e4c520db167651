//! `compare` and `convert`: recordings and files of spikes.

use super::SMALL;
use crate::program::{Desk, spikeloom};
use std::fs;

/// Runs the small network into a folder.
fn record(desk: &Desk, name: &str, more: &[&str]) -> String {
    let net = desk.file("net.toml", SMALL);
    let out = desk.name(name);
    spikeloom(&[&["run", &net, "-q", "--out", &out], more].concat()).ends(0);
    out
}

const HEAD: &str = "time_ms,population,neuron\n";

#[test]
fn a_run_and_the_same_run() {
    let desk = Desk::new();
    let (a, b) = (record(&desk, "a", &["--threads", "1"]), record(&desk, "b", &["--threads", "2"]));
    let same = spikeloom(&["compare", &a, &b, "--json"]).ends(0).json();
    assert_eq!((&same["same"], &same["first_difference"]), (&true.into(), &serde_json::Value::Null), "{same:#}");
    let summary = desk.json("a/summary.json");
    for name in ["exc", "inh"] {
        let p = &same["populations"][name];
        assert_eq!(p["spikes_a"], summary["populations"][name]["spikes"], "spikes of {name}");
        assert_eq!((p["van_rossum"].as_f64(), p["victor_purpura"].as_f64()), (Some(0.0), Some(0.0)), "no distance of {name}");
        let rates = [&p["rate_a_hz"], &summary["populations"][name]["rate_hz"]].map(|r| r.as_f64().expect("a rate"));
        assert!((rates[0] - rates[1]).abs() < 1e-9, "rate of {name}: {rates:?}");
    }
    let text = spikeloom(&["compare", &a, &b]).ends(0).results;
    assert!(text.contains("the same: each spike of one has its partner in the other"), "{text}");
    for format in ["csv", "gdf", "npz"] {
        let file = desk.name(&format!("s.{format}"));
        let said = spikeloom(&["convert", &a, &file]).ends(0).results;
        assert!(said.contains("spikes written to"), "{said}");
        spikeloom(&["compare", &b, &file]).ends(0);
        spikeloom(&["compare", &file, &b]).ends(0);
    }
}

#[test]
fn a_run_and_another() {
    let desk = Desk::new();
    let (a, b) = (record(&desk, "a", &[]), record(&desk, "b", &["--seed", "4"]));
    let other = spikeloom(&["compare", &a, &b, "--json", "-o", &desk.name("d.csv")]).ends(1).json();
    assert_eq!(other["same"], false, "{other:#}");
    assert!(other["first_difference"]["time_ms"].as_f64().is_some_and(|t| t > 0.0), "{other:#}");
    assert!(other["populations"]["exc"]["van_rossum"].as_f64().is_some_and(|d| d > 0.0), "{other:#}");
    assert_eq!(desk.text("d.csv").lines().count(), 4, "a head and three populations");
    let text = spikeloom(&["compare", &a, &b]).ends(1).results;
    assert!(text.contains("first difference: ") && text.contains("van Rossum"), "{text}");
    // A shorter run is the same as far as it goes.
    let short = record(&desk, "short", &["--duration", "50ms"]);
    spikeloom(&["compare", &a, &short]).ends(1);
    spikeloom(&["compare", &a, &short, "--to", "50ms"]).ends(0);
}

/// By hand: two trains of one neuron each, and the published distances.
#[test]
fn distances_by_hand() {
    let desk = Desk::new();
    let a = desk.file("a.csv", format!("{HEAD}10,p,0\n50,p,1\n"));
    let b = desk.file("b.csv", format!("{HEAD}15,p,0\n50,p,1\n"));
    let compare = |more: &[&str]| spikeloom(&[&["compare", &a, &b, "--json"], more].concat());
    let found = compare(&[]).ends(1).json();
    let p = &found["populations"]["p"];
    let rossum = (1.0 - (-0.5_f64).exp()).sqrt() / 2.0;
    assert!((p["van_rossum"].as_f64().expect("a number") - rossum).abs() < 1e-12, "5 ms at 10 ms, mean of two neurons: {p}");
    assert!((p["victor_purpura"].as_f64().expect("a number") - 0.25).abs() < 1e-12, "5 ms at 0.1 a ms: {p}");
    let first = &found["first_difference"];
    assert_eq!((&first["time_ms"], &first["only_in"]), (&10.0.into(), &"a".into()), "{first}");
    assert_eq!((&first["population"], &first["neuron"]), (&"p".into(), &0.into()), "{first}");
    compare(&["--tolerance", "5ms"]).ends(0);
    compare(&["--tolerance", "4.999ms"]).ends(1);
    let infinite = compare(&["--cost", "inf"]).ends(1).json();
    assert_eq!(infinite["populations"]["p"]["victor_purpura"], 1.0, "two spikes that do not coincide, of two neurons");
    assert_eq!(infinite["cost_hz"], serde_json::Value::Null, "JSON has no infinity");
    let free = compare(&["--cost", "0Hz"]).ends(1).json();
    assert_eq!(free["populations"]["p"]["victor_purpura"], 0.0, "the counts are the same");
}

#[test]
fn neurons_without_names_are_paired_by_their_place() {
    let desk = Desk::new();
    let csv = desk.file("a.csv", format!("{HEAD}1.5,exc,1\n2.5,inh,0\n"));
    let npz = desk.name("a.npz");
    spikeloom(&["convert", &csv, &npz]).ends(0);
    let gdf = desk.file("a.gdf", "2\t1.5\n3\t2.5\n");
    let paired = spikeloom(&["compare", &npz, &gdf, "--json"]).ends(0).json();
    assert_eq!(paired["populations"]["all"]["neurons"], 3, "two of exc and one of inh: {paired:#}");
    spikeloom(&["compare", &csv, &desk.file("b.gdf", "2\t1.5\n4\t2.5\n")]).ends(1);
    let one = desk.file("one.csv", format!("{HEAD}1.5,exc,1\n"));
    let missing = spikeloom(&["compare", &csv, &one, "--json"]).ends(1).json();
    assert_eq!(missing["first_difference"]["population"], "inh", "a population that the other has not: {missing:#}");
}

#[test]
fn formats_come_back_as_they_were() {
    let desk = Desk::new();
    let text = format!("{HEAD}0.1,exc,2\n0.1,\"inh, fast\",0\n123456.7,exc,0\n");
    let csv = desk.file("a.csv", &text);
    spikeloom(&["convert", &csv, &desk.name("a.npz")]).ends(0);
    spikeloom(&["convert", &desk.name("a.npz"), &desk.name("b.csv")]).ends(0);
    assert_eq!(desk.text("b.csv"), text, "names, indices and exact times");
    spikeloom(&["plot", &csv, "-o", &desk.name("a.svg")]).ends(0);
    let statistics = spikeloom(&["stats", &csv, "--json"]).ends(0).json();
    assert_eq!(statistics["populations"]["exc"]["spikes"], 2, "plots and statistics take them, too: {statistics:#}");
}

#[test]
fn wrong_wishes() {
    let desk = Desk::new();
    let a = desk.file("a.csv", format!("{HEAD}10,p,0\n"));
    let compare: &[(&[&str], &str)] = &[
        (&["--tolerance", "5"], "--tolerance takes a time"),
        (&["--tau", "0ms"], "longer than 0 ms"),
        (&["--cost", "3"], "--cost takes a rate"),
        (&["--cost=-3Hz"], "--cost takes a rate"),
        (&["--from", "5ms", "--to", "5ms"], "nothing lies between"),
        (&["-o", "x.svg"], ".json or .csv"),
    ];
    for (more, word) in compare {
        spikeloom(&[&["compare", &a, &a], *more].concat()).ends(2).says(word);
    }
    spikeloom(&["compare", &a, "nowhere"]).ends(2).says("no recording nowhere");
    spikeloom(&["compare", &a, &a, "-o", &desk.name("none/x.csv")]).ends(1).says("there is no folder");
    spikeloom(&["convert", &a, "x.svg"]).ends(2).says(".csv, .gdf or .npz");
    let wrong = [
        ("w.csv", "time,neuron\n", "no column time_ms"),
        ("w.csv", "time_ms,population,neuron\n1,p,x\n", "line 2: \"x\" is no neuron's index"),
        ("w.gdf", "0\t5\n", "line 1: \"0\t5\" is no id"),
        ("w.npz", "PK", "w.npz: "),
    ];
    for (name, content, word) in wrong {
        let file = desk.file(name, content);
        spikeloom(&["compare", &file, &a]).ends(2).says(word);
        fs::remove_file(desk.path(name)).expect("removed");
    }
    assert_eq!(desk.names(), ["a.csv"], "nothing was written");
}
