//! A Gaussian current, private to each connection.

use super::{START, STOP, Units, number, only, start_before_stop};
use sim_core::catalog::{Effect, Range, StimulusCard};
use sim_core::stimulus::{Drive, Noise};
use sim_core::units::Dimension;

pub(super) const CARD: StimulusCard = StimulusCard {
    name: "noise_current",
    aliases: &["noise_generator", "NoisyCurrentSource"],
    about: "Gaussian current, redrawn at regular times, independent for every connection",
    equations: "I(t) = mean + sd z_j for start + (j-1) dt < t <= start + j dt, with independent standard normal z_j",
    scheme: "constant for dt (nearest number of ticks, at least one); the variance of a target's potential depends on dt. \
             Reaches its targets one delay later (one step unless said). For Izhikevich's neurons, whose currents are bare \
             numbers, 1 pA is 1",
    source: "NEST documentation, model noise_generator; PyNN documentation, NoisyCurrentSource",
    parameters: &[
        number("mean", &[], Dimension::CURRENT, 0.0, Range::Any, "mean of the current"),
        number("sd", &["std", "stdev"], Dimension::CURRENT, 0.0, Range::NotNegative, "standard deviation of the current"),
        number("dt", &[], Dimension::TIME, 1.0, Range::Positive, "time between draws"),
        START,
        STOP,
    ],
    effect: Effect::Current,
    check: |values| {
        let dt = only(values, DT);
        if dt > sim_core::time::MAX_MS {
            return Err(format!("dt ({dt} ms) is longer than time itself"));
        }
        start_before_stop(values, START_AT, STOP_AT)
    },
    drive: |size, values, grid| {
        Drive::PrivateNoise(Units { size, values, grid }.each(|unit| {
            let (start, stop) = unit.window(START_AT, STOP_AT);
            Noise {
                mean: unit.number(MEAN),
                sd: unit.number(SD),
                every: unit.tick(unit.number(DT)).max(1),
                first: start.saturating_add(1),
                last: stop,
            }
        }))
    },
};
const MEAN: usize = 0;
const SD: usize = 1;
const DT: usize = 2;
const START_AT: usize = 3;
const STOP_AT: usize = 4;
