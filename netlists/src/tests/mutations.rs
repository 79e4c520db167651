//! Whatever is done to a netlist, reading it ends with diagnostics whose places lie in the text.

use super::{Examples, Format, Override, Shelf, examples, load};
use crate::language::{FORMS, ROOT, SECTIONS};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed};
use sim_core::diagnostic::Sources;

/// One change: which kind, where, and with what.
type Change = (u8, prop::sample::Index, prop::sample::Index, u8);

/// Words of the language and others that are at home in no netlist.
fn words() -> Vec<String> {
    let keys = SECTIONS.iter().chain([&&ROOT]).flat_map(|s| s.names()).chain(FORMS.iter().flat_map(|f| f.names()));
    let others = [
        "[", "]", "[[", "{", "}", "\"", "'''", "=", ",", ".", "..", "-1", "1e999", "nan", "\"2 mz\"", "[[]]", "µ", "\u{feff}",
        "\0", "[9..1]",
    ];
    keys.map(str::to_string).chain(others.map(str::to_string)).collect()
}

fn mutate(text: &str, words: &[String], (kind, at, other, byte): &Change) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return words[other.index(words.len())].clone();
    }
    let (line, second) = (at.index(lines.len()), other.index(lines.len()));
    match kind % 6 {
        0 => {
            let mut bytes = text.as_bytes().to_vec();
            let place = at.index(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
            if let Some(flipped) = bytes.get_mut(place) {
                *flipped ^= byte;
            }
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        1 => drop(lines.remove(line)),
        2 => lines.insert(second, lines[line]),
        3 => lines.swap(line, second),
        4 => {
            let tokens: Vec<&str> = text.split_inclusive([' ', '=', ',', '"', '[', ']', '{', '}', '\n']).collect();
            let place = at.index(tokens.len());
            let word = &words[other.index(words.len())];
            return tokens.iter().enumerate().map(|(i, t)| if i == place { word.as_str() } else { t }).collect();
        }
        _ => return text.chars().take(at.index(text.chars().count() + 1)).collect(),
    }
    lines.join("\n")
}

fn check(format: Format, text: &str, change: &str) -> Result<(), TestCaseError> {
    let mut sources = Sources::default();
    let (source, set) = (sources.add("netlist.toml", text), sources.add("--set", change));
    let overrides = [Override { source: set, text: change }];
    let (_, diagnostics) = load(format, source, &overrides, &Shelf(&Examples), &mut sources);
    for diagnostic in &diagnostics {
        prop_assert!(!diagnostic.message.is_empty(), "a problem is a sentence");
        if let Some(span) = diagnostic.span {
            let source = sources.text(span.source);
            prop_assert!(span.start <= span.end, "{diagnostic:?} goes forward");
            prop_assert!(
                source.get(span.start as usize..span.end as usize).is_some(),
                "{diagnostic:?} lies on characters of its text"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(Config {
        cases: 3000,
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(7),
        ..Config::default()
    })]

    #[test]
    fn no_text_is_fatal(which: prop::sample::Index, as_json: bool, changes in prop::collection::vec(any::<Change>(), 1..8)) {
        let (examples, words) = (cached_examples(), words());
        let (toml, json) = &examples[which.index(examples.len())];
        let (format, text) = if as_json { (Format::Json, json) } else { (Format::Toml, toml) };
        let broken = changes.iter().fold(text.clone(), |text, change| mutate(&text, &words, change));
        let set = changes.iter().fold("neurons.lif.tau_m=15ms".to_string(), |text, change| mutate(&text, &words, change));
        check(format, &broken, &set)?;
    }
}

/// Each example as TOML and as JSON.
fn cached_examples() -> &'static [(String, String)] {
    static EXAMPLES: std::sync::OnceLock<Vec<(String, String)>> = std::sync::OnceLock::new();
    EXAMPLES.get_or_init(|| {
        let json = |text: &str| {
            let value: serde_json::Value = toml::from_str(text).expect("the example is TOML");
            serde_json::to_string_pretty(&value).expect("it can be written")
        };
        examples().into_iter().map(|(_, text)| (text.clone(), json(&text))).collect()
    })
}
