//! A sinusoidal current.

use super::{START, STOP, Units, number, start_before_stop};
use sim_core::catalog::{Effect, Range, StimulusCard};
use sim_core::stimulus::{Drive, Sine, Wave};
use sim_core::units::Dimension;

pub(super) const CARD: StimulusCard = StimulusCard {
    name: "ac",
    aliases: &["ac_generator", "ACSource"],
    about: "sinusoidal current",
    equations: "I(t) = offset + amplitude sin(2 pi frequency t + 2 pi phase / 360) for start < t <= stop",
    scheme: "constant within a tick, with the value at its beginning; time counts from the start of the run, not of the current. \
             Reaches its targets one delay later (one step unless said). For Izhikevich's neurons, whose currents are bare \
             numbers, 1 pA is 1",
    source: "NEST documentation, model ac_generator; PyNN documentation, ACSource",
    parameters: &[
        number("amplitude", &[], Dimension::CURRENT, 0.0, Range::Any, "amplitude of the sine"),
        number("offset", &[], Dimension::CURRENT, 0.0, Range::Any, "mean of the current"),
        number("frequency", &[], Dimension::RATE, 0.0, Range::NotNegative, "cycles per time"),
        number("phase", &[], Dimension::NONE, 0.0, Range::Any, "phase at time 0, in degrees"),
        START,
        STOP,
    ],
    effect: Effect::Current,
    check: |values| start_before_stop(values, START_AT, STOP_AT),
    drive: |size, values, grid| {
        Drive::Current(Units { size, values, grid }.each(|unit| {
            let (start, stop) = unit.window(START_AT, STOP_AT);
            Wave::Sine(Sine {
                offset: unit.number(OFFSET),
                amplitude: unit.number(AMPLITUDE),
                cycles: unit.number(FREQUENCY) * unit.grid().step_ms(),
                phase: unit.number(PHASE) / 360.0,
                first: start.saturating_add(1),
                last: stop,
            })
        }))
    },
};
const AMPLITUDE: usize = 0;
const OFFSET: usize = 1;
const FREQUENCY: usize = 2;
const PHASE: usize = 3;
const START_AT: usize = 4;
const STOP_AT: usize = 5;
