//! Packets of spikes around given times.

use super::{START, STOP, Units, items, list, number, only, start_before_stop};
use sim_core::catalog::{Effect, Range, StimulusCard};
use sim_core::stimulus::{Drive, Packets};
use sim_core::units::Dimension;

pub(super) const CARD: StimulusCard = StimulusCard {
    name: "pulse_packet",
    aliases: &["pulsepacket_generator"],
    about: "cells that emit packets of spikes, normally distributed around given times",
    equations: "at each of the times, `activity` spikes at time + sd z, with independent standard normal z",
    scheme: "each cell draws its own packets, which all of its targets get; spikes go to the nearest tick (halves up) and may \
             repeat in one; only those with start < t <= stop are emitted (NEST takes the next tick, and emits one tick later: \
             1.5 ticks in the mean)",
    source: "NEST documentation, model pulsepacket_generator; Diesmann, Gewaltig & Aertsen (1999), Nature 402:529-533",
    parameters: &[
        list("times", &["pulse_times"], Dimension::TIME, Range::NotNegative, "centres of the packets"),
        number("activity", &[], Dimension::NONE, 1.0, Range::NotNegative, "spikes in a packet of one cell"),
        number("sd", &["sdev"], Dimension::TIME, 0.0, Range::NotNegative, "standard deviation of the spikes' times"),
        START,
        STOP,
    ],
    effect: Effect::Spikes,
    check,
    drive: |size, values, grid| {
        Drive::Packets(Units { size, values, grid }.each(|unit| {
            let (start, stop) = unit.window(START_AT, STOP_AT);
            Packets { centres: unit.list(TIMES).to_vec(), count: unit.number(ACTIVITY) as u32, sd: unit.number(SD), start, stop }
        }))
    },
};
const TIMES: usize = 0;
const ACTIVITY: usize = 1;
const SD: usize = 2;
const START_AT: usize = 3;
const STOP_AT: usize = 4;

/// Most spikes that a cell emits in all: they are kept as a list.
const MOST: f64 = 1e7;

fn check(values: &[&[f64]]) -> Result<(), String> {
    let activity = only(values, ACTIVITY);
    if activity.fract() != 0.0 {
        return Err(format!("activity = {activity} is no whole number of spikes"));
    }
    let packets = items(values, TIMES).len();
    if activity * packets as f64 > MOST {
        return Err(format!("{packets} packets of {activity} spikes: a cell may have at most {MOST} in all"));
    }
    start_before_stop(values, START_AT, STOP_AT)
}
