//! Selections of cells: `exc`, `exc[7]`, `exc[0..5]`, `exc[..5]`, `exc[5..]`, `exc[AVAL, AVAR]`.

use super::Reader;
use super::fields::Fields;
use super::strings::one_or_many;
use crate::language::Names;
use crate::tree::{Kind, Node, Text};
use sim_core::description::{CellChoice, CellRange, Selection};
use sim_core::diagnostic::{Diagnostic, Span, Spanned};
use sim_core::elaborate::fault_of_cell_name;

impl Reader<'_> {
    /// One selection or an array of them.
    pub(super) fn selections(&mut self, fields: &Fields<'_>, name: &str) -> Vec<Selection> {
        let Some(entry) = fields.get(name) else { return Vec::new() };
        let items = one_or_many(&entry.node);
        if items.is_empty() {
            let message = format!("\"{name}\" names no population");
            self.report(Diagnostic::error("empty-list", entry.node.span, message));
        }
        items.iter().filter_map(|item| self.selection(name, item)).collect()
    }

    fn selection(&mut self, key: &str, node: &Node) -> Option<Selection> {
        let Kind::Text(text) = &node.kind else {
            self.wrong_type(key, node, "the name of a population or an array of names");
            return None;
        };
        match selection(text, node.span) {
            Ok(selection) => Some(selection),
            Err(fault) => {
                self.report(fault);
                None
            }
        }
    }
}

/// One selection or an array of them in the engine's words, which names projections by them; what is none as it stands.
pub(crate) fn words(node: &Node) -> String {
    let one = |item: &Node| match &item.kind {
        Kind::Text(text) => selection(text, item.span).map_or_else(|_| text.value.clone(), |selection| selection.to_string()),
        other => other.words().to_string(),
    };
    one_or_many(node).iter().map(one).collect::<Vec<_>>().join(",")
}

pub(super) fn selection(text: &Text, span: Span) -> Result<Selection, Diagnostic> {
    let written = text.value.as_str();
    let (name, cells) = match written.split_once('[') {
        None => (written, None),
        Some((name, rest)) => {
            let inside = rest.strip_suffix(']').ok_or_else(|| {
                Diagnostic::error(
                    "bad-selection",
                    text.part(name.len()..written.len()),
                    format!("\"{written}\" does not end with \"]\""),
                )
            })?;
            (name, Some(cells(inside, name.len() + 1, text)?))
        }
    };
    // A pattern such as v1.* is a name here; what it matches is known when the populations are.
    let plain = name.replace('*', "_");
    if let Some(wanted) = Names::Populations.fault(&plain) {
        let message = format!("\"{name}\" is not the name of a population: names have {wanted}");
        return Err(Diagnostic::error("bad-selection", text.part(0..name.len()), message));
    }
    Ok(Selection { span, name: name.to_string(), cells })
}

/// What is between the brackets, which starts at a byte of the text.
fn cells(inside: &str, start: usize, text: &Text) -> Result<CellChoice, Diagnostic> {
    let span = text.part(start..start + inside.len());
    let number = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-".contains(c);
    if inside.contains("..") || inside.chars().all(number) {
        return range(inside, span).map(CellChoice::Range);
    }
    let mut names = Vec::new();
    let mut at = start;
    for part in inside.split(',') {
        let blank = part.len() - part.trim_start().len();
        let name = part.trim();
        let span = text.part(at + blank..at + blank + name.len());
        if fault_of_cell_name(name).is_some() {
            return Err(bad_cell(name, span));
        }
        names.push(Spanned { value: name.to_string(), span });
        at += part.len() + 1;
    }
    Ok(CellChoice::Names(names))
}

fn range(inside: &str, span: Span) -> Result<CellRange, Diagnostic> {
    let range = match inside.split_once("..") {
        Some((start, end)) => CellRange {
            start: if start.trim().is_empty() { 0 } else { cell(start, span)? },
            end: if end.trim().is_empty() { None } else { Some(cell(end, span)?) },
        },
        None => {
            let start = cell(inside, span)?;
            let end = start.checked_add(1).ok_or_else(|| bad_cell(inside, span))?;
            CellRange { start, end: Some(end) }
        }
    };
    if range.end.is_some_and(|end| end <= range.start) {
        let fault = Diagnostic::error("empty-range", span, format!("the range {inside} holds no cell"));
        return Err(fault.help("a range is half-open: [0..5] is cells 0, 1, 2, 3 and 4"));
    }
    Ok(range)
}

fn cell(text: &str, span: Span) -> Result<u32, Diagnostic> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or_else(|| bad_cell(text, span))
}

fn bad_cell(text: &str, span: Span) -> Diagnostic {
    let message = format!("\"{text}\" is neither the number nor the name of a cell");
    let help = "cells are chosen as [7], [0..5], [..5] or [5..], counted from 0, or by name as [AVAL, AVAR]";
    Diagnostic::error("bad-selection", span, message).help(help)
}
