//! `connect = { .. }` to a rule of the network, for one pair of populations.

use super::connectors::{ArgumentKind, CONNECTORS, Connector, ConnectorKind, connector};
use super::context::Context;
use super::fields::{chance, of_place};
use super::lists::{ListRows, list_rows};
use super::selections::Part;
use super::synapses::Ends;
use super::values::{Wanted, integer, number, switch};
use crate::binomial::multinomial;
use crate::catalog::Range;
use crate::description::{ConnectDecl, ListDecl, Value};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span};
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
        if ends.source.chosen.is_some() || ends.target.chosen.is_some() {
            return self.chosen(context, ends, autapses, columns);
        }
        match self.rule.kind {
            ConnectorKind::OneToOne => self.one_to_one(ends),
            ConnectorKind::AllToAll => Ok(Wiring::Rule(Rule::AllToAll { autapses })),
            ConnectorKind::FixedIndegree => self.fixed_indegree(ends, autapses),
            ConnectorKind::FixedOutdegree => self.fixed_outdegree(ends, autapses),
            ConnectorKind::FixedTotalNumber => self.fixed_total_number(context, ends, autapses, key),
            ConnectorKind::PairwiseBernoulli => self.pairwise_bernoulli(context, ends, autapses),
            ConnectorKind::List => list_rows(context, self.list, self.span, ends, columns).map(Wiring::List),
        }
    }

    /// Between cells chosen by name that are not neighbours: the pairs of the rule as a list.
    fn chosen(&self, context: &Context<'_>, ends: &Ends<'_>, autapses: bool, columns: &[(&str, Span)]) -> Outcome<Wiring> {
        let (source, target) = (&ends.source, &ends.target);
        let own = |source: u32, target: u32| !autapses && ends.itself(target + ends.target.cells.start) == Some(source);
        let local = |part: &Part| part.members().into_iter().map(|cell| cell - part.cells.start).collect::<Vec<u32>>();
        let pairs = match self.rule.kind {
            ConnectorKind::List => return list_rows(context, self.list, self.span, ends, columns).map(Wiring::List),
            ConnectorKind::OneToOne => {
                self.one_to_one(ends)?;
                local(source).into_iter().zip(local(target)).collect()
            }
            ConnectorKind::AllToAll => {
                let count = u64::from(source.size()) * u64::from(target.size());
                context.budget.reserve(count, 24, || "the synapses between cells chosen by name".into())?;
                let (sources, targets) = (local(source), local(target));
                let of = |target: u32| sources.iter().map(move |source| (*source, target));
                targets.into_iter().flat_map(of).filter(|(source, target)| !own(*source, *target)).collect()
            }
            _ => {
                let message = format!("{} between cells chosen by name takes neighbours only", self.rule.name);
                let problem = Diagnostic::error("not-built-yet", self.span, message);
                return Err(problem.help("one_to_one, all_to_all and list take any cells").into());
            }
        };
        Ok(Wiring::List(ListRows { pairs, ..ListRows::default() }))
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
        if !self.switch("multapses")? {
            let message = "fixed_total_number without multapses is not built yet";
            return Err(Diagnostic::error("not-built-yet", self.span, message).into());
        }
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
        let weights = ends.target.cells.clone().map(|t| if !autapses && own(t) { sources - 1 } else { sources });
        let Some(drawn) = multinomial(n, weights, &mut Stream::new(mix(key, INDEGREES), 0)) else {
            return Err(self.impossible("without autapses there is no pair to connect".into()));
        };
        let indegrees: Result<Vec<u32>, _> = drawn.into_iter().map(u32::try_from).collect();
        let indegrees = indegrees.map_err(|_| self.impossible(format!("{n} synapses are too many for {targets} targets")))?;
        Ok(Wiring::Rule(Rule::FixedTotalNumber { n, indegrees, autapses }))
    }
}

/// Fewest partners in `from` of any cell in `of`.
fn partners(from: &Part, of: &Part, autapses: bool) -> u32 {
    let same = from.population == of.population;
    let overlap = same && from.cells.start < of.cells.end && of.cells.start < from.cells.end;
    from.size() - u32::from(overlap && !autapses)
}
