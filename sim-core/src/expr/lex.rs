//! Characters of an expression to its tokens. A number and the unit after it are one token, so that
//! "500 ms + lag" and "0.5mV" need no further thought.

use crate::diagnostic::{Diagnostic, Span};
use crate::units::{self, Quantity, UNITS};

/// A token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// `20 ms`, `0.5`.
    Quantity(Quantity),
    /// `scale`, `v1.psc`, `row.weight`: identifiers joined by dots.
    Name(&'t str),
    /// An operator, a bracket or a comma.
    Symbol(&'static str),
    /// Behind the last character.
    End,
}

impl Token<'_> {
    /// In words, for messages.
    pub(super) fn words(self, text: &str) -> String {
        if self == Token::End { "the end of the expression".to_string() } else { format!("\"{text}\"") }
    }
}

/// Two characters before one, so that `<=` is not read as `<`.
const SYMBOLS: &[&str] = &["<=", ">=", "==", "!=", "+", "-", "*", "/", "^", "<", ">", "(", ")", "[", "]", ","];

/// Where the expression's characters stand in their source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The whole expression.
    pub(super) whole: Span,
    /// Whether the expression's characters are the source's, one for one.
    pub(super) exact: bool,
}

impl Place {
    /// The span of the bytes `start..end` of the expression.
    pub(super) fn span(self, start: usize, end: usize) -> Span {
        let offset = |byte: usize| u32::try_from(byte).ok().and_then(|b| self.whole.start.checked_add(b));
        match (self.exact, offset(start), offset(end)) {
            (true, Some(start), Some(end)) => Span { start, end, ..self.whole },
            _ => self.whole,
        }
    }
}

/// Reads one token after another.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    place: Place,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, place: Place) -> Self {
        Self { text, at: 0, place }
    }

    /// The next token with the bytes it takes.
    pub(super) fn next(&mut self) -> Result<(Token<'t>, usize, usize), Diagnostic> {
        self.skip_spaces();
        let start = self.at;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok((Token::End, start, start)) };
        let token = if units::number_length(rest) > 0 && !matches!(first, '+' | '-') {
            self.quantity()?
        } else if is_name_start(first) {
            self.at += name_length(rest);
            Token::Name(&self.text[start..self.at])
        } else if let Some(symbol) = SYMBOLS.iter().find(|s| rest.starts_with(**s)) {
            self.at += symbol.len();
            Token::Symbol(symbol)
        } else {
            let span = self.place.span(start, start + first.len_utf8());
            return Err(Diagnostic::error("expression", span, format!("'{first}' has no meaning in an expression"))
                .help("operators are + - * / ^ < <= > >= == !="));
        };
        Ok((token, start, self.at))
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// A number, and the unit if a name follows.
    fn quantity(&mut self) -> Result<Token<'t>, Diagnostic> {
        let start = self.at;
        let digits = &self.rest()[..units::number_length(self.rest())];
        self.at += digits.len();
        let number_end = self.at;
        self.skip_spaces();
        let name = &self.rest()[..identifier_length(self.rest())];
        if name.is_empty() {
            self.at = number_end;
        }
        let unit_start = self.at;
        self.at += name.len();
        if !name.is_empty() && (units::find_unit(name).is_none() || self.rest().starts_with('(')) {
            let span = self.place.span(unit_start, self.at);
            let message = format!("\"{name}\" after the number {digits} is no unit");
            let near = crate::diagnostic::nearest(name, &UNITS.iter().map(|u| u.name).collect::<Vec<_>>());
            let help = match near {
                Some(unit) => format!("did you mean \"{unit}\"?"),
                None => format!("to multiply, write {digits} * {name}"),
            };
            return Err(Diagnostic::error("unknown-unit", span, message).help(help));
        }
        let text = &self.text[start..self.at];
        let quantity = units::parse_quantity(text).map_err(|_| {
            Diagnostic::error("number-out-of-range", self.place.span(start, self.at), format!("{text} is too large a number"))
        })?;
        Ok(Token::Quantity(quantity))
    }
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// Bytes of the identifier that the text starts with; 0 if none.
fn identifier_length(text: &str) -> usize {
    if !text.starts_with(is_name_start) {
        return 0;
    }
    text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len())
}

/// Bytes of the identifiers joined by dots that the text starts with.
fn name_length(text: &str) -> usize {
    let mut end = identifier_length(text);
    while let Some(after_dot) = text[end..].strip_prefix('.') {
        match identifier_length(after_dot) {
            0 => break,
            length => end += 1 + length,
        }
    }
    end
}
