//! What is true: base units, dense indices, immutable. It holds rules, not synapses: a projection is a
//! generator of its synapses, the same for every split of its targets.

use crate::catalog::{Effect, NeuronCard, StimulusCard, StimulusValue};
use crate::drawn::Drawn;
use crate::elaborate::synapses::extent;
use crate::engine::neurons::Neurons;
use crate::expr::Expr;
use crate::plasticity::Learning;
use crate::real::Precision;
use crate::space::{Positions, Space};
use crate::time::Grid;
use crate::trials::{Reset, Trials};
use std::ops::Range;
use std::sync::Arc;

/// One value for all neurons of a population, or one for each.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// The same for all.
    Shared(f64),
    /// One each.
    Each(Vec<f64>),
}

impl Column {
    /// The value of a neuron.
    pub fn get(&self, neuron: usize) -> f64 {
        match self {
            Column::Shared(value) => *value,
            Column::Each(values) => values[neuron],
        }
    }
}

/// A network.
#[derive(Clone, Debug)]
pub struct Network {
    /// Name.
    pub name: String,
    /// One sentence.
    pub about: String,
    /// Step of the grid engine in femtoseconds.
    pub timestep_fs: i64,
    /// Biological time in femtoseconds, warm-up left out.
    pub duration_fs: i64,
    /// The trials of which the duration is made, if it is.
    pub trials: Option<Trials>,
    /// Time run first, in femtoseconds, left out of rates and records.
    pub warmup_fs: i64,
    /// Seed of wiring and everything else.
    pub seed: u64,
    /// Seed of what is drawn while running.
    pub noise_seed: u64,
    /// How finely weights are rounded.
    pub weights: Weights,
    /// Numbers that neurons' state is kept in, except of models that need 64 bits.
    pub state: Precision,
    /// Whose arithmetic.
    pub numerics: Numerics,
    /// Rooms for positions.
    pub spaces: Vec<Space>,
    /// Populations, stimuli included, in order of appearance.
    pub populations: Vec<Population>,
    /// Projections between two populations, in order of appearance.
    pub projections: Vec<Projection>,
    /// Values of modulators that rules read: the bus.
    pub channels: Vec<Channel>,
    /// What is recorded.
    pub records: Vec<Record>,
    /// What is kept of synapses that learn.
    pub synapse_records: Vec<SynapseRecord>,
    /// Lists of synapses of which rows were left out, in order of appearance.
    pub left_out: Vec<LeftOut>,
    /// `[hardware]` defaults: key and value as written.
    pub hardware: Vec<(String, String)>,
}

impl Network {
    /// Whether any synapses learn.
    pub fn learns(&self) -> bool {
        self.projections.iter().any(|projection| projection.learning.is_some())
    }

    /// The trials, where they may be run side by side: they begin with the same state, and none learns from another.
    pub fn independent_trials(&self) -> Option<&Trials> {
        self.trials.as_ref().filter(|trials| trials.reset == Reset::State && !self.learns())
    }

    /// Neurons, stimuli left out.
    pub fn neurons(&self) -> usize {
        self.populations.iter().filter(|p| p.card().is_some()).map(|p| p.size as usize).sum()
    }

    /// A population by name.
    pub fn population(&self, name: &str) -> Option<&Population> {
        self.populations.iter().find(|p| p.name == name)
    }
}

/// Rows of a list rule's file that name a cell outside of their block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Name of the block.
    pub projection: String,
    /// How many of its rows.
    pub rows: u64,
    /// Out of how many that meet its conditions.
    pub of: u64,
}

/// How finely drawn weights are rounded; a projection with one weight keeps it in f64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Weights {
    /// 53 bits.
    F64,
    /// 24 bits.
    #[default]
    F32,
    /// 16-bit integers times a power of two.
    I16,
}

/// Whose arithmetic a network is computed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Numerics {
    /// Floating point.
    #[default]
    Float,
    /// The fixed point of SpiNNaker's chip: state in 32 bits, weights in 16.
    Spinnaker,
}

/// A population of neurons or of stimuli.
#[derive(Clone, Debug)]
pub struct Population {
    /// Full name.
    pub name: String,
    /// Global index of its first cell.
    pub first: u32,
    /// Number of cells.
    pub size: u32,
    /// What its cells are called, one name each; empty where they have numbers only.
    pub names: Vec<String>,
    /// What they are.
    pub cells: Cells,
    /// Where they lie.
    pub positions: Option<Positions>,
}

impl Population {
    /// The neurons' card; `None` for stimuli.
    pub fn card(&self) -> Option<&'static NeuronCard> {
        match &self.cells {
            Cells::Neurons { card, .. } => Some(card),
            Cells::Stimulus { .. } => None,
        }
    }

    /// Numbers that the neurons' state is kept in, as part of a network; `None` for stimuli.
    pub fn precision(&self, network: &Network) -> Option<Precision> {
        self.card().map(|card| card.precision(network.state))
    }

    /// Its neurons, prepared for a grid; `None` for stimuli.
    pub fn kernel(&self, network: &Network, grid: Grid) -> Option<Box<dyn Neurons>> {
        let Cells::Neurons { card, parameters, .. } = &self.cells else { return None };
        let size = self.size as usize;
        match (network.numerics, card.build_spinnaker) {
            (Numerics::Spinnaker, Some(build)) => {
                let steps = self.steps_of_weights(network, card).into_iter().map(Column::Shared);
                Some(build(size, &[parameters.clone(), steps.collect()].concat(), grid))
            }
            _ => Some(card.builder(network.state)(size, parameters, grid)),
        }
    }

    /// The weights into each receptor are multiples of this; 1 where there are none.
    fn steps_of_weights(&self, network: &Network, card: &NeuronCard) -> Vec<f64> {
        let is_own = |projection: &&Projection| network.populations.get(projection.target).is_some_and(|p| p.first == self.first);
        network.projections.iter().find(is_own).map_or(vec![1.0; card.receptors.len()], |projection| projection.quanta.clone())
    }

    /// What it does to the targets of its projections.
    pub fn effect(&self) -> Effect {
        match &self.cells {
            Cells::Neurons { card, .. } if card.slow_current().is_some() => Effect::Current,
            Cells::Neurons { .. } => Effect::Spikes,
            Cells::Stimulus { card, .. } => card.effect,
        }
    }

    /// Global indices of its cells.
    pub fn range(&self) -> Range<u32> {
        self.first..self.first + self.size
    }
}

/// The cells of a population.
#[derive(Clone, Debug)]
pub enum Cells {
    /// Neurons of one model.
    Neurons {
        /// The model.
        card: &'static NeuronCard,
        /// Parameters in the card's order, in base units.
        parameters: Vec<Column>,
        /// State at the start in the card's order: what the user gave (`None`: the card's rest state).
        initial: Vec<Option<Column>>,
    },
    /// Units of one stimulus.
    Stimulus {
        /// The stimulus.
        card: &'static StimulusCard,
        /// Parameters in the card's order, in base units.
        values: Vec<StimulusValue>,
    },
}

/// All synapses from (a part of) one population to (a part of) another.
#[derive(Clone, Debug)]
pub struct Projection {
    /// Name; several pairs of populations may share one.
    pub name: String,
    /// Index of the source population.
    pub source: usize,
    /// Index of the target population.
    pub target: usize,
    /// Cells of the source population that take part.
    pub source_cells: Range<u32>,
    /// Cells of the target population that take part.
    pub target_cells: Range<u32>,
    /// Who is connected to whom.
    pub rule: Rule,
    /// Weight of a synapse, in the receptor's unit, signed (inhibition negative unless `receptor` is given: then see there).
    pub weight: Draw,
    /// Delay in milliseconds.
    pub delay: Draw,
    /// The receptor by index, where the netlist names it: weights are then magnitudes (a signed receptor keeps signs).
    pub receptor: Option<usize>,
    /// Weights are multiples of these powers of two, for each receptor of the target, so that sums are exact in any order.
    pub quanta: Vec<f64>,
    /// How its synapses learn, where they do.
    pub learning: Option<Learning>,
    /// Keys this projection's random streams: a hash of its name and the names of its populations.
    pub key: u64,
    /// What its streams gave once, where a snapshot has it: then nothing is drawn.
    pub drawn: Option<Arc<Drawn>>,
}

impl Projection {
    /// Whether all its synapses have one weight, for good.
    pub(crate) fn has_one_weight(&self) -> bool {
        matches!(self.weight, Draw::Constant(_)) && self.learning.is_none()
    }

    /// Least and greatest weight that its synapses have or may reach, as the netlist signs them.
    pub(crate) fn extent(&self) -> (f64, f64) {
        let (low, high) = extent(&self.weight);
        match &self.learning {
            None => (low, high),
            Some(Learning { bounds: (least, most), negative: false, .. }) => (low.min(*least), high.max(*most)),
            Some(Learning { bounds: (least, most), .. }) => (low.min(-most), high.max(-least)),
        }
    }
}

/// Who is connected to whom. Indices count from the start of `source_cells` and `target_cells`.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// i to i.
    OneToOne,
    /// Every pair.
    AllToAll {
        /// Whether a cell is connected to the one with its index; within one population that is itself.
        same_index: bool,
    },
    /// So many sources for each target.
    FixedIndegree {
        /// How many.
        indegree: u32,
        /// Whether a neuron may be connected to itself.
        autapses: bool,
        /// Whether a pair may be connected more than once.
        multapses: bool,
    },
    /// So many targets for each source.
    FixedOutdegree {
        /// How many.
        outdegree: u32,
        /// Whether a neuron may be connected to itself.
        autapses: bool,
        /// Whether a pair may be connected more than once.
        multapses: bool,
    },
    /// So many synapses in all, uniform over the pairs, with or without replacement. The in-degrees are a multinomial or a
    /// multivariate hypergeometric draw, kept here: 4 bytes a target.
    FixedTotalNumber {
        /// Synapses in all.
        n: u64,
        /// How many of them each target got.
        indegrees: Vec<u32>,
        /// Whether a neuron may be connected to itself.
        autapses: bool,
        /// Whether a pair may be connected more than once.
        multapses: bool,
    },
    /// Every pair with a probability.
    PairwiseBernoulli {
        /// The probability.
        p: Chance,
        /// Whether a neuron may be connected to itself.
        autapses: bool,
    },
    /// An explicit list of (source, target), sorted by target then by place in the list.
    List {
        /// Sources and targets.
        pairs: Vec<(u32, u32)>,
        /// Place of each in the list as written: index of its weight and delay in `Draw::Each`.
        rows: Vec<u32>,
    },
}

/// A probability.
#[derive(Clone, Debug, PartialEq)]
pub enum Chance {
    /// The same for all pairs.
    Constant(f64),
    /// By the places of the two cells.
    Field {
        /// Its value.
        field: Field,
        /// Its sum over all pairs: the expected number of synapses.
        expected: f64,
        /// Most sources of a target whose probability is not 0.
        most: u32,
    },
}

/// A number that depends on how the two cells of a pair lie to each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its formula of `distance`, `dx`, `dy` and `dz`, in base units: nothing else is named there.
    pub formula: Expr,
    /// Least value of any pair that may be connected. All of them have one.
    pub low: f64,
    /// Greatest value.
    pub high: f64,
}

/// A number, one for all or drawn for each.
#[derive(Clone, Debug, PartialEq)]
pub enum Draw {
    /// The same for all.
    Constant(f64),
    /// From a distribution.
    Random(Distribution),
    /// Given one by one: by row of a list rule, by index of one_to_one.
    Each(Vec<f64>),
    /// By the places of source and target.
    Field(Field),
}

/// A distribution with bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// Shape.
    pub shape: DistributionShape,
    /// Lower bound (minus infinity: none).
    pub min: f64,
    /// Upper bound (infinity: none).
    pub max: f64,
    /// Outside the bounds: draw again, or clamp to the bound.
    pub redraw: bool,
}

/// Shapes of distributions. `keep_sign` is resolved to a bound at 0 by elaboration.
#[derive(Clone, Debug, PartialEq)]
pub enum DistributionShape {
    /// Between two values.
    Uniform {
        /// Lowest.
        low: f64,
        /// Highest.
        high: f64,
    },
    /// Gaussian.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// scale x exp(sigma z).
    Lognormal {
        /// Median.
        median: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Exponential.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// One of a list with equal chances.
    Choice(Vec<f64>),
}

/// A state variable of one cell that plastic synapses read at every tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Channel {
    /// Index of the population.
    pub population: usize,
    /// Cell within it.
    pub cell: u32,
    /// Index of the state variable in the card.
    pub variable: usize,
}

/// A record of spikes or of state variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Index of the population.
    pub population: usize,
    /// Cells within the population, ascending.
    pub cells: Vec<u32>,
    /// What.
    pub what: What,
    /// First time recorded is after this (femtoseconds from the very start, warm-up included).
    pub start_fs: i64,
    /// Last time recorded.
    pub stop_fs: i64,
}

/// A record of a variable of the synapses of a projection that learns.
#[derive(Clone, Debug, PartialEq)]
pub struct SynapseRecord {
    /// Name of the projection: of all that have it, where its targets are several populations.
    pub projection: String,
    /// Index of the variable in the rule's card.
    pub variable: usize,
    /// Interval in femtoseconds; without one, only the start and the end are recorded.
    pub every_fs: Option<i64>,
    /// First time recorded (femtoseconds from the very start, warm-up included).
    pub start_fs: i64,
    /// Last time recorded.
    pub stop_fs: i64,
}

/// What is recorded.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Spikes.
    Spikes,
    /// A state variable (index in the card) every so many femtoseconds.
    State {
        /// Index of the state variable in the card.
        variable: usize,
        /// Interval.
        every_fs: i64,
    },
}
