//! From spikes to sums: a calendar of what arrives when, and the loops that add it up. Here most of the time is spent.
//!
//! ```text
//! spike of cell c at tick t  --schedule-->  calendar of each table      days  t+1   t+2   t+3  ..
//!                                                                              |     |
//!                                           segments of records          [ c's run with delay 1, .. ]
//! tick t+1                   --deliver--->  for each table: for each segment: for each record:
//!                                               sum[record.target] += record.weight
//! ```
//!
//! One addition costs one to two nanoseconds, and three things keep it there. The sums written during one table are one
//! window, which stays in the second cache (`sums.rs`). The records of a segment are read from front to back, but each segment is
//! somewhere else in gigabytes: so those of later segments are fetched while the present ones are added, and the records lie
//! in large pages, whose addresses the processor knows. And 16-bit weights are added as integers, which spares the conversion.
//!
//! Delivering two ticks at once, into two slots of sums, halves the number of segments. It was tried (commit 60a32dd) and gave
//! nothing where a core has half a megabyte of second cache: the full microcircuit took 2.4 to 2.5 s either way, in turn.
//!
//! Sums are exact (`elaborate::quanta`), so that neither the order of segments nor the layout can change a bit.

use super::bits::Planes;
use super::dispatch::{self, Level, Loop};
use super::plan::Part;
use super::rows::{Counted, Records, RowWeights, Segment, Stored, Table, WeightRows};
use super::sums::{Sums, window};
use crate::advice::{LINE, prefetch};
use std::ops::Range;

/// What arrives when, in one partition.
pub(crate) struct Calendar {
    level: Level,
    /// By entry of `Part::stored`.
    days: Vec<Days>,
    planes: Planes,
    /// Spikes x out-degree.
    pub(crate) events: u64,
}

/// One list of segments a tick, as many as the largest delay, and the current one.
struct Days(Vec<Vec<Segment>>);

impl Days {
    /// Place of a tick.
    fn place(&self, tick: u64) -> usize {
        (tick % self.0.len() as u64) as usize
    }
}

impl Calendar {
    pub(crate) fn new(part: &Part) -> Self {
        let days = |stored: &Stored| Days(vec![Vec::new(); stored.delays().map_or(0, |d| d.1) as usize + 1]);
        Self { level: Level::detect(), days: part.stored.iter().map(days).collect(), planes: Planes::default(), events: 0 }
    }

    /// Forgets all that is to arrive.
    pub(crate) fn clear(&mut self) {
        self.days.iter_mut().flat_map(|days| &mut days.0).for_each(Vec::clear);
        self.events = 0;
    }

    /// Starts fetching what [`schedule`](Self::schedule) reads of these cells: the rows of all first, then, when these have
    /// come, their runs.
    pub(crate) fn fetch(part: &Part, fired: impl Iterator<Item = (usize, u32)> + Clone) {
        let rows = |(population, cell): (usize, u32)| part.of_source[population].iter().map(move |i| (&part.stored[*i], cell));
        fired.clone().flat_map(rows).for_each(|(stored, cell)| stored.fetch_row(cell));
        fired.flat_map(rows).for_each(|(stored, cell)| stored.fetch_runs(cell));
    }

    /// Enters the synapses of cells of one population that fired at `tick`, as far as they arrive after `now`.
    pub(crate) fn schedule(&mut self, part: &Part, population: usize, cells: &[u32], tick: u64, now: u64) {
        for &index in &part.of_source[population] {
            let (stored, days) = (&part.stored[index], &mut self.days[index]);
            let (today, count) = (days.place(tick), days.0.len());
            let over = (now - tick) as usize;
            for &cell in cells {
                stored.segments(cell, |delay, segment, synapses| {
                    let delay = delay as usize;
                    if delay > over {
                        let place = today + delay;
                        days.0[if place < count { place } else { place - count }].push(segment);
                        self.events += u64::from(synapses);
                    }
                });
            }
        }
    }

    /// Enters the synapses of a cell that fired at `tick` onto some places of the sums, as far as they arrive after `now`. All must be
    /// in tables.
    pub(crate) fn schedule_onto(
        &mut self,
        part: &Part,
        (population, cell): (usize, u32),
        onto: &[Range<u32>],
        tick: u64,
        now: u64,
    ) {
        for &index in &part.of_source[population] {
            let (Stored::Table(table), days) = (&part.stored[index], &mut self.days[index]) else { continue };
            let over = (now - tick) as u32;
            table.index.segments(cell, |delay, segment, _| {
                if delay > over {
                    let day = days.place(tick + u64::from(delay));
                    table.stretches(segment, onto, |stretch| {
                        self.events += u64::from(stretch.end - stretch.start);
                        days.0[day].push(stretch);
                    });
                }
            });
        }
    }

    /// Adds what arrives at `tick` to the sums.
    pub(crate) fn deliver(&mut self, part: &Part, tick: u64, sums: &mut Sums) {
        for (stored, days) in part.stored.iter().zip(&mut self.days) {
            let today = days.place(tick);
            let segments = &mut days.0[today];
            if segments.is_empty() {
                continue;
            }
            match stored {
                Stored::Table(table) => table.deliver(segments, sums),
                Stored::Bits(bits) => bits.deliver(self.level, segments, &mut self.planes, &mut sums.f64),
                Stored::Rows(rows) => dispatch::run(self.level, AddRows { rows, segments, sums: &mut sums.f64 }),
                Stored::Counted(counted) => counted.deliver(segments, &mut sums.f64),
            }
            segments.clear();
        }
    }
}

impl Table {
    /// Calls with the longest stretches of a segment whose records all go to some places of the sums.
    fn stretches(&self, segment: Segment, onto: &[Range<u32>], mut call: impl FnMut(Segment)) {
        let is_in = |record: &u32| {
            let place = self.window + u32::from(self.records.target(*record as usize));
            onto.iter().any(|places| places.contains(&place))
        };
        let mut records = segment.start..segment.end;
        while let Some(start) = records.find(is_in) {
            let end = records.find(|record| !is_in(record)).unwrap_or(segment.end);
            call(Segment { start, end });
        }
    }

    fn deliver(&self, segments: &[Segment], sums: &mut Sums) {
        let at = self.window;
        match &self.records {
            Records::One { targets, weight } => {
                let sums = window(&mut sums.f64, at);
                each_record(targets, segments, |target| sums[usize::from(*target)] += weight);
            }
            Records::I16 { records, shift: 0 } => {
                let sums = window(&mut sums.i32, at);
                each_record(records, segments, |r| sums[usize::from(r.target)] += i32::from(r.weight));
            }
            Records::I16 { records, shift } => {
                let sums = window(&mut sums.i32, at);
                each_record(records, segments, |r| sums[usize::from(r.target)] += i32::from(r.weight) << shift);
            }
            Records::F32(records) => {
                let sums = window(&mut sums.f64, at);
                each_record(records, segments, |r| sums[usize::from(r.target)] += f64::from(r.weight));
            }
            Records::F64(records) => {
                let sums = window(&mut sums.f64, at);
                each_record(records, segments, |r| sums[usize::from(r.target)] += r.weight);
            }
        }
    }
}

/// Segments fetched ahead of the one that is worked off.
const AHEAD: usize = 6;

/// Lines of memory fetched of one segment: the processor fetches on by itself once it sees a longer one being read.
const LINES: usize = 8;

/// Calls `add` with every record of the segments.
#[inline(always)]
pub(crate) fn each_record<R>(records: &[R], segments: &[Segment], mut add: impl FnMut(&R)) {
    segments.iter().take(AHEAD).for_each(|segment| fetch(records, segment));
    for (i, segment) in segments.iter().enumerate() {
        if let Some(later) = segments.get(i + AHEAD) {
            fetch(records, later);
        }
        records[segment.start as usize..segment.end as usize].iter().for_each(&mut add);
    }
}

/// Starts fetching a segment's records.
#[inline(always)]
pub(crate) fn fetch<R>(records: &[R], segment: &Segment) {
    let first = records.as_ptr().wrapping_add(segment.start as usize).cast::<u8>();
    let bytes = (segment.end - segment.start) as usize * size_of::<R>();
    for line in 0..=(bytes / LINE).min(LINES) {
        prefetch(first.wrapping_add(line * LINE));
    }
}

/// Adding whole rows of weights.
struct AddRows<'a> {
    rows: &'a WeightRows,
    segments: &'a [Segment],
    sums: &'a mut [f64],
}

impl Loop for AddRows<'_> {
    #[inline(always)]
    fn run(self) {
        let width = self.rows.width;
        let sums = &mut self.sums[self.rows.first as usize..][..width];
        for segment in self.segments {
            let row = segment.start as usize * width..segment.end as usize * width;
            match &self.rows.weights {
                RowWeights::F32(weights) => add_row(sums, &weights[row]),
                RowWeights::F64(weights) => add_row(sums, &weights[row]),
            }
        }
    }
}

#[inline(always)]
fn add_row<W: Copy + Into<f64>>(sums: &mut [f64], weights: &[W]) {
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum += (*weight).into();
    }
}

impl Counted {
    fn deliver(&self, spikes: &[Segment], sums: &mut [f64]) {
        let sums = &mut sums[self.first as usize..][..self.targets.len()];
        let value = spikes.len() as f64 * self.weight;
        sums.iter_mut().for_each(|sum| *sum += value);
        if self.not_self {
            let cells = spikes.iter().map(|spike| self.source_cells.start + spike.start);
            for cell in cells.filter(|cell| self.targets.contains(cell)) {
                sums[(cell - self.targets.start) as usize] -= self.weight;
            }
        }
    }
}
