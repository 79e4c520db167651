//! The recording's folder: what is in it, what is made of it, what happens when it is damaged.

use super::SMALL;
use crate::program::{Desk, listing, spikeloom};
use serde_json::{Value, json};
use std::fs;

/// A desk with the recording `out` of the small network.
fn recorded() -> Desk {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    spikeloom(&["run", &net, "-q", "--out", &desk.name("out"), "--set", "drive=35pA", "--seed", "5"]).ends(0);
    desk
}

#[test]
fn the_folder_has_everything() {
    let desk = recorded();
    let names = ["netlist.toml", "network.json", "run.json", "spikes.spk", "summary.json", "traces/"];
    assert_eq!(listing(&desk.path("out")), names, "the folder");
    assert_eq!(listing(&desk.path("out/traces")), ["exc.v_m.npy", "exc.v_m.time_ms.npy"], "the traces");
    assert_eq!(desk.names(), ["net.toml", "out/"], "and nothing beside");
    assert_eq!(desk.text("out/netlist.toml"), SMALL, "the netlist as read");
    let (manifest, summary) = (desk.json("out/run.json"), desk.json("out/summary.json"));
    let keys = [
        "schema",
        "version",
        "command_line",
        "netlist",
        "netlist_blake3",
        "files",
        "seed",
        "timestep_ms",
        "duration_ms",
        "threads",
        "engine",
        "host",
        "wall_s",
        "neurons",
        "synapses",
        "spikes",
        "spike_hash",
        "outputs",
    ];
    for key in keys {
        assert!(manifest.get(key).is_some(), "{key} is missing in {manifest:#}");
    }
    assert_eq!((&manifest["seed"], &manifest["arguments"]["set"]), (&5.into(), &json!(["drive=35pA"])), "{manifest:#}");
    assert_eq!(manifest["spike_hash"], summary["spike_hash"], "the same in both");
    let network = desk.json("out/network.json");
    let populations: Vec<Value> =
        network["populations"].as_array().expect("a list").iter().map(|p| json!([p["name"], p["first_id"], p["size"]])).collect();
    assert_eq!(populations, [json!(["noise", 0, 30]), json!(["exc", 30, 100]), json!(["inh", 130, 70])], "in order of the text");
    let npy = desk.read("out/traces/exc.v_m.npy");
    assert!(npy.starts_with(b"\x93NUMPY\x01"), "a NumPy array");
    let header = String::from_utf8_lossy(&npy[10..128]).into_owned();
    assert!(header.contains("'<f8'") && header.replace(' ', "").contains("(200,3"), "[sample, neuron]: {header}");
    let outputs = manifest["outputs"].as_array().expect("a list");
    let listed: Vec<&str> = outputs.iter().filter_map(|o| o["file"].as_str()).collect();
    assert!(listed.contains(&"spikes.spk") && listed.contains(&"traces/exc.v_m.npy"), "with their hashes: {listed:?}");
    for output in outputs {
        let bytes = fs::metadata(desk.path("out").join(output["file"].as_str().expect("a name"))).expect("a file").len();
        assert_eq!(output["bytes"], bytes, "{output}");
    }
}

#[test]
fn places_are_kept_in_the_units_of_their_space() {
    let desk = Desk::new();
    let text = "spikeloom = 1\nnetwork.duration = \"1 ms\"\nspaces.row = { grid = [2, 2], spacing = 0.5 }
        populations.a = { neurons = { model = \"lif_psc_exp\" }, size = 3, positions = { space = \"row\", sites = \"in order\" } }
        populations.b = { neurons = { model = \"lif_psc_exp\" }, size = 1 }\n";
    let net = desk.file("net.toml", text);
    spikeloom(&["run", &net, "--out", &desk.name("out"), "-q"]).ends(0);
    let populations = desk.json("out/network.json")["populations"].clone();
    assert_eq!(
        populations[0]["positions"],
        json!({ "space": "row", "cells": [[0.0, 0.0], [0.5, 0.0], [0.0, 0.5]] }),
        "{populations}"
    );
    assert_eq!(populations[1]["positions"], Value::Null, "without positions");
}

#[test]
fn an_existing_folder_is_refused_unless_forced() {
    let desk = recorded();
    let (net, out) = (desk.name("net.toml"), desk.name("out"));
    let before = desk.read("out/run.json");
    let hours = ["--duration", "9000 s", "--timestep", "0.001 ms"];
    spikeloom(&[&["run", &net, "--out", &out], &hours[..]].concat()).ends(2).says("--force");
    assert_eq!(desk.read("out/run.json"), before, "untouched");
    // A wrong netlist takes nothing away either.
    spikeloom(&["run", &net, "--out", &out, "--force", "--duration", "1mV"]).ends(2);
    assert_eq!(desk.read("out/run.json"), before, "untouched");
    spikeloom(&["run", &net, "-q", "--out", &out, "--force", "--duration", "10ms"]).ends(0);
    assert_eq!(desk.json("out/run.json")["duration_ms"], 10.0, "replaced");
    assert_eq!(desk.names(), ["net.toml", "out/"], "and nothing left beside");
    fs::create_dir(desk.path("precious")).expect("a folder");
    fs::write(desk.path("precious/thesis.txt"), "years").expect("a file");
    spikeloom(&["run", &net, "-q", "--out", &desk.name("precious"), "--force"]).ends(2).says("not replaced");
    assert_eq!(desk.text("precious/thesis.txt"), "years", "what is no recording is not taken away");
}

#[test]
fn a_run_is_repeated_from_its_manifest() {
    let desk = recorded();
    let manifest = desk.name("out/run.json");
    // The netlist beside is what counts, not the one that was read then.
    fs::remove_file(desk.path("net.toml")).expect("removed");
    let repeated = spikeloom(&["run", &manifest, "-q", "--json"]).ends(0).json();
    assert_eq!(repeated["spike_hash"], desk.json("out/run.json")["spike_hash"], "the same spikes");
    assert_eq!(repeated["seed"], 5, "with the seed of then");
    spikeloom(&["run", &manifest, "-q", "--threads", "3"]).ends(0);
    let mut changed = desk.json("out/run.json");
    changed["spike_hash"] = "0".repeat(64).into();
    desk.file("out/run.json", changed.to_string());
    spikeloom(&["run", &manifest, "-q"]).ends(1).says("the spike hash is");
    for wrong in ["{}", "[]", "{ \"spike_hash\": 3 }"] {
        desk.file("out/run.json", wrong);
        let outcome = spikeloom(&["run", &manifest, "-q"]).ends(1).says("not the run.json of a recording");
        assert_eq!(outcome.results, "", "nothing is run");
    }
    desk.file("out/run.json", "{");
    spikeloom(&["run", &manifest, "-q"]).ends(1).says("run.json");
}

#[test]
fn side_tables_are_found_again() {
    let desk = Desk::new();
    fs::create_dir(desk.path("nets")).expect("a folder");
    desk.file("nets/v.csv", (0..70).fold("v\n".to_string(), |text, i| text + &format!("-{} mV\n", 60 + i % 9)));
    let text = SMALL.replace("size = 70", "size = 70\ninitial = { v_m = { file = \"v.csv\", column = \"v\" } }");
    let net = desk.file("nets/net.toml", text);
    spikeloom(&["run", &net, "-q", "--out", &desk.name("out")]).ends(0);
    let files = desk.json("out/run.json")["files"].clone();
    assert_eq!(files[0]["file"], "v.csv", "{files}");
    spikeloom(&["run", &desk.name("out/run.json"), "-q"]).ends(0);
}

#[test]
fn plots_and_statistics_of_a_recording() {
    let desk = recorded();
    let out = desk.name("out");
    for kind in ["raster", "rates", "trace"] {
        let said = spikeloom(&["plot", &out, "--kind", kind]).ends(0).results;
        let file = desk.path("out").join(format!("{kind}.svg"));
        assert_eq!(said.trim_end(), file.to_string_lossy(), "the picture's path");
        assert!(fs::read_to_string(file).is_ok_and(|svg| svg.contains("</svg>")), "a picture of kind {kind}");
    }
    let png = desk.name("part.png");
    let part = ["--from", "20ms", "--to", "60ms", "--populations", "e*", "--bin", "2ms", "--rows", "10", "--size", "100x80"];
    spikeloom(&[&["plot", &out, "-o", &png, "--title", "Some"], &part[..]].concat()).ends(0);
    assert!(desk.read("part.png").starts_with(b"\x89PNG"), "a PNG");
    spikeloom(&["plot", &desk.name("out/spikes.spk"), "-o", &desk.name("by-file.svg")]).ends(0);
    assert_eq!(desk.text("by-file.svg"), desk.text("out/raster.svg"), "the same by its spikes' file");
    let statistics = spikeloom(&["stats", &out, "--json"]).ends(0).json();
    let summary = desk.json("out/summary.json");
    for name in ["exc", "inh"] {
        let (ours, theirs) = (&statistics["populations"][name], &summary["populations"][name]);
        assert_eq!(ours["spikes"], theirs["spikes"], "spikes of {name}");
        let rates = (ours["rate_hz"]["mean"].as_f64().expect("a rate"), theirs["rate_hz"].as_f64().expect("a rate"));
        assert!((rates.0 - rates.1).abs() < 1e-9, "rate of {name}: {rates:?}");
    }
    let text = spikeloom(&["stats", &out]).ends(0).results;
    assert!(text.contains("population") && text.contains("exc") && text.contains("inh"), "{text}");
}

#[test]
fn wrong_wishes_for_a_plot() {
    let desk = recorded();
    let out = desk.name("out");
    let wishes: &[(&[&str], u8, &str)] = &[
        (&["--size", "0x0"], 2, "mm wide"),
        (&["--size", "1e9x1e9"], 2, "mm wide"),
        (&["--size", "big"], 2, "180x120"),
        (&["--bin", "5"], 2, "--bin takes a time"),
        (&["--from", "5mV"], 2, "--from takes a time"),
        (&["--from", "60ms", "--to", "10ms"], 2, "from 0 ms to 100 ms"),
        (&["--populations", "x*"], 2, "there are: noise, exc, inh"),
        (&["--rows", "0"], 2, "1..=1000000"),
        (&["--kind", "pie"], 2, "raster"),
        (&["-o", "x.pdf"], 2, ".svg or .png"),
        (&["-o", "/no/such/folder/x.svg"], 1, "there is no folder"),
    ];
    for (wish, code, word) in wishes {
        spikeloom(&[&["plot", &out], *wish].concat()).ends(*code).says(word);
    }
    assert!(!desk.path("out/raster.svg").exists(), "no picture is left of a wish that was refused");
}

#[test]
fn a_damaged_recording_is_told_and_no_picture_is_left() {
    let desk = recorded();
    let spikes = desk.read("out/spikes.spk");
    let traces = desk.read("out/traces/exc.v_m.npy");
    let network = desk.text("out/network.json");
    let refused = |what: &str, kind: &str| {
        let picture = desk.name("p.svg");
        let outcome = spikeloom(&["plot", &desk.name("out"), "--kind", kind, "-o", &picture]).ends(1);
        assert!(outcome.messages.starts_with("error: ") && outcome.messages.lines().count() == 1, "{what}: {}", outcome.messages);
        assert!(!desk.path("p.svg").exists(), "{what}: no picture");
        if kind == "raster" {
            spikeloom(&["stats", &desk.name("out")]).ends(1);
        }
    };
    for cut in [0, 1, 10, 30, spikes.len() / 2, spikes.len() - 1] {
        desk.file("out/spikes.spk", &spikes[..cut]);
        refused(&format!("the first {cut} of {} bytes", spikes.len()), "raster");
    }
    for at in (0..spikes.len()).step_by(spikes.len() / 40) {
        let mut flipped = spikes.clone();
        flipped[at] ^= 0x10;
        desk.file("out/spikes.spk", flipped);
        refused(&format!("byte {at} of the spikes"), "raster");
    }
    desk.file("out/spikes.spk", &spikes);
    for cut in [0, 5, 60, traces.len() - 8, traces.len() - 1] {
        desk.file("out/traces/exc.v_m.npy", &traces[..cut]);
        refused(&format!("the first {cut} bytes of the trace"), "trace");
    }
    desk.file("out/traces/exc.v_m.npy", &traces);
    let wrong = [
        network.replace("\"size\": 100", "\"size\": 4294967295"),
        network.replace("\"first_id\": 30", "\"first_id\": 31"),
        network.replace("\"first_id\": 30", "\"first_id\": -1"),
        network.replace("\"populations\"", "\"people\""),
        "{}".to_string(),
        "[".to_string(),
    ];
    for text in wrong {
        assert_ne!(text, network, "a change");
        desk.file("out/network.json", &text);
        refused(&text, "raster");
    }
}

/// What files claim is not believed beyond what there can be: times that no clock tells, neurons that no memory holds.
#[test]
fn recordings_that_cannot_be() {
    let desk = recorded();
    let out = desk.name("out");
    let manifest = desk.text("out/run.json");
    let ticks = format!("\"to_tick\": {}", desk.json("out/run.json")["to_tick"]);
    for wrong in ["9223372036854775807", "18446744073709551615"] {
        let late = manifest.replace(&ticks, &format!("\"to_tick\": {wrong}"));
        assert_ne!(late, manifest, "a change");
        desk.file("out/run.json", late);
        for verb in [&["stats", &out][..], &["compare", &out, &out], &["plot", &out, "-o", &desk.name("p.svg")]] {
            spikeloom(verb).ends(1).says("later than any time");
        }
    }
    let far = desk.file("far.csv", "time_ms,population,neuron\n1,a,4294967294\n");
    for verb in [&["stats", &far][..], &["compare", &far, &far], &["convert", &far, &desk.name("far.npz")]] {
        spikeloom(verb).ends(2).says("more than 16777216 cells");
    }
}
