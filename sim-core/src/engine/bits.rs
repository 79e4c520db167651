//! Dense projections with one weight and one delay: a bit for every pair of cells.
//!
//! The rows of all spikes that arrive at a tick are counted column by column, 64 targets to a word, without touching
//! a target's sum before the end (carry-save addition, Harley & Seal; see Warren, Hacker's Delight, 2nd ed., section 5-2):
//!
//! ```text
//! row a   1 0 1 1 ..                                plane 0  (ones)   1 0 0 0 ..
//! row b   1 0 1 0 ..    seven rows at a time: ->    plane 1  (twos)   1 0 1 0 ..    -> count x weight into the sums
//! row c   1 0 0 1 ..    full adders on words        plane 2  (fours)  0 0 0 0 ..
//! ```
//!
//! A pair that is connected several times has one bit; its other synapses stand in a list, the surplus.

use super::delivery::each_record;
use super::dispatch::{self, Level, Loop};
use super::neurons::BLOCK;
use super::rows::Segment;
use crate::advice::in_large_pages;
use std::ops::Range;

/// The bits of one projection onto one partition.
pub(crate) struct BitRows {
    pub(crate) source_cells: Range<u32>,
    pub(crate) delay: u32,
    pub(crate) weight: f64,
    /// Place of the sum that the first bit of a row stands for: the start of a block.
    first: usize,
    /// Words in a row.
    words: usize,
    bits: Vec<u64>,
    /// Where each row's surplus starts, and the end.
    surplus_starts: Vec<u32>,
    /// Places of sums.
    surplus: Vec<u32>,
    /// Synapses of each row.
    pub(crate) counts: Vec<u32>,
}

/// Counters have so many bits; one byte a target when they are read.
const PLANES: usize = 8;

/// Rows that are added in one go.
const ROWS: usize = 7;

/// Rows that the planes can count.
const MOST_ROWS: usize = (1 << PLANES) - 1;

/// Up to so many rows are gone through bit by bit.
const FEW_ROWS: usize = 2;

impl BitRows {
    /// Rows without synapses, for targets whose sums lie at these places.
    pub(crate) fn new(source_cells: Range<u32>, places: Range<u32>, delay: u32, weight: f64) -> Self {
        let first = places.start as usize / BLOCK * BLOCK;
        let words = (places.end as usize).div_ceil(BLOCK) - first / BLOCK;
        let rows = source_cells.len();
        Self {
            source_cells,
            delay,
            weight,
            first,
            words,
            bits: in_large_pages(rows * words),
            surplus_starts: Vec::new(),
            surplus: Vec::new(),
            counts: vec![0; rows],
        }
    }

    /// Fills the rows with the synapses (row, place) that `each` passes to its sink.
    pub(crate) fn fill(&mut self, each: impl FnOnce(&mut dyn FnMut(u32, u32))) {
        let mut surplus: Vec<(u32, u32)> = Vec::new();
        each(&mut |row, place| {
            let bit = place as usize - self.first;
            let word = &mut self.bits[row as usize * self.words + bit / BLOCK];
            let mask = 1 << (bit % BLOCK);
            if *word & mask != 0 {
                surplus.push((row, place));
            }
            *word |= mask;
            self.counts[row as usize] += 1;
        });
        surplus.sort_unstable();
        let rows = 0..=self.counts.len() as u32;
        self.surplus_starts = rows.map(|row| surplus.partition_point(|s| s.0 < row) as u32).collect();
        self.surplus = surplus.into_iter().map(|s| s.1).collect();
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&self.bits[..]) + size_of_val(&self.surplus_starts[..]) + size_of_val(&self.surplus[..])
    }

    /// Adds the rows of the spikes that arrive. `planes` is memory that is kept between calls.
    pub(crate) fn deliver(&self, level: Level, spikes: &[Segment], planes: &mut Planes, sums: &mut [f64]) {
        let starts = &self.surplus_starts;
        planes.surplus.clear();
        planes.surplus.extend(spikes.iter().map(|s| Segment { start: starts[s.start as usize], end: starts[s.end as usize] }));
        each_record(&self.surplus, &planes.surplus, |place| sums[*place as usize] += self.weight);
        let sums = &mut sums[self.first..][..self.words * BLOCK];
        if spikes.len() <= FEW_ROWS {
            spikes.iter().for_each(|spike| self.add_row(self.row(spike), sums));
            return;
        }
        for spikes in spikes.chunks(MOST_ROWS / ROWS * ROWS) {
            dispatch::run(level, Count { rows: self, spikes, planes, sums });
        }
    }

    fn row(&self, spike: &Segment) -> &[u64] {
        &self.bits[spike.start as usize * self.words..][..self.words]
    }

    fn add_row(&self, row: &[u64], sums: &mut [f64]) {
        for (word, sums) in row.iter().zip(sums.as_chunks_mut::<BLOCK>().0) {
            let mut word = *word;
            while word != 0 {
                sums[word.trailing_zeros() as usize] += self.weight;
                word &= word - 1;
            }
        }
    }
}

/// Counters of up to 255 a target, bit by bit: plane k holds bit k of 64 targets a word.
#[derive(Default)]
pub(crate) struct Planes {
    planes: [Vec<u64>; PLANES],
    /// Fills up a group of rows.
    zeros: Vec<u64>,
    /// The rows' surplus.
    surplus: Vec<Segment>,
}

impl Planes {
    /// Cleared counters for rows of so many words.
    fn clear(&mut self, words: usize) {
        for plane in self.planes.iter_mut().chain([&mut self.zeros]) {
            plane.clear();
            plane.resize(words, 0);
        }
    }
}

/// Counting one batch of rows.
struct Count<'a> {
    rows: &'a BitRows,
    spikes: &'a [Segment],
    planes: &'a mut Planes,
    sums: &'a mut [f64],
}

impl Loop for Count<'_> {
    #[inline(always)]
    fn run(self) {
        let words = self.rows.words;
        self.planes.clear(words);
        let Planes { planes, zeros, .. } = self.planes;
        for (group, spikes) in self.spikes.chunks(ROWS).enumerate() {
            let row = |i: usize| spikes.get(i).map_or(&zeros[..words], |spike| self.rows.row(spike));
            // The highest plane that a count of this many rows reaches.
            let used = (ROWS * (group + 1)).ilog2() as usize + 1;
            add_rows(planes, std::array::from_fn(row), used);
        }
        let used = self.spikes.len().ilog2() as usize + 1;
        for (word, sums) in self.sums.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            let bits: [u64; PLANES] = std::array::from_fn(|k| planes[k][word]);
            if bits.iter().any(|b| *b != 0) {
                let counts = counts(&bits[..used]);
                for (sum, count) in sums.iter_mut().zip(counts) {
                    *sum += f64::from(count) * self.rows.weight;
                }
            }
        }
    }
}

/// Sum and carry of three bits in each of 64 columns.
#[inline(always)]
fn full_adder(a: u64, b: u64, c: u64) -> (u64, u64) {
    let half = a ^ b;
    (half ^ c, (a & b) | (half & c))
}

/// Adds seven rows to the counters, of which `used` planes may change.
#[inline(always)]
fn add_rows(planes: &mut [Vec<u64>; PLANES], rows: [&[u64]; ROWS], used: usize) {
    let words = rows[0].len();
    let rows = rows.map(|row| &row[..words]);
    let [p0, p1, p2, higher @ ..] = planes;
    let (p0, p1, p2) = (&mut p0[..words], &mut p1[..words], &mut p2[..words]);
    // Words are taken by strips, whose carries stay in registers or the first cache.
    const STRIP: usize = 32;
    let mut carries = [0; STRIP];
    for start in (0..words).step_by(STRIP) {
        let strip = start..words.min(start + STRIP);
        for (carry, w) in carries.iter_mut().zip(strip.clone()) {
            let [a, b, c, d, e, f, g] = rows.map(|row| row[w]);
            let (abc, c1) = full_adder(a, b, c);
            let (abcde, c2) = full_adder(abc, d, e);
            let (ones, c3) = full_adder(abcde, f, g);
            let (twos, fours) = full_adder(c1, c2, c3);
            let k0 = p0[w] & ones;
            p0[w] ^= ones;
            let k1;
            (p1[w], k1) = full_adder(p1[w], twos, k0);
            (p2[w], *carry) = full_adder(p2[w], fours, k1);
        }
        for plane in &mut higher[..used.saturating_sub(3)] {
            for (word, carry) in plane[strip.clone()].iter_mut().zip(&mut carries) {
                (*word, *carry) = (*word ^ *carry, *word & *carry);
            }
        }
    }
}

/// The counts of 64 targets from the bits of their counters.
#[inline(always)]
fn counts(bits: &[u64]) -> [u8; BLOCK] {
    let mut counts = [0; BLOCK];
    for (byte, counts) in counts.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let mut sum = 0;
        for (k, plane) in bits.iter().enumerate() {
            sum += SPREAD[(plane >> (8 * byte)) as usize & 0xff] << k;
        }
        *counts = sum.to_le_bytes();
    }
    counts
}

/// The bits of a byte, a byte each.
const SPREAD: [u64; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            table[byte] |= ((byte as u64 >> bit) & 1) << (8 * bit);
            bit += 1;
        }
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    /// 300 rows onto 200 targets at the places 70 .. 270, some pairs connected twice.
    fn rows(stream: &mut Stream) -> (BitRows, Vec<(u32, u32)>) {
        let pairs: Vec<(u32, u32)> = (0..9000).map(|_| (stream.below(300), 70 + stream.below(200))).collect();
        let mut rows = BitRows::new(10..310, 70..270, 1, 0.25);
        rows.fill(|sink| pairs.iter().for_each(|(row, place)| sink(*row, *place)));
        (rows, pairs)
    }

    #[test]
    fn counts_of_any_number_of_rows_are_those_of_a_plain_sum() {
        let mut stream = Stream::new(1, 2);
        let (rows, pairs) = rows(&mut stream);
        assert!(!rows.surplus.is_empty(), "some pairs are connected twice");
        for level in Level::all() {
            // Miri takes a thousand times as long.
            let counts: &[u32] = if cfg!(miri) { &[1, 3, 15] } else { &[1, 2, 3, 7, 8, 15, 60, 252, 253, 700] };
            for &spikes in counts {
                let fired: Vec<u32> = (0..spikes).map(|_| stream.below(300)).collect();
                let segments: Vec<Segment> = fired.iter().map(|row| Segment { start: *row, end: row + 1 }).collect();
                let mut sums = vec![0.5; 400];
                rows.deliver(level, &segments, &mut Planes::default(), &mut sums);
                let mut expected = vec![0.5; 400];
                for row in fired {
                    pairs.iter().filter(|p| p.0 == row).for_each(|p| expected[p.1 as usize] += 0.25);
                }
                assert_eq!(sums, expected, "{spikes} rows, {level:?}");
            }
        }
    }
}
