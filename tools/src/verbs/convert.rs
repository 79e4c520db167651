//! `convert`: spikes from one format to another.

use crate::cli::ConvertArgs;
use crate::failure::Failure;
use crate::names::count;
use crate::outputs::{checked, write_spikes};
use crate::{Terminal, export, import};

/// Writes a recording's spikes in another format.
pub(crate) fn convert(arguments: &ConvertArgs, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let (output, format) = checked(&arguments.output, export::Format::of(&arguments.output), "OUT", ".csv, .gdf or .npz")?;
    let recording = import::open(&arguments.input)?;
    let written = write_spikes(&output, format, &recording)?;
    terminal.print(&format!("{} spikes written to {}\n", count(written), output.display()))
}
