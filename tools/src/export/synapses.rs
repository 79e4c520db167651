//! Realised synapses as NPZ.

use super::npy::{Archive, Element};
use sim_core::connect::{Generator, Synapse};
use sim_core::network::Network;
use sim_core::time::ms_from_fs;
use std::io::{self, Seek, Write};

/// Writes an archive for `numpy.load` with one entry a synapse: `projection` (u4, index in the network), `source` and `target`
/// (u4, global indices from 0), `receptor` (u4), `weight` (f8, as the engine sees it, in the receptor's unit) and `delay_ms`
/// (f8, before it is put on a grid). Returns how many there are.
///
/// The synapses are streamed once for each array, so that one array at a time is in memory.
///
/// # Errors
/// The writer fails.
pub fn write_synapses_npz(out: impl Write + Seek, network: &Network) -> io::Result<u64> {
    let mut archive = Archive::new(out);
    let first = |population: usize| network.populations[population].first;
    let p = |index: usize| &network.projections[index];
    let number = column(&mut archive, network, "projection", |i, _| i as u32)?;
    column(&mut archive, network, "source", |i, s| first(p(i).source) + s.source)?;
    column(&mut archive, network, "target", |i, s| first(p(i).target) + s.target)?;
    column(&mut archive, network, "receptor", |_, s| s.receptor as u32)?;
    column(&mut archive, network, "weight", |_, s| s.weight)?;
    column(&mut archive, network, "delay_ms", |_, s| ms_from_fs(s.delay_fs))?;
    archive.finish()?;
    Ok(number)
}

fn column<W: Write + Seek, T: Element>(
    archive: &mut Archive<W>,
    network: &Network,
    name: &str,
    value: impl Fn(usize, &Synapse) -> T,
) -> io::Result<u64> {
    let mut values = Vec::new();
    for (index, projection) in network.projections.iter().enumerate() {
        Generator::new(network, projection).for_targets(0..u32::MAX, |s| values.push(value(index, &s)));
    }
    let number = values.len() as u64;
    archive.array(name, &[number], values.into_iter())?;
    Ok(number)
}
