//! Loops compiled for several instruction sets, chosen at run time: a binary built on one machine must run on another.
//! No fused multiply-add is ever enabled, so every version gives the same bits.
//!
//! This is one of the two files that may use `unsafe`: to call a function compiled for instructions beyond the baseline.
//! That is sound where the machine has them, and a [`Level`] is only made by asking the machine.
#![allow(unsafe_code, reason = "calls of functions with target features, after detection")]

/// The best instruction set that this machine has and the code knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(Set);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    /// What the target has anyway: SSE2 on x86-64, NEON on AArch64.
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// Asks the machine.
    pub(crate) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            if wide {
                return Self(Set::Avx512);
            }
            if is_x86_feature_detected!("avx2") {
                return Self(Set::Avx2);
            }
        }
        Self(Set::Baseline)
    }

    /// Every level that this machine can run, the baseline first: they must agree in every bit.
    pub fn all() -> Vec<Self> {
        let mut levels = vec![Self(Set::Baseline)];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") {
                levels.push(Self(Set::Avx2));
            }
            if Self::detect().0 == Set::Avx512 {
                levels.push(Self(Set::Avx512));
            }
        }
        levels
    }
}

/// A loop to be compiled for each instruction set. `run` must be `#[inline(always)]`, so that it becomes part of the
/// function that has the features.
pub(crate) trait Loop {
    /// Does it.
    fn run(self);
}

/// Runs a loop with the instructions of a level.
#[inline]
pub(crate) fn run<L: Loop>(level: Level, work: L) {
    match level.0 {
        Set::Baseline => work.run(),
        // SAFETY: such a level exists only where `detect` (or `all`) found these features.
        #[cfg(target_arch = "x86_64")]
        Set::Avx2 => unsafe { avx2(work) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Set::Avx512 => unsafe { avx512(work) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2<L: Loop>(work: L) {
    work.run();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn avx512<L: Loop>(work: L) {
    work.run();
}

/// The instruction set that this machine's runs use.
pub fn instruction_set() -> &'static str {
    match Level::detect().0 {
        Set::Baseline => "baseline",
        #[cfg(target_arch = "x86_64")]
        Set::Avx2 => "AVX2",
        #[cfg(target_arch = "x86_64")]
        Set::Avx512 => "AVX-512",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::lanes::Lanes;
    use crate::engine::neurons::Row;
    use crate::engine::poisson::{PoissonTable, block_counts};
    use crate::math;

    /// Poisson counts, exponentials and sums of products: what the hot loops are made of.
    struct Mixture<'a> {
        table: &'a PoissonTable,
        lanes: &'a mut Lanes,
        row: &'a mut Row,
    }

    impl Loop for Mixture<'_> {
        #[inline(always)]
        fn run(self) {
            // Miri takes a thousand times as long.
            for round in 0..if cfg!(miri) { 2 } else { 50 } {
                let counts = block_counts(self.table, self.lanes, round);
                for (value, count) in self.row.iter_mut().zip(counts) {
                    *value = *value * 0.97 + f64::from(count) * 0.1 + math::exp(-*value);
                }
            }
        }
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for mean in [0.3, 2.0, 40.0] {
            let table = PoissonTable::new(mean);
            let results: Vec<Vec<u64>> = Level::all()
                .into_iter()
                .map(|level| {
                    let (mut lanes, mut row) = (Lanes::new(5, 3), [0.25; 64]);
                    run(level, Mixture { table: &table, lanes: &mut lanes, row: &mut row });
                    row.iter().map(|v| v.to_bits()).collect()
                })
                .collect();
            assert!(results.iter().all(|r| *r == results[0]), "mean {mean}: {} levels agree", results.len());
        }
    }
}
