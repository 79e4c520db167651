//! Stimuli that give every connection a train or a current of its own: `poisson` and `noise_current`. Parallel
//! connections with the same weight and delay are one train of the summed rate, and one current of the summed mean
//! and variance: the same distribution, drawn once.

mod noise;
mod poisson;

pub(crate) use noise::{Currents, Flow, PrivateNoise};
pub(crate) use poisson::{Now, PrivatePoisson};

use super::inflow::CurrentEntry;
use super::neurons::BLOCK;
use super::partition::targets;
use crate::connect::{Generator, Synapse};
use crate::network::{Draw, Network, Projection, Rule};
use crate::time::Grid;
use std::ops::Range;

/// What each target gets.
enum Entries<T> {
    /// Every cell of a range the same.
    Uniform { cells: Range<u32>, entry: T },
    /// A list per block.
    Listed { starts: Vec<u32>, list: Vec<(Slot, T)> },
}

/// A place among the inputs of a block.
#[derive(Clone, Copy, PartialEq)]
struct Slot {
    row: u8,
    lane: u8,
}

/// A strip of blocks of the target population, whose inputs are being put together: a row for each receptor and last one for
/// injected current, 64 values a block.
pub(crate) struct Place<'a> {
    /// Where each row starts.
    pub(crate) rows: &'a [usize],
    /// Number of the strip's first block within the population.
    pub(crate) first_block: usize,
    /// The same within the partition.
    pub(crate) offset: usize,
}

impl Place<'_> {
    /// A block's part of a row.
    fn row(&self, block: usize, row: usize) -> Range<usize> {
        let start = self.rows[row] + (block - self.first_block) * BLOCK;
        start..start + BLOCK
    }

    /// A block's part of the row of injected current.
    fn current_row(&self, block: usize) -> Range<usize> {
        self.row(block, self.rows.len() - 1)
    }

    /// The place of a neuron's injected current.
    pub(crate) fn current(&self, cell: u32) -> usize {
        self.current_row(cell as usize / BLOCK).start + cell as usize % BLOCK
    }

    /// The place of an entry of a block.
    fn slot(&self, block: usize, slot: Slot) -> usize {
        self.row(block, usize::from(slot.row)).start + usize::from(slot.lane)
    }

    /// Entries of a block of the partition, counted from the strip's first.
    fn listed(&self, starts: &[u32], block: usize) -> Range<usize> {
        starts[self.offset + block] as usize..starts[self.offset + block + 1] as usize
    }

    /// Lanes of a block that belong to a range of cells.
    fn lanes_of(&self, block: usize, cells: &Range<u32>) -> Range<usize> {
        let cut = |cell: u32| (cell as usize).clamp(block * BLOCK, (block + 1) * BLOCK) - block * BLOCK;
        cut(cells.start)..cut(cells.end).max(cut(cells.start))
    }
}

/// A private projection and the blocks of its target population that a partition owns.
pub(crate) struct Context<'a> {
    pub(crate) network: &'a Network,
    pub(crate) projection: &'a Projection,
    pub(crate) grid: Grid,
    pub(crate) blocks: Range<usize>,
    /// Rows of inputs of a block of targets: receptors and injected current.
    pub(crate) rows: usize,
    /// Whether the entries' slots are receptors (else the row of injected current).
    pub(crate) spikes: bool,
}

impl Context<'_> {
    fn targets(&self) -> Range<u32> {
        targets(self.projection, &self.blocks, self.network.populations[self.projection.target].size)
    }

    /// Every synapse of a current source, by target.
    pub(crate) fn current_entries(&self) -> Vec<CurrentEntry> {
        let mut entries = Vec::new();
        Generator::new(self.network, self.projection).for_targets(self.targets(), |s| {
            entries.push(CurrentEntry { cell: s.target, unit: s.source, factor: s.weight, delay: self.delay(&s) });
        });
        entries.sort_by_key(|entry| entry.cell);
        entries
    }

    fn delay(&self, synapse: &Synapse) -> u64 {
        u64::from(self.grid.delay(synapse.delay_fs))
    }

    /// Number of units that each target hears, and a sample synapse, where it is the same for all targets.
    fn uniform(&self) -> Option<(u32, Synapse)> {
        let p = self.projection;
        let constant = matches!(p.weight, Draw::Constant(_)) && matches!(p.delay, Draw::Constant(_));
        let times = match p.rule {
            Rule::AllToAll { same_index: true } => p.source_cells.end - p.source_cells.start,
            Rule::FixedIndegree { indegree, .. } => indegree,
            Rule::OneToOne => 1,
            _ => return None,
        };
        let mut first = None;
        let start = p.target_cells.start;
        Generator::new(self.network, p).for_targets(start..start + 1, |s| first = first.or(Some(s)));
        first.filter(|_| constant && times > 0).map(|s| (times, s))
    }

    /// Entries by block: `entries` turns one target's synapses into what is kept.
    fn listed<T: Copy>(&self, mut entries: impl FnMut(&[Synapse], &mut Vec<T>)) -> Entries<T> {
        let generator = Generator::new(self.network, self.projection);
        let mut synapses: Vec<Synapse> = Vec::new();
        generator.for_targets(self.targets(), |s| synapses.push(s));
        synapses.sort_by_key(|s| s.target);
        let (mut starts, mut list, mut made) = (vec![0], Vec::new(), Vec::new());
        let mut rest = &synapses[..];
        for block in self.blocks.clone() {
            let (own, after) = rest.split_at(rest.partition_point(|s| (s.target as usize) < (block + 1) * BLOCK));
            rest = after;
            for same in own.chunk_by(|a, b| a.target == b.target).flat_map(by_receptor) {
                let row = if self.spikes { same[0].receptor } else { self.rows - 1 };
                let slot = Slot { row: row as u8, lane: (same[0].target as usize % BLOCK) as u8 };
                made.clear();
                entries(&same, &mut made);
                list.extend(made.iter().map(|entry| (slot, *entry)));
            }
            starts.push(list.len() as u32);
        }
        Entries::Listed { starts, list }
    }
}

fn by_receptor(synapses: &[Synapse]) -> Vec<Vec<Synapse>> {
    let mut sorted = synapses.to_vec();
    sorted.sort_by_key(|s| s.receptor);
    sorted.chunk_by(|a, b| a.receptor == b.receptor).map(<[Synapse]>::to_vec).collect()
}

impl<T> Entries<T> {
    fn bytes(&self) -> usize {
        match self {
            Entries::Uniform { .. } => size_of::<Self>(),
            Entries::Listed { starts, list } => size_of_val(&starts[..]) + size_of_val(&list[..]),
        }
    }
}
