//! Ends of projections and records: populations or parts of them, groups expanded.

use super::cells::CellNames;
use super::context::Context;
use super::populations::Frame;
use super::roster::is_pattern;
use crate::description::{CellChoice, CellRange, Selection};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span, Spanned};
use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};
use std::ops::Range;
use std::rc::Rc;

/// A population, or some of its cells.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Index of the population.
    pub(crate) population: usize,
    /// Its cells that are meant; where `chosen` says which of them, from the first to the last.
    pub(crate) cells: Range<u32>,
    /// The cells in the order in which they were named, where they are not neighbours in this order.
    pub(crate) chosen: Option<Vec<u32>>,
    /// Names of all the population's cells, where they have names.
    pub(crate) names: Option<Rc<CellNames>>,
    /// Where it was named.
    pub(crate) span: Span,
}

impl Part {
    /// How many cells.
    pub(crate) fn size(&self) -> u32 {
        match &self.chosen {
            Some(chosen) => u32::try_from(chosen.len()).unwrap_or(u32::MAX),
            None => self.cells.end - self.cells.start,
        }
    }

    /// The cells, in the order in which they were named.
    pub(crate) fn members(&self) -> Vec<u32> {
        self.chosen.clone().unwrap_or_else(|| self.cells.clone().collect())
    }

    /// Whether a cell of the population is meant.
    pub(crate) fn contains(&self, cell: u32) -> bool {
        self.cells.contains(&cell) && self.chosen.as_ref().is_none_or(|chosen| chosen.contains(&cell))
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
    if selection.cells.is_some() && (is_pattern(&selection.name) || roster.group(&selection.name).is_some()) {
        let message = format!("\"{}\" is a group: cells are chosen from a population", selection.name);
        return Err(Diagnostic::error("bad-selection", selection.span, message).into());
    }
    let members = roster.named(&selection.name, selection.span)?;
    let part = |population: usize| {
        let frame = frames.get(population).ok_or(Failure::Reported)?;
        let size = frame.size.ok_or(Failure::Reported)?;
        let (cells, chosen) = match &selection.cells {
            None => (0..size, None),
            Some(CellChoice::Range(range)) => (cells(selection, *range, size)?, None),
            Some(CellChoice::Names(names)) => by_name(selection, names, frame.names.as_deref())?,
        };
        Ok(Part { population, cells, chosen, names: frame.names.clone(), span: selection.span })
    };
    members.into_iter().map(part).collect()
}

fn cells(selection: &Selection, range: CellRange, size: u32) -> Outcome<Range<u32>> {
    let end = range.end.unwrap_or(size);
    if end > size || range.start > size {
        let message = format!("\"{}\" has {size} cells, 0 to {}", selection.name, size.saturating_sub(1));
        return Err(Diagnostic::error("bad-selection", selection.span, message).into());
    }
    if range.start >= end {
        let problem = Diagnostic::error("bad-selection", selection.span, format!("{selection} has no cells"));
        return Err(problem.help("ranges are half-open: [0..5] is the first five cells").into());
    }
    Ok(range.start..end)
}

/// Cells by their names: a range where they are neighbours, in order.
fn by_name(
    selection: &Selection,
    names: &[Spanned<String>],
    known: Option<&CellNames>,
) -> Outcome<(Range<u32>, Option<Vec<u32>>)> {
    let Some(known) = known else {
        let problem =
            Diagnostic::error("unknown-cell", selection.span, format!("the cells of \"{}\" have no names", selection.name));
        return Err(problem.help(format!("choose them by number, or give [populations.{}] `names`", selection.name)).into());
    };
    let (mut chosen, mut seen) = (Vec::with_capacity(names.len()), BTreeSet::new());
    for name in names {
        let cell = known.cell(&selection.name, name)?;
        if !seen.insert(cell) {
            let message = format!("the cell \"{}\" is chosen twice", name.value);
            return Err(Diagnostic::error("duplicate-name", name.span, message).into());
        }
        chosen.push(cell);
    }
    let (Some(first), Some(last)) = (chosen.iter().min().copied(), chosen.iter().max().copied()) else {
        return Err(Failure::Reported);
    };
    let neighbours = chosen.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    Ok((first..last + 1, (!neighbours).then_some(chosen)))
}

/// A selection as it is written, always in the same way.
impl Display for Selection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.cells {
            None => write!(f, "{name}"),
            Some(CellChoice::Names(names)) => {
                let names: Vec<&str> = names.iter().map(|name| name.value.as_str()).collect();
                write!(f, "{name}[{}]", names.join(","))
            }
            Some(CellChoice::Range(range)) => match (range.start, range.end) {
                (0, Some(end)) if end != 1 => write!(f, "{name}[..{end}]"),
                (start, None) => write!(f, "{name}[{start}..]"),
                (start, Some(end)) if start.checked_add(1) == Some(end) => write!(f, "{name}[{start}]"),
                (start, Some(end)) => write!(f, "{name}[{start}..{end}]"),
            },
        }
    }
}
