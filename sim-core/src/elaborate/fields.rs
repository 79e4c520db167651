//! Weights, delays and probabilities that depend on the places of a pair: computed once for every pair that may be connected,
//! so that none without a value is left to the run, and so that their extent is known.

use super::context::{Budget, Context};
use super::place::Apart;
use super::synapses::Ends;
use super::values::Wanted;
use crate::catalog::Range;
use crate::description::{Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Severity, Span};
use crate::expr::Expr;
use crate::expr::eval::evaluate;
use crate::expr::fold::{fold, place_name};
use crate::field::LANES;
use crate::network::{Chance, Draw, Field, Rule};
use crate::space::{Between, Positions, Space};
use crate::units::Dimension;

/// Spaces, and the places of all populations.
#[derive(Debug)]
pub(crate) struct Places {
    /// Spaces; `None` after a problem.
    pub(crate) spaces: Vec<Option<Space>>,
    /// By population; `None` for those without, and after a problem.
    pub(crate) positions: Vec<Option<Positions>>,
}

/// The expression of a value that differs from pair to pair by their places.
pub(crate) fn of_place(value: &Value) -> Option<&Expr> {
    match &value.kind {
        ValueKind::Expr(expr) if place_name(expr).is_some() => Some(expr),
        _ => None,
    }
}

/// The places of both ends, for an expression that names them.
pub(crate) fn between<'a>(context: &Context<'_>, ends: &Ends<'a>, expr: &Expr) -> Outcome<Between<'a>> {
    let name = place_name(expr).map_or(expr.span, |(name, _)| name.span);
    let of = |population: usize, called: &str| {
        let declared = context.names.roster.populations.get(population).is_some_and(|p| p.block.positions.is_some());
        match ends.places.positions.get(population) {
            Some(Some(positions)) => Ok(positions),
            _ if declared => Err(Failure::Reported),
            _ => {
                let message = format!("\"{called}\" has no positions, so that there is no distance to or from it");
                let problem = Diagnostic::error("no-positions", name, message);
                Err(Failure::from(
                    problem.help("[spaces.room] grid = [10, 10], and positions = { space = \"room\" } in the population"),
                ))
            }
        }
    };
    let (sources, targets) = (of(ends.source.population, ends.source_name)?, of(ends.target.population, ends.target_name)?);
    let space = |positions: &Positions| ends.places.spaces.get(positions.space).and_then(Option::as_ref).ok_or(Failure::Reported);
    let (space, other) = (space(sources)?, space(targets)?);
    if sources.space != targets.space {
        let message = format!(
            "\"{}\" is in the space \"{}\" and \"{}\" in \"{}\": there is no distance between spaces",
            ends.source_name, space.name, ends.target_name, other.name
        );
        return Err(Diagnostic::error("no-positions", name, message).into());
    }
    Ok(Between { space, sources: &sources.cells, targets: &targets.cells })
}

/// The places of both ends, where they have some in the same space.
pub(crate) fn places_of<'a>(ends: &Ends<'a>) -> Option<Between<'a>> {
    let of = |population: usize| ends.places.positions.get(population).and_then(Option::as_ref);
    let (sources, targets) = (of(ends.source.population)?, of(ends.target.population)?);
    let space = ends.places.spaces.get(sources.space).filter(|_| sources.space == targets.space)?.as_ref()?;
    Some(Between { space, sources: &sources.cells, targets: &targets.cells })
}

/// All pairs that a rule may connect.
pub(crate) struct Pairs<'a> {
    ends: &'a Ends<'a>,
    between: Between<'a>,
    autapses: bool,
    /// Where some pairs have a probability of 0: these are left out.
    chance: Option<&'a Field>,
}

/// Up to [`LANES`] pairs of one target.
struct Block {
    target: u32,
    sources: [u32; LANES],
    possible: [bool; LANES],
}

impl<'a> Pairs<'a> {
    /// The pairs of a rule that goes by pairs: all but one_to_one and list.
    pub(crate) fn of_rule(ends: &'a Ends<'a>, between: Between<'a>, rule: &'a Rule) -> Self {
        let (autapses, chance) = match rule {
            Rule::OneToOne | Rule::List { .. } => (true, None),
            Rule::PairwiseBernoulli { p: Chance::Field { field, .. }, autapses } => (*autapses, Some(field)),
            Rule::PairwiseBernoulli { autapses, .. }
            | Rule::AllToAll { same_index: autapses }
            | Rule::FixedIndegree { autapses, .. }
            | Rule::FixedOutdegree { autapses, .. }
            | Rule::FixedTotalNumber { autapses, .. } => (*autapses, None),
        };
        Self { ends, between, autapses, chance: chance.filter(|p| p.low <= 0.0) }
    }

    fn count(&self) -> u64 {
        u64::from(self.ends.source.size()).saturating_mul(self.ends.target.size().into())
    }

    fn each(&self, mut visit: impl FnMut(&Block) -> Outcome<()>) -> Outcome<()> {
        let cells = &self.ends.source.cells;
        let recurrent = self.ends.source.population == self.ends.target.population;
        for target in self.ends.target.cells.clone() {
            let own = (recurrent && !self.autapses).then_some(target);
            for start in cells.clone().step_by(LANES) {
                let sources: [u32; LANES] = std::array::from_fn(|lane| (start + lane as u32).min(cells.end - 1));
                let mut possible: [bool; LANES] =
                    std::array::from_fn(|lane| start + (lane as u32) < cells.end && Some(sources[lane]) != own);
                if let Some(chance) = self.chance {
                    let p = self.between.values(&chance.formula, &sources, target);
                    possible.iter_mut().zip(p).for_each(|(possible, p)| *possible &= p > 0.0);
                }
                visit(&Block { target, sources, possible })?;
            }
        }
        Ok(())
    }

    /// The extent of a formula over all pairs.
    fn survey(&self, context: &Context<'_>, field: &Folded<'_>, synapses: bool) -> Outcome<Survey> {
        let warning = many_pairs(self.count(), &context.budget, field.expr.span)?;
        warning.into_iter().for_each(|warning| context.report.push(warning));
        let mut survey = Survey::default();
        let (mut target, mut connected) = (None, 0);
        self.each(|block| {
            if target.replace(block.target) != Some(block.target) {
                survey.most = survey.most.max(connected);
                connected = 0;
            }
            let values = self.between.values(&field.formula, &block.sources, block.target);
            let before = survey.sum;
            for (lane, value) in values.into_iter().enumerate().filter(|(lane, _)| block.possible[*lane]) {
                if !field.wanted.range.holds(value) {
                    return Err(self.fault(field, block.sources[lane], block.target));
                }
                survey.low = survey.low.min(value);
                survey.high = survey.high.max(value);
                survey.sum += value;
                connected += u32::from(value > 0.0);
            }
            // An eighth of a byte is less than a synapse takes in any layout: enough to refuse the absurd early.
            let bytes = |synapses: f64| (synapses / 8.0) as u64;
            let more = if synapses { bytes(survey.sum) - bytes(before) } else { 0 };
            context.budget.reserve(more, 1, || format!("the synapses from {}", self.ends.source_name))
        })?;
        survey.most = survey.most.max(connected);
        Ok(survey)
    }

    /// What is wrong with the value of a pair.
    fn fault(&self, field: &Folded<'_>, source: u32, target: u32) -> Failure {
        let Ends { source_name, target_name, place, .. } = self.ends;
        let place = place.apart(Apart::new(self.between, source, target));
        let checked = evaluate(field.expr, &place).and_then(|quantity| field.wanted.check(quantity, field.expr.span));
        match checked {
            Err(Failure::Report(mut problem)) => {
                problem.label = format!("from {source_name}[{source}] to {target_name}[{target}]");
                if field.wanted.range == Range::Probability && problem.help.is_none() {
                    problem.help = Some("min(.., 1) and max(.., 0) cut off what is beyond".into());
                }
                Failure::Report(problem)
            }
            _ => Failure::Reported,
        }
    }
}

/// Most pairs of a projection that are looked at without a word.
const MANY_PAIRS: u64 = 1_000_000_000;

/// Says why reading a netlist takes so long; refuses more pairs than there is time for.
fn many_pairs(pairs: u64, budget: &Budget, span: Span) -> Outcome<Option<Diagnostic>> {
    let message = format!("this is computed for each of {pairs} pairs of cells, before the run and again when it is built");
    let help = "it takes time that grows with the number of pairs: parts of the populations that lie near each other, in projections of their own, have fewer";
    let warning = Diagnostic::warning("many-pairs", span, message).help(help);
    if !budget.look_at(pairs) {
        return Err(Diagnostic { severity: Severity::Error, ..warning }.into());
    }
    Ok((pairs > MANY_PAIRS).then_some(warning))
}

/// An expression that was folded, and what it must be.
struct Folded<'a> {
    expr: &'a Expr,
    formula: Expr,
    wanted: Wanted<'a>,
}

impl<'a> Folded<'a> {
    fn new(expr: &'a Expr, wanted: Wanted<'a>, pairs: &Pairs<'_>) -> Outcome<Self> {
        let place = pairs.ends.place.apart(Apart::somewhere(pairs.between.space));
        let (formula, dimension) = fold(expr, &place)?;
        wanted.of_dimension(dimension, expr.span)?;
        Ok(Self { expr, formula, wanted })
    }

    fn field(self, survey: &Survey) -> Field {
        Field { formula: self.formula, low: survey.low, high: survey.high }
    }
}

/// What is known of all values of a formula.
struct Survey {
    low: f64,
    high: f64,
    sum: f64,
    /// Most values of a target that are above 0.
    most: u32,
}

impl Default for Survey {
    fn default() -> Self {
        Self { low: f64::INFINITY, high: f64::NEG_INFINITY, sum: 0.0, most: 0 }
    }
}

/// A probability by place; `None` where it is 0 everywhere.
pub(crate) fn chance(context: &Context<'_>, expr: &Expr, ends: &Ends<'_>, autapses: bool) -> Outcome<Option<Chance>> {
    let pairs = Pairs { ends, between: between(context, ends, expr)?, autapses, chance: None };
    let folded = Folded::new(expr, Wanted::new("p", Dimension::NONE, Range::Probability), &pairs)?;
    let survey = pairs.survey(context, &folded, true)?;
    let (expected, most) = (survey.sum, survey.most);
    Ok((most > 0).then(|| Chance::Field { field: folded.field(&survey), expected, most }))
}

/// A weight or delay by place, under a rule that goes by pairs.
pub(crate) fn draw(context: &Context<'_>, expr: &Expr, wanted: &Wanted<'_>, (ends, rule): (&Ends<'_>, &Rule)) -> Outcome<Draw> {
    let pairs = Pairs::of_rule(ends, between(context, ends, expr)?, rule);
    let folded = Folded::new(expr, *wanted, &pairs)?;
    let survey = pairs.survey(context, &folded, false)?;
    // Without a pair there is no synapse, and no value is ever asked for.
    Ok(if survey.low <= survey.high { Draw::Field(folded.field(&survey)) } else { Draw::Each(Vec::new()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elaborate::Limits;

    #[test]
    fn many_pairs_are_told_and_too_many_refused() {
        let budget = Budget::new(&Limits::default());
        let told = |pairs| many_pairs(pairs, &budget, Span::default());
        assert!(matches!(told(MANY_PAIRS), Ok(None)), "a few seconds");
        let Ok(Some(warning)) = told(10_000_000_000) else { panic!("half a minute") };
        assert_eq!((warning.code, warning.is_error()), ("many-pairs", false), "the run goes on");
        assert!(warning.message.contains("each of 10000000000 pairs"), "{}", warning.message);
        let Err(Failure::Report(error)) = told(1_000_000_000_000) else { panic!("half an hour, besides those before") };
        assert_eq!((error.code, error.is_error(), error.message.contains("pairs")), ("many-pairs", true, true));
        assert!(matches!(told(MANY_PAIRS), Ok(None)), "there is time for others");
    }
}
