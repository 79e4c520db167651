//! Physical dimensions and units: "20 ms", "250pF", "-65 mV".
//!
//! The base is ms, mV, pA (and uM for concentrations, um for positions). It is closed: pA·ms/mV is pF,
//! pA/mV is nS, 1/ms is kHz, so a formula over base values needs no factor.

use std::fmt;

/// Exponents over the base (ms, mV, pA, uM, um).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Dimension {
    /// Exponent of time.
    pub time: i8,
    /// Exponent of voltage.
    pub voltage: i8,
    /// Exponent of current.
    pub current: i8,
    /// Exponent of concentration.
    pub concentration: i8,
    /// Exponent of length.
    pub length: i8,
}

const fn dim(time: i8, voltage: i8, current: i8) -> Dimension {
    Dimension { time, voltage, current, concentration: 0, length: 0 }
}

impl Dimension {
    /// A bare number.
    pub const NONE: Self = dim(0, 0, 0);
    /// ms.
    pub const TIME: Self = dim(1, 0, 0);
    /// mV.
    pub const VOLTAGE: Self = dim(0, 1, 0);
    /// pA.
    pub const CURRENT: Self = dim(0, 0, 1);
    /// pF = pA ms / mV.
    pub const CAPACITANCE: Self = dim(1, -1, 1);
    /// nS = pA / mV.
    pub const CONDUCTANCE: Self = dim(0, -1, 1);
    /// GOhm = mV / pA.
    pub const RESISTANCE: Self = dim(0, 1, -1);
    /// kHz = 1 / ms.
    pub const RATE: Self = dim(-1, 0, 0);
    /// uM.
    pub const CONCENTRATION: Self = Self { concentration: 1, ..Self::NONE };
    /// um.
    pub const LENGTH: Self = Self { length: 1, ..Self::NONE };

    /// Dimension of a product; `None` when an exponent leaves i8.
    pub fn times(self, other: Self) -> Option<Self> {
        self.combine(other, i8::checked_add)
    }

    /// Dimension of a quotient; `None` when an exponent leaves i8.
    pub fn over(self, other: Self) -> Option<Self> {
        self.combine(other, i8::checked_sub)
    }

    fn combine(self, other: Self, f: fn(i8, i8) -> Option<i8>) -> Option<Self> {
        Some(Self {
            time: f(self.time, other.time)?,
            voltage: f(self.voltage, other.voltage)?,
            current: f(self.current, other.current)?,
            concentration: f(self.concentration, other.concentration)?,
            length: f(self.length, other.length)?,
        })
    }

    /// Dimension of a power; `None` unless every exponent stays a whole number.
    pub fn power(self, exponent: f64) -> Option<Self> {
        let scale = |e: i8| {
            let value = f64::from(e) * exponent;
            (value == value.trunc() && value.abs() <= 127.0).then_some(value as i8)
        };
        Some(Self {
            time: scale(self.time)?,
            voltage: scale(self.voltage)?,
            current: scale(self.current)?,
            concentration: scale(self.concentration)?,
            length: scale(self.length)?,
        })
    }
}

/// The unit a value of this dimension is held in ("mV", "pF", "kHz"), or a product of base units.
impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(unit) = UNITS.iter().find(|u| u.dimension == *self && u.factor == 1.0) {
            return f.write_str(unit.name);
        }
        let parts =
            [(self.time, "ms"), (self.voltage, "mV"), (self.current, "pA"), (self.concentration, "uM"), (self.length, "um")];
        let shown: Vec<String> = parts
            .iter()
            .filter(|(e, _)| *e != 0)
            .map(|(e, name)| if *e == 1 { (*name).to_string() } else { format!("{name}^{e}") })
            .collect();
        f.write_str(&if shown.is_empty() { "a bare number".to_string() } else { shown.join(" ") })
    }
}

/// A named unit: its dimension and its size in base units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// As written ("mV").
    pub name: &'static str,
    /// What it measures.
    pub dimension: Dimension,
    /// Multiplier to base units.
    pub factor: f64,
}

const fn unit(name: &'static str, dimension: Dimension, factor: f64) -> Unit {
    Unit { name, dimension, factor }
}

/// Every unit of the language; the first of each dimension with factor 1 is the one values are held in.
pub const UNITS: &[Unit] = &[
    unit("ms", Dimension::TIME, 1.0),
    unit("s", Dimension::TIME, 1e3),
    unit("us", Dimension::TIME, 1e-3),
    unit("ns", Dimension::TIME, 1e-6),
    unit("min", Dimension::TIME, 6e4),
    unit("mV", Dimension::VOLTAGE, 1.0),
    unit("V", Dimension::VOLTAGE, 1e3),
    unit("uV", Dimension::VOLTAGE, 1e-3),
    unit("pA", Dimension::CURRENT, 1.0),
    unit("nA", Dimension::CURRENT, 1e3),
    unit("uA", Dimension::CURRENT, 1e6),
    unit("fA", Dimension::CURRENT, 1e-3),
    unit("pF", Dimension::CAPACITANCE, 1.0),
    unit("nF", Dimension::CAPACITANCE, 1e3),
    unit("uF", Dimension::CAPACITANCE, 1e6),
    unit("nS", Dimension::CONDUCTANCE, 1.0),
    unit("pS", Dimension::CONDUCTANCE, 1e-3),
    unit("uS", Dimension::CONDUCTANCE, 1e3),
    unit("mS", Dimension::CONDUCTANCE, 1e6),
    unit("GOhm", Dimension::RESISTANCE, 1.0),
    unit("MOhm", Dimension::RESISTANCE, 1e-3),
    unit("kOhm", Dimension::RESISTANCE, 1e-6),
    unit("kHz", Dimension::RATE, 1.0),
    unit("Hz", Dimension::RATE, 1e-3),
    unit("MHz", Dimension::RATE, 1e3),
    unit("uM", Dimension::CONCENTRATION, 1.0),
    unit("nM", Dimension::CONCENTRATION, 1e-3),
    unit("mM", Dimension::CONCENTRATION, 1e3),
    unit("um", Dimension::LENGTH, 1.0),
    unit("mm", Dimension::LENGTH, 1e3),
];

/// Finds a unit by its name (case counts: "mS" and "ms" differ).
pub fn find_unit(name: &str) -> Option<&'static Unit> {
    let name = if name.starts_with('µ') || name.starts_with('μ') {
        std::borrow::Cow::Owned(name.replacen(['µ', 'μ'], "u", 1))
    } else {
        std::borrow::Cow::Borrowed(name)
    };
    UNITS.iter().find(|u| u.name == name)
}

/// A number in base units with its dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// Value in base units.
    pub value: f64,
    /// Its dimension.
    pub dimension: Dimension,
}

impl Quantity {
    /// A bare number.
    pub fn bare(value: f64) -> Self {
        Self { value, dimension: Dimension::NONE }
    }
}

/// Why a text is no quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuantityError {
    /// It does not start with a number: perhaps a name.
    NotANumber,
    /// A number and something that is no unit of [`UNITS`].
    UnknownUnit(String),
    /// A number that overflows.
    OutOfRange,
}

/// Reads "20 ms", "250pF", "1e3 Hz", "-65 mV" or a bare "3.5"; spaces around are ignored.
pub fn parse_quantity(text: &str) -> Result<Quantity, QuantityError> {
    let text = text.trim();
    let end = number_length(text);
    let number: f64 = text[..end].parse().map_err(|_| QuantityError::NotANumber)?;
    let name = text[end..].trim_start();
    let (dimension, factor) = if name.is_empty() {
        (Dimension::NONE, 1.0)
    } else {
        let unit = find_unit(name).ok_or_else(|| QuantityError::UnknownUnit(name.to_string()))?;
        (unit.dimension, unit.factor)
    };
    let value = scale(number, factor);
    if value.is_finite() { Ok(Quantity { value, dimension }) } else { Err(QuantityError::OutOfRange) }
}

/// number x factor with a division for small factors, so that "8 Hz" and 0.008 are the same bits.
pub fn scale(number: f64, factor: f64) -> f64 {
    if factor < 1.0 { number / (1.0 / factor).round() } else { number * factor }
}

/// Length in bytes of the decimal number that the text starts with (0 if none).
pub fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |mut i: usize| {
        while i < bytes.len() && bytes[i].is_ascii_digit() {
            i += 1;
        }
        i
    };
    let start = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut end = digits(start);
    let mut any = end > start;
    if bytes.get(end) == Some(&b'.') {
        let after = digits(end + 1);
        any |= after > end + 1;
        end = after;
    }
    if !any {
        return 0;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let after = digits(end + 1 + sign);
        if after > end + 1 + sign {
            end = after;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        let q = |t| parse_quantity(t).unwrap();
        assert_eq!(q("20 ms"), Quantity { value: 20.0, dimension: Dimension::TIME }, "with a space");
        assert_eq!(q("-65mV"), Quantity { value: -65.0, dimension: Dimension::VOLTAGE }, "without");
        assert_eq!(q("1 nF").value, 1000.0, "to base units");
        assert_eq!(q("8 Hz").value, 0.008, "the nearest double");
        assert_eq!(q("2 µM"), q("2 uM"), "micro sign");
        assert_eq!(q("3.5"), Quantity::bare(3.5), "bare");
        assert_eq!(parse_quantity("20 mz"), Err(QuantityError::UnknownUnit("mz".into())), "no such unit");
        assert_eq!(parse_quantity("lif"), Err(QuantityError::NotANumber), "a name");
        assert_eq!(parse_quantity("1e400 ms"), Err(QuantityError::OutOfRange), "overflow");
        assert_eq!(parse_quantity("1e3 s").unwrap().value, 1e6, "exponent and unit");
    }

    #[test]
    fn the_base_is_closed() {
        let tau = Dimension::CAPACITANCE.over(Dimension::CONDUCTANCE).unwrap();
        assert_eq!(tau, Dimension::TIME, "pF / nS = ms");
        assert_eq!(Dimension::CURRENT.times(Dimension::RESISTANCE), Some(Dimension::VOLTAGE), "pA GOhm = mV");
        assert_eq!(Dimension::TIME.power(0.5), None, "no root of a millisecond");
        assert_eq!(Dimension::CAPACITANCE.to_string(), "pF", "named");
        assert_eq!(Dimension::TIME.power(2.0).unwrap().to_string(), "ms^2", "composed");
    }
}
