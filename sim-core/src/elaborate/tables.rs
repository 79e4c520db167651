//! Tables: vectors and matrices over groups, from data or an expression.

use super::place::Place;
use super::report::Report;
use super::values::quantity;
use crate::description::{TableDecl, Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span, Spanned};
use crate::expr::eval::evaluate;
use crate::units::{Dimension, Quantity};
use std::collections::BTreeMap;

/// A table with its values, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    rows: Axis,
    columns: Option<Axis>,
    values: Vec<f64>,
    dimension: Dimension,
}

/// One direction of a table: a group, and the position in it of each population.
#[derive(Clone, Debug, PartialEq)]
struct Axis {
    group: String,
    positions: BTreeMap<usize, usize>,
}

impl Axis {
    fn position(&self, place: (usize, Span), name: &str, place_name: &str) -> Result<usize, Diagnostic> {
        self.positions.get(&place.0).copied().ok_or_else(|| {
            let message = format!("\"{place_name}\" is not in the group \"{}\" of the table \"{name}\"", self.group);
            Diagnostic::error("table-index", place.1, message)
        })
    }
}

impl Table {
    /// The element at the populations `places`; `names` are those populations' names.
    pub(crate) fn element(
        &self,
        name: &str,
        places: &[(usize, Span)],
        names: impl Fn(usize) -> String,
        span: Span,
    ) -> Outcome<Quantity> {
        let at = |axis: &Axis, place: (usize, Span)| axis.position(place, name, &names(place.0));
        let index = match (&self.columns, places) {
            (None, [row]) => at(&self.rows, *row)?,
            (Some(columns), [row, column]) => at(&self.rows, *row)? * columns.positions.len() + at(columns, *column)?,
            (None, _) => {
                return Err(Diagnostic::error("table-index", span, format!("\"{name}\" is a vector: it takes one index")).into());
            }
            (Some(_), _) => {
                let message = format!("\"{name}\" is a matrix: it takes two indices, [target, source]");
                return Err(Diagnostic::error("table-index", span, message).into());
            }
        };
        let value = self.values.get(index).copied().ok_or(Failure::Reported)?;
        Ok(Quantity { value, dimension: self.dimension })
    }
}

/// Builds a table. What its expressions name has been computed before.
pub(crate) fn build(decl: &TableDecl, name: &Spanned<String>, scope: &Place<'_>, report: &Report) -> Outcome<Table> {
    let (rows, columns) = axes(decl, name, scope)?;
    let width = columns.as_ref().map(Vec::len);
    let elements = match (&decl.data, &decl.expr) {
        (Some(data), None) => from_data(data, &name.value, rows.len(), width, scope, report)?,
        (None, Some(expr)) => {
            let mut values = Vec::with_capacity(rows.len() * width.unwrap_or(1));
            for row in &rows {
                match &columns {
                    None => values.push((evaluate(expr, &scope.of(*row))?, expr.span)),
                    Some(columns) => {
                        for column in columns {
                            values.push((evaluate(expr, &scope.between(*column, *row))?, expr.span));
                        }
                    }
                }
            }
            values
        }
        _ => {
            let message = format!("the table \"{}\" needs either `data` or `expr`", name.value);
            return Err(Diagnostic::error("table", decl.span, message).into());
        }
    };
    let (values, dimension) = of_one_dimension(&elements, &name.value)?;
    let axis = |group: &Option<Spanned<String>>, members: &[usize]| Axis {
        group: group.as_ref().map_or_else(String::new, |g| g.value.clone()),
        positions: members.iter().enumerate().map(|(position, member)| (*member, position)).collect(),
    };
    let row_group = if decl.of.is_some() { &decl.of } else { &decl.target };
    Ok(Table { rows: axis(row_group, &rows), columns: columns.map(|c| axis(&decl.source, &c)), values, dimension })
}

fn axes(decl: &TableDecl, name: &Spanned<String>, scope: &Place<'_>) -> Outcome<(Vec<usize>, Option<Vec<usize>>)> {
    let members = |group: &Spanned<String>| scope.names.roster.members(&group.value, group.span).map(<[usize]>::to_vec);
    match (&decl.of, &decl.target, &decl.source) {
        (Some(of), None, None) => Ok((members(of)?, None)),
        (None, Some(target), Some(source)) => Ok((members(target)?, Some(members(source)?))),
        _ => {
            let message = format!("the table \"{}\" needs either `of`, or `target` and `source`", name.value);
            Err(Diagnostic::error("table", decl.span, message).help("`of` names the group of a vector").into())
        }
    }
}

type Elements = Vec<(Quantity, Span)>;

fn from_data(
    data: &Value,
    name: &str,
    rows: usize,
    width: Option<usize>,
    scope: &Place<'_>,
    report: &Report,
) -> Outcome<Elements> {
    let list = list_of(data, name, rows, if width.is_some() { "rows" } else { "numbers" })?;
    let values: Vec<&Value> = match width {
        None => list.iter().collect(),
        Some(width) => {
            let rows: Option<Vec<&[Value]>> =
                list.iter().map(|row| report.accept(list_of(row, name, width, "numbers in each row"))).collect();
            rows.ok_or(Failure::Reported)?.into_iter().flatten().collect()
        }
    };
    let elements: Option<Elements> = values.iter().map(|v| report.accept(quantity(v, scope)).map(|q| (q, v.span))).collect();
    elements.ok_or(Failure::Reported)
}

fn list_of<'a>(value: &'a Value, table: &str, wanted: usize, what: &str) -> Outcome<&'a [Value]> {
    match &value.kind {
        ValueKind::List(list) if list.len() == wanted => Ok(list),
        ValueKind::List(list) => {
            let message =
                format!("the table \"{table}\" needs {wanted} {what}, as its group has members: here are {}", list.len());
            Err(Diagnostic::error("table-shape", value.span, message).into())
        }
        _ => {
            let message = format!("the table \"{table}\" needs {wanted} {what} in brackets [..]");
            Err(Diagnostic::error("table-shape", value.span, message).into())
        }
    }
}

fn of_one_dimension(elements: &[(Quantity, Span)], table: &str) -> Outcome<(Vec<f64>, Dimension)> {
    let dimension = elements.first().map_or(Dimension::NONE, |(q, _)| q.dimension);
    match elements.iter().find(|(q, _)| q.dimension != dimension) {
        None => Ok((elements.iter().map(|(q, _)| q.value).collect(), dimension)),
        Some((other, span)) => {
            let message = format!("the table \"{table}\" starts with {dimension}, but this is {}", other.dimension);
            Err(Diagnostic::error("dimension", *span, message).into())
        }
    }
}
