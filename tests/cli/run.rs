//! `run`, `check` and `expand`.

use super::SMALL;
use crate::program::{Desk, listing, spikeloom};
use serde_json::{Value, json};

/// Runs with more arguments and `--json`.
fn summary(net: &str, more: &[&str]) -> Value {
    spikeloom(&[&["run", net, "-q", "--json"], more].concat()).ends(0).json()
}

#[test]
fn the_summary_has_what_scripts_rely_on() {
    let desk = Desk::new();
    let json = summary(&desk.file("net.toml", SMALL), &[]);
    let keys = [
        "netlist",
        "seed",
        "engine",
        "threads",
        "timestep_ms",
        "duration_ms",
        "neurons",
        "synapses",
        "bytes_per_synapse",
        "build_s",
        "run_s",
        "real_time_factor",
        "peak_rss_bytes",
        "spikes",
        "synaptic_events",
        "spike_hash",
        "populations",
    ];
    for key in keys {
        assert!(json.get(key).is_some(), "{key} is missing in {json:#}");
    }
    assert_eq!((&json["netlist"], &json["engine"]), (&"small".into(), &"grid".into()), "{json:#}");
    assert_eq!((json["timestep_ms"].as_f64(), json["duration_ms"].as_f64()), (Some(0.1), Some(100.0)), "times");
    assert_eq!(json["neurons"], 170, "stimuli are no neurons");
    let hash = json["spike_hash"].as_str().expect("a hash");
    assert!(hash.len() == 64 && hash.chars().all(|c| c.is_ascii_hexdigit()), "256 bits: {hash}");
    let mut spikes = 0;
    for name in ["exc", "inh"] {
        let population = &json["populations"][name];
        let (size, count) = (population["size"].as_f64().expect("a size"), population["spikes"].as_f64().expect("a count"));
        let rate = population["rate_hz"].as_f64().expect("a rate");
        assert!((rate - count / size / 0.1).abs() < 1e-9, "spikes per neuron and second: {population}");
        spikes += population["spikes"].as_u64().unwrap_or(0);
    }
    assert!(spikes > 100, "the network is alive: {spikes} spikes");
    assert_eq!(json["spikes"], spikes, "the sum over the populations");
}

#[test]
fn the_same_spikes_for_any_number_of_threads_and_another_seed_gives_others() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    let hash = |more: &[&str]| summary(&net, more)["spike_hash"].clone();
    let one = hash(&["--threads", "1"]);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for threads in [2, 3] {
        let json = summary(&net, &["--threads", &threads.to_string()]);
        assert_eq!(json["threads"], threads.min(cores), "as many as asked for, at most one a core");
        assert_eq!(json["spike_hash"], one, "{threads} threads");
    }
    assert_eq!(hash(&["--seed", "3"]), one, "the seed of the netlist");
    assert_ne!(hash(&["--seed", "4"]), one, "another seed");
    assert_ne!(hash(&["--set", "drive=40pA"]), one, "another drive");
}

#[test]
fn flags_stand_for_keys_of_the_netlist() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    let json = summary(&net, &["--duration", "20ms", "--timestep", "0.5 ms", "--seed", "9", "--set", "populations.inh.size=71"]);
    assert_eq!((json["duration_ms"].as_f64(), json["timestep_ms"].as_f64()), (Some(20.0), Some(0.5)), "{json:#}");
    assert_eq!((&json["seed"], &json["neurons"]), (&9.into(), &171.into()), "{json:#}");
    let edited = SMALL.replace("\"100 ms\"", "\"20 ms\"").replace("\"0.1 ms\"", "\"0.5 ms\"").replace("seed = 3", "seed = 9");
    let edited = summary(&desk.file("edited.toml", edited.replace("size = 70", "size = 71")), &[]);
    assert_eq!(json["spike_hash"], edited["spike_hash"], "as if it had been written so");
}

#[test]
fn the_last_line_says_what_was_written() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    let nothing = spikeloom(&["run", &net, "-q"]).ends(0);
    assert!(nothing.results.lines().last().is_some_and(|l| l.starts_with("nothing was written")), "{}", nothing.results);
    assert_eq!(nothing.messages, "", "-q: no word on stderr");
    assert_eq!(desk.names(), ["net.toml"], "indeed nothing");
    let raster = desk.name("raster.svg");
    let something = spikeloom(&["run", &net, "-q", "--raster", &raster]).ends(0);
    assert_eq!(something.results.lines().last(), Some(format!("written: {raster}").as_str()), "the file");
}

#[test]
fn spikes_are_the_same_in_every_format() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    let run = |file: &str| summary(&net, &["--spikes", &desk.name(file)]);
    let json = run("s.csv");
    run("s.gdf");
    run("s.npz");
    let csv = desk.text("s.csv");
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("time_ms,population,neuron"), "the header");
    let first = [("noise", 0), ("exc", 30), ("inh", 130)];
    let rows: Vec<(f64, u64)> = lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let offset = first.iter().find(|(name, _)| *name == cells[1]).expect("a population").1;
            let time: f64 = cells[0].parse().expect("a time");
            assert!(cells[0].len() <= 5, "exact decimals of the tick: {line}");
            (time, offset + cells[2].parse::<u64>().expect("a neuron"))
        })
        .collect();
    assert!(rows.is_sorted_by(|a, b| a <= b), "sorted by time, population, neuron");
    let neurons = rows.iter().filter(|(_, id)| *id >= 30).count() as u64;
    assert_eq!(json["spikes"], neurons, "all of them; those of stimuli are not counted");
    let gdf: Vec<(f64, u64)> = desk
        .text("s.gdf")
        .lines()
        .map(|line| line.split_once('\t').expect("gid and time"))
        .map(|(gid, time)| (time.parse().expect("a time"), gid.parse::<u64>().expect("a gid") - 1))
        .collect();
    assert_eq!(gdf, rows, "gid from 1 in population order, a tab, the time");
    let npz = desk.read("s.npz");
    assert!(npz.starts_with(b"PK\x03\x04"), "a zip archive");
    for array in ["time_ms.npy", "neuron.npy", "population.npy", "population_names.npy"] {
        assert!(npz.windows(array.len()).any(|bytes| bytes == array.as_bytes()), "{array} is in the archive");
    }
}

#[test]
fn pictures_and_traces() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    for (flag, file) in [
        ("--raster", "r.svg"),
        ("--raster", "r.png"),
        ("--trace", "t.svg"),
        ("--trace", "t.png"),
        ("--trace", "t.csv"),
        ("--trace", "t.npz"),
    ] {
        summary(&net, &[flag, &desk.name(file)]);
    }
    for file in ["r.svg", "t.svg"] {
        let svg = desk.text(file);
        assert!(svg.contains("<svg") && svg.trim_end().ends_with("</svg>") && svg.contains("exc"), "{file} is a whole picture");
    }
    for file in ["r.png", "t.png"] {
        assert!(desk.read(file).starts_with(b"\x89PNG\r\n\x1a\n"), "{file} is a PNG");
        assert!(desk.read(file).len() > 2000, "{file} is not empty");
    }
    let csv = desk.text("t.csv");
    assert!(csv.lines().next().is_some_and(|header| header.contains("time_ms")), "{}", &csv[..80]);
    assert!(csv.lines().count() > 200, "a line for each half millisecond");
}

/// Two records of one variable (some cells early, others late) have an array and a file each.
#[test]
fn several_records_of_one_variable() {
    let desk = Desk::new();
    let more = "[[record]]\nfrom = \"exc[7]\"\nwhat = \"v_m\"\nevery = \"1 ms\"\nstart = \"50 ms\"\n";
    let net = desk.file("net.toml", format!("{SMALL}{more}"));
    summary(&net, &["--trace", &desk.name("t.npz"), "--out", &desk.name("out")]);
    let files = ["exc.v_m.2.npy", "exc.v_m.2.time_ms.npy", "exc.v_m.npy", "exc.v_m.time_ms.npy"];
    assert_eq!(listing(&desk.path("out/traces")), files, "in the folder");
    let npz = desk.read("t.npz");
    for file in files {
        assert!(npz.windows(file.len()).any(|bytes| bytes == file.as_bytes()), "{file} is in the archive");
    }
    spikeloom(&["plot", &desk.name("out"), "--kind", "trace"]).ends(0);
    spikeloom(&["run", &desk.name("out/run.json"), "-q"]).ends(0);
}

#[test]
fn what_cannot_be_written_or_is_not_recorded_is_refused_before_the_run() {
    let desk = Desk::new();
    // Hours of work, if it were begun.
    let long = ["--duration", "9000 s", "--timestep", "0.001 ms"];
    let net = desk.file("net.toml", SMALL);
    let refused = |arguments: &[&str], code: u8, word: &str| {
        spikeloom(&[&["run", &net, "-q"], &long[..], arguments].concat()).ends(code).says(word);
    };
    for flag in ["--raster", "--trace"] {
        refused(&[flag, &desk.name("none/x.svg")], 1, "there is no folder");
        refused(&[flag, &desk.name("")], 2, "must end in");
    }
    refused(&["--spikes", &desk.name("none/x.csv")], 1, "there is no folder");
    refused(&["--out", &desk.name("none/out")], 1, "there is no folder");
    refused(&["--out", &desk.name("net.toml")], 2, "exists");
    let blind = desk.file("blind.toml", SMALL.split("[[record]]\nfrom = \"exc[0..3]\"").next().expect("a part"));
    spikeloom(&[&["run", &blind, "--trace", &desk.name("x.svg")], &long[..]].concat()).ends(2).says("records no state variable");
    let (head, tail) = SMALL.split_once("[[record]]\nfrom = [\"exc\", \"inh\", \"noise\"]\nwhat = \"spikes\"\n").expect("parts");
    let quiet = desk.file("quiet.toml", format!("{head}{tail}"));
    spikeloom(&[&["run", &quiet, "--raster", &desk.name("x.svg")], &long[..]].concat()).ends(2).says("records no spikes");
    spikeloom(&["expand", &net, "--synapses", &desk.name("none/x.csv")]).ends(1).says("there is no folder");
    assert_eq!(desk.names(), ["blind.toml", "net.toml", "quiet.toml"], "nothing was written");
}

#[test]
fn memory_limits() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    spikeloom(&["run", &net, "--memory-limit", "0"]).ends(1).says("memory");
    for more in ["1000", "18446744073709551615", "17592186044416"] {
        spikeloom(&["run", &net, "-q", "--memory-limit", more]).ends(0);
    }
}

#[test]
fn check_tells_the_size_and_runs_nothing() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    let json = spikeloom(&["check", &net, "--json"]).ends(0).json();
    assert_eq!((&json["ok"], &json["neurons"]), (&true.into(), &170.into()), "{json:#}");
    let run = spikeloom(&["run", &net, "--json"]).ends(0).json();
    assert_eq!(json["synapses"], run["synapses"], "the number that a run counts, where nothing is drawn");
    assert_eq!(json["synapses"], 6800, "ten onto each of 170 neurons, and those of cells that emit spikes");
    assert_eq!(json["problems"], Value::Array(Vec::new()), "no problems");
    assert_eq!(json["projections"].as_array().map(Vec::len), Some(4), "each with its layout: {json:#}");
    assert!(json["memory_bytes"].as_u64().is_some_and(|bytes| bytes > 1700), "{json:#}");
    let text = spikeloom(&["check", &net]).ends(0).results;
    assert!(text.contains("170 neurons, 6,800 synapses") && text.ends_with("no problems\n"), "{text}");
    assert_eq!(desk.names(), ["net.toml"], "nothing was written");
}

#[test]
fn check_tells_spaces_places_and_names() {
    let desk = Desk::new();
    let box_of_names = "[spaces.\"air\"]\nbox = [1.5, 2.0]\n[populations.named]\nneurons = \"lif\"\nnames = [\"A\", \"B\"]\n\
        positions = { space = \"air\", x = { expr = \"0.5 * index\" }, y = 1 }\n[[record]]";
    let net = desk.file("net.toml", include_str!("../data/base.toml").replacen("[[record]]", box_of_names, 1));
    let text = spikeloom(&["check", &net]).ends(0).results;
    let lines = "space room: a grid of 10 x 9 sites, spacing 1, wraps\nspace air: a box of 1.5 x 2\n\
        left: 20 cells, in room, drawn\nright: 8 cells, in room, in order\nnamed: 2 cells, 2 named, in air, given\n\n";
    assert!(text.contains(lines), "{text}");
    let json = spikeloom(&["check", &net, "--json"]).ends(0).json();
    let room = json!({ "name": "room", "sides": [10.0, 9.0], "sites": 90, "spacing": 1.0, "wrap": true });
    let named = json!({ "name": "named", "size": 2, "names": 2, "space": "air", "sites": "given" });
    let exc = json!({ "name": "exc", "size": 40, "names": 0, "space": null, "sites": null });
    assert_eq!((&json["spaces"][0], &json["populations"][5], &json["populations"][0]), (&room, &named, &exc), "{json:#}");
}

#[test]
fn expand_prints_a_netlist_that_runs_the_same() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    let flat = spikeloom(&["expand", &net, "--set", "drive=35pA"]).ends(0).results;
    let json: Value = serde_json::from_str(&flat).expect("JSON");
    assert!(json.get("parameters").is_none(), "parameters are worked in: {json:#}");
    let flat = desk.file("flat.json", flat);
    let (own, expanded) = (summary(&net, &["--set", "drive=35pA"]), summary(&flat, &[]));
    assert_eq!(own["spike_hash"], expanded["spike_hash"], "the same network, the same spikes");
}

#[test]
fn expand_writes_the_synapses() {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    let said = spikeloom(&["expand", &net, "--synapses", &desk.name("s.csv")]).ends(0).results;
    assert!(said.starts_with("6,800 synapses written"), "30 x 170 + 170 x 10: {said}");
    let text = desk.text("s.csv");
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let header = ["projection", "source", "source_cell", "target", "target_cell", "receptor", "weight", "delay_ms"];
    assert_eq!(csv.headers().expect("a header"), &header[..], "the header");
    let mut indegrees = vec![0; 170];
    for cells in csv.records() {
        let cells = cells.expect("a row");
        let (weight, delay): (f64, f64) = (cells[6].parse().expect("a weight"), cells[7].parse().expect("a delay"));
        if &cells[1] == "noise" {
            let expected = ("noise->exc,inh", "excitatory", 30.0, 1.0);
            assert_eq!((&cells[0], &cells[5], weight, delay), expected, "{cells:?}");
            continue;
        }
        assert!(weight > 0.0 && (0.5..=2.0).contains(&delay), "within the bounds: {cells:?}");
        let target: usize = cells[4].parse().expect("a cell");
        indegrees[if &cells[3] == "exc" { target } else { 100 + target }] += 1;
    }
    assert!(indegrees.iter().all(|n| *n == 10), "ten onto each: {indegrees:?}");
    spikeloom(&["expand", &net, "--synapses", &desk.name("s.npz")]).ends(0);
    assert!(desk.read("s.npz").starts_with(b"PK\x03\x04"), "a zip archive");
}

#[test]
fn the_library_runs() {
    for entry in netlists::library::LIBRARY {
        let small: &[&str] = if entry.name == "potjans-diesmann" { &["--set", "scale=0.01"] } else { &[] };
        let (short, ms) = match entry.text.contains("\n[trials]\n") {
            true => (&["--set", "trials.count=10", "--set", "trials.each=5ms"][..], 50.0),
            false => (&["--duration", "5ms"][..], 5.0),
        };
        let json = spikeloom(&[&["run", entry.name, "-q", "--json"], short, small].concat()).ends(0).json();
        assert_eq!(json["netlist"], entry.name, "under its own name");
        assert_eq!(json["duration_ms"].as_f64(), Some(ms), "{json:#}");
    }
    assert_eq!(listing(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).iter().find(|n| n.ends_with(".svg")), None, "no litter");
}
