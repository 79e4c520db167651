//! Names of cells: `names = ["AVAL", ..]` or a column of a file. Cells are chosen by them, and lists of synapses name them.

use super::context::Context;
use super::files::{Csv, cell};
use crate::description::{Named, NamesDecl, NamesFrom};
use crate::diagnostic::{Diagnostic, Outcome, Span, Spanned};
use std::collections::BTreeMap;

/// The names of a population's cells, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CellNames {
    /// One for each cell.
    pub(crate) list: Vec<String>,
    cells: BTreeMap<String, u32>,
}

impl CellNames {
    /// The cell of a name.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.cells.get(name).copied()
    }

    /// The cell of a name that must be known in the population.
    pub(crate) fn cell(&self, population: &str, name: &Spanned<String>) -> Outcome<u32> {
        self.find(&name.value).ok_or_else(|| {
            let message = format!("\"{population}\" has no cell named \"{}\"", name.value);
            let known = self.list.iter().map(String::as_str);
            Diagnostic::error("unknown-cell", name.span, message).nearest(&name.value, known).into()
        })
    }

    fn add(&mut self, name: &str, span: Span) -> Outcome<()> {
        if let Some(why) = fault_of_name(name) {
            let message = format!("\"{name}\" cannot be the name of a cell: {why}");
            return Err(Diagnostic::error("bad-name", span, message).into());
        }
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        if self.cells.insert(name.to_string(), next).is_some() {
            return Err(Diagnostic::error("duplicate-name", span, format!("two cells are named \"{name}\"")).into());
        }
        self.list.push(name.to_string());
        Ok(())
    }
}

/// Why a word cannot be the name of a cell: `a[7]` and `a[0..5]` are numbers, `a[x, y]` is two names.
pub fn fault_of_name(name: &str) -> Option<&'static str> {
    if name.contains("..") {
        Some("it looks like a range of cells")
    } else if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        Some("it must begin with a letter or \"_\", or it could not be told from the number of a cell")
    } else if name.contains([',', '[', ']', '"']) || name != name.trim() {
        Some("commas, brackets, quotes and outer spaces stand around names, not in them")
    } else {
        None
    }
}

/// Reads the names of a population's cells.
pub(crate) fn cell_names(context: &Context<'_>, decl: &NamesDecl) -> Outcome<CellNames> {
    let mut names = CellNames::default();
    match &decl.from {
        NamesFrom::List(list) => list.iter().try_for_each(|name| names.add(&name.value, name.span))?,
        NamesFrom::File { file, column, conditions } => {
            let table = context.files.table(file)?;
            // A row of at least two bytes becomes a name, twice, and its place.
            context.budget.reserve(table.bytes() / 2, 64, || "the names of cells".into())?;
            let index = table.column(&column.value, column.span)?;
            let kept = Filter::new(&table, conditions)?;
            table.rows(|row| if kept.takes(row) { names.add(cell(row, index), row.1) } else { Ok(()) })?;
        }
    }
    if names.list.is_empty() {
        return Err(
            Diagnostic::error("empty-list", decl.span, "there are no names here: a population has a cell at least").into()
        );
    }
    Ok(names)
}

/// `where = { type = ["chemical", "gap"] }`: the rows of a file that are taken.
pub(crate) struct Filter<'a>(Vec<(usize, Vec<&'a str>)>);

impl<'a> Filter<'a> {
    /// Finds the columns.
    pub(crate) fn new(table: &Csv, conditions: &'a [Named<Vec<Spanned<String>>>]) -> Outcome<Self> {
        let column = |c: &'a Named<Vec<Spanned<String>>>| {
            Ok((table.column(&c.name.value, c.name.span)?, c.item.iter().map(|t| t.value.as_str()).collect()))
        };
        conditions.iter().map(column).collect::<Outcome<_>>().map(Self)
    }

    /// Whether a row meets all conditions.
    pub(crate) fn takes(&self, row: &super::files::Row) -> bool {
        self.0.iter().all(|(column, texts)| texts.contains(&cell(row, *column)))
    }
}
