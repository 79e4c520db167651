//! `connect = { .. }` to a rule of the network, for one pair of populations.

use super::connectors::{ArgumentKind, CONNECTORS, Connector, ConnectorKind, connector};
use super::context::Context;
use super::fields::{between, chance, of_place};
use super::lists::{ListRows, list_rows};
use super::selections::Part;
use super::synapses::Ends;
use super::values::{Wanted, integer, number, switch};
use crate::binomial::multinomial;
use crate::catalog::Range;
use crate::chosen::Chosen;
use crate::description::{ConnectDecl, ListDecl, Value};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span};
use crate::hypergeometric::multivariate;
use crate::network::{Chance, Rule};
use crate::random::{Stream, mix};
use crate::units::Dimension;

/// Most synapses of one fixed_total_number.
const MAX_TOTAL: u64 = 1 << 42;

/// Tells the stream of in-degrees from those of the sources.
const INDEGREES: u64 = 0x696e_6465_6772_6565;

/// A rule whose name and arguments' names are known.
pub(crate) struct Connect<'a> {
    rule: &'static Connector,
    values: Vec<Option<&'a Value>>,
    list: &'a ListDecl,
    span: Span,
}

/// What a rule comes to for a pair of populations.
pub(crate) enum Wiring {
    /// No synapses: a number, degree or probability of 0.
    Nothing,
    /// A rule without rows.
    Rule(Rule),
    /// A list with the columns that weights and delays name.
    List(ListRows),
}

impl<'a> Connect<'a> {
    /// Reads the names of a `connect` table. What is wrong is told.
    pub(crate) fn read(decl: &'a ConnectDecl, context: &Context<'_>) -> Outcome<Self> {
        let Some(name) = &decl.rule else {
            let problem = Diagnostic::error("missing-key", decl.span, "connect needs a rule");
            return Err(problem.help("connect = { rule = \"all_to_all\" }").into());
        };
        let Some(rule) = connector(&name.value) else {
            let problem = Diagnostic::error("unknown-rule", name.span, format!("there is no connection rule \"{}\"", name.value));
            return Err(problem.nearest(&name.value, CONNECTORS.iter().map(|c| c.name)).into());
        };
        let mut connect = Self { rule, values: vec![None; rule.arguments.len()], list: &decl.list, span: decl.span };
        let mut sound = true;
        for argument in &decl.arguments {
            if let Err(problem) = connect.set(&argument.name.value, argument.name.span, &argument.item) {
                context.report.push(problem);
                sound = false;
            }
        }
        connect.refuse_list_keys()?;
        for (argument, value) in rule.arguments.iter().zip(&connect.values) {
            if value.is_none() && !matches!(argument.kind, ArgumentKind::Switch(_)) && sound {
                let message = format!("the rule {} needs `{}`: {}", rule.name, argument.name, argument.about);
                return Err(Diagnostic::error("missing-key", decl.span, message).into());
            }
        }
        if sound { Ok(connect) } else { Err(Failure::Reported) }
    }

    fn set(&mut self, name: &str, span: Span, value: &'a Value) -> Result<(), Diagnostic> {
        let arguments = self.rule.arguments;
        let Some(index) = arguments.iter().position(|a| a.name == name || a.aliases.contains(&name)) else {
            let message = format!("the rule {} takes no `{name}`", self.rule.name);
            return Err(Diagnostic::error("unknown-key", span, message).nearest(name, arguments.iter().map(|a| a.name)));
        };
        match self.values.get_mut(index) {
            Some(slot) if slot.is_none() => *slot = Some(value),
            _ => {
                let message = format!("\"{name}\" is another name of an argument that is set already");
                return Err(Diagnostic::error("duplicate-name", span, message));
            }
        }
        Ok(())
    }

    /// `file`, `pairs`, .. belong to the list rule alone.
    fn refuse_list_keys(&self) -> Outcome<()> {
        let ListDecl { file, source, target, pairs, conditions } = self.list;
        let texts = [("file", file), ("source", source), ("target", target)];
        let written = texts.iter().find_map(|(key, text)| text.as_ref().map(|t| (*key, t.span)));
        let written = written.or_else(|| pairs.as_ref().map(|p| ("pairs", p.span)));
        let written = written.or_else(|| conditions.first().map(|c| ("where", c.name.span)));
        match written {
            Some((key, span)) if self.rule.kind != ConnectorKind::List => {
                let message = format!("`{key}` belongs to the rule list, not to {}", self.rule.name);
                Err(Diagnostic::error("unknown-key", span, message).into())
            }
            _ => Ok(()),
        }
    }

    /// Whether it is the list rule.
    pub(crate) fn is_list(&self) -> bool {
        self.rule.kind == ConnectorKind::List
    }

    /// Place of the table.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        let index = self.rule.arguments.iter().position(|a| a.name == name)?;
        self.values.get(index).copied().flatten()
    }

    fn count(&self, name: &str, ends: &Ends<'_>, high: u64) -> Outcome<u64> {
        let value = self.value(name).ok_or(Failure::Reported)?;
        integer(ends.select(value)?, name, &ends.place, 0, high)
    }

    fn switch(&self, name: &str) -> Outcome<bool> {
        let default = self.rule.arguments.iter().find(|a| a.name == name).map(|a| a.kind);
        match (self.value(name), default) {
            (Some(value), _) => switch(value, name),
            (None, Some(ArgumentKind::Switch(default))) => Ok(default),
            (None, _) => Ok(true),
        }
    }

    fn all_to_all(&self, ends: &Ends<'_>, autapses: bool) -> Outcome<Wiring> {
        let recurrent = ends.source.population == ends.target.population;
        let same_index = self.switch("same_index")? && (autapses || !recurrent);
        Ok(Wiring::Rule(Rule::AllToAll { same_index }))
    }

    fn pairwise_bernoulli(&self, context: &Context<'_>, ends: &Ends<'_>, autapses: bool) -> Outcome<Wiring> {
        let value = ends.select(self.value("p").ok_or(Failure::Reported)?)?;
        let p = match of_place(value) {
            Some(expr) => chance(context, expr, ends, autapses)?,
            None => {
                let p = number(value, &Wanted::new("p", Dimension::NONE, Range::Probability), &ends.place)?;
                (p > 0.0).then_some(Chance::Constant(p))
            }
        };
        Ok(p.map_or(Wiring::Nothing, |p| Wiring::Rule(Rule::PairwiseBernoulli { p, autapses })))
    }

    /// The rule between two parts of populations. `columns` are those that weight and delay name.
    pub(crate) fn wire(&self, context: &Context<'_>, ends: &Ends<'_>, key: u64, columns: &[(&str, Span)]) -> Outcome<Wiring> {
        let autapses = self.switch("autapses")?;
        let wiring = match self.rule.kind {
            ConnectorKind::OneToOne => self.one_to_one(ends),
            ConnectorKind::AllToAll => self.all_to_all(ends, autapses),
            ConnectorKind::FixedIndegree => self.fixed_indegree(ends, autapses),
            ConnectorKind::FixedOutdegree => self.fixed_outdegree(ends, autapses),
            ConnectorKind::FixedTotalNumber => self.fixed_total_number(context, ends, autapses, key),
            ConnectorKind::PairwiseBernoulli => self.pairwise_bernoulli(context, ends, autapses),
            ConnectorKind::List => list_rows(context, self.list, self.span, ends, columns).map(Wiring::List),
        };
        match wiring? {
            Wiring::Rule(rule) if ends.source.chosen.is_some() || ends.target.chosen.is_some() => {
                self.chosen(context, ends, key, &rule).map(Wiring::List)
            }
            wiring => Ok(wiring),
        }
    }

    /// Between cells chosen by name that are not neighbours: the pairs of the rule as a list.
    fn chosen(&self, context: &Context<'_>, ends: &Ends<'_>, key: u64, rule: &Rule) -> Outcome<ListRows> {
        let (source, target) = (&ends.source, &ends.target);
        context.budget.reserve(most_pairs(rule, source.size().into(), target.size().into()), 24, || {
            "the synapses between cells chosen by name".into()
        })?;
        let place = self.value("p").map(|value| ends.select(value)).transpose()?.and_then(of_place);
        let chosen = Chosen {
            key,
            sources: source.members(),
            targets: target.members(),
            same_population: source.population == target.population,
            population: ends.sizes.0,
            between: place.map(|expr| between(context, ends, expr)).transpose()?,
        };
        let local = |(s, t): (u32, u32)| (s - source.cells.start, t - target.cells.start);
        Ok(ListRows { pairs: chosen.pairs(rule).into_iter().map(local).collect(), ..ListRows::default() })
    }

    /// How many weights or delays may be given one by one, in the rule's order of synapses; `None` where it has no order.
    pub(crate) fn ordered(&self, ends: &Ends<'_>, wiring: &Wiring) -> Option<usize> {
        match (self.rule.kind, wiring) {
            (ConnectorKind::OneToOne, _) => Some(ends.source.size() as usize),
            (ConnectorKind::List, Wiring::List(rows)) => Some(rows.pairs.len()),
            _ => None,
        }
    }

    fn impossible(&self, message: String) -> Failure {
        Diagnostic::error("impossible-rule", self.span, message).into()
    }

    fn one_to_one(&self, ends: &Ends<'_>) -> Outcome<Wiring> {
        let (sources, targets) = (ends.source.size(), ends.target.size());
        if sources != targets {
            let message = format!("one_to_one needs as many sources as targets: here are {sources} and {targets}");
            return Err(self.impossible(message));
        }
        Ok(Wiring::Rule(Rule::OneToOne))
    }

    fn fixed_indegree(&self, ends: &Ends<'_>, autapses: bool) -> Outcome<Wiring> {
        let multapses = self.switch("multapses")?;
        let indegree = self.degree("indegree", ends)?;
        if indegree == 0 {
            return Ok(Wiring::Nothing);
        }
        let least = partners(&ends.source, &ends.target, autapses);
        self.enough(indegree, least, multapses, "source", "target")?;
        Ok(Wiring::Rule(Rule::FixedIndegree { indegree, autapses, multapses }))
    }

    fn fixed_outdegree(&self, ends: &Ends<'_>, autapses: bool) -> Outcome<Wiring> {
        let multapses = self.switch("multapses")?;
        let outdegree = self.degree("outdegree", ends)?;
        if outdegree == 0 {
            return Ok(Wiring::Nothing);
        }
        let least = partners(&ends.target, &ends.source, autapses);
        self.enough(outdegree, least, multapses, "target", "source")?;
        Ok(Wiring::Rule(Rule::FixedOutdegree { outdegree, autapses, multapses }))
    }

    fn degree(&self, name: &str, ends: &Ends<'_>) -> Outcome<u32> {
        u32::try_from(self.count(name, ends, u64::from(u32::MAX))?).map_err(|_| Failure::Reported)
    }

    fn enough(&self, degree: u32, partners: u32, multapses: bool, one: &str, other: &str) -> Outcome<()> {
        if partners == 0 {
            return Err(self.impossible(format!("without autapses there is a {other} that no {one} may be connected to")));
        }
        if !multapses && degree > partners {
            let message = format!("without multapses each {other} has at most {partners} {one}s, not {degree}");
            return Err(self.impossible(message));
        }
        Ok(())
    }

    fn fixed_total_number(&self, context: &Context<'_>, ends: &Ends<'_>, autapses: bool, key: u64) -> Outcome<Wiring> {
        let multapses = self.switch("multapses")?;
        let n = self.count("n", ends, MAX_TOTAL)?;
        if n == 0 {
            return Ok(Wiring::Nothing);
        }
        let targets = u64::from(ends.target.size());
        // One byte a synapse is less than any layout takes: enough to refuse the absurd before drawing.
        context.budget.reserve(n, 4, || "the synapses of a fixed_total_number".into())?;
        context.budget.reserve(targets, 12, || "the in-degrees of a fixed_total_number".into())?;
        let sources = u64::from(ends.source.size());
        let own = |target: u32| ends.itself(target).is_some();
        let cells = ends.target.members();
        let weights = cells.iter().map(|t| if !autapses && own(*t) { sources - 1 } else { sources });
        let pairs = weights.clone().fold(0, u64::saturating_add);
        let mut stream = Stream::new(mix(key, INDEGREES), 0);
        let drawn = if multapses { multinomial(n, weights, &mut stream) } else { multivariate(n, weights, &mut stream) };
        let Some(drawn) = drawn else {
            let without = if pairs == 0 { "without autapses there is no pair to connect".into() } else { too_many(n, pairs) };
            return Err(self.impossible(without));
        };
        let indegrees: Result<Vec<u32>, _> = drawn.into_iter().map(u32::try_from).collect();
        let indegrees = indegrees.map_err(|_| self.impossible(format!("{n} synapses are too many for {targets} targets")))?;
        Ok(Wiring::Rule(Rule::FixedTotalNumber { n, indegrees, autapses, multapses }))
    }
}

fn too_many(n: u64, pairs: u64) -> String {
    format!("without multapses there is a synapse for each of {pairs} pairs at most, not {n}")
}

/// Most pairs of a rule between so many cells.
fn most_pairs(rule: &Rule, sources: u64, targets: u64) -> u64 {
    match rule {
        Rule::OneToOne => targets,
        Rule::FixedIndegree { indegree, .. } => targets.saturating_mul((*indegree).into()),
        Rule::FixedOutdegree { outdegree, .. } => sources.saturating_mul((*outdegree).into()),
        Rule::FixedTotalNumber { n, .. } => *n,
        Rule::AllToAll { .. } | Rule::PairwiseBernoulli { .. } => sources.saturating_mul(targets),
        Rule::List { pairs, .. } => pairs.len() as u64,
    }
}

/// Fewest partners in `from` of any cell in `of`.
fn partners(from: &Part, of: &Part, autapses: bool) -> u32 {
    let overlap = || match (&from.chosen, &of.chosen) {
        (None, None) => from.cells.start < of.cells.end && of.cells.start < from.cells.end,
        (Some(cells), _) => cells.iter().any(|cell| of.contains(*cell)),
        (_, Some(cells)) => cells.iter().any(|cell| from.contains(*cell)),
    };
    from.size() - u32::from(!autapses && from.population == of.population && overlap())
}
