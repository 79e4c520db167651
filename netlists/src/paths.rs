//! Places of a tree by their path, and what is put there: `neurons.lif.tau_m`, `projections.exc->exc,inh.delay`.

use crate::language::{NETWORK, ROOT, Shape};
use crate::read;
use crate::tree::{Entry, Kind, Node, Text};
use sim_core::diagnostic::{Diagnostic, Span, nearest};

/// Most names that a message lists.
const MOST_LISTED: usize = 12;

/// Names of the netlist's parameters.
pub(crate) fn parameters(root: &Node) -> Vec<String> {
    entry(root, "parameters").map(|entry| keys(&entry.node)).unwrap_or_default()
}

/// A path of one name: a parameter, or a key of `[network]`.
pub(crate) fn insert_short(root: &mut Node, path: &Text, value: Node) -> Result<(), Diagnostic> {
    let parameters = parameters(root);
    let (name, span) = (path.value.as_str(), path.inner);
    let section = if parameters.iter().any(|known| known == name) {
        "parameters"
    } else if NETWORK.key(name).is_some() {
        "network"
    } else {
        return Err(unknown_short(name, span, &parameters));
    };
    let table = child(root, section, (section, span), 0)?;
    put(table, name, (name, span), value)
}

/// A path of several names.
pub(crate) fn insert(root: &mut Node, path: &Text, value: Node) -> Result<(), Diagnostic> {
    let (mut node, mut at, mut depth) = (root, 0, 0);
    loop {
        let rest = path.value.get(at..).unwrap_or("");
        let length = step(node, rest);
        let (segment, span) = (&rest[..length], path.part(at..at + length));
        if segment.is_empty() {
            let fault = Diagnostic::error("bad-override", path.inner, "a name of the path is empty");
            return Err(fault.help("a path is names joined by dots: neurons.lif.tau_m"));
        }
        if depth == 1 && path.value.starts_with("parameters.") && !keys(node).iter().any(|known| known == segment) {
            return Err(unknown_parameter(segment, span, &keys(node)));
        }
        let upper = (path.value[..at].trim_end_matches('.'), span);
        if length == rest.len() {
            return put(node, segment, upper, value);
        }
        node = child(node, segment, upper, depth)?;
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

/// The same as messages offer them: the number of a block only where it has no name.
fn offered(node: &Node) -> Vec<String> {
    match &node.kind {
        Kind::Array(items) => {
            items.iter().enumerate().map(|(index, item)| block_name(item).unwrap_or_else(|| index.to_string())).collect()
        }
        _ => keys(node),
    }
}

/// The name of a block of an array: its `name`, what it is included `as`, or "source->target" as the engine calls it.
fn block_name(item: &Node) -> Option<String> {
    for key in ["name", "as"] {
        if let Some(Entry { node: Node { kind: Kind::Text(name), .. }, .. }) = entry(item, key) {
            return Some(name.value.clone());
        }
    }
    let end = |key: &str| entry(item, key).map(|entry| read::selection_words(&entry.node));
    Some(format!("{}->{}", end("source")?, end("target")?))
}

fn entry<'n>(node: &'n Node, key: &str) -> Option<&'n Entry> {
    match &node.kind {
        Kind::Table(entries) => entries.iter().find(|entry| entry.key == key),
        _ => None,
    }
}

/// Whether the netlist has a system of this name, which leads to its block: `lsm.weight` is `systems.lsm.weight`.
fn has_system(root: &Node, name: &str) -> bool {
    let blocks = entry(root, "systems").filter(|_| ROOT.key(name).is_none()).map(|entry| &entry.node.kind);
    matches!(blocks, Some(Kind::Array(blocks)) if blocks.iter().any(|block| block_name(block).as_deref() == Some(name)))
}

fn item_mut<'n>(items: &'n mut [Node], key: &str) -> Option<&'n mut Node> {
    let named = items.iter().position(|item| block_name(item).as_deref() == Some(key));
    let index = named.or_else(|| key.parse().ok())?;
    items.get_mut(index)
}

/// The part of a node to go on from. A missing table is made where the language has one. `upper` is the path of the node, and
/// the place of the segment.
fn child<'n>(node: &'n mut Node, segment: &str, upper: (&str, Span), depth: usize) -> Result<&'n mut Node, Diagnostic> {
    let (known, span) = (offered(node), upper.1);
    if depth == 0 && has_system(node, segment) {
        return child(child(node, "systems", upper, depth)?, segment, upper, depth + 1);
    }
    match &mut node.kind {
        Kind::Table(entries) => {
            let section = ROOT.key(segment).filter(|_| depth == 0).map(|key| key.takes);
            let index = entries.iter().position(|entry| entry.key == segment);
            if index.is_none() && (depth > 1 || matches!(section, Some(Shape::Table(_) | Shape::Map(..)))) {
                entries.push(Entry {
                    key: segment.to_string(),
                    key_span: span,
                    node: Node { span, kind: Kind::Table(Vec::new()) },
                });
            }
            let index = index.unwrap_or(entries.len().saturating_sub(1));
            match entries.get_mut(index).filter(|entry| entry.key == segment) {
                Some(entry) => Ok(&mut entry.node),
                None if matches!(section, Some(Shape::List(_))) => {
                    let message = format!("the netlist has no [[{segment}]] that could be changed");
                    Err(Diagnostic::error("unknown-path", span, message))
                }
                None if depth == 0 => Err(unknown_section(segment, span, &known)),
                None => Err(unknown(segment, span, &known)),
            }
        }
        Kind::Array(items) => item_mut(items, segment).ok_or_else(|| unknown(segment, span, &known)),
        other => Err(no_parts(segment, upper, other)),
    }
}

fn put(node: &mut Node, key: &str, upper: (&str, Span), value: Node) -> Result<(), Diagnostic> {
    let known = offered(node);
    match &mut node.kind {
        Kind::Table(entries) => {
            match entries.iter_mut().find(|entry| entry.key == key) {
                Some(entry) => entry.node = value,
                None => entries.push(Entry { key: key.to_string(), key_span: upper.1, node: value }),
            }
            Ok(())
        }
        Kind::Array(items) => match item_mut(items, key) {
            Some(item) => {
                *item = value;
                Ok(())
            }
            None => Err(unknown(key, upper.1, &known)),
        },
        other => Err(no_parts(key, upper, other)),
    }
}

fn unknown(segment: &str, span: Span, known: &[String]) -> Diagnostic {
    Diagnostic::error("unknown-path", span, format!("the netlist has nothing named \"{segment}\" here"))
        .nearest(segment, known.iter().map(String::as_str))
}

fn unknown_section(segment: &str, span: Span, own: &[String]) -> Diagnostic {
    let mut known: Vec<&str> = ROOT.names().filter(|name| *name != "spikeloom").collect();
    known.extend(own.iter().map(String::as_str).filter(|name| ROOT.key(name).is_none()));
    let fault = Diagnostic::error("unknown-path", span, format!("the netlist has nothing named \"{segment}\""));
    match nearest(segment, &known) {
        Some(near) => fault.help(format!("did you mean \"{near}\"?")),
        None => fault.help(format!("a path begins with one of {}", known.join(", "))),
    }
}

fn unknown_parameter(name: &str, span: Span, known: &[String]) -> Diagnostic {
    let fault = Diagnostic::error("unknown-path", span, format!("there is no parameter \"{name}\""));
    match known {
        [] => fault.help("the netlist has no parameters"),
        _ => fault.nearest(name, known.iter().map(String::as_str)),
    }
}

/// A first name that is neither a parameter nor a key of `[network]`.
fn unknown_short(name: &str, span: Span, parameters: &[String]) -> Diagnostic {
    let fault = Diagnostic::error("unknown-path", span, format!("there is no parameter \"{name}\""));
    let network: Vec<&str> = NETWORK.names().collect();
    let known = [&parameters.iter().map(String::as_str).collect::<Vec<_>>()[..], &network].concat();
    if let Some(near) = nearest(name, &known) {
        return fault.help(format!("did you mean \"{near}\"?"));
    }
    let own = if parameters.is_empty() { String::new() } else { format!("the parameters {}; ", listed(parameters)) };
    let others = "other places by their path, as neurons.lif.tau_m=15ms";
    fault.help(format!("what can be set: {own}of [network] {}; {others}", network.join(", ")))
}

/// Some names, and how many there are beside.
fn listed(names: &[String]) -> String {
    let shown = names.iter().take(MOST_LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(MOST_LISTED);
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// The place at `upper` holds a value.
fn no_parts(segment: &str, (upper, span): (&str, Span), kind: &Kind) -> Diagnostic {
    let message = format!("\"{upper}\" is {}: it has no part \"{segment}\"", kind.words());
    let fault = Diagnostic::error("unknown-path", span, message);
    let card = upper.starts_with("populations.") && upper.ends_with(".neurons");
    match kind {
        Kind::Text(name) if card => {
            fault.help(format!("give the card in full: {upper}={{ like = \"{}\", {segment} = .. }}", name.value))
        }
        _ => fault.help(format!("it is set as a whole: {upper}=..")),
    }
}
