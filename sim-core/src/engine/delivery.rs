//! From spikes to sums: the loops that add up what the calendar (`calendar.rs`) says. Here most of the time is spent.
//!
//! ```text
//! spike of cell c at tick t  --schedule-->  calendar of each table      days  t+1   t+2   t+3  ..
//!                                                                              |     |
//!                                           segments of records          [ c's run with delay 1, .. ]
//! tick t+1                   --deliver--->  for each table: for each segment: for each record:
//!                                               sum[record.target] += record.weight
//! ```
//!
//! One addition costs about a nanosecond, and three things keep it there. The sums written during one table are one
//! window, which stays in the second cache (`sums.rs`). The records of a segment are read from front to back, but each segment is
//! somewhere else in gigabytes: so those of later segments are fetched while the present ones are added, and the records lie
//! in large pages, whose addresses the processor knows. And 16-bit weights are added as integers, which spares the conversion.
//!
//! Sums are exact (`elaborate::quanta`), so that neither the order of segments nor the layout can change a bit.
//!
//! This is one of the two files that may use `unsafe`: to fetch memory ahead of its use and to ask for large pages. Neither has
//! an effect on what a program computes.
#![allow(unsafe_code, reason = "prefetch instructions, advice on memory")]

use super::dispatch::Loop;
use super::rows::{Counted, Pair, Records, RowWeights, Segment, Short, Stretch, Table, WeightRows};
use super::sums::{Sums, WINDOW, window};

/// What is due of a table.
#[derive(Clone, Copy)]
pub(crate) enum Due<'a> {
    /// What arrives in one tick, for the slot of sums that begins there.
    One(&'a [Segment], usize),
    /// What arrives in the two ticks of a pair, for the first and the second slot.
    Two(&'a [Pair]),
}

impl Table {
    /// Adds what is due.
    pub(crate) fn deliver(&self, due: Due<'_>, sums: &mut Sums) {
        let (at, second) = (self.window, sums.second);
        match &self.records {
            Records::One { targets, weight } => {
                add_up(targets, due, at, &mut sums.f64, second, |sums, target| sums[usize::from(*target)] += weight);
            }
            Records::I16 { records, shift: 0 } => {
                add_up(records, due, at, &mut sums.i32, second, |sums, r| sums[usize::from(r.target)] += i32::from(r.weight));
            }
            Records::I16 { records, shift } => {
                let add = |sums: &mut [i32; WINDOW], r: &Short| sums[usize::from(r.target)] += i32::from(r.weight) << shift;
                add_up(records, due, at, &mut sums.i32, second, add);
            }
            Records::F32(records) => {
                add_up(records, due, at, &mut sums.f64, second, |sums, r| sums[usize::from(r.target)] += f64::from(r.weight));
            }
            Records::F64(records) => {
                add_up(records, due, at, &mut sums.f64, second, |sums, r| sums[usize::from(r.target)] += r.weight);
            }
        }
    }
}

/// Adds up the records that are due in the window at `at` of each slot; `second` is where the second slot begins.
#[inline(always)]
fn add_up<R, S>(records: &[R], due: Due<'_>, at: u32, sums: &mut [S], second: usize, add: impl Fn(&mut [S; WINDOW], &R)) {
    match due {
        Due::One(segments, slot) => {
            let sums = window(&mut sums[slot..], at);
            each_record(records, segments, |record| add(sums, record));
        }
        Due::Two(pairs) => {
            let (first, second) = sums.split_at_mut(second);
            let (first, second) = (window(first, at), window(second, at));
            ahead(records, pairs, |Pair { start, middle, end }| {
                records[*start as usize..*middle as usize].iter().for_each(|record| add(first, record));
                records[*middle as usize..*end as usize].iter().for_each(|record| add(second, record));
            });
        }
    }
}

/// Segments fetched ahead of the one that is worked off.
const AHEAD: usize = 6;

/// Lines of memory fetched of one segment: the processor fetches on by itself once it sees a longer one being read.
const LINES: usize = 8;

/// Bytes in a line.
const LINE: usize = 64;

/// Calls `add` with every record of the segments.
#[inline(always)]
pub(crate) fn each_record<R>(records: &[R], segments: &[Segment], mut add: impl FnMut(&R)) {
    ahead(records, segments, |segment| records[segment.start as usize..segment.end as usize].iter().for_each(&mut add));
}

/// Calls `work` with one piece after the other, the records of later ones being fetched.
#[inline(always)]
fn ahead<R, P: Stretch>(records: &[R], pieces: &[P], mut work: impl FnMut(&P)) {
    pieces.iter().take(AHEAD).for_each(|piece| fetch(records, piece));
    for (i, piece) in pieces.iter().enumerate() {
        if let Some(later) = pieces.get(i + AHEAD) {
            fetch(records, later);
        }
        work(piece);
    }
}

/// Starts fetching a piece's records.
#[inline(always)]
pub(crate) fn fetch<R>(records: &[R], piece: &impl Stretch) {
    let (start, end) = piece.extent();
    let first = records.as_ptr().wrapping_add(start as usize).cast::<u8>();
    let bytes = (end - start) as usize * size_of::<R>();
    for line in 0..=(bytes / LINE).min(LINES) {
        prefetch(first.wrapping_add(line * LINE));
    }
}

/// Asks for a line of memory.
#[inline(always)]
pub(crate) fn prefetch<T>(address: *const T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint; it reads nothing and cannot fault, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// A vector of `count` defaults, for the long run in large pages where the system has them: a table is read all over, and the
/// addresses of its small pages are many more than the processor keeps.
pub(crate) fn in_large_pages<T: Clone + Default>(count: usize) -> Vec<T> {
    let mut values = Vec::with_capacity(count);
    #[cfg(target_os = "linux")]
    {
        use rustix::mm::{Advice, madvise};
        const PAGE: usize = 4096;
        let memory = values.spare_capacity_mut().as_mut_ptr_range();
        let (start, end) = (memory.start.addr().next_multiple_of(PAGE), memory.end.addr() / PAGE * PAGE);
        if start < end {
            // SAFETY: advice on whole pages within memory of our own; it changes how they are mapped, not what they hold.
            // Where there are no large pages, or none are left, it does nothing.
            let _ = unsafe { madvise(memory.start.with_addr(start).cast(), end - start, Advice::LinuxHugepage) };
        }
    }
    values.resize(count, T::default());
    values
}

/// Adding whole rows of weights.
pub(crate) struct AddRows<'a> {
    pub(crate) rows: &'a WeightRows,
    pub(crate) segments: &'a [Segment],
    pub(crate) sums: &'a mut [f64],
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
    pub(crate) fn deliver(&self, spikes: &[Segment], sums: &mut [f64]) {
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
