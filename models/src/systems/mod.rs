//! Whole systems. Each file holds a card and turns its values into the populations and projections that it stands for; this
//! one holds the table of them and what all have in common.

pub mod ca3;
mod liquid;
mod parts;

use sim_core::catalog::{ParamSpec, Range};
use sim_core::system::{SystemCard, SystemParam, SystemShape};
use sim_core::units::Dimension;

/// Every whole system.
pub const SYSTEMS: &[SystemCard] = &[
    liquid::CARD,
    ca3::MEMORY,
    ca3::HARDENED,
    ca3::SPARSE,
    ca3::CUE_MEMORY,
    ca3::BINARY_CUE_MEMORY,
    ca3::DECODER_MEMORY,
    ca3::OSCILLATORY,
    ca3::REGULATED,
];

/// A parameter that is one number.
const fn number(name: &'static str, dimension: Dimension, default: f64, range: Range, about: &'static str) -> SystemParam {
    SystemParam { spec: ParamSpec { name, aliases: &[], dimension, default, range, about }, shape: SystemShape::Number }
}

/// A parameter that is one of some words, by default the first.
const fn word(name: &'static str, words: &'static [&'static str], about: &'static str) -> SystemParam {
    let spec = ParamSpec { name, aliases: &[], dimension: Dimension::NONE, default: 0.0, range: Range::Any, about };
    SystemParam { spec, shape: SystemShape::Word(words) }
}

/// A parameter that must be given.
const fn required(name: &'static str, shape: SystemShape, about: &'static str) -> SystemParam {
    let spec = ParamSpec { name, aliases: &[], dimension: Dimension::NONE, default: f64::NAN, range: Range::Any, about };
    SystemParam { spec, shape }
}

/// A parameter that is a file or a list of tables, by default neither.
const fn optional(name: &'static str, shape: SystemShape, about: &'static str) -> SystemParam {
    let spec = ParamSpec { name, aliases: &[], dimension: Dimension::NONE, default: 0.0, range: Range::Any, about };
    SystemParam { spec, shape }
}
