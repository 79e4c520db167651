//! How long neurons wait between spikes: all intervals of each population, counted by their length.

use super::{Interval, Places};
use crate::record::Spike;
use std::collections::BTreeMap;
use std::ops::Range;

/// Counts the intervals between successive spikes of every neuron, by population and by length in ticks.
#[derive(Clone, Debug)]
pub struct IntervalCounts {
    interval: Interval,
    places: Places,
    /// By slot: tick of the last spike.
    last: Vec<Option<u64>>,
    counts: Vec<BTreeMap<u64, u64>>,
}

impl IntervalCounts {
    /// Counts over an interval of populations given by their ranges of global indices, which must not overlap.
    pub fn new(populations: &[Range<u32>], interval: Interval) -> Self {
        let places = Places::new(populations);
        let (last, counts) = (vec![None; places.neurons()], vec![BTreeMap::new(); populations.len()]);
        Self { interval, places, last, counts }
    }

    /// Takes a spike; one outside the interval or the populations is left out. Ticks must not descend. Spikes of one tick
    /// (stimuli may repeat) have no interval between them.
    pub fn spike(&mut self, spike: Spike) {
        let Some(place) = self.places.find(spike.neuron).filter(|_| self.interval.contains(spike.tick)) else { return };
        let before = self.last[place.slot].replace(spike.tick);
        if let Some(ticks) = before.and_then(|before| spike.tick.checked_sub(before)).filter(|ticks| *ticks > 0) {
            *self.counts[place.population].entry(ticks).or_default() += 1;
        }
    }

    /// For each population: how many intervals are of each length in ticks.
    pub fn counts(&self) -> &[BTreeMap<u64, u64>] {
        &self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{FS_PER_MS, Grid};

    #[test]
    fn intervals_by_hand() {
        let interval = Interval::new(Grid::new(FS_PER_MS / 10), 10, 100).expect("an interval");
        let mut counts = IntervalCounts::new(&[0..2, 5..6], interval);
        for (tick, neuron) in [(9, 0), (11, 0), (15, 1), (15, 1), (21, 0), (30, 7), (31, 0), (35, 1), (40, 5), (101, 5)] {
            counts.spike(Spike { tick, neuron });
        }
        let expected = [BTreeMap::from([(10, 2), (20, 1)]), BTreeMap::new()];
        assert_eq!(counts.counts(), expected, "11-21, 21-31 and 15-35; others are outside, alone or in one tick");
    }
}
