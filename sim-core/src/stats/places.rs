//! From a global index to a population and a place in one array over all measured neurons.

use std::ops::Range;

#[derive(Clone, Debug)]
struct Piece {
    cells: Range<u32>,
    population: usize,
    offset: usize,
}

/// The measured populations, found by global index.
#[derive(Clone, Debug)]
pub(super) struct Places {
    by_first: Vec<Piece>,
    slots: Vec<Range<usize>>,
}

impl Places {
    /// Populations in the order of their results; their places follow each other in that order.
    pub(super) fn new(populations: &[Range<u32>]) -> Self {
        let mut offset = 0;
        let mut by_first = Vec::with_capacity(populations.len());
        let mut slots = Vec::with_capacity(populations.len());
        for (population, cells) in populations.iter().enumerate() {
            by_first.push(Piece { cells: cells.clone(), population, offset });
            slots.push(offset..offset + cells.len());
            offset += cells.len();
        }
        by_first.sort_by_key(|piece| (piece.cells.start, piece.cells.end));
        Self { by_first, slots }
    }

    /// Neurons of all populations.
    pub(super) fn len(&self) -> usize {
        self.slots.last().map_or(0, |s| s.end)
    }

    /// Places of each population.
    pub(super) fn slots(&self) -> &[Range<usize>] {
        &self.slots
    }

    /// Population and place of a neuron; `None` if it is not measured.
    pub(super) fn find(&self, neuron: u32) -> Option<(usize, usize)> {
        let after = self.by_first.partition_point(|piece| piece.cells.start <= neuron);
        let piece = self.by_first.get(after.checked_sub(1)?)?;
        piece.cells.contains(&neuron).then(|| (piece.population, piece.offset + (neuron - piece.cells.start) as usize))
    }
}
