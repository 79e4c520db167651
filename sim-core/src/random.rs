//! Random numbers. A stream is keyed by names and indices, never by position in a file, by thread or by the order
//! of drawing: adding a population leaves every other draw unchanged.

use crate::normal::deviates;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// The key of a family of streams: a hash of names and numbers.
#[derive(Clone, Debug)]
pub struct Key(blake3::Hasher);

impl Key {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes());
        Self(hasher)
    }

    /// Adds a name. Names are separated, so that ("ab", "c") and ("a", "bc") differ.
    pub fn name(mut self, name: &str) -> Self {
        self.0.update(&(name.len() as u64).to_le_bytes());
        self.0.update(name.as_bytes());
        self
    }

    /// The key.
    pub fn finish(&self) -> u64 {
        let hash = self.0.finalize();
        u64::from_le_bytes(std::array::from_fn(|i| hash.as_bytes()[i]))
    }
}

/// Mixes a key with an index: the finaliser of SplitMix64 (Steele, Lea, Flood 2014), a bijection of the sum.
#[inline(always)]
pub fn mix(key: u64, index: u64) -> u64 {
    let mut z = key.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A sequential stream (xoshiro256++, Blackman & Vigna 2019) for wiring and parameters.
#[derive(Clone, Debug)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The stream of an index under a key.
    #[inline]
    pub fn new(key: u64, index: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(mix(key, index)))
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in [0, 1): a multiple of 2^-53.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform in (0, 1): the middles of 2^53 equal cells.
    #[inline]
    pub fn open_uniform(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
    }

    /// Uniform in 0..n without bias (Lemire 2019).
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        let n = u64::from(n);
        let mut product = (self.bits() >> 32) * n;
        if (product as u32 as u64) < n {
            let threshold = (1_u64 << 32) % n;
            while (product as u32 as u64) < threshold {
                product = (self.bits() >> 32) * n;
            }
        }
        (product >> 32) as u32
    }

    /// Standard normal, by the quantile of 52 bits: within +-[`NORMAL_BOUND`].
    #[inline]
    pub fn normal(&mut self) -> f64 {
        deviates().of_bits(self.bits())
    }
}

/// No standard normal draw is further from 0: the quantile of 2^-53 is -8.21.
pub const NORMAL_BOUND: f64 = 8.3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_independent_of_each_other() {
        let (mut a, mut b) = (Stream::new(1, 0), Stream::new(1, 1));
        assert_ne!(a.bits(), b.bits(), "neighbouring indices differ");
        assert_ne!(Key::new(1).name("ab").name("c").finish(), Key::new(1).name("a").name("bc").finish(), "names are separated");
    }

    #[test]
    fn moments() {
        let mut s = Stream::new(7, 7);
        let n = 200_000;
        let (mut sum, mut squares, mut counts) = (0.0, 0.0, [0_u32; 10]);
        for _ in 0..n {
            let z = s.normal();
            assert!(z.abs() < NORMAL_BOUND, "normal draws are bounded");
            sum += z;
            squares += z * z;
            counts[s.below(10) as usize] += 1;
        }
        let n = f64::from(n);
        assert!((sum / n).abs() < 4.0 / n.sqrt(), "mean {}", sum / n);
        assert!((squares / n - 1.0).abs() < 4.0 * (2.0 / n).sqrt(), "variance {}", squares / n);
        let chi: f64 = counts.iter().map(|c| (f64::from(*c) - n / 10.0).powi(2) / (n / 10.0)).sum();
        assert!(chi < 27.9, "chi-square of below(10), 9 degrees of freedom, p = 0.001: {chi}");
    }
}
