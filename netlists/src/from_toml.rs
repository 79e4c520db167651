//! TOML to a tree.

use crate::tree::{self, Entry, Kind, MAX_DEPTH, Node, Place};
use sim_core::diagnostic::{Diagnostic, SourceId, Span};
use sim_core::units::parse_quantity;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

/// Reads a document; on faults, all that can be found.
pub(crate) fn parse(text: &str, source: SourceId) -> Result<Node, Vec<Diagnostic>> {
    let place = Place { source, text, offset: 0 };
    let (document, faults) = DeTable::parse_recoverable(text);
    read(place, &faults, |reader| Node { span: place.span(0..0), kind: Kind::Table(reader.table(document.into_inner(), 0)) })
}

/// Reads one value.
pub(crate) fn parse_value(place: Place<'_>) -> Result<Node, Vec<Diagnostic>> {
    let (value, faults) = DeValue::parse_recoverable(place.text);
    read(place, &faults, |reader| reader.node(value, 0))
}

/// What was parsed without faults, made into a tree.
fn read(
    place: Place<'_>,
    faults: &[toml::de::Error],
    make: impl FnOnce(&mut Reader<'_>) -> Node,
) -> Result<Node, Vec<Diagnostic>> {
    if !faults.is_empty() {
        return Err(faults.iter().map(|f| fault(f, place)).collect());
    }
    let mut reader = Reader { place, faults: Vec::new() };
    let node = make(&mut reader);
    if reader.faults.is_empty() { Ok(node) } else { Err(reader.faults) }
}

/// A fault of form in the parser's words, with at least one character underlined where there is one.
fn fault(error: &toml::de::Error, place: Place<'_>) -> Diagnostic {
    let range = error.span().unwrap_or(0..0);
    let next = place.text.get(range.start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let span = place.span(range.start..range.end.max(range.start + next));
    if error.message().starts_with("duplicate key") {
        let key = place.text.get(range.clone()).unwrap_or("");
        return Diagnostic::error("duplicate-key", span, format!("the key {key} is here a second time"));
    }
    let fault = Diagnostic::error("toml", span, format!("this is not TOML: {}", error.message()));
    let written = place.text.get(range).unwrap_or("").trim();
    // A bare `20 ms` is the slip of everyone who comes from a paper.
    if !written.contains('"') && parse_quantity(written).is_ok() {
        return fault.help(format!("numbers with a unit stand in quotes: \"{written}\""));
    }
    fault
}

struct Reader<'t> {
    place: Place<'t>,
    faults: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Entries in the order of the text (the parser's map is sorted by key).
    fn table(&mut self, table: DeTable<'_>, depth: usize) -> Vec<Entry> {
        let entry = |(key, value): (Spanned<std::borrow::Cow<'_, str>>, _)| {
            let key_span = self.place.span(key.span());
            Entry { key: key.into_inner().into_owned(), key_span, node: self.node(value, depth + 1) }
        };
        let mut entries: Vec<Entry> = table.into_iter().map(entry).collect();
        entries.sort_by_key(|entry| entry.key_span.start);
        entries
    }

    fn node(&mut self, value: Spanned<DeValue<'_>>, depth: usize) -> Node {
        let range = value.span();
        let span = self.place.short_span(range.clone());
        let kind = match value.into_inner() {
            DeValue::Array(_) | DeValue::Table(_) if depth > MAX_DEPTH => self.faulty(tree::too_deep(span)),
            DeValue::Array(items) => Kind::Array(items.into_iter().map(|item| self.node(item, depth + 1)).collect()),
            DeValue::Table(table) => Kind::Table(self.table(table, depth)),
            DeValue::String(text) => Kind::Text(self.place.string(range, text.into_owned())),
            DeValue::Boolean(value) => Kind::Bool(value),
            DeValue::Integer(integer) => self.number(whole_number(&integer), span),
            DeValue::Float(float) => self.number(tree::number(float.as_str(), false), span),
            DeValue::Datetime(_) => Kind::Other("a date or time of day"),
        };
        Node { span, kind }
    }

    fn number(&mut self, number: Result<f64, String>, span: Span) -> Kind {
        number.map_or_else(|message| self.faulty(Diagnostic::error("number-out-of-range", span, message)), Kind::Number)
    }

    fn faulty(&mut self, fault: Diagnostic) -> Kind {
        self.faults.push(fault);
        Kind::Faulty
    }
}

/// TOML's whole numbers may be hexadecimal, octal or binary too.
fn whole_number(integer: &DeInteger<'_>) -> Result<f64, String> {
    if integer.radix() == 10 {
        return tree::number(integer.as_str(), true);
    }
    let value = i64::from_str_radix(integer.as_str(), integer.radix());
    value.map_or_else(|_| Err(format!("{integer} is too large a number")), |value| tree::number(&value.to_string(), true))
}
