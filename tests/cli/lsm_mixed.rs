//! `lsm train` with unlike liquids: each is what it would be among its like.

use super::lsm::{data, small};
use crate::program::{Desk, Outcome, spikeloom};
use serde_json::{Value, json};
use std::fs;

fn train(data: &str, out: &str, more: &str) -> Outcome {
    let more: Vec<&str> = more.split(' ').collect();
    spikeloom(&small(data, &[&["--frozen", "--out", out, "--json"], &more[..]].concat()))
}

/// Asserts that a folder was not taken over, as liquids after the first are others.
fn refused(outcome: &Outcome) {
    let problems = outcome.problems();
    assert!(
        problems[0]["message"].as_str().is_some_and(|told| told.contains("is of another experiment: others")),
        "{problems:?}"
    );
}

const PARTS: [&str; 4] = ["weights", "train", "validation", "test"];

#[test]
fn each_liquid_is_as_among_its_like() {
    let desk = Desk::new();
    let data = data(&desk);
    let mixed = train(
        &data,
        &desk.name("mixed"),
        "--liquids 3 --wiring patches,random --encoding root --events 5,9,20 --timing accumulate,chance",
    );
    mixed.ends(0);
    for (liquid, alike) in [
        (1, "--wiring patches --events 5 --timing accumulate"),
        (2, "--wiring random --events 9 --timing chance"),
        (3, "--wiring patches --events 20 --timing accumulate"),
    ] {
        let folder = format!("alike-{liquid}");
        train(&data, &desk.name(&folder), &format!("--liquids 3 --encoding root {alike}")).ends(0);
        for part in PARTS {
            let file = |folder: &str| desk.read(&format!("{folder}/seed=1/liquid-{liquid}.{part}.npy"));
            assert!(file("mixed") == file(&folder), "liquid {liquid}: {part} as with {alike}");
        }
    }
    let counts = |folder: &str| desk.read(&format!("{folder}/seed=1/liquid-2.train.npy"));
    assert!(counts("mixed") != counts("alike-1"), "the second liquid is another than with the first's settings");
}

#[test]
fn a_mixed_model_is_kept_whole() {
    let desk = Desk::new();
    let (data, out) = (data(&desk), desk.name("out"));
    let mixed = "--liquids 3 --wiring patches,random --encoding root,brightness --events 6,7,8";
    let report = train(&data, &out, mixed).ends(0).json();
    assert_eq!((&report["wiring"], &report["encoding"]), (&json!("patches,random"), &Value::Null), "of all: {report:#}");
    let of = |liquid: usize| &report["by_liquid"][liquid];
    let wirings: Vec<&Value> = (0..3).map(|liquid| &of(liquid)["wiring"]).collect();
    let intensities: Vec<&Value> = (0..3).map(|liquid| &of(liquid)["encoding"]["intensity"]).collect();
    assert_eq!(json!(wirings), json!(["patches", "random", "patches"]), "in turn");
    assert_eq!(json!(intensities), json!(["root", "brightness", "root"]), "in turn");
    let gain = |liquid: usize| of(liquid)["encoding"]["gain"].as_f64().unwrap_or_default();
    assert!((gain(2) / gain(0) - 8.0 / 6.0).abs() < 1e-12, "events per ms of the third and the first");
    kept(&data, &out, &report);
    fs::remove_file(desk.path("out/seed=1/liquid-2.train.npy")).expect("removed");
    let again = train(&data, &out, mixed).ends(0).json();
    assert_eq!(
        (&again["samples_run"], &again["counts_hash"]),
        (&json!(36), &report["counts_hash"]),
        "what was missing: {again:#}"
    );
    refused(&train(&data, &out, "--liquids 3 --wiring patches,random,random --encoding root,brightness --events 6,7,8"));
    let told = spikeloom(&["lsm", "report", &out]).ends(0).results;
    assert!(told.contains("patches,random"), "{told}");
}

/// Each pixel is two inputs of some liquids, and one of another.
#[test]
fn contrast_goes_with_others() {
    let desk = Desk::new();
    let (data, out) = (data(&desk), desk.name("mixed"));
    let mixed = "--liquids 3 --wiring random,random,patches --encoding root,contrast,contrast --timing accumulate,chance,chance";
    let report = train(&data, &out, mixed).ends(0).json();
    let intensities: Vec<&Value> = (0..3).map(|liquid| &report["by_liquid"][liquid]["encoding"]["intensity"]).collect();
    let contrast = json!({ "contrast": { "columns": 28 } });
    assert_eq!(json!(intensities), json!(["root", contrast, contrast]), "in turn");
    for (liquid, wiring) in [(2, "random"), (3, "patches")] {
        let alike =
            train(&data, &desk.name(wiring), &format!("--liquids 3 --encoding contrast --wiring {wiring}")).ends(0).json();
        for part in PARTS {
            let file = |folder: &str| desk.read(&format!("{folder}/seed=1/liquid-{liquid}.{part}.npy"));
            assert!(file("mixed") == file(wiring), "liquid {liquid}: {part} as with contrast only");
        }
        // floor(0.15 x 64 x 1568) of each; at most 50 pixels of a patch, of sides from 4 on.
        let synapses = alike["projections"]["input"]["synapses"].as_u64().unwrap_or_default();
        let expected = if wiring == "random" { 3 * 15_051..=3 * 15_052 } else { 3 * 64 * 2 * 16..=3 * 64 * 2 * 50 };
        assert!(expected.contains(&synapses) && synapses.is_multiple_of(2), "{wiring}: {synapses} synapses");
        kept(&data, &desk.name(wiring), &alike);
    }
    kept(&data, &out, &report);
    fs::remove_file(desk.path("mixed/seed=1/liquid-2.train.npy")).expect("removed");
    let again = train(&data, &out, mixed).ends(0).json();
    assert_eq!((&again["samples_run"], &again["counts_hash"]), (&json!(36), &report["counts_hash"]), "what was missing");
    let words = spikeloom(&["lsm", "report", &out]).ends(0).results;
    assert!(words.contains("random,patches"), "{words}");
    let words = spikeloom(&small(&data, &["--liquids", "2", "--encoding", "root,contrast"])).ends(0).results;
    assert!(words.contains("per ms) or input by local contrast (white on black "), "{words}");
}

/// Asserts that the kept model of a folder gives the test images the classes that were reported.
fn kept(data: &str, out: &str, report: &Value) {
    let model = format!("{out}/seed=1");
    let tested = spikeloom(&["lsm", "test", &model, "--data", data, "-q", "--json"]).ends(0).json();
    assert_eq!(tested["test_accuracy"], report["test_accuracy"], "by the kept model");
    let (images, labels) = (format!("{data}/t10k-images-idx3-ubyte"), format!("{data}/t10k-labels-idx1-ubyte"));
    let given = spikeloom(&["lsm", "classify", &model, &images, "--labels", &labels, "-q", "--json"]).ends(0).json();
    assert_eq!(given["accuracy"], report["test_accuracy"], "image by image");
}

/// What the program wrote before liquids could be unlike is read on.
#[test]
fn folders_of_before_are_taken_over() {
    let desk = Desk::new();
    let (data, out) = (data(&desk), desk.name("out"));
    let alike = "--liquids 2 --wiring patches";
    let report = train(&data, &out, alike).ends(0).json();
    assert!(report["encoding"]["gain"].is_number() && report["wiring"] == "patches", "one encoding of all: {report:#}");
    for file in ["out/config.json", "out/seed=1/model.json"] {
        let mut value = desk.json(file);
        let removed = value["protocol"].as_object_mut().and_then(|protocol| protocol.remove("others"));
        assert_eq!(removed, Some(json!([])), "{file}: none is unlike");
        desk.file(file, value.to_string());
    }
    let model = format!("{out}/seed=1");
    let tested = spikeloom(&["lsm", "test", &model, "--data", &data, "-q", "--json"]).ends(0).json();
    assert_eq!(tested["test_accuracy"], report["test_accuracy"], "the model");
    let again = train(&data, &out, alike).ends(0).json();
    assert_eq!((&again["samples_run"], &again["counts_hash"]), (&json!(0), &report["counts_hash"]), "nothing is made anew");
    refused(&train(&data, &out, "--liquids 2 --wiring patches,random"));
}
