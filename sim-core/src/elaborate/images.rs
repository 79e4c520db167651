//! Images beside the netlist, in the IDX format: a magic number, counts of images, rows and columns, each of four bytes with the
//! highest first, then a byte for each pixel. Plain, or compressed by gzip.

use super::columns::Cells;
use super::context::Context;
use crate::diagnostic::{Diagnostic, Outcome, Spanned};
use flate2::read::MultiGzDecoder;
use std::io::{self, Read};

/// What a file of images begins with: bytes (8) in three dimensions (3).
const IMAGES: u32 = 0x0803;
/// What a file of their labels begins with.
const LABELS: u32 = 0x0801;
/// What gzip's files begin with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The pixels of one image, as many as there are cells. The whole file is gone through: its length and gzip's sum must be right.
pub(crate) fn pixels(context: &Context<'_>, file: &Spanned<String>, item: &Spanned<u64>, cells: Cells<'_>) -> Outcome<Vec<u8>> {
    let stored = context.files.bytes(file)?;
    context.budget.reserve(u64::from(cells.size), 1, || format!("the image of {}", cells.population))?;
    let mut images = Images::open(&stored, file)?;
    let (rows, columns) = (u64::from(images.rows), u64::from(images.columns));
    if rows * columns != u64::from(cells.size) {
        let (pixels, size, population) = (rows * columns, cells.size, cells.population);
        let message =
            format!("one cell for each pixel is needed: {population} has {size}, here are {rows} x {columns} = {pixels}");
        return Err(Diagnostic::error("wrong-length", file.span, message).into());
    }
    let count = u64::from(images.count);
    if item.value >= count {
        let message = format!("there is no image {} in {}: it has {count}, counted from 0", item.value, file.value);
        return Err(Diagnostic::error("out-of-range", item.span, message).into());
    }
    images.skip(item.value * rows * columns)?;
    let pixels = images.take(u64::from(cells.size))?;
    images.skip((count - item.value - 1) * rows * columns)?;
    images.end()?;
    Ok(pixels)
}

/// A file of images, its header read.
struct Images<'a> {
    data: Box<dyn Read + 'a>,
    file: &'a Spanned<String>,
    count: u32,
    rows: u32,
    columns: u32,
}

impl<'a> Images<'a> {
    fn open(stored: &'a [u8], file: &'a Spanned<String>) -> Outcome<Self> {
        let data: Box<dyn Read> =
            if stored.starts_with(&GZIP) { Box::new(MultiGzDecoder::new(stored)) } else { Box::new(stored) };
        let mut images = Self { data, file, count: 0, rows: 0, columns: 0 };
        let magic = images.number()?;
        if magic != IMAGES {
            let what = if magic == LABELS { "it has labels" } else { "it does not begin as IDX files of images do" };
            let message = format!("{} is no file of images: {what} (0x{magic:08x}, not 0x{IMAGES:08x})", file.value);
            return Err(Diagnostic::error("file", file.span, message).into());
        }
        (images.count, images.rows, images.columns) = (images.number()?, images.number()?, images.number()?);
        Ok(images)
    }

    fn number(&mut self) -> Outcome<u32> {
        let bytes = self.take(4)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn take(&mut self, length: u64) -> Outcome<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self.data.by_ref().take(length).read_to_end(&mut bytes);
        self.all(read.map(|read| read as u64), length)?;
        Ok(bytes)
    }

    fn skip(&mut self, length: u64) -> Outcome<()> {
        let read = io::copy(&mut self.data.by_ref().take(length), &mut io::sink());
        self.all(read, length)
    }

    /// Whether as much was read as should be there.
    fn all(&self, read: io::Result<u64>, length: u64) -> Outcome<()> {
        match read {
            Ok(read) if read == length => Ok(()),
            Ok(_) => Err(self.broken("it ends before its last image does").into()),
            Err(error) => Err(self.broken(&format!("it cannot be decompressed: {error}")).into()),
        }
    }

    /// Whether nothing follows.
    fn end(&mut self) -> Outcome<()> {
        match io::copy(&mut self.data.by_ref().take(1), &mut io::sink()) {
            Ok(1..) => Err(self.broken("it goes on after its last image").into()),
            read => self.all(read, 0),
        }
    }

    fn broken(&self, why: &str) -> Diagnostic {
        Diagnostic::error("file", self.file.span, format!("{} is no file of images, or a broken one: {why}", self.file.value))
    }
}
