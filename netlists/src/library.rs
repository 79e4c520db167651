//! The netlists that ship with the program; they are inside of the binary.

use crate::tree::Kind;
use crate::{Format, from_toml};
use sim_core::diagnostic::SourceId;
use sim_core::elaborate::Files;

/// What the path of a file of the library begins with, wherever it is named.
pub const SCHEME: &str = "library:";

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
    "brunel-stdp",
    "vogels-abbott-cuba",
    "vogels-abbott-coba",
    "izhikevich-2003",
    "polychronous",
    "polychronous-stdp",
    "reward-stdp",
    "trace-demo",
    "tripartite",
    "lsm-digits",
    "ca3-memory",
    "potjans-diesmann",
    "synfire-chain",
    "winner-take-all",
    "ring-attractor",
    "edge-of-chaos-reservoir",
    "two-columns",
    "celegans",
];

/// A shipped netlist by its name.
pub fn find(name: &str) -> Option<&'static LibraryEntry> {
    LIBRARY.iter().find(|entry| entry.name == name)
}

/// Tables that shipped netlists name: path behind [`SCHEME`], text.
const TABLES: &[(&str, &str)] = &[
    ("celegans/neurons.csv", include_str!("../library/celegans/neurons.csv")),
    ("celegans/cook2019_herm.csv", include_str!("../library/celegans/cook2019_herm.csv")),
];

/// The library's files, in front of others.
#[derive(Clone, Copy)]
pub struct Shelf<'a>(pub &'a dyn Files);

impl Files for Shelf<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        let Some(name) = path.strip_prefix(SCHEME) else { return self.0.read(path) };
        let netlists = LIBRARY.iter().map(|entry| (entry.file, entry.text));
        let found = netlists.chain(TABLES.iter().copied()).find(|(file, _)| *file == name);
        found.map(|(_, text)| text.to_string()).ok_or_else(|| format!("the library has no file \"{name}\""))
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        if path.starts_with(SCHEME) { self.read(path).map(String::into_bytes) } else { self.0.read_bytes(path) }
    }
}

impl LibraryEntry {
    /// Its path among files.
    pub fn path(&self) -> String {
        format!("{SCHEME}{}", self.file)
    }

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
