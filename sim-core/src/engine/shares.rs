//! Counts from 16 random bits. Inversion gives each count an interval of the 2^64 values of 64 bits; its length is the count's
//! probability. Here the intervals are cut and put in another order: first the share of each count, as many whole
//! multiples of 2^48 as fit into its interval; then the rests. The lengths are the same, so is the distribution. But the upper
//! 16 bits decide all draws below the rests; only open draws, above the last share, need the other 48 bits.
//!
//! Random bits are compared as signed numbers, which is what every instruction set has.

use super::aligned::AtLine;
use super::lanes::Lanes;
use super::neurons::BLOCK;
use super::poisson::BlockCounts;
use crate::random::mix;

/// More borders than this are slower than a search with 64 bits.
const MOST: usize = 64;
/// Bits that decide an open draw.
const EXTRA: u32 = 48;

/// The shares of a distribution.
#[derive(Clone, Debug)]
pub(crate) struct Shares {
    /// The first count that has a share.
    first: u16,
    /// Draws above a border are a later count; above the last one they are open.
    borders: Vec<i16>,
    /// What counting borders makes of an open draw.
    beyond: u16,
    /// The first open value.
    open: u64,
    /// Ends of the rests, from count 0 on, reckoned from the first open value. The last one is not needed.
    rests: Vec<u64>,
}

impl Shares {
    /// From the ends of the intervals of counts 0, 1, .. (the last one, 2^64, is not among them). `None` if there are too many
    /// borders.
    pub(crate) fn new(ends: &[u64]) -> Option<Self> {
        let starts = std::iter::once(&0).chain(ends);
        // The last interval ends at 2^64, which wraps to 0.
        let widths: Vec<u64> = starts.zip(ends.iter().chain([&0])).map(|(start, end)| end.wrapping_sub(*start)).collect();
        let shares: Vec<u64> = widths.iter().map(|width| width >> EXTRA).collect();
        let first = shares.iter().position(|share| *share > 0)?;
        let last = shares.iter().rposition(|share| *share > 0)?;
        if last - first >= MOST {
            return None;
        }
        let share_ends = sums(shares[first..=last].iter().copied());
        let borders = share_ends.iter().map(|end| signed(end - 1)).collect();
        let mut rests = sums(widths.iter().map(|width| width & ((1 << EXTRA) - 1)));
        rests.pop();
        Some(Self { first: first as u16, borders, beyond: last as u16 + 1, open: *share_ends.last()?, rests })
    }

    /// The counts whose shares the draws are in; `beyond` for open ones.
    #[inline(always)]
    fn shared(&self, draws: &[i16; BLOCK]) -> [u16; BLOCK] {
        let AtLine(counts) = &mut AtLine([self.first; BLOCK]);
        for border in &self.borders {
            for i in 0..BLOCK {
                counts[i] += u16::from(draws[i] > *border);
            }
        }
        *counts
    }

    /// The counts of open draws.
    #[cold]
    fn decide(&self, draws: &[i16; BLOCK], key: u64, counts: &mut [u16; BLOCK]) {
        for (i, draw) in draws.iter().enumerate() {
            if let Some(number) = unsigned(*draw).checked_sub(self.open) {
                let place = number << EXTRA | mix(key, i as u64) >> (64 - EXTRA);
                counts[i] = self.rest(place);
            }
        }
    }

    /// The count whose rest a place is in.
    fn rest(&self, place: u64) -> u16 {
        self.rests.partition_point(|end| *end <= place) as u16
    }
}

impl BlockCounts for Shares {
    type Count = u16;

    /// `key` gives the open draws their extra bits.
    #[inline(always)]
    fn counts(&self, lanes: &mut Lanes, key: u64) -> [u16; BLOCK] {
        let AtLine(draws) = &mut AtLine([0; BLOCK]);
        for chunk in draws.as_chunks_mut().0 {
            *chunk = lanes.halves();
        }
        let mut counts = AtLine(self.shared(draws));
        let mut open = false;
        for count in counts.0 {
            open |= count == self.beyond;
        }
        if open {
            self.decide(draws, key, &mut counts.0);
        }
        counts.0
    }
}

fn sums(values: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut sum = 0_u64;
    let next = |value| {
        sum = sum.wrapping_add(value);
        sum
    };
    values.map(next).collect()
}

/// A sixteen-bit value as the signed number of the same rank.
fn signed(value: u64) -> i16 {
    (value as i64 + i64::from(i16::MIN)) as i16
}

fn unsigned(draw: i16) -> u64 {
    (i64::from(draw) - i64::from(i16::MIN)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::poisson::PoissonTable;

    const MEANS: [f64; 9] = [1e-9, 0.01, 0.5, std::f64::consts::LN_2, 1.3, 2.3, 8.0, 20.0, 45.0];

    /// How many of the 65,536 values are in the share of each count, the open ones last; they must lie in this order.
    fn shares_by_value(shares: &Shares) -> Vec<u64> {
        let values: Vec<i16> = (0..=u64::from(u16::MAX)).map(signed).collect();
        let counts: Vec<u16> = values.as_chunks().0.iter().flat_map(|draws| shares.shared(draws)).collect();
        assert!(counts.is_sorted(), "shares lie in the order of the counts");
        (0..=shares.beyond).map(|count| counts.iter().filter(|c| **c == count).count() as u64).collect()
    }

    /// Widths as the inversion of 64 bits has them.
    fn widths(ends: &[u64]) -> Vec<u128> {
        let ends: Vec<u128> = ends.iter().map(|end| u128::from(*end)).chain([1 << 64]).collect();
        (0..ends.len()).map(|k| ends[k] - if k > 0 { ends[k - 1] } else { 0 }).collect()
    }

    #[test]
    fn every_count_keeps_its_width() {
        for mean in MEANS {
            let table = PoissonTable::new(mean);
            let shares = table.shares().expect("few counts");
            let values = shares_by_value(shares);
            let (open, decided) = values.split_last().expect("open values");
            let total = u128::from(*open) << EXTRA;
            let mut start = 0;
            for (k, width) in widths(table.ends()).into_iter().enumerate() {
                let end = shares.rests.get(k).map_or(total, |end| u128::from(*end));
                let share = decided.get(k).map_or(0, |share| u128::from(*share) << EXTRA);
                assert_eq!(share + (end - start), width, "mean {mean}: {k} keeps its width");
                assert!(end - start < 1 << EXTRA, "mean {mean}: the share of {k} is as large as can be");
                start = end;
            }
            assert_eq!(start, total, "mean {mean}: the open values are divided up");
        }
    }

    #[test]
    fn open_draws_are_decided_by_their_place() {
        let table = PoissonTable::new(2.3);
        let shares = table.shares().expect("few counts");
        for (k, end) in shares.rests.iter().enumerate().filter(|(k, end)| *k == 0 || shares.rests[k - 1] < **end) {
            assert_eq!(shares.rest(end - 1), k as u16, "the last place of {k}");
            assert!(shares.rest(*end) > k as u16, "the first place after {k}");
        }
        assert!(shares.open < u64::from(u16::MAX), "there are two open values");
        let draws = std::array::from_fn(|i| signed(if i % 2 == 0 { shares.open + i as u64 % 4 / 2 } else { 0 }));
        let mut counts = shares.shared(&draws);
        let before = counts;
        shares.decide(&draws, 77, &mut counts);
        for i in 0..BLOCK {
            let place = (i as u64 % 4 / 2) << EXTRA | mix(77, i as u64) >> (64 - EXTRA);
            let expected = if i % 2 == 0 { shares.rest(place) } else { before[i] };
            assert_eq!(counts[i], expected, "draw {i}");
        }
    }

    #[test]
    fn tables_of_many_counts_have_none() {
        for mean in [0.0, 1e-30, 100.0, 5000.0] {
            assert!(PoissonTable::new(mean).shares().is_none(), "mean {mean} is drawn with 64 bits");
        }
    }
}
