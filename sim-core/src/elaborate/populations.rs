//! Populations: their model and size first, then the values of their cells.

use super::cards::{Card, Cards, Model, find_name};
use super::cells::{CellNames, cell_names};
use super::columns::{self, column};
use super::context::Context;
use super::distributions::distribution;
use super::place::{Draws, Place, RESERVED};
use super::roster::Entry;
use super::size::cell_bytes;
use super::stimuli::stimulus_values;
use super::values::{Wanted, integer, quantity};
use crate::catalog::{NeuronCard, Range};
use crate::description::{Named, Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome};
use crate::network::{Cells, Column, Numerics, Population};
use crate::random::Stream;
use crate::units::Dimension;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A population's outline: what the rest of the netlist needs of it.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    /// Name and block.
    pub(crate) entry: Entry<'a>,
    /// Model and parameters; `None` after a problem.
    pub(crate) card: Option<Card<'a>>,
    /// Cells; `None` after a problem.
    pub(crate) size: Option<u32>,
    /// Names of the cells, where they have names.
    pub(crate) names: Option<Rc<CellNames>>,
}

/// Outlines of all populations, in order.
pub(crate) fn frames<'a>(context: &Context<'a>, cards: &Cards<'a>) -> Vec<Frame<'a>> {
    let entries = context.names.roster.populations.iter().enumerate();
    let frames: Vec<Frame<'a>> = entries
        .map(|(index, entry)| {
            let card = entry.block.neurons.as_ref().and_then(|c| cards.resolve(c, context.catalog, context.report));
            let names = entry.block.names.as_ref().and_then(|decl| context.report.accept(cell_names(context, decl)));
            let size = size(entry, &context.place().of(index), names.as_ref());
            let size = size.and_then(|size| fits(context, entry.name, size, card.as_ref()));
            Frame { entry: *entry, card, size: context.report.accept(size), names: names.map(Rc::new) }
        })
        .collect();
    for frame in frames.iter().filter(|f| f.entry.block.neurons.is_none()) {
        let message =
            format!("the population \"{}\" needs `neurons`: a card's name or { }", frame.entry.name, "{ model = \"..\" }");
        context.report.push(Diagnostic::error("missing-key", frame.entry.block.span, message));
    }
    let total: u64 = frames.iter().filter_map(|f| f.size).map(u64::from).sum();
    if total > u64::from(u32::MAX) {
        let message = format!("the network has {total} cells: at most {} can be numbered", u32::MAX);
        context.report.push(Diagnostic::general("does-not-fit", message));
    }
    frames
}

/// The size given, or how many names there are.
fn size(entry: &Entry<'_>, place: &Place<'_>, names: Option<&CellNames>) -> Outcome<u32> {
    if entry.block.names.is_some() {
        if let Some(value) = &entry.block.size {
            let problem = Diagnostic::error("bad-population", value.span, "a population with names has as many cells as names");
            return Err(problem.help("leave `size` out").into());
        }
        let count = names.ok_or(Failure::Reported)?.list.len();
        return u32::try_from(count).map_err(|_| Failure::Reported);
    }
    let Some(value) = &entry.block.size else {
        let message = format!("the population \"{}\" needs a size", entry.name);
        return Err(Diagnostic::error("missing-key", entry.block.span, message).into());
    };
    let size = integer(value, "size", place, 1, u64::from(u32::MAX))?;
    u32::try_from(size).map_err(|_| Failure::Reported)
}

/// Refuses a population whose state alone is more than the memory, before anything is made for each of its cells.
fn fits(context: &Context<'_>, name: &str, size: u32, card: Option<&Card<'_>>) -> Outcome<u32> {
    let neuron = card.and_then(|card| match card.model {
        Model::Neuron(model) => Some(model),
        Model::Stimulus(_) => None,
    });
    context.budget.reserve(u64::from(size), cell_bytes(neuron), || format!("the population {name}"))?;
    Ok(size)
}

/// Tells where a model is none of the chip's.
fn on_chip(context: &Context<'_>, frame: &Frame<'_>, model: &NeuronCard) {
    if context.settings.numerics == Numerics::Spinnaker && model.build_spinnaker.is_none() {
        let known = context.catalog.neurons.iter().filter(|card| card.build_spinnaker.is_some()).map(|card| card.name);
        let span = frame.entry.block.neurons.as_ref().map_or(frame.entry.block.span, |card| card.span);
        let message = format!("{} is not computed in the numbers of SpiNNaker's chip", model.name);
        let help = format!("with [network] numerics = \"spinnaker\" there is {}", known.collect::<Vec<_>>().join(", "));
        context.report.push(Diagnostic::error("not-on-chip", span, message).help(help));
    }
}

/// The populations with the values of their cells. Those with a problem are left out: it was told, and no network comes of it.
pub(crate) fn build(context: &Context<'_>, frames: &[Frame<'_>]) -> Vec<Population> {
    let mut first = 0_u32;
    let mut populations = Vec::with_capacity(frames.len());
    for (index, frame) in frames.iter().enumerate() {
        let (Some(card), Some(size)) = (&frame.card, frame.size) else { continue };
        let place = context.place().of(index);
        let draws = draws(context, frame, size, &place);
        let place = place.with_draws(&draws);
        let cells = match card.model {
            Model::Neuron(model) => {
                on_chip(context, frame, model);
                neurons(context, frame, card, model, size, &place)
            }
            Model::Stimulus(model) => {
                if let Some(given) = frame.entry.block.initial.first() {
                    let message = format!("{} is a stimulus: it has no initial state", frame.entry.name);
                    context.report.push(Diagnostic::error("unknown-state", given.name.span, message));
                }
                stimulus_values(context, card, model, (index, frame.entry.name), size, &place)
                    .map(|values| Cells::Stimulus { card: model, values })
            }
        };
        if let Some(cells) = cells {
            let names = frame.names.as_ref().map_or_else(Vec::new, |names| names.list.clone());
            populations.push(Population { name: frame.entry.name.to_string(), first, size, names, cells, positions: None });
        }
        first = first.saturating_add(size);
    }
    populations
}

/// The block's random numbers for its expressions.
fn draws<'a>(context: &Context<'_>, frame: &Frame<'a>, size: u32, place: &Place<'_>) -> Draws<'a> {
    let mut draws = Draws::default();
    for Named { name, item } in &frame.entry.block.draws {
        if context.names.parameter(&name.value).is_some() || RESERVED.contains(&name.value.as_str()) {
            let message = format!("\"{}\" is taken: a draw needs a name of its own", name.value);
            context.report.push(Diagnostic::error("reserved-name", name.span, message));
        }
        let key = context.key("draw").name(frame.entry.name).name(&name.value).finish();
        // A draw with a problem stays known, without numbers, so that its users say nothing.
        let drawn = context.report.accept(drawn(context, item, &name.value, size, key, place)).unwrap_or_default();
        if draws.0.insert(&name.value, drawn).is_some() {
            let message = format!("the draw \"{}\" is declared twice", name.value);
            context.report.push(Diagnostic::error("duplicate-name", name.span, message));
        }
    }
    draws
}

fn drawn(
    context: &Context<'_>,
    value: &Value,
    name: &str,
    size: u32,
    key: u64,
    place: &Place<'_>,
) -> Outcome<(Dimension, Vec<f64>)> {
    let ValueKind::Random(decl) = &value.kind else {
        let problem = Diagnostic::error("wrong-type", value.span, format!("the draw \"{name}\" must be a distribution"));
        return Err(problem.help("{ uniform = [0, 1] }").into());
    };
    let first = decl.arguments.first().map(|v| quantity(v, place)).transpose()?;
    let dimension = first.map_or(Dimension::NONE, |q| q.dimension);
    let law = distribution(decl, value.span, &Wanted::new(name, dimension, Range::Any), place)?;
    context.budget.reserve(u64::from(size), 8, || format!("the draw {name}"))?;
    Ok((dimension, (0..u64::from(size)).map(|neuron| law.draw(&mut Stream::new(key, neuron))).collect()))
}

fn neurons(
    context: &Context<'_>,
    frame: &Frame<'_>,
    card: &Card<'_>,
    model: &'static NeuronCard,
    size: u32,
    place: &Place<'_>,
) -> Option<Cells> {
    let population = frame.entry.name;
    let parameters: Vec<Option<Column>> = model
        .parameters
        .iter()
        .enumerate()
        .map(|(index, spec)| match card.given.get(&index) {
            Some(value) => {
                let wanted = Wanted::new(spec.name, spec.dimension, spec.range);
                let cells = columns::Cells { purpose: "parameter", population, size };
                context.report.accept(column(context, value, &wanted, place, cells))
            }
            None => Some(Column::Shared(spec.default)),
        })
        .collect();
    let initial = initial(context, frame, model, size, place);
    let parameters = parameters.into_iter().collect::<Option<Vec<Column>>>()?;
    context.report.accept(check_together(model, &parameters, card, population, size))?;
    Some(Cells::Neurons { card: model, parameters, initial: initial? })
}

/// The card's own check, once where all neurons are alike, else for each.
fn check_together(
    model: &'static NeuronCard,
    parameters: &[Column],
    card: &Card<'_>,
    population: &str,
    size: u32,
) -> Outcome<()> {
    let each = parameters.iter().any(|c| matches!(c, Column::Each(_)));
    for neuron in 0..if each { size as usize } else { 1 } {
        let values: Vec<f64> = parameters.iter().map(|c| c.get(neuron)).collect();
        if let Err(why) = (model.check)(&values) {
            let problem = Diagnostic::error("parameters", card.span, why);
            return Err(if each { problem.label(format!("of {population}[{neuron}]")) } else { problem }.into());
        }
    }
    Ok(())
}

fn initial(
    context: &Context<'_>,
    frame: &Frame<'_>,
    model: &'static NeuronCard,
    size: u32,
    place: &Place<'_>,
) -> Option<Vec<Option<Column>>> {
    let mut columns: BTreeMap<usize, Option<Column>> = BTreeMap::new();
    for Named { name, item } in &frame.entry.block.initial {
        let Some((index, spec)) = find_name(model.states.iter().map(|s| (s.name, s.aliases)), &name.value)
            .and_then(|index| Some((index, model.states.get(index)?)))
        else {
            let known = model.states.iter().flat_map(|s| std::iter::once(s.name).chain(s.aliases.iter().copied()));
            let message = format!("{} has no state variable \"{}\"", model.name, name.value);
            context.report.push(Diagnostic::error("unknown-state", name.span, message).nearest(&name.value, known));
            continue;
        };
        let wanted = Wanted::new(spec.name, spec.dimension, Range::Any);
        let cells = columns::Cells { purpose: "initial", population: frame.entry.name, size };
        let outcome = column(context, item, &wanted, place, cells);
        if columns.insert(index, context.report.accept(outcome)).is_some() {
            let message = format!("\"{}\" is another name of \"{}\", which is set already", name.value, spec.name);
            context.report.push(Diagnostic::error("duplicate-name", name.span, message));
        }
    }
    (0..model.states.len()).map(|index| columns.remove(&index).map_or(Some(None), |column| column.map(Some))).collect()
}
