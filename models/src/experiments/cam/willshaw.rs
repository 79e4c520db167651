//! What is known of associative memories of binary synapses (Willshaw, Buneman & Longuet-Higgins 1969), for codes in which exactly so
//! many cells are active: how full the synapses are, how many false bits an answer has, and what it says.
//!
//! The published formula has a false bit with a chance p^k, p the part of the synapses that is written. But a bit that is in many contents
//! has more of its synapses written than others, and is false far more often than the mean says; in memories of some thousand
//! cells that counts (Knoblauch, Palm & Sommer 2010, Neural Computation 22:289-341). Where the active cells of an address are
//! independent, one of each group, the average over how often a bit is used is exact: it is taken here.

use sim_core::math;

/// Codes and synapses of a memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Codes {
    /// Cells of the address, and how many of them are active.
    pub address: (u32, u32),
    /// Bits of the content, and how many of them are set.
    pub content: (u32, u32),
}

impl Codes {
    /// Synapses from all to all.
    pub fn synapses(&self) -> f64 {
        f64::from(self.address.0) * f64::from(self.content.0)
    }

    /// The part of the synapses that so many random pairs write: 1 - (1 - k l / (m n))^P.
    pub fn written(&self, patterns: u64) -> f64 {
        let share = |(cells, active): (u32, u32)| f64::from(active) / f64::from(cells);
        -math::exp_m1(patterns as f64 * math::ln_1p(-share(self.address) * share(self.content)))
    }

    /// The published number of false bits of an answer to a full address: (n - l) p^k.
    pub fn published_false_bits(&self, patterns: u64) -> f64 {
        let written = self.written(patterns);
        self.others() * if written > 0.0 { math::exp(f64::from(self.address.1) * math::ln(written)) } else { 0.0 }
    }

    /// The exact one, on average.
    pub fn false_bits(&self, patterns: u64) -> f64 {
        self.others() * self.chance(patterns)
    }

    /// Bits of information of an answer with all bits of a content and so many more: what is left open is which of them are the content's.
    pub fn information(&self, false_bits: u32) -> f64 {
        let (bits, set) = self.content;
        log2_choose(bits, set) - log2_choose(set + false_bits, set)
    }

    /// The same on average, over the binomial distribution of false bits.
    pub fn expected_information(&self, patterns: u64) -> f64 {
        let (bits, set) = self.content;
        let (others, chance) = (bits - set, self.chance(patterns));
        let mean = self.false_bits(patterns);
        if mean > MANY {
            return self.information(mean as u32);
        }
        let most = (mean + 12.0 * (mean + 1.0)).min(f64::from(others)) as u32;
        let mut term = math::exp(self.others() * math::ln_1p(-chance));
        let mut sum = 0.0;
        for count in 0..=most {
            sum += term * self.information(count);
            term *= f64::from(others - count) / f64::from(count + 1) * chance / (1.0 - chance);
        }
        sum
    }

    /// Bits of information that so many patterns together have a synapse hold.
    pub fn bits_per_synapse(&self, patterns: u64) -> f64 {
        patterns as f64 * self.expected_information(patterns) / self.synapses()
    }

    fn others(&self) -> f64 {
        f64::from(self.content.0 - self.content.1)
    }

    /// That a bit that is not the content's is in the answer: of u contents that have it, each wrote its synapse from a cell of the address
    /// with a chance k/m; all k cells must have been written by any. On average over u, which is binomial.
    fn chance(&self, patterns: u64) -> f64 {
        let share = |(cells, active): (u32, u32)| f64::from(active) / f64::from(cells);
        let (cell, bit, active) = (math::ln_1p(-share(self.address)), share(self.content), f64::from(self.address.1));
        let false_after = |uses: f64| {
            let written = -math::exp_m1(uses * cell);
            if written > 0.0 { math::exp(active * math::ln(written)) } else { 0.0 }
        };
        let others = patterns.saturating_sub(1) as f64;
        // Weights relative to that of the most likely number, down to nothing on both sides.
        let mode = (others * bit).floor();
        let up = |uses: f64| (others - uses) / (uses + 1.0) * bit / (1.0 - bit);
        let (mut sum, mut total) = (0.0, 0.0);
        let mut add = |weight: f64, uses: f64| {
            sum += weight * false_after(uses);
            total += weight;
        };
        let (mut weight, mut uses) = (1.0, mode);
        while weight > 1e-20 && uses <= others {
            add(weight, uses);
            weight *= up(uses);
            uses += 1.0;
        }
        (weight, uses) = (1.0, mode);
        while weight > 1e-20 && uses >= 1.0 {
            weight /= up(uses - 1.0);
            uses -= 1.0;
            add(weight, uses);
        }
        sum / total
    }
}

/// So many false bits are as good as their mean: they spread by a few parts in a hundred.
const MANY: f64 = 1000.0;

/// Of the number of choices of `few` out of `many`.
pub fn log2_choose(many: u32, few: u32) -> f64 {
    (1..=few).map(|i| math::ln(f64::from(many - few + i) / f64::from(i))).sum::<f64>() / std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices() {
        assert!((log2_choose(10, 3) - 120_f64.log2()).abs() < 1e-12, "120");
        assert_eq!((log2_choose(7, 0), log2_choose(7, 7)), (0.0, 0.0), "one way");
    }

    /// Half of the synapses are written by mn ln 2 / (kl) patterns; then (n - l) 2^-k bits are false.
    #[test]
    fn the_published_formulas() {
        let codes = Codes { address: (4096, 12), content: (4096, 12) };
        let half = (codes.synapses() * 2_f64.ln() / 144.0) as u64;
        assert!((codes.written(half) - 0.5).abs() < 1e-3, "p = 0.5, not {}", codes.written(half));
        let published = codes.published_false_bits(half);
        assert!((published - 4084.0 / 4096.0).abs() < 0.02, "{published}");
        assert!(codes.false_bits(half) > published, "more than by the mean load");
        assert_eq!((codes.false_bits(0), codes.false_bits(1)), (0.0, 0.0), "nothing else written");
    }

    /// With one active cell for each pattern and dense contents there is no false bit: a bit of information in each synapse.
    #[test]
    fn one_hot_addresses_hold_the_content_itself() {
        let codes = Codes { address: (64, 1), content: (1000, 500) };
        assert!((codes.information(0) - 994.7).abs() < 0.1, "{}: 1000 bits but for half a logarithm", codes.information(0));
    }

    /// Two contents: a bit of the other one, which it has with a chance l/n, is false if that one has all cells of the address, too.
    #[test]
    fn two_patterns_by_hand() {
        let codes = Codes { address: (12, 3), content: (50, 5) };
        let by_hand = 45.0 * 0.1 * 0.25_f64.powi(3);
        assert!((codes.false_bits(2) - by_hand).abs() < 1e-15, "{}, not {by_hand}", codes.false_bits(2));
        // Of three: of the two others both have the bit, or one.
        let by_hand = 45.0 * (0.01 * (1.0 - 0.75_f64.powi(2)).powi(3) + 0.18 * 0.25_f64.powi(3));
        assert!((codes.false_bits(3) - by_hand).abs() < 1e-15, "{}, not {by_hand}", codes.false_bits(3));
    }

    /// The sum over the distribution against the same sum in logarithms of factorials.
    #[test]
    fn information_is_an_average() {
        let codes = Codes { address: (256, 8), content: (200, 6) };
        let factorial = |n: u32| (1..=n).map(|i| f64::from(i).ln()).sum::<f64>();
        let choose = |n: u32, k: u32| factorial(n) - factorial(k) - factorial(n - k);
        for patterns in [100, 500, 800] {
            let p = codes.false_bits(patterns) / 194.0;
            let wanted: f64 = (0..=194_u32)
                .map(|f| {
                    let chance = (choose(194, f) + f64::from(f) * p.ln() + f64::from(194 - f) * (-p).ln_1p()).exp();
                    chance * (choose(200, 6) - choose(6 + f, 6)) / 2_f64.ln()
                })
                .sum();
            let found = codes.expected_information(patterns);
            assert!((found - wanted).abs() < 1e-6 * wanted, "{patterns} patterns: {found}, not {wanted}");
        }
    }
}
