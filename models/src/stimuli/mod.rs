//! Stimuli. Each file holds a card and turns its parameters into a schedule on the grid; this one holds the table
//! of them and what all have in common.
//!
//! A value that begins at time t is emitted from the tick that begins at t on, the one stamped t + h; what is emitted
//! in a tick reaches a target one delay later (NEST's convention).

mod ac;
mod bernoulli_source;
mod dc;
mod image;
mod noise_current;
mod poisson;
mod poisson_source;
mod pulse_packet;
mod spike_train;
mod step_current;

use sim_core::catalog::{ParamSpec, Range, Shape, StimulusCard, StimulusParam, StimulusValue};
use sim_core::stimulus::{PerUnit, Schedule};
use sim_core::time::{self, Grid};
use sim_core::units::Dimension;

/// Every stimulus.
pub const STIMULI: &[StimulusCard] = &[
    poisson::CARD,
    poisson_source::CARD,
    bernoulli_source::CARD,
    spike_train::CARD,
    pulse_packet::CARD,
    image::CARD,
    dc::CARD,
    step_current::CARD,
    ac::CARD,
    noise_current::CARD,
];

/// A parameter that is one number per unit.
const fn number(
    name: &'static str,
    aliases: &'static [&'static str],
    dimension: Dimension,
    default: f64,
    range: Range,
    about: &'static str,
) -> StimulusParam {
    StimulusParam { spec: ParamSpec { name, aliases, dimension, default, range, about }, shape: Shape::Number }
}

/// A parameter that is a list per unit; by default it is empty.
const fn list(
    name: &'static str,
    aliases: &'static [&'static str],
    dimension: Dimension,
    range: Range,
    about: &'static str,
) -> StimulusParam {
    StimulusParam { spec: ParamSpec { name, aliases, dimension, default: 0.0, range, about }, shape: Shape::List }
}

/// When a stimulus begins; every card has it.
const START: StimulusParam = number("start", &[], Dimension::TIME, 0.0, Range::NotNegative, "silent until this time");

/// When a stimulus ends; every card has it. By default the end of time.
const STOP: StimulusParam =
    number("stop", &[], Dimension::TIME, time::MAX_MS, Range::NotNegative, "silent after this time (default: never)");

/// The parameters of a population of `size` units, seen unit by unit.
struct Units<'a> {
    size: usize,
    values: &'a [StimulusValue],
    grid: Grid,
}

impl Units<'_> {
    fn first(&self) -> Unit<'_> {
        Unit { units: self, index: 0 }
    }

    /// What `make` gives for each unit: made once where all parameters are shared.
    fn each<T>(&self, make: impl Fn(Unit<'_>) -> T) -> PerUnit<T> {
        let shared = self.values.iter().all(StimulusValue::is_shared);
        let unit = |index| make(Unit { units: self, index });
        if shared { PerUnit::Shared(unit(0)) } else { PerUnit::Each((0..self.size).map(unit).collect()) }
    }
}

/// One unit's parameters, by their index in the card.
#[derive(Clone, Copy)]
struct Unit<'a> {
    units: &'a Units<'a>,
    index: usize,
}

impl<'a> Unit<'a> {
    fn grid(self) -> Grid {
        self.units.grid
    }

    /// A number; 0 where there is none.
    fn number(self, parameter: usize) -> f64 {
        match self.units.values.get(parameter) {
            Some(StimulusValue::Number(column)) => column.get(self.index),
            _ => 0.0,
        }
    }

    /// A list; empty where there is none.
    fn list(self, parameter: usize) -> &'a [f64] {
        match self.units.values.get(parameter) {
            Some(StimulusValue::List(lists)) if lists.len() == 1 => &lists[0],
            Some(StimulusValue::List(lists)) => lists.get(self.index).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    /// The brightness of its pixel, from 0 to 1; 0 where there is none.
    fn brightness(self, parameter: usize) -> f64 {
        match self.units.values.get(parameter) {
            Some(StimulusValue::Image { pixels, .. }) => pixels.get(self.index).map_or(0.0, |pixel| f64::from(*pixel) / 255.0),
            _ => 0.0,
        }
    }

    /// The nearest tick of a time in ms.
    fn tick(self, ms: f64) -> u64 {
        time::fs_from_ms(ms.clamp(0.0, time::MAX_MS)).map_or(0, |fs| self.grid().tick(fs))
    }

    /// Last silent tick before the stimulus begins, and its last tick, from the indices of `start` and `stop`.
    fn window(self, start: usize, stop: usize) -> (u64, u64) {
        (self.tick(self.number(start)), self.tick(self.number(stop)))
    }

    /// A function that takes `values[i]` from time `times[i]` on, 0 before the first, within the window only.
    fn piecewise(self, times: &[f64], values: impl Iterator<Item = f64>, (start, stop): (u64, u64)) -> Schedule {
        if stop <= start {
            return Schedule::default();
        }
        let mut steps: Vec<(u64, f64)> = Vec::with_capacity(times.len() + 1);
        for (time, value) in times.iter().zip(values) {
            let first = self.tick(*time).max(start).saturating_add(1);
            // Of those that fall together, on the grid or before the start, the last holds.
            steps.pop_if(|last| last.0 == first);
            steps.push((first, value));
        }
        steps.retain(|(first, _)| *first <= stop);
        if !steps.is_empty() {
            steps.push((stop.saturating_add(1), 0.0));
        }
        Schedule(steps)
    }
}

/// Numbers come as one-element slices; NaN where there is none.
fn only(values: &[&[f64]], parameter: usize) -> f64 {
    values.get(parameter).and_then(|value| value.first()).copied().unwrap_or(f64::NAN)
}

/// A unit's list; empty where there is none.
fn items<'a>(values: &[&'a [f64]], parameter: usize) -> &'a [f64] {
    values.get(parameter).copied().unwrap_or(&[])
}

/// A stimulus cannot end before it begins.
fn start_before_stop(values: &[&[f64]], start: usize, stop: usize) -> Result<(), String> {
    let (start, stop) = (only(values, start), only(values, stop));
    if start <= stop { Ok(()) } else { Err(format!("start ({start} ms) must not be after stop ({stop} ms)")) }
}

/// Times and the values that begin at them: as many of each, times ascending.
fn pairs(times: &[f64], values: &[f64], name: &str) -> Result<(), String> {
    if times.len() != values.len() {
        return Err(format!("{} times but {} {name}: one of {name} for each of the times is needed", times.len(), values.len()));
    }
    match times.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => Err(format!("times must ascend: {} ms is followed by {} ms", pair[0], pair[1])),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
