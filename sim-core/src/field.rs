//! Numbers that depend on the places of two cells, block by block of sources.

use crate::network::Field;
use crate::random::Stream;
use crate::space::Between;
use std::ops::Range;

/// Sources whose values are computed together: their columns fit into registers and first cache, and what an expression costs
/// besides arithmetic is shared.
pub(crate) const LANES: usize = 64;

impl Field {
    /// The value for one pair; 0 where there are no places, which elaboration never leaves.
    #[inline]
    pub(crate) fn at(&self, between: Option<Between<'_>>, source: u32, target: u32) -> f64 {
        between.map_or(0.0, |between| between.values(&self.formula, &[source], target)[0])
    }

    /// Every source with its probability, in ascending order. Each takes one number of the stream, whatever its probability:
    /// where a formula is changed a little, few synapses change.
    pub(crate) fn choose(
        &self,
        between: Between<'_>,
        stream: &mut Stream,
        sources: Range<u32>,
        target: u32,
        mut emit: impl FnMut(u32),
    ) {
        let mut block = Block::default();
        for source in sources {
            let drawn = stream.uniform();
            // No probability is above `high`: of the rest nothing need be computed.
            if drawn < self.high {
                block.push(source, drawn);
                if block.length == LANES {
                    block.empty(self, between, target, &mut emit);
                }
            }
        }
        block.empty(self, between, target, &mut emit);
    }
}

/// Sources that may be chosen, and the number drawn for each.
struct Block {
    sources: [u32; LANES],
    drawn: [f64; LANES],
    length: usize,
}

impl Default for Block {
    fn default() -> Self {
        Self { sources: [0; LANES], drawn: [0.0; LANES], length: 0 }
    }
}

impl Block {
    #[inline]
    fn push(&mut self, source: u32, drawn: f64) {
        self.sources[self.length] = source;
        self.drawn[self.length] = drawn;
        self.length += 1;
    }

    /// Emits those that are chosen.
    fn empty(&mut self, field: &Field, between: Between<'_>, target: u32, emit: &mut impl FnMut(u32)) {
        if self.length == 0 {
            return;
        }
        // Cells that are sources here, lest an unfilled lane names one that there is not.
        let (length, first) = (self.length, self.sources[0]);
        self.sources[length..].fill(first);
        let p = between.values(&field.formula, &self.sources, target);
        for ((source, drawn), p) in self.sources.iter().zip(&self.drawn).zip(p).take(length) {
            if *drawn < p {
                emit(*source);
            }
        }
        self.length = 0;
    }
}
