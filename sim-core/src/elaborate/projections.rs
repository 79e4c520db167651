//! `[[projections]]` to projections between pairs of populations.

use super::cards::Model;
use super::context::Context;
use super::fields::Places;
use super::learning::{Channels, Reading};
use super::place::Pair;
use super::populations::Frame;
use super::rules::{Connect, Wiring};
use super::selections::{Part, parts};
use super::synapses::{Ends, Synapses, columns_named, extent};
use super::third::Third;
use super::zones;
use crate::catalog::{Effect, NeuronCard, Polarity};
use crate::description::{Description, ProjectionDecl, Selection, Value};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span};
use crate::network::{Draw, LeftOut, Projection};
use crate::plasticity::Learning;
use crate::units::Dimension;
use std::cell::Cell;
use std::collections::BTreeSet;

/// Bytes that a projection takes, roughly: groups of thousands make millions of pairs.
const PROJECTION_BYTES: u64 = 512;

/// A projection and the place of its block.
pub(crate) type Built = (Projection, Span);

/// All projections, block by block; within a block for each target, in order, each source, in order. Those without synapses
/// are left out. And the lists of which rows were left out.
pub(crate) fn build(
    context: &Context<'_>,
    description: &Description,
    frames: &[Frame<'_>],
    places: &Places,
    channels: &Channels,
) -> (Vec<Built>, Vec<LeftOut>) {
    let mut names = BTreeSet::new();
    let (mut built, mut left_out) = (Vec::new(), Vec::new());
    for decl in &description.projections {
        let block = Block { context, frames, places, channels, decl, name: name(decl), rows: Cell::default() };
        if let Some(projections) = context.report.accept(block.build(&mut names)) {
            built.extend(projections.into_iter().map(|p| (p, decl.span)));
            left_out.extend(block.left_out());
        }
    }
    (built, left_out)
}

/// The name given, or "source->target" as written.
fn name(decl: &ProjectionDecl) -> String {
    let list = |selections: &[Selection]| selections.iter().map(Selection::to_string).collect::<Vec<_>>().join(",");
    decl.name.as_ref().map_or_else(|| format!("{}->{}", list(&decl.source), list(&decl.target)), |name| name.value.clone())
}

/// A block with what is around it.
pub(super) struct Block<'a, 'c> {
    pub(super) context: &'a Context<'c>,
    frames: &'a [Frame<'a>],
    places: &'a Places,
    channels: &'a Channels,
    pub(super) decl: &'a ProjectionDecl,
    pub(super) name: String,
    /// Rows of the list that are kept by any pair of populations, and rows that meet the conditions.
    rows: Cell<(u64, u64)>,
}

impl Block<'_, '_> {
    fn build(&self, names: &mut BTreeSet<(String, usize, usize)>) -> Outcome<Vec<Projection>> {
        let decl = self.decl;
        for (key, empty) in
            [("source", decl.source.is_empty()), ("target", decl.target.is_empty()), ("connect", decl.connect.is_none())]
        {
            if empty {
                let message = format!("a projection needs `{key}`");
                return Err(Diagnostic::error("missing-key", decl.span, message).into());
            }
        }
        let (sources, targets) = (self.parts(&decl.source), self.parts(&decl.target));
        let connect = decl.connect.as_ref().ok_or(Failure::Reported).and_then(|c| Connect::read(c, self.context));
        let connect = self.context.report.accept(connect).ok_or(Failure::Reported)?;
        let (sources, targets) = (sources.ok_or(Failure::Reported)?, targets.ok_or(Failure::Reported)?);
        let numbered = |parts: &[Part]| parts.len() > 1 && parts.iter().any(|part| part.names.is_none());
        if connect.is_list() && (numbered(&sources) || numbered(&targets)) {
            let message = "a list of indices connects one population to one population";
            let problem = Diagnostic::error("impossible-rule", connect.span(), message);
            return Err(problem.help("a list of names connects any: give the populations `names`").into());
        }
        let pairs = (sources.len() as u64).saturating_mul(targets.len() as u64);
        self.context.budget.reserve(pairs, PROJECTION_BYTES, || format!("the projection {}", self.name))?;
        let mut third = self.third(sources.len(), &targets)?;
        let mut built = Vec::new();
        for (row, target) in targets.iter().enumerate() {
            for (column, source) in sources.iter().enumerate() {
                let shape = (targets.len(), sources.len());
                let pair = self
                    .unique(names, (&self.name, source.population, target.population))
                    .and_then(|()| self.ends(source, target, (row, column), shape))
                    .and_then(|ends| self.pair(&connect, &ends, third.as_mut()));
                built.extend(self.context.report.accept(pair).flatten());
            }
        }
        for way in third.map_or_else(Vec::new, |third| self.ways(third, &sources, &targets)) {
            let way = way.and_then(|way| self.unique(names, (&way.name, way.source, way.target)).map(|()| way));
            built.extend(self.context.report.accept(way));
        }
        Ok(built)
    }

    fn left_out(&self) -> Option<LeftOut> {
        let (kept, of) = self.rows.get();
        (kept < of).then(|| LeftOut { projection: self.name.clone(), rows: of - kept, of })
    }

    pub(super) fn parts(&self, selections: &[Selection]) -> Option<Vec<Part>> {
        self.context.report.accept(parts(self.context, self.frames, selections))
    }

    pub(super) fn population_name(&self, index: usize) -> &str {
        self.context.names.roster.name(index)
    }

    /// Random streams are keyed by the name and the two populations: no two projections may share them.
    fn unique(&self, names: &mut BTreeSet<(String, usize, usize)>, (name, source, target): (&str, usize, usize)) -> Outcome<()> {
        if names.insert((name.to_string(), source, target)) {
            return Ok(());
        }
        let (from, to) = (self.population_name(source), self.population_name(target));
        let message = format!("there is already a projection \"{name}\" from \"{from}\" to \"{to}\"");
        let span = self.decl.name.as_ref().map_or(self.decl.span, |name| name.span);
        Err(Diagnostic::error("duplicate-name", span, message).help("give one of them another `name`").into())
    }

    pub(super) fn ends(&self, source: &Part, target: &Part, cell: (usize, usize), shape: (usize, usize)) -> Outcome<Ends<'_>> {
        let size = |part: &Part| self.frames.get(part.population).and_then(|f| f.size).ok_or(Failure::Reported);
        let sizes = (size(source)?, size(target)?);
        Ok(Ends {
            source: source.clone(),
            target: target.clone(),
            source_name: self.population_name(source.population),
            target_name: self.population_name(target.population),
            cell,
            shape,
            sizes,
            place: self.context.place().on(Pair { source: source.population, target: target.population, sizes: Some(sizes) }),
            places: self.places,
        })
    }

    pub(super) fn model(&self, part: &Part) -> Outcome<Model> {
        let card = self.frames.get(part.population).and_then(|f| f.card.as_ref());
        card.map(|card| card.model).ok_or(Failure::Reported)
    }

    /// The model of the targets; `None` where they are trains of spikes, from which the synapses learn and which they do not reach.
    fn target_model(&self, ends: &Ends<'_>) -> Outcome<Option<&'static NeuronCard>> {
        match self.model(&ends.target)? {
            Model::Neuron(card) => Ok(Some(card)),
            Model::Stimulus(card) if card.effect == Effect::Spikes && self.decl.plasticity.is_some() => Ok(None),
            Model::Stimulus(card) => {
                let message = format!("\"{}\" is a stimulus: it takes no input", ends.target_name);
                let problem = Diagnostic::error("stimulus-as-target", ends.target.span, message);
                let learns = card.effect == Effect::Spikes;
                Err(if learns {
                    problem.help("only synapses with `plasticity` end there: they learn from its spikes")
                } else {
                    problem
                }
                .into())
            }
        }
    }

    /// The projection of one pair; `None` where there are no synapses.
    fn pair(&self, connect: &Connect<'_>, ends: &Ends<'_>, third: Option<&mut Third<'_>>) -> Outcome<Option<Projection>> {
        let target = self.target_model(ends)?;
        let source = self.model(&ends.source)?;
        let injects = source.effect() == Effect::Current;
        let slow = injects && matches!(source, Model::Neuron(_));
        self.learns_from(source, ends)?;
        self.fits_third(source, target, ends)?;
        if let Some(target) = target.filter(|_| injects) {
            self.takes_current(target, ends)?;
        }
        let receptor = target.map_or(Ok(None), |target| self.receptor(target, injects))?;
        if let Some(target) = target.filter(|target| target.receptors.is_empty() && !injects) {
            let message = format!("{} takes no spikes", target.name);
            return Err(Diagnostic::error("receptor", ends.target.span, message).into());
        }
        self.required("weight", &self.decl.weight, injects, target)?;
        self.required("delay", &self.decl.delay, injects, target)?;
        let key = self.context.key("projection").name(&self.name).name(ends.source_name).name(ends.target_name).finish();
        let wiring = connect.wire(self.context, ends, key, &self.columns(ends)?)?;
        let ordered = connect.ordered(ends, &wiring);
        let (rule, rows) = match &wiring {
            Wiring::Nothing => return Ok(None),
            Wiring::Rule(rule) => (rule.clone(), None),
            Wiring::List(rows) => {
                let (kept, _) = self.rows.get();
                self.rows.set((kept + rows.lines.len() as u64, rows.met));
                if rows.pairs.is_empty() {
                    return Ok(None);
                }
                (rows.rule()?, Some(rows))
            }
        };
        let synapses = Synapses { ordered, rows, rule: &rule, ends };
        let weight = match (&self.decl.weight, target) {
            (Some(value), _) if slow => synapses.slow_factor(self.context, value).map(|draw| (draw, Dimension::NONE)),
            (Some(value), _) if injects => synapses.factor(self.context, value).map(|draw| (draw, Dimension::NONE)),
            (Some(value), Some(target)) => synapses.weight(self.context, value, target, receptor),
            (Some(value), None) => synapses.any_weight(self.context, value),
            (None, _) => Ok((Draw::Constant(1.0), Dimension::NONE)),
        };
        let step = self.context.settings.grid.step_ms();
        let delay = self.decl.delay.as_ref().map_or(Ok(Draw::Constant(step)), |v| synapses.delay(self.context, v));
        let (weight, delay) = (self.context.report.accept(weight), self.context.report.accept(delay));
        let (Some((weight, dimension)), Some(delay)) = (weight, delay) else { return Err(Failure::Reported) };
        let learning = self.learning(ends, target, receptor, &weight, dimension)?;
        let projection = Projection {
            name: self.name.clone(),
            source: ends.source.population,
            target: ends.target.population,
            source_cells: ends.source.cells.clone(),
            target_cells: ends.target.cells.clone(),
            rule,
            weight,
            delay,
            receptor,
            quanta: Vec::new(),
            learning,
            key,
            drawn: None,
        };
        if let Some(third) = third {
            third.engage(self.context, &projection, ends)?;
        }
        Ok(Some(projection))
    }

    /// Refuses a rule of learning for what has no trains of its own.
    fn learns_from(&self, source: Model, ends: &Ends<'_>) -> Outcome<()> {
        let Some(rule) = &self.decl.plasticity else { return Ok(()) };
        let (name, message) = (ends.source_name, |message| Diagnostic::error("cannot-learn", rule.span, message));
        match source.effect() {
            Effect::Spikes => Ok(()),
            Effect::Current => Err(message(format!("\"{name}\" injects a current: there are no synapses to learn")).into()),
            Effect::PrivateSpikes => {
                let message =
                    message(format!("each connection of \"{name}\" is a spike train of its own: none of them can learn"));
                Err(message.help("poisson_source has one train for each cell").into())
            }
        }
    }

    /// The rule of learning, where there is one.
    fn learning(
        &self,
        ends: &Ends<'_>,
        target: Option<&'static NeuronCard>,
        receptor: Option<usize>,
        weight: &Draw,
        dimension: Dimension,
    ) -> Outcome<Option<Learning>> {
        let Some(decl) = &self.decl.plasticity else {
            return match &self.decl.assign {
                Some(assign) => Err(zones::nothing_to_assign(assign).into()),
                None => Ok(None),
            };
        };
        let span = self.decl.weight.as_ref().map_or(self.decl.span, |value| value.span);
        let (context, frames, channels) = (self.context, self.frames, self.channels);
        let learning =
            Reading { context, frames, channels, decl, ends, dimension, assign: self.decl.assign.as_ref() }.read(weight, span)?;
        let (low, high) = if learning.negative { (-learning.bounds.1, -learning.bounds.0) } else { learning.bounds };
        let start = extent(weight);
        let (low, high) = (low.min(start.0), high.max(start.1));
        let signed = |target: &'static NeuronCard| {
            target.receptors.get(receptor.unwrap_or(0)).is_some_and(|r| r.polarity == Polarity::Signed)
        };
        if low < 0.0 && high > 0.0 && target.is_some_and(|target| !signed(target)) {
            let target = target.map_or("", |card| card.name);
            let message = format!(
                "these weights may be of either sign, and {target} has a receptor for each: a synapse that learns has one"
            );
            let help =
                "use a model with one signed receptor (lif_psc_delta), or projections of their own for excitation and inhibition";
            return Err(Diagnostic::error("sign", decl.span, message).help(help).into());
        }
        Ok(Some(learning))
    }

    fn receptor(&self, target: &'static NeuronCard, injects: bool) -> Outcome<Option<usize>> {
        let Some(name) = &self.decl.receptor else { return Ok(None) };
        if injects {
            return Err(Diagnostic::error("receptor", name.span, "an injected current goes to no receptor").into());
        }
        match target.receptors.iter().position(|r| r.name == name.value) {
            Some(index) => Ok(Some(index)),
            None => {
                let message = format!("{} has no receptor \"{}\"", target.name, name.value);
                let known = target.receptors.iter().map(|r| r.name);
                Err(Diagnostic::error("receptor", name.span, message).nearest(&name.value, known).into())
            }
        }
    }

    fn required(&self, key: &str, value: &Option<Value>, injects: bool, target: Option<&'static NeuronCard>) -> Outcome<()> {
        if value.is_some() || injects {
            return Ok(());
        }
        let message = format!("the projection \"{}\" needs a {key}", self.name);
        let example = match (key, target.and_then(|target| target.receptors.first()).map(|r| r.dimension)) {
            ("weight", Some(Dimension::NONE)) => "weight = 1".to_string(),
            ("weight", Some(dimension)) => format!("weight = \"1 {dimension}\""),
            _ => "delay = \"1 ms\"".to_string(),
        };
        Err(Diagnostic::error("missing-key", self.decl.span, message).help(example).into())
    }

    /// Columns of the list's file that weight and delay name.
    fn columns(&self, ends: &Ends<'_>) -> Outcome<Vec<(&str, Span)>> {
        let mut columns = Vec::new();
        for value in [&self.decl.weight, &self.decl.delay].into_iter().flatten() {
            for (column, span) in columns_named(ends.select(value)?) {
                if columns.iter().all(|(known, _)| *known != column) {
                    columns.push((column, span));
                }
            }
        }
        Ok(columns)
    }
}
