//! `[projections.plasticity]`: the rule of a projection and its parameters.

use super::cards::{Model, find_name, own_values};
use super::context::Context;
use super::populations::Frame;
use super::stimuli::word;
use super::synapses::{Ends, extent};
use super::values::{Wanted, number, quantity};
use crate::catalog::{NeuronCard, Range};
use crate::description::{RuleDecl, Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span, Spanned};
use crate::network::{Channel, Draw, Network, Numerics};
use crate::plasticity::{AS_AT_THE_START, Learning, RuleCard, RuleParam, RuleShape, Setting, Setup};
use crate::real::Precision;
use crate::time::Grid;
use crate::units::{Dimension, Quantity};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What rules read while running: each once, in the order in which rules name them.
pub(crate) type Channels = RefCell<Vec<Channel>>;

/// Ticks of a run in which synapses learn: their last spikes are numbered in 32 bits, with room for delays.
const MOST_TICKS: u64 = (1 << 31) - (1 << 17);

/// Refuses runs in which synapses cannot learn.
pub(crate) fn check_run(network: &Network, spans: &[Span]) -> Result<(), Diagnostic> {
    let learns = network.projections.iter().zip(spans).find(|(projection, _)| projection.learning.is_some());
    let Some((projection, span)) = learns else { return Ok(()) };
    let name = &projection.name;
    let grid = Grid::new(network.timestep_fs);
    let ticks = grid.tick(network.warmup_fs.saturating_add(network.duration_fs));
    if ticks > MOST_TICKS {
        let message =
            format!("\"{name}\" learns, and a run with synapses that learn has {MOST_TICKS} steps at most, not {ticks}");
        return Err(Diagnostic::error("too-long", *span, message).help("run it in pieces, or with a longer timestep"));
    }
    Ok(())
}

/// A rule being read, with what is around it.
pub(crate) struct Reading<'a, 'c> {
    pub(crate) context: &'a Context<'c>,
    pub(crate) frames: &'a [Frame<'a>],
    pub(crate) channels: &'a Channels,
    pub(crate) decl: &'a RuleDecl,
    pub(crate) ends: &'a Ends<'a>,
    /// Unit of weights.
    pub(crate) dimension: Dimension,
    /// Which modulator is for which target.
    pub(crate) assign: Option<&'a Value>,
}

impl Reading<'_, '_> {
    /// The rule with its parameters, for synapses with these weights at the start.
    pub(crate) fn read(&self, weight: &Draw, weight_span: Span) -> Outcome<Learning> {
        let card = self.card()?;
        self.on_chip(card);
        let specs: Vec<_> = card.parameters.iter().map(|p| &p.spec).collect();
        let given = own_values(&self.decl.parameters, &specs, card.name, self.context.report);
        let w_max = self.w_max(card, &given);
        let settings = card.parameters.iter().enumerate().map(|(index, parameter)| {
            let value = given.get(&index).copied();
            self.context.report.accept(self.setting(card, parameter, value, w_max))
        });
        let settings: Vec<Option<Setting>> = settings.collect();
        let settings = settings.into_iter().collect::<Option<Vec<Setting>>>().ok_or(Failure::Reported)?;
        let values: Vec<f64> = settings.iter().map(|s| s.constant().unwrap_or(f64::NAN)).collect();
        (card.check)(&values).map_err(|message| Diagnostic::error("bad-parameters", self.decl.span, message))?;
        let bounds = (card.bounds)(&values);
        let negative = self.negative(weight, weight_span, bounds)?;
        let zones = self.zones(&settings)?;
        let setup =
            Setup { settings: &settings, bounds, grid: self.context.settings.grid, precision: Precision::F64, quantum: None };
        let tape = (card.build)(&setup).tape_bytes() as u64;
        self.context.budget.reserve(zones.count as u64, tape, || format!("the rewards of {}", self.ends.target_name))?;
        Ok(Learning { card, settings, bounds, negative, dimension: self.dimension, zones })
    }

    /// Tells where a rule is none of the chip's.
    fn on_chip(&self, card: &RuleCard) {
        if self.context.settings.numerics == Numerics::Spinnaker && !card.on_chip {
            let known = self.context.catalog.rules.iter().filter(|card| card.on_chip).map(|card| card.name);
            let message = format!("{} is not computed in the numbers of SpiNNaker's chip", card.name);
            let help = format!("with [network] numerics = \"spinnaker\" there is {}", known.collect::<Vec<_>>().join(", "));
            self.context.report.push(Diagnostic::error("not-on-chip", self.decl.rule.span, message).help(help));
        }
    }

    fn card(&self) -> Outcome<&'static RuleCard> {
        let Spanned { value: name, span } = &self.decl.rule;
        self.context.catalog.rule(name).ok_or_else(|| {
            let problem = Diagnostic::error("unknown-rule", *span, format!("there is no rule of learning \"{name}\""));
            problem.nearest(name, self.context.catalog.rule_names()).into()
        })
    }

    /// The largest weight, of which bare amplitudes are parts; NaN where the rule has none, or it is wrong.
    fn w_max(&self, card: &'static RuleCard, given: &BTreeMap<usize, &Value>) -> f64 {
        let value = card.parameter("w_max").and_then(|index| given.get(&index));
        let of = |value: &&Value| quantity(value, &self.ends.place).ok().map(|q| q.value);
        value.and_then(of).unwrap_or(f64::NAN)
    }

    fn setting(&self, card: &'static RuleCard, parameter: &RuleParam, value: Option<&Value>, w_max: f64) -> Outcome<Setting> {
        let spec = &parameter.spec;
        let Some(value) = value else {
            if spec.default.is_nan() {
                let message = format!("the rule {} needs {}: {}", card.name, spec.name, spec.about);
                return Err(Diagnostic::error("missing-key", self.decl.span, message).into());
            }
            let scale = if parameter.shape == RuleShape::Amplitude { w_max } else { 1.0 };
            return Ok(Setting::Constant(spec.default * scale));
        };
        if let ValueKind::Modulator { from, gain, offset } = &value.kind {
            return self.modulated(parameter, (from, gain.as_deref(), offset.as_deref()), w_max);
        }
        match parameter.shape {
            RuleShape::Word(words) => word(value, spec.name, words).map(|number| Setting::Constant(number as f64)),
            RuleShape::Number => self.number(value, spec.name, spec.dimension, spec.range).map(Setting::Constant),
            RuleShape::Weight => self.number(value, spec.name, self.dimension, spec.range).map(Setting::Constant),
            RuleShape::Amplitude => self.amplitude(value, spec.name, spec.range, w_max).map(Setting::Constant),
        }
    }

    fn number(&self, value: &Value, name: &str, dimension: Dimension, range: Range) -> Outcome<f64> {
        number(value, &Wanted::new(name, dimension, range), &self.ends.place)
    }

    /// An amount of weight; a bare number is a part of the largest.
    fn amplitude(&self, value: &Value, name: &str, range: Range, w_max: f64) -> Outcome<f64> {
        match quantity(value, &self.ends.place)? {
            Quantity { dimension: Dimension::NONE, value: part } => {
                Wanted::new(name, Dimension::NONE, range).check(Quantity::bare(part), value.span)?;
                Ok(part * w_max)
            }
            found => Wanted::new(name, self.dimension, range).check(found, value.span),
        }
    }

    fn modulated(
        &self,
        parameter: &RuleParam,
        (from, gain, offset): (&Spanned<String>, Option<&Value>, Option<&Value>),
        w_max: f64,
    ) -> Outcome<Setting> {
        let name = parameter.spec.name;
        if !parameter.modulated {
            let message = format!("{name} cannot be read from a modulator: it must be known before the run");
            return Err(Diagnostic::error("not-modulated", from.span, message).into());
        }
        let (first, cells) = self.variable(from)?;
        let channel = self.channel(first, cells);
        let part = |value: Option<&Value>, name: &str, default: f64| match (value, parameter.shape) {
            (None, RuleShape::Amplitude) => Ok(default * w_max),
            (None, _) => Ok(default),
            (Some(value), RuleShape::Amplitude) => self.amplitude(value, name, Range::Any, w_max),
            (Some(value), RuleShape::Weight) => self.number(value, name, self.dimension, Range::Any),
            (Some(value), _) => self.number(value, name, parameter.spec.dimension, Range::Any),
        };
        Ok(Setting::Modulated { channel, gain: part(gain, "gain", 1.0)?, offset: part(offset, "offset", 0.0)? })
    }

    /// The first cell's state variable that is meant, and how many cells there are: of the population of this name its first
    /// variable, else what stands behind the last dot.
    fn variable(&self, from: &Spanned<String>) -> Outcome<(Channel, u32)> {
        let named = |name: &str| self.context.names.roster.population(name, from.span);
        let (population, variable) = match (named(&from.value), from.value.rsplit_once('.')) {
            (Ok(population), _) => (population, None),
            (Err(_), Some((name, variable))) => (named(name)?, Some(variable)),
            (Err(problem), None) => return Err(problem),
        };
        let frame = self.frames.get(population).ok_or(Failure::Reported)?;
        let name = frame.entry.name;
        let problem = |message: String| Diagnostic::error("bad-modulator", from.span, message);
        let card: &'static NeuronCard = match frame.card.as_ref().ok_or(Failure::Reported)?.model {
            Model::Neuron(card) => card,
            Model::Stimulus(_) => return Err(problem(format!("\"{name}\" is a stimulus: it has no state to be read")).into()),
        };
        let cells = frame.size.ok_or(Failure::Reported)?;
        let index = match variable {
            None => Some(0).filter(|_| !card.states.is_empty()),
            Some(variable) => find_name(card.states.iter().map(|s| (s.name, s.aliases)), variable),
        };
        let variable = index.ok_or_else(|| {
            let known = card.states.iter().map(|s| s.name);
            problem(format!("{} has no such state variable", card.name)).nearest(variable.unwrap_or_default(), known)
        })?;
        Ok((Channel { population, cell: 0, variable }, cells))
    }

    /// The place on the bus of the first of some cells' variable; those of the others follow.
    fn channel(&self, first: Channel, cells: u32) -> usize {
        let mut channels = self.channels.borrow_mut();
        channels.iter().position(|channel| *channel == first).unwrap_or_else(|| {
            channels.extend((0..cells).map(|cell| Channel { cell, ..first }));
            channels.len() - cells as usize
        })
    }

    /// Whether weights are negative as a whole, and whether they start within the bounds.
    fn negative(&self, weight: &Draw, span: Span, (least, most): (f64, f64)) -> Outcome<bool> {
        let (low, high) = extent(weight);
        let negative = low < 0.0 && high <= 0.0 && least >= 0.0;
        let (low, high) = if negative { (-high, -low) } else { (low, high) };
        if (least, most) != AS_AT_THE_START && (low < least || high > most) {
            let message = format!("weights from {low} to {high} at the start, but the rule keeps them from {least} to {most}");
            let help = "raise w_max (or lower w_min), or give the weights' distribution a min and a max";
            return Err(Diagnostic::error("out-of-range", span, message).help(help).into());
        }
        Ok(negative)
    }
}
