//! The running random numbers: 16 xoshiro128++ generators (Blackman & Vigna 2019) side by side, one such bundle for
//! each block of 64 neurons and each stimulus. Sixteen lanes whatever the instruction set, so that the bits are
//! the same everywhere and one vector register holds a row of the state.

use super::aligned::AtLine;
use crate::random::mix;

/// Generators in a bundle.
pub const LANES: usize = 16;

/// A bundle, from the start of a line of memory on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[repr(align(64))]
pub struct Lanes {
    state: [[u32; LANES]; 4],
}

impl Lanes {
    /// The bundle of a block under a key: every lane seeded by two words of SplitMix64.
    pub fn new(key: u64, block: u64) -> Self {
        let seeds: [[u32; 4]; LANES] = std::array::from_fn(|lane| seed(mix(key, block * LANES as u64 + lane as u64)));
        Self { state: std::array::from_fn(|row| std::array::from_fn(|lane| seeds[lane][row])) }
    }

    /// 32 random bits in every lane.
    #[inline(always)]
    pub fn bits(&mut self) -> [u32; LANES] {
        let [a, b, c, d] = &mut self.state;
        let mut out = [0; LANES];
        for i in 0..LANES {
            out[i] = a[i].wrapping_add(d[i]).rotate_left(7).wrapping_add(a[i]);
            let shifted = b[i] << 9;
            c[i] ^= a[i];
            d[i] ^= b[i];
            b[i] ^= c[i];
            a[i] ^= d[i];
            c[i] ^= shifted;
            d[i] = d[i].rotate_left(11);
        }
        out
    }

    /// 16 random bits twice in every lane: the low half, then the high half.
    #[inline(always)]
    pub fn halves(&mut self) -> [i16; 2 * LANES] {
        // By way of bytes this is no work at all, where the machine stores low bytes first. (Plain loops: a closure may be
        // compiled by itself, without the caller's instruction set.)
        let bits = self.bits();
        let AtLine(bytes) = &mut AtLine([[0; 4]; LANES]);
        for i in 0..LANES {
            bytes[i] = bits[i].to_le_bytes();
        }
        let (halves, _) = bytes.as_flattened().as_chunks::<2>();
        let AtLine(out) = &mut AtLine([0; 2 * LANES]);
        for i in 0..2 * LANES {
            out[i] = i16::from_le_bytes(halves[i]);
        }
        *out
    }

    /// 64 random bits in every lane: high halves drawn first.
    #[inline(always)]
    pub fn wide_bits(&mut self) -> [u64; LANES] {
        let (high, low) = (self.bits(), self.bits());
        let mut out = [0; LANES];
        for i in 0..LANES {
            out[i] = u64::from(high[i]) << 32 | u64::from(low[i]);
        }
        out
    }

    /// Those with this state.
    pub(crate) fn of_words(state: [[u32; LANES]; 4]) -> Self {
        Self { state }
    }

    /// The state as rows of words, for whoever stores it.
    pub fn words(&self) -> &[[u32; LANES]; 4] {
        &self.state
    }
}

/// A lane's state: two words of SplitMix64. All zeros would stay all zeros.
fn seed(key: u64) -> [u32; 4] {
    let (first, second) = (mix(key, 0), mix(key, 1));
    let mut words = [first as u32, (first >> 32) as u32, second as u32, (second >> 32) as u32];
    words[0] |= u32::from(words == [0; 4]);
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_xoshiro::Xoshiro128PlusPlus;
    use rand_xoshiro::rand_core::{Rng, SeedableRng};

    #[test]
    fn each_lane_is_xoshiro128plusplus() {
        let mut lanes = Lanes::new(3, 5);
        let mut peers: Vec<Xoshiro128PlusPlus> = (0..LANES)
            .map(|lane| {
                let mut seed = [0_u8; 16];
                for (row, bytes) in lanes.words().iter().zip(seed.chunks_exact_mut(4)) {
                    bytes.copy_from_slice(&row[lane].to_le_bytes());
                }
                Xoshiro128PlusPlus::from_seed(seed)
            })
            .collect();
        for draw in 0..1000 {
            let ours = lanes.bits();
            let theirs: Vec<u32> = peers.iter_mut().map(Rng::next_u32).collect();
            assert_eq!(ours.to_vec(), theirs, "draw {draw}");
        }
    }

    #[test]
    fn halves_are_the_bits() {
        let (mut whole, mut halved) = (Lanes::new(3, 5), Lanes::new(3, 5));
        for draw in 0..1000 {
            let halves = halved.halves();
            let joined: [u32; LANES] =
                std::array::from_fn(|i| u32::from(halves[2 * i] as u16) | u32::from(halves[2 * i + 1] as u16) << 16);
            assert_eq!(joined, whole.bits(), "draw {draw}");
        }
        assert_eq!(halved, whole, "both have gone as far");
    }

    #[test]
    fn blocks_and_lanes_differ() {
        let (mut a, mut b) = (Lanes::new(1, 0), Lanes::new(1, 1));
        let (a, b) = (a.bits(), b.bits());
        assert_ne!(a, b, "neighbouring blocks");
        assert!((1..LANES).all(|i| a[i] != a[0]), "lanes of one block");
    }
}
