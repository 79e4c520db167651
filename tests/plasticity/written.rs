//! The rule hebbian_gated, spike by spike: whatever a spike does it does at once, by the signals of its tick.

use super::history::{Trains, at, before, events};

pub(crate) struct Written {
    /// Ticks.
    pub(crate) window: u64,
    /// Whether it is the source's synapses that are written anew.
    pub(crate) by_source: bool,
    pub(crate) w_min: f64,
    pub(crate) w_max: f64,
}

impl Written {
    /// The weight after all spikes. Until the source's first spike it is told as it was.
    pub(crate) fn end(
        &self,
        trains: &Trains<'_>,
        weight: f64,
        encoding: impl Fn(u64) -> bool,
        writing: impl Fn(u64) -> bool,
    ) -> f64 {
        if trains.pre.is_empty() {
            return weight;
        }
        events(&[trains.pre, trains.post]).into_iter().fold(weight, |mut weight, tick| {
            if !at(trains.post, tick).is_empty() && writing(tick) {
                let last = before(trains.pre, tick).last();
                weight = match last.is_some_and(|last| tick - last <= self.window) {
                    true => self.w_max,
                    false if self.by_source => weight,
                    false => self.w_min,
                };
            }
            let cleared = !at(trains.pre, tick).is_empty() && self.by_source && encoding(tick);
            if cleared { self.w_min } else { weight }
        })
    }
}
