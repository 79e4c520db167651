//! The netlists that ship with the program; they are inside of the binary.

use crate::tree::Kind;
use crate::{Format, from_toml};
use sim_core::diagnostic::SourceId;

/// A shipped netlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LibraryEntry {
    /// Name on the command line.
    pub name: &'static str,
    /// Its file in `netlists/library`.
    pub file: &'static str,
    /// The netlist.
    pub text: &'static str,
}

macro_rules! library {
    ($($name:literal),* $(,)?) => {
        &[$(LibraryEntry {
            name: $name,
            file: concat!($name, ".toml"),
            text: include_str!(concat!("../library/", $name, ".toml")),
        }),*]
    };
}

/// Every shipped netlist: `netlists/library/NAME.toml`.
pub const LIBRARY: &[LibraryEntry] = library![
    "hello",
    "brunel-ai",
    "vogels-abbott-cuba",
    "izhikevich-2003",
    "potjans-diesmann",
    "synfire-chain",
    "winner-take-all",
    "ring-attractor",
    "edge-of-chaos-reservoir",
];

/// A shipped netlist by its name.
pub fn find(name: &str) -> Option<&'static LibraryEntry> {
    LIBRARY.iter().find(|entry| entry.name == name)
}

impl LibraryEntry {
    /// The format it is written in.
    pub fn format(&self) -> Format {
        Format::of_path(self.file).unwrap_or(Format::Toml)
    }

    /// What its `[network] about` says; empty when it says nothing.
    pub fn about(&self) -> String {
        let root = from_toml::parse(self.text, SourceId::default()).map(|node| node.kind);
        let text = root.ok().and_then(|root| part(root, "network")).and_then(|network| part(network, "about"));
        if let Some(Kind::Text(text)) = text { text.value } else { String::new() }
    }
}

fn part(table: Kind, key: &str) -> Option<Kind> {
    let Kind::Table(entries) = table else { return None };
    entries.into_iter().find(|entry| entry.key == key).map(|entry| entry.node.kind)
}
