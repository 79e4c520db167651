//! Some samples of a set of features, with their labels.

use super::Problem;
use super::features::Features;
use std::ops::Range;

/// Successive rows of features and the class of each: a training, validation or test set, without a copy.
#[derive(Clone, Debug)]
pub struct Samples<'a> {
    features: &'a Features,
    rows: Range<usize>,
    labels: &'a [u8],
}

impl<'a> Samples<'a> {
    /// Rows of features, a label for each of them.
    pub fn new(features: &'a Features, rows: Range<usize>, labels: &'a [u8]) -> Result<Self, Problem> {
        if rows.end > features.samples() {
            return Err(Problem::Samples { expected: rows.end, found: features.samples() });
        }
        if rows.len() != labels.len() {
            return Err(Problem::Samples { expected: rows.len(), found: labels.len() });
        }
        Ok(Self { features, rows, labels })
    }

    /// All rows.
    pub fn all(features: &'a Features, labels: &'a [u8]) -> Result<Self, Problem> {
        Self::new(features, 0..features.samples(), labels)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The features of which these are rows.
    pub fn features(&self) -> &'a Features {
        self.features
    }

    /// The class of each.
    pub fn labels(&self) -> &'a [u8] {
        self.labels
    }

    /// The row of a sample.
    pub(super) fn row(&self, sample: usize) -> usize {
        self.rows.start + sample
    }

    /// Whether there are samples, and each label is one of so many classes.
    pub(super) fn check(&self, what: &'static str, classes: usize) -> Result<(), Problem> {
        if self.is_empty() {
            return Err(Problem::Empty(what));
        }
        match self.labels.iter().position(|label| usize::from(*label) >= classes) {
            Some(sample) => Err(Problem::Label { sample, label: self.labels[sample], classes }),
            None => Ok(()),
        }
    }
}
