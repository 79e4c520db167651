//! Floating point numbers of either width, so that a model's equations are written once.

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

    /// The nearest number.
    fn of(value: f64) -> Self;

    /// Exactly.
    fn to_f64(self) -> f64;

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
    fn to_f64(self) -> f64 {
        self
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
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}
