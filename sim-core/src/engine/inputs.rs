//! What a strip of blocks reads: for each receptor a row of inputs, and last a row of injected current, in the numbers of the
//! neurons' state. A row is read where its numbers are, if they are in one place and of that width; else it is put together
//! in memory that all strips share, and that stays in the first cache.

use super::dispatch::{self, Level, Loop};
use super::inflow::{Inflow, Receives};
use super::neurons::BLOCK;
use super::plan::{Part, PlanCells};
use super::sums::Sums;
use crate::real::{Precision, Real};
use std::ops::Range;

/// Blocks in a strip: their inputs and state fit the first cache together.
const fn strip(precision: Precision) -> usize {
    match precision {
        Precision::F64 => 4,
        Precision::F32 => 8,
    }
}

/// Where one row of a population's inputs comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Source {
    /// Sums of doubles, to which integers of a unit are added where there are any. They are read in place and cleared
    /// afterwards; or they are rounded into the shared row.
    Sums { first: usize, unit: Option<f64>, row: Option<usize> },
    /// Integers alone, turned into numbers in the shared row.
    Integers { first: usize, unit: f64, row: usize },
    /// Current that stays until a source changes it.
    Held { first: usize },
    /// What is new at every tick, in the shared row.
    Fresh { row: usize },
    /// Nothing flows in.
    Nothing { zeros: usize },
}

/// The rows of every population of a partition.
pub(crate) struct Inputs {
    level: Level,
    populations: Vec<Rows>,
    /// Where each row of the strip at work starts.
    starts: Vec<usize>,
}

/// The rows of a population.
struct Rows {
    precision: Precision,
    sources: Vec<Source>,
}

/// Places in the memory of one precision, given out one after the other.
struct Places {
    end: usize,
    zeros: usize,
    /// The shared rows.
    shared: Vec<usize>,
}

impl Places {
    /// Behind what is taken up to `end`: zeros, and so many shared rows.
    fn new(precision: Precision, end: usize, rows: usize) -> Self {
        let mut places = Self { end, zeros: 0, shared: Vec::new() };
        places.zeros = places.take(strip(precision) * BLOCK);
        places.shared = (0..rows).map(|_| places.take(strip(precision) * BLOCK)).collect();
        places
    }

    fn take(&mut self, count: usize) -> usize {
        self.end += count;
        self.end - count
    }
}

impl Inputs {
    /// Lays out what comes after the sums of the receptors; returns the sums, too.
    pub(crate) fn new(part: &Part, blocks: &[Range<usize>], cells: &[PlanCells]) -> (Self, Sums) {
        let most = part.inputs.iter().map(|inputs| inputs.receptors.len() + 1).max().unwrap_or(0);
        let mut doubles = Places::new(Precision::F64, part.sums.receptors(), most);
        let mut singles = Places::new(Precision::F32, 0, most);
        let rows = |(population, (inflow, blocks)): (usize, (&Inflow, &Range<usize>))| {
            let precision = match &cells[population] {
                PlanCells::Neurons(kernel) => kernel.precision(),
                _ => Precision::F64,
            };
            let places = match precision {
                Precision::F64 => &mut doubles,
                Precision::F32 => &mut singles,
            };
            let first_cell = (blocks.start * BLOCK) as u32;
            let first = |receptor| part.sums.place(population, first_cell, receptor) as usize;
            let receptors = inflow.receptors.iter().enumerate();
            let mut sources: Vec<Source> =
                receptors.map(|(i, receives)| source(receives, inflow, first(i), precision, places, i)).collect();
            sources.push(match () {
                () if inflow.holds_current() => Source::Held { first: places.take(blocks.len() * BLOCK) },
                () if inflow.changes_current() => Source::Fresh { row: places.shared[sources.len()] },
                () => Source::Nothing { zeros: places.zeros },
            });
            Rows { precision, sources }
        };
        let populations = part.inputs.iter().zip(blocks).enumerate().map(rows).collect();
        let sums = Sums::new(&part.sums, doubles.end - part.sums.receptors(), singles.end);
        (Self { level: Level::detect(), populations, starts: Vec::new() }, sums)
    }

    /// Blocks in a strip of a population.
    pub(crate) fn strip(&self, population: usize) -> usize {
        strip(self.populations[population].precision)
    }

    /// Makes the rows of a strip ready for what stimuli add: `offset` is its first block within the partition, `count` how
    /// many it has. Returns where each row starts. Held current is cleared where it is to be added up anew.
    pub(crate) fn prepare(&mut self, population: usize, offset: usize, count: usize, anew: bool, sums: &mut Sums) -> &[usize] {
        let (at, len) = (offset * BLOCK, count * BLOCK);
        let Rows { precision, sources } = &self.populations[population];
        self.starts.clear();
        for source in sources {
            let start = match *source {
                Source::Sums { first, unit, row } => {
                    let (doubles, integers) = (&mut sums.f64[first + at..][..len], &mut sums.i32[first + at..]);
                    if let Some(unit) = unit {
                        dispatch::run(self.level, Add { integers: &mut integers[..len], unit, sums: doubles });
                    }
                    if let Some(row) = row {
                        dispatch::run(self.level, Round { sums: doubles, row: &mut sums.f32[row..][..len] });
                    }
                    row.unwrap_or(first + at)
                }
                Source::Integers { first, unit, row } => {
                    let integers = &mut sums.i32[first + at..][..len];
                    match precision {
                        Precision::F64 => convert(self.level, integers, unit, &mut sums.f64[row..][..len]),
                        Precision::F32 => convert(self.level, integers, unit, &mut sums.f32[row..][..len]),
                    }
                    row
                }
                Source::Held { first } => {
                    if anew {
                        sums.numbers(*precision).clear(first + at..first + at + len);
                    }
                    first + at
                }
                Source::Fresh { row } => {
                    sums.numbers(*precision).clear(row..row + len);
                    row
                }
                Source::Nothing { zeros } => zeros,
            };
            self.starts.push(start);
        }
        &self.starts
    }

    /// Clears the sums of a strip that were read in place, for the next tick.
    pub(crate) fn clear(&self, population: usize, offset: usize, count: usize, sums: &mut Sums) {
        for source in &self.populations[population].sources {
            if let Source::Sums { first, row: None, .. } = source {
                sums.f64[first + offset * BLOCK..][..count * BLOCK].fill(0.0);
            }
        }
    }
}

/// Where the row of a receptor comes from, whose sums begin at `first`.
fn source(receives: &Receives, inflow: &Inflow, first: usize, precision: Precision, places: &Places, receptor: usize) -> Source {
    let row = places.shared[receptor];
    let in_place = precision == Precision::F64;
    let rounded = (!in_place).then_some(row);
    match receives.unit {
        // A unit that is no normal single would be rounded twice.
        Some(unit) if !receives.numbers && (in_place || f32::of(unit).is_normal()) => Source::Integers { first, unit, row },
        unit if unit.is_some() || receives.numbers => Source::Sums { first, unit, row: rounded },
        _ if !inflow.has_poisson() => Source::Nothing { zeros: places.zeros },
        _ if in_place => Source::Sums { first, unit: None, row: None },
        _ => Source::Fresh { row },
    }
}

/// Turns sums of integers into numbers.
fn convert<F: Real>(level: Level, integers: &mut [i32], unit: f64, row: &mut [F]) {
    dispatch::run(level, Convert { integers, unit: F::of(unit), row });
}

/// Turns integers into numbers and clears them.
struct Convert<'a, F> {
    integers: &'a mut [i32],
    unit: F,
    row: &'a mut [F],
}

impl<F: Real> Loop for Convert<'_, F> {
    #[inline(always)]
    fn run(self) {
        for (number, integer) in self.row.iter_mut().zip(self.integers) {
            *number = F::of_whole(std::mem::take(integer)) * self.unit;
        }
    }
}

/// Adds integers to sums and clears them.
struct Add<'a> {
    integers: &'a mut [i32],
    unit: f64,
    sums: &'a mut [f64],
}

impl Loop for Add<'_> {
    #[inline(always)]
    fn run(self) {
        for (sum, integer) in self.sums.iter_mut().zip(self.integers) {
            *sum += f64::of_whole(std::mem::take(integer)) * self.unit;
        }
    }
}

/// Rounds sums and clears them.
struct Round<'a> {
    sums: &'a mut [f64],
    row: &'a mut [f32],
}

impl Loop for Round<'_> {
    #[inline(always)]
    fn run(self) {
        for (number, sum) in self.row.iter_mut().zip(self.sums) {
            *number = f32::of(std::mem::take(sum));
        }
    }
}
