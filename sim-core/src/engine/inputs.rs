//! Where the inputs of a partition's neurons lie in memory.

use super::neurons::BLOCK;
use super::plan::PlanCells;
use std::ops::Range;

/// Where the inputs of a partition lie: populations in order, blocks in order, a row of 64 for each receptor and one for
/// injected current.
#[derive(Clone, Debug)]
pub(crate) struct InputLayout {
    /// By population: first value, first block, rows per block.
    places: Vec<(usize, usize, usize)>,
    len: usize,
}

impl InputLayout {
    pub(crate) fn new(blocks: &[Range<usize>], cells: &[PlanCells]) -> Self {
        let mut len = 0;
        let mut places = Vec::new();
        for (blocks, cells) in blocks.iter().zip(cells) {
            let rows = match cells {
                PlanCells::Neurons(neurons) => neurons.inputs(),
                _ => 0,
            };
            places.push((len, blocks.start, rows));
            len += blocks.len() * rows * BLOCK;
        }
        assert!(u32::try_from(len).is_ok(), "a partition has at most 2^32 input slots");
        Self { places, len }
    }

    /// Number of values.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// All values of a population's blocks.
    pub(crate) fn population(&self, population: usize, blocks: usize) -> Range<usize> {
        let (first, _, rows) = self.places[population];
        first..first + blocks * rows * BLOCK
    }

    /// The row of a receptor of a block.
    pub(crate) fn row(&self, population: usize, block: usize, receptor: usize) -> Range<usize> {
        let (first, first_block, rows) = self.places[population];
        let start = first + ((block - first_block) * rows + receptor) * BLOCK;
        start..start + BLOCK
    }

    /// The row of injected current of a block.
    pub(crate) fn current_row(&self, population: usize, block: usize) -> Range<usize> {
        self.row(population, block, self.places[population].2 - 1)
    }

    /// The slot of a receptor of a neuron.
    #[inline]
    pub(crate) fn slot(&self, population: usize, cell: u32, receptor: usize) -> u32 {
        let (first, first_block, rows) = self.places[population];
        let (block, lane) = (cell as usize / BLOCK, cell as usize % BLOCK);
        (first + ((block - first_block) * rows + receptor) * BLOCK + lane) as u32
    }

    /// The slot of a neuron's injected current.
    pub(crate) fn current_slot(&self, population: usize, cell: u32) -> u32 {
        self.slot(population, cell, self.places[population].2 - 1)
    }
}
