//! The pieces that all CA3 memories are made of: neurons of two types, projections in nA and ms, input that asks for operations.

use super::operation::{Code, Operation, Size};
use crate::systems::parts::{Ends, Parts, quantity};
use sim_core::description::{
    CardBase, CardDecl, CellChoice, CellRange, ConnectDecl, Description, ListDecl, Named, PopulationDecl, PositionsDecl,
    ProjectionDecl, RuleDecl, Selection, SpaceDecl, Value, ValueKind,
};
use sim_core::diagnostic::Diagnostic;
use sim_core::units::Dimension;
use std::ops::Range;

/// A type of neuron.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neuron {
    /// Its card's name.
    pub(super) name: &'static str,
    /// In pF.
    pub(super) c_m: f64,
    /// In ms.
    pub(super) tau_m: f64,
    /// At rest and after a spike, in mV.
    pub(super) e_l: f64,
    /// In mV.
    pub(super) v_th: f64,
    /// In ms.
    pub(super) t_ref: f64,
    /// In ms.
    pub(super) tau_syn: f64,
    /// A constant current, in pA.
    pub(super) i_e: f64,
}

/// Slow: it adds up what comes within a few steps.
pub(super) const A: Neuron =
    Neuron { name: "a", c_m: 270.0, tau_m: 3.0, e_l: -60.0, v_th: -57.0, t_ref: 1.0, tau_syn: 0.3, i_e: 0.0 };
/// Fast.
pub(super) const B: Neuron = Neuron { name: "b", c_m: 140.0, tau_m: 0.5, ..A };
/// Slow, easily fired: of the output.
pub(super) const OUT: Neuron = Neuron { name: "out_neuron", v_th: -57.5, ..A };

/// Some cells of a population.
#[derive(Clone, Debug)]
pub(super) struct Of(pub(super) &'static str, pub(super) Option<Range<u32>>);

/// All cells.
pub(super) fn all(population: &'static str) -> Of {
    Of(population, None)
}

/// How the cells of two populations are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    OneToOne,
    AllToAll,
    /// But for pairs of the same index.
    AllToOthers,
}

/// pA in a nA, the unit of the published weights.
const PA_PER_NA: f64 = 1000.0;

/// A memory while it is put together.
pub(super) struct Wiring<'a> {
    parts: &'a Parts<'a>,
    cards: Vec<Named<CardDecl>>,
    populations: Vec<Named<PopulationDecl>>,
    projections: Vec<ProjectionDecl>,
    /// A group's name and its population.
    groups: Vec<(&'static str, &'static str)>,
    spaces: Vec<Named<SpaceDecl>>,
}

impl<'a> Wiring<'a> {
    pub(super) fn new(parts: &'a Parts<'a>) -> Self {
        Self {
            parts,
            cards: Vec::new(),
            populations: Vec::new(),
            projections: Vec::new(),
            groups: Vec::new(),
            spaces: Vec::new(),
        }
    }

    /// The input: lines of cues first, then bits of content, with the spikes of operations.
    pub(super) fn input(&mut self, code: Code, size: Size, operations: &[Operation]) {
        let spikes = operations.iter().flat_map(|operation| operation.spikes(code, size.cues));
        self.lines(code.lines(size.cues) + size.contents, spikes);
    }

    /// An input of so many lines with spikes, by step and line. A step's are at its end as all spikes here, so 1 ms later than
    /// SpiNNaker stamps them.
    pub(super) fn lines(&mut self, cells: u32, spikes: impl Iterator<Item = (u64, u32)>) {
        let span = self.parts.span();
        let mut trains = vec![Vec::new(); cells as usize];
        for (step, cell) in spikes {
            trains[cell as usize].push(quantity((step + 1) as f64, Dimension::TIME, span));
        }
        let silent = trains.iter().all(Vec::is_empty);
        let trains = trains.into_iter().map(|times| Value { span, kind: ValueKind::List(times) }).collect();
        let times = Value { span, kind: ValueKind::Each(trains) };
        let given: &[(&str, Value)] = if silent { &[] } else { &[("times", times)] };
        let card = self.parts.card("spike_train", given);
        let cells = self.cells(card, cells);
        self.populations.push(self.parts.named("IN", cells));
        self.groups.push(("in", "IN"));
    }

    /// The output, of so many cells.
    pub(super) fn output(&mut self, cells: u32) {
        self.output_of(OUT, cells);
    }

    /// The same of another type.
    pub(super) fn output_of(&mut self, neuron: Neuron, cells: u32) {
        self.population("OUT", neuron, cells);
        self.groups.push(("out", "OUT"));
    }

    /// A population that is the output.
    pub(super) fn named_output(&mut self, name: &'static str) {
        self.groups.push(("out", name));
    }

    /// A population of neurons of a type.
    pub(super) fn population(&mut self, name: &str, neuron: Neuron, size: u32) {
        let span = self.parts.span();
        if !self.cards.iter().any(|card| card.name.value == self.parts.name(neuron.name)) {
            self.cards.push(self.parts.named(neuron.name, self.card(neuron)));
        }
        let card = CardDecl { span, base: CardBase::Like(self.parts.spanned(neuron.name)), parameters: Vec::new() };
        let cells = self.cells(card, size);
        self.populations.push(self.parts.named(name, cells));
    }

    /// A population of neurons of a type at places in a space, by expressions of their index.
    pub(super) fn placed(
        &mut self,
        name: &str,
        neuron: Neuron,
        size: u32,
        space: &str,
        places: &[String; 2],
    ) -> Result<(), Diagnostic> {
        let span = self.parts.span();
        let [x, y] = places;
        let coordinates = [("x", x), ("y", y)]
            .into_iter()
            .map(|(axis, text)| self.parts.expression(text, "cues").map(|of| self.parts.key(axis, of)));
        let coordinates = coordinates.collect::<Result<_, _>>()?;
        self.population(name, neuron, size);
        if let Some(population) = self.populations.last_mut() {
            population.item.positions =
                Some(PositionsDecl { span, space: Some(self.parts.spanned(space)), sites: None, coordinates });
        }
        Ok(())
    }

    /// A space of two dimensions.
    pub(super) fn plane(&mut self, name: &str, sides: [u32; 2]) {
        let span = self.parts.span();
        let sides = sides.iter().map(|side| quantity(f64::from(*side), Dimension::NONE, span)).collect();
        let sides = Some(Value { span, kind: ValueKind::List(sides) });
        self.spaces.push(self.parts.named(name, SpaceDecl { span, sides, ..SpaceDecl::default() }));
    }

    /// A population of one cell.
    pub(super) fn alone(&mut self, name: &str, card: CardDecl) {
        self.populations.push(self.parts.named(name, self.parts.alone(card)));
    }

    fn card(&self, neuron: Neuron) -> CardDecl {
        let of = |value, dimension| quantity(value, dimension, self.parts.span());
        let (ms, mv) = (|value| of(value, Dimension::TIME), |value| of(value, Dimension::VOLTAGE));
        let mut given = vec![
            ("c_m", of(neuron.c_m, Dimension::CAPACITANCE)),
            ("tau_m", ms(neuron.tau_m)),
            ("e_l", mv(neuron.e_l)),
            ("v_reset", mv(neuron.e_l)),
            ("v_th", mv(neuron.v_th)),
            ("t_ref", ms(neuron.t_ref)),
            ("tau_syn_ex", ms(neuron.tau_syn)),
            ("tau_syn_in", ms(neuron.tau_syn)),
        ];
        given.extend((neuron.i_e != 0.0).then(|| ("i_e", of(neuron.i_e, Dimension::CURRENT))));
        self.parts.card("if_curr_exp", &given)
    }

    fn cells(&self, card: CardDecl, size: u32) -> PopulationDecl {
        let size = quantity(f64::from(size), Dimension::NONE, self.parts.span());
        PopulationDecl { size: Some(size), ..self.parts.alone(card) }
    }

    /// A projection with a weight in nA, negative where it inhibits, and a delay in ms.
    pub(super) fn wire(&mut self, name: &str, ends: (Of, Of), pattern: Pattern, weight: f64, delay: f64) {
        let span = self.parts.span();
        let weight = quantity(weight * PA_PER_NA, Dimension::CURRENT, span);
        let delay = quantity(delay, Dimension::TIME, span);
        let ends = Ends { source: vec![self.selection(ends.0)], target: vec![self.selection(ends.1)] };
        let connect = self.connect(pattern);
        self.projections.push(self.parts.projection(name, ends, connect, weight, delay));
    }

    /// A projection of some pairs of cells, each with its weight in nA.
    pub(super) fn listed(&mut self, name: &str, ends: (Of, Of), synapses: &[((u32, u32), f64)], delay: f64) {
        let span = self.parts.span();
        let number = |value: f64, dimension| quantity(value, dimension, span);
        let list = |items| Value { span, kind: ValueKind::List(items) };
        let index = |cell: u32| number(f64::from(cell), Dimension::NONE);
        let pairs = synapses.iter().map(|((source, target), _)| list(vec![index(*source), index(*target)])).collect();
        let weights = synapses.iter().map(|(_, weight)| number(weight * PA_PER_NA, Dimension::CURRENT)).collect();
        self.wire(name, ends, Pattern::AllToAll, 0.0, delay);
        if let Some(projection) = self.projections.last_mut() {
            let connect = self.parts.connect("list", Vec::new());
            projection.connect =
                Some(ConnectDecl { list: ListDecl { pairs: Some(list(pairs)), ..ListDecl::default() }, ..connect });
            projection.weight = Some(Value { span, kind: ValueKind::Each(weights) });
        }
    }

    /// A projection from the cells of a parameter.
    pub(super) fn wire_from(&mut self, name: &str, ends: (&str, Of), pattern: Pattern, weight: f64, delay: f64) {
        let source = self.parts.cells(ends.0).to_vec();
        self.wire(name, (ends.1.clone(), ends.1), pattern, weight, delay);
        if let Some(projection) = self.projections.last_mut() {
            projection.source = source;
        }
    }

    /// A projection between those cells whose places meet a condition.
    pub(super) fn wire_where(
        &mut self,
        name: &str,
        (source, target): (&'static str, &'static str),
        condition: &str,
        weight: f64,
        delay: f64,
    ) -> Result<(), Diagnostic> {
        let p = self.parts.expression(condition, "cues")?;
        self.wire(name, (all(source), all(target)), Pattern::AllToAll, weight, delay);
        if let Some(projection) = self.projections.last_mut() {
            projection.connect = Some(self.parts.connect("pairwise_bernoulli", vec![("p", p)]));
        }
        Ok(())
    }

    /// A projection onto a modulator, with a weight of 1.
    pub(super) fn signal(&mut self, name: &str, ends: (Of, Of), delay: f64) {
        self.wire(name, ends, Pattern::AllToAll, 0.0, delay);
        if let Some(projection) = self.projections.last_mut() {
            projection.weight = Some(quantity(1.0, Dimension::NONE, self.parts.span()));
        }
    }

    /// A projection between pairs of cells.
    pub(super) fn wire_pairs(
        &mut self,
        name: &str,
        (source, target): (&'static str, &'static str),
        pairs: &[(u32, u32)],
        weight: f64,
        delay: f64,
    ) {
        let span = self.parts.span();
        let list = |items| Value { span, kind: ValueKind::List(items) };
        let number = |cell: u32| quantity(f64::from(cell), Dimension::NONE, span);
        let pairs = pairs.iter().map(|(source, target)| list(vec![number(*source), number(*target)])).collect();
        self.wire(name, (all(source), all(target)), Pattern::AllToAll, weight, delay);
        if let Some(projection) = self.projections.last_mut() {
            let connect = self.parts.connect("list", Vec::new());
            projection.connect =
                Some(ConnectDecl { list: ListDecl { pairs: Some(list(pairs)), ..ListDecl::default() }, ..connect });
        }
    }

    /// A projection from all to all that learns, its weights 0 at the start.
    pub(super) fn memory(&mut self, name: &str, ends: (Of, Of), rule: RuleDecl) {
        self.memory_of(name, ends, Pattern::AllToAll, rule);
    }

    /// The same with another delay, in ms.
    pub(super) fn memory_after(&mut self, name: &str, ends: (Of, Of), rule: RuleDecl, delay: f64) {
        self.memory(name, ends, rule);
        if let Some(projection) = self.projections.last_mut() {
            projection.delay = Some(quantity(delay, Dimension::TIME, self.parts.span()));
        }
    }

    /// The same with another pattern.
    pub(super) fn memory_of(&mut self, name: &str, ends: (Of, Of), pattern: Pattern, rule: RuleDecl) {
        self.wire(name, ends, pattern, 0.0, 1.0);
        if let Some(projection) = self.projections.last_mut() {
            projection.plasticity = Some(rule);
        }
    }

    /// Pair STDP as the chip does it: amplitudes and greatest weight in nA.
    pub(super) fn rule(&self, taus: [f64; 2], amplitudes: [f64; 2], w_max: f64) -> RuleDecl {
        let span = self.parts.span();
        let of = |value, dimension| quantity(value, dimension, span);
        let na = |value: f64| of(value * PA_PER_NA, Dimension::CURRENT);
        let given = [
            ("tau_plus", of(taus[0], Dimension::TIME)),
            ("tau_minus", of(taus[1], Dimension::TIME)),
            ("a_plus", na(amplitudes[0])),
            ("a_minus", na(amplitudes[1])),
            ("w_min", na(0.0)),
            ("w_max", na(w_max)),
            ("history", self.parts.value("history", 1.0)),
            ("release", self.parts.text(RELEASES[self.parts.number("release") as usize % RELEASES.len()])),
        ];
        let parameters = given.into_iter().map(|(name, value)| self.parts.key(name, value)).collect();
        RuleDecl { span, rule: self.parts.word("stdp_spinnaker"), parameters }
    }

    fn selection(&self, Of(population, cells): Of) -> Selection {
        let range = |cells: Range<u32>| CellChoice::Range(CellRange { start: cells.start, end: Some(cells.end) });
        Selection { cells: cells.map(range), ..self.parts.whole(population) }
    }

    fn connect(&self, pattern: Pattern) -> ConnectDecl {
        match pattern {
            Pattern::OneToOne => self.parts.connect("one_to_one", Vec::new()),
            Pattern::AllToAll => self.parts.connect("all_to_all", Vec::new()),
            Pattern::AllToOthers => self.parts.connect("all_to_all", vec![("same_index", self.parts.switch(false))]),
        }
    }

    /// All of it, with groups `in` and `out`.
    pub(super) fn finish(self) -> Description {
        let group = |(name, part): &(&str, &str)| self.parts.named(name, vec![self.parts.spanned(part)]);
        Description {
            groups: self.groups.iter().map(group).collect(),
            cards: self.cards,
            populations: self.populations,
            projections: self.projections,
            spaces: self.spaces,
            ..Description::default()
        }
    }
}

/// Releases of sPyNNaker whose rule differs.
pub(super) const RELEASES: &[&str] = &["spynnaker_7", "spynnaker_6", "earlier"];
