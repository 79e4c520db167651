//! Modulators: populations that never fire, whose state rules of learning may read while running (`{ modulator = ".." }`).
//! They take spikes like neurons, with bare weights, and are recorded like them.

mod astrocyte_lr_1994;
mod leaky_modulator;
mod lim_astrocyte;

use sim_core::catalog::{NeuronCard, ParamSpec, Polarity, Range, ReceptorSpec, StateSpec};
use sim_core::units::Dimension;

/// Every modulator.
pub(crate) const ASTROCYTE_LR_1994: NeuronCard = astrocyte_lr_1994::CARD;
pub(crate) const LEAKY_MODULATOR: NeuronCard = leaky_modulator::CARD;
pub(crate) const LIM_ASTROCYTE: NeuronCard = lim_astrocyte::CARD;

const VALUE: StateSpec = StateSpec { name: "value", aliases: &[], dimension: Dimension::NONE, about: "what rules read" };

const RECEPTOR: ReceptorSpec =
    ReceptorSpec { name: "signed", polarity: Polarity::Signed, dimension: Dimension::NONE, magnitude: false };

const fn tau(default: f64) -> ParamSpec {
    ParamSpec { name: "tau", aliases: &[], dimension: Dimension::TIME, default, range: Range::Positive, about: "time constant" }
}

const fn bare(name: &'static str, aliases: &'static [&'static str], default: f64, about: &'static str) -> ParamSpec {
    ParamSpec { name, aliases, dimension: Dimension::NONE, default, range: Range::Any, about }
}
