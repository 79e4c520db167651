//! Random input of a population's own: trains of `poisson` that only one neuron hears.

use super::hazard::{Draws, Hazard, NEVER};
use std::sync::Arc;

/// A private Poisson train.
#[derive(Clone, Debug)]
pub(crate) struct Train {
    /// Its next spike.
    pub(crate) next: u64,
    draws: Draws,
    hazard: Arc<Hazard>,
    /// The mean interval now, and until when.
    mean: f64,
    end: u64,
    pub(crate) receptor: u32,
    pub(crate) weight: f64,
}

impl Train {
    pub(crate) fn new(hazard: Arc<Hazard>, key: u64, receptor: usize, weight: f64) -> Self {
        let mut train = Self {
            next: 0,
            draws: Draws::new(key),
            hazard,
            mean: f64::INFINITY,
            end: 0,
            receptor: receptor as u32,
            weight,
        };
        train.draw();
        train
    }

    /// Goes on to the spike after the next.
    #[inline]
    pub(crate) fn draw(&mut self) {
        let amount = self.draws.exponential();
        let wait = amount * self.mean;
        if wait < self.end as f64 - self.next as f64 {
            self.next += (wait + 0.5) as u64;
        } else {
            self.draw_on(amount);
        }
    }

    /// The same where the rate may change before.
    #[cold]
    fn draw_on(&mut self, amount: f64) {
        self.next = self.hazard.spike(self.next, amount);
        (self.mean, self.end) = self.hazard.mean(self.next);
    }
}

/// The trains of a population's cells.
#[derive(Clone, Debug, Default)]
pub struct Trains {
    /// Where each cell's begin; empty where none has any.
    starts: Vec<u32>,
    list: Vec<Train>,
}

impl Trains {
    /// From pairs of a cell and a train, in any order of the cells.
    pub(crate) fn new(cells: usize, mut all: Vec<(u32, Train)>) -> Self {
        if all.is_empty() {
            return Self::default();
        }
        all.sort_by_key(|(cell, _)| *cell);
        let starts = (0..=cells).map(|cell| all.partition_point(|(own, _)| (*own as usize) < cell) as u32).collect();
        Self { starts, list: all.into_iter().map(|(_, train)| train).collect() }
    }

    /// The time of the next spike that a cell gets.
    pub(crate) fn next(&self, cell: usize) -> u64 {
        self.own(cell).iter().map(|train| train.next).min().unwrap_or(NEVER)
    }

    fn own(&self, cell: usize) -> &[Train] {
        match self.starts.get(cell..cell + 2) {
            Some(&[start, end]) => &self.list[start as usize..end as usize],
            _ => &[],
        }
    }

    /// The trains of a cell.
    #[inline]
    pub(crate) fn of(&mut self, cell: usize) -> &mut [Train] {
        match self.starts.get(cell..cell + 2) {
            Some(&[start, end]) => &mut self.list[start as usize..end as usize],
            _ => &mut [],
        }
    }
}
