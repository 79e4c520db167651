//! Images beside the netlist, in the IDX format: a magic number, counts of images, rows and columns, each of four bytes with the
//! highest first, then a byte for each pixel. Plain, or compressed by gzip.

use super::columns::Cells;
use super::context::Context;
use super::place::Place;
use super::values::{integer, kind};
use crate::catalog::StimulusValue;
use crate::description::{Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span, Spanned};
use flate2::read::MultiGzDecoder;
use std::io::{self, Read};

/// What a file of images begins with: bytes (8) in three dimensions (3).
const IMAGES: u32 = 0x0803;
/// What a file of their labels begins with.
const LABELS: u32 = 0x0801;
/// What gzip's files begin with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The images that a value names, with what says which of the file's images it is, in each of some places.
pub(crate) fn images(
    context: &Context<'_>,
    (value, item): (&Value, Option<&Value>),
    places: &[Place<'_>],
    cells: Cells<'_>,
) -> Outcome<Vec<StimulusValue>> {
    // By file: the places of its images, and which they are.
    let mut files: Vec<(Spanned<String>, Vec<Wanted>)> = Vec::new();
    for (index, place) in places.iter().enumerate() {
        let value = place.now(value)?;
        let ValueKind::Text(path) = &value.kind else {
            let message = format!("the path of a file of images is needed here, not {}", kind(&value.kind));
            return Err(Diagnostic::error("wrong-type", value.span, message).into());
        };
        let number = match item {
            // What is wrong with it is told where it is read for itself.
            Some(item) => integer(item, "item", place, 0, u64::from(u32::MAX)).map_err(|_| Failure::Reported)?,
            None => 0,
        };
        let wanted = Wanted { index, item: number, span: item.map_or(value.span, |item| item.span) };
        match files.iter_mut().find(|(file, _)| file.value == *path) {
            Some((_, of_file)) => of_file.push(wanted),
            None => files.push((Spanned { value: path.clone(), span: value.span }, vec![wanted])),
        }
    }
    let mut found: Vec<Option<StimulusValue>> = vec![None; places.len()];
    for (file, wanted) in files {
        for (Wanted { index, item, .. }, pixels) in pixels(context, &file, wanted, cells)? {
            found[index] = Some(StimulusValue::Image { file: file.value.clone(), item: item as u32, pixels });
        }
    }
    found.into_iter().collect::<Option<_>>().ok_or(Failure::Reported)
}

/// An image that is wanted of a file.
struct Wanted {
    /// The place that wants it.
    index: usize,
    item: u64,
    span: Span,
}

/// The pixels of images, as many as there are cells. The whole file is gone through once: its length and gzip's sum must be
/// right.
fn pixels(
    context: &Context<'_>,
    file: &Spanned<String>,
    mut wanted: Vec<Wanted>,
    cells: Cells<'_>,
) -> Outcome<Vec<(Wanted, Vec<u8>)>> {
    let stored = context.files.bytes(file)?;
    context.budget.reserve(u64::from(cells.size), wanted.len() as u64, || format!("the images of {}", cells.population))?;
    let mut images = Images::open(&stored, file)?;
    let (rows, columns) = (u64::from(images.rows), u64::from(images.columns));
    if rows * columns != u64::from(cells.size) {
        let (pixels, size, population) = (rows * columns, cells.size, cells.population);
        let message =
            format!("one cell for each pixel is needed: {population} has {size}, here are {rows} x {columns} = {pixels}");
        return Err(Diagnostic::error("wrong-length", file.span, message).into());
    }
    let count = u64::from(images.count);
    if let Some(Wanted { item, span, .. }) = wanted.iter().find(|wanted| wanted.item >= count) {
        let message = format!("there is no image {item} in {}: it has {count}, counted from 0", file.value);
        return Err(Diagnostic::error("out-of-range", *span, message).into());
    }
    wanted.sort_by_key(|wanted| wanted.item);
    let mut found: Vec<(Wanted, Vec<u8>)> = Vec::with_capacity(wanted.len());
    let mut next = 0;
    for wanted in wanted {
        let again = found.last().filter(|(last, _)| last.item == wanted.item).map(|(_, pixels)| pixels.clone());
        let pixels = match again {
            Some(pixels) => pixels,
            None => {
                images.skip((wanted.item - next) * rows * columns)?;
                next = wanted.item + 1;
                images.take(u64::from(cells.size))?
            }
        };
        found.push((wanted, pixels));
    }
    images.skip((count - next) * rows * columns)?;
    images.end()?;
    Ok(found)
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
