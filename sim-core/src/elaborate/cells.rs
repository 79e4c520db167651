//! Names of cells: `names = ["AVAL", ..]` or a column of a file. Cells are chosen by them, and lists of synapses name them.

use super::context::Context;
use super::files::{Csv, Row, cell};
use crate::description::{Named, NamesDecl, NamesFrom};
use crate::diagnostic::{Diagnostic, Outcome, Span, Spanned};
use std::collections::{BTreeMap, BTreeSet};

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
    let mut unmet = None;
    match &decl.from {
        NamesFrom::List(list) => list.iter().try_for_each(|name| names.add(&name.value, name.span))?,
        NamesFrom::File { file, column, conditions } => {
            let table = context.files.table(file)?;
            // A row of at least two bytes becomes a name, twice, and its place.
            context.budget.reserve(table.bytes() / 2, 64, || "the names of cells".into())?;
            let index = table.column(&column.value, column.span)?;
            let kept = Filter::new(&table, conditions)?;
            table.rows(|row| if kept.takes(row) { names.add(cell(row, index), row.1) } else { Ok(()) })?;
            if names.list.is_empty() {
                unmet = kept.unmet(&table, &file.value)?;
            }
        }
    }
    if names.list.is_empty() {
        let problem = Diagnostic::error("empty-list", decl.span, "there are no names here: a population has a cell at least");
        return Err(unmet.map_or(problem.clone(), |(_, why)| problem.help(why)).into());
    }
    Ok(names)
}

/// `where = { type = ["chemical", "gap"] }`: the rows of a file that are taken.
pub(crate) struct Filter<'a>(Vec<Condition<'a>>);

struct Condition<'a> {
    column: usize,
    header: &'a Spanned<String>,
    texts: &'a [Spanned<String>],
}

/// Most values of a column that a message names.
const MOST_VALUES: usize = 5;

impl<'a> Filter<'a> {
    /// Finds the columns.
    pub(crate) fn new(table: &Csv, conditions: &'a [Named<Vec<Spanned<String>>>]) -> Outcome<Self> {
        let condition = |Named { name, item }: &'a Named<Vec<Spanned<String>>>| {
            Ok(Condition { column: table.column(&name.value, name.span)?, header: name, texts: item })
        };
        conditions.iter().map(condition).collect::<Outcome<_>>().map(Self)
    }

    /// Whether a row meets all conditions.
    pub(crate) fn takes(&self, row: &Row) -> bool {
        self.0.iter().all(|condition| condition.takes(row))
    }

    /// Why no row of the file meets the conditions, and where that stands; `None` where there are none.
    pub(crate) fn unmet(&self, table: &Csv, file: &str) -> Outcome<Option<(Span, String)>> {
        for condition in &self.0 {
            let values = condition.values(table)?;
            if !condition.texts.iter().any(|text| values.contains(&text.value)) {
                return Ok(Some((condition.span(), condition.missing(file, &values))));
            }
        }
        let all = self.0.first().filter(|_| self.0.len() > 1);
        Ok(all.map(|first| (first.header.span, format!("no row of {file} meets all conditions at once"))))
    }
}

impl Condition<'_> {
    fn takes(&self, row: &Row) -> bool {
        self.texts.iter().any(|text| text.value == cell(row, self.column))
    }

    /// The column's values, each once, in order.
    fn values(&self, table: &Csv) -> Outcome<Vec<String>> {
        let (mut values, mut seen) = (Vec::new(), BTreeSet::new());
        table.rows(|row| {
            let value = cell(row, self.column);
            if seen.insert(value.to_string()) {
                values.push(value.to_string());
            }
            Ok(())
        })?;
        Ok(values)
    }

    fn span(&self) -> Span {
        match self.texts {
            [text] => text.span,
            _ => self.header.span,
        }
    }

    fn missing(&self, file: &str, values: &[String]) -> String {
        let quoted = |text: &str| format!("\"{text}\"");
        let wanted: Vec<String> = self.texts.iter().map(|text| quoted(&text.value)).collect();
        let known: Vec<String> = values.iter().take(MOST_VALUES).map(|value| quoted(value)).collect();
        let known = match values.len().saturating_sub(MOST_VALUES) {
            _ if known.is_empty() => "no rows".to_string(),
            0 => known.join(", "),
            more => format!("{} and {more} more", known.join(", ")),
        };
        format!("no row of {file} has the {} {}: the column has {known}", self.header.value, wanted.join(" or "))
    }
}
