//! Files beside the netlist. Tables are CSV files with a header line; `#` starts a comment line.

use super::Files;
use super::cells::Filter;
use crate::description::ColumnDecl;
use crate::diagnostic::{Diagnostic, Failure, Outcome, SourceId, Sources, Span, Spanned};
use crate::system::SideText;
use crate::units::{Dimension, Quantity, Unit, find_unit, parse_quantity, scale};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The files that a netlist names, each read once and known to diagnostics.
pub(crate) struct SideFiles<'a> {
    files: &'a dyn Files,
    sources: RefCell<&'a mut Sources>,
    read: RefCell<BTreeMap<String, Rc<Csv>>>,
    bytes: RefCell<BTreeMap<String, Rc<[u8]>>>,
}

impl<'a> SideFiles<'a> {
    /// Files read through `files`, added to `sources`.
    pub(crate) fn new(files: &'a dyn Files, sources: &'a mut Sources) -> Self {
        Self { files, sources: RefCell::new(sources), read: RefCell::default(), bytes: RefCell::default() }
    }

    /// The table in a file.
    pub(crate) fn table(&self, file: &Spanned<String>) -> Outcome<Rc<Csv>> {
        if let Some(known) = self.read.borrow().get(&file.value) {
            return Ok(Rc::clone(known));
        }
        let text = self.files.read(&file.value).map_err(|why| Diagnostic::error("file", file.span, why))?;
        let source = self.sources.borrow_mut().add(file.value.clone(), text.clone());
        let table = Rc::new(Csv::new(&file.value, source, text)?);
        self.read.borrow_mut().insert(file.value.clone(), Rc::clone(&table));
        Ok(table)
    }

    /// The text of a file that is no table.
    pub(crate) fn text(&self, file: &Spanned<String>) -> Outcome<SideText> {
        let text = self.files.read(&file.value).map_err(|why| Diagnostic::error("file", file.span, why))?;
        let source = self.sources.borrow_mut().add(file.value.clone(), text.clone());
        Ok(SideText { source, text })
    }

    /// The bytes of a file that is no table.
    pub(crate) fn bytes(&self, file: &Spanned<String>) -> Outcome<Rc<[u8]>> {
        if let Some(known) = self.bytes.borrow().get(&file.value) {
            return Ok(Rc::clone(known));
        }
        let read = self.files.read_bytes(&file.value).map_err(|why| Diagnostic::error("file", file.span, why))?;
        let bytes: Rc<[u8]> = read.into();
        self.bytes.borrow_mut().insert(file.value.clone(), Rc::clone(&bytes));
        Ok(bytes)
    }

    /// A problem of an expression that was computed for a line of a file, with that line named.
    pub(crate) fn with_line(&self, failure: Failure, line: Span) -> Failure {
        match failure {
            Failure::Report(problem) => {
                let sources = self.sources.borrow();
                let label = format!("for line {} of {}", sources.line_column(line).0, sources.name(line.source));
                problem.label(label).into()
            }
            Failure::Reported => Failure::Reported,
        }
    }
}

/// A table: its header is read, its rows are read as they are asked for.
#[derive(Debug)]
pub(crate) struct Csv {
    name: String,
    source: SourceId,
    text: String,
    headers: Vec<String>,
}

/// A row: its cells and its place.
pub(crate) type Row = (csv::StringRecord, Span);

impl Csv {
    fn new(name: &str, source: SourceId, text: String) -> Outcome<Self> {
        let mut table = Self { name: name.to_string(), source, text, headers: Vec::new() };
        let headers = table.reader().headers().map(|h| h.iter().map(str::to_string).collect());
        table.headers = headers.map_err(|error| table.malformed(&error))?;
        Ok(table)
    }

    fn reader(&self) -> csv::Reader<&[u8]> {
        csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(self.text.as_bytes())
    }

    fn malformed(&self, error: &csv::Error) -> Diagnostic {
        let start = error.position().map_or(0, csv::Position::byte);
        let message = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("this row of {} has {len} cells, the header {expected_len}", self.name)
            }
            _ => format!("{} is no table: {error}", self.name),
        };
        Diagnostic::error("file", self.line(start), message)
    }

    /// The line that starts at or after a byte (a row's position may be that of blank lines and comments before it).
    fn line(&self, start: u64) -> Span {
        let rest = |from: usize| self.text.as_bytes().get(from..).unwrap_or_default().iter();
        let length = |from| rest(from).take_while(|b| **b != b'\n' && **b != b'\r').count();
        let blank = |from| rest(from).take_while(|b| b.is_ascii_whitespace()).count();
        let from = usize::try_from(start).unwrap_or(usize::MAX).min(self.text.len());
        let mut first = from + blank(from);
        while rest(first).next() == Some(&b'#') {
            first += length(first);
            first += blank(first);
        }
        let clip = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Span { source: self.source, start: clip(first), end: clip(first + length(first)) }
    }

    /// Index of a column.
    pub(crate) fn column(&self, column: &str, span: Span) -> Outcome<usize> {
        self.headers.iter().position(|h| h == column).ok_or_else(|| {
            Diagnostic::error("unknown-column", span, format!("{} has no column \"{column}\"", self.name))
                .nearest(column, self.headers.iter().map(String::as_str))
                .into()
        })
    }

    /// Bytes of the text: no table read from it needs more than a few times this.
    pub(crate) fn bytes(&self) -> u64 {
        self.text.len() as u64
    }

    /// Calls `take` with each row, in order, until it fails.
    pub(crate) fn rows(&self, mut take: impl FnMut(&Row) -> Outcome<()>) -> Outcome<()> {
        for record in self.reader().into_records() {
            let record = record.map_err(|error| self.malformed(&error))?;
            let start = record.position().map_or(0, csv::Position::byte);
            take(&(record, self.line(start)))?;
        }
        Ok(())
    }

    /// Calls `take` with each value of a column that meets the conditions, and its row.
    pub(crate) fn values(&self, decl: &ColumnDecl, mut take: impl FnMut(Quantity, &Row) -> Outcome<()>) -> Outcome<()> {
        let index = self.column(&decl.column.value, decl.column.span)?;
        let kept = Filter::new(self, &decl.conditions)?;
        self.rows(|row| if kept.takes(row) { take(cell_quantity(row, index, &decl.column.value)?, row) } else { Ok(()) })
    }

    /// A whole column as quantities, each with its place.
    pub(crate) fn quantities(&self, decl: &ColumnDecl) -> Outcome<Vec<(Quantity, Span)>> {
        if let Some(cell) = &decl.cell {
            let message = "`cell` is for lists, of which each cell has one: here rows are taken in their order";
            return Err(Diagnostic::error("unknown-key", cell.span, message).into());
        }
        let mut values = Vec::new();
        self.values(decl, |quantity, row| {
            values.push((quantity, row.1));
            Ok(())
        })?;
        Ok(values)
    }
}

/// The cell of a row; empty where there is none.
pub(crate) fn cell(row: &Row, column: usize) -> &str {
    row.0.get(column).unwrap_or_default()
}

/// A cell that must be a number, with or without a unit: a bare one has that of the header, if there is one.
pub(crate) fn cell_quantity(row: &Row, column: usize, header: &str) -> Outcome<Quantity> {
    let text = cell(row, column);
    let wrong = || Diagnostic::error("file", row.1, format!("the cell \"{text}\" of the column \"{header}\" is no number"));
    let quantity = parse_quantity(text).map_err(|_| wrong())?;
    match unit_of_header(header) {
        Some(unit) if quantity.dimension == Dimension::NONE => {
            let value = scale(quantity.value, unit.factor);
            if value.is_finite() { Ok(Quantity { value, dimension: unit.dimension }) } else { Err(wrong().into()) }
        }
        _ => Ok(quantity),
    }
}

/// Units that headers end in (`time_ms`). Few, so that no other word is taken for one; `ns` are nanosiemens, a weight's unit.
const HEADER_UNITS: &[&str] = &["ms", "s", "mV", "pA", "nS", "pF", "Hz"];

/// The unit at the end of a header, as units are written or in lower case.
fn unit_of_header(header: &str) -> Option<&'static Unit> {
    let (_, ending) = header.rsplit_once('_')?;
    let unit = HEADER_UNITS.iter().find(|unit| **unit == ending || unit.to_ascii_lowercase() == ending)?;
    find_unit(unit)
}
