//! YAML as a tree of text, lists and maps that know their lines. Numbers stay text until somebody asks for one: `0.10` is
//! a core's address in one place and a tenth in another.

use super::problem::Wrong;
use saphyr_parser::{Event, Parser, ScanError, Span};

/// Deepest nesting that is read; descriptions need about ten.
const MAX_DEPTH: usize = 64;

/// Most copies that a range of names or numbers may make.
const MAX_COPIES: u64 = 1 << 24;

/// A piece of a file.
#[derive(Debug)]
pub(super) struct Node {
    /// Where it begins, from 1.
    pub(super) line: usize,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// A list or map whose end is not read yet; a map's nodes are keys and values in turn.
struct Open {
    line: usize,
    is_map: bool,
    nodes: Vec<Node>,
}

/// Reads a text of one document.
pub(super) fn parse(text: &str) -> Result<Node, Wrong> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error: ScanError| Wrong::at(error.marker().line(), error.info()))?;
        let Some(node) = read(event, span, &mut open)? else { continue };
        match open.last_mut() {
            Some(parent) => parent.nodes.push(node),
            None if root.is_none() => root = Some(node),
            None => return Err(Wrong::at(node.line, "a second document begins; one is read")),
        }
    }
    root.ok_or_else(|| Wrong::at(1, "the file is empty"))
}

/// The node that an event completes, if it does.
fn read(event: Event<'_>, span: Span, open: &mut Vec<Open>) -> Result<Option<Node>, Wrong> {
    let line = span.start.line();
    match event {
        Event::Scalar(text, ..) => return Ok(Some(Node { line, content: Content::Text(text.into_owned()) })),
        Event::SequenceStart(..) | Event::MappingStart(..) => {
            if open.len() == MAX_DEPTH {
                return Err(Wrong::at(line, format!("nested deeper than {MAX_DEPTH} levels")));
            }
            open.push(Open { line, is_map: matches!(event, Event::MappingStart(..)), nodes: Vec::new() });
        }
        Event::SequenceEnd | Event::MappingEnd => return open.pop().map(close).transpose(),
        Event::Alias(_) => return Err(Wrong::at(line, "aliases (*) are not read: write the value out")),
        _ => {}
    }
    Ok(None)
}

fn close(open: Open) -> Result<Node, Wrong> {
    let Open { line, is_map, nodes } = open;
    if !is_map {
        return Ok(Node { line, content: Content::List(nodes) });
    }
    let mut pairs: Vec<(Node, Node)> = Vec::with_capacity(nodes.len() / 2);
    let mut nodes = nodes.into_iter();
    while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
        key.text()?;
        pairs.push((key, value));
    }
    Ok(Node { line, content: Content::Map(pairs) })
}

impl Node {
    /// Its text.
    pub(super) fn text(&self) -> Result<&str, Wrong> {
        match &self.content {
            Content::Text(text) => Ok(text),
            Content::List(_) => Err(Wrong::at(self.line, "one value is needed here, not a list")),
            Content::Map(_) => Err(Wrong::at(self.line, "one value is needed here, not a map")),
        }
    }

    /// Its parts, if it is a list.
    pub(super) fn list(&self) -> Result<&[Node], Wrong> {
        match &self.content {
            Content::List(nodes) => Ok(nodes),
            _ if self.is_nothing() => Ok(&[]),
            _ => Err(Wrong::at(self.line, "a list is needed here")),
        }
    }

    /// Its entries: those of a map, or of a list of maps one after the other. None is given twice.
    pub(super) fn fields(&self) -> Result<Fields<'_>, Wrong> {
        let mut entries: Vec<(&Node, &Node)> = Vec::new();
        match &self.content {
            Content::Map(pairs) => entries.extend(pairs.iter().map(|(key, value)| (key, value))),
            Content::List(nodes) => {
                for node in nodes {
                    let Content::Map(pairs) = &node.content else {
                        return Err(Wrong::at(node.line, "an entry \"name: value\" is needed here"));
                    };
                    entries.extend(pairs.iter().map(|(key, value)| (key, value)));
                }
            }
            Content::Text(_) if self.is_nothing() => {}
            Content::Text(_) => return Err(Wrong::at(self.line, "entries \"name: value\" are needed here")),
        }
        let fields = Fields { line: self.line, entries };
        fields.refuse_doubles()?;
        Ok(fields)
    }

    /// Its only entry, as (name, line, value).
    pub(super) fn only_entry(&self) -> Result<(&str, &Node), Wrong> {
        match &self.content {
            Content::Map(pairs) if pairs.len() == 1 => Ok((pairs[0].0.text()?, &pairs[0].1)),
            _ => Err(Wrong::at(self.line, "a list item of one entry \"name: value\" is needed here")),
        }
    }

    /// Whether it is a list.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.content, Content::List(_))
    }

    /// Whether it is text.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.content, Content::Text(_))
    }

    fn is_nothing(&self) -> bool {
        matches!(&self.content, Content::Text(text) if text.is_empty() || text == "~" || text == "null")
    }

    /// Its finite number.
    pub(super) fn number(&self) -> Result<f64, Wrong> {
        let text = self.text()?;
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| Wrong::at(self.line, format!("\"{text}\" is no number")))
    }

    /// Its whole number from 0 on.
    pub(super) fn count(&self) -> Result<u64, Wrong> {
        let text = self.text()?;
        text.parse().map_err(|_| Wrong::at(self.line, format!("\"{text}\" is no whole number from 0 on")))
    }

    /// Its yes or no; a number is yes unless it is 0.
    pub(super) fn truth(&self) -> Result<bool, Wrong> {
        match self.text()? {
            "true" | "True" | "TRUE" => Ok(true),
            "false" | "False" | "FALSE" => Ok(false),
            text => {
                let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
                number.map(|n| n != 0.0).ok_or_else(|| Wrong::at(self.line, format!("\"{text}\" is neither true nor false")))
            }
        }
    }
}

/// The entries of a map, each once.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    /// Where they begin.
    pub(super) line: usize,
    /// (name, value).
    pub(super) entries: Vec<(&'a Node, &'a Node)>,
}

impl<'a> Fields<'a> {
    /// The entries as (name, value).
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a Node)> + '_ {
        self.entries.iter().filter_map(|(key, value)| Some((key.text().ok()?, *value)))
    }

    /// The value of a name.
    pub(super) fn get(&self, name: &str) -> Option<&'a Node> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The value of a name that has to be there.
    pub(super) fn need(&self, name: &str) -> Result<&'a Node, Wrong> {
        self.get(name).ok_or_else(|| Wrong::at(self.line, format!("\"{name}\" is missing")))
    }

    /// A price or a time: a number from 0 on that has to be there.
    pub(super) fn amount(&self, name: &str) -> Result<f64, Wrong> {
        let node = self.need(name)?;
        let number = node.number()?;
        if number < 0.0 { Err(Wrong::at(node.line, format!("{name} = {number} is negative"))) } else { Ok(number) }
    }

    /// Refuses names that are not among the known ones.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Wrong> {
        let unknown = self.entries.iter().find(|(key, _)| key.text().is_ok_and(|key| !known.contains(&key)));
        let Some((key, _)) = unknown else { return Ok(()) };
        Err(unknown_name(key.line, key.text()?, known))
    }

    fn refuse_doubles(&self) -> Result<(), Wrong> {
        let mut names: Vec<(&str, usize)> =
            self.entries.iter().map(|(k, _)| Ok((k.text()?, k.line))).collect::<Result<_, _>>()?;
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(Wrong::at(pair[1].1, format!("\"{}\" is given twice", pair[1].0))),
            None => Ok(()),
        }
    }
}

/// A name that nothing is known by, with the nearest known one.
pub(super) fn unknown_name(line: usize, name: &str, known: &[&str]) -> Wrong {
    let help = sim_core::diagnostic::nearest(name, known);
    let help = help.map_or_else(|| format!("known are {}", known.join(", ")), |near| format!("did you mean \"{near}\"?"));
    Wrong::at(line, format!("\"{name}\" is not known here; {help}"))
}

/// "a..b" or "a": the numbers from a to b, both included.
pub(super) fn range(text: &str, line: usize) -> Result<std::ops::RangeInclusive<u64>, Wrong> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let (Ok(first), Ok(last)) = (first.trim().parse::<u64>(), last.trim().parse::<u64>()) else {
        return Err(Wrong::at(line, format!("\"{text}\" is neither a number nor a range such as 0..3")));
    };
    if first > last {
        return Err(Wrong::at(line, format!("the range {text} is empty")));
    }
    if last - first >= MAX_COPIES {
        return Err(Wrong::at(line, format!("the range {text} is longer than {MAX_COPIES}")));
    }
    Ok(first..=last)
}
