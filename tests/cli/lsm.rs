//! `lsm`: a small experiment from images to classes, twice the same, cut and continued.

use crate::program::{Desk, listing, spikeloom};
use serde_json::Value;
use std::fs;

/// A file in the IDX format.
fn idx(magic: u32, dimensions: &[u32], values: &[u8]) -> Vec<u8> {
    let head = [magic].into_iter().chain(dimensions.iter().copied()).flat_map(u32::to_be_bytes);
    head.chain(values.iter().copied()).collect()
}

/// An image of 28 x 28: a bar that lies, one that stands, or a square, each a little elsewhere.
fn image(number: usize) -> Vec<u8> {
    let (class, shift) = (number % 3, number / 3 % 5);
    let inside = |row: usize, column: usize| match class {
        0 => (11 + shift..15 + shift).contains(&row) && (4..24).contains(&column),
        1 => (4..24).contains(&row) && (10 + shift..14 + shift).contains(&column),
        _ => (2 + shift..11 + shift).contains(&row) && (2 + shift..11 + shift).contains(&column),
    };
    (0..784).map(|pixel| if inside(pixel / 28, pixel % 28) { 250 } else { 0 }).collect()
}

/// So many images from a number on, and their labels.
fn files(first: usize, number: usize) -> (Vec<u8>, Vec<u8>) {
    let pixels: Vec<u8> = (first..first + number).flat_map(image).collect();
    let labels: Vec<u8> = (first..first + number).map(|i| (i % 3) as u8).collect();
    (idx(0x0803, &[number as u32, 28, 28], &pixels), idx(0x0801, &[number as u32], &labels))
}

/// A folder of 48 training and 12 test images.
pub(super) fn data(desk: &Desk) -> String {
    fs::create_dir(desk.path("data")).expect("a folder");
    for (part, first, number) in [("train", 0, 48), ("t10k", 48, 12)] {
        let (images, labels) = files(first, number);
        desk.file(&format!("data/{part}-images-idx3-ubyte"), images);
        desk.file(&format!("data/{part}-labels-idx1-ubyte"), labels);
    }
    desk.name("data")
}

/// A command line of a small experiment.
pub(super) fn small<'a>(data: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let own = "-q --grid 4x4x4 --train 36 --validation 12 --test 12 --snapshots 40 --sample-ms 80";
    let verb = ["lsm", "train", "--data", data];
    [&verb[..], &own.split(' ').collect::<Vec<_>>(), more].concat()
}

fn train(data: &str, more: &[&str]) -> Value {
    spikeloom(&small(data, &[more, &["--json"]].concat())).ends(0).json()
}

#[test]
fn one_network_from_images_to_classes() {
    let desk = Desk::new();
    let (data, out) = (data(&desk), desk.name("out"));
    let report = train(&data, &["--out", &out, "--epochs", "60", "--threads", "2"]);
    for (key, expected) in [
        ("variant", "nalsm".into()),
        ("neurons", 64.into()),
        ("seed", 1.into()),
        ("liquids", 1.into()),
        ("readout", Value::from("softmax")),
        ("train", 36.into()),
        ("samples_run", 60.into()),
        ("interrupted", false.into()),
    ] {
        assert_eq!(report[key], expected, "{key} in {report:#}");
    }
    for key in ["train_accuracy", "validation_accuracy", "test_accuracy"] {
        let accuracy = report[key].as_f64().unwrap_or_default();
        assert!((0.8..=1.0).contains(&accuracy), "{key}: three shapes are told apart, {accuracy}");
    }
    assert!(report["branching_factor"].as_f64().is_some_and(|factor| factor > 0.0 && factor < 5.0), "{report:#}");
    assert!(["samples_per_s", "wall_s"].iter().all(|key| report[*key].as_f64().is_some_and(|v| v > 0.0)), "{report:#}");
    for (part, samples) in [("learning", 40), ("counting", 60)] {
        let pace = &report[part];
        assert_eq!(pace["samples"], samples, "{part}: {report:#}");
        let figures = ["seconds", "samples_per_s", "synaptic_events", "plastic_events", "events_per_s"];
        assert!(figures.iter().all(|key| pace[*key].as_f64().is_some_and(|v| v > 0.0)), "{part}: {report:#}");
    }
    assert_eq!(report["projections"]["input"]["synapses"], 7526, "floor(0.15 x 64 x 784)");
    let single = train(&data, &["--epochs", "60", "--threads", "1"]);
    for key in ["counts_hash", "test_accuracy", "train_accuracy", "branching_factor"] {
        assert_eq!(single[key], report[key], "{key}: one thread or two");
    }
    let kept = [
        "confusion.csv",
        "confusion.svg",
        "liquid-1.test.npy",
        "liquid-1.train.npy",
        "liquid-1.validation.npy",
        "liquid-1.weights.npy",
        "model.json",
        "raster.svg",
    ];
    assert_eq!(listing(&desk.path("out/seed=1")), kept, "all is there");
    assert_eq!(desk.json("out/report.json"), report, "the report is kept");
}

#[test]
fn a_kept_model_classifies_as_it_did() {
    let desk = Desk::new();
    let (data, out) = (data(&desk), desk.name("out"));
    let model = format!("{out}/seed=2");
    for more in [&["--frozen", "--liquids", "2"][..], &["--readout", "authors", "--epochs", "50"]] {
        let report = train(&data, &[&["--out", &out, "--seed", "2"], more].concat());
        let tested = spikeloom(&["lsm", "test", &model, "--data", &data, "-q", "--json"]).ends(0).json();
        assert_eq!(tested["test_accuracy"], report["test_accuracy"], "{more:?}: by the kept model");
        let mut lines =
            csv::ReaderBuilder::new().from_path(desk.path("out/seed=2/confusion.csv")).expect("a table").into_records();
        for (class, counts) in tested["confusion"].as_array().expect("rows").iter().enumerate() {
            let line = lines.next().expect("a line for each class").expect("a line");
            let numbers: Vec<u64> = line.iter().map(|n| n.parse().expect("a number")).collect();
            assert_eq!((numbers[0], &serde_json::json!(numbers[1..])), (class as u64, counts), "{more:?}: the table");
        }
        let (images, labels) = (format!("{data}/t10k-images-idx3-ubyte"), format!("{data}/t10k-labels-idx1-ubyte"));
        let classify = ["lsm", "classify", &format!("{model}/model.json"), &images, "-q"];
        let given = spikeloom(&[&classify[..], &["--labels", &labels, "--json"]].concat()).ends(0).json();
        assert_eq!(given["accuracy"], report["test_accuracy"], "{more:?}: the same images");
        let lines = spikeloom(&classify).ends(0).results;
        let classes: Vec<u64> = lines.lines().map(|line| line.parse().expect("a class")).collect();
        assert_eq!(serde_json::json!(classes), given["classes"], "{more:?}: a line for each image");
        fs::remove_dir_all(desk.path("out")).expect("removed");
    }
}

#[test]
fn cut_and_continued_is_as_uncut() {
    let desk = Desk::new();
    let (data, out) = (data(&desk), desk.name("out"));
    let uncut = train(&data, &["--out", &out]);
    let file = |name: &str| format!("out/seed=1/liquid-1.{name}.npy");
    let (counts, weights) = (desk.read(&file("train")), desk.read(&file("weights")));
    fs::remove_file(desk.path(&file("validation"))).expect("removed");
    // As after an interrupt: the first 10 of 36 rows.
    let header = counts.len() - 36 * 64 * 2;
    let values = counts[header..].as_chunks::<2>().0.iter().map(|bytes| u16::from_le_bytes(*bytes));
    let mut begun = Vec::new();
    tools::export::write_npy(&mut begun, &[10, 64], values.take(640)).expect("written");
    desk.file(&file("train"), begun);
    let again = train(&data, &["--out", &out]);
    assert_eq!(again["samples_run"], 26 + 12, "what was missing: {again:#}");
    assert_eq!(desk.read(&file("train")), counts, "the same counts");
    for key in ["counts_hash", "test_accuracy", "branching_factor", "projections"] {
        assert_eq!(again[key], uncut[key], "{key}");
    }
    fs::remove_file(desk.path(&file("weights"))).expect("removed");
    let third = train(&data, &["--out", &out, "--readout", "ridge"]);
    assert_eq!(desk.read(&file("weights")), weights, "learned anew, the same");
    assert_eq!((&third["samples_run"], &third["samples_per_s"]), (&0.into(), &Value::Null), "another read-out of what is there");
}

#[test]
fn several_networks_and_their_report() {
    let desk = Desk::new();
    let (data, out, other) = (data(&desk), desk.name("out"), desk.name("other"));
    let both = train(&data, &["--out", &out, "--seeds", "1..2", "--frozen"]);
    let accuracies: Vec<f64> = (0..2).filter_map(|n| both["networks"][n]["test_accuracy"].as_f64()).collect();
    assert_eq!(both["seeds"], serde_json::json!([1, 2]), "{both:#}");
    assert_eq!(both["test_accuracy"].as_f64(), Some((accuracies[0] + accuracies[1]) / 2.0), "the mean");
    let sd = (accuracies[0] - accuracies[1]).abs() / 2.0_f64.sqrt();
    assert!((both["sd"]["test_accuracy"].as_f64().unwrap_or(9.0) - sd).abs() < 1e-12, "the deviation of two: {both:#}");
    assert_ne!(both["networks"][0]["counts_hash"], both["networks"][1]["counts_hash"], "other networks");
    let more: Vec<&str> =
        "--wiring patches --patch 3..9 --patch-synapses 20 --timing accumulate --encoding root --events 25 --refit \
                           --variant stdp --frozen"
            .split_whitespace()
            .collect();
    let patches = train(&data, &[&["--out", &other][..], &more].concat());
    assert!(patches["projections"]["input"]["synapses"].as_u64().is_some_and(|n| n <= 64 * 20), "{patches:#}");
    let svg = desk.name("a.svg");
    let told = spikeloom(&["lsm", "report", &out, &other, "-o", &svg]).ends(0).results;
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[1].contains("nalsm") && lines[1].contains('±') && lines[2].contains("stdp"), "a line each:\n{told}");
    assert!(desk.text("a.svg").contains("branching factor"), "a plot");
    let json = spikeloom(&["lsm", "report", &out, &other, "--json"]).ends(0).json();
    assert_eq!(json["experiments"][1]["report"], patches, "the reports themselves");
    let words = spikeloom(&small(&data, &["--variant", "static", "--weight", "0.8", "--seeds", "3..4"])).ends(0).results;
    assert!(words.contains("static, 64 neurons") && words.contains("mean") && words.contains("--out DIR"), "{words}");
}
