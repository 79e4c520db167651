//! What plain names stand for: parameters, tables, the step and the duration, each computed once.

use super::order::{Item, order};
use super::place::{Place, RESERVED};
use super::report::Report;
use super::roster::Roster;
use super::tables::{self, Table};
use super::trials;
use super::values::{Wanted, number, quantity};
use crate::catalog::Range;
use crate::description::{Description, Named, TrialsDecl, Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span};
use crate::expr::FUNCTIONS;
use crate::units::{Dimension, Quantity};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Step of the grid where the netlist gives none.
pub(crate) const DEFAULT_TIMESTEP_MS: f64 = 0.1;

/// Everything that is the same in all expressions of a netlist. A name with a problem is known but has no value, so that
/// its problem is told once.
#[derive(Debug, Default)]
pub(crate) struct Names<'a> {
    /// Populations and groups.
    pub(crate) roster: Roster<'a>,
    parameters: BTreeMap<&'a str, Option<Quantity>>,
    tables: BTreeMap<&'a str, Option<Table>>,
    timestep: Option<f64>,
    duration: Option<f64>,
    trials: Option<&'a TrialsDecl>,
    /// How many trials there are, and the length of each in ms; `None` for what has a problem.
    trial_times: (Option<u32>, Option<f64>),
    /// Steps that sums took so far.
    steps: Cell<u64>,
}

/// Most steps of all sums of a netlist: some seconds.
const MAX_STEPS: u64 = 200_000_000;

impl<'a> Names<'a> {
    /// Whether a sum of so many steps may still be taken.
    pub(crate) fn spend(&self, steps: u64) -> bool {
        self.steps.set(self.steps.get().saturating_add(steps));
        self.steps.get() <= MAX_STEPS
    }

    /// Computes all parameters and tables.
    pub(crate) fn new(description: &'a Description, roster: Roster<'a>, report: &Report) -> Self {
        let mut names = Self { trials: description.trials.as_ref(), ..Self::declared(&description.parameters, roster, report) };
        for table in &description.tables {
            if names.tables.insert(&table.name.value, None).is_some() {
                report.push(twice("table", &table.name.value, table.name.span));
            }
        }
        let order = order(description);
        order.cycles.into_iter().for_each(|cycle| report.push(cycle));
        for item in order.items {
            names.compute(item, description, report);
        }
        names
    }

    /// Parameters alone, for values that are needed before there are populations.
    pub(crate) fn of_parameters(description: &'a Description, roster: Roster<'a>, report: &Report) -> Self {
        let mut names = Self::declared(&description.parameters, roster, report);
        for item in order(description).items {
            if !matches!(item, Item::Table(_)) {
                names.compute(item, description, report);
            }
        }
        names
    }

    fn declared(parameters: &'a [Named<Value>], roster: Roster<'a>, report: &Report) -> Self {
        let mut names = Self { roster, ..Self::default() };
        parameters.iter().for_each(|parameter| names.declare_parameter(parameter, report));
        names
    }

    fn declare_parameter(&mut self, parameter: &'a Named<Value>, report: &Report) {
        let (name, span) = (parameter.name.value.as_str(), parameter.name.span);
        if RESERVED.contains(&name) || FUNCTIONS.iter().any(|(f, _)| *f == name) {
            let message = format!("\"{name}\" has a meaning of its own in expressions: a parameter needs another name");
            report.push(Diagnostic::error("reserved-name", span, message));
        }
        if self.parameters.insert(name, None).is_some() {
            report.push(twice("parameter", name, span));
        }
    }

    /// Computes one item; what it names was computed before, or is part of a cycle that was told.
    fn compute(&mut self, item: Item, description: &'a Description, report: &Report) {
        let place = Place::new(self);
        let time = |value: &Value, name| number(value, &Wanted::new(name, Dimension::TIME, Range::Positive), &place);
        match item {
            Item::Timestep => {
                let value = description.network.timestep.as_ref().map_or(Ok(DEFAULT_TIMESTEP_MS), |v| time(v, "timestep"));
                self.timestep = report.accept(value);
            }
            Item::Duration if self.trials.is_some() => {
                self.trial_times = trials::times(self.trials, &place, report);
                self.duration = self.trial_times.0.zip(self.trial_times.1).map(|(count, each)| f64::from(count) * each);
            }
            Item::Duration => {
                let value = description.network.duration.as_ref().map_or(Err(Failure::Reported), |v| time(v, "duration"));
                self.duration = report.accept(value);
            }
            Item::Parameter(index) => {
                let Some(Named { name, item }) = description.parameters.get(index) else { return };
                let value = report.accept(parameter(item, &name.value, &place));
                self.parameters.insert(&name.value, value);
            }
            Item::Table(index) => {
                let Some(Named { name, item }) = description.tables.get(index) else { return };
                let table = report.accept(tables::build(item, name, &place, report));
                self.tables.insert(&name.value, table);
            }
        }
    }

    /// The time step in ms.
    pub(crate) fn timestep(&self) -> Outcome<f64> {
        self.timestep.ok_or(Failure::Reported)
    }

    /// The duration in ms, as written.
    pub(crate) fn duration(&self) -> Outcome<f64> {
        self.duration.ok_or(Failure::Reported)
    }

    /// `[trials]`.
    pub(crate) fn trials(&self) -> Option<&'a TrialsDecl> {
        self.trials
    }

    /// How many trials there are, and the length of each in ms; `None` for what has a problem.
    pub(crate) fn trial_times(&self) -> (Option<u32>, Option<f64>) {
        self.trial_times
    }

    /// Names of the trials' conditions.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &'a str> {
        self.trials.iter().flat_map(|trials| &trials.conditions).map(|name| name.value.as_str())
    }

    /// A parameter; `None` if there is none of that name.
    pub(crate) fn parameter(&self, name: &str) -> Option<Outcome<Quantity>> {
        self.parameters.get(name).map(|value| value.ok_or(Failure::Reported))
    }

    /// Names of the parameters.
    pub(crate) fn parameter_names(&self) -> impl Iterator<Item = &'a str> {
        self.parameters.keys().copied()
    }

    /// Whether there is a table of that name.
    pub(crate) fn has_table(&self, name: &str) -> bool {
        self.tables.contains_key(name)
    }

    /// A table that must exist.
    pub(crate) fn table(&self, name: &str, span: Span) -> Outcome<&Table> {
        match self.tables.get(name) {
            Some(table) => table.as_ref().ok_or(Failure::Reported),
            None => {
                let message = if self.parameters.contains_key(name) {
                    format!("\"{name}\" is a parameter, not a table: it takes no index")
                } else {
                    format!("there is no table \"{name}\"")
                };
                let problem = Diagnostic::error("unknown-table", span, message).nearest(name, self.tables.keys().copied());
                Err(self.roster.absent.or(name, problem))
            }
        }
    }
}

fn parameter(value: &Value, name: &str, place: &Place<'_>) -> Outcome<Quantity> {
    match &value.kind {
        ValueKind::Quantity(_) | ValueKind::Expr(_) | ValueKind::Text(_) => quantity(value, place),
        _ => {
            let message = format!("the parameter \"{name}\" must be one number or an expression");
            let problem = Diagnostic::error("parameter", value.span, message);
            let random = matches!(value.kind, ValueKind::Random(_));
            Err(if random { problem.help("random numbers for each neuron are `draws` of a population") } else { problem }.into())
        }
    }
}

fn twice(kind: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("duplicate-name", span, format!("the {kind} \"{name}\" is declared twice"))
}
