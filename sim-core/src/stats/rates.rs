//! Rates and irregularity: what a run shows of each population.

use super::{Interval, Place, Places};
use crate::advice::prefetch;
use crate::record::{Sink, Spike, Window};
use std::ops::{ControlFlow, Range};

/// A neuron with fewer spikes has no coefficient of variation.
pub const MIN_SPIKES: u64 = 5;

/// What is kept of one neuron's train. With s the intervals between spikes, sum(s) = last - first.
#[derive(Clone, Copy, Debug, Default)]
struct Train {
    squares: u128,
    first: u64,
    last: u64,
    spikes: u64,
}

impl Train {
    fn spike(&mut self, tick: u64) {
        if self.spikes == 0 {
            self.first = tick;
        } else {
            let interval = u128::from(tick.saturating_sub(self.last));
            self.squares += interval * interval;
        }
        self.last = tick;
        self.spikes += 1;
    }

    /// sd(s) / mean(s) over the n intervals s: sqrt(n sum(s^2) - sum(s)^2) / sum(s). `None` with too few spikes, or when all
    /// fall in one tick (stimuli may repeat).
    fn irregularity(&self) -> Option<f64> {
        let sum = u128::from(self.last.saturating_sub(self.first));
        if self.spikes < MIN_SPIKES || sum == 0 {
            return None;
        }
        let intervals = u128::from(self.spikes - 1);
        let spread = match intervals.checked_mul(self.squares) {
            Some(product) => product.saturating_sub(sum * sum) as f64,
            None => (intervals as f64 * self.squares as f64 - sum as f64 * sum as f64).max(0.0),
        };
        Some(spread.sqrt() / sum as f64)
    }
}

/// Rate and irregularity of one population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PopulationRates {
    /// Neurons.
    pub neurons: u32,
    /// Spikes in the interval.
    pub spikes: u64,
    /// Spikes per neuron and second; 0 without neurons.
    pub rate_hz: f64,
    /// Coefficient of variation of the inter-spike intervals (sd over mean), averaged over the neurons with at least
    /// [`MIN_SPIKES`] spikes; `None` if there is no such neuron.
    pub cv_isi: Option<f64>,
}

/// Whose spike was counted.
pub(super) struct Counted {
    pub(super) population: usize,
    pub(super) is_first: bool,
}

/// Counts the spikes of every neuron and measures how irregular its train is.
#[derive(Clone, Debug)]
pub struct RateMeter {
    interval: Interval,
    places: Places,
    trains: Vec<Train>,
}

impl RateMeter {
    /// A meter over an interval of populations given by their ranges of global indices, which must not overlap.
    pub fn new(populations: &[Range<u32>], interval: Interval) -> Self {
        let places = Places::new(populations);
        let trains = vec![Train::default(); places.neurons()];
        Self { interval, places, trains }
    }

    /// Takes a spike; one outside the interval or the populations is left out. Ticks must not descend.
    pub fn spike(&mut self, spike: Spike) {
        self.count(spike);
    }

    /// Takes a spike and says whose it was, if it counted.
    pub(super) fn count(&mut self, spike: Spike) -> Option<Counted> {
        if !self.interval.contains(spike.tick) {
            return None;
        }
        let Place { population, slot, .. } = self.places.find(spike.neuron)?;
        let train = &mut self.trains[slot];
        train.spike(spike.tick);
        Some(Counted { population, is_first: train.spikes == 1 })
    }

    /// Asks for a neuron's train, which may begin in one line of memory and end in the next.
    fn fetch(&self, neuron: u32) {
        if let Some(Place { slot, .. }) = self.places.find(neuron) {
            let train = &raw const self.trains[slot];
            prefetch(train);
            prefetch(train.wrapping_add(1).cast::<u8>().wrapping_sub(1));
        }
    }

    /// Results for every population, in the order given.
    pub fn summary(&self) -> Vec<PopulationRates> {
        (0..self.places.slots().len()).map(|population| self.population(population)).collect()
    }

    fn population(&self, population: usize) -> PopulationRates {
        let trains = self.trains_of(population);
        let spikes = trains.iter().map(|t| t.spikes).sum::<u64>();
        let irregularities = self.irregularities(population);
        let neuron_seconds = trains.len().max(1) as f64 * self.interval.seconds();
        PopulationRates {
            neurons: trains.len() as u32,
            spikes,
            rate_hz: spikes as f64 / neuron_seconds,
            cv_isi: (!irregularities.is_empty()).then(|| irregularities.iter().sum::<f64>() / irregularities.len() as f64),
        }
    }

    /// Firing rate in Hz of every neuron of a population.
    pub(super) fn rates_hz(&self, population: usize) -> Vec<f64> {
        let seconds = self.interval.seconds();
        self.trains_of(population).iter().map(|t| t.spikes as f64 / seconds).collect()
    }

    /// Coefficient of variation of every neuron of a population that fired often enough.
    pub(super) fn irregularities(&self, population: usize) -> Vec<f64> {
        self.trains_of(population).iter().filter_map(Train::irregularity).collect()
    }

    fn trains_of(&self, population: usize) -> &[Train] {
        self.places.slots().get(population).and_then(|slots| self.trains.get(slots.clone())).unwrap_or_default()
    }
}

/// Spikes whose trains are fetched at once.
const TOGETHER: usize = 64;

impl Sink for RateMeter {
    /// Trains lie all over the memory: those of all spikes are asked for before the first is looked at.
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        for spikes in window.spikes.chunks(TOGETHER) {
            spikes.iter().for_each(|spike| self.fetch(spike.neuron));
            spikes.iter().for_each(|spike| self.spike(*spike));
        }
        ControlFlow::Continue(())
    }
}
