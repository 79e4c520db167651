//! Cells that emit spikes at given times.

use super::{START, STOP, Unit, Units, items, list, start_before_stop};
use sim_core::catalog::{Effect, Range, StimulusCard};
use sim_core::stimulus::Drive;
use sim_core::units::Dimension;

pub(super) const CARD: StimulusCard = StimulusCard {
    name: "spike_train",
    aliases: &["spike_generator", "SpikeSourceArray"],
    about: "cells that spike at given times",
    equations: "a spike at each of the times",
    scheme: "times go to the nearest tick (halves up), the first tick at the earliest; a time that stands twice is two \
             spikes; only those with start < t <= stop are emitted",
    source: "NEST documentation, model spike_generator; PyNN documentation, standard model SpikeSourceArray",
    parameters: &[list("times", &["spike_times"], Dimension::TIME, Range::Positive, "when it spikes, in any order"), START, STOP],
    effect: Effect::Spikes,
    check,
    drive: |size, values, grid| Drive::SpikeTimes(Units { size, values, grid }.each(ticks)),
};
const TIMES: usize = 0;
const START_AT: usize = 1;
const STOP_AT: usize = 2;

fn check(values: &[&[f64]]) -> Result<(), String> {
    if let Some(time) = items(values, TIMES).iter().find(|time| **time <= 0.0) {
        return Err(format!("a spike at {time} ms would be before the first tick: times are greater than 0"));
    }
    start_before_stop(values, START_AT, STOP_AT)
}

fn ticks(unit: Unit<'_>) -> Vec<u64> {
    let (start, stop) = unit.window(START_AT, STOP_AT);
    let on_grid = unit.list(TIMES).iter().map(|time| unit.tick(*time).max(1));
    let mut ticks: Vec<u64> = on_grid.filter(|tick| *tick > start && *tick <= stop).collect();
    ticks.sort_unstable();
    ticks
}
