//! The list rule: pairs written in place or read from a file, with the columns that weights and delays name.

use super::cells::{Filter, fault_of_name};
use super::context::Context;
use super::files::{Csv, Row, cell, cell_quantity};
use super::place::ListColumns;
use super::selections::Part;
use super::synapses::Ends;
use super::values::{integer, kind};
use crate::description::{ListDecl, Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span, Spanned};
use crate::network::Rule;

/// The rows of a list that are kept, in their order.
#[derive(Default)]
pub(crate) struct ListRows {
    /// Source and target of each, counted from the start of the two parts.
    pub(crate) pairs: Vec<(u32, u32)>,
    /// Columns that expressions name.
    pub(crate) columns: ListColumns,
    /// Lines of the file, one for each row; empty where the pairs stand in the netlist.
    pub(crate) lines: Vec<Span>,
    /// Rows that meet the conditions, kept or not.
    pub(crate) met: u64,
}

impl ListRows {
    /// The rule: sorted by target, then by place in the list.
    pub(crate) fn rule(&self) -> Outcome<Rule> {
        let count = u32::try_from(self.pairs.len())
            .map_err(|_| Diagnostic::general("does-not-fit", "a list has more than 4,294,967,295 rows"))?;
        let mut rows: Vec<u32> = (0..count).collect();
        rows.sort_by_key(|row| self.pairs.get(*row as usize).map(|pair| pair.1));
        let pairs = rows.iter().filter_map(|row| self.pairs.get(*row as usize).copied()).collect();
        Ok(Rule::List { pairs, rows })
    }
}

/// Reads the rows of a list rule between two parts.
pub(crate) fn list_rows(
    context: &Context<'_>,
    list: &ListDecl,
    span: Span,
    ends: &Ends<'_>,
    columns: &[(&str, Span)],
) -> Outcome<ListRows> {
    match (&list.pairs, &list.file) {
        (Some(pairs), None) => {
            if let Some((column, at)) = columns.first() {
                let message = format!("`row.{column}` needs a file: pairs in place have no columns");
                return Err(Diagnostic::error("unknown-column", *at, message).into());
            }
            Ok(ListRows { pairs: inline_pairs(pairs, ends)?, ..ListRows::default() })
        }
        (None, Some(file)) => {
            let table = context.files.table(file)?;
            // A row of at least four bytes becomes a pair, a place and a quantity for each column.
            context.budget.reserve(table.bytes() / 4, 24 + 16 * columns.len() as u64, || "the list of a list rule".into())?;
            let kept = file_rows(&table, list, file, ends, columns)?;
            if kept.met == 0
                && let Some((span, why)) = Filter::new(&table, &list.conditions)?.unmet(&table, &file.value)?
            {
                context.report.push(Diagnostic::warning("no-rows", span, why));
            }
            Ok(kept)
        }
        _ => {
            let problem = Diagnostic::error("missing-key", span, "the rule list needs either `pairs` or `file`");
            Err(problem.help("pairs = [[0, 1], [0, 2]], or file = \"synapses.csv\"").into())
        }
    }
}

fn inline_pairs(pairs: &Value, ends: &Ends<'_>) -> Outcome<Vec<(u32, u32)>> {
    let wrong = |value: &Value| {
        let message = format!("a pair [source, target] is needed here, not {}", kind(&value.kind));
        Failure::from(Diagnostic::error("wrong-type", value.span, message))
    };
    let ValueKind::List(rows) = &pairs.kind else { return Err(wrong(pairs)) };
    let index = |value: &Value, what: &str| integer(value, what, &ends.place, 0, u64::from(u32::MAX));
    let pair = |row: &Value| {
        let ValueKind::List(cells) = &row.kind else { return Err(wrong(row)) };
        let [source, target] = cells.as_slice() else { return Err(wrong(row)) };
        let source = ends.source_index(index(source, "the index of a source")?, source.span)?;
        let target = ends.target_index(index(target, "the index of a target")?, target.span)?;
        Ok((source, target))
    };
    rows.iter().map(pair).collect()
}

fn file_rows(
    table: &Csv,
    list: &ListDecl,
    file: &Spanned<String>,
    ends: &Ends<'_>,
    columns: &[(&str, Span)],
) -> Outcome<ListRows> {
    let header = |named: &Option<Spanned<String>>, default: &str| match named {
        Some(name) => table.column(&name.value, name.span),
        None => table.column(default, file.span),
    };
    let (source, target) = (header(&list.source, "source")?, header(&list.target, "target")?);
    let taken = Filter::new(table, &list.conditions)?;
    let wanted: Vec<(usize, &str)> =
        columns.iter().map(|(column, span)| Ok((table.column(column, *span)?, *column))).collect::<Outcome<_>>()?;
    let mut kept = ListRows::default();
    for (_, column) in &wanted {
        kept.columns.insert((*column).to_string(), Vec::new());
    }
    table.rows(|row| {
        if !taken.takes(row) {
            return Ok(());
        }
        kept.met += 1;
        let source = named_or_numbered(row, source, &ends.source, |index| ends.source_index(index, row.1))?;
        let target = named_or_numbered(row, target, &ends.target, |index| ends.target_index(index, row.1))?;
        let (Some(source), Some(target)) = (source, target) else { return Ok(()) };
        kept.pairs.push((source, target));
        kept.lines.push(row.1);
        for (column, name) in &wanted {
            let quantity = cell_quantity(row, *column, name)?;
            if let Some(values) = kept.columns.get_mut(*name) {
                values.push(quantity);
            }
        }
        Ok(())
    })?;
    Ok(kept)
}

/// The cell that a row names by its number, which must be one of the part, or by its name; `None` for a name that is not of
/// the part: one file may serve several projections.
fn named_or_numbered(row: &Row, column: usize, part: &Part, numbered: impl Fn(u64) -> Outcome<u32>) -> Outcome<Option<u32>> {
    let text = cell(row, column);
    match &part.names {
        Some(names) if fault_of_name(text).is_none() => {
            let cell = names.find(text).filter(|cell| part.contains(*cell));
            Ok(cell.map(|cell| cell - part.cells.start))
        }
        _ if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => numbered(text.parse().unwrap_or(u64::MAX)).map(Some),
        names => {
            let what = if names.is_some() { "neither the number nor the name" } else { "not the number" };
            Err(Diagnostic::error("file", row.1, format!("\"{text}\" is {what} of a cell")).into())
        }
    }
}
