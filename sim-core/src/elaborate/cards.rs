//! Parameter cards: models and the values that netlists give to their parameters.

use super::absent::Absent;
use super::later::is_later;
use super::report::Report;
use crate::catalog::{Catalog, Effect, NeuronCard, ParamSpec, StimulusCard};
use crate::description::{CardBase, CardDecl, Description, Named, PopulationDecl, Value};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span, Spanned, nearest};
use std::collections::BTreeMap;

/// A model of the catalogue.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Model {
    /// Neurons.
    Neuron(&'static NeuronCard),
    /// A stimulus.
    Stimulus(&'static StimulusCard),
}

impl Model {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Model::Neuron(card) => card.name,
            Model::Stimulus(card) => card.name,
        }
    }

    /// What it does to the targets of its projections.
    pub(crate) fn effect(self) -> Effect {
        match self {
            Model::Neuron(card) if card.slow_current().is_some() => Effect::Current,
            Model::Neuron(_) => Effect::Spikes,
            Model::Stimulus(card) => card.effect,
        }
    }

    /// Its parameters in order.
    pub(crate) fn parameters(self) -> Vec<&'static ParamSpec> {
        match self {
            Model::Neuron(card) => card.parameters.iter().collect(),
            Model::Stimulus(card) => card.parameters.iter().map(|p| &p.spec).collect(),
        }
    }
}

/// Longest chain of cards that are like each other.
const MAX_DEPTH: usize = 64;

/// A card with its chain of `like` resolved.
#[derive(Clone, Debug)]
pub(crate) struct Card<'a> {
    /// The model.
    pub(crate) model: Model,
    /// Place of the card, for problems of its parameters together.
    pub(crate) span: Span,
    /// Values by index of the parameter; what is not here has its default.
    pub(crate) given: BTreeMap<usize, &'a Value>,
}

/// The named cards.
#[derive(Debug, Default)]
pub(crate) struct Cards<'a> {
    named: BTreeMap<&'a str, &'a CardDecl>,
    absent: Absent<'a>,
}

impl<'a> Cards<'a> {
    /// Collects the named cards and checks the names in each, used or not.
    pub(crate) fn new(description: &'a Description, catalog: &Catalog, report: &Report) -> Self {
        let mut cards = Self { absent: Absent(&description.absent), ..Self::default() };
        for card in &description.cards {
            if cards.named.insert(&card.name.value, &card.item).is_some() {
                let message = format!("the card \"{}\" is declared twice", card.name.value);
                report.push(Diagnostic::error("duplicate-name", card.name.span, message));
            }
        }
        for card in &description.cards {
            cards.resolve(&card.item, catalog, report);
        }
        cards
    }

    /// A card's model and values: those of the card it is like, then its own.
    pub(crate) fn resolve(&self, decl: &'a CardDecl, catalog: &Catalog, report: &Report) -> Option<Card<'a>> {
        let (model, chain) = report.accept(self.chain(decl, catalog))?;
        let mut given = BTreeMap::new();
        // Where a population only names a card, the card is at fault.
        let span = chain.iter().find(|card| !card.parameters.is_empty()).map_or(decl.span, |card| card.span);
        for decl in chain.into_iter().rev() {
            given.append(&mut own_values(&decl.parameters, &model.parameters(), model.name(), report));
        }
        Some(Card { model, span, given })
    }

    /// Whether the cells of a block are stimuli; not so where that cannot be known, which is told elsewhere.
    pub(crate) fn is_stimulus(&self, block: &'a PopulationDecl, catalog: &Catalog) -> bool {
        let chain = block.neurons.as_ref().map(|card| self.chain(card, catalog));
        matches!(chain, Some(Ok((Model::Stimulus(_), _))))
    }

    /// The model at the root, and the cards from `decl` to there.
    fn chain(&self, decl: &'a CardDecl, catalog: &Catalog) -> Outcome<(Model, Vec<&'a CardDecl>)> {
        let (mut chain, mut names): (Vec<&CardDecl>, Vec<&Spanned<String>>) = (vec![decl], Vec::new());
        let mut last = decl;
        loop {
            let name = match &last.base {
                CardBase::Model(name) => return Ok((find_model(name, catalog)?, chain)),
                CardBase::Like(name) => name,
            };
            let Some(next) = self.named.get(name.value.as_str()) else { return Err(self.unknown(name, catalog)) };
            let known = names.iter().position(|n| n.value == name.value);
            names.push(name);
            if let Some(first) = known {
                return Err(cycle(names.split_off(first + 1)).into());
            }
            if names.len() > MAX_DEPTH {
                return Err(Diagnostic::error("cycle", name.span, "cards are like each other too many times over").into());
            }
            chain.push(next);
            last = next;
        }
    }

    fn unknown(&self, name: &Spanned<String>, catalog: &Catalog) -> Failure {
        let problem = Diagnostic::error("unknown-card", name.span, format!("there is no card [neurons.{}]", name.value));
        if catalog.model_names().contains(&name.value.as_str()) {
            return problem.help(format!("it is a model: write {{ model = \"{}\" }}", name.value)).into();
        }
        self.absent.or(&name.value, problem.nearest(&name.value, self.named.keys().copied()))
    }
}

/// The cards of a cycle by the references in it, told from the least name on: the same from wherever one enters.
fn cycle(mut names: Vec<&Spanned<String>>) -> Diagnostic {
    let least = names.iter().enumerate().min_by_key(|(_, name)| &name.value).map_or(0, |(index, _)| index);
    names.rotate_left(least);
    let words: Vec<&str> = names.iter().chain(names.first()).map(|name| name.value.as_str()).collect();
    let span = names.first().map_or_else(Span::default, |name| name.span);
    Diagnostic::error("cycle", span, format!("cards are like each other: {}", words.join(" -> ")))
}

fn find_model(name: &Spanned<String>, catalog: &Catalog) -> Outcome<Model> {
    let word = name.value.as_str();
    if let Some(card) = catalog.neuron(word) {
        return Ok(Model::Neuron(card));
    }
    if let Some(card) = catalog.stimulus(word) {
        return Ok(Model::Stimulus(card));
    }
    if is_later(word) {
        return Err(Diagnostic::error("not-built-yet", name.span, format!("the model \"{word}\" is not built yet")).into());
    }
    let problem = Diagnostic::error("unknown-model", name.span, format!("there is no model \"{word}\""));
    if nearest(word, &catalog.model_names()).is_some() {
        return Err(problem.nearest(word, catalog.model_names()).into());
    }
    let own: Vec<&str> = catalog.neurons.iter().map(|c| c.name).chain(catalog.stimuli.iter().map(|c| c.name)).collect();
    Err(problem.help(format!("models are {}", own.join(", "))).into())
}

/// The values of one block of a model or a system, by index of the parameter.
pub(crate) fn own_values<'a, T>(
    parameters: &'a [Named<T>],
    specs: &[&ParamSpec],
    owner: &str,
    report: &Report,
) -> BTreeMap<usize, &'a T> {
    let mut given: BTreeMap<usize, (&'a Spanned<String>, &'a T)> = BTreeMap::new();
    for parameter in parameters {
        let (name, span) = (&parameter.name, parameter.name.span);
        let names = specs.iter().map(|s| (s.name, s.aliases));
        let Some(index) = find_name(names, &name.value) else {
            let known = specs.iter().flat_map(|s| std::iter::once(s.name).chain(s.aliases.iter().copied()));
            let message = format!("{owner} has no parameter \"{}\"", name.value);
            report.push(Diagnostic::error("unknown-parameter", span, message).nearest(&name.value, known));
            continue;
        };
        if let Some((first, _)) = given.get(&index) {
            let message = format!("\"{}\" is another name of \"{}\", which is set already", name.value, first.value);
            report.push(Diagnostic::error("duplicate-name", span, message));
        }
        given.insert(index, (name, &parameter.item));
    }
    given.into_iter().map(|(index, (_, value))| (index, value)).collect()
}

/// Index of a name among names with aliases: as written, else in another case (NEST's C_m is c_m) if only one fits.
pub(crate) fn find_name<'n>(names: impl Iterator<Item = (&'n str, &'n [&'n str])> + Clone, word: &str) -> Option<usize> {
    let mut exact = names.clone();
    if let Some(index) = exact.position(|(own, aliases)| own == word || aliases.contains(&word)) {
        return Some(index);
    }
    let alike = |name: &str| name.eq_ignore_ascii_case(word);
    let mut found = names.enumerate().filter(|(_, (own, aliases))| alike(own) || aliases.iter().any(|a| alike(a)));
    match (found.next(), found.next()) {
        (Some((index, _)), None) => Some(index),
        _ => None,
    }
}
