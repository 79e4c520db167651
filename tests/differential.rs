//! The engine against the oracle, and against itself: other thread counts, cut runs, clones.

use crate::{oracle, random_network};
use sim_core::engine::{Kind, Layouts, Plan, State, Values};
use sim_core::network::What;
use sim_core::random::Stream;
use sim_core::record::{Sample, Sink, Spike, Window};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Keeps everything.
#[derive(Clone, Default)]
pub(crate) struct Keep {
    pub(crate) spikes: Vec<Spike>,
    pub(crate) samples: Vec<Sample>,
}

/// A sample as integers: NaN equals NaN.
type SampleBits = (u64, usize, Vec<u64>);

impl Keep {
    pub(crate) fn sample_bits(&self) -> Vec<SampleBits> {
        self.samples.iter().map(|s| (s.tick, s.record, bits(&s.values))).collect()
    }
}

impl Sink for Keep {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        self.spikes.extend_from_slice(window.spikes);
        self.samples.extend_from_slice(window.samples);
        ControlFlow::Continue(())
    }
}

pub(crate) fn state_bits(state: &State) -> Vec<Vec<u64>> {
    state.blocks().iter().map(values_bits).collect()
}

/// Of 32-bit numbers, too: as 64-bit ones they are exact.
pub(crate) fn values_bits(values: &Values) -> Vec<u64> {
    values.iter().map(f64::to_bits).collect()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn engine_equals_oracle() {
    compare_with_oracle(0..300);
}

/// The other half of the seeds, so that two cores share the work.
#[test]
fn engine_equals_oracle_on_other_seeds() {
    compare_with_oracle(300..600);
}

fn compare_with_oracle(seeds: std::ops::Range<u64>) {
    let ticks = 60;
    let mut total = 0;
    for seed in seeds {
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
        assert!(keep.spikes == outcome.spikes, "seed {seed}, {threads} threads: the spikes");
        for (engine, oracle) in state.blocks().iter().zip(&outcome.states) {
            assert!(values_bits(engine) == values_bits(oracle), "seed {seed}, {threads} threads: the states");
        }
        total += outcome.spikes.len();
    }
    assert!(total > 50_000, "the networks are alive: {total} spikes");
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for seed in 1000..1040 {
        let network = Arc::new(random_network::network(seed));
        let run = |threads| {
            let plan = Plan::new(network.clone(), threads);
            let (mut state, mut keep) = (State::new(&plan), Keep::default());
            state.advance(&plan, 80, &mut keep);
            (keep.spikes.clone(), keep.sample_bits(), state_bits(&state), state.spike_hash(), state.tally().clone())
        };
        let one = run(1);
        for threads in [2, 3, 5, 8] {
            let many = run(threads);
            assert!(one.0 == many.0, "seed {seed}, {threads} threads: spikes");
            assert!(one.1 == many.1, "seed {seed}, {threads} threads: samples");
            assert!(one.2 == many.2, "seed {seed}, {threads} threads: final states");
            assert_eq!(one.3, many.3, "seed {seed}, {threads} threads: hash");
            assert!(one.4 == many.4, "seed {seed}, {threads} threads: counts");
        }
    }
}

/// Every layout, wherever it is possible, and more threads than cores.
#[test]
fn any_layout_gives_the_same_bits() {
    let mut seen = BTreeSet::new();
    for seed in 4000..4060 {
        let network = Arc::new(random_network::network(seed));
        let mut run = |layouts, threads| {
            let plan = Plan::with_layouts(network.clone(), threads, layouts).run_by(threads);
            let (mut state, mut keep) = (State::new(&plan), Keep::default());
            state.advance(&plan, 80, &mut keep);
            seen.extend(plan.by_layout().into_keys());
            (keep.spikes.clone(), keep.sample_bits(), state_bits(&state), state.tally().clone(), plan.synapses())
        };
        let chosen = run(Layouts::Chosen, 1);
        for (i, kind) in Kind::ALL.into_iter().enumerate() {
            assert!(chosen == run(Layouts::Only(kind), 1 + i % 3), "seed {seed}: {kind:?} where possible");
        }
    }
    assert_eq!(seen.len(), 8, "every layout occurred: {seen:?}");
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
        let same = |a: &(State, Keep), b: &(State, Keep)| {
            a.1.spikes == b.1.spikes
                && a.1.sample_bits() == b.1.sample_bits()
                && state_bits(&a.0) == state_bits(&b.0)
                && a.0.tally() == b.0.tally()
                && a.0.spike_hash() == b.0.spike_hash()
        };
        assert!(same(&whole, &second), "seed {seed}: the clone's run");
        // What is in flight, random lanes and held currents show in how they go on.
        first.0.reset_from(&whole.0);
        first.1 = whole.1.clone();
        for run in [&mut whole, &mut second, &mut first] {
            run.0.advance(&plan, 40, &mut run.1);
        }
        assert!(same(&whole, &second), "seed {seed}: the clone goes on");
        assert!(same(&whole, &first), "seed {seed}: reset_from");
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
            assert!(bits(&sample.values) == bits(&expected), "seed {seed}: record {}", sample.record);
        }
    }
}

/// One weight in the netlist is not one weight in the engine: the receptor decides its sign, the target its rounding.
#[test]
fn equal_weights_keep_their_receptors() {
    let text = r#"
        spikeloom = 1
        [network]
        timestep = "0.1 ms"
        duration = "10 ms"
        [populations.source]
        neurons = { model = "spike_train", times = ["1 ms"] }
        size = 64
        [populations.up]
        neurons = { model = "lif_psc_exp" }
        size = 64
        [populations.down]
        neurons = { model = "lif_psc_exp" }
        size = 64
        [[projections]]
        source = "source"
        target = "up"
        connect = { rule = "fixed_indegree", indegree = 3 }
        weight = "5 pA"
        delay = "1 ms"
        [[projections]]
        source = "source"
        target = "down"
        connect = { rule = "fixed_indegree", indegree = 3 }
        weight = "5 pA"
        receptor = "inhibitory"
        delay = "1 ms"
        [[projections]]
        name = "strong"
        source = "source"
        target = "down"
        connect = { rule = "fixed_indegree", indegree = 3 }
        weight = { uniform = ["1 nA", "2 nA"] }
        receptor = "inhibitory"
        delay = "2 ms"
    "#;
    let network = crate::netlist::toml(text, &[]);
    let run = |threads| {
        let plan = Plan::new(network.clone(), threads);
        let mut state = State::new(&plan);
        state.advance(&plan, 25, &mut Keep::default());
        let (up, down) = (state.read(&plan, 1, 0), state.read(&plan, 2, 0));
        assert!(up.iter().all(|v| *v > -70.0), "{threads} threads: excited, {}", up[0]);
        assert!(down.iter().all(|v| *v < -70.0), "{threads} threads: inhibited, {}", down[0]);
        (bits(&up), bits(&down))
    };
    let one = run(1);
    assert!([2, 3].into_iter().all(|threads| run(threads) == one), "the same bits for any number of threads");
}
