//! `[[record]]`: which cells' spikes and state variables are kept, and when.

use super::cards::{Model, find_name};
use super::context::Context;
use super::populations::Frame;
use super::selections::{Part, parts};
use super::settings::on_grid;
use super::synapse_records;
use super::values::{Wanted, integer, number};
use crate::catalog::{Effect, NeuronCard, Range};
use crate::description::{Description, RecordDecl, Value};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span, Spanned};
use crate::network::{Record, What};
use crate::random::Stream;
use crate::time::fs_from_ms;
use crate::units::Dimension;
use std::collections::BTreeSet;

/// All records, in order; without any, the spikes of all neurons.
pub(crate) fn build(context: &Context<'_>, description: &Description, frames: &[Frame<'_>]) -> Vec<Record> {
    if description.records.is_empty() {
        return context.report.accept(all_spikes(context, frames)).unwrap_or_default();
    }
    let of = |decl| context.report.accept(block(context, frames, decl)).unwrap_or_default();
    let cells = |decl: &&RecordDecl| !synapse_records::is_of_synapses(context, description, decl);
    description.records.iter().filter(cells).flat_map(of).collect()
}

/// When a record begins and ends, in femtoseconds from the very start.
pub(super) type Times = (i64, i64);

fn whole_run(context: &Context<'_>) -> Times {
    let start = context.settings.warmup_fs;
    (start, start.saturating_add(context.settings.duration_fs))
}

fn all_spikes(context: &Context<'_>, frames: &[Frame<'_>]) -> Outcome<Vec<Record>> {
    let (start_fs, stop_fs) = whole_run(context);
    let mut records = Vec::new();
    for (population, frame) in frames.iter().enumerate() {
        let neurons = frame.card.as_ref().is_some_and(|c| matches!(c.model, Model::Neuron(_)));
        let (true, Some(size)) = (neurons, frame.size) else { continue };
        context.budget.reserve(u64::from(size), 4, || "the list of recorded cells".into())?;
        records.push(Record { population, cells: (0..size).collect(), what: What::Spikes, start_fs, stop_fs });
    }
    Ok(records)
}

fn block(context: &Context<'_>, frames: &[Frame<'_>], decl: &RecordDecl) -> Outcome<Vec<Record>> {
    for (key, empty) in [("from", decl.from.is_empty()), ("what", decl.what.is_empty())] {
        if empty {
            return Err(Diagnostic::error("missing-key", decl.span, format!("a record needs `{key}`")).into());
        }
    }
    // Once there is no memory left, no other block is looked at: there may be many, of many populations each.
    let each = size_of::<Record>() as u64;
    let taken = |records: usize| context.budget.reserve(records as u64, each, || "the list of records".into());
    taken(1)?;
    let parts = parts(context, frames, &decl.from)?;
    taken(parts.len().saturating_mul(decl.what.len()))?;
    let times = times(context, decl)?;
    let interval = interval(context, decl)?;
    let sample = sample_size(context, decl)?;
    let mut records = Vec::new();
    for part in &parts {
        let cells = match sample {
            Some(count) if count < part.size() => sample_cells(context, part, count)?,
            _ => {
                context
                    .budget
                    .reserve(u64::from(part.size()), 4 * decl.what.len() as u64, || "the list of recorded cells".into())?;
                let mut cells = part.members();
                cells.sort_unstable();
                cells
            }
        };
        for what in &decl.what {
            let Some(what) = context.report.accept(quantity_recorded(frames, part, what, interval)) else { continue };
            let (start_fs, stop_fs) = times;
            records.push(Record { population: part.population, cells: cells.clone(), what, start_fs, stop_fs });
        }
    }
    Ok(records)
}

fn time(context: &Context<'_>, value: &Value, name: &str) -> Outcome<i64> {
    let ms = number(value, &Wanted::new(name, Dimension::TIME, Range::NotNegative), &context.place())?;
    on_grid(ms, context.settings.grid, name, value.span, context.report)
}

/// `start` and `stop` are times of the one clock of the run, which starts with the warm-up; nothing is recorded before its end.
pub(super) fn times(context: &Context<'_>, decl: &RecordDecl) -> Outcome<Times> {
    let (begin, end) = whole_run(context);
    let start = decl.start.as_ref().map_or(Ok(begin), |v| Ok::<_, Failure>(begin.max(time(context, v, "start")?)))?;
    let stop = decl.stop.as_ref().map_or(Ok(end), |v| time(context, v, "stop"))?;
    let span = decl.start.as_ref().or(decl.stop.as_ref()).map_or(decl.span, |v| v.span);
    if decl.stop.is_some() && stop <= start {
        return Err(Diagnostic::error("out-of-range", span, "this record stops before it starts").into());
    }
    if start >= end {
        context.report.push(Diagnostic::warning("empty-record", span, "this record starts when the run is over: it stays empty"));
    }
    Ok((start.min(end), stop.min(end)))
}

/// The interval of samples; by default one step.
fn interval(context: &Context<'_>, decl: &RecordDecl) -> Outcome<i64> {
    let grid = context.settings.grid;
    let Some(value) = &decl.every else { return Ok(grid.step_fs()) };
    if decl.what.iter().all(|what| what.value == "spikes") {
        return Err(Diagnostic::error(
            "unknown-key",
            value.span,
            "spikes are recorded when they come: `every` is for state variables",
        )
        .into());
    }
    every(context, value)
}

/// An interval on the grid.
pub(super) fn every(context: &Context<'_>, value: &Value) -> Outcome<i64> {
    let ms = number(value, &Wanted::new("every", Dimension::TIME, Range::Positive), &context.place())?;
    match fs_from_ms(ms) {
        Some(fs) if fs > 0 && context.settings.grid.holds(fs) => Ok(fs),
        _ => Err(Diagnostic::error("off-grid", value.span, "`every` must be a multiple of the time step").into()),
    }
}

fn sample_size(context: &Context<'_>, decl: &RecordDecl) -> Outcome<Option<u32>> {
    let Some(value) = &decl.sample else { return Ok(None) };
    let count = integer(value, "sample", &context.place(), 1, u64::from(u32::MAX))?;
    u32::try_from(count).map(Some).map_err(|_| Failure::Reported)
}

/// So many cells of a part, each set of them equally likely (Floyd's algorithm). The same sample of the same part is the
/// same cells, whatever is recorded of them.
fn sample_cells(context: &Context<'_>, part: &Part, count: u32) -> Outcome<Vec<u32>> {
    context.budget.reserve(u64::from(count), 64, || "the sample of recorded cells".into())?;
    let name = context.names.roster.name(part.population);
    let key =
        context.key("sample").name(name).name(&format!("{}..{}", part.cells.start, part.cells.end)).name(&count.to_string());
    let mut stream = Stream::new(key.finish(), 0);
    let mut chosen = BTreeSet::new();
    for last in part.size() - count..part.size() {
        let cell = stream.below(last + 1);
        chosen.insert(if chosen.contains(&cell) { last } else { cell });
    }
    let Some(named) = &part.chosen else { return Ok(chosen.into_iter().map(|cell| part.cells.start + cell).collect()) };
    let mut named = named.clone();
    named.sort_unstable();
    Ok(chosen.into_iter().filter_map(|cell| named.get(cell as usize).copied()).collect())
}

fn quantity_recorded(frames: &[Frame<'_>], part: &Part, what: &Spanned<String>, every_fs: i64) -> Outcome<What> {
    let frame = frames.get(part.population).ok_or(Failure::Reported)?;
    let name = frame.entry.name;
    match frame.card.as_ref().ok_or(Failure::Reported)?.model {
        Model::Neuron(_) if what.value == "spikes" => Ok(What::Spikes),
        Model::Neuron(card) => Ok(What::State { variable: state(card, &what.value, what.span)?, every_fs }),
        Model::Stimulus(card) => {
            let problem = |message: String| Diagnostic::error("not-recordable", what.span, message);
            match card.effect {
                _ if what.value != "spikes" => {
                    Err(problem(format!("\"{name}\" is a stimulus: it has no state variables")).into())
                }
                Effect::Spikes => Ok(What::Spikes),
                Effect::PrivateSpikes => {
                    let message =
                        format!("each connection of \"{name}\" is a spike train of its own: none of them can be recorded");
                    Err(problem(message).help("poisson_source has one train for each cell").into())
                }
                Effect::Current => Err(problem(format!("\"{name}\" injects a current: it has no spikes")).into()),
            }
        }
    }
}

fn state(card: &'static NeuronCard, name: &str, span: Span) -> Outcome<usize> {
    find_name(card.states.iter().map(|s| (s.name, s.aliases)), name).ok_or_else(|| {
        let known = card.states.iter().flat_map(|s| std::iter::once(s.name).chain(s.aliases.iter().copied()));
        Diagnostic::error("unknown-state", span, format!("{} has no state variable \"{name}\"", card.name))
            .nearest(name, known.chain(std::iter::once("spikes")))
            .into()
    })
}
