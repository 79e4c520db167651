//! What figures measure. The base units are coherent (s, J, W, Hz, bit, bit/s, W/Hz), so that a formula over base values
//! needs no factor.

use sim_core::units::scale;

/// What a figure measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// A whole number of things, at least 1.
    Count,
    /// An amount of data; base: bit.
    Data,
    /// A duration; base: s.
    Time,
    /// Clock cycles, of the core or of the router as the quantity says.
    Cycles,
    /// A clock; base: Hz.
    Frequency,
    /// Data per time; base: bit/s.
    Bandwidth,
    /// Energy; base: J.
    Energy,
    /// Power; base: W.
    Power,
    /// Power for each hertz of a clock; base: W/Hz.
    PowerPerClock,
}

impl Measure {
    /// In words, for messages.
    pub fn words(self) -> &'static str {
        match self {
            Measure::Count => "a count",
            Measure::Data => "an amount of data",
            Measure::Time => "a time",
            Measure::Cycles => "a number of cycles",
            Measure::Frequency => "a frequency",
            Measure::Bandwidth => "a bandwidth",
            Measure::Energy => "an energy",
            Measure::Power => "a power",
            Measure::PowerPerClock => "a power per clock frequency",
        }
    }

    /// The names of its units, for messages.
    pub fn units(self) -> Vec<&'static str> {
        UNITS.iter().filter(|u| u.measure == self).map(|u| u.name).collect()
    }
}

/// A unit that a figure may be written in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// As written ("nJ").
    pub name: &'static str,
    /// What it measures.
    pub measure: Measure,
    /// Multiplier to the base unit.
    pub factor: f64,
}

impl Unit {
    /// A number of this unit in the base unit.
    pub fn to_base(&self, number: f64) -> f64 {
        scale(number, self.factor)
    }
}

const fn unit(name: &'static str, measure: Measure, factor: f64) -> Unit {
    Unit { name, measure, factor }
}

/// Every unit of platform files.
pub const UNITS: &[Unit] = &[
    unit("1", Measure::Count, 1.0),
    unit("bit", Measure::Data, 1.0),
    unit("B", Measure::Data, 8.0),
    unit("KiB", Measure::Data, 8192.0),
    unit("MiB", Measure::Data, 8_388_608.0),
    unit("s", Measure::Time, 1.0),
    unit("ms", Measure::Time, 1e-3),
    unit("us", Measure::Time, 1e-6),
    unit("ns", Measure::Time, 1e-9),
    unit("cycles", Measure::Cycles, 1.0),
    unit("Hz", Measure::Frequency, 1.0),
    unit("MHz", Measure::Frequency, 1e6),
    unit("bit/s", Measure::Bandwidth, 1.0),
    unit("Mbit/s", Measure::Bandwidth, 1e6),
    unit("MB/s", Measure::Bandwidth, 8e6),
    unit("GB/s", Measure::Bandwidth, 8e9),
    unit("J", Measure::Energy, 1.0),
    unit("uJ", Measure::Energy, 1e-6),
    unit("nJ", Measure::Energy, 1e-9),
    unit("pJ", Measure::Energy, 1e-12),
    unit("W", Measure::Power, 1.0),
    unit("mW", Measure::Power, 1e-3),
    unit("uW", Measure::Power, 1e-6),
    unit("uW/MHz", Measure::PowerPerClock, 1e-12),
];

/// A unit by its name; case counts.
pub fn find_unit(name: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|u| u.name == name)
}
