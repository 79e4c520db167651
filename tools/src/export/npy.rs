//! NumPy's own formats: .npy, an array behind a header (version 1.0), and .npz, a zip archive of them.

use std::io::{self, BufWriter, Seek, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A number that can be an array's element.
pub trait Element: Copy {
    /// NumPy's name of the type, little endian.
    const TYPE: &'static str;
    /// Bytes of one.
    const BYTES: u64;
    /// Writes one, little endian.
    fn write(self, out: &mut dyn Write) -> io::Result<()>;
}

impl Element for f64 {
    const TYPE: &'static str = "<f8";
    const BYTES: u64 = 8;
    fn write(self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.to_le_bytes())
    }
}

impl Element for i64 {
    const TYPE: &'static str = "<i8";
    const BYTES: u64 = 8;
    fn write(self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.to_le_bytes())
    }
}

impl Element for u16 {
    const TYPE: &'static str = "<u2";
    const BYTES: u64 = 2;
    fn write(self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.to_le_bytes())
    }
}

impl Element for u32 {
    const TYPE: &'static str = "<u4";
    const BYTES: u64 = 4;
    fn write(self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.to_le_bytes())
    }
}

/// Writes an array of the given shape, its elements in C order (last index fastest).
///
/// # Errors
/// The writer fails, or there are not as many elements as the shape says.
pub fn write_npy<T: Element>(
    out: &mut (impl Write + ?Sized),
    shape: &[u64],
    elements: impl Iterator<Item = T>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    out.write_all(&header(T::TYPE, shape)?)?;
    let expected: u64 = shape.iter().product();
    let mut written = 0;
    for element in elements {
        element.write(&mut out)?;
        written += 1;
    }
    out.flush()?;
    if written == expected { Ok(()) } else { Err(io::Error::other(format!("{written} elements for {expected} places"))) }
}

/// Magic number, version, length of the rest, and a Python dictionary padded to a multiple of 64 bytes in all.
fn header(kind: &str, shape: &[u64]) -> io::Result<Vec<u8>> {
    const FIXED: usize = 10;
    let lengths: String = shape.iter().map(|length| format!("{length},")).collect();
    let dictionary = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({lengths}), }}");
    let whole = (FIXED + dictionary.len() + 1).next_multiple_of(64);
    let length = u16::try_from(whole - FIXED).map_err(|_| io::Error::other("an array has too many dimensions"))?;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(length.to_le_bytes());
    bytes.extend(dictionary.bytes());
    bytes.resize(whole - 1, b' ');
    bytes.push(b'\n');
    Ok(bytes)
}

/// An archive of arrays, not compressed, with fixed dates: the same arrays give the same bytes.
pub(super) struct Archive<W: Write + Seek>(ZipWriter<W>);

impl<W: Write + Seek> Archive<W> {
    pub(super) fn new(out: W) -> Self {
        Self(ZipWriter::new(out))
    }

    /// Adds an array; NumPy finds it under its name.
    pub(super) fn array<T: Element>(&mut self, name: &str, shape: &[u64], elements: impl Iterator<Item = T>) -> io::Result<()> {
        self.start(name, shape.iter().product::<u64>().saturating_mul(T::BYTES))?;
        write_npy(&mut self.0, shape, elements)
    }

    /// Adds an array of texts, in NumPy's type for them: four bytes a character, padded to the longest.
    pub(super) fn texts(&mut self, name: &str, texts: &[&str]) -> io::Result<()> {
        let longest = texts.iter().map(|t| t.chars().count()).max().unwrap_or(0).max(1);
        self.start(name, (texts.len() * longest * 4) as u64)?;
        self.0.write_all(&header(&format!("<U{longest}"), &[texts.len() as u64])?)?;
        for text in texts {
            let padded = text.chars().map(u32::from).chain(std::iter::repeat(0)).take(longest);
            padded.into_iter().try_for_each(|character| self.0.write_all(&character.to_le_bytes()))?;
        }
        Ok(())
    }

    fn start(&mut self, name: &str, bytes: u64) -> io::Result<()> {
        const HEADER: u64 = 1 << 16;
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .large_file(bytes.saturating_add(HEADER) > u64::from(u32::MAX));
        self.0.start_file(format!("{name}.npy"), options).map_err(io::Error::other)
    }

    /// Writes the archive's directory.
    pub(super) fn finish(self) -> io::Result<()> {
        self.0.finish().map_err(io::Error::other)?.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_of_the_format() {
        let mut bytes = Vec::new();
        write_npy(&mut bytes, &[2, 3], [1.0, 2.0, 3.0, 4.0, 5.0, 6.5].into_iter()).expect("written");
        // What numpy.save writes for numpy.array([[1, 2, 3], [4, 5, 6.5]]), but for the comma after the last length.
        let mut expected = b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f8', 'fortran_order': False, 'shape': (2,3,), }".to_vec();
        expected.resize(127, b' ');
        expected.push(b'\n');
        expected.extend([1.0, 2.0, 3.0, 4.0, 5.0, 6.5_f64].iter().flat_map(|v| v.to_le_bytes()));
        assert_eq!(bytes, expected, "header and data");
    }

    #[test]
    fn shapes_are_kept() {
        assert!(write_npy(&mut Vec::new(), &[3], [1_i64, 2].into_iter()).is_err(), "too few");
        assert!(write_npy(&mut Vec::new(), &[1], [1_i64, 2].into_iter()).is_err(), "too many");
        let scalar = header("<f8", &[]).expect("a header");
        assert!(String::from_utf8_lossy(&scalar).contains("'shape': (), }"), "no dimensions");
        assert_eq!(scalar.len() % 64, 0, "aligned");
    }
}
