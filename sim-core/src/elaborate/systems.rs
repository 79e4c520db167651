//! `[[systems]]` to the parts of a description that they stand for: after this, nothing knows of systems.

use super::cards::own_values;
use super::files::SideFiles;
use super::names::Names;
use super::place::Place;
use super::report::Report;
use super::roster::Roster;
use super::values::{Wanted, integer, kind, number, quantity};
use crate::catalog::Catalog;
use crate::description::{Description, SystemDecl, SystemValueDecl, Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span, Spanned};
use crate::system::{Instance, SideText, SystemCard, SystemEntry, SystemParam, SystemRecord, SystemShape, SystemValue};
use crate::time::{Grid, decimal_ms, fs_from_ms};
use std::borrow::Cow;

/// The description with what its systems stand for in their place, behind all that is written out.
pub(crate) fn expand<'a>(
    description: &'a Description,
    catalog: &Catalog,
    files: &SideFiles<'_>,
    report: &Report,
) -> Cow<'a, Description> {
    if description.systems.is_empty() {
        return Cow::Borrowed(description);
    }
    let parameters = Parameters::new(description);
    let mut whole = description.clone();
    for decl in &description.systems {
        match report.accept(parts(decl, catalog, files, &parameters, report)) {
            Some(parts) => join(&mut whole, parts),
            None => whole.absent.push(decl.name.value.clone()),
        }
    }
    Cow::Owned(whole)
}

/// Systems that are made for one time step have no other.
pub(crate) fn check_timestep(description: &Description, catalog: &Catalog, grid: Grid, report: &Report) {
    for decl in &description.systems {
        let wanted = catalog.system(&decl.kind.value).and_then(|card| card.timestep_ms);
        if let Some(wanted) = wanted.filter(|wanted| fs_from_ms(*wanted) != Some(grid.step_fs())) {
            let message =
                format!("{} is made for steps of {wanted} ms, here they are {}", decl.kind.value, decimal_ms(grid.step_fs()));
            let help = format!("[network] timestep = \"{wanted} ms\"");
            report.push(Diagnostic::error("timestep", decl.kind.span, message + " ms").help(help));
        }
    }
}

/// What may be named in the values of systems: they say which populations there are, so nothing that rests on populations.
struct Parameters<'a> {
    names: Names<'a>,
    /// Whether some of them rest on tables or groups.
    some_rest_on_tables: bool,
}

impl<'a> Parameters<'a> {
    /// Problems of parameters are told when the whole netlist is read, not here.
    fn new(description: &'a Description) -> Self {
        let unheard = Report::default();
        let names = Names::of_parameters(description, Roster::of_nobody(description), &unheard);
        Self { names, some_rest_on_tables: unheard.into_diagnostics().iter().any(rests_on_populations) }
    }

    /// What comes of a value, told in other words where populations are missing only because it is too early for them.
    fn judge<T>(&self, outcome: Outcome<T>, span: Span) -> Outcome<T> {
        let early = match &outcome {
            Err(Failure::Report(problem)) => rests_on_populations(problem),
            Err(Failure::Reported) => self.some_rest_on_tables,
            Ok(_) => false,
        };
        if !early {
            return outcome;
        }
        let message = "the values of a system are needed before there are tables and groups: they cannot be named here";
        Err(Diagnostic::error("too-early", span, message).help("parameters may be named that rest on no table").into())
    }
}

fn rests_on_populations(problem: &Diagnostic) -> bool {
    ["unknown-table", "unknown-group", "unknown-population"].contains(&problem.code)
}

/// What one block stands for.
fn parts(
    decl: &SystemDecl,
    catalog: &Catalog,
    files: &SideFiles<'_>,
    parameters: &Parameters<'_>,
    report: &Report,
) -> Outcome<Description> {
    let word = decl.kind.value.as_str();
    let Some(card) = catalog.system(word) else {
        let known = catalog.systems.iter().map(|card| card.name);
        let problem = Diagnostic::error("unknown-system", decl.kind.span, format!("there is no system \"{word}\""));
        return Err(problem.nearest(word, known).into());
    };
    let specs: Vec<_> = card.parameters.iter().map(|p| &p.spec).collect();
    let before = report.errors();
    let given = own_values(&decl.parameters, &specs, card.name, report);
    let one = |(index, parameter)| {
        let (value, span) = given.get(&index).map_or((None, decl.name.span), |g| (Some(*g), g.value.span));
        let place = (files, &Place::new(&parameters.names));
        let outcome = parameters.judge(value_of(card, parameter, value, decl.span, place), span);
        report.accept(outcome).map(|value| (value, span))
    };
    let values: Vec<Option<_>> = card.parameters.iter().enumerate().map(one).collect();
    let values = values.into_iter().collect::<Option<Vec<_>>>().ok_or(Failure::Reported)?;
    if report.errors() > before {
        return Err(Failure::Reported);
    }
    let instance = Instance { card, name: &decl.name.value, span: decl.name.span, values: &values };
    (card.expand)(&instance).map_err(Failure::from)
}

fn value_of(
    card: &SystemCard,
    parameter: &SystemParam,
    value: Option<&SystemValueDecl>,
    block: Span,
    (files, place): (&SideFiles<'_>, &Place<'_>),
) -> Outcome<SystemValue> {
    let spec = &parameter.spec;
    let Some(SystemValueDecl { value, cells }) = value else {
        if spec.default.is_nan() {
            let message = format!("{} needs `{}`: {}", card.name, spec.name, spec.about);
            return Err(Diagnostic::error("missing-key", block, message).into());
        }
        return Ok(match parameter.shape {
            SystemShape::File | SystemShape::Records => SystemValue::Nothing,
            _ => SystemValue::Number(spec.default),
        });
    };
    match parameter.shape {
        SystemShape::Number => number(value, &Wanted::new(spec.name, spec.dimension, spec.range), place).map(SystemValue::Number),
        SystemShape::Word(words) => word(value, spec.name, words).map(SystemValue::Number),
        SystemShape::Grid => grid(value, spec.name, place).map(SystemValue::Grid),
        SystemShape::Cells => cells.clone().map(SystemValue::Cells).map_err(Failure::from),
        SystemShape::File => text(value, spec.name, files).map(SystemValue::Text),
        SystemShape::Records => records(value, spec.name, place).map(SystemValue::Records),
    }
}

fn word(value: &Value, name: &str, words: &'static [&'static str]) -> Outcome<f64> {
    let takes = SystemShape::Word(words).words();
    let ValueKind::Text(text) = &value.kind else {
        let message = format!("{name} is {takes}, not {}", kind(&value.kind));
        return Err(Diagnostic::error("wrong-type", value.span, message).into());
    };
    match words.iter().position(|word| word == text) {
        Some(index) => Ok(index as f64),
        None => {
            let message = format!("{name} is {takes}, not \"{text}\"");
            Err(Diagnostic::error("unknown-value", value.span, message).nearest(text, words.iter().copied()).into())
        }
    }
}

/// What stands in the file that a value names.
fn text(value: &Value, name: &str, files: &SideFiles<'_>) -> Outcome<SideText> {
    let ValueKind::Text(path) = &value.kind else {
        let message = format!("{name} is the path of a file, not {}", kind(&value.kind));
        return Err(Diagnostic::error("wrong-type", value.span, message).into());
    };
    files.text(&Spanned { value: path.clone(), span: value.span })
}

/// Tables of numbers and lists of numbers.
fn records(value: &Value, name: &str, place: &Place<'_>) -> Outcome<Vec<SystemRecord>> {
    let wrong = |value: &Value, what: &str| {
        let message = format!("{name} {what}, not {}", kind(&value.kind));
        Failure::from(Diagnostic::error("wrong-type", value.span, message))
    };
    let ValueKind::List(items) = &value.kind else { return Err(wrong(value, "is a list of tables")) };
    let record = |item: &Value| {
        let ValueKind::Record(fields) = &item.kind else { return Err(wrong(item, "is a list of tables")) };
        let entries = fields.iter().map(|field| Ok((field.name.clone(), entry(&field.item, place)?)));
        Ok(SystemRecord { span: item.span, entries: entries.collect::<Outcome<_>>()? })
    };
    items.iter().map(record).collect()
}

fn entry(value: &Value, place: &Place<'_>) -> Outcome<SystemEntry> {
    let one = |value: &Value| Ok(Spanned { value: quantity(value, place)?, span: value.span });
    let (numbers, is_list) = match &value.kind {
        ValueKind::List(items) => (items.iter().map(one).collect::<Outcome<_>>()?, true),
        _ => (vec![one(value)?], false),
    };
    Ok(SystemEntry { span: value.span, numbers, is_list })
}

/// Sites along one to three axes, no more in all than can be numbered.
fn grid(value: &Value, name: &str, place: &Place<'_>) -> Outcome<Vec<u32>> {
    let wrong = |code, message| Err(Diagnostic::error(code, value.span, message).into());
    let sides = match &value.kind {
        ValueKind::List(sides) if (1..=3).contains(&sides.len()) => sides,
        ValueKind::List(sides) => return wrong("bad-space", format!("{name} has 1 to 3 sides, not {}", sides.len())),
        other => return wrong("wrong-type", format!("{name} is a list of numbers, not {}", kind(other))),
    };
    let side = |side: &Value| integer(side, "a side of a grid", place, 1, u64::from(u32::MAX));
    let sides = sides.iter().map(side).collect::<Outcome<Vec<u64>>>()?;
    let sites = sides.iter().fold(1, |sites: u64, side| sites.saturating_mul(*side));
    if sites > u64::from(u32::MAX) {
        return wrong("bad-space", format!("a grid of {sites} sites is too large: at most {} are numbered", u32::MAX));
    }
    Ok(sides.into_iter().map(|side| side as u32).collect())
}

fn join(whole: &mut Description, parts: Description) {
    whole.parameters.extend(parts.parameters);
    whole.groups.extend(parts.groups);
    whole.tables.extend(parts.tables);
    whole.spaces.extend(parts.spaces);
    whole.cards.extend(parts.cards);
    whole.populations.extend(parts.populations);
    whole.projections.extend(parts.projections);
}
