//! Wrong netlists, each with one mistake: the code, the place and a word of the message. The place is written into the
//! mistake: what the program underlines stands between « and ».

mod cases;
mod learning;
mod third;
mod trials;

use crate::program::{Desk, spikeloom};
use cases::{CASCADES, DOES_NOT_FIT, MISTAKES, Mistake, WARNINGS, WHOLE};

/// A sound netlist, in which one thing is changed.
const BASE: &str = include_str!("../data/base.toml");

/// A desk with the side files that the mistakes name.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("cells.csv", "v\n-60 mV\n-61 mV\n");
    desk.file("pairs.csv", "source,target\n0,0\n77,1\n");
    desk.file("spikes.csv", "time_ms,neuron\n1.5,0\n2.5,9\n");
    desk.file("labels.idx", [0, 0, 8, 1, 0, 0, 0, 1, 7]);
    desk.file("dot.idx", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 255]);
    desk.file("kinds.csv", "source,target,kind\n0,0,a\n1,1,b\n2,2,c\n3,3,a\n4,4,d\n5,5,e\n6,6,f\n");
    desk.file("words.csv", "source,target\nzero,0\n");
    desk.file("names.csv", "name,role\nA,in\nB,out\nA,up\n2,odd\n");
    desk.file(
        "part.toml",
        "spikeloom = 1\n[parameters]\nscale = 2\n[populations.p]\nneurons = { model = \"lif_psc_exp\" }\nsize = 1\n",
    );
    desk.file("step.toml", "spikeloom = 1\n[network]\ntimestep = \"0.2 ms\"\n");
    desk.file("loop.toml", "spikeloom = 1\n[[include]]\nfile = \"net.toml\"\nas = \"l\"\n");
    desk.file("ragged.csv", "source,target\n0,0,0\n");
    desk
}

/// The base with one piece put in the place of another.
fn changed(mistake: &Mistake) -> String {
    let (from, to, ..) = mistake;
    assert!(BASE.contains(from), "{from:?} is in the base");
    BASE.replacen(from, to, 1)
}

/// The text without the marks, and the place that they mark: line and column from 1, and the marked text.
fn unmarked(text: &str) -> (String, Option<(u64, u64, String)>) {
    let place = text.find('«').map(|start| {
        let before = &text[..start];
        let line = 1 + before.matches('\n').count() as u64;
        let last = before.rsplit('\n').next().unwrap_or_default().trim_start_matches('\u{feff}');
        let marked = text[start..].split(['«', '»']).nth(1).unwrap_or_default();
        (line, 1 + last.chars().count() as u64, marked.to_string())
    });
    (text.replace(['«', '»'], ""), place)
}

/// Checks a netlist as JSON and as words, and compares the first problem with what is expected. What is amiss, if anything.
fn fault(desk: &Desk, name: &str, text: &str, (code, word, exit): (&str, &str, u8), most: usize) -> Option<String> {
    let (text, place) = unmarked(text);
    let file = desk.file(name, &text);
    let arguments = ["check", &file, "--memory-limit", "1000"];
    let problems = spikeloom(&[&arguments[..], &["--json"]].concat()).ends(exit).problems();
    let words = spikeloom(&arguments).ends(exit);
    let first = &problems[0];
    let said = format!("{} {}", first["message"], first["help"]);
    let found = first["line"].as_u64().zip(first["column"].as_u64());
    let expected = place.as_ref().map(|(line, column, _)| (*line, *column));
    let widths = (underlined(&words.messages), place.map(|(.., marked)| marked.chars().count().max(1)));
    let amiss = match () {
        () if first["code"] != code => format!("the code is not {code}"),
        () if !said.contains(word) => format!("\"{word}\" is not said"),
        () if found != expected => format!("the place is {found:?}, not {expected:?}"),
        () if widths.0 != widths.1 => format!("underlined are {:?} characters, not {:?}", widths.0, widths.1),
        () if problems.len() > most => format!("{} messages for one mistake", problems.len()),
        () if !words.results.is_empty() => format!("printed as a result: {}", words.results),
        () => return None,
    };
    Some(format!("{amiss}:\n{}", words.messages))
}

/// Characters underlined in the first message.
fn underlined(messages: &str) -> Option<usize> {
    let marks = |line: &str| line.split_once("| ").map(|(_, rest)| rest.matches('^').count()).filter(|marks| *marks > 0);
    messages.lines().filter(|line| line.trim_start().starts_with('|')).find_map(marks)
}

/// Asserts that every mistake is told as it should.
fn check(mistakes: &[Mistake], exit: u8, most: usize) {
    let desk = desk();
    let told = |m: &Mistake| fault(&desk, "net.toml", &changed(m), (m.2, m.3, exit), most).map(|f| format!("{m:?}: {f}"));
    let faults: Vec<String> = mistakes.iter().filter_map(told).collect();
    assert!(faults.is_empty(), "{} of {} mistakes\n\n{}", faults.len(), mistakes.len(), faults.join("\n\n"));
}

#[test]
fn the_base_is_sound() {
    let desk = desk();
    let outcome = spikeloom(&["check", &desk.file("net.toml", BASE), "--strict", "--json"]).ends(0);
    assert_eq!(outcome.json()["ok"], true, "no problem, not even a warning");
}

#[test]
fn one_mistake_one_message_at_its_place() {
    assert!(MISTAKES.len() + WHOLE.len() >= 100, "a table worth the name");
    check(MISTAKES, 2, 1);
}

#[test]
fn one_mistake_felt_elsewhere() {
    check(CASCADES, 2, 4);
}

#[test]
fn absurd_sizes_are_refused_before_memory_is_taken() {
    check(DOES_NOT_FIT, 1, 1);
}

#[test]
fn whole_files() {
    let desk = desk();
    let told = |(name, text, code, word): &(&str, &str, &str, &str)| {
        fault(&desk, name, text, (code, word, 2), 4).map(|f| format!("{name}: {f}"))
    };
    let faults: Vec<String> = WHOLE.iter().filter_map(told).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn warnings_go_on_and_are_errors_under_strict() {
    let desk = desk();
    for mistake in WARNINGS {
        let marked = changed(mistake);
        check_warning(&desk, &marked, mistake);
    }
}

fn check_warning(desk: &Desk, marked: &str, mistake: &Mistake) {
    let (text, place) = unmarked(marked);
    let file = desk.file("net.toml", &text);
    let object = spikeloom(&["check", &file, "--json"]).ends(0).json();
    let warning = &object["problems"][0];
    assert_eq!((&warning["code"], &warning["severity"]), (&mistake.2.into(), &"warning".into()), "{object:#}");
    let (line, column, _) = place.expect("a warning has a place");
    assert_eq!((warning["line"].as_u64(), warning["column"].as_u64()), (Some(line), Some(column)), "{text}\n{warning:#}");
    assert!(warning["message"].as_str().is_some_and(|m| m.contains(mistake.3)), "{warning:#}");
    spikeloom(&["run", &file, "-q", "--duration", "1ms", "--strict"]).ends(2).says(mistake.3);
    spikeloom(&["run", &file, "-q", "--duration", "1ms"]).ends(0);
}

/// A mistake in an included netlist is shown in its own file; another step, or a circle, where it stands.
#[test]
fn mistakes_in_included_netlists_are_shown_there() {
    let desk = desk();
    let inside = "spikeloom = 1\n[populations.p]\nneurons = { model = \"lif_psc_exp\", tau_m = \"10 mV\" }\nsize = 1\n";
    desk.file("inside.toml", inside);
    for (file, code, line, column, word) in [
        ("inside.toml", "dimension", 3, 44, "tau_m"),
        ("step.toml", "other-timestep", 3, 12, "steps of 0.2 ms"),
        ("loop.toml", "cycle", 3, 8, "net.toml -> loop.toml -> net.toml"),
    ] {
        let text = BASE.replacen("[parameters]", &format!("[[include]]\nfile = \"{file}\"\nas = \"x\"\n[parameters]"), 1);
        let net = desk.file("net.toml", &text);
        let problems = spikeloom(&["check", &net, "--json"]).ends(2).problems();
        assert_eq!(problems.len(), 1, "{file}: one message: {problems:#?}");
        let first = &problems[0];
        let found = (first["file"].as_str(), first["code"].as_str(), first["line"].as_u64(), first["column"].as_u64());
        assert_eq!(found, (Some(file), Some(code), Some(line), Some(column)), "{first:#}");
        spikeloom(&["check", &net]).ends(2).says(word);
    }
}

/// What names the parts of a netlist that is missing, is no netlist or is itself missing one, and other mistakes.
const AROUND: &str = r#"
[tables.x]
of = "more"
data = [1, 2]
[neurons.own]
like = "v1.lif"
tau_m = "1 ms"
[populations.last]
neurons = "v1.lif"
size = { expr = "m" }
positions = { space = "v1.room" }
[[projections]]
source = ["exc", "v1.exc", "v1.*"]
target = "more"
connect = { rule = "all_to_all" }
weight = { expr = "v1.w[source] * x[target] * 1 pA" }
delay = "1 ms"
[[record]]
from = ["v1.exc[0..3]", "*.exc"]
what = "spikes"
"#;

/// The codes of what is said of a netlist, sorted.
fn codes(desk: &Desk, text: &str) -> Vec<String> {
    let problems = spikeloom(&["check", &desk.file("net.toml", text), "--json"]).ends(2).problems();
    let mut codes: Vec<String> = problems.iter().filter_map(|p| p["code"].as_str()).map(str::to_string).collect();
    codes.sort_unstable();
    codes
}

#[test]
fn what_is_missing_hides_nothing_and_is_missed_once() {
    let desk = desk();
    desk.file("torn.toml", "spikeloom = 1\n[populations\n");
    for (include, code) in [
        ("file = \"nowhere.toml\"\nas = \"v1\"", "file"),
        ("file = \"torn.toml\"\nas = \"v1\"", "toml"),
        ("file = 3\nas = \"v1\"", "wrong-type"),
        ("file = \"part.toml\"", "missing-key"),
        ("file = \"part.toml\"\nas = \"v1.x\"", "bad-name"),
    ] {
        let parameters = format!("[[include]]\n{include}\n[parameters]\nm = {{ expr = \"2 * v1.n\" }}\n");
        let own = BASE.replacen("[parameters]\n", &parameters, 1).replacen("\"90 pA\"", "\"90 mV\"", 1);
        let own = own.replacen("[groups]\n", "[groups]\nmore = [\"v1.exc\", \"left\"]\n", 1);
        let around = if code == "bad-name" { AROUND.replace("v1.", "v1.x.") } else { AROUND.to_string() };
        let own = if code == "bad-name" { own.replace("\"v1.exc\"", "\"v1.x.exc\"").replace("v1.n", "v1.x.n") } else { own };
        let mut expected = [code, "dimension"];
        expected.sort_unstable();
        assert_eq!(codes(&desk, &format!("{own}{around}")), expected, "{include}");
    }
}

#[test]
fn what_an_included_netlist_misses_is_told_with_its_other_mistakes() {
    let desk = desk();
    let gone = "[[include]]\nfile = \"gone.toml\"\nas = \"deep\"\n";
    desk.file("inner.toml", format!("spikeloom = 1\n{gone}[populations.p]\nneurons = \"deep.lif\"\nsize = 0.5\n"));
    let include = "[[include]]\nfile = \"inner.toml\"\nas = \"v1\"\n[parameters]";
    let text = BASE.replacen("[parameters]", include, 1).replacen("from = \"exc\"", "from = [\"v1.deep.exc\", \"v1.q\"]", 1);
    assert_eq!(codes(&desk, &text), ["file", "not-a-whole-number", "unknown-population"], "v1.q is no part of what is missing");
}

#[test]
fn bytes_that_are_no_text() {
    let desk = desk();
    let file = desk.file("net.toml", [0xff, 0xfe, 0x00, 0x80]);
    let problems = spikeloom(&["check", &file, "--json"]).ends(2).problems();
    assert_eq!(problems[0]["code"], "no-text", "{problems:?}");
    spikeloom(&["check", &file]).ends(2).says("not a text file");
}

#[test]
fn five_mistakes_are_told_at_once() {
    let desk = desk();
    let mut text = BASE.to_string();
    let mistakes = [
        ("tau_m = \"10 ms\"", "tau_m = «\"10 mV\"»", "dimension"),
        ("{ v_m =", "{ «vm» =", "unknown-state"),
        ("size = 10", "size = «-10»", "not-a-whole-number"),
        ("\"8 kHz\"", "\"8 «kHzz»\"", "unknown-unit"),
        ("\"all_to_all\"", "«\"all_to_al\"»", "unknown-rule"),
    ];
    for (from, to, _) in mistakes {
        assert!(text.contains(from), "{from} is in the base");
        text = text.replacen(from, to, 1);
    }
    let expected: Vec<(u64, u64, &str)> = mistakes
        .iter()
        .map(|(_, to, code)| {
            let start = text.find(to).expect("the mistake") + to.find('«').expect("a mark");
            let before = text[..start].replace(['«', '»'], "");
            let (line, column, _) = unmarked(&format!("{before}«»")).1.expect("a place");
            (line, column, *code)
        })
        .collect();
    let file = desk.file("net.toml", unmarked(&text).0);
    let problems = spikeloom(&["check", &file, "--json"]).ends(2).problems();
    let found: Vec<(u64, u64, &str)> = problems
        .iter()
        .map(|p| (p["line"].as_u64().unwrap_or(0), p["column"].as_u64().unwrap_or(0), p["code"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(found, expected, "all five, in the order of the text: {problems:#?}");
    spikeloom(&["check", &file]).ends(2).says("5 problems found; nothing was run");
}
