//! Cards: what a model is called, what it takes, what it remembers, where it comes from. A card is
//! constant data beside a kernel; netlist keys, unit checks, `list`, `describe`, probes and hardware
//! cost all follow from it.

use crate::engine::neurons::Neurons;
use crate::network::Column;
use crate::plasticity::RuleCard;
use crate::real::Precision;
use crate::stimulus::Drive;
use crate::system::SystemCard;
use crate::time::Grid;
use crate::units::Dimension;

/// Everything the language can name.
#[derive(Clone, Copy, Debug)]
pub struct Catalog {
    /// Neuron models.
    pub neurons: &'static [NeuronCard],
    /// Stimuli.
    pub stimuli: &'static [StimulusCard],
    /// Rules of learning.
    pub rules: &'static [RuleCard],
    /// Whole systems.
    pub systems: &'static [SystemCard],
}

impl Catalog {
    /// A neuron model by its name or an alias.
    pub fn neuron(&self, name: &str) -> Option<&'static NeuronCard> {
        self.neurons.iter().find(|c| c.name == name || c.aliases.contains(&name))
    }

    /// A stimulus by its name or an alias.
    pub fn stimulus(&self, name: &str) -> Option<&'static StimulusCard> {
        self.stimuli.iter().find(|c| c.name == name || c.aliases.contains(&name))
    }

    /// A rule of learning by its name or an alias.
    pub fn rule(&self, name: &str) -> Option<&'static RuleCard> {
        self.rules.iter().find(|c| c.name == name || c.aliases.contains(&name))
    }

    /// Names of all rules with their aliases.
    pub fn rule_names(&self) -> Vec<&'static str> {
        self.rules.iter().flat_map(|c| std::iter::once(c.name).chain(c.aliases.iter().copied())).collect()
    }

    /// A whole system by its name or an alias.
    pub fn system(&self, name: &str) -> Option<&'static SystemCard> {
        self.systems.iter().find(|c| c.name == name || c.aliases.contains(&name))
    }

    /// Names of all models and stimuli with their aliases, for suggestions.
    pub fn model_names(&self) -> Vec<&'static str> {
        let neurons = self.neurons.iter().map(|c| (c.name, c.aliases));
        let stimuli = self.stimuli.iter().map(|c| (c.name, c.aliases));
        neurons.chain(stimuli).flat_map(|(name, aliases)| std::iter::once(name).chain(aliases.iter().copied())).collect()
    }
}

/// Values that a parameter may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// Any finite number.
    Any,
    /// Above 0.
    Positive,
    /// 0 or above.
    NotNegative,
    /// From 0 to 1.
    Probability,
}

impl Range {
    /// Whether the value is allowed.
    pub fn holds(self, value: f64) -> bool {
        value.is_finite()
            && match self {
                Range::Any => true,
                Range::Positive => value > 0.0,
                Range::NotNegative => value >= 0.0,
                Range::Probability => (0.0..=1.0).contains(&value),
            }
    }

    /// In words, for messages.
    pub fn words(self) -> &'static str {
        match self {
            Range::Any => "a finite number",
            Range::Positive => "greater than 0",
            Range::NotNegative => "0 or greater",
            Range::Probability => "between 0 and 1",
        }
    }
}

/// A parameter of a neuron model or a stimulus.
#[derive(Clone, Copy, Debug)]
pub struct ParamSpec {
    /// NEST's name in lower case.
    pub name: &'static str,
    /// Other names (PyNN's).
    pub aliases: &'static [&'static str],
    /// Dimension; `NONE` for bare numbers.
    pub dimension: Dimension,
    /// Default in base units.
    pub default: f64,
    /// Allowed values.
    pub range: Range,
    /// A few words.
    pub about: &'static str,
}

/// A state variable: recordable, and settable with `initial`.
#[derive(Clone, Copy, Debug)]
pub struct StateSpec {
    /// Name in netlists and traces.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Dimension.
    pub dimension: Dimension,
    /// A few words.
    pub about: &'static str,
}

/// What a receptor takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polarity {
    /// Positive weights, or magnitudes given with `receptor`.
    Excitatory,
    /// Negative weights, or magnitudes given with `receptor`.
    Inhibitory,
    /// Weights of either sign in one slot.
    Signed,
}

/// A receptor: one input slot of a neuron.
#[derive(Clone, Copy, Debug)]
pub struct ReceptorSpec {
    /// "excitatory", "inhibitory"; the signed receptor of models that have only one is "signed".
    pub name: &'static str,
    /// Which weights come here.
    pub polarity: Polarity,
    /// Dimension of a weight.
    pub dimension: Dimension,
    /// Whether the kernel sees an inhibitory weight as a magnitude (conductances) or as a negative number (currents).
    pub magnitude: bool,
}

/// What one update costs on a machine without floating point units: the operations of a step, counted
/// from the kernel's formula. Platforms turn them into cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdateCost {
    /// Multiplications and additions of a step.
    pub operations: u32,
    /// State variables and coefficients read or written, in 4-byte words.
    pub words: u32,
}

/// A neuron model.
#[derive(Clone, Copy, Debug)]
pub struct NeuronCard {
    /// Name in netlists.
    pub name: &'static str,
    /// NEST's and PyNN's names.
    pub aliases: &'static [&'static str],
    /// One line.
    pub about: &'static str,
    /// The equations, as text.
    pub equations: &'static str,
    /// How they are integrated, and when input acts within the step.
    pub scheme: &'static str,
    /// Paper or manual, with section.
    pub source: &'static str,
    /// Parameters.
    pub parameters: &'static [ParamSpec],
    /// State variables; the kernel's first columns, in this order. Hidden columns follow.
    pub states: &'static [StateSpec],
    /// Receptors; the kernel's first input rows, in this order. The row of injected current follows.
    pub receptors: &'static [ReceptorSpec],
    /// Cost of an update.
    pub cost: UpdateCost,
    /// What is wrong with a combination of parameters (each alone is in range): the message.
    pub check: fn(parameters: &[f64]) -> Result<(), String>,
    /// Fills the kernel's whole state (`states` and hidden columns) at rest: `given[i]` says that `state[i]` was set by
    /// the user and must be left alone. Hidden columns come with a random number in 0..1 of each neuron's own.
    pub initial: fn(parameters: &[f64], state: &mut [f64], given: &[bool]),
    /// Prepares the kernel for a population of `size` neurons.
    pub build: Build,
    /// The same with state in 32-bit numbers; none where they cannot hold what the scheme promises.
    pub build_f32: Option<Build>,
    /// The same in the numbers of SpiNNaker's chip: behind the card's parameters come the steps of the weights of its receptors. None
    /// where the model is not one of sPyNNaker's.
    pub build_spinnaker: Option<Build>,
    /// The same in continuous time, for the event engine. None where the model has no such form.
    pub build_event: Option<crate::event::Build>,
}

/// From the number of neurons, their parameters (card's order, base units) and the grid.
pub type Build = fn(size: usize, parameters: &[Column], grid: Grid) -> Box<dyn Neurons>;

impl NeuronCard {
    /// The precisions that its state can have.
    pub fn precisions(&self) -> &'static [Precision] {
        if self.build_f32.is_some() { &[Precision::F64, Precision::F32] } else { &[Precision::F64] }
    }

    /// The precision of its state where this one is wanted.
    pub fn precision(&self, wanted: Precision) -> Precision {
        if self.build_f32.is_some() { wanted } else { Precision::F64 }
    }

    /// The kernel's builder where this precision is wanted.
    pub fn builder(&self, wanted: Precision) -> Build {
        match wanted {
            Precision::F64 => self.build,
            Precision::F32 => self.build_f32.unwrap_or(self.build),
        }
    }

    /// Index of a parameter by name or alias.
    pub fn parameter(&self, name: &str) -> Option<usize> {
        find(self.parameters.iter().map(|p| (p.name, p.aliases)), name)
    }

    /// Index of the state variable that is the slow inward current it makes: it is called sic and is a current. Such a cell
    /// does not fire; its projections inject this current.
    pub fn slow_current(&self) -> Option<usize> {
        self.states.iter().position(|state| state.name == "sic" && state.dimension == Dimension::CURRENT)
    }

    /// Index of a state variable by name or alias.
    pub fn state(&self, name: &str) -> Option<usize> {
        find(self.states.iter().map(|s| (s.name, s.aliases)), name)
    }
}

pub(crate) fn find(specs: impl Iterator<Item = (&'static str, &'static [&'static str])>, name: &str) -> Option<usize> {
    let mut specs = specs;
    specs.position(|(own, aliases)| own == name || aliases.contains(&name))
}

/// What a parameter of a stimulus holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One number per unit.
    Number,
    /// A list per unit (times, amplitudes).
    List,
    /// A whole number, 0 or above, for all units.
    Whole,
    /// One of these words, for all units; the default is a number among them.
    Word(&'static [&'static str]),
    /// The path of a file of images, of which the parameter of shape `Whole` chooses one: a pixel per unit.
    Image,
}

/// A parameter of a stimulus.
#[derive(Clone, Copy, Debug)]
pub struct StimulusParam {
    /// Name, unit, range. Lists have no default but the empty list; what has NaN must be given, as an image must.
    pub spec: ParamSpec,
    /// Number, list or another.
    pub shape: Shape,
}

/// Realised parameters of a stimulus, in the card's order.
#[derive(Clone, Debug, PartialEq)]
pub enum StimulusValue {
    /// One number, shared or per unit, in base units; of a word, its number among those that there are.
    Number(Column),
    /// One list for all units, or one list per unit, in base units.
    List(Vec<Vec<f64>>),
    /// An image.
    Image {
        /// The path of its file, as in the netlist.
        file: String,
        /// Which of its images.
        item: u32,
        /// The brightness of each pixel, one a unit.
        pixels: Vec<u8>,
    },
}

impl StimulusValue {
    /// Whether all units have the same.
    pub fn is_shared(&self) -> bool {
        match self {
            Self::Number(column) => matches!(column, Column::Shared(_)),
            Self::List(lists) => lists.len() <= 1,
            Self::Image { pixels, .. } => pixels.len() <= 1,
        }
    }
}

/// What a stimulus, or another population, does to its targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Its cells emit spikes: recordable, any target, weights in the receptor's unit, delay required.
    Spikes,
    /// Private spike trains for every connection: not recordable. Weights and delays as above.
    PrivateSpikes,
    /// Injects current: weight is a bare factor (default 1), delay defaults to one step.
    Current,
}

/// A stimulus.
#[derive(Clone, Copy, Debug)]
pub struct StimulusCard {
    /// Name in netlists.
    pub name: &'static str,
    /// NEST's and PyNN's names.
    pub aliases: &'static [&'static str],
    /// One line.
    pub about: &'static str,
    /// What it does, as text.
    pub equations: &'static str,
    /// How it is drawn on the grid.
    pub scheme: &'static str,
    /// Paper or manual, with section.
    pub source: &'static str,
    /// Parameters.
    pub parameters: &'static [StimulusParam],
    /// What it does to its targets.
    pub effect: Effect,
    /// What is wrong with a unit's values: the message. Numbers come as one-element slices.
    pub check: fn(values: &[&[f64]]) -> Result<(), String>,
    /// Its schedule on the grid, for a population of `size` units.
    pub drive: fn(size: usize, values: &[StimulusValue], grid: Grid) -> Drive,
}

impl StimulusCard {
    /// Index of a parameter by name or alias.
    pub fn parameter(&self, name: &str) -> Option<usize> {
        find(self.parameters.iter().map(|p| (p.spec.name, p.spec.aliases)), name)
    }
}
