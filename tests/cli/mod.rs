//! What people and scripts may rely on of the command line.

mod catalogue;
mod checkpoints;
mod compare;
mod cost;
mod cost_maps;
mod engines;
mod files;
mod lsm;
mod lsm_errors;
mod lsm_events;
mod lsm_gate;
mod lsm_kernel;
mod lsm_mixed;
mod on_machine;
mod plots;
mod recordings;
mod run;
mod sanafe;
mod soundness;
mod sweep;
mod usage;

/// A network that fires a little, in no time: two populations of neurons, one of Poisson sources, spikes and membrane
/// potentials recorded.
const SMALL: &str = r#"
spikeloom = 1
[network]
name = "small"
about = "A driven chain"
timestep = "0.1 ms"
duration = "100 ms"
seed = 3
[parameters]
drive = "30 pA"
[neurons.lif]
model = "lif_psc_exp"
[populations.noise]
neurons = { model = "poisson_source", rate = "500 Hz" }
size = 30
[populations.exc]
neurons = "lif"
size = 100
[populations.inh]
neurons = "lif"
size = 70
[[projections]]
source = "noise"
target = ["exc", "inh"]
connect = { rule = "all_to_all" }
weight = { expr = "drive" }
delay = "1 ms"
[[projections]]
source = "exc"
target = ["exc", "inh"]
connect = { rule = "fixed_indegree", indegree = 10 }
weight = { normal = ["40 pA", "10 pA"], keep_sign = true }
delay = { uniform = ["0.5 ms", "2 ms"] }
[[record]]
from = ["exc", "inh", "noise"]
what = "spikes"
[[record]]
from = "exc[0..3]"
what = "v_m"
every = "0.5 ms"
"#;
