//! Ends of projections and records: populations or parts of them, groups expanded.

use super::context::Context;
use super::populations::Frame;
use crate::description::Selection;
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span};
use std::ops::Range;

/// A population, or consecutive cells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Index of the population.
    pub(crate) population: usize,
    /// Its cells that are meant.
    pub(crate) cells: Range<u32>,
    /// Where it was named.
    pub(crate) span: Span,
}

impl Part {
    /// How many cells.
    pub(crate) fn size(&self) -> u32 {
        self.cells.end - self.cells.start
    }
}

/// The parts that selections name, in their order, groups in the order of their members.
pub(crate) fn parts(context: &Context<'_>, frames: &[Frame<'_>], selections: &[Selection]) -> Outcome<Vec<Part>> {
    let each: Vec<Option<Vec<Part>>> =
        selections.iter().map(|selection| context.report.accept(expand(context, frames, selection))).collect();
    each.into_iter().collect::<Option<Vec<_>>>().map(|parts| parts.concat()).ok_or(Failure::Reported)
}

fn expand(context: &Context<'_>, frames: &[Frame<'_>], selection: &Selection) -> Outcome<Vec<Part>> {
    let roster = &context.names.roster;
    if selection.cells.is_some() && roster.group(&selection.name).is_some() {
        let message = format!("\"{}\" is a group: cells are chosen from a population", selection.name);
        return Err(Diagnostic::error("bad-selection", selection.span, message).into());
    }
    let members = roster.named(&selection.name, selection.span)?;
    let part = |population: usize| {
        let size = frames.get(population).and_then(|f| f.size).ok_or(Failure::Reported)?;
        Ok(Part { population, cells: cells(selection, size)?, span: selection.span })
    };
    members.into_iter().map(part).collect()
}

fn cells(selection: &Selection, size: u32) -> Outcome<Range<u32>> {
    let Some(range) = selection.cells else { return Ok(0..size) };
    let end = range.end.unwrap_or(size);
    if end > size || range.start > size {
        let message = format!("\"{}\" has {size} cells, 0 to {}", selection.name, size.saturating_sub(1));
        return Err(Diagnostic::error("bad-selection", selection.span, message).into());
    }
    if range.start >= end {
        let problem = Diagnostic::error("bad-selection", selection.span, format!("{} has no cells", words(selection)));
        return Err(problem.help("ranges are half-open: [0..5] is the first five cells").into());
    }
    Ok(range.start..end)
}

/// A selection as it is written.
pub(crate) fn words(selection: &Selection) -> String {
    let name = &selection.name;
    match selection.cells {
        None => name.clone(),
        Some(range) => match (range.start, range.end) {
            (0, Some(end)) if end != 1 => format!("{name}[..{end}]"),
            (start, None) => format!("{name}[{start}..]"),
            (start, Some(end)) if start.checked_add(1) == Some(end) => format!("{name}[{start}]"),
            (start, Some(end)) => format!("{name}[{start}..{end}]"),
        },
    }
}
