//! Plastic synapses: what a rule is, to the engine and to the language.
//!
//! A synapse sees two trains of spikes, its source's and its target's, and changes at each of them. Between a spike of the
//! source and the next, only the target's spikes matter; so nothing is done to a synapse until its source's next spike
//! arrives, and then everything that happened meanwhile is worked off in the order of time (Morrison et al. 2007):
//!
//! ```text
//! source      e'                              e            emitted
//!             |-------- delay ------>         |-------- delay ------>  now: arrives
//! target            p1      p2        p3          p4
//! synapse     last  on_post on_post   on_post  on_pre, transmit          (p4 waits for the next spike)
//! ```
//!
//! Everything is evaluated as of emission: at arrival the target's spikes up to then are known, whatever the delay.
//! A rule is a few small pure functions over the variables of one synapse, the traces of its source and what was kept
//! of the target's spikes; [`Rule`] names them, the loops are the engine's (`engine/plastic`).

mod decay;

pub use decay::{Computed, Decay, LookedUp, Span};

use crate::catalog::{ParamSpec, StateSpec};
use crate::real::{Precision, Real};
use crate::time::Grid;
use crate::units::Dimension;

/// How the delay of a synapse is shared out between axon and dendrite, for learning; transmission takes it as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backpropagation {
    /// The target's spike reaches the synapse after the whole delay, the source's at once (NEST).
    Delayed,
    /// Both reach it at once.
    Instant,
}

impl Backpropagation {
    /// The time from the target's spike to the synapse.
    pub(crate) fn way<T: Default>(self, delay: T) -> T {
        match self {
            Self::Delayed => delay,
            Self::Instant => T::default(),
        }
    }

    /// The last tick whose spikes of the target count for a spike of the source that arrives at `arrival`.
    pub(crate) fn seen(self, arrival: i32, delay: u32) -> i32 {
        arrival.saturating_sub(delay as i32 + self.way(delay as i32))
    }

    /// The same in femtoseconds.
    pub(crate) fn seen_fs(self, arrival: i64, delay: i64) -> i64 {
        arrival.saturating_sub(delay.saturating_add(self.way(delay)))
    }
}

/// The conventions of a rule: everything in which implementations of one equation differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conventions {
    /// When the target's spike reaches the synapse.
    pub backpropagation: Backpropagation,
    /// Whether a spike transmits the weight from before its own depression, and before the change of a target's spike that
    /// reaches the synapse in the same tick.
    pub transmit_first: bool,
    /// Whether changes of one tick are added before the weight is kept within its bounds.
    pub clip_together: bool,
    /// Whether a spike of the target that reaches the synapse in the tick of the source's counts as one before it, too.
    pub meets_both: bool,
}

/// Spikes of several targets, as a synapse of each sees them: see [`PostSpike`].
#[derive(Clone, Copy, Debug)]
pub struct PostSpikes<'a, F, const Y: usize, T = i32> {
    /// Time since the source's last spike.
    pub since: &'a [T],
    /// What was kept of each.
    pub kept: &'a [[F; Y]],
    /// Time since the last spike of either side.
    pub idle: &'a [T],
}

/// A target's spike, as a synapse sees it.
#[derive(Clone, Copy, Debug)]
pub struct PostSpike<'a, F, const Y: usize, T = i32> {
    /// Time since the source's last spike.
    pub since: T,
    /// What was kept of it.
    pub kept: &'a [F; Y],
    /// Time since the last spike of either: since the source's last, where this is the first after it.
    pub idle: T,
}

impl<F, const Y: usize, T: PartialEq> PostSpike<'_, F, Y, T> {
    /// Whether it is the first since the source's last spike.
    #[inline(always)]
    pub fn is_first(&self) -> bool {
        self.idle == self.since
    }
}

/// A source's spike, as a synapse sees it.
#[derive(Clone, Copy, Debug)]
pub struct PreSpike<T = i32> {
    /// Time since the source's last spike; `None` if it is the first.
    pub since: Option<T>,
    /// Whether the target has fired since the source's last spike (before the first: at all), one at this time included.
    pub answers: bool,
}

/// What goes on in a synapse between its spikes: it follows a reward for as long as it is eligible,
/// dw/dt = c (reward - b), dc/dt = -c / tau_c. The engine integrates the reward once for all synapses (`engine/plastic/tape.rs`).
#[derive(Clone, Debug)]
pub struct Eligibility {
    /// The reward; within a step it fades with `tau_n_ms`, where there is one.
    pub reward: Setting,
    /// The reward at which weights stay.
    pub b: f64,
    /// Of the eligibility.
    pub tau_c_ms: f64,
    /// Of the reward within a step.
    pub tau_n_ms: Option<f64>,
    /// The grid.
    pub grid: Grid,
}

/// A rule's equations in numbers `F`: `V` variables a synapse (the weight first), `X` traces of the source, `Y` numbers kept of
/// each spike of the target; `T` is what it knows of time. Each call is one operation in `F`: in which portions the engine works them
/// off changes no bit.
pub trait Rule<F: Real, const V: usize, const X: usize, const Y: usize, T: Span = i32>: Clone + Send + Sync + 'static {
    /// Parameters that modulators change, at one tick.
    type Moment: Copy + Send + Sync;

    /// What a target is to a spike of a source.
    type Facing: Copy;

    /// The conventions.
    fn conventions(&self) -> Conventions;

    /// The parameters at a tick, from the modulators' values at its end.
    fn moment(&self, bus: &[f64]) -> Self::Moment;

    /// The source's traces just after a spike, from those after its last (zeros before the first) and the time since.
    fn source(&self, last: &[F; X], since: Option<T>) -> [F; X];

    /// Whether a spike of a target at this moment is one to the rule: as if it had not fired where not. Most of what a rule with a
    /// gate would be told changes nothing.
    #[inline(always)]
    fn heeds(&self, _moment: &Self::Moment) -> bool {
        true
    }

    /// What is kept of a target's spike, from what was kept of its last (zeros before the first) and the time since.
    fn target(&self, last: &[F; Y], since: Option<T>, moment: &Self::Moment) -> [F; Y];

    /// What a target is to a spike of a source, from what was kept of its last spike before and the time since; `None` before its first.
    /// One in the same tick counts only where the conventions say so.
    fn facing(&self, post: Option<(&[F; Y], T)>, moment: &Self::Moment) -> Self::Facing;

    /// Time after a spike of the source from which on a spike of the target changes nothing.
    fn reach(&self) -> T {
        T::FOREVER
    }

    /// How many of a target's spikes are remembered, where that is bounded: when a spike of the source comes, only the last so many are
    /// worked off. Nothing is then worked off but when one comes; 1 at least.
    fn history(&self) -> Option<u32> {
        None
    }

    /// Whether the rule is a few operations in which all that a spike of the target adds has faded to 0 beyond `reach`, and zeros kept of
    /// it are as good as none: then they are done for a spike that there is not, too. To ask whether there is one takes longer.
    const PLAIN: bool = false;

    /// Whether a change takes long: then the engine has those of many synapses made together, by [`on_post_each`](Self::on_post_each).
    const LONG: bool = false;

    /// Whether synapses change between spikes, too: then there is an eligibility, and spikes of the target are within reach always.
    const FLOWS: bool = false;

    /// What goes on between spikes.
    fn eligibility(&self) -> Option<Eligibility> {
        None
    }

    /// A stretch without spikes, through which the reward is above b, or below: of the eligibility's course `gain` is the integral
    /// with reward - b, and `left` what is left at the end, each for an eligibility of 1 at its beginning.
    fn flow(&self, _synapse: &mut [F; V], _gain: F, _left: F) {}

    /// A spike of the target. `source`: the traces just after the source's last spike.
    fn on_post(&self, synapse: &mut [F; V], source: &[F; X], spike: PostSpike<'_, F, Y, T>);

    /// A spike of the target at each of some synapses of a source: [`on_post`](Self::on_post), then [`clip`](Self::clip).
    fn on_post_each(&self, synapses: &mut [[F; V]], source: &[F; X], spikes: PostSpikes<'_, F, Y, T>) {
        let PostSpikes { since, kept, idle } = spikes;
        for (((synapse, since), kept), idle) in synapses.iter_mut().zip(since).zip(kept).zip(idle) {
            self.on_post(synapse, source, PostSpike { since: *since, kept, idle: *idle });
            self.clip(synapse);
        }
    }

    /// A spike of the source. `source`: the traces just after the one before.
    fn on_pre(&self, synapse: &mut [F; V], source: &[F; X], facing: &Self::Facing, spike: PreSpike<T>);

    /// Keeps the weight within its bounds.
    fn clip(&self, synapse: &mut [F; V]);

    /// What a spike transmits: the weight, unless the rule says otherwise. `source`: the traces just after this spike.
    #[inline(always)]
    fn transmitted(&self, synapse: &[F; V], _source: &[F; X], _facing: &Self::Facing) -> F {
        synapse[0]
    }
}

/// Where rules are at work: the numbers and the time of an engine, and the loops that it puts around a rule.
pub trait Host {
    /// Numbers.
    type Number: Real;

    /// Time.
    type Span: Span;

    /// A rule with the loops around it.
    type Learner: ?Sized;

    /// Puts them around it.
    fn learner<R, const V: usize, const X: usize, const Y: usize>(rule: R) -> Box<Self::Learner>
    where
        R: Rule<Self::Number, V, X, Y, Self::Span>;
}

/// What a parameter of a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleShape {
    /// A number of the spec's dimension.
    Number,
    /// A number in the unit of the projection's weights.
    Weight,
    /// A number in the unit of the projection's weights; a bare one is times w_max.
    Amplitude,
    /// One of these words; the default is a number among them.
    Word(&'static [&'static str]),
}

/// A parameter of a rule.
#[derive(Clone, Copy, Debug)]
pub struct RuleParam {
    /// Name, unit, range. What has NaN for a default must be given.
    pub spec: ParamSpec,
    /// Number, weight or another.
    pub shape: RuleShape,
    /// Whether it may be read from a modulator.
    pub modulated: bool,
}

/// Bounds of weights that stay as they are.
pub const AS_AT_THE_START: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);

/// A plasticity rule.
#[derive(Clone, Copy, Debug)]
pub struct RuleCard {
    /// Name in netlists.
    pub name: &'static str,
    /// NEST's and PyNN's names.
    pub aliases: &'static [&'static str],
    /// One line.
    pub about: &'static str,
    /// The equations, as text.
    pub equations: &'static str,
    /// Order of events, ties, what is transmitted.
    pub scheme: &'static str,
    /// Paper or manual, with section.
    pub source: &'static str,
    /// Parameters.
    pub parameters: &'static [RuleParam],
    /// Variables of a synapse; the weight is the first.
    pub variables: &'static [StateSpec],
    /// What is wrong with a combination of parameters (each alone is in range): the message.
    pub check: fn(values: &[f64]) -> Result<(), String>,
    /// Least and greatest weight, from the parameters; [`AS_AT_THE_START`] where weights do not change.
    pub bounds: fn(values: &[f64]) -> (f64, f64),
    /// Whether it can be computed in the numbers of SpiNNaker's chip.
    pub on_chip: bool,
    /// Prepares the rule for a projection.
    pub build: fn(setup: &Setup<'_>) -> Box<dyn crate::engine::Learner>,
    /// The same in continuous time, or why that has no meaning.
    pub build_event: Result<crate::event::Teach, &'static str>,
}

impl RuleCard {
    /// Index of a parameter by name or alias.
    pub fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|p| p.spec.name == name || p.spec.aliases.contains(&name))
    }

    /// Index of a synapse's variable by name or alias.
    pub fn variable(&self, name: &str) -> Option<usize> {
        self.variables.iter().position(|s| s.name == name || s.aliases.contains(&name))
    }
}

/// A parameter of a rule in a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting {
    /// A number in base units; of a word, its number among those that there are.
    Constant(f64),
    /// gain x value of a modulator + offset.
    Modulated {
        /// The modulator's place on the bus.
        channel: usize,
        /// Factor.
        gain: f64,
        /// Summand.
        offset: f64,
    },
}

impl Setting {
    /// Its value at a tick.
    #[inline]
    pub fn at(&self, bus: &[f64]) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Modulated { channel, gain, offset } => gain * bus[*channel] + offset,
        }
    }

    /// The number, where it is one.
    pub fn constant(&self) -> Option<f64> {
        match self {
            Self::Constant(value) => Some(*value),
            Self::Modulated { .. } => None,
        }
    }
}

/// Which cell of a population of modulators each target reads, where there are several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zones {
    /// By target: a modulator. Empty where one is for all.
    pub of: Vec<u32>,
    /// How many modulators there are.
    pub count: usize,
    /// Places on the bus of the first one's variables that the rule reads; those of the others follow each.
    pub channels: Vec<usize>,
}

impl Zones {
    /// The modulator of a target.
    #[inline(always)]
    pub fn zone(&self, target: usize) -> usize {
        self.of.get(target).map_or(0, |zone| *zone as usize)
    }

    /// The bus as the targets of each modulator see it, with its values in the place of the first one's.
    pub(crate) fn views(&self, bus: &[f64], mut each: impl FnMut(usize, &[f64])) {
        if self.of.is_empty() {
            return each(0, bus);
        }
        let mut view = bus.to_vec();
        for zone in 0..self.count {
            self.channels.iter().for_each(|channel| view[*channel] = bus[channel + zone]);
            each(zone, &view);
        }
    }

    /// Those of some of the targets.
    pub(crate) fn part(&self, targets: std::ops::Range<u32>) -> Self {
        let of = self.of.get(targets.start as usize..targets.end as usize).unwrap_or_default();
        Self { of: of.to_vec(), ..self.clone() }
    }
}

/// How a projection learns.
#[derive(Clone, Debug)]
pub struct Learning {
    /// The rule.
    pub card: &'static RuleCard,
    /// Parameters in the card's order.
    pub settings: Vec<Setting>,
    /// Least and greatest weight that a synapse may reach, as the rule sees it (see `negative`).
    pub bounds: (f64, f64),
    /// Whether weights are those of inhibition, negative: the rule then sees their magnitude.
    pub negative: bool,
    /// Unit of weights.
    pub dimension: Dimension,
    /// The modulators of the targets.
    pub zones: Zones,
}

impl Learning {
    /// The largest weight as the netlist has it, of which bare amplitudes are parts; NaN where the rule has none.
    pub fn largest(&self) -> f64 {
        let setting = self.card.parameter("w_max").and_then(|index| self.settings.get(index));
        setting.and_then(Setting::constant).unwrap_or(f64::NAN)
    }
}

/// What a rule is prepared from.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// Parameters in the card's order.
    pub settings: &'a [Setting],
    /// Least and greatest weight.
    pub bounds: (f64, f64),
    /// The grid.
    pub grid: Grid,
    /// Numbers that weights are kept in.
    pub precision: Precision,
    /// The step of 16-bit weights, in the numbers of SpiNNaker's chip; none in floating point.
    pub quantum: Option<f64>,
}

impl Setup<'_> {
    /// A parameter that no modulator changes; NaN where there is none.
    pub fn constant(&self, index: usize) -> f64 {
        self.settings.get(index).and_then(Setting::constant).unwrap_or(f64::NAN)
    }

    /// A parameter that a modulator may change.
    pub fn setting(&self, index: usize) -> Setting {
        self.settings.get(index).copied().unwrap_or(Setting::Constant(f64::NAN))
    }
}

/// A variable of the synapses of one projection, read out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SynapseValues {
    /// Cells within the source population, ascending.
    pub sources: Vec<u32>,
    /// Cells within the target population; ascending for each source and delay.
    pub targets: Vec<u32>,
    /// Delays in ticks; ascending for each source.
    pub delays: Vec<u64>,
    /// Values, with the sign that the netlist gives them.
    pub values: Vec<f64>,
}

impl SynapseValues {
    /// From source, delay, target and value of each synapse, those of one partition after those of another.
    pub(crate) fn sorted(mut all: Vec<(u32, u64, u32, f64)>) -> Self {
        // Stable: parallel synapses stay in order.
        all.sort_by_key(|(source, delay, target, _)| (*source, *delay, *target));
        Self {
            sources: all.iter().map(|s| s.0).collect(),
            targets: all.iter().map(|s| s.2).collect(),
            delays: all.iter().map(|s| s.1).collect(),
            values: all.iter().map(|s| s.3).collect(),
        }
    }
}

/// Which spikes count when a synapse's variable is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// All that have come to the synapse by now.
    Now,
    /// Those of the target only as far as a spike of the source that arrives now can have seen them: just after one, this is what it
    /// has left behind (NEST's `get`).
    AtArrival,
}
