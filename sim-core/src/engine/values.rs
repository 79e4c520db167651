//! The state of a population's neurons, in numbers of either width.

use crate::advice::in_large_pages;
use crate::real::{Precision, Real};
use std::ops::Range;

/// Values of a population.
#[derive(Debug)]
pub enum Values {
    /// 64 bits each.
    F64(Vec<f64>),
    /// 32 bits each.
    F32(Vec<f32>),
}

/// A part of them that one partition owns.
#[derive(Debug)]
pub enum ValuesMut<'a> {
    /// 64 bits each.
    F64(&'a mut [f64]),
    /// 32 bits each.
    F32(&'a mut [f32]),
}

impl Values {
    /// Values rounded to a precision.
    pub fn new(precision: Precision, values: Vec<f64>) -> Self {
        match precision {
            Precision::F64 => Self::F64(values),
            Precision::F32 => Self::F32(values.into_iter().map(f32::of).collect()),
        }
    }

    /// Zeros in large pages, for what is read all over.
    pub(crate) fn in_large_pages(precision: Precision, count: usize) -> Self {
        match precision {
            Precision::F64 => Self::F64(in_large_pages(count)),
            Precision::F32 => Self::F32(in_large_pages(count)),
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::F64(values) => values.len(),
            Self::F32(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them.
    pub fn get(&self, index: usize) -> f64 {
        match self {
            Self::F64(values) => values[index],
            Self::F32(values) => values[index].to_f64(),
        }
    }

    /// Their width.
    pub fn precision(&self) -> Precision {
        match self {
            Self::F64(_) => Precision::F64,
            Self::F32(_) => Precision::F32,
        }
    }

    /// Bytes that they take.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::F64(values) => size_of_val(&values[..]),
            Self::F32(values) => size_of_val(&values[..]),
        }
    }

    /// Adds some of others, of the same width, at the end.
    ///
    /// # Panics
    /// If they are of the other width.
    pub(crate) fn extend(&mut self, others: &Self, range: Range<usize>) {
        match (self, others) {
            (Self::F64(own), Self::F64(values)) => own.extend_from_slice(&values[range]),
            (Self::F32(own), Self::F32(values)) => own.extend_from_slice(&values[range]),
            _ => panic!("{OTHER_WIDTH}"),
        }
    }

    /// Makes them so many, new ones 0.
    pub(crate) fn resize(&mut self, count: usize) {
        match self {
            Self::F64(values) => values.resize(count, 0.0),
            Self::F32(values) => values.resize(count, 0.0),
        }
    }

    /// Takes some out.
    pub(crate) fn drain(&mut self, range: std::ops::RangeTo<usize>) {
        match self {
            Self::F64(values) => drop(values.drain(range)),
            Self::F32(values) => drop(values.drain(range)),
        }
    }

    /// Puts another in its place.
    pub(crate) fn set(&mut self, index: usize, value: f64) {
        match self {
            Self::F64(values) => values[index] = value,
            Self::F32(values) => values[index] = f32::of(value),
        }
    }

    /// All in order.
    pub fn iter(&self) -> impl Iterator<Item = f64> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// To be changed.
    pub fn as_mut(&mut self) -> ValuesMut<'_> {
        match self {
            Self::F64(values) => ValuesMut::F64(values),
            Self::F32(values) => ValuesMut::F32(values),
        }
    }
}

impl ValuesMut<'_> {
    /// Some of them.
    pub(crate) fn part(&mut self, range: Range<usize>) -> ValuesMut<'_> {
        match self {
            Self::F64(values) => ValuesMut::F64(&mut values[range]),
            Self::F32(values) => ValuesMut::F32(&mut values[range]),
        }
    }

    /// Adds to one of them.
    pub(crate) fn add(&mut self, index: usize, value: f64) {
        match self {
            Self::F64(values) => values[index] += value,
            Self::F32(values) => values[index] += f32::of(value),
        }
    }

    /// Makes some of them 0.
    pub(crate) fn clear(&mut self, range: Range<usize>) {
        match self {
            Self::F64(values) => values[range].fill(0.0),
            Self::F32(values) => values[range].fill(0.0),
        }
    }
}

/// Written out for `clone_from`, which takes no new memory where the sizes agree; the derived one always does.
impl Clone for Values {
    fn clone(&self) -> Self {
        match self {
            Self::F64(values) => Self::F64(values.clone()),
            Self::F32(values) => Self::F32(values.clone()),
        }
    }

    fn clone_from(&mut self, source: &Self) {
        match (self, source) {
            (Self::F64(own), Self::F64(values)) => own.clone_from(values),
            (Self::F32(own), Self::F32(values)) => own.clone_from(values),
            (own, source) => *own = source.clone(),
        }
    }
}

/// Numbers that state is kept in.
pub trait Width: Real {
    /// The values themselves.
    ///
    /// # Panics
    /// If they are of the other width.
    fn slice<'a>(values: &'a mut ValuesMut<'_>) -> &'a mut [Self];

    /// The values themselves, to be looked at.
    ///
    /// # Panics
    /// If they are of the other width.
    fn all(values: &Values) -> &[Self];
}

impl Width for f64 {
    fn slice<'a>(values: &'a mut ValuesMut<'_>) -> &'a mut [Self] {
        let ValuesMut::F64(values) = values else { panic!("{OTHER_WIDTH}") };
        values
    }

    fn all(values: &Values) -> &[Self] {
        let Values::F64(values) = values else { panic!("{OTHER_WIDTH}") };
        values
    }
}

impl Width for f32 {
    fn slice<'a>(values: &'a mut ValuesMut<'_>) -> &'a mut [Self] {
        let ValuesMut::F32(values) = values else { panic!("{OTHER_WIDTH}") };
        values
    }

    fn all(values: &Values) -> &[Self] {
        let Values::F32(values) = values else { panic!("{OTHER_WIDTH}") };
        values
    }
}

const OTHER_WIDTH: &str = "the state is one of the same network: its numbers have the kernel's width";
