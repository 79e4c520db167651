//! What plastic synapses of the event engine remember, in an order that does not depend on the partitions: by source, delay and target.

use super::SnapshotError;
use super::bytes::{Reader, Writer};
use crate::event::plastic::{Part, Synapses};
use crate::event::state::PartState;
use crate::event::{Plan, State};

/// A synapse, and where it is.
#[derive(Clone, Copy)]
struct Place {
    source: u32,
    delay: u64,
    target: u32,
    part: u32,
    synapse: u32,
    /// Of the synapses of its source with its delay in its partition.
    run: u32,
}

/// All synapses get as far as spikes of their sources would bring them that arrive now. Returns the time before which they need
/// nothing of modulators any more.
pub(super) fn level(state: &mut State, now: i64) -> i64 {
    let mut oldest = now;
    for PartState { plastic, courses, .. } in &mut state.parts {
        oldest = plastic.iter_mut().flatten().map(|synapses| synapses.level(now, courses)).fold(oldest, i64::min);
    }
    oldest
}

/// Writes all tables of synapses that have been levelled.
pub(super) fn write(state: &State, plan: &Plan, out: &mut Writer) {
    for table in 0..plan.parts[0].tables.len() {
        let parts: Vec<&dyn Synapses> = state.parts.iter().filter_map(|part| part.plastic[table].as_deref()).collect();
        let Some(first) = parts.first() else { continue };
        first.keep(Part::Time, out);
        for run in places(plan, table).chunk_by(|a, b| (a.source, a.delay) == (b.source, b.delay)) {
            parts[run[0].part as usize].keep(Part::Source(run[0].run as usize), out);
            run.iter().for_each(|place| parts[place.part as usize].keep(Part::Synapse(place.synapse as usize), out));
        }
        for (synapses, cells) in parts.iter().zip(cells(plan, table)) {
            (0..cells).for_each(|cell| synapses.keep(Part::Target(cell), out));
        }
    }
}

/// Reads them into the partitions of a plan.
pub(super) fn read(state: &mut State, plan: &Plan, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
    for table in 0..plan.parts[0].tables.len() {
        let plastic = state.parts.iter_mut().filter_map(|part| part.plastic[table].as_mut());
        let mut parts: Vec<&mut Box<dyn Synapses>> = plastic.collect();
        if parts.is_empty() {
            continue;
        }
        bytes.for_each(parts.iter_mut(), |synapses, bytes| synapses.restore(Part::Time, bytes))?;
        for run in places(plan, table).chunk_by_mut(|a, b| (a.source, a.delay) == (b.source, b.delay)) {
            let mut sources: Vec<(u32, u32)> = run.iter().map(|place| (place.part, place.run)).collect();
            sources.sort_unstable();
            sources.dedup();
            bytes.for_each(sources.iter(), |(part, run), bytes| {
                parts[*part as usize].restore(Part::Source(*run as usize), bytes)
            })?;
            for place in run {
                parts[place.part as usize].restore(Part::Synapse(place.synapse as usize), bytes)?;
            }
        }
        for (synapses, cells) in parts.iter_mut().zip(cells(plan, table)) {
            (0..cells).try_for_each(|cell| synapses.restore(Part::Target(cell), bytes))?;
        }
    }
    Ok(())
}

/// How many cells of the target population each partition has.
fn cells(plan: &Plan, table: usize) -> impl Iterator<Item = usize> {
    plan.parts.iter().map(move |part| part.owned[part.tables[table].target].len())
}

/// The synapses of a table in all partitions, in order.
fn places(plan: &Plan, table: usize) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for (part, own) in (0..).zip(&plan.parts) {
        let (mut synapse, mut run, mut last) = (0, 0, None);
        own.tables[table].each(|source, delay, target| {
            run += u32::from(last.is_some_and(|last| last != (source, delay)));
            last = Some((source, delay));
            places.push(Place { source, delay, target, part, synapse, run });
            synapse += 1;
        });
    }
    // Those between the same cells stay as they were made.
    places.sort_by_key(|place| (place.source, place.delay, place.target));
    places
}
