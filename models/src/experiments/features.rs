//! What a read-out sees of each sample: a row of spike counts, of one liquid or several, and whatever else is appended.

use super::Problem;
use serde::{Deserialize, Serialize};

/// How the values of one part of a row are scaled, each sample for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// As they are.
    Raw,
    /// Divided by the sum of their magnitudes; all zeros stay zeros.
    L1,
    /// The square root: counts of equal variance, were they Poisson's. The sign is kept.
    Sqrt,
}

impl Scale {
    /// Scales values in place.
    pub(super) fn apply(self, values: &mut [f32]) {
        match self {
            Self::Raw => {}
            Self::L1 => {
                let sum: f64 = values.iter().map(|value| f64::from(value.abs())).sum();
                if sum > 0.0 {
                    values.iter_mut().for_each(|value| *value = (f64::from(*value) / sum) as f32);
                }
            }
            Self::Sqrt => values.iter_mut().for_each(|value| *value = value.abs().sqrt().copysign(*value)),
        }
    }
}

/// Columns of one origin: how many, and how they are scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Number of columns.
    pub width: usize,
    /// How they are scaled.
    pub scale: Scale,
}

#[derive(Clone, Debug)]
enum Values {
    Counts(Vec<u16>),
    Reals(Vec<f32>),
}

/// A row for each sample, in parts: the counts of each liquid, appended columns.
#[derive(Clone, Debug)]
pub struct Features {
    samples: usize,
    parts: Vec<(Part, Values)>,
}

impl Features {
    /// Spike counts, row by row: as many bytes as they need and no copy.
    pub fn counts(width: usize, counts: Vec<u16>, scale: Scale) -> Result<Self, Problem> {
        Self::part(width, counts.len(), scale, Values::Counts(counts))
    }

    /// Other numbers, row by row: mean counts, pixels.
    pub fn reals(width: usize, values: Vec<f32>, scale: Scale) -> Result<Self, Problem> {
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            return Err(Problem::NotFinite { sample: place / width.max(1), column: place % width.max(1) });
        }
        Self::part(width, values.len(), scale, Values::Reals(values))
    }

    fn part(width: usize, found: usize, scale: Scale, values: Values) -> Result<Self, Problem> {
        if width == 0 {
            return Err(Problem::Empty("columns"));
        }
        if !found.is_multiple_of(width) {
            return Err(Problem::Ragged { width, values: found });
        }
        Ok(Self { samples: found / width, parts: vec![(Part { width, scale }, values)] })
    }

    /// Puts the columns of another set of features, of the same samples, behind these.
    pub fn append(mut self, other: Self) -> Result<Self, Problem> {
        if other.samples != self.samples {
            return Err(Problem::Samples { expected: self.samples, found: other.samples });
        }
        self.parts.extend(other.parts);
        Ok(self)
    }

    /// Number of rows.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Number of columns in all.
    pub fn width(&self) -> usize {
        self.parts.iter().map(|(part, _)| part.width).sum()
    }

    /// Number and scale of the columns of each part.
    pub fn parts(&self) -> Vec<Part> {
        self.parts.iter().map(|(part, _)| *part).collect()
    }

    /// Writes a sample's row, scaled. The row may be longer: what is behind the last column stays.
    pub(super) fn write_row(&self, sample: usize, mut row: &mut [f32]) {
        for (part, values) in &self.parts {
            let (here, rest) = row.split_at_mut(part.width);
            let range = sample * part.width..(sample + 1) * part.width;
            match values {
                Values::Counts(counts) => here.iter_mut().zip(&counts[range]).for_each(|(to, from)| *to = f32::from(*from)),
                Values::Reals(reals) => here.copy_from_slice(&reals[range]),
            }
            part.scale.apply(here);
            row = rest;
        }
    }

    /// The sum of magnitudes of each part of a sample's row, unscaled.
    pub(super) fn magnitudes(&self, sample: usize) -> impl Iterator<Item = f64> {
        self.parts.iter().map(move |(part, values)| {
            let range = sample * part.width..(sample + 1) * part.width;
            match values {
                Values::Counts(counts) => counts[range].iter().map(|count| f64::from(*count)).sum(),
                Values::Reals(reals) => reals[range].iter().map(|value| f64::from(value.abs())).sum(),
            }
        })
    }

    /// A sample's row, scaled.
    pub fn row(&self, sample: usize) -> Vec<f32> {
        let mut row = vec![0.0; self.width()];
        self.write_row(sample, &mut row);
        row
    }
}

/// Scales a row of unscaled values, part by part.
pub(super) fn scale_row(parts: &[Part], mut row: &mut [f32]) {
    for part in parts {
        let (here, rest) = row.split_at_mut(part.width);
        part.scale.apply(here);
        row = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_scaled_each_for_itself() {
        let first = Features::counts(2, vec![1, 3, 0, 0], Scale::L1).expect("two rows");
        let second = Features::counts(3, vec![4, 0, 9, 1, 16, 25], Scale::Sqrt).expect("two rows");
        let pixels = Features::reals(1, vec![-0.5, 0.25], Scale::Raw).expect("two rows");
        let all = first.append(second).and_then(|both| both.append(pixels)).expect("of two samples each");
        assert_eq!((all.samples(), all.width()), (2, 6), "six columns");
        assert_eq!(all.row(0), [0.25, 0.75, 2.0, 0.0, 3.0, -0.5], "the first sample");
        assert_eq!(all.row(1), [0.0, 0.0, 1.0, 4.0, 5.0, 0.25], "a silent liquid stays silent");
        let mut same = [1.0, 3.0, 4.0, 0.0, 9.0, -0.5];
        scale_row(&all.parts(), &mut same);
        assert_eq!(same[..], all.row(0), "a row by itself is scaled alike");
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let of = |result: Result<Features, Problem>| result.expect_err("a problem").to_string();
        assert_eq!(of(Features::counts(0, vec![], Scale::Raw)), "there are no columns");
        assert_eq!(of(Features::counts(2, vec![1, 2, 3], Scale::Raw)), "3 values are no whole number of rows of 2");
        let nan = Features::reals(2, vec![1.0, 2.0, 3.0, f32::NAN], Scale::Raw);
        assert_eq!(of(nan), "sample 1, column 1: the value is not finite");
        let (two, one) = (Features::counts(1, vec![1, 2], Scale::Raw), Features::counts(1, vec![1], Scale::Raw));
        let both = two.and_then(|two| two.append(one?));
        assert_eq!(of(both), "there are 1 samples, 2 are needed");
    }
}
