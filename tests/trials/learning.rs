//! Synapses that learn, in trials that all begin with the same state: each is what a run without trials makes of it.

use crate::differential::Keep;
use crate::netlist;
use sim_core::engine::{Plan, State, TrialRun};
use sim_core::plasticity::{Reading, SynapseValues};

/// Cells that fire by a current, so that nothing depends on the trial: with spikes in flight, targets' spikes that synapses have yet
/// to see, and a modulator at work when a trial begins.
const NETWORK: &str = r#"
spikeloom = 1
[network]
timestep = "0.1 ms"
seed = 4
warmup = "60 ms"
TIME
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

fn synapses(plan: &Plan, state: &State) -> [SynapseValues; 2] {
    [1, 2].map(|projection| state.synapses(plan, projection, 0, Reading::Now))
}

#[test]
fn each_trial_learns_from_the_same_weights() {
    let run = NETWORK.replace("TIME", "duration = \"100 ms\"");
    let trials = NETWORK.replace("TIME\n", "[trials]\ncount = 3\neach = \"100 ms\"\nreset = \"state\"\n");
    let plan = Plan::new(netlist::toml(&run, &[]), 1);
    let (mut state, mut once) = (State::new(&plan), Keep::default());
    state.advance(&plan, 600, &mut Keep::default());
    let start = synapses(&plan, &state);
    state.advance(&plan, 1000, &mut once);
    let wanted = synapses(&plan, &state);
    assert_ne!(start, wanted, "they learn");
    assert!(once.spikes.len() > 200, "{} spikes", once.spikes.len());
    for threads in [1, 3] {
        let plan = Plan::new(netlist::toml(&trials, &[]), 1);
        let (mut state, mut keep) = (State::new(&plan), Keep::default());
        state.advance(&plan, 600, &mut Keep::default());
        TrialRun { plan: &plan, threads, stopped: &|| false }.run(&mut state, &mut keep, &mut |_| ());
        for (index, spikes) in keep.spikes.chunk_by(|a, b| (a.tick - 601) / 1000 == (b.tick - 601) / 1000).enumerate() {
            let moved: Vec<_> = spikes.iter().map(|spike| (spike.tick - 1000 * index as u64, spike.neuron)).collect();
            let once: Vec<_> = once.spikes.iter().map(|spike| (spike.tick, spike.neuron)).collect();
            assert_eq!(moved, once, "trial {index}, {threads} threads");
        }
        assert_eq!(state.tick(), 3600, "all trials");
        assert_eq!(synapses(&plan, &state), wanted, "the weights after the last, {threads} threads");
    }
}
