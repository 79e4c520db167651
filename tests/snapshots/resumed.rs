//! A run up to a random tick, its state as bytes, and from these bytes on to the end, on another number of threads: spikes,
//! samples, counts and the final snapshot are those of the run that was never cut.

use crate::differential::{Keep, state_bits};
use crate::plasticity::networks;
use crate::{library, netlist, random_network};
use netlists::library::LIBRARY;
use sim_core::engine::{Plan, State};
use sim_core::network::Network;
use sim_core::random::Stream;
use sim_core::snapshot::Snapshot;
use std::sync::Arc;

/// The ticks of a run.
fn ticks(network: &Network, plan: &Plan) -> u64 {
    plan.grid().tick(network.warmup_fs + network.duration_fs)
}

/// What became of the state after being written and read.
fn through_bytes(state: &State, from: &Plan, to: &Plan) -> State {
    let bytes = state.snapshot(from).expect("a snapshot").to_bytes();
    let snapshot = Snapshot::from_bytes(&bytes).expect("the same snapshot");
    assert!(snapshot.to_bytes() == bytes, "what is read and written again is the same");
    State::restore(to, &snapshot).expect("the state")
}

fn is_as_if_never_cut(name: &str, network: &Arc<Network>, cuts: u64, seed: u64) {
    let plans: Vec<Plan> = [1, 3].map(|threads| Plan::new(network.clone(), threads)).into();
    let (end, mut s) = (ticks(network, &plans[0]), Stream::new(seed, 9));
    let (mut whole, mut kept) = (State::new(&plans[0]), Keep::default());
    whole.advance(&plans[0], end, &mut kept);
    let last = whole.snapshot(&plans[0]).expect("a snapshot").to_bytes();
    for cut in 0..cuts {
        let at = u64::from(s.below(end as u32 + 1));
        let (before, after) = (&plans[(cut % 2) as usize], &plans[(1 - cut % 2) as usize]);
        let (mut first, mut seen) = (State::new(before), Keep::default());
        first.advance(before, at, &mut seen);
        let mut second = through_bytes(&first, before, after);
        assert!(
            through_bytes(&first, before, before).snapshot(after) == first.snapshot(before),
            "{name}: whatever the partitions"
        );
        second.advance(after, end - at, &mut seen);
        let here = format!("{name}, cut at {at} of {end}");
        assert!(seen.spikes == kept.spikes, "{here}: the spikes");
        assert!(seen.sample_bits() == kept.sample_bits(), "{here}: the samples");
        assert!(state_bits(&second) == state_bits(&whole), "{here}: the state");
        assert_eq!(second.spike_hash(), whole.spike_hash(), "{here}: the hash");
        assert_eq!(second.tally(), whole.tally(), "{here}: the counts");
        assert!(second.snapshot(after).expect("a snapshot").to_bytes() == last, "{here}: the final snapshot");
    }
}

#[test]
fn random_networks_go_on_as_if_never_cut() {
    for seed in 0..150 {
        is_as_if_never_cut(&format!("random {seed}"), &Arc::new(random_network::network(seed)), 2, seed);
    }
}

#[test]
fn plastic_networks_go_on_as_if_never_cut() {
    for seed in 0..30 {
        let weights = if seed % 2 == 0 { "f64" } else { "f32" };
        is_as_if_never_cut(&format!("plastic {seed}"), &networks::network(seed, weights).0, 2, seed);
    }
}

#[test]
fn netlists_of_the_library_go_on_as_if_never_cut() {
    for (entry, seed) in LIBRARY.iter().zip(0..) {
        let network = netlist::shipped(entry.name, &library::short(entry));
        if network.trials.is_none() {
            is_as_if_never_cut(entry.name, &network, 2, seed);
        }
    }
}
