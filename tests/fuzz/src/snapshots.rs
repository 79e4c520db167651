//! Snapshots: as they are, and with their sums made right, so that what stands in them is looked at, too.

use crate::language::{Nobody, network};
use sim_core::elaborate::NoFiles;
use sim_core::engine::{Plan, State};
use sim_core::event;
use sim_core::snapshot::Snapshot;
use sim_core::time::FS_PER_MS;
use std::sync::{Arc, OnceLock};

/// The networks of the snapshots that are restored.
const NETLIST: &str = include_str!("restore.toml");
const EVENTS: &str = include_str!("restore_events.toml");

/// A file as it is: read or refused; what is read is written the same.
pub fn snapshot(bytes: &[u8]) {
    if let Ok(snapshot) = Snapshot::from_bytes(bytes) {
        assert_eq!(snapshot.to_bytes(), bytes, "a snapshot has one form");
    }
}

/// Those to begin with: target, name and bytes.
pub fn seeds() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let (grid, continuous) = (plan(), event_plan());
    let mut seeds = crate::wiring::seeds().to_vec();
    let mut state = State::new(grid);
    for (ticks, name) in [(6, "after-6-ticks"), (34, "after-40-ticks")] {
        state.advance(grid, ticks, &mut Nobody);
        seeds.push(("restore", name, state.snapshot(grid).to_bytes()));
    }
    seeds.push(("snapshot", "whole", state.snapshot(grid).to_bytes()));
    let mut state = event::State::new(continuous);
    for (ms, name) in [(4, "after-4-ms"), (16, "after-20-ms")] {
        state.advance(continuous, ms * FS_PER_MS as u64, &mut Nobody);
        seeds.push(("restore_events", name, state.snapshot(continuous).to_bytes()));
    }
    seeds
}

fn plan() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| Plan::new(Arc::new(network(NETLIST, &[], &NoFiles).expect("a sound netlist")), 1))
}

fn event_plan() -> &'static event::Plan {
    static PLAN: OnceLock<event::Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        event::Plan::new(&network(EVENTS, &[], &NoFiles).expect("a sound netlist"), 1).expect("it runs in continuous time")
    })
}

/// A file made into a snapshot of a network of ours: refused, or gone on with for some ticks.
pub fn restore(bytes: &[u8]) {
    static STRUCTURE: OnceLock<[u8; 32]> = OnceLock::new();
    let plan = plan();
    let structure = STRUCTURE.get_or_init(|| State::new(plan).snapshot(plan).header().structure);
    let Some(bytes) = sealed(bytes, structure) else { return };
    let Ok(snapshot) = Snapshot::from_bytes(&bytes) else { return };
    let Ok(mut state) = State::restore(plan, &snapshot) else { return };
    state.advance(plan, 20, &mut Nobody);
    State::restore(plan, &state.snapshot(plan)).expect("what was gone on with can be kept");
}

/// The same in continuous time, where synapses learn.
pub fn restore_events(bytes: &[u8]) {
    static STRUCTURE: OnceLock<[u8; 32]> = OnceLock::new();
    let plan = event_plan();
    let structure = STRUCTURE.get_or_init(|| event::State::new(plan).snapshot(plan).header().structure);
    let Some(bytes) = sealed(bytes, structure) else { return };
    let Ok(snapshot) = Snapshot::from_bytes(&bytes) else { return };
    let Ok(mut state) = event::State::restore(plan, &snapshot) else { return };
    state.advance(plan, 10 * FS_PER_MS as u64, &mut Nobody);
    event::State::restore(plan, &state.snapshot(plan)).expect("what was gone on with can be kept");
}

/// The file with the structure of a network, its last section to the file's end, and the hashes that these bytes have.
fn sealed(bytes: &[u8], structure: &[u8; 32]) -> Option<Vec<u8>> {
    const FIXED: usize = 16;
    const HASH: usize = 32;
    let mut bytes = bytes.to_vec();
    let long = |bytes: &[u8], at: usize| bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_le_bytes);
    let after = |at: usize, length: u64| at.checked_add(usize::try_from(length).ok()?);
    let header = u32::from_le_bytes(bytes.get(12..FIXED)?.try_into().ok()?);
    let end = FIXED + usize::try_from(header).ok()?;
    let mut at = after(FIXED + 8, long(&bytes, FIXED)?)?;
    bytes.get_mut(at..after(at, 32)?)?.copy_from_slice(structure);
    at += 32 + 4 * 8;
    let count = long(&bytes, at)?;
    at += 8;
    let mut body = end + HASH;
    for number in 1..=count {
        let length = after(at, 8).zip(long(&bytes, at)).and_then(|(at, name)| after(at, name))?.checked_add(1)?;
        if number == count {
            let rest = bytes.len().checked_sub(body)? as u64;
            bytes.get_mut(length..after(length, 8)?)?.copy_from_slice(&rest.to_le_bytes());
        }
        let next = after(body, long(&bytes, length)?)?;
        let hash = *blake3::hash(bytes.get(body..next)?).as_bytes();
        bytes.get_mut(length + 8..length + 8 + HASH)?.copy_from_slice(&hash);
        (at, body) = (length + 8 + HASH, next);
    }
    let hash = *blake3::hash(bytes.get(..end)?).as_bytes();
    bytes.get_mut(end..end + HASH)?.copy_from_slice(&hash);
    Some(bytes)
}
