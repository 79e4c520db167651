//! A run up to a random tick, its state as bytes, and from these bytes on to the end, on another number of threads: spikes,
//! samples, counts and the final snapshot are those of the run that was never cut. In both engines, within trials and between them.
//!
//! SPIKELOOM_CUTS=20 cuts each run so often.

use super::engines::{Engine, InContinuousTime, OnGrid};
use crate::differential::Keep;
use crate::plasticity::networks;
use crate::{event, library, netlist, random_network};
use netlists::library::LIBRARY;
use sim_core::network::Network;
use sim_core::random::Stream;
use sim_core::snapshot::Snapshot;
use std::sync::Arc;

fn cuts() -> u64 {
    std::env::var("SPIKELOOM_CUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

/// A snapshot after being written and read.
fn through_bytes(snapshot: &Snapshot) -> Snapshot {
    let bytes = snapshot.to_bytes();
    let read = Snapshot::from_bytes(&bytes).expect("the same snapshot");
    assert!(read.to_bytes() == bytes, "what is read and written again is the same");
    read
}

/// Whether the engine runs such a network.
fn is_as_if_never_cut<E: Engine>(name: &str, network: &Arc<Network>, seed: u64) -> bool {
    let plans: Vec<E::Plan> = [1, 3].into_iter().filter_map(|threads| E::plan(network, threads)).collect();
    let [one, three] = &plans[..] else { return false };
    let (end, mut s) = (E::ticks(network), Stream::new(seed, 9));
    let (mut whole, mut kept) = (E::begin(one), Keep::default());
    E::run(one, &mut whole, end, &mut kept);
    let last = E::snapshot(one, &whole).to_bytes();
    for cut in 0..cuts() {
        // The first is early, when hardly anything has been seen.
        let at = s.bits() % (if cut == 0 { end / 64 } else { end } + 1);
        let (before, after) = if cut % 2 == 0 { (one, three) } else { (three, one) };
        let (mut first, mut seen) = (E::begin(before), Keep::default());
        E::run(before, &mut first, at, &mut seen);
        let here = format!("{name}, cut at {} of {end}", E::tick(&first));
        let mut snapshot = E::snapshot(before, &first);
        let plain = through_bytes(&snapshot);
        // Each other cut takes the wiring with it: the network is laid out with what is read.
        let contained = (cut % 2 == 1).then(|| {
            snapshot.contain(network);
            let wired = through_bytes(&snapshot).wired(network.clone()).expect("its wiring");
            E::plan(&wired, if cut % 4 == 1 { 1 } else { 3 }).expect("it runs as well")
        });
        let after = contained.as_ref().unwrap_or(after);
        let mut second = E::restore(after, &plain).expect("the state");
        let again = E::restore(before, &plain).expect("the state");
        let same = E::snapshot(after, &second).to_bytes() == E::snapshot(before, &again).to_bytes();
        assert!(same, "{here}: whatever the partitions");
        E::run(after, &mut second, end, &mut seen);
        assert!(seen.spikes == kept.spikes, "{here}: the spikes");
        assert!(seen.sample_bits() == kept.sample_bits(), "{here}: the samples");
        assert_eq!(E::hash(&second), E::hash(&whole), "{here}: the hash");
        assert_eq!(E::tally(&second), E::tally(&whole), "{here}: the counts");
        assert!(E::snapshot(after, &second).to_bytes() == last, "{here}: the final snapshot");
    }
    true
}

/// In which engines a network went on: the grid's always.
fn in_both(name: &str, network: &Arc<Network>, seed: u64) -> usize {
    assert!(is_as_if_never_cut::<OnGrid>(name, network, seed), "the grid runs all");
    usize::from(is_as_if_never_cut::<InContinuousTime>(&format!("{name}, continuous time"), network, seed))
}

#[test]
fn random_networks_go_on_as_if_never_cut() {
    let continuous: usize =
        (0..150).map(|seed| in_both(&format!("{seed}"), &Arc::new(random_network::network(seed)), seed)).sum();
    assert!(continuous > 5, "{continuous} of them run in continuous time");
}

#[test]
fn trials_go_on_as_if_never_cut() {
    let trials = |seed| in_both(&format!("trials {seed}"), &Arc::new(random_network::with_trials(seed)), seed);
    let continuous: usize = (0..60).map(trials).sum();
    assert!(continuous > 2, "{continuous} of them run in continuous time");
    for network in event::trials::all_kinds() {
        assert_eq!(in_both("all kinds of stimuli", &network, 1), 1, "in continuous time, too");
    }
    is_as_if_never_cut::<OnGrid>("trials that learn", &crate::trials::learning::network(), 1);
}

#[test]
fn plastic_networks_go_on_as_if_never_cut() {
    for seed in 0..30 {
        let weights = if seed % 2 == 0 { "f64" } else { "f32" };
        is_as_if_never_cut::<OnGrid>(&format!("plastic {seed}"), &networks::network(seed, weights).0, seed);
    }
    for seed in 0..8 {
        let network = event::plastic::network(seed).0;
        assert!(is_as_if_never_cut::<InContinuousTime>(&format!("plastic {seed}"), &network, seed), "it runs");
    }
}

#[test]
fn all_kinds_of_neurons_go_on_in_continuous_time() {
    let network = event::engine::mixed();
    assert!((0..4).all(|seed| is_as_if_never_cut::<InContinuousTime>("mixed", &network, seed)), "it runs");
}

#[test]
fn netlists_of_the_library_go_on_as_if_never_cut() {
    let mut continuous = 0;
    for (entry, seed) in LIBRARY.iter().zip(0..) {
        continuous += in_both(entry.name, &netlist::shipped(entry.name, &library::short(entry)), seed);
    }
    assert!(continuous > 5, "{continuous} of them run in continuous time");
}
