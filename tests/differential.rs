//! The engine against the oracle, and against itself: other thread counts, cut runs, clones.

use crate::{oracle, random_network};
use sim_core::engine::{Plan, State};
use sim_core::network::{Network, What};
use sim_core::random::Stream;
use sim_core::record::{Sample, Sink, Spike, Window};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Keeps everything.
#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Keep {
    pub(crate) spikes: Vec<Spike>,
    pub(crate) samples: Vec<Sample>,
}

impl Sink for Keep {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        self.spikes.extend_from_slice(window.spikes);
        self.samples.extend_from_slice(window.samples);
        ControlFlow::Continue(())
    }
}

fn read_all(network: &Network, plan: &Plan, state: &State) -> Vec<Vec<u64>> {
    let populations = network.populations.iter().enumerate().filter_map(|(i, p)| p.card().map(|c| (i, c.states.len())));
    populations.flat_map(|(i, n)| (0..n).map(move |v| (i, v))).map(|(i, v)| bits(&state.read(plan, i, v))).collect()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn engine_equals_oracle() {
    let ticks = 60;
    let mut total = 0;
    for seed in 0..600 {
        let network = Arc::new(random_network::network(seed));
        let one = Plan::new(network.clone(), 1);
        let outcome = oracle::run(&network, State::new(&one).blocks().to_vec(), ticks);
        let threads = 1 + (seed as usize % 4);
        let plan = if threads == 1 { one } else { Plan::new(network.clone(), threads) };
        let mut state = State::new(&plan);
        let mut keep = Keep::default();
        // Cut at random places: a window may end anywhere.
        let mut cuts = Stream::new(seed, 99);
        let mut left = ticks;
        while left > 0 {
            let part = u64::from(1 + cuts.below(left as u32));
            left -= state.advance(&plan, part, &mut keep);
        }
        assert_eq!(keep.spikes, outcome.spikes, "seed {seed}, {threads} threads: the spikes");
        for (engine, oracle) in state.blocks().iter().zip(&outcome.states) {
            assert_eq!(bits(engine), bits(oracle), "seed {seed}, {threads} threads: the states");
        }
        total += outcome.spikes.len();
    }
    assert!(total > 100_000, "the networks are alive: {total} spikes");
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for seed in 1000..1040 {
        let network = Arc::new(random_network::network(seed));
        let run = |threads| {
            let plan = Plan::new(network.clone(), threads);
            let (mut state, mut keep) = (State::new(&plan), Keep::default());
            state.advance(&plan, 80, &mut keep);
            (keep, read_all(&network, &plan, &state), state.spike_hash(), state.tally().clone())
        };
        let one = run(1);
        for threads in [2, 3, 5, 8] {
            let many = run(threads);
            assert_eq!(one.0, many.0, "seed {seed}, {threads} threads: spikes and samples");
            assert_eq!(one.1, many.1, "seed {seed}, {threads} threads: final states");
            assert_eq!(one.2, many.2, "seed {seed}, {threads} threads: hash");
            assert_eq!(one.3, many.3, "seed {seed}, {threads} threads: counts");
        }
    }
}

#[test]
fn a_clone_in_mid_run_goes_on_as_the_uncut_run() {
    for seed in 2000..2060 {
        let network = Arc::new(random_network::network(seed));
        let plan = Plan::new(network.clone(), 1);
        let mut whole = (State::new(&plan), Keep::default());
        whole.0.advance(&plan, 90, &mut whole.1);
        let mut first = (State::new(&plan), Keep::default());
        first.0.advance(&plan, 1 + seed % 80, &mut first.1);
        let mut second = first.clone();
        // The original runs on and must not disturb its clone, which goes on with other threads.
        first.0.advance(&plan, 5, &mut first.1);
        let other = Plan::new(network.clone(), 1 + seed as usize % 3);
        let left = 90 - second.0.tick();
        second.0.advance(&other, left, &mut second.1);
        assert_eq!(whole.1, second.1, "seed {seed}: spikes and samples");
        assert!(whole.0 == second.0, "seed {seed}: the whole state");
        first.0.reset_from(&whole.0);
        assert!(first.0 == whole.0, "seed {seed}: reset_from");
    }
}

#[test]
fn samples_are_the_states_after_the_step() {
    for seed in 3000..3020 {
        let network = Arc::new(random_network::network(seed));
        let plan = Plan::new(network.clone(), 2);
        let (mut state, mut keep) = (State::new(&plan), Keep::default());
        state.advance(&plan, 12, &mut keep);
        let last: Vec<&Sample> = keep.samples.iter().filter(|s| s.tick == 12).collect();
        for sample in last {
            let record = &network.records[sample.record];
            let What::State { variable, .. } = record.what else { panic!("samples belong to records of states") };
            let values = state.read(&plan, record.population, variable);
            let expected: Vec<f64> = record.cells.iter().map(|c| values[*c as usize]).collect();
            assert_eq!(bits(&sample.values), bits(&expected), "seed {seed}: record {}", sample.record);
        }
    }
}
