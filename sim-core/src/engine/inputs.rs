//! What a strip of blocks reads: for each receptor a row of inputs, and last a row of injected current. A row is read where
//! its numbers are, if they are in one place; else it is put together in memory that all strips share, and that stays in the
//! first cache.

use super::dispatch::{self, Level, Loop};
use super::neurons::BLOCK;
use super::plan::{Part, Receives};
use super::sums::Sums;
use std::ops::Range;

/// Blocks in a strip: their inputs and state fit the first cache together.
pub(crate) const STRIP: usize = 4;

/// Where one row of a population's inputs comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Source {
    /// The sums, read in place and cleared afterwards.
    Sums { first: usize },
    /// Both kinds of sums: the integers are added to the others.
    Both { first: usize, unit: f64 },
    /// Integers alone, turned into numbers in the shared row.
    Integers { first: usize, unit: f64, row: usize },
    /// Current that stays until a source changes it.
    Held { first: usize },
    /// Current that is new at every tick, in the shared row.
    Fresh { row: usize },
    /// Nothing flows in.
    Nothing { zeros: usize },
}

/// The rows of every population of a partition.
pub(crate) struct Inputs {
    level: Level,
    rows: Vec<Vec<Source>>,
    /// Where each row of the strip at work starts.
    starts: Vec<usize>,
}

impl Inputs {
    /// Lays out what comes after the sums of the receptors; returns the sums, too.
    pub(crate) fn new(part: &Part, blocks: &[Range<usize>]) -> (Self, Sums) {
        let mut end = part.sums.receptors();
        let mut take = |places: usize| {
            end += places;
            end - places
        };
        let zeros = take(STRIP * BLOCK);
        let most = part.inputs.iter().map(|inputs| inputs.receptors.len() + 1).max().unwrap_or(0);
        let shared: Vec<usize> = (0..most).map(|_| take(STRIP * BLOCK)).collect();
        let mut rows = Vec::with_capacity(part.inputs.len());
        for (population, (inputs, blocks)) in part.inputs.iter().zip(blocks).enumerate() {
            let first_cell = (blocks.start * BLOCK) as u32;
            let source = |(receptor, receives): (usize, &Receives)| {
                let first = part.sums.place(population, first_cell, receptor) as usize;
                match receives.unit {
                    Some(unit) if receives.numbers => Source::Both { first, unit },
                    Some(unit) => Source::Integers { first, unit, row: shared[receptor] },
                    None if receives.numbers || inputs.has_poisson() => Source::Sums { first },
                    None => Source::Nothing { zeros },
                }
            };
            let mut sources: Vec<Source> = inputs.receptors.iter().enumerate().map(source).collect();
            sources.push(match () {
                () if inputs.holds_current() => Source::Held { first: take(blocks.len() * BLOCK) },
                () if inputs.has_noise() => Source::Fresh { row: shared[inputs.receptors.len()] },
                () => Source::Nothing { zeros },
            });
            rows.push(sources);
        }
        let more = end - part.sums.receptors();
        (Self { level: Level::detect(), rows, starts: Vec::new() }, Sums::new(&part.sums, more))
    }

    /// Makes the rows of a strip ready for what stimuli add: `offset` is its first block within the partition, `count` how
    /// many it has. Returns where each row starts. Held current is cleared where it is to be added up anew.
    pub(crate) fn prepare(&mut self, population: usize, offset: usize, count: usize, anew: bool, sums: &mut Sums) -> &[usize] {
        let (at, len) = (offset * BLOCK, count * BLOCK);
        self.starts.clear();
        for source in &self.rows[population] {
            let start = match *source {
                Source::Sums { first } => first + at,
                Source::Both { first, unit } => {
                    let (numbers, integers) = (&mut sums.f64[first + at..][..len], &mut sums.i32[first + at..][..len]);
                    dispatch::run(self.level, Convert::<true> { integers, unit, numbers });
                    first + at
                }
                Source::Integers { first, unit, row } => {
                    let (numbers, integers) = (&mut sums.f64[row..][..len], &mut sums.i32[first + at..][..len]);
                    dispatch::run(self.level, Convert::<false> { integers, unit, numbers });
                    row
                }
                Source::Held { first } => {
                    if anew {
                        sums.f64[first + at..][..len].fill(0.0);
                    }
                    first + at
                }
                Source::Fresh { row } => {
                    sums.f64[row..][..len].fill(0.0);
                    row
                }
                Source::Nothing { zeros } => zeros,
            };
            self.starts.push(start);
        }
        &self.starts
    }

    /// Clears the sums of a strip for the next tick.
    pub(crate) fn clear(&self, population: usize, offset: usize, count: usize, sums: &mut Sums) {
        for source in &self.rows[population] {
            if let Source::Sums { first } | Source::Both { first, .. } = source {
                sums.f64[first + offset * BLOCK..][..count * BLOCK].fill(0.0);
            }
        }
    }
}

/// Turns sums of integers into numbers, which are added to what is there or take its place; the integers are cleared.
struct Convert<'a, const ADD: bool> {
    integers: &'a mut [i32],
    unit: f64,
    numbers: &'a mut [f64],
}

impl<const ADD: bool> Loop for Convert<'_, ADD> {
    #[inline(always)]
    fn run(self) {
        for (number, integer) in self.numbers.iter_mut().zip(self.integers) {
            let sum = f64::from(std::mem::take(integer)) * self.unit;
            *number = if ADD { *number + sum } else { sum };
        }
    }
}
