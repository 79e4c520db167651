//! Random input of a population's own: trains of `poisson` that only one neuron hears.

use super::hazard::{Draws, Hazard, NEVER};
use crate::connect::{Generator, Synapse};
use crate::network::{Network, Projection};
use crate::random::{Key, mix};
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};
use crate::stimulus::{PerUnit, Schedule};
use std::collections::BTreeMap;
use std::ops::Range;
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
    /// One from a time on.
    pub(crate) fn new(hazard: Arc<Hazard>, (key, from): (u64, u64), receptor: usize, weight: f64) -> Self {
        let mut train =
            Self { next: from, draws: Draws::new(key), hazard, mean: f64::INFINITY, end: 0, receptor: receptor as u32, weight };
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

impl Train {
    fn keep(&self, out: &mut Writer) {
        out.all([self.next, self.draws.drawn(), self.end]);
    }

    /// Goes on from where it had come; from its next spike on by the rates that it has here.
    fn restore(&mut self, now: u64, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.next = bytes.get()?;
        if self.next < now {
            return Err(bytes.wrong());
        }
        self.draws.skip_to(bytes.get()?);
        let end = bytes.get()?;
        // At the very end of a rate the next number is drawn by the one after.
        (self.mean, self.end) = if end == self.next { (f64::INFINITY, end) } else { self.hazard.mean(self.next) };
        Ok(())
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

    /// Writes those of a cell.
    pub(crate) fn keep(&self, cell: usize, out: &mut Writer) {
        out.put(self.own(cell).len() as u32);
        self.own(cell).iter().for_each(|train| train.keep(out));
    }

    /// Reads those of a cell.
    pub(crate) fn restore(&mut self, cell: usize, now: u64, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let count: u32 = bytes.get()?;
        if count as usize != self.own(cell).len() {
            return Err(bytes.wrong());
        }
        self.of(cell).iter_mut().try_for_each(|train| train.restore(now, bytes))
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

/// Connections that are one train: those onto one cell from units of one rate, with one weight and one delay.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Parallel {
    target: u32,
    /// A unit whose rate it is.
    unit: u32,
    receptor: usize,
    weight: f64,
    delay: u64,
    /// How many connections.
    times: u32,
}

/// The trains of a private stimulus onto some cells, counted from the first, from a time on, by a seed: parallel connections are one train of the summed rate.
pub(crate) fn private(
    network: &Network,
    projection: &Projection,
    units: &PerUnit<Schedule>,
    owned: &Range<u32>,
    (seed, from): (u64, u64),
) -> Vec<(u32, Train)> {
    let (source, target) = (&network.populations[projection.source], &network.populations[projection.target]);
    let key = Key::new(seed).name("event").name("poisson");
    let key = key.name(&projection.name).name(&source.name).name(&target.name).finish();
    let mut hazards: BTreeMap<(u32, u32, u64), Arc<Hazard>> = BTreeMap::new();
    let all = merged(network, projection, matches!(units, PerUnit::Shared(_)), owned);
    let mut trains = Vec::with_capacity(all.len());
    for own in all.chunk_by(|a, b| a.target == b.target) {
        for (index, train) in (0..).zip(own) {
            let Parallel { target, unit, receptor, weight, delay, times } = *train;
            let make = || Arc::new(Hazard::new(units.get(unit as usize), delay, |rate| rate * f64::from(times)));
            let hazard = Arc::clone(hazards.entry((unit, times, delay)).or_insert_with(make));
            trains.push((
                target - owned.start,
                Train::new(hazard, (mix(mix(key, u64::from(target)), index), from), receptor, weight),
            ));
        }
    }
    trains
}

/// What is parallel, by target, in order of first appearance. `shared`: all units have one rate.
fn merged(network: &Network, projection: &Projection, shared: bool, owned: &Range<u32>) -> Vec<Parallel> {
    let mut all: Vec<Parallel> = Vec::new();
    let mut places: BTreeMap<(u32, u32, usize, u64, i64), usize> = BTreeMap::new();
    Generator::new(network, projection).for_targets(owned.clone(), |s| {
        let Synapse { source, target, weight, receptor, delay_fs } = s;
        let unit = if shared { 0 } else { source };
        let place = *places.entry((target, unit, receptor, weight.to_bits(), delay_fs)).or_insert(all.len());
        match all.get_mut(place) {
            Some(known) => known.times += 1,
            None => all.push(Parallel { target, unit, receptor, weight, delay: delay_fs as u64, times: 1 }),
        }
    });
    // Rules that go by source come to a target again and again.
    all.sort_by_key(|train| train.target);
    all
}
