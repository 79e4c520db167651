//! JSON to a tree: strictly JSON, without comments or trailing commas.

use crate::tree::{self, Entry, Kind, MAX_DEPTH, Node, Place};
use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use sim_core::diagnostic::{Diagnostic, SourceId, Span};
use std::collections::BTreeSet;

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads a document. A fault of form is the only one reported; duplicate keys and numbers out of range are
/// all found.
pub(crate) fn parse(text: &str, source: SourceId) -> Result<Node, Vec<Diagnostic>> {
    let place = Place { source, text, offset: 0 };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| {
        let range = error.range();
        let next = text.get(range.start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let span = place.span(range.start..range.end.max(range.start + next));
        let reason = error.kind().to_string();
        vec![Diagnostic::error("json", span, format!("this is not JSON: {}", reason.trim_end_matches('.').to_lowercase()))]
    })?;
    let Some(value) = parsed.value else {
        return Err(vec![Diagnostic::error("json", place.span(0..0), "this is not JSON: the text is empty")]);
    };
    let mut reader = Reader { place, faults: Vec::new() };
    let root = reader.node(&value, 0);
    if reader.faults.is_empty() { Ok(root) } else { Err(reader.faults) }
}

struct Reader<'t> {
    place: Place<'t>,
    faults: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn node(&mut self, value: &Value<'_>, depth: usize) -> Node {
        let range = value.start()..value.end();
        let span = self.place.short_span(range.clone());
        let kind = match value {
            Value::Object(_) | Value::Array(_) if depth > MAX_DEPTH => self.faulty(tree::too_deep(span)),
            Value::Object(object) => Kind::Table(self.table(object, depth)),
            Value::Array(array) => Kind::Array(array.elements.iter().map(|item| self.node(item, depth + 1)).collect()),
            Value::StringLit(text) => Kind::Text(self.place.string(range, text.value.to_string())),
            Value::BooleanLit(value) => Kind::Bool(value.value),
            Value::NumberLit(number) => self.number(number.value, span),
            Value::NullKeyword(_) => Kind::Other("null"),
        };
        Node { span, kind }
    }

    fn table(&mut self, object: &Object<'_>, depth: usize) -> Vec<Entry> {
        let mut seen = BTreeSet::new();
        let mut entries = Vec::with_capacity(object.properties.len());
        for property in &object.properties {
            let name = &property.name;
            let key_span = self.place.string(name.start()..name.end(), name.as_str().to_string()).inner;
            if seen.insert(name.as_str()) {
                entries.push(Entry { key: name.as_str().to_string(), key_span, node: self.node(&property.value, depth + 1) });
            } else {
                let message = format!("the key {} is here a second time", name.as_str());
                self.faults.push(Diagnostic::error("duplicate-key", key_span, message));
            }
        }
        entries
    }

    fn number(&mut self, digits: &str, span: Span) -> Kind {
        let whole = !digits.contains(['.', 'e', 'E']);
        match tree::number(digits, whole) {
            Ok(value) => Kind::Number(value),
            Err(message) => self.faulty(Diagnostic::error("number-out-of-range", span, message)),
        }
    }

    fn faulty(&mut self, fault: Diagnostic) -> Kind {
        self.faults.push(fault);
        Kind::Faulty
    }
}
