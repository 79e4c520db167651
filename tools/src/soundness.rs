//! Runs in which a neuron's state is no number any more, or runs away: found by a look each second of the clock and at the end, at no cost
//! between; when it began is found by running again.

use crate::cli::OnNan;
use crate::failure::Failure;
use crate::progress::interrupts;
use crate::running::Running;
use crate::simulation::Simulation;
use serde_json::{Value, json};
use sim_core::engine::Unsound;
use sim_core::record::{Sink, Window};
use sim_core::snapshot::Snapshot;
use sim_core::time::ms_from_fs;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Between two looks.
pub(crate) const EVERY: Duration = Duration::from_secs(1);

/// How many are named in words.
const NAMED: usize = 8;

/// What was found so far.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) on_nan: OnNan,
    /// What ended the run, and the tick at which it was found.
    pub(crate) found: Option<(Unsound, u64)>,
    /// The neurons that it goes on without, by population and cell, and the ticks at which they were found.
    quarantined: BTreeMap<(usize, u32), (Unsound, u64)>,
}

impl Watch {
    /// Looks. Whether the run may go on.
    pub(crate) fn look(&mut self, running: &mut Running) -> bool {
        let unsound = running.unsound();
        self.judge(&unsound, running)
    }

    /// The same of what was found at the end of a trial.
    pub(crate) fn judge(&mut self, unsound: &[Unsound], running: &mut Running) -> bool {
        let tick = running.tick();
        let place = |unsound: &Unsound| (unsound.population, unsound.cell);
        let new: Vec<Unsound> = unsound.iter().filter(|new| !self.quarantined.contains_key(&place(new))).copied().collect();
        match (self.on_nan, new.first()) {
            (_, None) => {}
            (OnNan::Stop, Some(first)) => self.found = Some((*first, tick)),
            (OnNan::Quarantine, Some(_)) => {
                new.iter().for_each(|unsound| running.silence(unsound.population, unsound.cell));
                self.quarantined.extend(new.iter().map(|unsound| (place(unsound), (*unsound, tick))));
            }
        }
        self.found.is_none()
    }

    /// The neurons that it goes on without.
    pub(crate) fn json(&self, running: &Running) -> Value {
        let one = |(unsound, tick): &(Unsound, u64)| {
            let (population, variable) = names(unsound, running);
            let by_ms = ms_from_fs(running.grid().fs(*tick));
            json!({ "population": population, "neuron": unsound.cell, "variable": variable, "by_ms": by_ms })
        };
        self.quarantined.values().map(one).collect()
    }

    /// The same in words; nothing where there are none.
    pub(crate) fn text(&self, running: &Running) -> String {
        let one = |(unsound, tick): &(Unsound, u64)| {
            let (population, variable) = names(unsound, running);
            let (value, by) = (word(unsound.value), running.grid().decimal_ms(*tick));
            format!("quarantined: neuron {} of {population}, whose {variable} is {value} by {by} ms\n", unsound.cell)
        };
        let more = self.quarantined.len().saturating_sub(NAMED);
        let more = if more > 0 { format!("and {more} more, which --json names\n") } else { String::new() };
        self.quarantined.values().take(NAMED).map(one).collect::<String>() + &more
    }
}

/// Population and variable.
fn names<'a>(unsound: &Unsound, running: &'a Running) -> (&'a str, &'a str) {
    let population = &running.network().populations[unsound.population];
    (&population.name, population.card().map_or("", |card| card.states[unsound.variable].name))
}

fn word(value: f64) -> String {
    if value.is_nan() { "not a number".into() } else { format!("{value:e}") }
}

/// Where a run was ended for a neuron, which and since when: goes back to where it began and looks for that, in as much time again at most.
pub(crate) fn judged(simulation: &mut Simulation, begun: Option<&Snapshot>) -> Option<Failure> {
    let (found, by) = simulation.watch.found.take()?;
    let (unsound, when) = match first(simulation, begun, by) {
        Some((unsound, tick)) => (unsound, format!("at {} ms", simulation.running.grid().decimal_ms(tick))),
        None => (found, format!("by {} ms", simulation.running.grid().decimal_ms(by))),
    };
    let (population, variable) = names(&unsound, &simulation.running);
    let value = word(unsound.value);
    let message = format!(
        "the run ends, a neuron's state makes no sense: neuron {} of {population}, whose {variable} is {value} {when}\n\
         its step may be too large (network.timestep), an input too strong or a parameter wrong; --on-nan quarantine goes on without it",
        unsound.cell
    );
    Some(Failure::Other("not-a-number", message))
}

/// Bisects for the tick at which a state first made no sense: at that of `by` it makes none.
fn first(simulation: &mut Simulation, begun: Option<&Snapshot>, by: u64) -> Option<(Unsound, u64)> {
    if simulation.running.check_snapshot().is_err() || simulation.running.network().independent_trials().is_some() {
        return None;
    }
    match begun {
        Some(snapshot) => simulation.running.restore(snapshot).ok()?,
        None => simulation.running.begin_again(),
    }
    let (mut good, mut low, mut high) = (simulation.running.snapshot().ok()?, simulation.running.tick(), by);
    let mut found = None;
    while high > low {
        let middle = (low + (high - low) / 2).max(low + 1);
        let there = simulation.go_silently_to(middle, &mut Unheard);
        if !there || interrupts().load(Ordering::Relaxed) {
            return None;
        }
        match simulation.running.unsound().first() {
            Some(unsound) if middle == low + 1 => return Some((*unsound, middle)),
            Some(unsound) => {
                (found, high) = (Some((*unsound, middle)), middle);
                simulation.running.restore(&good).ok()?;
            }
            None => (good, low) = (simulation.running.snapshot().ok()?, middle),
        }
    }
    found
}

/// Nobody listens.
struct Unheard;

impl Sink for Unheard {
    fn window(&mut self, _: &Window<'_>) -> ControlFlow<()> {
        if interrupts().load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
