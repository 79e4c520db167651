//! What must not change a bit: threads, probes, how a run is divided; and what becomes of every event.

use crate::netlist::toml;
use sim_core::event::{Foreseen, Plan, State};
use sim_core::network::Network;
use sim_core::record::{Sample, Sink, Spike, Window};
use std::ops::ControlFlow;
use std::sync::Arc;

/// All kinds of neurons, input and delays; more than one block of cells in each population, none a whole number of blocks.
const MIXED: &str = r#"
spikeloom = 1
network = { name = "mixed", timestep = "0.1 ms", duration = "150 ms", seed = 3 }

[populations.delta]
neurons = { model = "lif_psc_delta", v_reset = "-65 mV" }
size = 200
initial = { v_m = { uniform = ["-70 mV", "-55 mV"] } }
[populations.exp]
neurons = { model = "lif_psc_exp", i_e = { uniform = ["300 pA", "420 pA"] } }
size = 150
[populations.alpha]
neurons = { model = "lif_psc_alpha" }
size = 70
[populations.adex]
neurons = { model = "adex_psc_exp", i_e = "700 pA" }
size = 66

[populations.background]
neurons = { model = "poisson", times = ["0 ms", "60 ms", "100 ms"], rates = ["8 kHz", "0 Hz", "5 kHz"] }
size = 1
[populations.source]
neurons = { model = "poisson_source", rate = "40 Hz" }
size = 30
[populations.coins]
neurons = { model = "bernoulli_source", p = 0.01 }
size = 20
[populations.volley]
neurons = { model = "pulse_packet", pulse_times = ["30 ms", "90 ms"], activity = 3, sdev = "1 ms" }
size = 10
[populations.step]
neurons = { model = "step_current", times = ["20 ms", "50 ms"], amplitudes = ["300 pA", "-100 pA"] }
size = 1

[[projections]]
source = "background"
target = ["delta"]
connect = { rule = "all_to_all" }
weight = "0.3 mV"
delay = "1 ms"
[[projections]]
source = "background"
target = ["exp", "alpha"]
connect = { rule = "fixed_indegree", indegree = 1 }
weight = "40 pA"
delay = "1 ms"
[[projections]]
source = ["source", "coins", "volley"]
target = ["exp", "alpha", "adex"]
connect = { rule = "pairwise_bernoulli", p = 0.4 }
weight = { normal = ["200 pA", "150 pA"] }
delay = { uniform = ["0.7 ms", "4 ms"] }
[[projections]]
source = "step"
target = ["exp", "adex[3..40]"]
connect = { rule = "all_to_all" }
[[projections]]
source = "delta"
target = "delta"
connect = { rule = "fixed_indegree", indegree = 30 }
weight = { choice = ["0.2 mV", "-0.6 mV"] }
delay = "1.5 ms"
[[projections]]
source = "delta"
target = ["exp", "alpha"]
connect = { rule = "all_to_all" }
weight = "-15 pA"
delay = "2 ms"
[[projections]]
source = ["exp", "alpha"]
target = "delta"
connect = { rule = "fixed_total_number", n = 2000 }
weight = "-0.1 mV"
delay = { normal = ["2 ms", "0.5 ms"], min = "0.6 ms" }
"#;

const PROBES: &str = r#"
[[record]]
from = ["delta", "exp", "alpha", "adex"]
what = "v_m"
every = "0.3 ms"
[[record]]
from = ["delta", "exp", "alpha", "adex", "source", "coins", "volley"]
what = "spikes"
"#;

/// A network with all of this.
pub(crate) fn mixed() -> Arc<Network> {
    toml(&format!("{MIXED}{PROBES}"), &[])
}

#[derive(Default)]
struct All {
    spikes: Vec<Spike>,
    samples: Vec<Sample>,
    told: u64,
}

impl Sink for All {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        assert_eq!(*window.ticks.start(), self.told + 1, "windows follow each other");
        self.told = *window.ticks.end();
        assert!(window.spikes.iter().all(|spike| window.ticks.contains(&spike.tick)), "spikes lie in their window");
        self.spikes.extend_from_slice(window.spikes);
        self.samples.extend_from_slice(window.samples);
        ControlFlow::Continue(())
    }
}

fn run(network: &Network, threads: usize, pieces: u64) -> (All, State) {
    let plan = Plan::new(network, threads).expect("a network that can be run");
    let (mut state, mut all) = (State::new(&plan), All::default());
    let end = network.duration_fs as u64;
    for piece in 1..=pieces {
        // Pieces of different lengths that are no multiples of anything.
        let to = if piece == pieces { end } else { end / (pieces * pieces) * piece * piece + piece };
        state.advance(&plan, to - state.tick(), &mut all);
        for Foreseen { scheduled, delivered, cancelled, pending } in [state.events().arrivals, state.events().own] {
            assert_eq!(scheduled, delivered + cancelled + pending, "every event is delivered, cancelled or still to come");
        }
    }
    assert_eq!((state.tick(), all.told), (end, end), "the sink was told all");
    (all, state)
}

#[test]
fn threads_and_pieces_and_probes_change_no_bit() {
    let network = mixed();
    let (whole, state) = run(&network, 1, 1);
    assert!(whole.spikes.is_sorted(), "spikes come in order");
    for population in network.populations.iter().filter(|population| population.card().is_some()) {
        let spikes = whole.spikes.iter().filter(|spike| population.range().contains(&spike.neuron)).count();
        assert!(spikes > population.size as usize / 2, "{} has only {spikes} spikes", population.name);
    }
    let events = state.events();
    assert!(events.own.cancelled > 1000 && events.own.delivered > 1000, "both happen: {events:?}");
    for (threads, pieces) in [(2, 1), (3, 1), (7, 1), (1, 13), (2, 40)] {
        let (other, other_state) = run(&network, threads, pieces);
        assert_eq!(other.spikes, whole.spikes, "spikes with {threads} threads, {pieces} pieces");
        assert_eq!(other.samples, whole.samples, "samples with {threads} threads, {pieces} pieces");
        assert_eq!(other_state.tally(), state.tally(), "counts with {threads} threads, {pieces} pieces");
        assert_eq!(other_state.spike_hash(), state.spike_hash(), "hash with {threads} threads, {pieces} pieces");
    }
    let (unseen, _) = run(&toml(MIXED, &[]), 1, 1);
    assert_eq!(unseen.spikes, whole.spikes, "probes change no spike");
    assert_eq!(whole.samples.len(), 4 * 500, "four records, every 0.3 ms");
}

#[test]
fn neurons_all_alike_fire_as_if_each_had_parameters_of_its_own() {
    let network = toml(MIXED, &["populations.delta.neurons.t_ref=2 ms".into()]);
    // The same values, one for each neuron: the other way to compute them.
    let each = toml(MIXED, &["populations.delta.neurons.t_ref={ uniform = [\"2 ms\", \"2 ms\"] }".into()]);
    let (alike, own) = (run(&network, 1, 1).0, run(&each, 1, 1).0);
    assert_eq!(alike.spikes, own.spikes);
}

#[test]
fn a_clone_goes_on_as_the_original() {
    let network = toml(MIXED, &[]);
    let plan = Plan::new(&network, 2).expect("a network that can be run");
    let (mut state, mut first, mut second) = (State::new(&plan), All::default(), All::default());
    let half = network.duration_fs as u64 / 2;
    state.advance(&plan, half, &mut first);
    let mut copy = state.clone();
    second.told = half;
    let before = first.spikes.len();
    state.advance(&plan, half, &mut first);
    copy.advance(&plan, half, &mut second);
    assert_eq!(first.spikes[before..], second.spikes[..]);
    assert_eq!(state.spike_hash(), copy.spike_hash());
}

/// Spikes of each population of `netlist` in 10 s, and how many cells it has.
fn counts(netlist: &str) -> Vec<(f64, f64)> {
    let network = toml(netlist, &[]);
    let all = run(&network, 1, 1).0;
    let of = |population: &sim_core::network::Population| {
        let spikes = all.spikes.iter().filter(|spike| population.range().contains(&spike.neuron)).count();
        (spikes as f64, f64::from(population.size))
    };
    network.populations.iter().map(of).collect()
}

#[test]
fn random_input_has_the_rates_of_its_stimuli() {
    let counts = counts(
        r#"
spikeloom = 1
network = { name = "rates", timestep = "0.1 ms", duration = "10 s" }
[populations.source]
neurons = { model = "poisson_source", rate = "80 Hz", start = "5 s" }
size = 50
[populations.coins]
neurons = { model = "bernoulli_source", p = 0.004 }
size = 50
[populations.noise]
neurons = { model = "poisson", rate = "20 Hz" }
size = 1
[populations.heard]
neurons = { model = "lif_psc_delta", t_ref = "0 ms" }
size = 50
[[projections]]
source = "noise"
target = "heard"
connect = { rule = "fixed_indegree", indegree = 3 }
weight = "100 mV"
delay = "1 ms"
"#,
    );
    // Every spike of the noise is one of its target; 40 Hz of coins are binomial.
    for (index, rate, variance) in [(0, 80.0 * 5.0, 1.0), (1, 40.0 * 10.0, 0.996), (3, 60.0 * 9.999, 1.0)] {
        let (spikes, cells) = counts[index];
        let want = rate * cells;
        let error = 4.0 * (want * variance).sqrt();
        assert!((spikes - want).abs() < error, "population {index}: {spikes} spikes, {want} expected, 4 sd are {error}");
    }
}
