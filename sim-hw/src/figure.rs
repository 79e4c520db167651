//! A number with its band, its unit and where it comes from.

use crate::measure::{Measure, UNITS, find_unit};
use serde::{Deserialize, Serialize};
use sim_core::diagnostic::nearest;

/// Largest whole number that a figure may hold: beyond, f64 has gaps.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

/// How a figure came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Stated in a paper.
    Published,
    /// Computed from other figures or from program text; `source` says how.
    Derived,
    /// Measured on the machine, by whom `source` says.
    Measured,
    /// Simulated from the design before there was a chip, or from a model of it.
    Simulated,
    /// Stated by the makers of the machine or of its software.
    Vendor,
    /// Chosen, because something has to be; `source` says why.
    Assumed,
}

/// A number of a platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Nominal value, in `unit`.
    pub value: f64,
    /// Lowest plausible value; absent: no band is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Highest plausible value; absent: no band is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Unit of all three: a name of [`UNITS`].
    pub unit: String,
    /// How it came to be known.
    pub kind: Kind,
    /// Paper, manual or program file, with the section.
    pub source: String,
    /// What the reader should know: conditions, what is included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Figure {
    /// The nominal value in the measure's base unit.
    pub fn nominal(&self) -> f64 {
        self.base(self.value)
    }

    /// The lower end of the band in the measure's base unit; the nominal value where no band is known.
    pub fn least(&self) -> f64 {
        self.base(self.low.unwrap_or(self.value))
    }

    /// The upper end of the band in the measure's base unit; the nominal value where no band is known.
    pub fn most(&self) -> f64 {
        self.base(self.high.unwrap_or(self.value))
    }

    /// NaN for an unknown unit, which [`Figure::problems`] reports: it cannot pass for a number.
    fn base(&self, number: f64) -> f64 {
        find_unit(&self.unit).map_or(f64::NAN, |unit| unit.to_base(number))
    }

    /// What is wrong with it, given what it has to measure; empty when nothing is.
    pub fn problems(&self, measure: Measure) -> Vec<String> {
        let mut problems: Vec<String> = self.unit_problem(measure).into_iter().collect();
        for (name, number) in [("low", self.low), ("value", Some(self.value)), ("high", self.high)] {
            problems.extend(number.and_then(|n| number_problem(name, n, measure)));
        }
        if self.low.is_some_and(|low| low > self.value) {
            problems.push(format!("low = {} is above value = {}", self.low.unwrap_or_default(), self.value));
        }
        if self.high.is_some_and(|high| high < self.value) {
            problems.push(format!("high = {} is below value = {}", self.high.unwrap_or_default(), self.value));
        }
        if self.source.trim().is_empty() {
            problems.push("source is empty: every figure says where it comes from".to_string());
        }
        problems
    }

    fn unit_problem(&self, measure: Measure) -> Option<String> {
        let choices = measure.units().join(", ");
        let Some(unit) = find_unit(&self.unit) else {
            let names: Vec<&str> = UNITS.iter().map(|u| u.name).collect();
            let help = nearest(&self.unit, &names).map_or_else(|| format!("use {choices}"), |n| format!("did you mean \"{n}\"?"));
            return Some(format!("unknown unit \"{}\"; {help}", self.unit));
        };
        let (is, wanted) = (unit.measure.words(), measure.words());
        (unit.measure != measure).then(|| format!("\"{}\" is {is}, but {wanted} is needed; use {choices}", self.unit))
    }
}

fn number_problem(name: &str, number: f64, measure: Measure) -> Option<String> {
    let problem = if !number.is_finite() {
        "not finite"
    } else if number < 0.0 {
        "negative"
    } else if measure == Measure::Count && (number < 1.0 || number != number.floor() || number > MAX_WHOLE) {
        "no whole number from 1 on"
    } else {
        return None;
    };
    Some(format!("{name} = {number} is {problem}"))
}

/// A yes or no of a platform, with its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Whether it is so.
    pub holds: bool,
    /// How it came to be known.
    pub kind: Kind,
    /// Paper, manual or program file, with the section.
    pub source: String,
}
