//! From a text to a description, with the netlists that it includes: each is read, changed, its names put under the name
//! that it is included as, and joined to the one that includes it.

use crate::overrides::{self, Change, Level};
use crate::qualify::{Home, Homes, qualify};
use crate::read::{self, Include};
use crate::tree::{Kind, Node};
use crate::{Format, MAX_TEXT_BYTES, library, parse_tree};
use sim_core::description::{Description, Named, PopulationDecl};
use sim_core::diagnostic::{Diagnostic, SourceId, Sources};
use sim_core::elaborate::Files;
use std::path::Path;

/// Deepest nesting of included netlists.
const MAX_DEPTH: usize = 16;

/// Most netlists that are included in all: sixteen files that include the next twice would be 65,536.
const MAX_INCLUDES: usize = 1000;

/// Reads netlists.
pub(crate) struct Loader<'a> {
    files: &'a dyn Files,
    /// `None` where there is nothing to include from.
    sources: Option<&'a mut Sources>,
    diagnostics: &'a mut Vec<Diagnostic>,
    homes: Homes,
    /// The step that the command line asks for.
    timestep: Option<Node>,
    /// How many netlists are included so far, and their bytes.
    included: (usize, usize),
}

/// A text to be read.
struct Text<'t> {
    format: Format,
    source: SourceId,
    text: &'t str,
    /// Paths of the netlists that it is included by and its own, outermost first.
    open: &'t [String],
    /// What all its names begin with.
    prefix: String,
}

impl<'a> Loader<'a> {
    /// A loader that finds files through `files` and adds them to `sources`.
    pub(crate) fn new(
        files: &'a dyn Files,
        sources: Option<&'a mut Sources>,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Loader<'a> {
        Loader { files, sources, diagnostics, homes: Homes::default(), timestep: None, included: (0, 0) }
    }

    /// The description of a netlist and all that it includes; `None` where its text is no TOML or JSON.
    pub(crate) fn outermost(
        &mut self,
        format: Format,
        source: SourceId,
        text: &str,
        changes: Vec<Change>,
    ) -> Option<Description> {
        let name = self.sources.as_ref().map_or("", |sources| sources.name(source));
        let file = name.rsplit(['/', '\\']).next().unwrap_or_default().to_string();
        self.timestep = Change::timestep(&changes);
        self.read(&Text { format, source, text, open: &[file], prefix: String::new() }, changes)
    }

    fn read(&mut self, text: &Text<'_>, changes: Vec<Change>) -> Option<Description> {
        let mut root = match parse_tree(text.format, text.source, text.text) {
            Ok(root) => root,
            Err(faults) => {
                self.diagnostics.extend(faults);
                return None;
            }
        };
        let level = if text.open.len() > 1 { Level::Included } else { Level::Outermost };
        let instances = instances(&root);
        let (inner, own): (Vec<Change>, Vec<Change>) =
            changes.into_iter().partition(|change| instances.iter().any(|name| change.within(name).is_some()));
        overrides::apply(&mut root, &own, level, self.diagnostics);
        if let (Level::Included, Some(asked)) = (level, &self.timestep) {
            replace_timestep(&mut root, asked);
        }
        let (mut description, includes) = read::description(&root, self.diagnostics);
        let path = text.open.last().map_or("", String::as_str);
        self.homes.insert(text.source, Home { prefix: text.prefix.clone(), folder: folder(path).to_string() });
        qualify(&mut description, &text.prefix, &self.homes);
        let mut parts = Vec::new();
        for include in includes {
            let (start, name) = (include.span.start, format!("{}{}", text.prefix, include.name.value));
            match self.include(include, text, &inner) {
                Some(part) => parts.push((start, part)),
                None => description.absent.push(name),
            }
        }
        Some(join(description, parts))
    }

    /// The description of a netlist that `outer` includes, ready to be joined to it.
    fn include(&mut self, include: Include, outer: &Text<'_>, changes: &[Change]) -> Option<Description> {
        let Include { file, name, with, .. } = include;
        let path = match library::find(&file.value) {
            Some(entry) => entry.path(),
            None => below(folder(outer.open.last()?), &file.value),
        };
        let read = self.may_include(&path, outer).and_then(|()| self.text_of(&path, &file.value));
        let read = read.map_err(|(code, why)| Diagnostic::error(code, file.span, why));
        let (format, source, text) = match read {
            Ok(read) => read,
            Err(fault) => {
                self.diagnostics.push(fault);
                return None;
            }
        };
        let changes = with.into_iter().chain(changes.iter().filter_map(|change| change.within(&name.value))).collect();
        let open = [outer.open, &[path]].concat();
        let prefix = format!("{}{}.", outer.prefix, name.value);
        let mut description = self.read(&Text { format, source, text: &text, open: &open, prefix }, changes)?;
        description.included_timesteps.extend(description.network.timestep.take());
        Some(description)
    }

    fn may_include(&mut self, path: &str, outer: &Text<'_>) -> Result<(), (&'static str, String)> {
        let same = |open: &String| plain(open) == plain(path);
        if let Some(first) = outer.open.iter().position(same) {
            let names: Vec<&str> = outer.open.iter().skip(first).map(String::as_str).chain([path]).collect();
            return Err(("cycle", format!("these netlists include each other: {}", names.join(" -> "))));
        }
        if outer.open.len() > MAX_DEPTH {
            return Err(("nested-too-deeply", format!("netlists include each other more than {MAX_DEPTH} deep")));
        }
        self.included.0 += 1;
        if self.included.0 > MAX_INCLUDES {
            return Err(("too-many-includes", format!("more than {MAX_INCLUDES} netlists are included")));
        }
        Ok(())
    }

    fn text_of(&mut self, path: &str, written: &str) -> Result<(Format, SourceId, String), (&'static str, String)> {
        let Some(format) = Format::of_path(path) else { return Err(("file", no_netlist(written))) };
        let Some(sources) = &mut self.sources else { return Err(("file", format!("\"{written}\" cannot be read here"))) };
        let text = self.files.read(path).map_err(|why| ("file", why))?;
        self.included.1 = self.included.1.saturating_add(text.len());
        if self.included.1 > MAX_TEXT_BYTES {
            let message = format!("the included netlists have more than {MAX_TEXT_BYTES} bytes, which are read at most");
            return Err(("text-too-long", message));
        }
        let source = sources.add(path, text.clone());
        Ok((format, source, text))
    }
}

fn no_netlist(written: &str) -> String {
    let known: Vec<&str> = library::LIBRARY.iter().map(|entry| entry.name).collect();
    let near = sim_core::diagnostic::nearest(written, &known).map(|name| format!("; did you mean \"{name}\"?"));
    format!("\"{written}\" is no netlist: neither a .toml or .json file nor one of the library{}", near.unwrap_or_default())
}

/// The names that netlists are included as.
fn instances(root: &Node) -> Vec<String> {
    let Some(Kind::Array(blocks)) = part(root, "include") else { return Vec::new() };
    let name = |block: &Node| match part(block, "as") {
        Some(Kind::Text(name)) => Some(name.value.clone()),
        _ => None,
    };
    blocks.iter().filter_map(name).collect()
}

fn part<'n>(node: &'n Node, key: &str) -> Option<&'n Kind> {
    let Kind::Table(entries) = &node.kind else { return None };
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node.kind)
}

/// A step that the command line asks for is that of all netlists.
fn replace_timestep(root: &mut Node, asked: &Node) {
    let Kind::Table(entries) = &mut root.kind else { return };
    let network = entries.iter_mut().find(|entry| entry.key == "network");
    let Some(Kind::Table(keys)) = network.map(|entry| &mut entry.node.kind) else { return };
    if let Some(timestep) = keys.iter_mut().find(|entry| entry.key == "timestep") {
        timestep.node = asked.clone();
    }
}

/// The included netlists' parts where they are included, among those of the netlist itself. What belongs to a run (times,
/// seeds, records, numbers, hardware) is that of the outermost.
fn join(mut outer: Description, parts: Vec<(u32, Description)>) -> Description {
    let (mut populations, mut projections) = (Vec::new(), Vec::new());
    for (start, inner) in parts {
        outer.parameters.extend(inner.parameters);
        outer.groups.extend(inner.groups);
        outer.tables.extend(inner.tables);
        outer.spaces.extend(inner.spaces);
        outer.cards.extend(inner.cards);
        outer.systems.extend(inner.systems);
        outer.absent.extend(inner.absent);
        outer.included_timesteps.extend(inner.included_timesteps);
        populations.push((start, inner.populations));
        projections.push((start, inner.projections));
    }
    let begins = |population: &Named<PopulationDecl>| population.name.span.start;
    outer.populations = in_order(outer.populations, begins, populations);
    outer.projections = in_order(outer.projections, |projection| projection.span.start, projections);
    outer
}

fn in_order<T>(own: Vec<T>, begins: impl Fn(&T) -> u32, parts: Vec<(u32, Vec<T>)>) -> Vec<T> {
    let (mut all, mut own) = (Vec::new(), own.into_iter().peekable());
    for (start, part) in parts {
        while let Some(item) = own.next_if(|item| begins(item) < start) {
            all.push(item);
        }
        all.extend(part);
    }
    all.extend(own);
    all
}

/// The folder of a file; empty where there is none.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path as written in a file of a folder: relative to that, unless it is absolute or of the library.
pub(crate) fn below(folder: &str, path: &str) -> String {
    if folder.is_empty() || path.starts_with(library::SCHEME) || Path::new(path).is_absolute() {
        return path.to_string();
    }
    format!("{folder}/{path}")
}

/// A path without "." and "..", so that a file is known again.
fn plain(path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts
}
