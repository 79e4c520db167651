//! Weights and delays of a projection: one for all, drawn, or one for each row.

use super::context::Context;
use super::distributions::{checked, distribution};
use super::fields::{self, Places, of_place};
use super::lists::ListRows;
use super::place::{Apart, Place};
use super::selections::Part;
use super::values::{Wanted, number, quantity};
use crate::catalog::{NeuronCard, Polarity, Range, ReceptorSpec};
use crate::description::{Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span};
use crate::expr::Expr;
use crate::expr::eval::{Reference, evaluate, references};
use crate::network::{Draw, Rule};
use crate::time::{Grid, decimal_ms, fs_from_ms};
use crate::units::{Dimension, Quantity};

/// Longest delay in ticks.
pub(crate) const MAX_DELAY_TICKS: u32 = 65_535;

/// The two ends of a projection, and where its expressions stand.
pub(crate) struct Ends<'a> {
    /// Sources.
    pub(crate) source: Part,
    /// Targets.
    pub(crate) target: Part,
    /// Name of the source population.
    pub(crate) source_name: &'a str,
    /// Name of the target population.
    pub(crate) target_name: &'a str,
    /// Which target and which source of the projection's lists: row and column of inline tables.
    pub(crate) cell: (usize, usize),
    /// How many targets and sources there are in those lists.
    pub(crate) shape: (usize, usize),
    /// How many cells the whole source population has, and the target population.
    pub(crate) sizes: (u32, u32),
    /// Where its expressions stand.
    pub(crate) place: Place<'a>,
    /// Where all cells lie.
    pub(crate) places: &'a Places,
}

impl Ends<'_> {
    /// The source cell, counted from the part's start, that is the same neuron as a target cell of the population.
    pub(crate) fn itself(&self, target_cell: u32) -> Option<u32> {
        let same = self.source.population == self.target.population && self.source.contains(target_cell);
        same.then(|| target_cell - self.source.cells.start)
    }

    /// An index into the source population as an index into the part.
    pub(crate) fn source_index(&self, index: u64, span: Span) -> Outcome<u32> {
        within(&self.source, self.source_name, index, span)
    }

    /// An index into the target population as an index into the part.
    pub(crate) fn target_index(&self, index: u64, span: Span) -> Outcome<u32> {
        within(&self.target, self.target_name, index, span)
    }

    /// The value that stands for this pair: the element of an inline table, or the value itself.
    pub(crate) fn select<'v>(&self, value: &'v Value) -> Outcome<&'v Value> {
        let ValueKind::Table(rows) = &value.kind else { return Ok(value) };
        let (targets, sources) = self.shape;
        if rows.len() != targets || rows.iter().any(|row| row.len() != sources) {
            let message = format!("this table needs {targets} rows (targets) of {sources} numbers (sources)");
            return Err(Diagnostic::error("table-shape", value.span, message).into());
        }
        rows.get(self.cell.0).and_then(|row| row.get(self.cell.1)).ok_or(Failure::Reported)
    }
}

fn within(part: &Part, name: &str, index: u64, span: Span) -> Outcome<u32> {
    let cell = u32::try_from(index).ok().filter(|cell| part.contains(*cell));
    cell.map(|cell| cell - part.cells.start).ok_or_else(|| {
        let here = match &part.chosen {
            Some(chosen) => format!("{} of \"{name}\" are chosen by name", chosen.len()),
            None => format!("those of \"{name}\" are {} to {}", part.cells.start, part.cells.end.saturating_sub(1)),
        };
        Diagnostic::error("bad-selection", span, format!("there is no cell {index} here: {here}")).into()
    })
}

/// The columns `row.COLUMN` that a value names, with the places of the values.
pub(crate) fn columns_named(value: &Value) -> Vec<(&str, Span)> {
    let ValueKind::Expr(expr) = &value.kind else { return Vec::new() };
    let columns = references(expr).into_iter().filter_map(|r| match r {
        Reference::Column(column) => Some((column, expr.span)),
        _ => None,
    });
    columns.collect()
}

/// What a projection's synapses are, beyond who is connected: their number where they have an order, and the list's rows.
pub(crate) struct Synapses<'a> {
    /// How many values `{ list = [..] }` takes; `None` where the rule has no order of its own.
    pub(crate) ordered: Option<usize>,
    /// Rows of a list.
    pub(crate) rows: Option<&'a ListRows>,
    /// Who is connected.
    pub(crate) rule: &'a Rule,
    /// The two ends.
    pub(crate) ends: &'a Ends<'a>,
}

/// What a single weight or delay must be, told at its own place.
type Check<'c> = &'c dyn Fn(f64, Span) -> Outcome<()>;

impl Synapses<'_> {
    /// A number of each synapse.
    fn draw(&self, context: &Context<'_>, value: &Value, wanted: &Wanted<'_>, check: Check<'_>) -> Outcome<Draw> {
        let value = self.ends.select(value)?;
        let place = self.ends.place;
        if let Some(expr) = of_place(value) {
            return match (self.rows, self.rule) {
                (Some(rows), _) => self.at_pairs(context, (expr, value.span), wanted, check, &rows.pairs),
                (None, Rule::OneToOne) => {
                    let pairs: Vec<(u32, u32)> = (0..self.ends.source.size()).map(|i| (i, i)).collect();
                    self.at_pairs(context, (expr, value.span), wanted, check, &pairs)
                }
                (None, rule) => {
                    let draw = fields::draw(context, expr, wanted, (self.ends, rule))?;
                    if let Draw::Field(field) = &draw {
                        [field.low, field.high].into_iter().try_for_each(|x| check(x, value.span))?;
                    }
                    Ok(draw)
                }
            };
        }
        let checked = |x: f64, span: Span| check(x, span).map(|()| x);
        match (&value.kind, self.rows) {
            (ValueKind::Random(decl), _) => distribution(decl, value.span, wanted, &place).map(Draw::Random),
            (ValueKind::Expr(expr), Some(rows)) if !columns_named(value).is_empty() => {
                context.budget.reserve(rows.pairs.len() as u64, 8, || wanted.name.to_string())?;
                let of = |(row, line): (usize, &Span)| {
                    let found = evaluate(expr, &place.row(&rows.columns, row)).and_then(|q| wanted.check(q, value.span));
                    checked(found.map_err(|failure| context.files.with_line(failure, *line))?, *line)
                };
                Ok(Draw::Each(rows.lines.iter().enumerate().map(of).collect::<Outcome<_>>()?))
            }
            (ValueKind::Each(values), _) => {
                self.one_each(values.len(), wanted.name, value.span)?;
                let of = |v: &Value| checked(wanted.check(quantity(v, &place)?, v.span)?, v.span);
                Ok(Draw::Each(values.iter().map(of).collect::<Outcome<_>>()?))
            }
            (ValueKind::File(column), _) => {
                let values = context.files.table(&column.file)?.quantities(column)?;
                self.one_each(values.len(), wanted.name, value.span)?;
                let of = |(q, line): (Quantity, Span)| checked(wanted.check(q, line)?, line);
                Ok(Draw::Each(values.into_iter().map(of).collect::<Outcome<_>>()?))
            }
            _ => checked(number(value, wanted, &place)?, value.span).map(Draw::Constant),
        }
    }

    /// A number of each pair of an ordered rule: of a list, with its row there.
    fn at_pairs(
        &self,
        context: &Context<'_>,
        (expr, span): (&Expr, Span),
        wanted: &Wanted<'_>,
        check: Check<'_>,
        pairs: &[(u32, u32)],
    ) -> Outcome<Draw> {
        let ends = self.ends;
        let between = fields::between(context, ends, expr)?;
        context.budget.reserve(pairs.len() as u64, 8, || wanted.name.to_string())?;
        let of = |(row, (source, target)): (usize, &(u32, u32))| {
            let apart = Apart::new(between, ends.source.cells.start + source, ends.target.cells.start + target);
            let place = ends.place.apart(apart);
            let place = self.rows.map_or(place, |rows| place.row(&rows.columns, row));
            let line = self.rows.and_then(|rows| rows.lines.get(row));
            let found = evaluate(expr, &place).and_then(|q| wanted.check(q, expr.span));
            let found = found.map_err(|failure| line.map_or(failure.clone(), |line| context.files.with_line(failure, *line)))?;
            check(found, line.copied().unwrap_or(span)).map(|()| found)
        };
        Ok(Draw::Each(pairs.iter().enumerate().map(of).collect::<Outcome<_>>()?))
    }

    fn one_each(&self, count: usize, name: &str, span: Span) -> Outcome<()> {
        match self.ordered {
            Some(synapses) if synapses == count => Ok(()),
            Some(synapses) => {
                let message = format!("{name} needs one value for each of {synapses} synapses, here are {count}");
                Err(Diagnostic::error("wrong-length", span, message).into())
            }
            None => {
                let message = format!("{name} can be given one by one only with the rules one_to_one and list");
                Err(Diagnostic::error("wrong-length", span, message).into())
            }
        }
    }

    /// The factor of an injected current.
    pub(crate) fn factor(&self, context: &Context<'_>, value: &Value) -> Outcome<Draw> {
        self.draw(context, value, &Wanted::new("the weight of a current", Dimension::NONE, Range::Any), &|_, _| Ok(()))
    }

    /// The factor of a slow inward current: a bare number, or the current that 1 pA becomes.
    pub(crate) fn slow_factor(&self, context: &Context<'_>, value: &Value) -> Outcome<Draw> {
        let of = |dimension| {
            let wanted = Wanted::new("the weight of a slow inward current", dimension, Range::Any);
            self.draw(context, value, &wanted, &|_, _| Ok(()))
        };
        of(Dimension::NONE).or_else(|failure| of(Dimension::CURRENT).or(Err(failure)))
    }

    /// The weight in the receptor's unit. With a named receptor it is a magnitude, unless the receptor is signed.
    pub(crate) fn weight(
        &self,
        context: &Context<'_>,
        value: &Value,
        model: &'static NeuronCard,
        receptor: Option<usize>,
    ) -> Outcome<(Draw, Dimension)> {
        let named = receptor.and_then(|index| model.receptors.get(index));
        let signed = named.is_some_and(|r| r.polarity == Polarity::Signed);
        let dimension = named.or_else(|| any_receptor(model)).map_or(Dimension::NONE, |r| r.dimension);
        let wanted = Wanted::new("the weight", dimension, Range::Any);
        let magnitude = |x: f64, span: Span| match named {
            Some(receptor) if !signed && x < 0.0 => {
                let message = format!("with receptor = \"{}\" the weight is a magnitude: it is not negative", receptor.name);
                Err(Diagnostic::error("sign", span, message).into())
            }
            _ => Ok(()),
        };
        let mut draw = self.draw(context, value, &wanted, &magnitude)?;
        match (named, &mut draw) {
            (Some(_), Draw::Random(law)) if !signed => {
                law.min = law.min.max(0.0);
                checked(law.clone(), value.span)?;
            }
            (None, draw) => signs_fit(draw, model, value.span)?,
            _ => {}
        }
        Ok((draw, dimension))
    }

    /// The weight of synapses that end at no receptor, in whatever unit weights may have.
    pub(crate) fn any_weight(&self, context: &Context<'_>, value: &Value) -> Outcome<(Draw, Dimension)> {
        let units = [Dimension::CURRENT, Dimension::VOLTAGE, Dimension::CONDUCTANCE, Dimension::NONE];
        let of = |dimension| {
            let wanted = Wanted::new("the weight", dimension, Range::Any);
            self.draw(context, value, &wanted, &|_, _| Ok(())).map(|draw| (draw, dimension))
        };
        units.into_iter().map(of).reduce(Result::or).unwrap_or(Err(Failure::Reported))
    }

    /// The delay in ms: at least one step; drawn ones below half a step are drawn again.
    pub(crate) fn delay(&self, context: &Context<'_>, value: &Value) -> Outcome<Draw> {
        let grid = context.settings.grid;
        let longest = grid.step_ms() * f64::from(MAX_DELAY_TICKS);
        let wanted = Wanted::new("the delay", Dimension::TIME, Range::Any);
        match self.draw(context, value, &wanted, &|ms, span| constant_delay(ms, grid, span))? {
            Draw::Random(mut law) => {
                law.min = law.min.max(0.5 * grid.step_ms());
                law.max = law.max.min(longest);
                Ok(Draw::Random(checked(law, value.span)?))
            }
            Draw::Constant(ms) => {
                if fs_from_ms(ms).is_some_and(|fs| !grid.holds(fs)) {
                    let rounded = grid.fs(grid.tick(fs_from_ms(ms).unwrap_or(0)));
                    let message =
                        format!("the delay {ms} ms is no multiple of the time step: rounded to {} ms", decimal_ms(rounded));
                    context.report.push(Diagnostic::warning("off-grid", value.span, message));
                }
                Ok(Draw::Constant(ms))
            }
            draw @ (Draw::Each(_) | Draw::Field(_)) => Ok(draw),
        }
    }
}

fn constant_delay(ms: f64, grid: Grid, span: Span) -> Outcome<()> {
    let fs = fs_from_ms(ms);
    if fs.is_none_or(|fs| fs < grid.step_fs()) {
        let step = decimal_ms(grid.step_fs());
        return Err(Diagnostic::error("delay", span, format!("a delay is at least one time step, {step} ms: not {ms} ms")).into());
    }
    if fs.is_some_and(|fs| grid.tick(fs) > u64::from(MAX_DELAY_TICKS)) {
        let message = format!("a delay is at most {MAX_DELAY_TICKS} time steps: {ms} ms is longer");
        return Err(Diagnostic::error("delay", span, message).into());
    }
    Ok(())
}

/// The receptor that tells the unit of weights without a named receptor.
fn any_receptor(model: &'static NeuronCard) -> Option<&'static ReceptorSpec> {
    model.receptors.first()
}

/// Least and greatest weight or delay.
pub(crate) fn extent(draw: &Draw) -> (f64, f64) {
    match draw {
        Draw::Constant(value) => (*value, *value),
        Draw::Random(law) => law.bounds(),
        Draw::Field(field) => (field.low, field.high),
        Draw::Each(values) => {
            let fold = |start: f64, f: fn(f64, f64) -> f64| values.iter().copied().fold(start, f);
            if values.is_empty() { (0.0, 0.0) } else { (fold(f64::INFINITY, f64::min), fold(f64::NEG_INFINITY, f64::max)) }
        }
    }
}

/// Without a named receptor the sign chooses one: there must be one for each sign that occurs.
fn signs_fit(draw: &Draw, model: &'static NeuronCard, span: Span) -> Outcome<()> {
    let takes = |polarity| model.receptors.iter().any(|r| r.polarity == polarity || r.polarity == Polarity::Signed);
    let (low, high) = extent(draw);
    for (occurs, polarity, words) in
        [(low < 0.0, Polarity::Inhibitory, "negative"), (high > 0.0, Polarity::Excitatory, "positive")]
    {
        if occurs && !takes(polarity) {
            let message = format!("{} has no receptor for {words} weights", model.name);
            return Err(Diagnostic::error("sign", span, message).into());
        }
    }
    Ok(())
}
