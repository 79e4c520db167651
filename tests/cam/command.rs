//! `spikeloom cam`.

use super::T1;
use crate::program::{Desk, Outcome, spikeloom};
use tools::Terminal;

#[test]
fn a_script_is_run_and_judged() {
    let desk = Desk::new();
    let script = desk.file("t1.ops", T1);
    let (svg, csv) = (desk.name("t1.svg"), desk.name("t1.csv"));
    let told = spikeloom(&["cam", "run", &script, "-q", "--contents", "10", "--raster", &svg, "--spikes", &csv]).ends(0);
    assert!(told.results.contains("56 ms  0 3 | -") && told.results.contains("9 of 9 right"), "{}", told.results);
    assert!(told.results.contains("66 ms  - | 5 6"), "what was replaced shows once more: {}", told.results);
    for name in ["IN", "CueCue", "ContCue", "ContCond", "ContCondInt", "CueCont", "ContCont", "MergeCue", "MergeCont", "OUT"] {
        assert!(desk.text("t1.csv").contains(&format!(",{name},")), "{name} is in the table");
    }
    assert!(desk.text("t1.csv").starts_with("time_ms,population,neuron\n0,IN,0\n0,IN,5\n"), "at SpiNNaker's times");
    assert!(desk.text("t1.svg").contains(">bits 0 4<"), "operations are marked");
    for numerics in ["f64", "spinnaker"] {
        let json = spikeloom(&["cam", "run", &script, "-q", "--numerics", numerics, "--json"]).ends(0).json();
        assert_eq!((json["ok"].as_u64(), json["total"].as_u64()), (Some(9), Some(9)), "{numerics}");
        assert_eq!((json["cues"].as_u64(), json["contents"].as_u64()), (Some(5), Some(10)), "as large as the script needs");
        let sixth = &json["operations"][5];
        assert_eq!(sixth["kind"], "recall by content");
        assert_eq!(sixth["got"][1]["cues"].to_string(), "[0,3]");
        assert_eq!(sixth["expected"], sixth["got"]);
    }
}

#[test]
fn wrong_answers_are_shown() {
    let desk = Desk::new();
    let lines = "learn 0 1\nrecall - 1 2\nrecall - 1 2\nrecall - 1 2\nrecall - 2\n";
    let script = desk.file("wrong.ops", lines);
    let told = spikeloom(&["cam", "run", &script, "-q", "--spacing", "30ms", "--history", "unbounded"]).ends(0);
    assert!(told.results.contains("WRONG, expected: 125 ms  - | 2\n"), "{}", told.results);
    assert!(told.results.contains("4 of 5 right"), "{}", told.results);
}

#[test]
fn mistakes_are_told() {
    let desk = Desk::new();
    let script = |text: &str| desk.file("x.ops", text);
    let problem = |arguments: &[&str], code: u8| {
        let problems = spikeloom(&[&["cam"], arguments, &["--json"]].concat()).ends(code).problems();
        (problems[0]["code"].to_string(), problems[0]["line"].as_u64(), problems[0]["message"].to_string())
    };
    let (code, line, _) = problem(&["run", &script("0 ms learn 0 1\n9 ms recal 0\n")], 2);
    assert_eq!((code.as_str(), line), ("\"operation\"", Some(2)));
    let (code, line, _) = problem(&["run", &script("0 ms learn 0 1\nrecall 0\n")], 2);
    assert_eq!((code.as_str(), line), ("\"missing-time\"", Some(2)));
    let (code, line, _) = problem(&["run", &script("0 ms learn 0 1\n"), "--contents", "1"], 2);
    assert_eq!((code.as_str(), line), ("\"out-of-range\"", Some(1)));
    assert_eq!(problem(&["run", &script("# nothing\n")], 2).0, "\"operation\"");
    assert_eq!(problem(&["run", &desk.name("none.ops")], 1).0, "\"io\"");
    let sound = script("0 ms learn 0 1\n");
    for (flag, value) in [("--spacing", "7"), ("--spacing", "0ms"), ("--raster", "x.pdf"), ("--history", "0"), ("--system", "x")]
    {
        assert_eq!(spikeloom(&["cam", "run", &sound, flag, value]).code, 2, "{flag} {value}");
    }
    for (flag, value) in [("--bits", "11"), ("--bits", "3..2"), ("--density", "1.5"), ("--operations", "0"), ("--cues", "0")] {
        assert_eq!(spikeloom(&["cam", "random", flag, value]).code, 2, "{flag} {value}");
    }
}

#[test]
fn random_operations_are_counted() {
    let run = |more: &[&str]| {
        let arguments = ["cam", "random", "-q", "--operations", "2500", "--seed", "3", "--json"];
        spikeloom(&[&arguments[..], more].concat()).ends(0).json()
    };
    let far = run(&["--spacing", "30ms", "--history", "unbounded"]);
    assert_eq!((far["ok"].as_u64(), far["total"].as_u64()), (Some(2500), Some(2500)), "all right: {far}");
    let close = run(&[]);
    assert_eq!((close["spacing_learn_ms"].as_u64(), close["spacing_recall_ms"].as_u64()), (Some(7), Some(6)), "as published");
    let by_content = &close["kinds"]["recall by content"];
    assert!(by_content["ok"].as_u64() < by_content["total"].as_u64().map(|n| n / 2), "few of these are right: {close}");
    let sum: u64 = close["kinds"].as_object().expect("kinds").values().filter_map(|kind| kind["total"].as_u64()).sum();
    assert_eq!(sum, 2500, "each is of one kind");
    let text = spikeloom(&["cam", "random", "-q", "--operations", "100", "--bits", "1..5"]).ends(0).results;
    assert!(text.contains("recall by cue") && text.contains("seed 1"), "{text}");
}

/// A dialogue with these lines.
fn say(lines: &str, more: &[&str]) -> Outcome {
    let (mut results, mut messages, mut input) = (Vec::new(), Vec::new(), lines.as_bytes());
    let arguments = ["spikeloom", "cam", "repl"].iter().chain(more).map(|word| (*word).into());
    let code = tools::run_with(arguments, &mut Terminal::new(&mut results, &mut messages, false).reading(&mut input));
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Outcome { code, results: text(results), messages: text(messages) }
}

#[test]
fn a_dialogue_remembers_saves_and_loads() {
    let desk = Desk::new();
    let file = desk.name("kept.ops");
    let first = say(&format!("learn 0 1 8\nlearn 2 8 9\nrecall - 8\nlist\nsave {file}\nquit\nrecall 0\n"), &[]).ends(0);
    assert!(first.results.contains("46 ms  0 2 | -"), "both cues have it: {}", first.results);
    assert!(first.results.contains("0 | 1 8\n2 | 8 9\n"), "what is stored: {}", first.results);
    assert!(!first.results.contains("recall 0"), "nothing is read after quit: {}", first.results);
    assert_eq!(desk.text("kept.ops").lines().count(), 4, "a head and three operations");
    let second = say(&format!("load {file}\nrecall 2\n"), &[]).ends(0);
    assert!(
        second.results.contains("3 of 3 operations right") && second.results.contains("66 ms  - | 8 9"),
        "{}",
        second.results
    );
    spikeloom(&["cam", "run", &file, "-q"]).ends(0);
    assert!(say("help\n", &[]).ends(0).results.contains("save FILE"), "help");
}

#[test]
fn mistakes_in_a_dialogue_end_nothing() {
    let told = say("learn 9 1\nlern 0 1\nlearn 0 1\n5 ms recall 0\nload none.ops\nsave\n\nrecall 0\n", &["--cues", "3"]);
    assert_eq!(told.code, 2, "the exit code tells of mistakes from a pipe");
    for word in
        ["there is no cue 9", "did you mean \"learn\"?", "it is 20 ms already", "none.ops", "save needs the name of a file"]
    {
        assert!(told.messages.contains(word), "{word} in\n{}", told.messages);
    }
    assert!(told.results.contains("26 ms  - | 1"), "and what is right is done: {}", told.results);
}
