//! The language: text to [`Description`], and the library of netlists that ship with the program.
//!
//! ```text
//! TOML --\
//!         >-- tree (+ --set) -- reader --+-- full names --> Description
//! JSON --/                                |
//!                        included netlists, each by the same way
//! ```
//!
//! The tree knows places and nothing of the language; the reader knows the language and nothing of the
//! format; what keys there are stands in one table, from which the reader, the messages and the JSON
//! Schema all follow. Adding a format is one file and one line in [`FORMATS`].

mod from_json;
mod from_toml;
mod include;
mod language;
pub mod library;
mod overrides;
pub mod page;
mod paths;
mod qualify;
mod read;
mod schema;
mod tree;
mod write;
mod write_learning;
mod write_trials;

#[cfg(test)]
mod tests;

pub use overrides::Override;
pub use schema::schema;
pub use write::write_json;

use include::Loader;
use sim_core::description::Description;
use sim_core::diagnostic::{Diagnostic, MAX_DIAGNOSTICS, SourceId, Sources, Span};
use sim_core::elaborate::{Files, NoFiles};

/// Longest netlist read: 64 MiB. Larger tables of synapses belong into a CSV file beside the netlist.
pub const MAX_TEXT_BYTES: usize = 64 << 20;

/// How a netlist is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TOML 1.0, for people.
    Toml,
    /// The same structure as JSON, for programs.
    Json,
}

/// What there is to say of a format.
#[derive(Clone, Copy, Debug)]
pub struct FormatCard {
    /// Which.
    pub format: Format,
    /// Name, which is the file extension too.
    pub name: &'static str,
    /// One line.
    pub about: &'static str,
    parse: fn(&str, SourceId) -> Result<tree::Node, Vec<Diagnostic>>,
}

/// Every format that is read.
pub const FORMATS: &[FormatCard] = &[
    FormatCard { format: Format::Toml, name: "toml", about: "TOML, the format people write", parse: from_toml::parse },
    FormatCard {
        format: Format::Json,
        name: "json",
        about: "JSON of the same structure, the format programs write",
        parse: from_json::parse,
    },
];

impl Format {
    /// The format of a file by its extension, case ignored; `None` when it is none of [`FORMATS`].
    pub fn of_path(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit_once('.')?;
        FORMATS.iter().find(|card| card.name.eq_ignore_ascii_case(extension)).map(|card| card.format)
    }
}

/// Reads a netlist that names no other files, with `overrides` put in their places before anything is read.
///
/// All problems are returned, sorted by place, at most [`MAX_DIAGNOSTICS`] of them. A text that is no TOML or
/// JSON gives only its faults of form and an empty description; else whatever could be read is in the
/// description, which is whole if and only if no diagnostic is an error.
pub fn parse(format: Format, source: SourceId, text: &str, overrides: &[Override<'_>]) -> (Description, Vec<Diagnostic>) {
    described(&NoFiles, None, format, source, text, overrides)
}

/// Reads a netlist with all that it includes: as [`parse`], for a text of `sources`, to which the texts found through `files`
/// are added.
pub fn load(
    format: Format,
    source: SourceId,
    overrides: &[Override<'_>],
    files: &dyn Files,
    sources: &mut Sources,
) -> (Description, Vec<Diagnostic>) {
    let text = sources.text(source).to_string();
    described(files, Some(sources), format, source, &text, overrides)
}

fn described(
    files: &dyn Files,
    sources: Option<&mut Sources>,
    format: Format,
    source: SourceId,
    text: &str,
    overrides: &[Override<'_>],
) -> (Description, Vec<Diagnostic>) {
    if text.len() > MAX_TEXT_BYTES {
        let message = format!("the netlist has {} bytes; {MAX_TEXT_BYTES} are read at most", text.len());
        let help = "large lists of synapses belong into a CSV file: connect = { rule = \"list\", file = \"synapses.csv\" }";
        return (Description::default(), vec![Diagnostic::general("text-too-long", message).help(help)]);
    }
    let mut diagnostics = Vec::new();
    let changes = overrides::changes(overrides, &mut diagnostics);
    let description = Loader::new(files, sources, &mut diagnostics).outermost(format, source, text, changes);
    diagnostics.sort_by_key(|d| d.span.map(|Span { source, start, end }| (source, start, end)));
    diagnostics.truncate(MAX_DIAGNOSTICS);
    (description.unwrap_or_default(), diagnostics)
}

fn parse_tree(format: Format, source: SourceId, text: &str) -> Result<tree::Node, Vec<Diagnostic>> {
    let unread = || vec![Diagnostic::general("format", format!("{format:?} is not read"))];
    FORMATS.iter().find(|card| card.format == format).map_or_else(|| Err(unread()), |card| (card.parse)(text, source))
}
