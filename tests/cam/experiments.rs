//! `cam capacity` and `cam fidelity`: what they print, write and refuse. What they find is tested where it is found, in models.

use crate::program::{Desk, spikeloom};
use serde_json::Value;

const SMALL: [&str; 14] = [
    "cam",
    "capacity",
    "-q",
    "--groups",
    "6",
    "--group-bits",
    "4",
    "--contents",
    "80",
    "--set",
    "4",
    "--patterns",
    "240",
    "--loads=3",
];

fn numbers(value: &Value, key: &str) -> Vec<f64> {
    let list = value["loads"].as_array().expect("loads");
    list.iter().map(|load| load[key].as_f64().unwrap_or_else(|| panic!("{key} of {load}"))).collect()
}

#[test]
fn capacity_is_told_and_drawn() {
    let desk = Desk::new();
    let plot = desk.name("capacity.svg");
    let found = spikeloom(&[&SMALL[..], &["--json", "-o", &plot]].concat()).ends(0).json();
    assert_eq!(numbers(&found, "patterns"), [80.0, 160.0, 240.0], "equal loads");
    assert_eq!(numbers(&found, "missed_bits"), [0.0; 3], "nothing is missed");
    let (bits, held) = (numbers(&found, "bits_per_synapse"), found["bits_per_synapse"].as_f64());
    assert_eq!(held, bits.iter().copied().reduce(f64::max), "the most of them");
    assert_eq!(found["synapses"], 96.0 * 80.0, "from 6 x 2^4 cells to 80");
    let svg = desk.text("capacity.svg");
    for word in ["bits a synapse", "theory", "Willshaw, limit", "ca3_memory"] {
        assert!(svg.contains(word), "\"{word}\" stands in the plot");
    }
    let text = spikeloom(&SMALL).ends(0).results;
    assert!(text.contains("most: ") && text.contains("7,680 synapses that learn"), "{text}");
    let again = spikeloom(&[&SMALL[..], &["--json", "--threads", "2"]].concat()).ends(0).json();
    assert_eq!(again["loads"], found["loads"], "the same with two threads");
}

#[test]
fn fidelity_is_told_and_drawn() {
    let desk = Desk::new();
    let plot = desk.name("fidelity.png");
    let arguments = ["cam", "fidelity", "-q", "--cues", "5", "--contents", "40", "--set", "4", "--samples", "10"];
    let hardened = [&arguments[..], &["--system", "ca3_memory_hardened"]].concat();
    let found = spikeloom(&[&hardened[..], &["--json", "-o", &plot]].concat()).ends(0).json();
    let count = |name: &str| found["disturbances"][name].as_array().map(Vec::len);
    assert_eq!(["missing", "flipped", "deleted", "moved"].map(count), [Some(4), Some(5), Some(5), Some(5)], "a point a bit");
    assert_eq!(found["disturbances"]["missing"][0]["exact_content"], 1.0, "all bits: the whole content");
    assert!(desk.read("fidelity.png").starts_with(b"\x89PNG"), "a picture");
    let text = spikeloom(&arguments).ends(0).results;
    assert!(text.contains("ca3_memory, 5 cues, contents of 4 of 40 bits"), "{text}");
}

#[test]
fn what_cannot_be_is_refused() {
    for (arguments, words) in [
        (vec!["cam", "capacity", "--set", "1024"], "a content has fewer bits that are set"),
        (vec!["cam", "capacity", "--groups", "0"], "--groups"),
        (vec!["cam", "capacity", "--bits", "3"], "group_bits"),
        (vec!["cam", "capacity", "--groups", "4096", "--group-bits", "16"], "131072 cells at most"),
        (vec!["cam", "capacity", "--contents", "4294967295"], "contents is a whole number"),
        (vec!["cam", "capacity", "-o", "plot.txt"], ".svg or .png"),
        (vec!["cam", "fidelity", "--set", "200"], "fewer bits are set"),
        (vec!["cam", "fidelity", "--system", "no_memory"], "no_memory"),
    ] {
        spikeloom(&arguments).ends(2).says(words);
    }
}

/// Synaptic events of operations on an empty memory of N cues and M bits, as counted by hand from the projections: of learning b bits, of
/// recalling them by the cue, of asking by k bits that h cues have. They do not grow with N x M.
#[test]
fn events_of_operations_are_those_of_the_formulas() {
    let desk = Desk::new();
    let events = |cues: u64, contents: u64, operations: &[String]| -> u64 {
        let text = format!(
            "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"200 ms\"\n[[systems]]\nkind = \"ca3_memory\"\nas = \"mem\"\n\
             cues = {cues}\ncontents = {contents}\noperations = [{}]\n",
            operations.join(", ")
        );
        let run = spikeloom(&["run", &desk.file("net.toml", &text), "-q", "--json"]).ends(0).json();
        run["synaptic_events"].as_u64().expect("a number")
    };
    for (n, m, b) in [(5, 10, 4), (16, 32, 7), (40, 9, 1)] {
        let bits: Vec<String> = (0..b).map(|bit| bit.to_string()).collect();
        let learn = format!("{{ at = \"0 ms\", learn = 0, content = [{}] }}", bits.join(", "));
        let after = |operation: &str| events(n, m, &[learn.clone(), format!("{{ at = \"50 ms\", {operation} }}")]);
        let learned = events(n, m, std::slice::from_ref(&learn));
        assert_eq!(learned, 2 * (3 * m + 2 * n + 3 + 7 * b + b * n) + 1 + b, "to learn {b} bits with {n} cues, {m} bits");
        assert_eq!(after("recall = 0") - learned, 3 * m + 2 * n + 3 + 4 * b, "to recall {b} bits with {n} cues, {m} bits");
        assert_eq!(after("content = [0]") - learned, m + (n + 7) + (n + 1), "to ask by a bit with {n} cues, {m} bits");
    }
}
