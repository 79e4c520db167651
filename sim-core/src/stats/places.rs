//! From a global index to a population and a place in one array over all measured neurons.

use std::ops::Range;

#[derive(Clone, Debug)]
struct Piece {
    cells: Range<u32>,
    population: usize,
    offset: usize,
}

/// Where a neuron belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which of the populations, in the order given.
    pub population: usize,
    /// Index within the population.
    pub index: u32,
    /// Place among the neurons of all populations.
    pub slot: usize,
}

/// Some populations, found by global index.
#[derive(Clone, Debug)]
pub struct Places {
    by_first: Vec<Piece>,
    slots: Vec<Range<usize>>,
}

impl Places {
    /// Populations given by their ranges of global indices, which must not overlap. Their slots follow each other in the order
    /// given.
    pub fn new(populations: &[Range<u32>]) -> Self {
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
    pub fn neurons(&self) -> usize {
        self.slots.last().map_or(0, |s| s.end)
    }

    /// Slots of each population.
    pub fn slots(&self) -> &[Range<usize>] {
        &self.slots
    }

    /// Where a neuron belongs; `None` if to none of the populations.
    pub fn find(&self, neuron: u32) -> Option<Place> {
        let after = self.by_first.partition_point(|piece| piece.cells.start <= neuron);
        let piece = self.by_first.get(after.checked_sub(1)?)?;
        let index = neuron - piece.cells.start;
        let slot = piece.offset + index as usize;
        piece.cells.contains(&neuron).then_some(Place { population: piece.population, index, slot })
    }
}
