//! One number for all cells of a population, or one for each: given, read from a file, drawn or computed.

use super::context::Context;
use super::distributions::distribution;
use super::place::Place;
use super::values::{Wanted, number, quantity};
use crate::description::{Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span};
use crate::expr::eval::{Reference, evaluate, references};
use crate::network::Column;
use crate::random::Stream;
use crate::units::Quantity;

/// Which cells get a number, and for what: the names that key their random streams.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cells<'a> {
    /// "parameter", "initial", "draw".
    pub(crate) purpose: &'static str,
    /// Name of the population.
    pub(crate) population: &'a str,
    /// Its size.
    pub(crate) size: u32,
}

/// The numbers of a key. Draws come from the stream of (purpose, population, key's own name, cell): nothing else in the
/// netlist changes them.
pub(crate) fn column(
    context: &Context<'_>,
    value: &Value,
    wanted: &Wanted<'_>,
    place: &Place<'_>,
    cells: Cells<'_>,
) -> Outcome<Column> {
    let value = place.now(value)?;
    let reserve = || context.budget.reserve(u64::from(cells.size), 8, || format!("{} of {}", wanted.name, cells.population));
    match &value.kind {
        ValueKind::Expr(expr) if references(expr).iter().any(|r| matches!(r, Reference::Name(name) if place.is_draw(name))) => {
            reserve()?;
            let of = |neuron: usize| check(wanted, evaluate(expr, &place.neuron(neuron))?, value.span, cells, neuron);
            Ok(Column::Each((0..cells.size as usize).map(of).collect::<Outcome<_>>()?))
        }
        ValueKind::Random(decl) => {
            let law = distribution(decl, value.span, wanted, place)?;
            reserve()?;
            let key = context.key(cells.purpose).name(cells.population).name(wanted.name).finish();
            let of = |neuron: usize| {
                let x = law.draw(&mut Stream::new(key, neuron as u64));
                check(wanted, Quantity { value: x, dimension: wanted.dimension }, value.span, cells, neuron)
            };
            Ok(Column::Each((0..cells.size as usize).map(of).collect::<Outcome<_>>()?))
        }
        ValueKind::Each(values) => {
            one_each(values.len(), cells, value.span)?;
            let of = |(neuron, v): (usize, &Value)| check(wanted, quantity(v, place)?, v.span, cells, neuron);
            Ok(Column::Each(values.iter().enumerate().map(of).collect::<Outcome<_>>()?))
        }
        ValueKind::File(column) => {
            let values = context.files.table(&column.file)?.quantities(column)?;
            one_each(values.len(), cells, value.span)?;
            let of = |(neuron, (quantity, span)): (usize, &(Quantity, Span))| check(wanted, *quantity, *span, cells, neuron);
            Ok(Column::Each(values.iter().enumerate().map(of).collect::<Outcome<_>>()?))
        }
        ValueKind::List(_) => {
            let message = format!("{} is one number, not a list", wanted.name);
            let problem = Diagnostic::error("wrong-type", value.span, message);
            Err(problem.help("for one value for each neuron write { list = [..] }").into())
        }
        _ => number(value, wanted, place).map(Column::Shared),
    }
}

fn one_each(count: usize, cells: Cells<'_>, span: Span) -> Outcome<()> {
    if count == cells.size as usize {
        return Ok(());
    }
    let message = format!("one value for each cell is needed: {} has {}, here are {count}", cells.population, cells.size);
    Err(Diagnostic::error("wrong-length", span, message).into())
}

/// As [`Wanted::check`], saying which cell's value is wrong.
fn check(wanted: &Wanted<'_>, quantity: Quantity, span: Span, cells: Cells<'_>, neuron: usize) -> Outcome<f64> {
    wanted.check(quantity, span).map_err(|failure| match failure {
        Failure::Report(mut problem) => {
            problem.label = format!("of {}[{neuron}]", cells.population);
            Failure::Report(problem)
        }
        Failure::Reported => Failure::Reported,
    })
}
