//! Poisson spike trains, private to each connection.

use super::{START, STOP, Unit, Units, items, list, number, only, pairs, start_before_stop};
use sim_core::catalog::{Effect, Range, StimulusCard, StimulusParam};
use sim_core::stimulus::{Drive, Schedule};
use sim_core::units::Dimension;

pub(super) const CARD: StimulusCard = StimulusCard {
    name: "poisson",
    aliases: &["poisson_generator", "inhomogeneous_poisson_generator"],
    about: "Poisson spikes, an independent train for every connection",
    equations: "number of spikes in a tick ~ Poisson(rate h), independent for each tick and connection",
    scheme: "drawn once per tick and connection; emitted at start < t <= stop. A rate of the list holds from its time on",
    source: "NEST documentation, models poisson_generator and inhomogeneous_poisson_generator",
    parameters: PARAMETERS,
    effect: Effect::PrivateSpikes,
    check,
    drive: |size, values, grid| Drive::PrivatePoisson(Units { size, values, grid }.each(spikes_per_tick)),
};

/// Parameters of both kinds of Poisson stimulus.
pub(super) const PARAMETERS: &[StimulusParam] = &[
    number("rate", &[], Dimension::RATE, 0.0, Range::NotNegative, "mean number of spikes per time"),
    list(
        "times",
        &["rate_times"],
        Dimension::TIME,
        Range::NotNegative,
        "when the rates of `rates` begin, ascending; silent before",
    ),
    list("rates", &["rate_values"], Dimension::RATE, Range::NotNegative, "rates in place of `rate`, one for each of `times`"),
    START,
    STOP,
];
const RATE: usize = 0;
const TIMES: usize = 1;
const RATES: usize = 2;
const START_AT: usize = 3;
const STOP_AT: usize = 4;

pub(super) fn check(values: &[&[f64]]) -> Result<(), String> {
    let (times, rates) = (items(values, TIMES), items(values, RATES));
    if !rates.is_empty() && only(values, RATE) > 0.0 {
        return Err("rate and rates cannot be given together".to_string());
    }
    pairs(times, rates, "rates")?;
    start_before_stop(values, START_AT, STOP_AT)
}

/// Mean number of spikes in each tick.
pub(super) fn spikes_per_tick(unit: Unit<'_>) -> Schedule {
    let step = unit.grid().step_ms();
    let window = unit.window(START_AT, STOP_AT);
    let rates = unit.list(RATES);
    if rates.is_empty() {
        Schedule::window(unit.number(RATE) * step, window.0, window.1)
    } else {
        unit.piecewise(unit.list(TIMES), rates.iter().map(|rate| rate * step), window)
    }
}
