//! Tests of the whole crate: what is read, what is refused and where, both formats, and that no text is fatal.

mod deep;
mod examples;
mod faults;
mod formats;
mod mutations;
mod overrides;
mod schema;
mod values;

use crate::library::Shelf;
use crate::{Format, Override, load, parse};
use sim_core::description::Description;
use sim_core::diagnostic::{Diagnostic, Sources, Span};
use sim_core::elaborate::Files;
use std::sync::OnceLock;

/// The smallest netlist, for parts that are put behind it.
const HEAD: &str = "spikeloom = 1\n";

fn read(text: &str) -> (Description, Vec<Diagnostic>) {
    read_as(Format::Toml, text)
}

fn read_as(format: Format, text: &str) -> (Description, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let source = sources.add("netlist.toml", text);
    load(format, source, &[], &Shelf(&Examples), &mut sources)
}

/// The examples, which may include each other.
struct Examples;

impl Files for Examples {
    fn read(&self, path: &str) -> Result<String, String> {
        static EXAMPLES: OnceLock<Vec<(String, String)>> = OnceLock::new();
        let found = EXAMPLES.get_or_init(examples).iter().find(|(name, _)| name == path);
        found.map(|(_, text)| text.clone()).ok_or_else(|| format!("there is no example {path}"))
    }
}

/// A netlist that must be read without any diagnostic.
fn whole(text: &str) -> Description {
    let (description, diagnostics) = read(text);
    assert_eq!(diagnostics, [], "the netlist is well made:\n{text}");
    description
}

/// Code and underlined text of each diagnostic, in the order of their places.
fn marks(text: &str) -> Vec<(&'static str, &str)> {
    read(text).1.iter().map(|d| (d.code, underlined(text, d.span))).collect()
}

fn underlined(text: &str, span: Option<Span>) -> &str {
    let span = span.expect("the diagnostic has a place");
    text.get(span.start as usize..span.end as usize).expect("the place lies on characters of the text")
}

/// The designed netlists by their file names, and the shipped ones behind "library/".
fn examples() -> Vec<(String, String)> {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut found = Vec::new();
    for (folder, prefix) in [("../tests/data/examples", ""), ("library", "library/")] {
        for entry in std::fs::read_dir(format!("{root}/{folder}")).expect("the folder is there") {
            let path = entry.expect("the entry can be read").path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let name = format!("{prefix}{}", path.file_name().expect("a file has a name").to_string_lossy());
            found.push((name, std::fs::read_to_string(&path).expect("the netlist can be read")));
        }
    }
    found.sort();
    assert!(found.len() >= 11, "the examples are there: {}", found.len());
    found
}
