//! A current that changes at given times.

use super::{START, STOP, Units, items, list, pairs, start_before_stop};
use sim_core::catalog::{Effect, Range, StimulusCard};
use sim_core::stimulus::{Drive, Wave};
use sim_core::units::Dimension;

pub(super) const CARD: StimulusCard = StimulusCard {
    name: "step_current",
    aliases: &["step_current_generator", "StepCurrentSource"],
    about: "current that changes at given times",
    equations: "I(t) = the amplitude whose time was passed last, for start < t <= stop; 0 before the first",
    scheme: "constant within a tick, times at the nearest one; reaches its targets one delay later (one step unless said). \
             For Izhikevich's neurons, whose currents are bare numbers, 1 pA is 1",
    source: "NEST documentation, model step_current_generator; PyNN documentation, StepCurrentSource",
    parameters: &[
        list("times", &["amplitude_times"], Dimension::TIME, Range::NotNegative, "when the amplitudes begin, ascending"),
        list("amplitudes", &["amplitude_values"], Dimension::CURRENT, Range::Any, "the currents, one for each time"),
        START,
        STOP,
    ],
    effect: Effect::Current,
    check: |values| {
        pairs(items(values, TIMES), items(values, AMPLITUDES), "amplitudes")?;
        start_before_stop(values, START_AT, STOP_AT)
    },
    drive: |size, values, grid| {
        Drive::Current(Units { size, values, grid }.each(|unit| {
            let amplitudes = unit.list(AMPLITUDES).iter().copied();
            Wave::Steps(unit.piecewise(unit.list(TIMES), amplitudes, unit.window(START_AT, STOP_AT)))
        }))
    },
};
const TIMES: usize = 0;
const AMPLITUDES: usize = 1;
const START_AT: usize = 2;
const STOP_AT: usize = 3;
