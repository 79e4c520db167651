//! Nesting and length: texts made to exhaust the stack or the memory are refused in a sentence.

use super::{Format, parse, read};
use crate::tree::MAX_DEPTH;
use sim_core::diagnostic::SourceId;

fn codes(format: Format, text: &str) -> Vec<&'static str> {
    parse(format, SourceId(0), text, &[]).1.iter().map(|d| d.code).collect()
}

#[test]
fn deep_nesting_is_refused() {
    let many = 100_000;
    let chain = vec!["a"; 79].join(".");
    let tower = format!("{}1{}", format!("{{ {chain} = ").repeat(79), " }".repeat(79));
    for text in [
        format!("a = {}{}", "[".repeat(many), "]".repeat(many)),
        format!("a = {}", "[".repeat(many)),
        format!("a = {}", "{ a = ".repeat(many)),
        format!("[{}]", vec!["a"; many].join(".")),
        format!("{} = 1", vec!["a"; many].join(".")),
        format!("a = {tower}"),
        format!("[[{chain}]]\n{chain} = {tower}\n{chain} = {tower}"),
    ] {
        let found = codes(Format::Toml, &text);
        assert!(
            !found.is_empty() && found.iter().all(|c| ["toml", "nested-too-deeply", "duplicate-key"].contains(c)),
            "{found:?}"
        );
    }
    for text in ["[".repeat(many), "{\"a\":".repeat(many), format!("{}{}", "[".repeat(400), "]".repeat(400))] {
        let found = codes(Format::Json, &text);
        assert!(found == ["json"] || found == ["nested-too-deeply"], "{found:?}");
    }
    let deepest = format!("spikeloom = 1\n[hardware]\nx = {}1{}", "[".repeat(MAX_DEPTH - 2), "]".repeat(MAX_DEPTH - 2));
    assert_eq!(read(&deepest).1, [], "what is allowed is read");
}

#[test]
fn long_texts_are_refused_before_they_are_read() {
    let text = " ".repeat(crate::MAX_TEXT_BYTES + 1);
    assert_eq!(codes(Format::Toml, &text), ["text-too-long"], "beyond the limit");
    assert_eq!(codes(Format::Json, &text), ["text-too-long"], "in both formats");
}
