//! Where an expression stands, and what names mean there: a population's block, a pair of a projection, a neuron with
//! its draws, a row of a list.

use super::names::Names;
use super::values::kind;
use crate::description::{Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span};
use crate::expr::eval::Scope;
use crate::expr::lanes::{Lanes, Variable};
use crate::space::{Between, Space};
use crate::units::{Dimension, Quantity};
use std::collections::BTreeMap;

/// Names with a meaning of their own in expressions.
pub const RESERVED: &[&str] = &[
    "pi", "timestep", "duration", "self", "source", "target", "row", "n_source", "n_target", "distance", "dx", "dy", "dz",
    "trial", "sum",
];

/// Random numbers of a population's block, one for each neuron.
#[derive(Debug, Default)]
pub(crate) struct Draws<'a>(pub(crate) BTreeMap<&'a str, (Dimension, Vec<f64>)>);

/// Columns of a list rule's file that expressions name, one number for each row kept.
pub(crate) type ListColumns = BTreeMap<String, Vec<Quantity>>;

/// A source and a target population.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    /// Index of the source population.
    pub(crate) source: usize,
    /// Index of the target population.
    pub(crate) target: usize,
    /// Sizes of the two; `None` inside a table.
    pub(crate) sizes: Option<(u32, u32)>,
}

/// How the two cells of a pair lie to each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Apart {
    dimensions: usize,
    lanes: Lanes<1>,
}

impl Apart {
    /// The pair of a source and a target cell.
    pub(crate) fn new(between: Between<'_>, source: u32, target: u32) -> Self {
        Self { dimensions: between.space.dimensions(), lanes: between.ways(&[source], target) }
    }

    /// No pair in particular: for what is the same for all.
    pub(crate) fn somewhere(space: &Space) -> Self {
        Self { dimensions: space.dimensions(), lanes: Lanes { ways: [[0.0]; 3], distance: [0.0] } }
    }
}

/// Where an expression stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// What is the same everywhere.
    pub(crate) names: &'a Names<'a>,
    own: Option<usize>,
    pair: Option<Pair>,
    draws: Option<&'a Draws<'a>>,
    neuron: Option<usize>,
    row: Option<(&'a ListColumns, usize)>,
    apart: Option<Apart>,
    moment: Option<Moment>,
}

/// A trial, for the parameters of stimuli.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Its number.
    pub(crate) trial: u32,
    /// Index of its condition; 0 where there are none.
    pub(crate) condition: u32,
}

impl<'a> Place<'a> {
    /// Outside all populations and projections.
    pub(crate) fn new(names: &'a Names<'a>) -> Self {
        Self { names, own: None, pair: None, draws: None, neuron: None, row: None, apart: None, moment: None }
    }

    /// In the block of a population.
    pub(crate) fn of(self, population: usize) -> Self {
        Self { own: Some(population), ..self }
    }

    /// In a matrix, at a source and a target.
    pub(crate) fn between(self, source: usize, target: usize) -> Self {
        self.on(Pair { source, target, sizes: None })
    }

    /// In a projection.
    pub(crate) fn on(self, pair: Pair) -> Self {
        Self { pair: Some(pair), ..self }
    }

    /// Where a block's draws may be named.
    pub(crate) fn with_draws(self, draws: &'a Draws<'a>) -> Self {
        Self { draws: Some(draws), ..self }
    }

    /// For one neuron.
    pub(crate) fn neuron(self, neuron: usize) -> Self {
        Self { neuron: Some(neuron), ..self }
    }

    /// For one row of a list.
    pub(crate) fn row(self, columns: &'a ListColumns, row: usize) -> Self {
        Self { row: Some((columns, row)), ..self }
    }

    /// For one pair of cells.
    pub(crate) fn apart(self, apart: Apart) -> Self {
        Self { apart: Some(apart), ..self }
    }

    /// In a trial.
    pub(crate) fn at(self, moment: Moment) -> Self {
        Self { moment: Some(moment), ..self }
    }

    /// The value that holds in this trial, where there is one for each condition or trial.
    pub(crate) fn now<'v>(&self, value: &'v Value) -> Outcome<&'v Value> {
        let mut value = value;
        loop {
            value = match (&value.kind, self.moment) {
                (ValueKind::ByCondition(values), Some(moment)) => {
                    let condition = self.names.conditions().nth(moment.condition as usize);
                    let own = values.iter().find(|v| Some(v.name.value.as_str()) == condition);
                    // That one is missing was told.
                    &own.ok_or(Failure::Reported)?.item
                }
                (ValueKind::ByTrial(values), Some(moment)) => values.get(moment.trial as usize).ok_or(Failure::Reported)?,
                (ValueKind::ByCondition(_) | ValueKind::ByTrial(_), None) => {
                    return Err(self.outside_trials(kind(&value.kind), value.span).into());
                }
                _ => return Ok(value),
            }
        }
    }

    /// A problem of a computed value, with the trial in which it has it.
    pub(crate) fn told_of(&self, failure: Failure) -> Failure {
        match (failure, self.moment) {
            (Failure::Report(problem), Some(moment)) if problem.label.is_empty() => {
                problem.label(format!("in trial {}", moment.trial)).into()
            }
            (failure, _) => failure,
        }
    }

    /// The problem of something that only trials have.
    fn outside_trials(&self, what: &str, span: Span) -> Diagnostic {
        if self.names.trials().is_none() {
            let problem = Diagnostic::error("no-trials", span, format!("{what}, and this netlist has no [trials]"));
            return problem.help("[trials] count = 10, each = \"500 ms\"");
        }
        Diagnostic::error("misplaced-name", span, format!("{what}: only parameters of stimuli differ between trials"))
    }

    /// Whether the name is one of the block's draws.
    pub(crate) fn is_draw(&self, name: &str) -> bool {
        self.draws.is_some_and(|d| d.0.contains_key(name))
    }

    fn size(&self, name: &str, span: Span, of: impl Fn((u32, u32)) -> u32) -> Outcome<Quantity> {
        let sizes = self.pair.and_then(|p| p.sizes);
        sizes.map(|sizes| Quantity::bare(f64::from(of(sizes)))).ok_or_else(|| {
            Diagnostic::error("misplaced-name", span, format!("`{name}` stands only in the expressions of a projection")).into()
        })
    }

    fn way(&self, name: &str, variable: Variable, span: Span) -> Outcome<Quantity> {
        let refuse = |message: String| Diagnostic::error("misplaced-name", span, message);
        match (self.apart, variable) {
            (Some(Apart { dimensions, .. }), Variable::Way(way)) if way >= dimensions => {
                Err(refuse(format!("there is no `{name}` in a space of {dimensions} dimensions")).into())
            }
            (Some(apart), _) => Ok(Quantity::bare(apart.lanes.of(variable)[0])),
            (None, _) if self.pair.is_some_and(|p| p.sizes.is_some()) => {
                let problem = refuse(format!("`{name}` differs from pair to pair: here one value for all is needed"));
                Err(problem.help("it may stand in the weight, the delay and the p of pairwise_bernoulli").into())
            }
            (None, _) => Err(refuse(format!("`{name}` stands only in the expressions of a projection")).into()),
        }
    }

    fn drawn(&self, name: &str, span: Span) -> Option<Outcome<Quantity>> {
        let (dimension, values) = self.draws?.0.get(name)?;
        let Some(neuron) = self.neuron else {
            let message = format!("`{name}` differs from neuron to neuron: here one value for all is needed");
            return Some(Err(Diagnostic::error("misplaced-name", span, message).into()));
        };
        let value = values.get(neuron).copied().ok_or(Failure::Reported);
        Some(value.map(|value| Quantity { value, dimension: *dimension }))
    }

    fn unknown(&self, name: &str, span: Span) -> Failure {
        if self.names.has_table(name) {
            let problem = Diagnostic::error("unknown-name", span, format!("\"{name}\" is a table: it needs an index"));
            let help = format!(
                "write {name}[self] in a population, {name}[target], {name}[source] or {name}[target, source] in a projection"
            );
            return problem.help(help).into();
        }
        let draws = self.draws.iter().flat_map(|d| d.0.keys().copied());
        let known = self.names.parameter_names().chain(draws).chain(["pi", "timestep", "duration", "n_source", "n_target"]);
        let problem = Diagnostic::error("unknown-name", span, format!("there is no parameter \"{name}\""));
        self.names.roster.absent.or(name, problem.nearest(name, known))
    }
}

impl Scope for Place<'_> {
    fn spend(&self, steps: u64) -> bool {
        self.names.spend(steps)
    }

    fn value(&self, name: &str, span: Span) -> Outcome<Quantity> {
        let time = |value: f64| Quantity { value, dimension: Dimension::TIME };
        match name {
            "pi" => Ok(Quantity::bare(std::f64::consts::PI)),
            "timestep" => self.names.timestep().map(time),
            "duration" => self.names.duration().map(time),
            "n_source" => self.size(name, span, |sizes| sizes.0),
            "n_target" => self.size(name, span, |sizes| sizes.1),
            "trial" => match self.moment {
                Some(moment) => Ok(Quantity::bare(f64::from(moment.trial))),
                None => Err(self.outside_trials("`trial` is the number of a trial", span).into()),
            },
            "self" | "source" | "target" => {
                let message = format!("`{name}` is no number: it is an index of tables, as in t[{name}]");
                Err(Diagnostic::error("misplaced-name", span, message).into())
            }
            "row" => Err(Diagnostic::error("misplaced-name", span, "`row` needs a column: write row.COLUMN").into()),
            _ => Variable::of_name(name)
                .map(|variable| self.way(name, variable, span))
                .or_else(|| self.drawn(name, span))
                .or_else(|| self.names.parameter(name))
                .unwrap_or_else(|| Err(self.unknown(name, span))),
        }
    }

    fn column(&self, column: &str, span: Span) -> Outcome<Quantity> {
        let Some((columns, row)) = self.row else {
            let message = format!("`row.{column}` stands only in the weight and the delay of a projection with the list rule");
            return Err(Diagnostic::error("misplaced-name", span, message).into());
        };
        columns.get(column).and_then(|values| values.get(row).copied()).ok_or(Failure::Reported)
    }

    fn place(&self, index: &str, span: Span) -> Outcome<usize> {
        let misplaced = |message: &str| Diagnostic::error("misplaced-name", span, message).into();
        match index {
            "self" => self.own.ok_or_else(|| misplaced("`self` stands only in the expressions of a population or a vector")),
            "source" => self
                .pair
                .map(|p| p.source)
                .ok_or_else(|| misplaced("`source` stands only in the expressions of a projection or a matrix")),
            "target" => self
                .pair
                .map(|p| p.target)
                .ok_or_else(|| misplaced("`target` stands only in the expressions of a projection or a matrix")),
            _ => self.names.roster.population(index, span),
        }
    }

    fn members(&self, group: &str, span: Span) -> Outcome<&[usize]> {
        self.names.roster.members(group, span)
    }

    fn element(&self, table: &str, places: &[(usize, Span)], span: Span) -> Outcome<Quantity> {
        let name = |index| self.names.roster.name(index).to_string();
        self.names.table(table, span)?.element(table, places, name, span)
    }
}
