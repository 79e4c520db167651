//! `[projections.third]`: tripartite synapses, as NEST's TripartiteConnect with its rule third_factor_bernoulli_with_pool makes
//! them (NEST documentation, "Tripartite connectivity"). Each synapse of the block may engage one cell of a third population: the
//! source projects to that cell as well, and that cell's slow inward current flows into the target.
//!
//! ```text
//! source ------ synapse ------> target        with probability p:
//!    \                            ^
//!     `-- in --> third -- out ---'            a cell of the target's pool, each with the same chance
//! ```
//!
//! The synapses are walked once, here, from the streams that they are drawn from later; what they engage becomes two lists, one
//! for each population of sources and one for each of targets. Draws are keyed by names and the target.

use super::cards::Model;
use super::context::Context;
use super::fields;
use super::lists::ListRows;
use super::place::Place;
use super::pools::Pools;
use super::projections::Block;
use super::selections::Part;
use super::size::expected_synapses;
use super::synapses::{Ends, Synapses, columns_named};
use super::values::{Wanted, number};
use crate::catalog::{Effect, NeuronCard, Range};
use crate::connect::Generator;
use crate::description::{ThirdDecl, Value, WayDecl};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span};
use crate::engine::takes_current;
use crate::network::{Draw, Projection};
use crate::random::Stream;
use crate::units::Dimension;

/// Bytes of an engaged synapse: its place in two lists, while they are made and when they are sorted.
const ENGAGED: u64 = 56;

/// Bytes of a target's random stream.
const STREAM: u64 = 40;

/// Pairs of a list, counted from the starts of the two parts.
pub(super) type Pairs = Vec<(u32, u32)>;

/// The third party of a block's synapses.
pub(super) struct Third<'a> {
    pub(super) decl: &'a ThirdDecl,
    /// The third population, or a part of it.
    pub(super) part: Part,
    pub(super) card: &'static NeuronCard,
    /// Name of the third population.
    name: &'a str,
    /// Name of the block.
    block: &'a str,
    pools: Pools,
    /// Number of the first target of each part among all.
    firsts: Vec<u64>,
    /// By part of the sources: from sources to third cells.
    pub(super) inward: Vec<Pairs>,
    /// By part of the targets: from third cells to targets.
    pub(super) outward: Vec<Pairs>,
}

impl<'a> Third<'a> {
    /// The third party of a block between so many parts of sources and these of targets.
    pub(super) fn new(
        (decl, block): (&'a ThirdDecl, &'a str),
        (part, card, name): (Part, &'static NeuronCard, &'a str),
        (sources, targets): (usize, &[Part]),
        place: &Place<'_>,
    ) -> Outcome<Self> {
        let mut firsts = Vec::with_capacity(targets.len());
        let all = targets.iter().fold(0, |first, part| {
            firsts.push(first);
            first + u64::from(part.size())
        });
        let pools = Pools::new(decl, &part, name, all, targets.len(), place)?;
        let (inward, outward) = (vec![Pairs::new(); sources], vec![Pairs::new(); targets.len()]);
        Ok(Self { decl, part, card, name, block, pools, firsts, inward, outward })
    }

    /// Walks the synapses of a projection of the block.
    pub(super) fn engage(&mut self, context: &Context<'_>, projection: &Projection, ends: &Ends<'_>) -> Outcome<()> {
        let p = self.probability(ends)?;
        let expected = (expected_synapses(projection) * p) as u64;
        let targets = projection.target_cells.clone();
        let what = || format!("the tripartite synapses of {}", self.block);
        context.budget.reserve(expected, ENGAGED, what)?;
        context.budget.reserve(targets.len() as u64, STREAM, what)?;
        let (row, column) = ends.cell;
        self.pools.draw(context, (self.block, self.name), ends, self.part.size())?;
        let key = context.key("third").name(self.block).name(ends.source_name).name(ends.target_name).name(self.name).finish();
        let places = places(&ends.target);
        let (first, sources) = (self.firsts.get(row).copied().unwrap_or(0), projection.source_cells.start);
        let (Some(inward), Some(outward)) = (self.inward.get_mut(column), self.outward.get_mut(row)) else { return Ok(()) };
        let mut streams: Vec<Option<Stream>> = vec![None; targets.len()];
        Generator::of_pairs(projection, fields::places_of(ends)).for_pairs(targets.clone(), |pair| {
            let local = pair.target - targets.start;
            let Some(stream) = streams.get_mut(local as usize) else { return };
            let stream = stream.get_or_insert_with(|| Stream::new(key, pair.target.into()));
            if stream.uniform() < p {
                let target = places.as_ref().map_or(local, |places| places.get(local as usize).copied().unwrap_or(0));
                let cell = self.pools.cell(row, first, target, stream.below(self.pools.size));
                let cell = self.part.chosen.as_ref().map_or(cell, |chosen| chosen[cell as usize] - self.part.cells.start);
                inward.push((pair.source - sources, cell));
                outward.push((cell, local));
            }
        });
        Ok(())
    }

    fn probability(&self, ends: &Ends<'_>) -> Outcome<f64> {
        let Some(value) = &self.decl.p else { return Ok(1.0) };
        number(ends.select(value)?, &Wanted::new("p", Dimension::NONE, Range::Probability), &ends.place)
    }
}

/// The place of each cell among those of a part, where they are not neighbours.
fn places(part: &Part) -> Option<Vec<u32>> {
    let chosen = part.chosen.as_ref()?;
    let mut places = vec![0; part.cells.len()];
    for (place, cell) in (0..).zip(chosen) {
        places.iter_mut().skip((cell - part.cells.start) as usize).take(1).for_each(|p| *p = place);
    }
    Some(places)
}

impl Block<'_, '_> {
    /// The third party, where the block has one.
    pub(super) fn third(&self, sources: usize, targets: &[Part]) -> Outcome<Option<Third<'_>>> {
        let Some(decl) = &self.decl.third else { return Ok(None) };
        if decl.population.is_empty() {
            return Err(Failure::Reported);
        }
        let parts = self.parts(&decl.population).ok_or(Failure::Reported)?;
        let [part] = parts.as_slice() else {
            let span = decl.population.first().map_or(decl.span, |selection| selection.span);
            let message = "the third party is one population, or a part of it";
            return Err(Diagnostic::error("bad-third", span, message).into());
        };
        let name = self.population_name(part.population);
        let card = match self.model(part)? {
            Model::Neuron(card) if card.slow_current().is_some() => card,
            model => {
                let known: Vec<&str> =
                    self.context.catalog.neurons.iter().filter(|c| c.slow_current().is_some()).map(|c| c.name).collect();
                let message = format!("\"{name}\" is of the model {}, which makes no slow inward current", model.name());
                let problem = Diagnostic::error("bad-third", part.span, message);
                return Err(problem.help(format!("models that make one: {}", known.join(", "))).into());
            }
        };
        Third::new((decl, &self.name), (part.clone(), card, name), (sources, targets), &self.context.place()).map(Some)
    }

    /// Refuses a third party of what has no synapses, or none that it can hear, and of targets that it cannot reach.
    pub(super) fn fits_third(&self, source: Model, target: Option<&'static NeuronCard>, ends: &Ends<'_>) -> Outcome<()> {
        let Some(decl) = &self.decl.third else { return Ok(()) };
        let problem = |span: Span, message: String| Diagnostic::error("bad-third", span, message);
        let name = ends.source_name;
        match source.effect() {
            Effect::Spikes => {}
            Effect::Current => {
                let message = format!("\"{name}\" injects a current: there are no synapses for a third party");
                return Err(problem(decl.span, message).into());
            }
            Effect::PrivateSpikes => {
                let message =
                    format!("each connection of \"{name}\" is a spike train of its own, which a third party cannot hear");
                return Err(problem(decl.span, message).help("poisson_source has one train for each cell").into());
            }
        }
        match target {
            Some(target) => self.takes_current(target, ends),
            None => {
                Err(problem(ends.target.span, format!("\"{}\" is a stimulus: no current reaches it", ends.target_name)).into())
            }
        }
    }

    /// Refuses currents into models that do not feel any.
    pub(super) fn takes_current(&self, target: &'static NeuronCard, ends: &Ends<'_>) -> Outcome<()> {
        if takes_current(target, self.context.settings.grid) {
            return Ok(());
        }
        let message = format!("\"{}\" is of the model {}, in which a current changes nothing", ends.target_name, target.name);
        Err(Diagnostic::error("no-current-input", ends.target.span, message).into())
    }

    /// The projections to and from the third population.
    pub(super) fn ways(&self, third: Third<'_>, sources: &[Part], targets: &[Part]) -> Vec<Outcome<Projection>> {
        let Third { decl, part, card, inward, outward, .. } = third;
        let mut ways = Vec::new();
        for (column, (source, pairs)) in sources.iter().zip(inward).enumerate().filter(|(_, (_, pairs))| !pairs.is_empty()) {
            let ends = self.ends(source, &part, (0, column), (1, sources.len()));
            ways.push(ends.and_then(|ends| self.inward(decl, &ends, card, pairs)));
        }
        for (row, (target, pairs)) in targets.iter().zip(outward).enumerate().filter(|(_, (_, pairs))| !pairs.is_empty()) {
            let ends = self.ends(&part, target, (row, 0), (targets.len(), 1));
            ways.push(ends.and_then(|ends| self.outward(decl, &ends, pairs)));
        }
        ways
    }

    /// From sources to third cells: spikes.
    fn inward(&self, decl: &ThirdDecl, ends: &Ends<'_>, card: &'static NeuronCard, pairs: Pairs) -> Outcome<Projection> {
        let way = decl.inward.as_ref().ok_or(Failure::Reported)?;
        let missing = |key: &str, example: &str| {
            Failure::from(Diagnostic::error("missing-key", way.span, format!("`in` needs a {key}")).help(example))
        };
        let weight = way.weight.as_ref().ok_or_else(|| missing("weight", "weight = 1: what a spike is for a third cell"))?;
        let delay = way.delay.as_ref().ok_or_else(|| missing("delay", "delay = \"1 ms\""))?;
        self.way(format!("{}.third_in", self.name), ends, pairs, (Some(weight), Some(delay)), |synapses, value| {
            synapses.weight(self.context, value, card, None).map(|(draw, _)| draw)
        })
    }

    /// From third cells to targets: their current.
    fn outward(&self, decl: &ThirdDecl, ends: &Ends<'_>, pairs: Pairs) -> Outcome<Projection> {
        let given = |of: fn(&WayDecl) -> &Option<Value>| decl.outward.as_ref().and_then(|way| of(way).as_ref());
        let values = (given(|way| &way.weight), given(|way| &way.delay));
        self.way(format!("{}.third_out", self.name), ends, pairs, values, |synapses, value| {
            synapses.slow_factor(self.context, value)
        })
    }

    fn way(
        &self,
        name: String,
        ends: &Ends<'_>,
        pairs: Pairs,
        (weight, delay): (Option<&Value>, Option<&Value>),
        read: impl Fn(&Synapses<'_>, &Value) -> Outcome<Draw>,
    ) -> Outcome<Projection> {
        for value in [weight, delay].into_iter().flatten() {
            if let Some((column, at)) = columns_named(ends.select(value)?).first() {
                let message = format!("`row.{column}` is of the synapses' list, which says nothing of a third party");
                return Err(Diagnostic::error("unknown-column", *at, message).into());
            }
        }
        let rows = ListRows { pairs, ..ListRows::default() };
        let rule = rows.rule()?;
        let synapses = Synapses { ordered: None, rows: Some(&rows), rule: &rule, ends };
        let weight = self.context.report.accept(weight.map_or(Ok(Draw::Constant(1.0)), |value| read(&synapses, value)));
        let step = Draw::Constant(self.context.settings.grid.step_ms());
        let delay = self.context.report.accept(delay.map_or(Ok(step), |value| synapses.delay(self.context, value)));
        let (Some(weight), Some(delay)) = (weight, delay) else { return Err(Failure::Reported) };
        let key = self.context.key("projection").name(&name).name(ends.source_name).name(ends.target_name).finish();
        Ok(Projection {
            name,
            source: ends.source.population,
            target: ends.target.population,
            source_cells: ends.source.cells.clone(),
            target_cells: ends.target.cells.clone(),
            rule,
            weight,
            delay,
            receptor: None,
            quanta: Vec::new(),
            learning: None,
            key,
            drawn: None,
        })
    }
}
