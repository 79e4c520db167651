//! Lists of cells from a long table: each row has a cell and an item of its list, as `run --spikes` writes spikes.

use super::columns::Cells;
use super::context::Context;
use super::files::{Row, cell};
use super::values::Wanted;
use crate::description::ColumnDecl;
use crate::diagnostic::{Diagnostic, Outcome};

/// One list for each cell, each in the order of the rows; cells without a row have an empty one.
pub(crate) fn lists_by_cell(
    context: &Context<'_>,
    decl: &ColumnDecl,
    wanted: &Wanted<'_>,
    cells: Cells<'_>,
) -> Outcome<Vec<Vec<f64>>> {
    let table = context.files.table(&decl.file)?;
    // A row of at least four bytes becomes a number, in a list that may have room for twice as many.
    context.budget.reserve(table.bytes() / 4, 16, || format!("{} of {}", wanted.name, cells.population))?;
    context.budget.reserve(u64::from(cells.size), 24, || format!("{} of {}", wanted.name, cells.population))?;
    let header = decl.cell.as_ref().unwrap_or(&decl.column);
    let index = table.column(&header.value, header.span)?;
    let mut lists = vec![Vec::new(); cells.size as usize];
    table.values(decl, |quantity, row| {
        let list = lists.get_mut(number_of_cell(row, index)?).ok_or_else(|| {
            let (number, last) = (cell(row, index), cells.size.saturating_sub(1));
            let message = format!("there is no cell {number} here: those of \"{}\" are 0 to {last}", cells.population);
            Diagnostic::error("bad-selection", row.1, message)
        })?;
        list.push(wanted.check(quantity, row.1)?);
        Ok(())
    })?;
    if let (Some(first), true) = (decl.conditions.first(), lists.iter().all(Vec::is_empty)) {
        let message = format!("no row of {} meets these conditions: all cells have empty lists", decl.file.value);
        context.report.push(Diagnostic::warning("empty-list", first.name.span, message));
    }
    Ok(lists)
}

/// The cell that a row names by its number, from 0.
fn number_of_cell(row: &Row, column: usize) -> Outcome<usize> {
    let text = cell(row, column);
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Diagnostic::error("file", row.1, format!("\"{text}\" is not the number of a cell")).into());
    }
    Ok(text.parse().unwrap_or(usize::MAX))
}
