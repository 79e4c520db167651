//! Recorded weights as NPZ.

use super::npy::Archive;
use sim_core::record::SynapseTrace;
use sim_core::time::Grid;
use std::io::{self, Seek, Write};

/// Writes an archive for `numpy.load`: `time_ms` (f8, by sample), `source` and `target` (u4, global indices from 0, by synapse),
/// `delay_ms` (f8, by synapse), and the variable under its name (f8, [sample, synapse], in base units).
///
/// # Errors
/// The writer fails.
pub fn write_weights_npz(out: impl Write + Seek, grid: Grid, variable: &str, trace: &SynapseTrace) -> io::Result<()> {
    let (samples, synapses) = (trace.ticks.len() as u64, trace.sources.len() as u64);
    let mut archive = Archive::new(out);
    archive.array("time_ms", &[samples], trace.ticks.iter().map(|tick| grid.ms(*tick)))?;
    archive.array("source", &[synapses], trace.sources.iter().copied())?;
    archive.array("target", &[synapses], trace.targets.iter().copied())?;
    archive.array("delay_ms", &[synapses], trace.delays.iter().map(|ticks| grid.ms(*ticks)))?;
    archive.array(variable, &[samples, synapses], trace.values.iter().copied())?;
    archive.finish()
}
