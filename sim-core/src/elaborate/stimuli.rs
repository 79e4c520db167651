//! Values of stimuli: numbers per unit, lists of times, rates and amplitudes, words, images; in trials, all that each has in them.

use super::cards::Card;
use super::columns::{self, column};
use super::context::Context;
use super::images::images;
use super::long_tables::lists_by_cell;
use super::place::Place;
use super::trials::{goes_by, moments};
use super::values::{Wanted, integer, kind, number, quantity};
use crate::catalog::{Range, Shape, StimulusCard, StimulusParam, StimulusValue};
use crate::description::{Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome};
use crate::network::Column;
use crate::stimulus::{Drive, MOST_SPIKES_PER_TICK, PerUnit, Schedule};
use crate::trials::{By, Varied};
use crate::units::Dimension;

/// Most times of one `{ first, every, count }`: as many as there are grid points to fall on.
const MAX_COUNT: u64 = u32::MAX as u64;

/// The values of a stimulus in the card's order; `None` after a problem, which is told. Where they differ between trials, these
/// are those of the first, and the trials know the others.
pub(crate) fn stimulus_values(
    context: &Context<'_>,
    card: &Card<'_>,
    model: &'static StimulusCard,
    (index, population): (usize, &str),
    size: u32,
    place: &Place<'_>,
) -> Option<Vec<StimulusValue>> {
    let cells = columns::Cells { purpose: "parameter", population, size };
    let given = |parameter: usize| card.given.get(&parameter).copied();
    let parameters = model.parameters.iter().enumerate();
    let all: Vec<Option<Given>> = parameters
        .map(|(number, parameter)| {
            let values = values_over_trials(context, (card, model), parameter, given(number), place, cells);
            context.report.accept(values)
        })
        .collect();
    let mut values = Vec::with_capacity(all.len());
    for (parameter, given) in all.into_iter().collect::<Option<Vec<Given>>>()?.into_iter().enumerate() {
        values.push(context.report.accept(given.first(context))?);
        // Which image it is goes with the image.
        let of_image = model.parameters[parameter].shape == Shape::Whole && has_image(model);
        if let (Some(by), Some(trials), false) = (given.by, &mut *context.trials.borrow_mut(), of_image) {
            trials.varied.push(Varied { population: index, parameter, by, values: given.values });
        }
    }
    let settings = context.trials.borrow().as_ref().map_or_else(|| vec![values.clone()], |t| t.extremes(index, &values));
    for values in &settings {
        context.report.accept(check_units(model, values, card, population, size))?;
        context.report.accept(check_rates(context, model, values, card, size))?;
    }
    Some(values)
}

/// The value of a parameter, or all that it has in the trials.
struct Given {
    by: Option<By>,
    values: Vec<StimulusValue>,
}

impl Given {
    /// The value in the first trial.
    fn first(&self, context: &Context<'_>) -> Outcome<StimulusValue> {
        let condition = context.trials.borrow().as_ref().and_then(|t| t.condition_of.first().copied()).unwrap_or(0);
        let place = if self.by == Some(By::Condition) { condition as usize } else { 0 };
        self.values.get(place).cloned().ok_or(Failure::Reported)
    }
}

fn has_image(model: &StimulusCard) -> bool {
    model.parameters.iter().any(|p| p.shape == Shape::Image)
}

fn values_over_trials(
    context: &Context<'_>,
    (card, model): (&Card<'_>, &'static StimulusCard),
    parameter: &StimulusParam,
    value: Option<&Value>,
    place: &Place<'_>,
    cells: columns::Cells<'_>,
) -> Outcome<Given> {
    let item = item(card, model).filter(|_| parameter.shape == Shape::Image);
    let mut by = None;
    for value in value.into_iter().chain(item).filter(|_| context.names.trials().is_some()) {
        by = by.max(goes_by(value, context.names)?);
    }
    let places = match by {
        None => vec![*place],
        Some(by) => moments(context, by)?.into_iter().map(|moment| place.at(moment)).collect(),
    };
    let values = match (parameter.shape, value) {
        (Shape::Image, Some(value)) => images(context, (value, item), &places, cells)?,
        (Shape::Word(_), Some(value)) if by.is_some() => {
            let message = format!("{} is the same in all trials", parameter.spec.name);
            return Err(Diagnostic::error("wrong-type", value.span, message).into());
        }
        _ => {
            let one = |place| one_value(context, (card, model), parameter, value, place, cells);
            places.iter().map(|place| one(place).map_err(|failure| place.told_of(failure))).collect::<Outcome<_>>()?
        }
    };
    Ok(Given { by, values })
}

/// What says which image of a file it is.
fn item<'a>(card: &Card<'a>, model: &StimulusCard) -> Option<&'a Value> {
    let index = model.parameters.iter().position(|p| p.shape == Shape::Whole)?;
    card.given.get(&index).copied()
}

fn one_value(
    context: &Context<'_>,
    (card, model): (&Card<'_>, &'static StimulusCard),
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
        (Shape::Image, Some(value)) => {
            let mut images = images(context, (value, item(card, model)), &[*place], cells)?;
            images.pop().ok_or(Failure::Reported)
        }
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

/// One list for all units, or one for each.
fn lists(
    context: &Context<'_>,
    value: &Value,
    wanted: &Wanted<'_>,
    place: &Place<'_>,
    cells: columns::Cells<'_>,
) -> Outcome<Vec<Vec<f64>>> {
    let value = place.now(value)?;
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
    let value = place.now(value)?;
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
