//! A number with its band.

use crate::figure::Figure;
use serde::Serialize;
use std::iter::Sum;
use std::ops::{Add, Div, Mul};

/// A nominal value between the lowest and the highest plausible one.
///
/// A sum adds the lows and adds the highs: every figure is low, or every one is high, at once. That is the widest band
/// that the figures allow, as nobody has published how their errors go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Band {
    /// Lowest plausible value.
    pub low: f64,
    /// Nominal value.
    pub nominal: f64,
    /// Highest plausible value.
    pub high: f64,
}

impl Band {
    /// A figure's band in its measure's base unit.
    pub fn of(figure: &Figure) -> Self {
        Self { low: figure.least(), nominal: figure.nominal(), high: figure.most() }
    }
}

impl Add for Band {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { low: self.low + other.low, nominal: self.nominal + other.nominal, high: self.high + other.high }
    }
}

impl Sum for Band {
    fn sum<I: Iterator<Item = Self>>(bands: I) -> Self {
        bands.fold(Self::default(), Add::add)
    }
}

/// By a factor that is not negative.
impl Mul<f64> for Band {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Self { low: self.low * factor, nominal: self.nominal * factor, high: self.high * factor }
    }
}

/// By a divisor that is above 0.
impl Div<f64> for Band {
    type Output = Self;

    fn div(self, divisor: f64) -> Self {
        Self { low: self.low / divisor, nominal: self.nominal / divisor, high: self.high / divisor }
    }
}
