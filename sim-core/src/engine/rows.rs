//! Where a partition keeps its synapses, and how a spike finds them.
//!
//! Synapses are sorted by source cell, then by delay, so that what one spike delivers at one tick is one stretch of memory,
//! read from front to back:
//!
//! ```text
//! a table: all projections of one source population with the same layout, as far as they reach one window of sums
//!
//!   rows     [ (first run, first record) .. ]        8 bytes a source cell
//!               |
//!   runs     [ (delay, count) (delay, count) .. ]    4 bytes for each delay that occurs in the row
//!               |        \          \
//!   records  [ r r r r r | r r r | r r r r .. ]      2 to 10 bytes a synapse: (place in the window, weight)
//! ```
//!
//! When a cell fires, each of its runs is entered into the calendar (`delivery.rs`) as a segment (start, end) of records
//! on the day that it arrives; on that day the segments are worked off, the records of later segments being fetched
//! meanwhile. Adding at arrival, not at emission, means that only the sums of one tick are written: these stay in the
//! second cache, where a ring of sums for all coming ticks would be (largest delay) times larger.
//!
//! Where all delays are equal there are no runs, one row is one segment. Dense projections keep a bit or a weight for every
//! pair of cells instead of records ([`BitRows`](super::bits::BitRows), [`WeightRows`]), and `all_to_all` with one weight and one delay keeps
//! nothing ([`Counted`]).

use super::bits::BitRows;
use super::delivery::fetch;
use super::layout::{Layout, RowKind};
use crate::advice::prefetch;
use std::ops::Range;

/// What a partition keeps of one or several projections.
pub(crate) enum Stored {
    Table(Table),
    Bits(BitRows),
    Rows(WeightRows),
    Counted(Counted),
}

/// A stretch of records that one spike delivers at one tick; of other layouts, the source cell's row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Segment {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Synapses as records.
pub(crate) struct Table {
    /// First place of the window of sums that the records count from.
    pub(crate) window: u32,
    pub(crate) index: Index,
    pub(crate) records: Records,
}

/// From a source cell to its segments.
pub(crate) enum Index {
    /// One delay: where each row starts, and the end.
    Same { delay: u32, starts: Vec<u32> },
    /// Where each row's runs and records start, and the ends.
    Mixed { rows: Vec<(u32, u32)>, runs: Vec<Run> },
}

/// Records of one row with one delay; more than 65,535 are several runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) delay: u16,
    pub(crate) count: u16,
}

/// The records of a table.
pub(crate) enum Records {
    One { targets: Vec<u16>, weight: f64 },
    I16 { records: Vec<Short>, shift: u32 },
    F32(Vec<Narrow>),
    F64(Vec<Wide>),
}

/// Target and weight in 16 bits each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub(crate) struct Short {
    pub(crate) target: u16,
    pub(crate) weight: i16,
}

/// Target and 32-bit weight, 6 bytes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, packed(2))]
pub(crate) struct Narrow {
    pub(crate) target: u16,
    pub(crate) weight: f32,
}

/// Target and 64-bit weight, 10 bytes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, packed(2))]
pub(crate) struct Wide {
    pub(crate) target: u16,
    pub(crate) weight: f64,
}

/// A weight for every pair of cells of a projection, 0 where there is no synapse: a row is added to its sums as a whole.
pub(crate) struct WeightRows {
    pub(crate) source_cells: Range<u32>,
    pub(crate) delay: u32,
    /// Place of the first target's sum.
    pub(crate) first: u32,
    /// Targets.
    pub(crate) width: usize,
    pub(crate) weights: RowWeights,
    /// Synapses of each row.
    pub(crate) counts: Vec<u32>,
}

/// Rows of weights, one after the other.
pub(crate) enum RowWeights {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// An all_to_all projection with one weight and one delay: spikes are counted, nothing is stored.
pub(crate) struct Counted {
    pub(crate) source_cells: Range<u32>,
    pub(crate) delay: u32,
    pub(crate) weight: f64,
    /// Place of the first target's sum.
    pub(crate) first: u32,
    /// Target cells within the partition.
    pub(crate) targets: Range<u32>,
    /// Whether a neuron's own spikes are left out.
    pub(crate) not_self: bool,
}

impl Stored {
    /// Calls `sink` with the delay, the segment and the number of synapses of everything that a cell's spike delivers.
    #[inline]
    pub(crate) fn segments(&self, cell: u32, sink: impl FnMut(u32, Segment, u32)) {
        match self {
            Self::Table(table) => table.index.segments(cell, sink),
            Self::Bits(bits) => row_of(&bits.source_cells, cell, bits.delay, |row| bits.counts[row], sink),
            Self::Rows(rows) => row_of(&rows.source_cells, cell, rows.delay, |row| rows.counts[row], sink),
            Self::Counted(counted) => {
                row_of(&counted.source_cells, cell, counted.delay, |_| counted.synapses_of(cell), sink);
            }
        }
    }

    /// Starts fetching where a cell's row begins, for [`fetch_runs`](Self::fetch_runs).
    #[inline]
    pub(crate) fn fetch_row(&self, cell: u32) {
        match self {
            Self::Table(Table { index: Index::Same { starts, .. }, .. }) => prefetch(starts.as_ptr().wrapping_add(cell as usize)),
            Self::Table(Table { index: Index::Mixed { rows, .. }, .. }) => prefetch(rows.as_ptr().wrapping_add(cell as usize)),
            Self::Bits(_) | Self::Rows(_) | Self::Counted(_) => {}
        }
    }

    /// Starts fetching the runs of a cell, for [`segments`](Self::segments).
    #[inline]
    pub(crate) fn fetch_runs(&self, cell: u32) {
        if let Self::Table(Table { index: Index::Mixed { rows, runs }, .. }) = self {
            let (first, end) = (rows[cell as usize].0, rows[cell as usize + 1].0);
            fetch(runs, &Segment { start: first, end });
        }
    }

    /// Smallest and largest delay; `None` without synapses.
    pub(crate) fn delays(&self) -> Option<(u32, u32)> {
        match self {
            Self::Table(table) => table.index.delays(),
            Self::Bits(BitRows { delay, .. }) | Self::Rows(WeightRows { delay, .. }) | Self::Counted(Counted { delay, .. }) => {
                Some((*delay, *delay))
            }
        }
    }

    /// The layout in words.
    pub(crate) fn layout(&self) -> &'static str {
        let layout = match self {
            Self::Table(Table { records: Records::One { weight, .. }, .. }) => Layout::One { weight: *weight },
            Self::Table(Table { records: Records::I16 { shift, .. }, .. }) => Layout::I16 { shift: *shift },
            Self::Table(Table { records: Records::F32(_), .. }) => Layout::F32,
            Self::Table(Table { records: Records::F64(_), .. }) => Layout::F64,
            Self::Bits(bits) => Layout::Bits { weight: bits.weight },
            Self::Rows(WeightRows { weights: RowWeights::F32(_), .. }) => Layout::Rows { kind: RowKind::F32 },
            Self::Rows(WeightRows { weights: RowWeights::F64(_), .. }) => Layout::Rows { kind: RowKind::F64 },
            Self::Counted(_) => Layout::Counted,
        };
        layout.name()
    }

    pub(crate) fn synapses(&self) -> u64 {
        let sum = |counts: &[u32]| counts.iter().map(|c| u64::from(*c)).sum();
        match self {
            Self::Table(table) => table.records.len() as u64,
            Self::Bits(bits) => sum(&bits.counts),
            Self::Rows(rows) => sum(&rows.counts),
            Self::Counted(counted) => counted.source_cells.clone().map(|cell| u64::from(counted.synapses_of(cell))).sum(),
        }
    }

    /// Bytes of weights and targets.
    pub(crate) fn record_bytes(&self) -> usize {
        match self {
            Self::Table(table) => table.records.bytes(),
            Self::Bits(bits) => bits.bytes(),
            Self::Rows(rows) => match &rows.weights {
                RowWeights::F32(weights) => size_of_val(&weights[..]),
                RowWeights::F64(weights) => size_of_val(&weights[..]),
            },
            Self::Counted(_) => 0,
        }
    }

    /// Bytes of the index of the rows.
    pub(crate) fn index_bytes(&self) -> usize {
        match self {
            Self::Table(Table { index: Index::Same { starts, .. }, .. }) => size_of_val(&starts[..]),
            Self::Table(Table { index: Index::Mixed { rows, runs }, .. }) => size_of_val(&rows[..]) + size_of_val(&runs[..]),
            Self::Bits(BitRows { counts, .. }) | Self::Rows(WeightRows { counts, .. }) => size_of_val(&counts[..]),
            Self::Counted(_) => 0,
        }
    }
}

/// The one segment of a cell in a layout with a row for each source cell.
#[inline]
fn row_of(cells: &Range<u32>, cell: u32, delay: u32, count: impl Fn(usize) -> u32, mut sink: impl FnMut(u32, Segment, u32)) {
    if cells.contains(&cell) {
        let row = cell - cells.start;
        let count = count(row as usize);
        if count > 0 {
            sink(delay, Segment { start: row, end: row + 1 }, count);
        }
    }
}

impl Index {
    #[inline]
    pub(crate) fn segments(&self, cell: u32, mut sink: impl FnMut(u32, Segment, u32)) {
        let cell = cell as usize;
        match self {
            Self::Same { delay, starts } => {
                let (start, end) = (starts[cell], starts[cell + 1]);
                if start < end {
                    sink(*delay, Segment { start, end }, end - start);
                }
            }
            Self::Mixed { rows, runs } => {
                let (first, mut start) = rows[cell];
                for run in &runs[first as usize..rows[cell + 1].0 as usize] {
                    let end = start + u32::from(run.count);
                    sink(u32::from(run.delay), Segment { start, end }, u32::from(run.count));
                    start = end;
                }
            }
        }
    }

    fn delays(&self) -> Option<(u32, u32)> {
        match self {
            Self::Same { delay, starts } => (starts.last() > Some(&0)).then_some((*delay, *delay)),
            Self::Mixed { runs, .. } => {
                let delays = || runs.iter().map(|r| u32::from(r.delay));
                delays().min().zip(delays().max())
            }
        }
    }
}

impl Records {
    /// The place of a record within its window.
    pub(crate) fn target(&self, record: usize) -> u16 {
        match self {
            Self::One { targets, .. } => targets[record],
            Self::I16 { records, .. } => records[record].target,
            Self::F32(records) => records[record].target,
            Self::F64(records) => records[record].target,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::One { targets, .. } => targets.len(),
            Self::I16 { records, .. } => records.len(),
            Self::F32(records) => records.len(),
            Self::F64(records) => records.len(),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::One { targets, .. } => size_of_val(&targets[..]),
            Self::I16 { records, .. } => size_of_val(&records[..]),
            Self::F32(records) => size_of_val(&records[..]),
            Self::F64(records) => size_of_val(&records[..]),
        }
    }
}

impl Counted {
    /// Synapses of a source cell onto the partition.
    fn synapses_of(&self, cell: u32) -> u32 {
        self.targets.len() as u32 - u32::from(self.not_self && self.targets.contains(&cell))
    }
}
