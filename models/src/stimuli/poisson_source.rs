//! Cells that emit Poisson spike trains.

use super::Units;
use super::poisson::{PARAMETERS, check, spikes_per_tick};
use sim_core::catalog::{Effect, StimulusCard};
use sim_core::stimulus::Drive;

pub(super) const CARD: StimulusCard = StimulusCard {
    name: "poisson_source",
    aliases: &["SpikeSourcePoisson"],
    about: "cells with Poisson spikes, one train for each cell, shared by its targets",
    equations: "number of spikes in a tick ~ Poisson(rate h), independent for each tick and cell",
    scheme: "drawn once per tick and cell; emitted at start < t <= stop. A rate of the list holds from its time on",
    source: "PyNN documentation, standard model SpikeSourcePoisson",
    parameters: PARAMETERS,
    effect: Effect::Spikes,
    check,
    drive: |size, values, grid| Drive::Poisson(Units { size, values, grid }.each(spikes_per_tick)),
};
