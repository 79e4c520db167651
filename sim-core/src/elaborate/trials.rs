//! `[trials]`: how many, how long, in which order; and which values of stimuli differ between them.

use super::context::{Budget, Context};
use super::names::Names;
use super::place::{Moment, Place};
use super::report::Report;
use super::settings::{Settings, on_grid};
use super::synapses::extent;
use super::values::{Wanted, integer, number};
use crate::catalog::{Effect, Range};
use crate::description::{Description, RandomDecl, TrialsDecl, Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span, Spanned};
use crate::expr::eval::{Reference, references};
use crate::network::{Cells, Network};
use crate::random::{Key, mix};
use crate::time::{Grid, fs_from_ms};
use crate::trials::{By, Order, Reset, Trials};
use crate::units::Dimension;
use std::collections::BTreeSet;

/// How many trials there are, and the length of each in ms; `None` for what has a problem, which is told.
pub(crate) fn times(decl: Option<&TrialsDecl>, place: &Place<'_>, report: &Report) -> (Option<u32>, Option<f64>) {
    let given = |key: &str, of: fn(&TrialsDecl) -> &Option<Value>| {
        let missing = |span| Diagnostic::error("missing-key", span, format!("[trials] needs {key}")).into();
        report.accept(decl.map_or(Err(Failure::Reported), |decl| of(decl).as_ref().ok_or_else(|| missing(decl.span))))
    };
    let count =
        given("a count", |decl| &decl.count).and_then(|v| report.accept(integer(v, "count", place, 1, u64::from(u32::MAX))));
    let wanted = Wanted::new("each", Dimension::TIME, Range::Positive);
    let each = given("the length of each", |decl| &decl.each).and_then(|v| report.accept(number(v, &wanted, place)));
    (count.and_then(|count| u32::try_from(count).ok()), each)
}

/// The duration of a run of trials, and its place.
pub(crate) fn duration(
    description: &Description,
    decl: &TrialsDecl,
    names: &Names<'_>,
    grid: Grid,
    report: &Report,
) -> (i64, Span) {
    if let Some(duration) = &description.network.duration {
        let message = "a run of trials is as long as these are: trials.count times trials.each";
        let problem = Diagnostic::error("duration-of-trials", duration.span, message);
        report.push(problem.help("leave network.duration out, and change trials.count for a longer or shorter run"));
    }
    let span = decl.each.as_ref().map_or(decl.span, |value| value.span);
    let (count, each) = names.trial_times();
    let each = each.and_then(|ms| report.accept(on_grid(ms, grid, "each", span, report)));
    if each == Some(0) {
        report.push(Diagnostic::error("out-of-range", span, "a trial is less than half a time step"));
    }
    (each.unwrap_or(grid.step_fs()).saturating_mul(i64::from(count.unwrap_or(1))), span)
}

/// The trials, without what differs between them; `None` after a problem.
pub(crate) fn build(
    decl: &TrialsDecl,
    names: &Names<'_>,
    settings: &Settings,
    budget: &Budget,
    report: &Report,
) -> Option<Trials> {
    let (count, each) = names.trial_times();
    let each_fs = settings.grid.fs(settings.grid.tick(fs_from_ms(each?)?));
    report.accept(check_conditions(decl))?;
    let order = match decl.order.as_ref().map(|word| word.value.as_str()) {
        Some("shuffled") => Order::Shuffled,
        _ => Order::Cycle,
    };
    let reset = match decl.reset.as_ref().map(|word| word.value.as_str()) {
        Some("state") => Reset::State,
        _ => Reset::Nothing,
    };
    let (count, conditions): (u32, Vec<String>) = (count?, names.conditions().map(str::to_string).collect());
    report.accept(check_order(decl, order, count, conditions.len() as u32))?;
    report.accept(budget.reserve(count.into(), 8, || "the order of the trials".into()))?;
    let condition_of = if conditions.is_empty() { Vec::new() } else { conditions_of(&conditions, order, count, settings.seed) };
    Some(Trials { count, each_fs, conditions, order, reset, condition_of, varied: Vec::new() })
}

fn check_conditions(decl: &TrialsDecl) -> Outcome<()> {
    let mut seen = BTreeSet::new();
    for name in &decl.conditions {
        if !seen.insert(name.value.as_str()) {
            let message = format!("the condition \"{}\" is named twice", name.value);
            return Err(Diagnostic::error("duplicate-name", name.span, message).into());
        }
    }
    Ok(())
}

/// An order is one of conditions; balanced blocks are whole.
fn check_order(decl: &TrialsDecl, order: Order, count: u32, conditions: u32) -> Outcome<()> {
    let Some(Spanned { span, .. }) = decl.order else { return Ok(()) };
    if conditions == 0 {
        let problem = Diagnostic::error("bad-trials", span, "an order is one of conditions, and there are none");
        return Err(problem.help("conditions = [\"left\", \"right\"]").into());
    }
    if order == Order::Shuffled && !count.is_multiple_of(conditions) {
        let message = format!("{count} trials are no whole blocks of {conditions} conditions: they cannot be balanced");
        let (below, above) = (count / conditions * conditions, count.div_ceil(conditions).saturating_mul(conditions));
        let near = if below == 0 { above.to_string() } else { format!("{below} or {above}") };
        return Err(Diagnostic::error("bad-trials", span, message).help(format!("count = {near}")).into());
    }
    Ok(())
}

/// The condition of each trial. A block's order is that of numbers drawn by the seed, the name and the block, so that another
/// condition more, or another place in the list, leaves the others as they follow each other.
fn conditions_of(conditions: &[String], order: Order, count: u32, seed: u64) -> Vec<u32> {
    let all = 0..conditions.len() as u32;
    if order == Order::Cycle {
        return all.cycle().take(count as usize).collect();
    }
    let keys: Vec<u64> = conditions.iter().map(|name| Key::new(seed).name("trials").name(name).finish()).collect();
    let block = |block: u64| {
        let mut order: Vec<u32> = all.clone().collect();
        order.sort_by_key(|c| (mix(keys[*c as usize], block), &conditions[*c as usize]));
        order
    };
    (0..u64::from(count) / conditions.len() as u64).flat_map(block).collect()
}

/// What a value goes by; `None` where it is the same in all trials. What is wrong with its conditions is found here.
pub(crate) fn goes_by(value: &Value, names: &Names<'_>) -> Outcome<Option<By>> {
    match &value.kind {
        ValueKind::Expr(expr) => Ok(references(expr).contains(&Reference::Name("trial")).then_some(By::Trial)),
        ValueKind::ByCondition(values) => {
            check_names(value, names)?;
            Ok(all_go_by(values.iter().map(|v| &v.item), names)?.max(Some(By::Condition)))
        }
        ValueKind::ByTrial(values) => {
            check_count(values.len(), value.span, names)?;
            all_go_by(values.iter(), names)?;
            Ok(Some(By::Trial))
        }
        ValueKind::List(values) | ValueKind::Each(values) => all_go_by(values.iter(), names),
        ValueKind::Random(RandomDecl { arguments, min, max, .. }) => {
            all_go_by(arguments.iter().chain(min.as_deref()).chain(max.as_deref()), names)
        }
        ValueKind::Record(values) => all_go_by(values.iter().map(|v| &v.item), names),
        ValueKind::Table(rows) => all_go_by(rows.iter().flatten(), names),
        ValueKind::Regular { first, every, count } => all_go_by([first, every, count].into_iter().map(|part| &**part), names),
        ValueKind::Quantity(_) | ValueKind::Text(_) | ValueKind::Bool(_) | ValueKind::File(_) | ValueKind::Modulator { .. } => {
            Ok(None)
        }
    }
}

fn all_go_by<'v>(mut values: impl Iterator<Item = &'v Value>, names: &Names<'_>) -> Outcome<Option<By>> {
    values.try_fold(None, |most: Option<By>, value| Ok(most.max(goes_by(value, names)?)))
}

/// A value for each condition, and for nothing else.
fn check_names(value: &Value, names: &Names<'_>) -> Outcome<()> {
    let ValueKind::ByCondition(values) = &value.kind else { return Ok(()) };
    if names.conditions().next().is_none() {
        let problem = Diagnostic::error("unknown-condition", value.span, "[trials] has no conditions");
        return Err(problem.help("conditions = [\"left\", \"right\"]").into());
    }
    if let Some(unknown) = values.iter().find(|v| names.conditions().all(|name| name != v.name.value)) {
        let message = format!("there is no condition \"{}\"", unknown.name.value);
        return Err(Diagnostic::error("unknown-condition", unknown.name.span, message)
            .nearest(&unknown.name.value, names.conditions())
            .into());
    }
    match names.conditions().find(|name| values.iter().all(|v| v.name.value != *name)) {
        Some(missing) => {
            let message = format!("there is no value for the condition \"{missing}\"");
            Err(Diagnostic::error("missing-condition", value.span, message).into())
        }
        None => Ok(()),
    }
}

fn check_count(values: usize, span: Span, names: &Names<'_>) -> Outcome<()> {
    match names.trial_times().0 {
        Some(count) if values != count as usize => {
            let message = format!("one value for each trial is needed: there are {count} trials, here are {values}");
            Err(Diagnostic::error("wrong-length", span, message).into())
        }
        _ => Ok(()),
    }
}

/// Bytes of the value of a trial, while it is read and checked.
const BYTES_OF_A_VALUE: u64 = 1024;

/// The trials in which a value that goes by something takes each of its values, in their order.
pub(crate) fn moments(context: &Context<'_>, by: By) -> Outcome<Vec<Moment>> {
    let trials = context.trials.borrow();
    let trials = trials.as_ref().ok_or(Failure::Reported)?;
    if by == By::Trial {
        context.budget.reserve(trials.count.into(), BYTES_OF_A_VALUE, || "what differs between trials".into())?;
    }
    let of_trial = |trial: u32| Moment { trial, condition: trials.condition_of.get(trial as usize).copied().unwrap_or(0) };
    let of_condition = |condition| Moment { trial: trials.first_of(condition).unwrap_or(0), condition };
    Ok(match by {
        By::Condition => (0..trials.conditions.len() as u32).map(of_condition).collect(),
        By::Trial => (0..trials.count).map(of_trial).collect(),
    })
}

/// What reaches its targets directly, by a delay, reaches from one trial into the next, not farther.
pub(crate) fn check_delays(network: &Network, spans: &[Span]) -> Result<(), Diagnostic> {
    let Some(trials) = &network.trials else { return Ok(()) };
    let grid = Grid::new(network.timestep_fs);
    for (projection, span) in network.projections.iter().zip(spans) {
        let source = network.populations.get(projection.source).map(|p| &p.cells);
        let direct = matches!(source, Some(Cells::Stimulus { card, .. }) if card.effect != Effect::Spikes);
        let longest = fs_from_ms(extent(&projection.delay).1).unwrap_or(i64::MAX);
        if direct && u64::from(grid.delay(longest)) > grid.tick(trials.each_fs) {
            let message = "the delay of a stimulus must not be longer than a trial";
            return Err(Diagnostic::error("out-of-range", *span, message));
        }
    }
    Ok(())
}
