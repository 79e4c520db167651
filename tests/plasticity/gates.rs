//! What synapses of the rule hebbian_gated transmit: told by the potential of a target that forgets within a step.

use crate::differential::Keep;
use crate::netlist;
use sim_core::engine::{Plan, State};

/// At 10 ms the source fires under the learning signal, at 11 ms the target under its own; later the source alone (20, 40, 60 ms), the
/// source under the signal (30 ms) and the target alone under its signal (50 ms).
const CELLS: &str = r#"
spikeloom = 1
[network]
timestep = "1 ms"
duration = "100 ms"
[populations.pre]
neurons = { model = "spike_train", times = ["10 ms", "20 ms", "30 ms", "40 ms", "60 ms"] }
size = 1
[populations.force]
neurons = { model = "spike_train", times = ["10 ms", "49 ms"] }
size = 1
[populations.signal]
neurons = { model = "spike_train", times = { list = [["9 ms", "29 ms"], ["10 ms", "49 ms"]] } }
size = 2
[populations.encoding]
neurons = { model = "leaky_modulator", tau = "0.05 ms" }
size = 1
[populations.writing]
neurons = { model = "leaky_modulator", tau = "0.05 ms" }
size = 1
[populations.post]
neurons = { model = "lif_psc_delta", tau_m = "0.05 ms", e_l = "0 mV", v_reset = "0 mV", v_th = "15 mV", t_ref = "0 ms" }
size = 1
[[projections]]
source = "signal[0]"
target = "encoding"
connect = { rule = "all_to_all" }
weight = 1
delay = "1 ms"
[[projections]]
source = "signal[1]"
target = "writing"
connect = { rule = "all_to_all" }
weight = 1
delay = "1 ms"
[[projections]]
source = "force"
target = "post"
connect = { rule = "all_to_all" }
weight = "100 mV"
delay = "1 ms"
[[record]]
from = "post"
what = "v_m"
[[projections]]
source = "pre"
target = "post"
connect = { rule = "all_to_all" }
weight = "5 mV"
delay = "3 ms"
[projections.plasticity]
rule = "hebbian_gated"
encoding = { modulator = "encoding" }
writing = { modulator = "writing" }
w_min = "2 mV"
w_max = "10 mV"
"#;

/// Potentials of the target when the source's spikes arrive, 3 ms after they were fired.
fn arrivals(rewrites: &str) -> Vec<f64> {
    let network = netlist::toml(&format!("{CELLS}rewrites = \"{rewrites}\"\n"), &[]);
    let plan = Plan::new(network, 1);
    let (mut state, mut keep) = (State::new(&plan), Keep::default());
    state.advance(&plan, 100, &mut keep);
    let at = |tick: u64| keep.samples.iter().find(|sample| sample.tick == tick).map_or(f64::NAN, |sample| sample.values[0]);
    [13, 23, 33, 43, 63].into_iter().map(at).map(|v| (1e6 * v).round() / 1e6).collect()
}

#[test]
fn a_target_writes_what_comes_to_it() {
    let sent = arrivals("target");
    assert_eq!(
        sent,
        [0.0, 10.0, 0.0, 10.0, 2.0],
        "nothing under the signal; the target's spike at 50 ms was without the source's"
    );
}

#[test]
fn a_source_writes_what_leaves_it() {
    let sent = arrivals("source");
    assert_eq!(sent, [0.0, 10.0, 0.0, 2.0, 2.0], "nothing under the signal, which took what was written at 30 ms");
}
