//! Whole sets of labelled images, from the bytes of their files.

use sim_core::idx::{Broken, Content, Idx};
use std::fmt::{self, Display};

/// The largest label: digits, and ten kinds of clothing.
const MOST: u8 = 9;

/// Images of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    rows: usize,
    columns: usize,
    pixels: Vec<u8>,
}

/// Images of one size and the class of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    images: Images,
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
            Self::Label { image, label } => {
                write!(f, "image {image}, counted from 0, has label {label}: 0 to {MOST} are expected")
            }
        }
    }
}

impl std::error::Error for DatasetError {}

impl Images {
    /// Reads a file of images in the IDX format, plain or compressed by gzip.
    pub fn read(bytes: &[u8]) -> Result<Self, DatasetError> {
        let mut file = Idx::open(bytes, Content::Images).map_err(DatasetError::Images)?;
        let [count, rows, columns] = file.dimensions();
        if count == 0 || rows == 0 || columns == 0 {
            return Err(DatasetError::Empty);
        }
        // No file is as long as what saturates: it ends too soon then.
        let length = (u64::from(rows) * u64::from(columns)).saturating_mul(u64::from(count));
        let pixels = file.take(length).and_then(|pixels| file.end().map(|()| pixels)).map_err(DatasetError::Images)?;
        Ok(Self { rows: rows as usize, columns: columns as usize, pixels })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.pixels.len() / (self.rows * self.columns)
    }

    /// A set is never empty.
    pub fn is_empty(&self) -> bool {
        self.pixels.is_empty()
    }

    /// Rows and columns of an image.
    pub fn size(&self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    /// The pixels of an image, row by row from the top left.
    pub fn image(&self, index: usize) -> &[u8] {
        let pixels = self.rows * self.columns;
        &self.pixels[index * pixels..(index + 1) * pixels]
    }

    /// All images in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> + Clone {
        self.pixels.chunks_exact(self.rows * self.columns)
    }

    /// All pixels, image by image.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}

/// Reads a file of labels in the IDX format, plain or compressed by gzip.
fn read_labels(bytes: &[u8]) -> Result<Vec<u8>, DatasetError> {
    let mut file = Idx::open(bytes, Content::Labels).map_err(DatasetError::Labels)?;
    let [count, ..] = file.dimensions();
    let labels = file.take(u64::from(count)).and_then(|labels| file.end().map(|()| labels));
    let labels = labels.map_err(DatasetError::Labels)?;
    match labels.iter().position(|label| *label > MOST) {
        Some(image) => Err(DatasetError::Label { image, label: labels[image] }),
        None => Ok(labels),
    }
}

impl Dataset {
    /// Reads a file of images and the file of their labels in the IDX format, each plain or compressed by gzip.
    pub fn read(images: &[u8], labels: &[u8]) -> Result<Self, DatasetError> {
        let (images, labels) = (Images::read(images)?, read_labels(labels)?);
        if images.len() != labels.len() {
            return Err(DatasetError::Counts { images: images.len() as u32, labels: labels.len() as u32 });
        }
        Ok(Self { images, labels })
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
        self.images.size()
    }

    /// The class of each image.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The pixels of an image, row by row from the top left.
    pub fn image(&self, index: usize) -> &[u8] {
        self.images.image(index)
    }

    /// All images in order.
    pub fn images(&self) -> impl ExactSizeIterator<Item = &[u8]> + Clone {
        self.images.iter()
    }

    /// The images without their classes.
    pub fn unlabelled(&self) -> &Images {
        &self.images
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file: its magic number, its dimensions, its values.
    fn idx(magic: u32, dimensions: &[u32], values: &[u8]) -> Vec<u8> {
        let head = [magic].into_iter().chain(dimensions.iter().copied()).flat_map(u32::to_be_bytes);
        head.chain(values.iter().copied()).collect()
    }

    fn images() -> Vec<u8> {
        idx(0x0803, &[2, 1, 3], &[1, 2, 3, 4, 5, 6])
    }

    fn labels() -> Vec<u8> {
        idx(0x0801, &[2], &[9, 0])
    }

    #[test]
    fn images_and_labels_are_read() {
        let set = Dataset::read(&images(), &labels()).expect("two images");
        assert_eq!((set.len(), set.is_empty(), set.size()), (2, false, (1, 3)), "two of 1 x 3");
        assert_eq!((set.image(1), set.labels()), (&[4, 5, 6][..], &[9, 0][..]), "their values");
        assert_eq!(set.images().collect::<Vec<_>>(), [[1, 2, 3], [4, 5, 6]], "all images");
    }

    #[test]
    fn broken_pairs_are_told() {
        let cut = |mut file: Vec<u8>| {
            file.pop();
            file
        };
        let more = |file: Vec<u8>| [file, vec![0]].concat();
        let most = [u32::MAX; 3];
        for (images, labels, word) in [
            (labels(), labels(), "no file of images, or a broken one: it has labels (0x00000801, not 0x00000803)"),
            (images(), images(), "no file of labels, or a broken one: it has images (0x00000803, not 0x00000801)"),
            (images(), b"P5 2".to_vec(), "it does not begin as IDX files of labels do (0x50352032, not 0x00000801)"),
            (cut(images()), labels(), "images, or a broken one: it ends before its last image does"),
            (images(), cut(labels()), "labels, or a broken one: it ends before its last label does"),
            (more(images()), labels(), "images, or a broken one: it goes on after its last image"),
            (images(), more(labels()), "labels, or a broken one: it goes on after its last label"),
            (images(), idx(0x0801, &[3], &[1; 3]), "there are 2 images and 3 labels: the files do not belong together"),
            (images(), idx(0x0801, &[2], &[1, 10]), "image 1, counted from 0, has label 10: 0 to 9 are expected"),
            (idx(0x0803, &[0, 1, 3], &[]), idx(0x0801, &[0], &[]), "there are no images, or they have no pixels"),
            (idx(0x0803, &[2, 0, 3], &[]), labels(), "there are no images, or they have no pixels"),
            (idx(0x0803, &most, &[]), idx(0x0801, &most[..1], &[]), "it ends before its last image does"),
        ] {
            let said = Dataset::read(&images, &labels).expect_err("a problem").to_string();
            assert!(said.contains(word), "\"{word}\": {said}");
        }
    }
}
