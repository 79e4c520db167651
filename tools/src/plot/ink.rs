//! Marks of spikes as a bitmap of cells: as many spikes as there are, bounded by what a reader can tell apart.

use super::scene::Frame;

/// Edge of a cell in millimetres (508 per inch, finer than print).
pub(super) const CELL: f64 = 0.05;

/// A mark: a rectangle of so many cells, centred on its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A horizontal run of marks that touch: its first cell, its row and its length in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) x: u32,
    pub(super) row: u32,
    pub(super) length: u32,
}

/// The places of marks in a frame. Marks of one row within one cell are one mark.
pub(super) struct Ink {
    pub(super) frame: Frame,
    pub(super) mark: Mark,
    columns: usize,
    rows: usize,
    bits: Vec<u64>,
}

impl Ink {
    pub(super) fn new(frame: Frame) -> Self {
        let cells = |length: f64| (length / CELL).round().clamp(1.0, 1e5) as usize;
        let (columns, rows) = (cells(frame.width), cells(frame.height));
        let mark = Mark { width: 4, height: 4 };
        Self { frame, mark, columns, rows, bits: vec![0; columns.div_ceil(64) * rows] }
    }

    /// Marks a place given as fractions of the frame's width and height.
    pub(super) fn put(&mut self, x: f64, y: f64) {
        let cell = |fraction: f64, cells: usize| ((fraction * cells as f64) as usize).min(cells - 1);
        let (column, row) = (cell(x, self.columns), cell(y, self.rows));
        let word = row * self.columns.div_ceil(64) + column / 64;
        self.bits[word] |= 1 << (column % 64);
    }

    /// The runs of marks, row by row. Marks are cut at the sides of the frame and moved inside at its top and bottom.
    pub(super) fn runs(&self) -> impl Iterator<Item = Run> {
        (0..self.rows).flat_map(|row| self.runs_of(row))
    }

    fn runs_of(&self, row: usize) -> Vec<Run> {
        let half = (self.mark.height as usize / 2).min((self.rows - 1) / 2);
        let drawn_row = row.clamp(half, self.rows - 1 - half) as u32;
        let stride = self.columns.div_ceil(64);
        let words = &self.bits[row * stride..(row + 1) * stride];
        let mut runs: Vec<Run> = Vec::new();
        for column in words.iter().enumerate().flat_map(|(i, word)| set_bits(*word).map(move |bit| i as u32 * 64 + bit)) {
            let start = column.saturating_sub(self.mark.width / 2);
            let end = (start + self.mark.width).min(self.columns as u32);
            match runs.last_mut() {
                Some(run) if start <= run.x + run.length => run.length = end - run.x,
                _ => runs.push(Run { x: start, row: drawn_row, length: end - start }),
            }
        }
        runs
    }
}

/// The places of the set bits, ascending.
fn set_bits(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros())?;
        word &= word - 1;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink() -> Ink {
        Ink::new(Frame { x: 0.0, y: 0.0, width: 10.0, height: 1.0 })
    }

    #[test]
    fn marks_become_runs() {
        let mut ink = ink();
        ink.put(0.5, 0.0);
        ink.put(0.5, 0.0);
        ink.put(0.75, 0.5);
        let runs: Vec<Run> = ink.runs().collect();
        let expected = [Run { x: 98, row: 2, length: 4 }, Run { x: 148, row: 10, length: 4 }];
        assert_eq!(runs, expected, "200 columns, 20 rows, marks of 4 x 4 cells inside them; the same place counts once");
    }

    #[test]
    fn touching_marks_join_and_edges_cut() {
        let mut ink = ink();
        [0.0, 0.015, 0.03, 1.0].into_iter().for_each(|x| ink.put(x, 1.0));
        let runs: Vec<Run> = ink.runs().collect();
        assert_eq!(runs, [Run { x: 0, row: 17, length: 8 }, Run { x: 197, row: 17, length: 3 }], "cells 0, 3, 6 and 199");
    }
}
