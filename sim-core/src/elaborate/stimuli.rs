//! Values of stimuli: numbers per unit, lists of times, rates and amplitudes, words, images.

use super::cards::Card;
use super::columns::{self, column};
use super::context::Context;
use super::images::pixels;
use super::long_tables::lists_by_cell;
use super::place::Place;
use super::values::{Wanted, integer, kind, number, quantity};
use crate::catalog::{Range, Shape, StimulusCard, StimulusParam, StimulusValue};
use crate::description::{Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Spanned};
use crate::network::Column;
use crate::stimulus::{Drive, MOST_SPIKES_PER_TICK, PerUnit, Schedule};
use crate::units::Dimension;

/// Most times of one `{ first, every, count }`: as many as there are grid points to fall on.
const MAX_COUNT: u64 = u32::MAX as u64;

/// The values of a stimulus in the card's order; `None` after a problem, which is told.
pub(crate) fn stimulus_values(
    context: &Context<'_>,
    card: &Card<'_>,
    model: &'static StimulusCard,
    population: &str,
    size: u32,
    place: &Place<'_>,
) -> Option<Vec<StimulusValue>> {
    let cells = columns::Cells { purpose: "parameter", population, size };
    let values: Vec<Option<StimulusValue>> = model
        .parameters
        .iter()
        .enumerate()
        .map(|(index, parameter)| {
            let value = card.given.get(&index).copied();
            context.report.accept(one_value(context, card, model, parameter, value, place, cells))
        })
        .collect();
    let values = values.into_iter().collect::<Option<Vec<StimulusValue>>>()?;
    context.report.accept(check_units(model, &values, card, population, size))?;
    context.report.accept(check_rates(context, model, &values, card, size))?;
    Some(values)
}

fn one_value(
    context: &Context<'_>,
    card: &Card<'_>,
    model: &'static StimulusCard,
    parameter: &StimulusParam,
    value: Option<&Value>,
    place: &Place<'_>,
    cells: columns::Cells<'_>,
) -> Outcome<StimulusValue> {
    let spec = &parameter.spec;
    let wanted = Wanted::new(spec.name, spec.dimension, spec.range);
    match (parameter.shape, value) {
        (_, None) if spec.default.is_nan() => {
            let message = format!("{} needs a {}", model.name, spec.name);
            Err(Diagnostic::error("missing-key", card.span, message).into())
        }
        (Shape::Number, Some(value)) => column(context, value, &wanted, place, cells).map(StimulusValue::Number),
        (Shape::Number | Shape::Whole | Shape::Word(_) | Shape::Image, None) => {
            Ok(StimulusValue::Number(Column::Shared(spec.default)))
        }
        (Shape::List, Some(value)) => lists(context, value, &wanted, place, cells).map(StimulusValue::List),
        (Shape::List, None) => Ok(StimulusValue::List(vec![Vec::new()])),
        (Shape::Whole, Some(value)) => integer(value, spec.name, place, 0, u64::from(u32::MAX)).map(|whole| shared(whole as f64)),
        (Shape::Word(words), Some(value)) => word(value, spec.name, words).map(|number| shared(number as f64)),
        (Shape::Image, Some(value)) => image(context, card, model, value, place, cells),
    }
}

fn shared(value: f64) -> StimulusValue {
    StimulusValue::Number(Column::Shared(value))
}

/// The number of a word among those that there are.
pub(crate) fn word(value: &Value, name: &str, words: &[&str]) -> Outcome<usize> {
    let quoted = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ");
    let ValueKind::Text(text) = &value.kind else {
        let message = format!("{name} is {quoted}, not {}", kind(&value.kind));
        return Err(Diagnostic::error("wrong-type", value.span, message).into());
    };
    words.iter().position(|word| word == text).ok_or_else(|| {
        let problem = Diagnostic::error("unknown-value", value.span, format!("{name} is {quoted}, not \"{text}\""));
        problem.nearest(text, words.iter().copied()).into()
    })
}

/// The image of a file that the card's whole number says.
fn image(
    context: &Context<'_>,
    card: &Card<'_>,
    model: &'static StimulusCard,
    value: &Value,
    place: &Place<'_>,
    cells: columns::Cells<'_>,
) -> Outcome<StimulusValue> {
    let ValueKind::Text(path) = &value.kind else {
        let message = format!("the path of a file of images is needed here, not {}", kind(&value.kind));
        return Err(Diagnostic::error("wrong-type", value.span, message).into());
    };
    let given = model.parameters.iter().position(|p| p.shape == Shape::Whole).and_then(|index| card.given.get(&index));
    let item = match given {
        // What is wrong with it is told where it is read for itself.
        Some(item) => integer(item, "item", place, 0, u64::from(u32::MAX)).map_err(|_| Failure::Reported)?,
        None => 0,
    };
    let file = Spanned { value: path.clone(), span: value.span };
    let pixels = pixels(context, &file, &Spanned { value: item, span: given.map_or(value.span, |item| item.span) }, cells)?;
    Ok(StimulusValue::Image { file: file.value, pixels })
}

/// One list for all units, or one for each.
fn lists(
    context: &Context<'_>,
    value: &Value,
    wanted: &Wanted<'_>,
    place: &Place<'_>,
    cells: columns::Cells<'_>,
) -> Outcome<Vec<Vec<f64>>> {
    match &value.kind {
        ValueKind::List(units) | ValueKind::Each(units)
            if units.iter().any(|u| matches!(u.kind, ValueKind::List(_) | ValueKind::Regular { .. })) =>
        {
            if units.len() != cells.size as usize {
                let message = format!(
                    "one list for each cell is needed: {} has {}, here are {}",
                    cells.population,
                    cells.size,
                    units.len()
                );
                return Err(Diagnostic::error("wrong-length", value.span, message).into());
            }
            units.iter().map(|unit| list(context, unit, wanted, place)).collect()
        }
        ValueKind::File(column) if column.cell.is_some() => lists_by_cell(context, column, wanted, cells),
        _ => list(context, value, wanted, place).map(|list| vec![list]),
    }
}

fn list(context: &Context<'_>, value: &Value, wanted: &Wanted<'_>, place: &Place<'_>) -> Outcome<Vec<f64>> {
    match &value.kind {
        ValueKind::List(values) => values.iter().map(|v| number(v, wanted, place)).collect(),
        ValueKind::File(column) => {
            let values = context.files.table(&column.file)?.quantities(column)?;
            values.into_iter().map(|(quantity, span)| wanted.check(quantity, span)).collect()
        }
        ValueKind::Regular { first, every, count } if wanted.dimension == Dimension::TIME => {
            let start = number(first, wanted, place)?;
            let step = number(every, &Wanted::new("every", Dimension::TIME, Range::Positive), place)?;
            let count = integer(count, "count", place, 0, MAX_COUNT)?;
            context.budget.reserve(count, 8, || wanted.name.to_string())?;
            Ok((0..count).map(|i| start + i as f64 * step).collect())
        }
        ValueKind::Quantity(_) | ValueKind::Expr(_) => {
            quantity(value, place)?;
            let message = format!("{} is a list: write it in brackets [..]", wanted.name);
            Err(Diagnostic::error("wrong-type", value.span, message).into())
        }
        other => {
            let message = format!("{} is a list of numbers, not {}", wanted.name, kind(other));
            Err(Diagnostic::error("wrong-type", value.span, message).into())
        }
    }
}

/// Refuses trains of more spikes per time step than are drawn.
fn check_rates(
    context: &Context<'_>,
    model: &'static StimulusCard,
    values: &[StimulusValue],
    card: &Card<'_>,
    size: u32,
) -> Outcome<()> {
    let (Drive::Poisson(schedules) | Drive::PrivatePoisson(schedules)) =
        (model.drive)(size as usize, values, context.settings.grid)
    else {
        return Ok(());
    };
    let most = match &schedules {
        PerUnit::Shared(schedule) => schedule.max(),
        PerUnit::Each(schedules) => schedules.iter().map(Schedule::max).fold(0.0, f64::max),
    };
    if most <= MOST_SPIKES_PER_TICK {
        return Ok(());
    }
    let is_rate = |index: &usize| model.parameters.get(*index).is_some_and(|p| p.spec.dimension == Dimension::RATE);
    let span = card.given.iter().find(|(index, _)| is_rate(index)).map_or(card.span, |(_, value)| value.span);
    let message = format!("this is a mean of {most} spikes in a time step: at most {MOST_SPIKES_PER_TICK} are drawn");
    Err(Diagnostic::error("out-of-range", span, message).into())
}

/// The card's own check, once where all units are alike, else for each.
fn check_units(
    model: &'static StimulusCard,
    values: &[StimulusValue],
    card: &Card<'_>,
    population: &str,
    size: u32,
) -> Outcome<()> {
    let each = values.iter().any(|value| match value {
        StimulusValue::Number(column) => matches!(column, Column::Each(_)),
        StimulusValue::List(lists) => lists.len() > 1,
        StimulusValue::Image { .. } => false,
    });
    for unit in 0..if each { size as usize } else { 1 } {
        let numbers: Vec<[f64; 1]> = values
            .iter()
            .map(|value| match value {
                StimulusValue::Number(column) => [column.get(unit)],
                StimulusValue::List(_) | StimulusValue::Image { .. } => [0.0],
            })
            .collect();
        let slices: Vec<&[f64]> = values
            .iter()
            .zip(&numbers)
            .map(|(value, number)| match value {
                StimulusValue::Number(_) => number.as_slice(),
                StimulusValue::List(lists) => lists.get(unit).or(lists.first()).map_or(&[][..], Vec::as_slice),
                StimulusValue::Image { .. } => &[],
            })
            .collect();
        if let Err(why) = (model.check)(&slices) {
            let problem = Diagnostic::error("parameters", card.span, why);
            return Err(if each { problem.label(format!("of {population}[{unit}]")) } else { problem }.into());
        }
    }
    Ok(())
}
