//! JSON is the same language: equal descriptions, and strictness where JSON is strict.

use super::{Format, examples, parse, read, read_as, underlined};
use crate::tree::{Kind, Node};
use sim_core::diagnostic::SourceId;
use std::fmt::Debug;

/// The tree as JSON, written by serde_json: a writer that knows nothing of this crate.
fn json(node: &Node) -> serde_json::Value {
    match &node.kind {
        Kind::Number(number) if *number == number.trunc() => serde_json::json!(*number as i64),
        Kind::Number(number) => serde_json::json!(number),
        Kind::Bool(value) => serde_json::json!(value),
        Kind::Text(text) => serde_json::json!(text.value),
        Kind::Array(items) => items.iter().map(json).collect(),
        Kind::Table(entries) => entries.iter().map(|e| (e.key.clone(), json(&e.node))).collect::<serde_json::Map<_, _>>().into(),
        other => panic!("{other:?} is not in the examples"),
    }
}

/// The debugging text without the places.
fn placeless(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    let mut parts = text.split("Span { source");
    let first = parts.next().unwrap_or("").to_string();
    parts.fold(first, |all, part| all + part.split_once('}').map_or(part, |(_, rest)| rest))
}

#[test]
fn both_formats_give_the_same_description() {
    for (name, text) in examples() {
        let tree = crate::from_toml::parse(&text, SourceId(0)).expect("the example is TOML");
        for written in [serde_json::to_string(&json(&tree)), serde_json::to_string_pretty(&json(&tree))] {
            let written = written.expect("the tree can be written");
            let (from_json, json_faults) = read_as(Format::Json, &written);
            let (from_toml, toml_faults) = read(&text);
            assert_eq!(placeless(&from_json), placeless(&from_toml), "{name}");
            let places = |text: &str, faults: &[sim_core::diagnostic::Diagnostic]| -> Vec<(&'static str, String)> {
                let mut marks: Vec<_> = faults.iter().map(|d| (d.code, underlined(text, d.span).to_string())).collect();
                marks.sort();
                marks
            };
            assert_eq!(places(&written, &json_faults), places(&text, &toml_faults), "{name}: the same is underlined");
        }
    }
}

#[test]
fn json_is_strict() {
    for (text, code, place) in [
        ("", "json", ""),
        ("{ \"spikeloom\": 1, }", "json", ","),
        ("{ \"spikeloom\": 1 // one\n }", "json", "// one"),
        ("{ 'spikeloom': 1 }", "json", "'"),
        ("{ spikeloom: 1 }", "json", "spikeloom"),
        ("{ \"spikeloom\": 0x1 }", "json", "0"),
        ("{ \"spikeloom\": 1 } 2", "json", "2"),
        ("{ \"spikeloom\": 1, \"spikeloom\": 1 }", "duplicate-key", "spikeloom"),
        ("{ \"spikeloom\": 1, \"network\": { \"seed\": 1e999 } }", "number-out-of-range", "1e999"),
        ("{ \"spikeloom\": 1, \"network\": null }", "wrong-type", "null"),
        ("[1]", "wrong-type", "[1]"),
        ("{ \"spikeloom\": 1, \"network\": { \"name\": \"a\\nb\", \"nam\": 1 } }", "unknown-key", "nam"),
        ("{ \"spikeloom\": 1,\n \"record\": [ {\n \"from\": \"a\" } ] }", "missing-key", "{"),
    ] {
        let (_, diagnostics) = parse(Format::Json, SourceId(0), text, &[]);
        let found: Vec<_> = diagnostics.iter().map(|d| (d.code, underlined(text, d.span))).collect();
        assert_eq!(found, [(code, place)], "{text}");
    }
}

#[test]
fn formats_are_known_by_extension() {
    assert_eq!(Format::of_path("a/b.toml"), Some(Format::Toml), "TOML");
    assert_eq!(Format::of_path("a.b/c.JSON"), Some(Format::Json), "JSON, case ignored");
    assert_eq!(Format::of_path("a.b/c"), None, "no extension");
    assert_eq!(Format::of_path("c.csv"), None, "another");
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let text = "\u{feff}spikeloom = 1\n[network]\nnam = 1\n";
    let (_, diagnostics) = read(text);
    assert_eq!(
        diagnostics.iter().map(|d| underlined(text, d.span)).collect::<Vec<_>>(),
        ["nam"],
        "and places stay right: {diagnostics:?}"
    );
}
