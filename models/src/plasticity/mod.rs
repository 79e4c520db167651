//! Rules of learning. Each file holds a card (what a user reads and writes) and the rule (what a synapse does at a spike);
//! this one holds the table of them and what they share.

mod dependence;
mod hebbian_gated;
mod stdp_calcium;
mod stdp_pair;
mod stdp_power_law;
mod stdp_reward;
mod stdp_spinnaker;
mod stdp_triplet;
mod tsodyks;
mod tsodyks2;
mod vogels_sprekeler;

use dependence::Dependence;
use sim_core::catalog::{ParamSpec, Range, StateSpec};
use sim_core::plasticity::{Backpropagation, Conventions, RuleCard, RuleParam, RuleShape, Setup};
use sim_core::real::Real;
use sim_core::units::Dimension;

/// Every rule.
pub const RULES: &[RuleCard] = &[
    stdp_pair::CARD,
    stdp_triplet::CARD,
    stdp_power_law::CARD,
    stdp_reward::CARD,
    stdp_spinnaker::CARD,
    stdp_calcium::CARD,
    hebbian_gated::CARD,
    vogels_sprekeler::CARD,
    tsodyks::CARD,
    tsodyks2::CARD,
];

/// A parameter that modulators do not change.
const fn fixed(
    name: &'static str,
    aliases: &'static [&'static str],
    dimension: Dimension,
    default: f64,
    range: Range,
    about: &'static str,
) -> RuleParam {
    RuleParam { spec: ParamSpec { name, aliases, dimension, default, range, about }, shape: RuleShape::Number, modulated: false }
}

/// A time constant.
const fn time_constant(name: &'static str, default: f64, about: &'static str) -> RuleParam {
    fixed(name, &[], Dimension::TIME, default, Range::Positive, about)
}

/// A number in the unit of weights.
const fn weight(name: &'static str, aliases: &'static [&'static str], default: f64, about: &'static str) -> RuleParam {
    RuleParam { shape: RuleShape::Weight, ..fixed(name, aliases, Dimension::NONE, default, Range::Any, about) }
}

/// A change of weight, which a modulator may set.
const fn amplitude(name: &'static str, default: f64, about: &'static str) -> RuleParam {
    RuleParam { shape: RuleShape::Amplitude, modulated: true, ..fixed(name, &[], Dimension::NONE, default, Range::Any, about) }
}

/// One of some words; the default is the first.
const fn word(name: &'static str, words: &'static [&'static str], about: &'static str) -> RuleParam {
    RuleParam { shape: RuleShape::Word(words), ..fixed(name, &[], Dimension::NONE, 0.0, Range::Any, about) }
}

const W_MIN: RuleParam = weight("w_min", &[], 0.0, "least weight");
const W_MAX: RuleParam = weight("w_max", &["wmax"], f64::NAN, "greatest weight");

/// What every synapse has.
const WEIGHT: StateSpec =
    StateSpec { name: "weight", aliases: &["w"], dimension: Dimension::NONE, about: "what a spike transmits" };

const BACKPROPAGATION: RuleParam = word(
    "backpropagation",
    &["delayed", "instant"],
    "the target's spikes reach the synapse after its delay (NEST: the delay is the dendrite's), or at once",
);
const TRANSMIT: RuleParam = word(
    "transmit",
    &["after", "before"],
    "a spike transmits the weight from after, or before, what it and a spike of the target at the same time do",
);
const CLIP: RuleParam = word(
    "clip",
    &["each", "together"],
    "the weight is kept within bounds after each change, or once after those of the same time",
);

/// The conventions, from the indices of `backpropagation`, `transmit` and `clip`.
fn conventions(setup: &Setup<'_>, [backpropagation, transmit, clip]: [usize; 3]) -> Conventions {
    let second = |index: usize| setup.constant(index) == 1.0;
    Conventions {
        backpropagation: if second(backpropagation) { Backpropagation::Instant } else { Backpropagation::Delayed },
        transmit_first: second(transmit),
        clip_together: second(clip),
        meets_both: false,
    }
}

/// A weight's range must not be empty.
fn bounds_in_order(w_min: f64, w_max: f64) -> Result<(), String> {
    if w_min < w_max { Ok(()) } else { Err(format!("w_min ({w_min}) must be below w_max ({w_max})")) }
}

/// A value of a card's parameters, by index; NaN where there is none.
fn value(values: &[f64], index: usize) -> f64 {
    values.get(index).copied().unwrap_or(f64::NAN)
}

/// A weight within bounds.
#[inline(always)]
fn clipped<F: Real>(weight: F, min: F, max: F) -> F {
    let low = if weight < min { min } else { weight };
    if low > max { max } else { low }
}
