//! The wiring of a network in its snapshot: block by block as `drawn` has them, each after the number of its projection. What is not
//! drawn (pairs by index, lists of the netlist) follows from the netlist and is left out.
//!
//! It is drawn as it is written, and never as a whole in memory.

use super::bytes::Reader;
use super::format::{HASH, Input, damaged};
use super::{Snapshot, SnapshotError};
use crate::drawn::{Block, Drawn, draw, shares};
use crate::network::{Network, Projection};
use crate::time::Grid;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::sync::Arc;

/// The section that says of which projections there is wiring, and with which weights it was drawn.
pub(super) const SECTION: &str = "wiring";

/// Blocks that are in memory at a time, for each thread.
const AT_ONCE: usize = 16;

/// The blocks of each projection, by its number.
type Blocks = BTreeMap<u32, Arc<[Block]>>;

/// Where wiring is from.
#[derive(Clone)]
pub(super) enum Wiring {
    /// A network with this grid of delays: kept there already, or to be drawn.
    Of(Arc<Network>, Grid),
    /// A file.
    Read(Arc<Blocks>),
}

impl fmt::Debug for Wiring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if let Self::Of(..) = self { "drawn" } else { "read" })
    }
}

impl Wiring {
    /// Writes all blocks and what ends them.
    pub(super) fn write_to(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut frames = Frames { out, all: blake3::Hasher::new() };
        match self {
            Self::Read(blocks) => {
                for (number, blocks) in &**blocks {
                    frames.kept(*number, blocks)?;
                }
            }
            Self::Of(network, grid) => {
                for (number, projection) in (0..).zip(&network.projections) {
                    match &projection.drawn {
                        Some(drawn) => frames.kept(number, drawn.blocks())?,
                        None => frames.draw(number, (network, projection), *grid)?,
                    }
                }
            }
        }
        frames.end()
    }
}

/// Writes blocks.
struct Frames<'a, W: ?Sized> {
    out: &'a mut W,
    all: blake3::Hasher,
}

impl<W: Write + ?Sized> Frames<'_, W> {
    /// A block of a projection, which has this hash.
    fn put(&mut self, number: u32, hash: blake3::Hash, block: &[u8]) -> io::Result<()> {
        self.all.update(hash.as_bytes());
        let length = 4 + block.len() as u32;
        let head = [&length.to_le_bytes()[..], hash.as_bytes(), &number.to_le_bytes()].concat();
        self.out.write_all(&head)?;
        self.out.write_all(block)
    }

    /// Those that are kept already.
    fn kept(&mut self, number: u32, blocks: &[Block]) -> io::Result<()> {
        blocks.iter().try_for_each(|block| self.put(number, hash(number, block.bytes()), block.bytes()))
    }

    /// Those of a projection that is to be drawn.
    fn draw(&mut self, number: u32, (network, projection): (&Network, &Projection), grid: Grid) -> io::Result<()> {
        let draw = |owners: &Range<u32>| {
            let block = draw(network, projection, owners.clone(), grid);
            (hash(number, &block), block)
        };
        let shares = shares(projection);
        let mut chunks = shares.chunks(AT_ONCE * rayon::current_num_threads());
        let draw_next = |chunk: Option<&[Range<u32>]>| -> Vec<(blake3::Hash, Vec<u8>)> {
            chunk.map_or(Vec::new(), |owners| owners.par_iter().map(draw).collect())
        };
        let mut blocks = draw_next(chunks.next());
        while !blocks.is_empty() {
            // What comes next is drawn while these are written.
            let mut next = Vec::new();
            rayon::in_place_scope(|scope| {
                scope.spawn(|_| next = draw_next(chunks.next()));
                blocks.iter().try_for_each(|(hash, block)| self.put(number, *hash, block))
            })?;
            blocks = next;
        }
        Ok(())
    }

    /// What ends them.
    fn end(self) -> io::Result<()> {
        self.out.write_all(&0_u32.to_le_bytes())?;
        self.out.write_all(self.all.finalize().as_bytes())
    }
}

/// The hash of a block of a projection.
fn hash(number: u32, block: &[u8]) -> blake3::Hash {
    blake3::Hasher::new().update(&number.to_le_bytes()).update(block).finalize()
}

/// What weights are drawn from: a branch may have changed it.
fn law(projection: &Projection) -> [u8; HASH] {
    *blake3::hash(format!("{:?} {:?}", projection.weight, projection.quanta).as_bytes()).as_bytes()
}

impl Snapshot {
    /// Adds the wiring of a network that it is of: what the network has drawn is then read, not drawn again.
    pub fn contain(&mut self, network: &Arc<Network>) {
        let grid = Grid::new(self.header().tick_fs);
        let kept: Vec<(u32, &Projection)> = (0..).zip(&network.projections).filter(|(_, p)| !shares(p).is_empty()).collect();
        self.write(SECTION, |out| {
            out.put(kept.len() as u64);
            for (number, projection) in kept {
                out.put(number);
                out.all(law(projection));
            }
        });
        self.wiring = Some(Wiring::Of(network.clone(), grid));
    }

    /// Whether it has the wiring of its network.
    pub fn has_wiring(&self) -> bool {
        self.wiring.is_some()
    }

    /// The network with the wiring of the snapshot, where this has it. It is drawn anew where weights follow another law now.
    ///
    /// # Errors
    /// The snapshot is of a network with another structure, or what stands in it cannot be.
    pub fn wired(&self, network: Arc<Network>) -> Result<Arc<Network>, SnapshotError> {
        let Some(Wiring::Read(blocks)) = &self.wiring else { return Ok(network) };
        self.check_network(&network)?;
        let mut wired = Network::clone(&network);
        for (number, law_then) in self.read(SECTION, laws)? {
            let Some(projection) = wired.projections.get(number as usize) else {
                return Err(damaged("it wires what there is not"));
            };
            if law(projection) != law_then {
                continue;
            }
            let drawn = Drawn::new(Grid::new(self.header().tick_fs), blocks.get(&number).cloned().unwrap_or_default());
            if !drawn.fits(&network, projection) {
                return Err(damaged(&format!("its wiring of \"{}\" is not of this network", projection.name)));
            }
            wired.projections[number as usize].drawn = Some(Arc::new(drawn));
        }
        Ok(Arc::new(wired))
    }

    /// Reads all blocks.
    pub(super) fn read_wiring(&self, input: &mut Input<impl Read>) -> Result<Blocks, SnapshotError> {
        let mut blocks: BTreeMap<u32, Vec<Block>> =
            self.read(SECTION, laws)?.iter().map(|(number, _)| (*number, Vec::new())).collect();
        let (mut all, mut last) = (blake3::Hasher::new(), 0);
        let ends = || damaged("it ends within its wiring");
        let wrong = || damaged("its wiring is not as it was written");
        loop {
            let length = input.exactly(4)?.and_then(word).ok_or_else(ends)?;
            let written = input.exactly(HASH as u64)?.ok_or_else(ends)?;
            if length == 0 {
                let whole = written == all.finalize().as_bytes();
                return if whole { Ok(blocks.into_iter().map(|(n, b)| (n, b.into())).collect()) } else { Err(wrong()) };
            }
            all.update(&written);
            let number = input.exactly(4)?.and_then(word).ok_or_else(ends)?;
            let block = input.exactly(u64::from(length).saturating_sub(4))?.ok_or_else(ends)?;
            // In the order of projections: so there is one form.
            let room = blocks.get_mut(&number).filter(|_| number >= last && written == hash(number, &block).as_bytes());
            room.ok_or_else(wrong)?.push(Block::read(block).ok_or_else(wrong)?);
            last = number;
        }
    }
}

fn word(bytes: Vec<u8>) -> Option<u32> {
    bytes.try_into().ok().map(u32::from_le_bytes)
}

/// The projections that are kept, and the laws of their weights, in order.
fn laws(bytes: &mut Reader<'_>) -> Result<Vec<(u32, [u8; HASH])>, SnapshotError> {
    let count = bytes.count(4 + HASH)?;
    let mut laws = Vec::with_capacity(count);
    for _ in 0..count {
        let number: u32 = bytes.get()?;
        let mut law = [0; HASH];
        law.copy_from_slice(bytes.take(HASH)?);
        if laws.last().is_some_and(|(last, _)| number <= *last) {
            return Err(bytes.wrong());
        }
        laws.push((number, law));
    }
    Ok(laws)
}
