//! What was counted.

use super::SnapshotError;
use super::bytes::{Reader, Writer};
use crate::engine::Tally;

pub(super) fn write(tally: &Tally, out: &mut Writer) {
    out.all(tally.spikes.iter().copied());
    out.put(tally.synaptic_events);
    out.list(tally.before_trial.iter().copied());
    let (link, open, window) = tally.hash.parts();
    out.all(link.iter().copied());
    out.list(open.iter().copied());
    out.put(window);
}

/// Into the counts of a state of the same network.
pub(super) fn read(tally: &mut Tally, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
    bytes.fill(&mut tally.spikes)?;
    tally.synaptic_events = bytes.get()?;
    tally.before_trial = bytes.list()?;
    let counted = tally.before_trial.iter().zip(&tally.spikes).all(|(before, all)| before <= all);
    if !counted || ![0, tally.spikes.len()].contains(&tally.before_trial.len()) {
        return Err(bytes.wrong());
    }
    let mut link = [0; 32];
    bytes.fill(&mut link)?;
    tally.hash.resume(link, bytes.list()?, bytes.get()?);
    Ok(())
}
