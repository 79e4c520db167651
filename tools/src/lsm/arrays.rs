//! Spike counts and weights as NumPy arrays in files.

use crate::export::{Element, write_npy};
use crate::failure::Failure;
use crate::files;
use crate::import::npy;
use std::path::Path;

/// Writes rows of counts: [sample, neuron].
pub(super) fn save_counts(path: &Path, width: usize, counts: &[u16]) -> Result<(), Failure> {
    save(path, &[(counts.len() / width.max(1)) as u64, width as u64], counts)
}

/// Reads rows of counts of this width.
pub(super) fn load_counts(path: &Path, width: usize) -> Result<Vec<u16>, Failure> {
    let array = load(path, "<u2")?;
    match array.shape[..] {
        [rows, columns] if columns == width && rows.checked_mul(columns * 2) == Some(array.data.len()) => {
            Ok(array.data.as_chunks::<2>().0.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect())
        }
        _ => Err(damaged(path)),
    }
}

/// Writes weights.
pub(super) fn save_weights(path: &Path, weights: &[f64]) -> Result<(), Failure> {
    save(path, &[weights.len() as u64], weights)
}

/// Reads weights.
pub(super) fn load_weights(path: &Path) -> Result<Vec<f64>, Failure> {
    let array = load(path, "<f8")?;
    match array.shape[..] {
        [length] if length.checked_mul(8) == Some(array.data.len()) => {
            Ok(array.data.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
        }
        _ => Err(damaged(path)),
    }
}

fn save<T: Element>(path: &Path, shape: &[u64], values: &[T]) -> Result<(), Failure> {
    let written = files::write_with(path, |out| write_npy(out, shape, values.iter().copied()));
    written.map_err(|error| Failure::Other("io", error.to_string()))
}

fn load(path: &Path, kind: &str) -> Result<npy::Array, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::io(path, &error))?;
    npy::parse(bytes).filter(|array| array.kind == kind).ok_or_else(|| damaged(path))
}

/// A file of a folder of ours that is not as it was written.
pub(super) fn damaged(path: &Path) -> Failure {
    Failure::Other("damaged", format!("{}: damaged, or of another experiment: take it away to make it anew", path.display()))
}
