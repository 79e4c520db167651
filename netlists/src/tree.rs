//! What TOML and JSON have in common: values with their places, tables in the order they were written.

use sim_core::diagnostic::{Diagnostic, SourceId, Span};
use std::ops::Range;

/// Deepest nesting of arrays and tables; the language itself needs less than ten. It bounds the stack of
/// everything that walks a tree.
pub(crate) const MAX_DEPTH: usize = 64;

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) kind: Kind,
}

/// Kinds of value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// An integer or a float: 1 and 1.0 are the same.
    Number(f64),
    Bool(bool),
    Text(Text),
    Array(Vec<Node>),
    Table(Vec<Entry>),
    /// Something the language has no use for: "a date", "null".
    Other(&'static str),
    /// What could not be kept; its fault has been reported, so that nothing more is said of it.
    Faulty,
}

/// A string.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text {
    pub(crate) value: String,
    /// Place of what is between the quotes.
    pub(crate) inner: Span,
    /// Whether the characters there are those of `value`, one for one (no escapes).
    pub(crate) exact: bool,
}

impl Text {
    /// The place of some bytes of the string.
    pub(crate) fn part(&self, range: Range<usize>) -> Span {
        let byte = |n: usize| u32::try_from(n).ok().and_then(|n| self.inner.start.checked_add(n));
        match (self.exact, byte(range.start), byte(range.end)) {
            (true, Some(start), Some(end)) => Span { start, end, ..self.inner },
            _ => self.inner,
        }
    }
}

/// `key = value`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) node: Node,
}

impl Kind {
    /// In words, for messages.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Kind::Number(_) => "a number",
            Kind::Bool(_) => "true or false",
            Kind::Text(_) => "a string",
            Kind::Array(_) => "an array",
            Kind::Table(_) => "a table",
            Kind::Other(words) => words,
            Kind::Faulty => "something unreadable",
        }
    }
}

/// A text that is made into a tree, and where it begins in its source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'t> {
    pub(crate) source: SourceId,
    pub(crate) text: &'t str,
    /// Bytes of the source before the text.
    pub(crate) offset: usize,
}

impl Place<'_> {
    /// The span of a range of the text.
    pub(crate) fn span(self, range: Range<usize>) -> Span {
        let byte = |n: usize| u32::try_from(self.offset + n).unwrap_or(u32::MAX);
        Span { source: self.source, start: byte(range.start), end: byte(range.end) }
    }

    /// As `span`, cut to the first character when it goes over several lines: a message about a long table
    /// underlines its opening bracket.
    pub(crate) fn short_span(self, range: Range<usize>) -> Span {
        let long = self.text.get(range.clone()).is_some_and(|t| t.contains('\n'));
        self.span(if long { range.start..range.start + 1 } else { range })
    }

    /// A string whose literal, with its quotes, is a range of the text.
    pub(crate) fn string(self, range: Range<usize>, value: String) -> Text {
        let literal = self.text.get(range.clone()).unwrap_or("");
        let quotes = if literal.len() >= 6 && (literal.starts_with("\"\"\"") || literal.starts_with("'''")) { 3 } else { 1 };
        let inside = literal.get(quotes..literal.len().saturating_sub(quotes)).unwrap_or("");
        // TOML leaves out a line end right after three quotes.
        let left_out = if quotes == 3 { ["", "\n", "\r\n"].as_slice() } else { &[""] };
        let skipped = left_out.iter().find(|end| inside.strip_prefix(**end) == Some(value.as_str())).map(|end| end.len());
        let start = range.start + quotes;
        let inner = self.span(start + skipped.unwrap_or(0)..start + inside.len());
        Text { value, inner, exact: skipped.is_some() }
    }
}

/// The fault of an array or table that is nested more than [`MAX_DEPTH`] deep.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error("nested-too-deeply", span, format!("arrays and tables are nested more than {MAX_DEPTH} deep"))
}

/// Reads the decimal digits of a number. The message says why it is none that can be kept.
pub(crate) fn number(digits: &str, whole: bool) -> Result<f64, String> {
    /// Whole numbers up to here are all exact in f64.
    const EXACT: u64 = 1 << 53;
    if whole && !digits.parse::<i64>().is_ok_and(|n| n.unsigned_abs() <= EXACT) {
        return Err(format!("the whole number {digits} is not within 2^53 of 0, where all are kept exactly"));
    }
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(format!("{digits} is not a finite number")),
    }
}
