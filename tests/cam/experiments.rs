//! `cam capacity`, `cam fidelity`, `cam spacing` and `cam scaling`: what they print, write and refuse. What they find is tested where it is found, in models.

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

/// Each point is what `cam random` counts; what is closer than a memory allows is left out.
#[test]
fn spacings_are_told_and_drawn() {
    let desk = Desk::new();
    let plot = desk.name("spacing.svg");
    let arguments = ["cam", "spacing", "-q", "--operations", "300", "--spacings", "10ms,2 ms,10ms", "--seed", "4"];
    let found = spikeloom(&[&arguments[..], &["--json", "-o", &plot]].concat()).ends(0).json();
    let curves = found["curves"].as_array().expect("curves");
    let told = |curve: &Value| {
        let points = curve["points"].as_array().expect("points");
        let spacings: Vec<u64> = points.iter().filter_map(|point| point["spacing_ms"].as_u64()).collect();
        (curve["system"].to_string(), curve["history"].as_u64(), spacings)
    };
    let expected =
        [("ca3_memory", Some(15), vec![10]), ("ca3_memory", Some(0), vec![10]), ("ca3_memory_hardened", None, vec![2, 10])];
    let expected = expected.map(|(system, history, spacings)| (format!("\"{system}\""), history, spacings));
    assert_eq!(curves.iter().map(told).collect::<Vec<_>>(), expected);
    for (curve, history) in [(0, "15"), (1, "unbounded")] {
        let random =
            ["cam", "random", "-q", "--operations", "300", "--spacing", "10ms", "--seed", "4", "--history", history, "--json"];
        let random = spikeloom(&random).ends(0).json();
        assert_eq!(curves[curve]["points"][0]["kinds"], random["kinds"], "history {history}");
    }
    assert!(curves[2]["points"].as_array().expect("points").iter().all(|point| point["ok"] == 300), "no errors");
    let svg = desk.text("spacing.svg");
    for word in
        ["by content: ca3_memory, 15 remembered", "learn: ca3_memory, unbounded", "all: ca3_memory_hardened", "right answers"]
    {
        assert!(svg.contains(word), "\"{word}\" stands in the plot");
    }
    let text = spikeloom(&[&arguments[..], &["--systems", "ca3_decoder_memory"]].concat()).ends(0).results;
    assert!(text.contains("ca3_decoder_memory, unbounded"), "{text}");
}

/// Contents that share no bit: events are those of the formulas exactly, at any size, and 6 bytes a synapse.
#[test]
fn sizes_are_told_and_drawn() {
    let desk = Desk::new();
    let plot = desk.name("scaling.png");
    let arguments = ["cam", "scaling", "-q", "--sizes", "40,16", "--set", "3"];
    let found = spikeloom(&[&arguments[..], &["--json", "-o", &plot]].concat()).ends(0).json();
    let points = found["points"].as_array().expect("points");
    assert_eq!(points.len(), 4, "two memories of two sizes");
    for point in points {
        let (size, operations) = (point["size"].as_u64().expect("a size"), point["operations"].as_array().expect("operations"));
        assert_eq!(operations.len(), 3, "to learn, to recall by cue and by content");
        for operation in operations {
            assert_eq!(operation["events"], operation["formula"], "{point}");
            assert_eq!(operation["ok"], operation["total"], "{point}");
            assert_eq!(operation["total"], size / 3, "as many contents as there are bits for: {point}");
        }
        assert_eq!(point["plastic_synapses"], 2 * size * size);
        assert!(point["bytes_per_plastic_synapse"].as_f64().is_some_and(|bytes| (6.0..9.0).contains(&bytes)), "{point}");
    }
    assert_eq!(points[1]["operations"][0]["events"], (2 * (3 + 7 * 3 + (5 + 3) * 40) + 1 + 3) as f64, "by hand");
    assert!(desk.read("scaling.png").starts_with(b"\x89PNG"), "a picture");
    let text = spikeloom(&[&arguments[..], &["--systems", "ca3_cue_memory"]].concat()).ends(0).results;
    assert!(text.contains("recall by cue") && !text.contains("recall by content"), "what it has: {text}");
}

/// What is wrong with a memory that the command line describes is told with the option, and without a line of a file.
#[test]
fn wrong_memories_are_told_by_option() {
    for (arguments, words) in [
        (vec!["cam", "capacity", "--tolerance", "10"], "--tolerance: tolerance is a whole number from 0 to 9, not 10"),
        (
            vec!["cam", "capacity", "--group-bits", "9", "--bits", "8"],
            "--group-bits: group_bits is a whole number from 1 to 8, not 9",
        ),
        (vec!["cam", "random", "--cues", "16777217"], "--cues: cues is a whole number from 1 to 16777216, not 16777217"),
        (vec!["cam", "fidelity", "--contents", "16777217"], "--contents: contents is a whole number"),
    ] {
        let messages = spikeloom(&arguments).ends(2).says(words).messages;
        assert!(!messages.contains("-->") && !messages.contains(" | "), "no place in a text: {messages}");
    }
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
        (vec!["cam", "fidelity", "--spacing", "9ms"], "--spacing"),
        (vec!["cam", "spacing", "--spacings", "7"], "--spacings 7: whole numbers of ms"),
        (vec!["cam", "spacing", "--spacings", "1ms,2ms", "--systems", "ca3_memory"], "no memory allows operations so close"),
        (vec!["cam", "spacing", "--systems", "no_memory"], "no_memory"),
        (vec!["cam", "spacing", "-o", "plot.txt"], ".svg or .png"),
        (vec!["cam", "scaling", "--sizes", "4,16"], "no more bits than the smallest of --sizes has, 4"),
        (vec!["cam", "scaling", "--sizes", "0"], "--sizes"),
        (vec!["cam", "scaling", "-o", "plot.txt"], ".svg or .png"),
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
