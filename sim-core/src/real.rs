//! Floating point numbers of either width, so that a model's equations are written once.

use crate::math;
use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// The numbers in which neurons' state is kept and computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Precision {
    /// 53 bits.
    #[default]
    F64,
    /// 24 bits: twice as many neurons an instruction, half the memory.
    F32,
}

impl Precision {
    /// Bytes of a number.
    pub const fn bytes(self) -> usize {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
        }
    }

    /// As in netlists.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F64 => "f64",
            Self::F32 => "f32",
        }
    }
}

/// `f64` or `f32`. Nothing here depends on the machine: each operation is IEEE 754's.
pub trait Real:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Send
    + Sync
    + 'static
{
    /// Which it is.
    const PRECISION: Precision;

    /// Whole numbers of the same width, so that what is counted stays in its vector lane.
    type Count: Copy + Default + PartialEq + AddAssign + From<bool>;

    /// The nearest one to a 64-bit number.
    fn of(value: f64) -> Self;

    /// The nearest one to a whole number.
    fn of_whole(value: i32) -> Self;

    /// Exactly.
    fn to_f64(self) -> f64;

    /// The same, kept away from numbers too small for their full digits, on which many processors are slow: what decays would
    /// creep through them. In 32 bits that takes 87 time constants of silence, and what is below 1e-11 becomes a multiple
    /// of 1e-25; in 64 bits it takes 708, and nothing is done.
    fn settled(self) -> Self;

    /// To a power above 0, of a number of at least 0.
    fn power(self, exponent: f64) -> Self;

    /// The same for each of some numbers.
    fn power_each(values: &mut [Self], exponent: f64) {
        values.iter_mut().for_each(|value| *value = value.power(exponent));
    }

    /// One of two values, by a select that the compiler may not turn into a branch: a branch would keep the loop over
    /// neurons from becoming vector code.
    #[inline(always)]
    fn select(condition: bool, yes: Self, no: Self) -> Self {
        std::hint::select_unpredictable(condition, yes, no)
    }

    /// The larger one; the other one where this is not a number. One instruction on x86, which std's is not.
    #[inline(always)]
    fn or_more(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
}

impl Real for f64 {
    const PRECISION: Precision = Precision::F64;
    type Count = u64;

    #[inline(always)]
    fn of(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn of_whole(value: i32) -> Self {
        Self::from(value)
    }

    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }

    #[inline(always)]
    fn settled(self) -> Self {
        self
    }

    #[inline]
    fn power(self, exponent: f64) -> Self {
        math::pow(self, exponent)
    }
}

impl Real for f32 {
    const PRECISION: Precision = Precision::F32;
    type Count = u32;

    #[inline(always)]
    fn of(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn of_whole(value: i32) -> Self {
        value as f32
    }

    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn settled(self) -> Self {
        // Adding 2^-60 rounds to multiples of its last digit, 2^-83, without a branch; what is above 2^-36 stays as it is.
        const DUST: f32 = 1.0 / (1_u64 << 60) as f32;
        (self + DUST) - DUST
    }

    #[inline]
    fn power(self, exponent: f64) -> Self {
        math::pow_f32(self, exponent)
    }

    fn power_each(values: &mut [Self], exponent: f64) {
        math::pow_f32_each(values, exponent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decays_settles_above_the_subnormal_numbers() {
        for factor in [0.5_f32, 0.8, 0.99, 0.999] {
            let (mut free, mut settled) = (100.0_f32, 100.0_f32);
            while free > 1e-10 {
                (free, settled) = (free * factor, (settled * factor).settled());
                assert_eq!(free.to_bits(), settled.to_bits(), "factor {factor}: nothing changes above 2^-36");
            }
            for _ in 0..200_000 {
                settled = (settled * factor).settled();
            }
            assert!(settled == 0.0 || settled > 1e-26, "factor {factor}: ends at {settled:e}");
            assert!(settled < 1e-22, "factor {factor}: not far above 0, {settled:e}");
        }
        assert_eq!((-1e-30_f32).settled(), 0.0, "of either sign");
        assert!(f32::NAN.settled().is_nan() && f32::INFINITY.settled() == f32::INFINITY, "what is not finite stays");
    }

    #[test]
    fn the_larger_one() {
        assert_eq!((2.0_f32.or_more(1.0), 1.0_f32.or_more(2.0)), (2.0, 2.0), "the larger");
        assert_eq!(f64::NAN.or_more(1.0), 1.0, "the other one where this is not a number");
    }
}
