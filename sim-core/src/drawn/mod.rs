//! What the rule of a projection has drawn, kept: pairs, weights and delays one by one, in the order of the generator. A network that
//! carries them is what it was, even where a later program would draw others. `block.rs` has them as bytes.

mod block;

use crate::connect::Generator;
use crate::elaborate::size::{MOST_SYNAPSES, expected_synapses};
use crate::elaborate::synapses::extent;
use crate::network::{Draw, Network, Projection, Rule};
use crate::time::{FS_PER_MS, Grid};
pub(crate) use block::Block;
use block::Columns;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Synapses of a block, roughly.
const BLOCK: f64 = (1 << 16) as f64;

/// What the rule of a projection has drawn.
pub struct Drawn {
    grid: Grid,
    blocks: Arc<[Block]>,
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Drawn({} synapses)", self.synapses())
    }
}

/// The place of a synapse: block, and index within it.
pub(crate) type Kept = (usize, u32);

impl Drawn {
    /// Of blocks in order, with delays on a grid.
    pub(crate) fn new(grid: Grid, blocks: Arc<[Block]>) -> Self {
        Self { grid, blocks }
    }

    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// How many there are.
    pub(crate) fn synapses(&self) -> usize {
        self.blocks.iter().map(Block::synapses).sum()
    }

    /// Source, target and place of every synapse onto these target cells, which are counted within the population.
    pub(crate) fn pairs(&self, projection: &Projection, targets: Range<u32>, mut sink: impl FnMut(u32, u32, Kept)) {
        let (sources, cells) = (projection.source_cells.start, projection.target_cells.start);
        if draws_by_source(&projection.rule) {
            for (number, block) in self.blocks.iter().enumerate() {
                block.each(block.owners(), |source, target, index| {
                    if targets.contains(&(cells + target)) {
                        sink(sources + source, cells + target, (number, index));
                    }
                });
            }
            return;
        }
        let wanted = targets.start.saturating_sub(cells)..targets.end.saturating_sub(cells);
        let first = self.blocks.partition_point(|block| block.owners().end <= wanted.start);
        for (number, block) in self.blocks.iter().enumerate().skip(first) {
            if block.owners().start >= wanted.end {
                break;
            }
            let own = wanted.start.max(block.owners().start)..wanted.end.min(block.owners().end);
            block.each(own, |target, source, index| sink(sources + source, cells + target, (number, index)));
        }
    }

    /// The weight of a synapse as the netlist signs it, where weights are drawn.
    #[inline]
    pub(crate) fn weight(&self, (block, index): Kept) -> Option<f64> {
        self.blocks[block].weight(index as usize)
    }

    /// Its delay in femtoseconds, where delays are drawn.
    #[inline]
    pub(crate) fn delay(&self, (block, index): Kept) -> Option<i64> {
        self.blocks[block].delay(index as usize).map(|ticks| self.grid.fs(ticks))
    }

    /// Whether it may be that of a projection: so the engines are not given what they did not prepare for.
    pub(crate) fn fits(&self, network: &Network, projection: &Projection) -> bool {
        let Some((owners, partners)) = ends(projection) else { return false };
        let mut next = 0;
        let in_order = self.blocks.iter().all(|block| block.owners().start == std::mem::replace(&mut next, block.owners().end));
        let room = self.synapses() as f64 <= MOST_SYNAPSES;
        in_order && next == owners && room && self.blocks.iter().all(|block| self.holds(block, network, projection, partners))
    }

    /// Whether what stands in a block is possible.
    fn holds(&self, block: &Block, network: &Network, projection: &Projection, partners: u32) -> bool {
        let drawn = (is_drawn(&projection.weight), is_drawn(&projection.delay));
        let generator = Generator::new(network, projection);
        let (receptors, (low, high)) = (generator.receptors(), extent(&projection.weight));
        // Rounding may have gone beyond the bounds.
        let coarsest = projection.quanta.iter().copied().fold(0.0, f64::max);
        let most = low.abs().max(high.abs()) * (1.0 + f64::from(f32::EPSILON)) + coarsest;
        let (shortest, longest) = extent(&projection.delay);
        let ticks = [shortest, longest].map(|ms| self.grid.tick((ms * FS_PER_MS as f64).round() as i64));
        (0..block.synapses()).all(|index| {
            let (weight, delay) = (block.weight(index), block.delay(index));
            (weight.is_some(), delay.is_some()) == drawn
                && weight.is_none_or(|weight| {
                    let receptor = generator.receptor(weight);
                    weight.abs() <= most && (receptor == receptors.0 || receptor == receptors.1)
                })
                && delay.is_none_or(|delay| (ticks[0]..=ticks[1]).contains(&delay))
                && block.partner(index) < u64::from(partners)
        })
    }
}

/// Whether it is the sources that draw.
pub(crate) fn draws_by_source(rule: &Rule) -> bool {
    matches!(rule, Rule::FixedOutdegree { .. })
}

/// How many cells draw, and from how many others; `None` where nothing is drawn.
fn ends(projection: &Projection) -> Option<(u32, u32)> {
    let (sources, targets) = (projection.source_cells.len() as u32, projection.target_cells.len() as u32);
    let pairs = !matches!(projection.rule, Rule::OneToOne | Rule::AllToAll { .. } | Rule::List { .. });
    let random = |draw: &Draw| matches!(draw, Draw::Random(_));
    let draws = pairs || random(&projection.weight) || random(&projection.delay);
    draws.then_some(if draws_by_source(&projection.rule) { (sources, targets) } else { (targets, sources) })
}

/// Whether a number differs from synapse to synapse without being told by the two cells.
fn is_drawn(draw: &Draw) -> bool {
    matches!(draw, Draw::Random(_) | Draw::Each(_))
}

/// The owners of each block of a projection: the same however many threads there are. None where nothing is drawn.
pub(crate) fn shares(projection: &Projection) -> Vec<Range<u32>> {
    let Some((owners, _)) = ends(projection) else { return Vec::new() };
    let each = (BLOCK * f64::from(owners) / expected_synapses(projection).max(1.0)).clamp(1.0, f64::from(owners.max(1))) as usize;
    (0..owners).step_by(each).map(|first| first..owners.min(first.saturating_add(each as u32))).collect()
}

/// Draws the synapses of some owners: the bytes of their block.
pub(crate) fn draw(network: &Network, projection: &Projection, owners: Range<u32>, grid: Grid) -> Vec<u8> {
    let generator = Generator::new(network, projection);
    let by_source = draws_by_source(&projection.rule);
    let (sources, targets) = (projection.source_cells.start, projection.target_cells.start);
    let (mut counts, mut partners) = (vec![0_u64; owners.len()], Vec::new());
    let (mut weights, mut delays) = (Vec::new(), Vec::new());
    generator.for_owners(owners.clone(), |source, target, weight, delay_fs| {
        let (source, target) = (source - sources, target - targets);
        let (owner, partner) = if by_source { (source, target) } else { (target, source) };
        counts[(owner - owners.start) as usize] += 1;
        partners.push(u64::from(partner));
        weights.push(weight);
        delays.push(grid.tick(delay_fs));
    });
    if !is_drawn(&projection.weight) {
        weights.clear();
    }
    if !is_drawn(&projection.delay) {
        delays.clear();
    }
    let quantum = generator.only_receptor().and_then(|receptor| projection.quanta.get(receptor)).copied().unwrap_or(1.0);
    Columns { first: owners.start, counts, partners, quantum, weights, delays }.to_bytes()
}
