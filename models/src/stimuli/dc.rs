//! A constant current.

use super::{START, STOP, Units, number, start_before_stop};
use sim_core::catalog::{Effect, Range, StimulusCard};
use sim_core::stimulus::{Drive, Schedule, Wave};
use sim_core::units::Dimension;

pub(super) const CARD: StimulusCard = StimulusCard {
    name: "dc",
    aliases: &["dc_generator", "DCSource"],
    about: "constant current",
    equations: "I(t) = amplitude for start < t <= stop",
    scheme: "constant within a tick; reaches its targets one delay later (one step unless said). For Izhikevich's neurons, \
             whose currents are bare numbers, 1 pA is 1",
    source: "NEST documentation, model dc_generator; PyNN documentation, DCSource",
    parameters: &[number("amplitude", &[], Dimension::CURRENT, 0.0, Range::Any, "the current"), START, STOP],
    effect: Effect::Current,
    check: |values| start_before_stop(values, START_AT, STOP_AT),
    drive: |size, values, grid| {
        Drive::Current(Units { size, values, grid }.each(|unit| {
            let (start, stop) = unit.window(START_AT, STOP_AT);
            Wave::Steps(Schedule::window(unit.number(AMPLITUDE), start, stop))
        }))
    },
};
const AMPLITUDE: usize = 0;
const START_AT: usize = 1;
const STOP_AT: usize = 2;
