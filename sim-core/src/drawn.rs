//! What the rule of a projection has drawn, kept: pairs, weights and delays one by one, in the order of the generator and in as few
//! bytes as they need without loss. A network that carries them is what it was, even where a later program would draw others.
//!
//! ```text
//! block        synapses of neighbouring owners: targets, or sources where these draw (fixed_outdegree)
//!   owners     first and number                            u32, u32
//!   synapses   number                                      u32
//!   quantum    weights of two bytes are multiples of it    f64
//!   widths     bytes of an element in each column          4 x u8
//!   counts     synapses of each owner
//!   partners   the other cell of each synapse, from the first that takes part
//!   weights    with the sign that the netlist gives them: multiples of the quantum (2 bytes), f32 or f64; none (0) if not drawn
//!   delays     in ticks; none (0) if not drawn
//! ```

use crate::connect::Generator;
use crate::elaborate::size::{MOST_SYNAPSES, expected_synapses};
use crate::elaborate::synapses::extent;
use crate::network::{Draw, Network, Projection, Rule};
use crate::time::{FS_PER_MS, Grid};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Synapses of a block, roughly.
const BLOCK: f64 = (1 << 16) as f64;

/// Bytes before the columns of a block.
const HEAD: usize = 24;

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
                block.each(block.owners.clone(), |source, target, index| {
                    if targets.contains(&(cells + target)) {
                        sink(sources + source, cells + target, (number, index));
                    }
                });
            }
            return;
        }
        let wanted = targets.start.saturating_sub(cells)..targets.end.saturating_sub(cells);
        let first = self.blocks.partition_point(|block| block.owners.end <= wanted.start);
        for (number, block) in self.blocks.iter().enumerate().skip(first) {
            if block.owners.start >= wanted.end {
                break;
            }
            let own = wanted.start.max(block.owners.start)..wanted.end.min(block.owners.end);
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
        let Block { bytes, delays, .. } = &self.blocks[block];
        (delays.width > 0).then(|| self.grid.fs(delays.get(bytes, index as usize)))
    }

    /// Whether it may be that of a projection: so the engines are not given what they did not prepare for.
    pub(crate) fn fits(&self, network: &Network, projection: &Projection) -> bool {
        let Some((owners, partners)) = ends(projection) else { return false };
        let mut next = 0;
        let in_order = self.blocks.iter().all(|block| block.owners.start == std::mem::replace(&mut next, block.owners.end));
        let room = self.synapses() as f64 <= MOST_SYNAPSES;
        in_order && next == owners && room && self.blocks.iter().all(|block| self.holds(block, network, projection, partners))
    }

    /// Whether what stands in a block is possible.
    fn holds(&self, block: &Block, network: &Network, projection: &Projection, partners: u32) -> bool {
        let Block { bytes, weights, delays, .. } = block;
        if block.synapses() == 0 {
            return true;
        }
        if (weights.width > 0, delays.width > 0) != (is_drawn(&projection.weight), is_drawn(&projection.delay)) {
            return false;
        }
        let generator = Generator::new(network, projection);
        let (receptors, (low, high)) = (generator.receptors(), extent(&projection.weight));
        // Rounding may have gone beyond the bounds.
        let coarsest = projection.quanta.iter().copied().fold(0.0, f64::max);
        let most = low.abs().max(high.abs()) * (1.0 + f64::from(f32::EPSILON)) + coarsest;
        let (shortest, longest) = extent(&projection.delay);
        let ticks = [shortest, longest].map(|ms| self.grid.tick((ms * FS_PER_MS as f64).round() as i64));
        (0..block.synapses()).all(|index| {
            let weight = block.weight(index).is_none_or(|weight| {
                let receptor = generator.receptor(weight);
                weight.abs() <= most && (receptor == receptors.0 || receptor == receptors.1)
            });
            let delay = delays.width == 0 || (ticks[0]..=ticks[1]).contains(&delays.get(bytes, index));
            weight && delay && block.partners.get(bytes, index) < u64::from(partners)
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
    let numbers = [owners.start, owners.len() as u32, partners.len() as u32];
    let mut bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    bytes.extend(quantum.to_le_bytes());
    let widths = [width(&counts), width(&partners), width_of_weights(&weights, quantum), width(&delays)];
    bytes.extend(widths);
    put(&mut bytes, &counts, widths[0]);
    put(&mut bytes, &partners, widths[1]);
    put_weights(&mut bytes, &weights, widths[2], quantum);
    put(&mut bytes, &delays, widths[3]);
    bytes
}

/// Bytes that the largest of some whole numbers needs; 0 if there are none.
fn width(numbers: &[u64]) -> u8 {
    match numbers.iter().max() {
        None => 0,
        Some(0..=0xff) => 1,
        Some(..=0xffff) => 2,
        Some(..=0xffff_ffff) => 4,
        Some(_) => 8,
    }
}

fn put(bytes: &mut Vec<u8>, numbers: &[u64], width: u8) {
    bytes.reserve(numbers.len() * usize::from(width));
    match width {
        1 => bytes.extend(numbers.iter().map(|number| *number as u8)),
        2 => numbers.iter().for_each(|number| bytes.extend((*number as u16).to_le_bytes())),
        4 => numbers.iter().for_each(|number| bytes.extend((*number as u32).to_le_bytes())),
        _ => numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes())),
    }
}

/// Bytes that keep all weights to the last bit, and their signs where they are 0.
fn width_of_weights(weights: &[f64], quantum: f64) -> u8 {
    let all = |narrow: &dyn Fn(f64) -> f64| weights.iter().all(|weight| narrow(*weight).to_bits() == weight.to_bits());
    match () {
        () if weights.is_empty() => 0,
        () if all(&|weight| f64::from((weight / quantum) as i16) * quantum) => 2,
        () if all(&|weight| f64::from(weight as f32)) => 4,
        () => 8,
    }
}

fn put_weights(bytes: &mut Vec<u8>, weights: &[f64], width: u8, quantum: f64) {
    bytes.reserve(weights.len() * usize::from(width));
    match width {
        2 => weights.iter().for_each(|weight| bytes.extend(((weight / quantum) as i16).to_le_bytes())),
        4 => weights.iter().for_each(|weight| bytes.extend((*weight as f32).to_le_bytes())),
        _ => weights.iter().for_each(|weight| bytes.extend(weight.to_le_bytes())),
    }
}

/// Synapses of neighbouring owners.
pub(crate) struct Block {
    owners: Range<u32>,
    /// Where the synapses of each owner begin, and where the last's end.
    starts: Vec<u32>,
    quantum: f64,
    partners: Column,
    weights: Column,
    delays: Column,
    bytes: Vec<u8>,
}

/// Where the elements of a column stand, and the bytes of each.
#[derive(Clone, Copy)]
struct Column {
    at: usize,
    width: u8,
}

impl Column {
    #[inline]
    fn get(self, bytes: &[u8], index: usize) -> u64 {
        let at = self.at + index * usize::from(self.width);
        match self.width {
            0 => 0,
            1 => u64::from(bytes[at]),
            2 => u64::from(u16::from_le_bytes(array(bytes, at))),
            4 => u64::from(u32::from_le_bytes(array(bytes, at))),
            _ => u64::from_le_bytes(array(bytes, at)),
        }
    }
}

#[inline]
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut own = [0; N];
    own.copy_from_slice(&bytes[at..at + N]);
    own
}

impl Block {
    /// From its bytes; `None` if they are not a block.
    pub(crate) fn read(bytes: Vec<u8>) -> Option<Self> {
        let head = bytes.get(..HEAD)?;
        let [first, number, synapses] = [0, 4, 8].map(|at| u32::from_le_bytes(array(head, at)));
        let owners = first..first.checked_add(number)?;
        let quantum = f64::from_le_bytes(array(head, 12));
        let mut end = HEAD;
        let mut columns = [Column { at: 0, width: 0 }; 4];
        for ((column, width), number) in columns.iter_mut().zip(&head[HEAD - 4..]).zip([number, synapses, synapses, synapses]) {
            *column = Column { at: end, width: *width };
            end = end.checked_add((number as usize).checked_mul(usize::from(*width))?)?;
        }
        let [counts, partners, weights, delays] = columns;
        let whole = |column: Column, number: u32| matches!(column.width, 1 | 2 | 4 | 8) || column.width == 0 && number == 0;
        let optional = |column: Column| column.width == 0 || whole(column, synapses) && column.width > 0;
        let widths = whole(counts, number) && whole(partners, synapses) && optional(weights) && optional(delays);
        if end != bytes.len() || !widths || weights.width == 1 || !quantum.is_finite() {
            return None;
        }
        let mut starts = vec![0_u32];
        for owner in 0..number as usize {
            let count = u32::try_from(counts.get(&bytes, owner)).ok()?;
            starts.push(starts[owner].checked_add(count)?);
        }
        (starts.last() == Some(&synapses)).then_some(Self { owners, starts, quantum, partners, weights, delays, bytes })
    }

    /// As it was read.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn synapses(&self) -> usize {
        self.starts.last().map_or(0, |end| *end as usize)
    }

    /// Owner, partner and index of every synapse of some of its owners.
    fn each(&self, owners: Range<u32>, mut sink: impl FnMut(u32, u32, u32)) {
        for owner in owners {
            let place = (owner - self.owners.start) as usize;
            for index in self.starts[place]..self.starts[place + 1] {
                sink(owner, self.partners.get(&self.bytes, index as usize) as u32, index);
            }
        }
    }

    #[inline]
    fn weight(&self, index: usize) -> Option<f64> {
        let word = self.weights.get(&self.bytes, index);
        match self.weights.width {
            0 => None,
            2 => Some(f64::from(word as u16 as i16) * self.quantum),
            4 => Some(f64::from(f32::from_bits(word as u32))),
            _ => Some(f64::from_bits(word)),
        }
    }
}
