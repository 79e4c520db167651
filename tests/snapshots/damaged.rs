//! Bytes that are no snapshot, or no longer one: a clear error each, or the identical state; never a panic.

use super::contained;
use crate::netlist;
use sim_core::engine::{Plan, State};
use sim_core::record::{Sink, Window};
use sim_core::snapshot::{Snapshot, SnapshotError};
use std::ops::ControlFlow;

struct Nobody;

impl Sink for Nobody {
    fn window(&mut self, _: &Window<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// A small network after 20 ms.
fn small() -> (Plan, Snapshot) {
    let plan = Plan::new(netlist::shipped("hello", &["network.duration=20 ms".to_string()]), 1);
    let mut state = State::new(&plan);
    state.advance(&plan, 200, &mut Nobody);
    let snapshot = state.snapshot(&plan);
    (plan, snapshot)
}

/// A small network, and its wiring with its beginning.
fn wired() -> (Plan, Snapshot) {
    let network = netlist::toml(contained::NETWORK, &[]);
    let plan = Plan::new(network.clone(), 1);
    let mut snapshot = State::new(&plan).snapshot(&plan);
    snapshot.contain(&network);
    (plan, snapshot)
}

fn read(plan: &Plan, bytes: &[u8]) -> Result<State, SnapshotError> {
    State::restore(plan, &Snapshot::from_bytes(bytes)?)
}

#[test]
fn every_truncation_and_every_flipped_byte_is_told() {
    for (plan, snapshot) in [small(), wired()] {
        is_told(&plan, &snapshot.to_bytes());
    }
}

fn is_told(plan: &Plan, bytes: &[u8]) {
    assert!(read(plan, bytes).is_ok(), "as it was written it is read");
    for length in 0..bytes.len() {
        assert!(Snapshot::from_bytes(&bytes[..length]).is_err(), "{length} of {} bytes", bytes.len());
    }
    let mut flipped = bytes.to_vec();
    for place in 0..bytes.len() {
        flipped[place] ^= 1 << (place % 8);
        assert!(Snapshot::from_bytes(&flipped).is_err(), "byte {place} of {}", bytes.len());
        flipped[place] = bytes[place];
    }
    flipped.push(0);
    assert!(Snapshot::from_bytes(&flipped).is_err(), "a byte more");
}

#[test]
fn each_error_says_what_is_wrong() {
    let bytes = small().1.to_bytes();
    let told = |bytes: &[u8]| Snapshot::from_bytes(bytes).expect_err("an error").to_string();
    assert_eq!(told(b"[network]\nname = \"hello\"\n"), "not a snapshot of spikeloom");
    let mut newer = bytes.clone();
    newer[8] = 9;
    assert_eq!(told(&newer), "a snapshot of format 9, of a later spikeloom: this one reads up to 1");
    let mut long = bytes.clone();
    long[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(told(&long).contains("header"), "a length that nobody believes");
    let other = Plan::new(netlist::shipped("hello", &["network.seed=12345".to_string()]), 1);
    assert_eq!(read(&other, &bytes).expect_err("another seed"), SnapshotError::OtherNetwork);
    let branch = Plan::new(netlist::shipped("hello", &["network.duration=50 ms".to_string()]), 1);
    assert!(read(&branch, &bytes).is_ok(), "another duration is no other structure");
}
