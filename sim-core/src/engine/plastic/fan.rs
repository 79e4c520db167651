//! Synapses in runs: of one cell, with one delay.

use std::ops::Range;

/// The runs of all sources of a projection, cell after cell; those of a cell by their delays.
#[derive(Debug, Default)]
pub(crate) struct Fan {
    /// First run of each cell, and the end.
    pub(crate) rows: Vec<u32>,
    /// Runs, and one more where they end.
    pub(crate) runs: Vec<Run>,
}

/// Synapses of one cell with one delay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// First synapse.
    pub(crate) start: u32,
    /// Ticks.
    pub(crate) delay: u32,
}

impl Fan {
    /// The runs of a cell; none of a cell that there is not.
    #[inline(always)]
    pub(crate) fn runs_of(&self, cell: u32) -> Range<u32> {
        match self.rows.get(cell as usize..cell as usize + 2) {
            Some(ends) => ends[0]..ends[1],
            None => 0..0,
        }
    }

    /// The synapses of a run.
    #[inline(always)]
    pub(crate) fn synapses(&self, run: usize) -> Range<usize> {
        self.runs[run].start as usize..self.runs[run + 1].start as usize
    }

    pub(crate) fn run_count(&self) -> usize {
        self.runs.len().saturating_sub(1)
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&self.rows[..]) + size_of_val(&self.runs[..])
    }
}
