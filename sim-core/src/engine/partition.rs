//! Who owns which neurons. Every population is cut at block borders into one contiguous range a partition, so that
//! all partitions get their share of busy and of quiet populations; the remainder goes round.

use super::neurons::BLOCK;
use crate::network::{Population, Projection};
use std::ops::Range;

/// Ranges of blocks, by partition and population.
#[derive(Clone, Debug)]
pub(crate) struct Partitioning {
    parts: Vec<Vec<Range<usize>>>,
}

impl Partitioning {
    pub(crate) fn new(populations: &[Population], parts: usize) -> Self {
        let mut ranges = vec![Vec::with_capacity(populations.len()); parts];
        let mut turn = 0;
        for population in populations {
            let blocks = (population.size as usize).div_ceil(BLOCK);
            let border = |part: usize| (blocks * part + turn) / parts;
            for (part, ranges) in ranges.iter_mut().enumerate() {
                ranges.push(border(part)..border(part + 1));
            }
            turn = (turn + blocks) % parts;
        }
        Self { parts: ranges }
    }

    /// Blocks of each population that a partition owns.
    pub(crate) fn blocks(&self, part: usize) -> &[Range<usize>] {
        &self.parts[part]
    }
}

/// Cells of a range of blocks, cut at the population's size.
pub(crate) fn cells(blocks: &Range<usize>, size: u32) -> Range<u32> {
    let cut = |block: usize| (block * BLOCK).min(size as usize) as u32;
    cut(blocks.start)..cut(blocks.end)
}

/// Target cells of a projection that lie in a range of blocks of its target population.
pub(crate) fn targets(projection: &Projection, blocks: &Range<usize>, size: u32) -> Range<u32> {
    let owned = cells(blocks, size);
    let start = owned.start.max(projection.target_cells.start);
    start..owned.end.min(projection.target_cells.end).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Cells;

    fn population(size: u32) -> Population {
        static CARD: crate::catalog::StimulusCard = crate::catalog::StimulusCard {
            name: "",
            aliases: &[],
            about: "",
            equations: "",
            scheme: "",
            source: "",
            parameters: &[],
            effect: crate::catalog::Effect::Spikes,
            check: |_| Ok(()),
            drive: |_, _, _| crate::stimulus::Drive::SpikeTimes(crate::stimulus::PerUnit::Shared(Vec::new())),
        };
        Population {
            name: String::new(),
            first: 0,
            size,
            names: Vec::new(),
            cells: Cells::Stimulus { card: &CARD, values: Vec::new() },
            positions: None,
        }
    }

    #[test]
    fn every_block_has_one_owner() {
        let populations: Vec<Population> = [1, 64, 65, 1000, 12_345].map(population).into();
        for parts in 1..9 {
            let partitioning = Partitioning::new(&populations, parts);
            for (i, population) in populations.iter().enumerate() {
                let mut next = 0;
                for part in 0..parts {
                    let blocks = &partitioning.blocks(part)[i];
                    assert_eq!(blocks.start, next, "{parts} parts: ranges follow each other");
                    next = blocks.end;
                }
                assert_eq!(next, (population.size as usize).div_ceil(BLOCK), "{parts} parts: all blocks are owned");
            }
            let load = |part| partitioning.blocks(part).iter().map(ExactSizeIterator::len).sum::<usize>();
            let loads: Vec<usize> = (0..parts).map(load).collect();
            // Each population is shared out to within one block.
            let spread = loads.iter().max().unwrap() - loads.iter().min().unwrap();
            assert!(spread < populations.len(), "{parts} parts: even loads {loads:?}");
        }
    }
}
