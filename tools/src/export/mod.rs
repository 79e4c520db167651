//! Spikes and traces in the formats of others: CSV, GDF, and the arrays of NumPy.
//!
//! Writers take spikes in order of (tick, neuron) and keep that order. Spikes that belong to none of the populations given are
//! left out, so that a part of a network is written by naming a part of its populations.

mod npy;
mod spikes;
mod synapses;
mod traces;
mod weights;

pub use npy::{Element, write_npy};
pub use spikes::{write_csv, write_gdf, write_npz};
pub use synapses::write_synapses_npz;
pub use traces::{TraceRecord, write_trace_csv, write_trace_npz};
pub use weights::write_weights_npz;

use std::path::Path;

/// A population as it is named in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportPopulation {
    /// Name.
    pub name: String,
    /// Global index of its first cell.
    pub first: u32,
    /// Cells.
    pub size: u32,
}

/// Formats of spikes and traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with a header, separated by commas.
    Csv,
    /// Text for spikes: id and time, as NEST wrote it.
    Gdf,
    /// A zip archive of NumPy arrays.
    Npz,
}

impl Format {
    /// The format that a file's name asks for (".csv", ".gdf" or ".npz"); `None` for any other.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" => Some(Self::Csv),
            "gdf" => Some(Self::Gdf),
            "npz" => Some(Self::Npz),
            _ => None,
        }
    }
}

/// A field of CSV: quoted where it holds a separator, a quote or a line's end (RFC 4180).
pub(crate) fn csv_field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_string() }
}
