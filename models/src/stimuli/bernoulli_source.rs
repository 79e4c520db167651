//! Cells that spike with a probability per tick.

use super::{START, STOP, Units, number, only, start_before_stop};
use sim_core::catalog::{Effect, Range, StimulusCard};
use sim_core::stimulus::{Drive, Schedule};
use sim_core::units::Dimension;

pub(super) const CARD: StimulusCard = StimulusCard {
    name: "bernoulli_source",
    aliases: &[],
    about: "cells that spike with a probability in each step, one train for each cell, shared by its targets",
    equations: "a spike in a tick with probability p, independent for each tick and cell",
    scheme: "drawn once per tick and cell, at most one spike a tick; emitted at start < t <= stop. Another timestep is another \
             rate: p / h",
    source: "the Bernoulli process; NALSM's inputs (Ivanov & Michmizos 2021, section 4) are of this kind",
    parameters: &[number("p", &[], Dimension::NONE, 0.0, Range::NotNegative, "probability of a spike in a step"), START, STOP],
    effect: Effect::Spikes,
    check: |values| {
        let p = only(values, P);
        if p > 1.0 {
            return Err(format!("p = {p} is no probability: from 0 to 1"));
        }
        start_before_stop(values, START_AT, STOP_AT)
    },
    drive: |size, values, grid| {
        Drive::Bernoulli(Units { size, values, grid }.each(|unit| {
            let (start, stop) = unit.window(START_AT, STOP_AT);
            Schedule::window(unit.number(P), start, stop)
        }))
    },
};
const P: usize = 0;
const START_AT: usize = 1;
const STOP_AT: usize = 2;
