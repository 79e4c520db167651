//! Which classes are taken for which.

use serde::{Deserialize, Serialize};

/// How many samples of each class were given each class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// By true class, then by the class that it was given.
    pub counts: Vec<Vec<u64>>,
}

impl Confusion {
    /// Of no samples yet.
    pub fn new(classes: usize) -> Self {
        Self { counts: vec![vec![0; classes]; classes] }
    }

    /// Takes a sample. Both classes must be below the number of classes.
    pub fn add(&mut self, label: usize, given: usize) {
        self.counts[label][given] += 1;
    }

    /// How many samples there were.
    pub fn total(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// Fraction of samples that were given their own class; 0 of none.
    pub fn accuracy(&self) -> f64 {
        let right: u64 = self.counts.iter().enumerate().map(|(class, given)| given[class]).sum();
        right as f64 / self.total().max(1) as f64
    }
}
