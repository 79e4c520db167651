//! What can be wrong with an experiment's input.

use std::fmt::{self, Display};

/// What is wrong with the input.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// A set with nothing in it.
    Empty(&'static str),
    /// Rows of another width than needed.
    Width {
        /// How many values a row should have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// Columns of another number or scale than a read-out was fitted to.
    Parts,
    /// As many values as no whole number of rows has.
    Ragged {
        /// Values in a row.
        width: usize,
        /// Values in all.
        values: usize,
    },
    /// Another number of samples than needed.
    Samples {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A label that is no class.
    Label {
        /// Whose label it is.
        sample: usize,
        /// The label.
        label: u8,
        /// Number of classes.
        classes: usize,
    },
    /// A value that is infinite or not a number.
    NotFinite {
        /// The row.
        sample: usize,
        /// Its column.
        column: usize,
    },
    /// An option outside its range.
    Setting(&'static str),
    /// Fitting left the finite numbers: a smaller learning rate is needed, or a larger penalty.
    Diverged(String),
    /// An index of a neuron that is not there.
    Neuron {
        /// The index.
        neuron: u32,
        /// Number of neurons.
        neurons: usize,
    },
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(what) => write!(f, "there are no {what}"),
            Self::Width { expected, found } => write!(f, "a row has {found} values, {expected} are needed"),
            Self::Parts => write!(f, "the columns are not those of the training samples: their parts differ in width or scale"),
            Self::Ragged { width, values } => write!(f, "{values} values are no whole number of rows of {width}"),
            Self::Samples { expected, found } => write!(f, "there are {found} samples, {expected} are needed"),
            Self::Label { sample, label, classes } => {
                write!(f, "sample {sample} has label {label}: the {classes} classes are counted from 0")
            }
            Self::NotFinite { sample, column } => write!(f, "sample {sample}, column {column}: the value is not finite"),
            Self::Setting(what) => write!(f, "{what}"),
            Self::Diverged(when) => write!(f, "the read-out's weights are not finite any more {when}"),
            Self::Neuron { neuron, neurons } => write!(f, "neuron {neuron}: there are {neurons}, counted from 0"),
        }
    }
}

impl std::error::Error for Problem {}
