//! Where a partition adds up what arrives: a sum for each receptor of each of its neurons.
//!
//! ```text
//! index   0 ................................................................. receptors
//!         | receptor 0: population 0 | population 1 | .. | receptor 1: population 0 | .. |
//!           one place a neuron, populations filled up to whole blocks
//! f64     the sums of all synapses that keep their weight as a number; neurons read them where they are. Then follow
//!         | injected current, where it is held | rows of one strip | zeros |        (`inputs.rs`)
//! i32     the sums of 16-bit weights, in units of the receptor's finest quantum
//! f32     no sums, but what follows them, for neurons whose state is in 32 bits
//! ```
//!
//! Synapses name their place by 16 bits within a window of 65,536 places: half a megabyte of doubles or a quarter of one of
//! integers, which a core keeps in its second cache while it goes through the synapses of one receptor. And a
//! reference to an array of 65,536 needs no check of such an index.

use super::aligned::Aligned;
use super::neurons::BLOCK;
use super::plan::PlanCells;
use super::values::ValuesMut;
use crate::real::Precision;
use std::ops::Range;

/// Places in a window.
pub(crate) const WINDOW: usize = 1 << 16;

/// Places of a partition's sums.
#[derive(Clone, Debug)]
pub(crate) struct SumLayout {
    /// By population: the place of each receptor's first neuron.
    starts: Vec<Vec<u32>>,
    /// By population: the partition's first cell.
    first_cells: Vec<u32>,
    /// First places of the windows, ascending.
    windows: Vec<u32>,
    receptors: usize,
}

impl SumLayout {
    pub(crate) fn new(blocks: &[Range<usize>], cells: &[PlanCells]) -> Self {
        let receptors = |cells: &PlanCells| match cells {
            PlanCells::Neurons(neurons) => neurons.inputs() - 1,
            _ => 0,
        };
        let most = cells.iter().map(receptors).max().unwrap_or(0);
        let mut layout = Self {
            starts: vec![Vec::new(); cells.len()],
            first_cells: blocks.iter().map(|b| (b.start * BLOCK) as u32).collect(),
            windows: Vec::new(),
            receptors: 0,
        };
        for receptor in 0..most {
            let start = layout.receptors;
            for (population, blocks) in blocks.iter().enumerate().filter(|(p, _)| receptors(&cells[*p]) > receptor) {
                layout.starts[population].push(layout.receptors as u32);
                layout.receptors += blocks.len() * BLOCK;
            }
            layout.open_windows(start);
        }
        assert!(u32::try_from(layout.receptors + WINDOW).is_ok(), "a partition has fewer than 2^32 input sums");
        layout
    }

    /// Covers the places from `start` on by equal windows.
    fn open_windows(&mut self, start: usize) {
        let count = (self.receptors - start).div_ceil(WINDOW).max(1);
        let size = (self.receptors - start).div_ceil(count);
        self.windows.extend((0..count).map(|i| (start + i * size) as u32));
    }

    /// The place of a receptor of a neuron.
    #[inline]
    pub(crate) fn place(&self, population: usize, cell: u32, receptor: usize) -> u32 {
        self.starts[population][receptor] + (cell - self.first_cells[population])
    }

    /// The places of some cells of a population, by receptor.
    pub(crate) fn places(&self, population: usize, cells: Range<u32>) -> Vec<Range<u32>> {
        let receptors = 0..self.starts[population].len();
        let first = |receptor| self.place(population, cells.start, receptor);
        receptors.map(|receptor| first(receptor)..first(receptor) + (cells.end - cells.start)).collect()
    }

    /// The window of a place, by number.
    #[inline]
    pub(crate) fn window(&self, place: u32) -> usize {
        self.windows.partition_point(|start| *start <= place) - 1
    }

    /// The window's first place.
    pub(crate) fn window_start(&self, window: usize) -> u32 {
        self.windows[window]
    }

    pub(crate) fn windows(&self) -> usize {
        self.windows.len()
    }

    /// Places of all receptors.
    pub(crate) fn receptors(&self) -> usize {
        self.receptors
    }
}

/// The sums. Windows may reach beyond the last place: that memory is never touched.
pub(crate) struct Sums {
    pub(crate) f64: Aligned<f64>,
    pub(crate) i32: Aligned<i32>,
    pub(crate) f32: Aligned<f32>,
}

impl Sums {
    /// Cleared sums, with so many places more among the doubles, and so many singles.
    pub(crate) fn new(layout: &SumLayout, more: usize, singles: usize) -> Self {
        let places = layout.receptors + WINDOW;
        Self { f64: Aligned::apart(places + more), i32: Aligned::apart(places), f32: Aligned::apart(singles) }
    }

    /// Where neurons of a precision read their inputs.
    pub(crate) fn numbers(&mut self, precision: Precision) -> ValuesMut<'_> {
        match precision {
            Precision::F64 => ValuesMut::F64(&mut self.f64),
            Precision::F32 => ValuesMut::F32(&mut self.f32),
        }
    }
}

/// The window that starts at a place.
#[inline]
pub(crate) fn window<T>(sums: &mut [T], start: u32) -> &mut [T; WINDOW] {
    sums[start as usize..].first_chunk_mut().expect("sums reach a window beyond the last place")
}
