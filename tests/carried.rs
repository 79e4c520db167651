//! Spikes that something else carries, late or never: the engine against the oracle, bit for bit, on random networks.

use crate::differential::{Keep, state_bits, values_bits};
use crate::{oracle, random_network};
use sim_core::engine::{Arrived, Carriage, Carrier, Plan, State};
use sim_core::network::Network;
use sim_core::random::{Stream, mix};
use sim_core::record::Spike;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The latest that a spike comes, in ticks.
pub(crate) const LATEST: u64 = 4;

/// What becomes of spikes, drawn for each and each slice of its targets.
#[derive(Clone, Copy)]
pub(crate) struct Fates {
    pub(crate) seed: u64,
    /// Cells of a slice.
    pub(crate) grain: u32,
    /// Of ten spikes, so many are late or lost.
    pub(crate) of_ten: u64,
}

impl Fates {
    /// Ticks that a spike is late at a target, or nothing for a spike that is lost.
    pub(crate) fn late(&self, tick: u64, neuron: u32, (population, cell): (usize, u32)) -> Option<u64> {
        let drawn =
            [u64::from(neuron), population as u64, u64::from(cell / self.grain)].into_iter().fold(mix(self.seed, tick), mix);
        match drawn % 10 {
            fate if fate >= self.of_ten => Some(0),
            fate if fate % 3 == 0 => None,
            _ => Some(1 + drawn / 10 % LATEST),
        }
    }

    /// A carrier of spikes that does this.
    pub(crate) fn carriage(self, network: &Arc<Network>) -> Carriage {
        Carriage::new(Box::new(Scripted { fates: self, network: network.clone(), under_way: BTreeMap::new() }))
    }

    /// What the engine works with under it.
    pub(crate) fn plan(&self, network: &Arc<Network>) -> Plan {
        Plan::for_carrier(network.clone(), &vec![self.grain; network.populations.len()])
    }
}

/// Carries spikes as has been drawn.
struct Scripted {
    fates: Fates,
    network: Arc<Network>,
    under_way: BTreeMap<u64, Vec<Arrived>>,
}

impl Carrier for Scripted {
    fn carry(&mut self, tick: u64, fired: &[Spike], arrived: &mut dyn FnMut(Arrived)) {
        let populations = &self.network.populations;
        for spike in fired {
            for (index, population) in populations.iter().enumerate() {
                for first in (0..population.size).step_by(self.fates.grain as usize) {
                    let end = population.size.min(first + self.fates.grain);
                    let targets = population.first + first..population.first + end;
                    if let Some(late) = self.fates.late(tick, spike.neuron, (index, first)) {
                        self.under_way.entry(tick + late).or_default().push(Arrived { spike: *spike, targets });
                    }
                }
            }
        }
        self.under_way.remove(&tick).into_iter().flatten().for_each(arrived);
    }
}

/// Runs in pieces: one may end anywhere.
fn run(network: &Arc<Network>, fates: Fates) -> (State, Keep) {
    let plan = fates.plan(network);
    let (mut state, mut keep, mut carriage) = (State::new(&plan), Keep::default(), fates.carriage(network));
    let mut cuts = Stream::new(fates.seed, 99);
    while state.tick() < TICKS {
        let piece = u64::from(1 + cuts.below((TICKS - state.tick()) as u32));
        state.advance_carried(&plan, &mut carriage, piece, &mut keep);
    }
    (state, keep)
}

const TICKS: u64 = 60;

#[test]
fn late_and_lost_spikes_act_as_the_oracle_says() {
    let mut other = 0;
    for seed in 0..300 {
        let network = Arc::new(random_network::network(seed));
        let fates = Fates { seed, grain: 1 + (seed % 90) as u32, of_ten: 6 };
        let (state, keep) = run(&network, fates);
        let first = |population: usize| network.populations[population].first;
        let late = |tick: u64, (source, cell): (usize, u32), target: (usize, u32)| fates.late(tick, first(source) + cell, target);
        let start = State::new(&fates.plan(&network)).blocks().to_vec();
        let outcome = oracle::run_carried(&network, start.clone(), TICKS, (&late, LATEST));
        assert!(keep.spikes == outcome.spikes, "seed {seed}: the spikes");
        for (engine, oracle) in state.blocks().iter().zip(&outcome.states) {
            assert!(values_bits(engine) == values_bits(oracle), "seed {seed}: the states");
        }
        other += u32::from(oracle::run(&network, start, TICKS).spikes != outcome.spikes);
    }
    assert!(other > 100, "{other} of 300 networks fire otherwise than with all spikes in time");
}

#[test]
fn spikes_in_time_act_as_if_nothing_carried_them() {
    for seed in 0..200 {
        let network = Arc::new(random_network::network(seed));
        let plan = Plan::new(network.clone(), 1);
        let (mut plain, mut keep) = (State::new(&plan), Keep::default());
        plain.advance(&plan, TICKS, &mut keep);
        let (state, carried) = run(&network, Fates { seed, grain: 1 + (seed % 90) as u32, of_ten: 0 });
        assert!(carried.spikes == keep.spikes && carried.sample_bits() == keep.sample_bits(), "seed {seed}: what was recorded");
        assert_eq!(state_bits(&state), state_bits(&plain), "seed {seed}");
        assert_eq!((state.spike_hash(), state.tally()), (plain.spike_hash(), plain.tally()), "seed {seed}");
    }
}
