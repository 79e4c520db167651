//! Synapses that learn, in trials that all begin with the same state, but for the weights: those are as the trial before left them.

use crate::differential::Keep;
use crate::netlist;
use crate::plasticity::history::{Trains, course};
use crate::plasticity::pair::{Pairing, Stdp};
use sim_core::engine::{Plan, State, TrialRun};
use sim_core::network::Network;
use sim_core::plasticity::{Reading, SynapseValues};
use sim_core::record::Spike;
use std::sync::Arc;

/// Cells that fire by a current, so that only the weights tell one trial from another; spikes are in flight when a trial ends.
const NETWORK: &str = r#"
spikeloom = 1
[network]
timestep = "0.1 ms"
seed = 4
[trials]
count = 3
each = "100 ms"
reset = "state"
[numerics]
weights = "f64"
[neurons.lif]
model = "lif_psc_exp"
i_e = "500 pA"
[populations.exc]
neurons = "lif"
size = 40
initial = { v_m = { uniform = ["-70 mV", "-50 mV"] } }
[populations.dopamine]
neurons = { model = "leaky_modulator", tau = "50 ms" }
size = 1
[[projections]]
name = "release"
source = "exc"
target = "dopamine"
connect = { rule = "all_to_all" }
weight = 0.02
delay = "3 ms"
[[projections]]
name = "recurrent"
source = "exc"
target = "exc"
connect = { rule = "fixed_indegree", indegree = 8 }
weight = { uniform = ["20 pA", "80 pA"] }
delay = { uniform = ["1 ms", "9 ms"] }
[projections.plasticity]
rule = "stdp_pair"
w_max = "120 pA"
[[projections]]
name = "rewarded"
source = "exc"
target = "exc"
connect = { rule = "fixed_indegree", indegree = 5 }
weight = "30 pA"
delay = "4 ms"
[projections.plasticity]
rule = "stdp_pair"
a_plus = { modulator = "dopamine", gain = "1 pA" }
w_max = "120 pA"
"#;

/// The network.
pub(crate) fn network() -> Arc<Network> {
    netlist::toml(NETWORK, &[])
}

fn synapses(plan: &Plan, state: &State) -> [SynapseValues; 2] {
    [1, 2].map(|projection| state.synapses(plan, projection, 0, Reading::Now))
}

/// What a rule of its own makes of the spikes of one trial. At the end of the last, some of the target's are on their way to the
/// synapse; those of others count.
fn learn(weights: &SynapseValues, spikes: &[Spike], before: u64) -> Vec<f64> {
    let (tau_plus, tau_minus, lambda, alpha, w_max) = (20.0, 20.0, 0.01, 1.05, 120.0);
    let rule = Stdp { pairing: Pairing::All, tau_plus, tau_minus, lambda, alpha, mu_plus: 0.0, mu_minus: 0.0, w_max };
    let mut trains = vec![Vec::new(); 40];
    for spike in spikes.iter().filter(|spike| (before + 1..=before + 1000).contains(&spike.tick)) {
        trains[spike.neuron as usize].push(spike.tick - before);
    }
    let one = |synapse: usize| {
        let delay = weights.delays[synapse];
        let (pre, post) = (&trains[weights.sources[synapse] as usize], &trains[weights.targets[synapse] as usize]);
        let arrived = &pre[..pre.partition_point(|tick| tick + delay <= 1000)];
        let known = if before == 2000 { &post[..post.partition_point(|tick| tick + delay <= 1000)] } else { &post[..] };
        course(&rule, &Trains { pre: arrived, post: known, delay, step_ms: 0.1 }, weights.values[synapse]).end
    };
    (0..weights.values.len()).map(one).collect()
}

#[test]
fn each_trial_goes_on_with_the_weights_of_the_last() {
    let mut first = None;
    for threads in [1, 2, 3] {
        let plan = Plan::new(network(), threads);
        let (mut state, mut keep) = (State::new(&plan), Keep::default());
        let mut weights = synapses(&plan, &state);
        let start = weights.clone();
        TrialRun { plan: &plan, threads, stopped: &|| false }.run(&mut state, &mut keep, &mut |_| ());
        let found = synapses(&plan, &state);
        for trial in 0..3 {
            weights[0].values = learn(&weights[0], &keep.spikes, 1000 * trial);
        }
        for (found, wanted) in found[0].values.iter().zip(&weights[0].values) {
            assert!((found - wanted).abs() < 1e-9, "{threads} threads: {found}, not {wanted}");
        }
        assert_ne!(found[1], start[1], "those with a modulator learn, too");
        let of = |trial: usize| keep.spikes.iter().filter(move |spike| (spike.tick as usize - 1) / 1000 == trial);
        assert!(of(0).count() > 200, "{} spikes", of(0).count());
        assert!(of(0).map(|s| s.tick + 1000).ne(of(1).map(|s| s.tick)), "what is learned makes a difference");
        let end = (keep.spikes.clone(), found);
        assert!(*first.get_or_insert(end.clone()) == end, "{threads} threads");
    }
}

/// One synapse between trains of spikes: a warm-up of 20 ms and three trials as long, each of which begins with the state after it. The
/// trains are the same in all of them.
fn one_synapse(pre: &str, post: &str, delay: &str, plasticity: &str) -> String {
    format!(
        r#"
spikeloom = 1
[network]
timestep = "0.1 ms"
warmup = "20 ms"
[trials]
count = 3
each = "20 ms"
reset = "state"
[numerics]
weights = "f64"
[populations.pre]
neurons = {{ model = "spike_train", times = {pre} }}
size = 1
[populations.post]
neurons = {{ model = "spike_train", times = {post} }}
size = 1
[[projections]]
name = "syn"
source = "pre"
target = "post"
connect = {{ rule = "one_to_one" }}
weight = "50 pA"
delay = "{delay}"
[projections.plasticity]
a_plus = "1 pA"
a_minus = 0
w_max = "100 pA"
{plasticity}
"#
    )
}

/// The weight of that synapse after the trials.
fn weight_after_the_trials(text: &str, threads: usize) -> f64 {
    let plan = Plan::new(netlist::toml(text, &[]), threads);
    let mut state = State::new(&plan);
    state.advance(&plan, 200, &mut Keep::default());
    TrialRun { plan: &plan, threads, stopped: &|| false }.run(&mut state, &mut Keep::default(), &mut |_| ());
    state.synapses(&plan, 0, 0, Reading::Now).values[0]
}

/// Where a pair of spikes that are dt apart counts exp(-dt / 20 ms), and spikes take 10 ms.
fn weight_of_pairs(pre: &str, post: &str) -> f64 {
    weight_after_the_trials(&one_synapse(pre, post, "10 ms", "rule = \"stdp_pair\""), 1)
}

/// A spike of the target that is on its way when the warm-up ends has its effect once, in the first trial.
#[test]
fn what_is_on_its_way_after_the_warmup_comes_once() {
    // The source has fired 20 ms before and in each trial. The warm-up's spike of the target comes to the synapse 4 ms after the latter,
    // in the first trial; its own 24 ms after, when two trials are over and one is not.
    let pairs = |dt: f64| (-dt / 20.0_f64).exp() + (-(dt + 20.0) / 20.0).exp();
    let (wanted, found) = (50.0 + pairs(4.0) + 2.0 * pairs(24.0), weight_of_pairs("[\"1 ms\"]", "[\"15 ms\"]"));
    assert!((found - wanted).abs() < 1e-9, "{found}, not {wanted}");
}

/// The same where it comes to the synapse in the very tick of a spike of the source that is under way, too.
#[test]
fn what_comes_with_a_spike_that_is_under_way_comes_once() {
    let pair = |dt: f64| (-dt / 20.0_f64).exp();
    // The warm-up's spike of the target comes 14 ms after the source's first, with its second, which arrives in each trial. A trial's own
    // comes 14 ms after the trial's first, 20 ms after that second and 34 ms after that first.
    let wanted = 50.0 + pair(14.0) + 3.0 * (pair(14.0) + pair(20.0) + pair(34.0));
    let found = weight_of_pairs("[\"1 ms\", \"15 ms\"]", "[\"5 ms\"]");
    assert!((found - wanted).abs() < 1e-9, "{found}, not {wanted}");
}

/// What a reward has made of the warm-up's pairs counts once; the eligibility that these leave is there anew in each trial, and so is a
/// spike of the target that is on its way.
#[test]
fn the_reward_of_the_warmup_comes_once() {
    let rule = "rule = \"stdp_reward\"\ntau_c = \"50 ms\"\nreward = 0.01";
    let text = one_synapse("[\"1 ms\"]", "[\"5 ms\", \"19.5 ms\"]", "1 ms", rule);
    let pair = |dt: f64| (-dt / 20.0_f64).exp();
    // Of an eligibility of 1, by the end of a trial or of the warm-up that is so many ms away.
    let gain = |left: f64| 0.01 * 50.0 * (1.0 - (-left / 50.0_f64).exp());
    // The target's first spike comes after 6 ms, its second 0.5 ms after the end.
    let warmup = pair(5.0) * gain(14.0);
    let kept = pair(5.0) * (-14.0_f64 / 50.0).exp() * gain(20.0);
    let trial = kept + pair(19.5) * gain(19.5) + (pair(5.0) + pair(25.0)) * gain(14.0);
    for threads in [1, 2] {
        let (wanted, found) = (50.0 + warmup + 3.0 * trial, weight_after_the_trials(&text, threads));
        assert!((found - wanted).abs() < 1e-9, "{found}, not {wanted}");
    }
}
