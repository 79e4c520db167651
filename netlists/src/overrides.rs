//! `--set path=value`: a value put into the tree before it is read, so that it is checked as if it had been
//! written in the netlist.

use crate::from_toml;
use crate::language::{NETWORK, ROOT, Shape};
use crate::tree::{Entry, Kind, Node, Place, Text};
use sim_core::diagnostic::{Diagnostic, SourceId, Span};

/// A change to a netlist.
///
/// * `scale=0.5`: the parameter `scale`, or else the key of `[network]` of that name (`seed=3`).
/// * `neurons.lif.tau_m=15ms`: any place by the keys that lead there. What is there is replaced; a key that
///   is missing is added. A block of an array is named by its `name` (a projection also by
///   `source->target`) or counted from 0: `projections.recurrent.delay=2ms`, `record.0.every=1ms`.
///
/// The value is read as TOML; what is no TOML is a string, so that `15ms` and `lif` need no quotes.
#[derive(Clone, Copy, Debug)]
pub struct Override<'a> {
    /// Source in which `text` stands, for messages.
    pub source: SourceId,
    /// `path=value`.
    pub text: &'a str,
}

/// A path, and what is put there.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) path: Text,
    pub(crate) value: Node,
}

impl Change {
    /// A change to an included netlist as that netlist sees it: `v1.scale` is `scale` within `v1`.
    pub(crate) fn within(&self, instance: &str) -> Option<Self> {
        let rest = self.path.value.strip_prefix(instance)?.strip_prefix('.')?;
        let inner = self.path.part(self.path.value.len() - rest.len()..self.path.value.len());
        Some(Self { path: Text { value: rest.to_string(), inner, ..self.path }, value: self.value.clone() })
    }

    /// The last step of the grid that some changes ask for, which holds for included netlists, too.
    pub(crate) fn timestep(changes: &[Self]) -> Option<Node> {
        let asked = |change: &&Self| ["timestep", "network.timestep"].contains(&change.path.value.as_str());
        changes.iter().rfind(asked).map(|change| change.value.clone())
    }
}

/// Reads the changes of a command line.
pub(crate) fn changes(overrides: &[Override<'_>], diagnostics: &mut Vec<Diagnostic>) -> Vec<Change> {
    let read = |change: &Override<'_>| change_of(change).map_err(|faults| diagnostics.extend(faults)).ok();
    overrides.iter().filter_map(read).collect()
}

/// Whose tree is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// The netlist that is run.
    Outermost,
    /// One that it includes.
    Included,
}

/// Puts every change in its place, in their order.
pub(crate) fn apply(root: &mut Node, changes: &[Change], level: Level, diagnostics: &mut Vec<Diagnostic>) {
    for Change { path, value } in changes {
        let put = match level {
            Level::Included => refuse_outer(root, path),
            Level::Outermost => Ok(()),
        };
        let short = !path.value.contains('.');
        let value = value.clone();
        let put = put.and_then(|()| if short { insert_short(root, path, value) } else { insert(root, path, value) });
        diagnostics.extend(put.err());
    }
}

/// What of an included netlist is ignored cannot be changed.
fn refuse_outer(root: &Node, path: &Text) -> Result<(), Diagnostic> {
    let first = path.value.split('.').next().unwrap_or_default();
    let section = ["network", "record", "numerics", "hardware"].contains(&first);
    let short = first == path.value && NETWORK.key(first).is_some() && !parameters(root).iter().any(|known| known == first);
    if !(section || short) {
        return Ok(());
    }
    let message = format!("\"{}\" is not taken from an included netlist", path.value);
    let help = "[network], [[record]], [numerics] and [hardware] are those of the outermost netlist";
    Err(Diagnostic::error("ignored-path", path.inner, message).help(help))
}

fn parameters(root: &Node) -> Vec<String> {
    entry(root, "parameters").map(|entry| keys(&entry.node)).unwrap_or_default()
}

fn change_of(change: &Override<'_>) -> Result<Change, Vec<Diagnostic>> {
    let whole = Place { source: change.source, text: change.text, offset: 0 };
    let Some((path, value)) = change.text.split_once('=') else {
        let fault = Diagnostic::error("bad-override", whole.span(0..change.text.len()), "a change is written path=value");
        return Err(vec![fault.help("for instance scale=0.5 or neurons.lif.tau_m=15ms")]);
    };
    let spaces = value.len() - value.trim_start().len();
    let value = read_value(Place { text: value.trim(), offset: path.len() + 1 + spaces, ..whole })?;
    let start = path.len() - path.trim_start().len();
    let path = path.trim();
    if path.is_empty() {
        return Err(vec![Diagnostic::error("bad-override", whole.span(start..start + 1), "there is no path before \"=\"")]);
    }
    let path = Text { value: path.to_string(), inner: whole.span(start..start + path.len()), exact: true };
    Ok(Change { path, value })
}

/// TOML, or else a string without quotes.
fn read_value(place: Place<'_>) -> Result<Node, Vec<Diagnostic>> {
    let span = place.span(0..place.text.len());
    if place.text.is_empty() {
        return Err(vec![Diagnostic::error("bad-override", span, "there is no value after \"=\"")]);
    }
    match from_toml::parse_value(place) {
        Ok(node) if !matches!(node.kind, Kind::Other(_)) => Ok(node),
        Err(faults) if place.text.starts_with(['[', '{', '"', '\'']) => Err(faults),
        _ => Ok(Node { span, kind: Kind::Text(Text { value: place.text.to_string(), inner: span, exact: true }) }),
    }
}

/// A path of one name: a parameter, or a key of `[network]`.
fn insert_short(root: &mut Node, path: &Text, value: Node) -> Result<(), Diagnostic> {
    let mut parameters = parameters(root);
    let (name, span) = (path.value.as_str(), path.inner);
    let section = if parameters.iter().any(|known| known == name) {
        "parameters"
    } else if NETWORK.key(name).is_some() {
        "network"
    } else {
        let fault = Diagnostic::error("unknown-path", span, format!("there is no parameter \"{name}\""));
        parameters.extend(NETWORK.names().map(String::from));
        let fault = fault.nearest(name, parameters.iter().map(String::as_str));
        return Err(if fault.help.is_some() {
            fault
        } else {
            fault.help("other places are given by their path: neurons.lif.tau_m=15ms")
        });
    };
    let table = child(root, section, span, 0)?;
    put(table, name, span, value)
}

/// A path of several names.
fn insert(root: &mut Node, path: &Text, value: Node) -> Result<(), Diagnostic> {
    let (mut node, mut at, mut depth) = (root, 0, 0);
    loop {
        let rest = path.value.get(at..).unwrap_or("");
        let length = step(node, rest);
        let (segment, span) = (&rest[..length], path.part(at..at + length));
        if segment.is_empty() {
            let fault = Diagnostic::error("bad-override", path.inner, "a name of the path is empty");
            return Err(fault.help("a path is names joined by dots: neurons.lif.tau_m"));
        }
        if length == rest.len() {
            return put(node, segment, span, value);
        }
        node = child(node, segment, span, depth)?;
        at += length + 1;
        depth += 1;
    }
}

/// Bytes of the next name of the path: the longest key here that fits (keys may have dots), or up to the dot.
fn step(node: &Node, rest: &str) -> usize {
    let fits = |key: &String| rest.strip_prefix(key.as_str()).is_some_and(|after| after.is_empty() || after.starts_with('.'));
    let longest = keys(node).iter().filter(|key| fits(key)).map(String::len).max();
    longest.unwrap_or_else(|| rest.find('.').unwrap_or(rest.len()))
}

/// Names by which the parts of a node are found.
fn keys(node: &Node) -> Vec<String> {
    match &node.kind {
        Kind::Table(entries) => entries.iter().map(|entry| entry.key.clone()).collect(),
        Kind::Array(items) => {
            items.iter().enumerate().flat_map(|(index, item)| [Some(index.to_string()), block_name(item)]).flatten().collect()
        }
        _ => Vec::new(),
    }
}

/// The name of a block of an array: its `name`, or "source->target".
fn block_name(item: &Node) -> Option<String> {
    let Kind::Table(entries) = &item.kind else { return None };
    let text = |key: &str| {
        entries.iter().find(|entry| entry.key == key).and_then(|entry| match &entry.node.kind {
            Kind::Text(text) => Some(text.value.clone()),
            _ => None,
        })
    };
    text("name").or_else(|| Some(format!("{}->{}", text("source")?, text("target")?)))
}

fn entry<'n>(node: &'n Node, key: &str) -> Option<&'n Entry> {
    match &node.kind {
        Kind::Table(entries) => entries.iter().find(|entry| entry.key == key),
        _ => None,
    }
}

fn item_mut<'n>(items: &'n mut [Node], key: &str) -> Option<&'n mut Node> {
    let named = items.iter().position(|item| block_name(item).as_deref() == Some(key));
    let index = named.or_else(|| key.parse().ok())?;
    items.get_mut(index)
}

/// The part of a node to go on from. A missing table is made where the language has one.
fn child<'n>(node: &'n mut Node, segment: &str, span: Span, depth: usize) -> Result<&'n mut Node, Diagnostic> {
    let mut known = keys(node);
    match &mut node.kind {
        Kind::Table(entries) => {
            let section = ROOT.key(segment).is_some_and(|key| matches!(key.takes, Shape::Table(_) | Shape::Map(..)));
            let index = entries.iter().position(|entry| entry.key == segment);
            if index.is_none() && (depth > 1 || depth == 0 && section) {
                entries.push(Entry {
                    key: segment.to_string(),
                    key_span: span,
                    node: Node { span, kind: Kind::Table(Vec::new()) },
                });
            }
            let index = index.unwrap_or(entries.len().saturating_sub(1));
            match entries.get_mut(index).filter(|entry| entry.key == segment) {
                Some(entry) => Ok(&mut entry.node),
                None => {
                    let sections = ROOT.names().filter(|_| depth == 0);
                    known.extend(sections.map(String::from));
                    Err(unknown(segment, span, &known))
                }
            }
        }
        Kind::Array(items) => item_mut(items, segment).ok_or_else(|| unknown(segment, span, &known)),
        other => Err(no_parts(segment, span, other)),
    }
}

fn put(node: &mut Node, key: &str, span: Span, value: Node) -> Result<(), Diagnostic> {
    match &mut node.kind {
        Kind::Table(entries) => {
            match entries.iter_mut().find(|entry| entry.key == key) {
                Some(entry) => entry.node = value,
                None => entries.push(Entry { key: key.to_string(), key_span: span, node: value }),
            }
            Ok(())
        }
        Kind::Array(items) => match item_mut(items, key) {
            Some(item) => {
                *item = value;
                Ok(())
            }
            None => Err(unknown(key, span, &keys(node))),
        },
        other => Err(no_parts(key, span, other)),
    }
}

fn unknown(segment: &str, span: Span, known: &[String]) -> Diagnostic {
    Diagnostic::error("unknown-path", span, format!("the netlist has nothing named \"{segment}\" here"))
        .nearest(segment, known.iter().map(String::as_str))
}

fn no_parts(segment: &str, span: Span, kind: &Kind) -> Diagnostic {
    let message = format!("\"{segment}\" would be a part of {}, which has no parts", kind.words());
    Diagnostic::error("unknown-path", span, message)
        .help("give the whole table instead: path={ like = \"lif\", t_ref = \"1 ms\" }")
}
