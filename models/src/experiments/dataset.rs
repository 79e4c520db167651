//! Whole sets of labelled images, from the bytes of their files.

use sim_core::idx::{Broken, Content, Idx};
use std::fmt::{self, Display};

/// The largest label: digits, and ten kinds of clothing.
const MOST: u8 = 9;

/// Images of one size and the class of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    rows: usize,
    columns: usize,
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

/// What is wrong with a pair of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatasetError {
    /// The file of images is broken or none.
    Images(Broken),
    /// The file of labels is broken or none.
    Labels(Broken),
    /// They do not belong together.
    Counts {
        /// How many images there are.
        images: u32,
        /// How many labels there are.
        labels: u32,
    },
    /// There are none, or they have no pixels.
    Empty,
    /// A label above 9.
    Label {
        /// Whose label, from 0.
        image: usize,
        /// The label.
        label: u8,
    },
}

impl Display for DatasetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Images(broken) => write!(f, "no file of images, or a broken one: {broken}"),
            Self::Labels(broken) => write!(f, "no file of labels, or a broken one: {broken}"),
            Self::Counts { images, labels } => {
                write!(f, "there are {images} images and {labels} labels: the files do not belong together")
            }
            Self::Empty => write!(f, "there are no images, or they have no pixels"),
            Self::Label { image, label } => write!(f, "image {image}, counted from 0, has label {label}: 0 to {MOST} are expected"),
        }
    }
}

impl std::error::Error for DatasetError {}

impl Dataset {
    /// Reads a file of images and the file of their labels in the IDX format, each plain or compressed by gzip.
    pub fn read(images: &[u8], labels: &[u8]) -> Result<Self, DatasetError> {
        let mut file = Idx::open(images, Content::Images).map_err(DatasetError::Images)?;
        let mut names = Idx::open(labels, Content::Labels).map_err(DatasetError::Labels)?;
        let ([count, rows, columns], [named, ..]) = (file.dimensions(), names.dimensions());
        if count != named {
            return Err(DatasetError::Counts { images: count, labels: named });
        }
        if count == 0 || rows == 0 || columns == 0 {
            return Err(DatasetError::Empty);
        }
        // No file is as long as what saturates: it ends too soon then.
        let length = (u64::from(rows) * u64::from(columns)).saturating_mul(u64::from(count));
        let pixels = file.take(length).and_then(|pixels| file.end().map(|()| pixels)).map_err(DatasetError::Images)?;
        let labels = names.take(u64::from(named)).and_then(|labels| names.end().map(|()| labels));
        let labels = labels.map_err(DatasetError::Labels)?;
        if let Some(image) = labels.iter().position(|label| *label > MOST) {
            return Err(DatasetError::Label { image, label: labels[image] });
        }
        Ok(Self { rows: rows as usize, columns: columns as usize, pixels, labels })
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// A set is never empty.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Rows and columns of an image.
    pub fn size(&self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    /// The class of each image.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The pixels of an image, row by row from the top left.
    pub fn image(&self, index: usize) -> &[u8] {
        let pixels = self.rows * self.columns;
        &self.pixels[index * pixels..(index + 1) * pixels]
    }

    /// All images in order.
    pub fn images(&self) -> impl ExactSizeIterator<Item = &[u8]> + Clone {
        self.pixels.chunks_exact(self.rows * self.columns)
    }
}
