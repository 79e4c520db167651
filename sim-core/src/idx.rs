//! The IDX format of MNIST's files: a magic number, the size of each dimension, each of four bytes with the highest first, then
//! a byte for each value. Plain, or compressed by gzip.

use flate2::read::MultiGzDecoder;
use std::fmt::{self, Display};
use std::io::{self, Read};

/// What gzip's files begin with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What a file should hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Bytes in three dimensions: image, row, column.
    Images,
    /// A byte for each image.
    Labels,
}

impl Content {
    /// What such a file begins with: bytes (8) in so many dimensions.
    pub fn magic(self) -> u32 {
        match self {
            Self::Images => 0x0803,
            Self::Labels => 0x0801,
        }
    }

    fn dimensions(self) -> usize {
        match self {
            Self::Images => 3,
            Self::Labels => 1,
        }
    }

    fn item(self) -> &'static str {
        match self {
            Self::Images => "image",
            Self::Labels => "label",
        }
    }
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It is none of these files: it begins with another number.
    Magic {
        /// What it should hold.
        wanted: Content,
        /// What it begins with.
        magic: u32,
    },
    /// It ends too soon.
    Short(Content),
    /// Something follows its last item.
    Long(Content),
    /// gzip cannot read it.
    Packed(String),
}

impl Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic { wanted, magic } => {
                let (item, right) = (wanted.item(), wanted.magic());
                match (wanted, *magic) {
                    (Content::Images, 0x0801) => write!(f, "it has labels")?,
                    (Content::Labels, 0x0803) => write!(f, "it has images")?,
                    _ => write!(f, "it does not begin as IDX files of {item}s do")?,
                }
                write!(f, " (0x{magic:08x}, not 0x{right:08x})")
            }
            Self::Short(content) => write!(f, "it ends before its last {} does", content.item()),
            Self::Long(content) => write!(f, "it goes on after its last {}", content.item()),
            Self::Packed(why) => write!(f, "it cannot be decompressed: {why}"),
        }
    }
}

impl std::error::Error for Broken {}

/// A file, its header read. Values are taken or skipped in order.
pub struct Idx<'a> {
    data: Box<dyn Read + 'a>,
    content: Content,
    dimensions: [u32; 3],
}

impl<'a> Idx<'a> {
    /// Reads the header.
    pub fn open(stored: &'a [u8], content: Content) -> Result<Self, Broken> {
        let data: Box<dyn Read> =
            if stored.starts_with(&GZIP) { Box::new(MultiGzDecoder::new(stored)) } else { Box::new(stored) };
        let mut file = Self { data, content, dimensions: [1; 3] };
        let magic = file.number()?;
        if magic != content.magic() {
            return Err(Broken::Magic { wanted: content, magic });
        }
        for dimension in 0..content.dimensions() {
            file.dimensions[dimension] = file.number()?;
        }
        Ok(file)
    }

    /// How many images or labels there are, rows of an image, columns of an image; 1 for labels.
    pub fn dimensions(&self) -> [u32; 3] {
        self.dimensions
    }

    /// The next values.
    pub fn take(&mut self, length: u64) -> Result<Vec<u8>, Broken> {
        let mut bytes = Vec::new();
        let read = self.data.by_ref().take(length).read_to_end(&mut bytes);
        self.all(read.map(|read| read as u64), length)?;
        Ok(bytes)
    }

    /// Leaves values out.
    pub fn skip(&mut self, length: u64) -> Result<(), Broken> {
        let read = io::copy(&mut self.data.by_ref().take(length), &mut io::sink());
        self.all(read, length)
    }

    /// Whether nothing follows, and gzip's sum is right.
    pub fn end(mut self) -> Result<(), Broken> {
        match io::copy(&mut self.data.by_ref().take(1), &mut io::sink()) {
            Ok(1..) => Err(Broken::Long(self.content)),
            read => self.all(read, 0),
        }
    }

    fn number(&mut self) -> Result<u32, Broken> {
        let bytes = self.take(4)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    /// Whether as much was read as should be there.
    fn all(&self, read: io::Result<u64>, length: u64) -> Result<(), Broken> {
        match read {
            Ok(read) if read == length => Ok(()),
            Ok(_) => Err(Broken::Short(self.content)),
            Err(error) => Err(Broken::Packed(error.to_string())),
        }
    }
}
