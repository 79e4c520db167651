//! A small NALSM of 300 neurons that learns, is shown images and is read out: the same spikes as when it was last looked at, down to the
//! last one, and as good. Of shapes that are drawn here, and of 2,000 digits where there are some.
//!
//! When what a liquid does is meant to change, the hashes are those of the failing test's message; accuracies should stay.

use super::lsm::data;
use crate::program::{Desk, spikeloom};
use serde_json::Value;

/// What was found.
struct Found {
    counts_hash: &'static str,
    test_accuracy: f64,
}

/// Allowed of the accuracy: it follows from the same counts, but may be read out otherwise.
const WITHIN: f64 = 0.003;

fn gate(data: &str, sizes: &str, expected: &Found) {
    let command = ["lsm", "train", "--data", data, "--grid", "10x6x5", "-q", "--json"];
    let sizes: Vec<&str> = sizes.split_whitespace().collect();
    let report: Value = spikeloom(&[&command[..], &sizes].concat()).ends(0).json();
    assert_eq!((&report["variant"], &report["neurons"]), (&"nalsm".into(), &300.into()), "what is run");
    let (hash, accuracy) = (&report["counts_hash"], report["test_accuracy"].as_f64().unwrap_or_default());
    assert_eq!(hash, expected.counts_hash, "other spikes than before: {report:#}");
    assert!((accuracy - expected.test_accuracy).abs() <= WITHIN, "{accuracy} instead of {}: {report:#}", expected.test_accuracy);
}

#[test]
fn shapes() {
    let desk = Desk::new();
    let expected = Found { counts_hash: "8c837def719e55a0d1fba5f7f8bf292c9d39310d8a6c5619bc7b3a017a6520a2", test_accuracy: 1.0 };
    gate(&data(&desk), "--train 36 --validation 12 --test 12 --snapshots 100 --epochs 40", &expected);
}

#[test]
fn digits_where_there_are_some() {
    let Some(root) = std::env::var_os("SPIKELOOM_DATA") else {
        eprintln!("skipped: SPIKELOOM_DATA names no folder with mnist");
        return;
    };
    let data = std::path::Path::new(&root).join("mnist").to_string_lossy().into_owned();
    let expected =
        Found { counts_hash: "f67de035abaf3e8fabbc97231736069fd19912009a25b0288bd72aa00a70de40", test_accuracy: 0.7529 };
    gate(&data, "--train 1000 --validation 300 --test 700 --snapshots 1000", &expected);
}
