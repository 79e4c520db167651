//! The wiring in a snapshot: the synapses that were drawn, each to the last bit, and none that the network cannot have.

use super::engines::{Engine, OnGrid};
use crate::{netlist, random_network};
use sim_core::connect::{Generator, Synapse};
use sim_core::network::{Draw, Network, Rule};
use sim_core::random::Stream;
use sim_core::snapshot::Snapshot;
use std::ops::Range;
use std::sync::Arc;

/// Each rule, weights that are drawn and that are not, of either sign and of a kind that rounding makes 0, delays of all kinds.
pub(super) const NETWORK: &str = r#"
spikeloom = 1
[network]
duration = "10 ms"
seed = 3
[populations.a]
size = 40
neurons = { model = "lif_psc_exp" }
[populations.b]
size = 25
neurons = { model = "lif_psc_exp" }
[[projections]]
name = "indegree"
source = "a"
target = "b"
connect = { rule = "fixed_indegree", indegree = 3 }
weight = { normal = ["0 pA", "5 pA"] }
delay = { uniform = ["1 ms", "3 ms"] }
[[projections]]
name = "outdegree"
source = "a"
target = ["a", "b"]
connect = { rule = "fixed_outdegree", outdegree = 2 }
weight = { uniform = ["-3 pA", "0 pA"] }
delay = "1 ms"
[[projections]]
name = "total"
source = "b"
target = "a"
connect = { rule = "fixed_total_number", n = 90 }
weight = "3 pA"
delay = { uniform = ["0.1 ms", "100 ms"] }
[[projections]]
name = "bernoulli"
source = "a"
target = "a"
connect = { rule = "pairwise_bernoulli", p = 0.1 }
weight = "3 pA"
delay = "1 ms"
[[projections]]
name = "all"
source = "b"
target = "b"
connect = { rule = "all_to_all" }
weight = { uniform = ["1 pA", "2 pA"] }
delay = "2 ms"
[[projections]]
name = "list"
source = "a"
target = "b"
connect = { rule = "list", pairs = [[3, 1], [9, 4], [3, 1], [0, 0], [5, 1], [4, 20]] }
weight = { uniform = ["1 pA", "2 pA"] }
delay = { uniform = ["1 ms", "9 ms"] }
[[projections]]
name = "nothing drawn"
source = "a"
target = "b"
connect = { rule = "all_to_all" }
weight = "1 pA"
delay = "1 ms"
"#;

fn begun(network: &Arc<Network>) -> Snapshot {
    let plan = OnGrid::plan(network, 1).expect("it runs");
    OnGrid::snapshot(&plan, &OnGrid::begin(&plan))
}

/// The snapshot of the beginning with its wiring, after being written and read.
fn contained(network: &Arc<Network>) -> Snapshot {
    let mut snapshot = begun(network);
    snapshot.contain(network);
    Snapshot::from_bytes(&snapshot.to_bytes()).expect("a snapshot")
}

fn synapses(network: &Network, projection: usize, targets: Range<u32>) -> Vec<(u32, u32, usize, u64, i64)> {
    let mut all = Vec::new();
    let whole = |s: Synapse| (s.source, s.target, s.receptor, s.weight.to_bits(), s.delay_fs);
    Generator::new(network, &network.projections[projection]).for_targets(targets, |s| all.push(whole(s)));
    all
}

fn pairs(network: &Network, projection: usize) -> Vec<(u32, u32)> {
    let mut all = Vec::new();
    Generator::new(network, &network.projections[projection]).for_pairs(0..u32::MAX, |pair| all.push((pair.source, pair.target)));
    all
}

/// The network with its wiring, but with in-degrees and keys of streams that would draw another one.
fn only_kept(network: &Arc<Network>) -> Network {
    let mut later = Network::clone(network);
    later.projections.iter_mut().for_each(|projection| {
        if let Rule::FixedTotalNumber { indegrees, .. } = &mut projection.rule {
            indegrees.reverse();
        }
    });
    let mut wired = Network::clone(&contained(network).wired(Arc::new(later)).expect("its wiring"));
    wired.projections.iter_mut().for_each(|projection| projection.key ^= 0x5eed);
    wired
}

/// Delays on the grid, as the engine has them.
fn on_grid(network: &Network, mut synapses: Vec<(u32, u32, usize, u64, i64)>) -> Vec<(u32, u32, usize, u64, i64)> {
    synapses.iter_mut().for_each(|s| s.4 = i64::from(sim_core::time::Grid::new(network.timestep_fs).delay(s.4)));
    synapses
}

fn is_kept(network: &Arc<Network>, seed: u64) {
    let (kept, mut cuts) = (only_kept(network), Stream::new(seed, 1));
    for (index, projection) in network.projections.iter().enumerate() {
        let size = network.populations[projection.target].size;
        let first = cuts.below(size);
        for targets in [0..u32::MAX, first..first + 1 + cuts.below(size)] {
            let (drawn, read) = (synapses(network, index, targets.clone()), synapses(&kept, index, targets));
            assert!(on_grid(network, read) == on_grid(network, drawn), "{seed}: {}", projection.name);
        }
        assert_eq!(pairs(&kept, index), pairs(network, index), "{seed}: {}", projection.name);
    }
}

#[test]
fn every_synapse_is_the_one_that_was_drawn() {
    let network = netlist::toml(NETWORK, &[]);
    let redrawn = |name: &str| {
        let index = network.projections.iter().position(|p| p.name == name).expect("a projection");
        let mut other = Network::clone(&network);
        other.projections[index].key ^= 0x5eed;
        synapses(&other, index, 0..u32::MAX) != synapses(&network, index, 0..u32::MAX)
    };
    let drawn = ["indegree", "outdegree", "total", "bernoulli", "all", "list"].map(redrawn);
    assert_eq!(drawn, [true; 6], "with other keys they are others");
    is_kept(&network, 0);
    (1..100).for_each(|seed| is_kept(&Arc::new(random_network::network(seed)), seed));
}

#[test]
fn networks_of_many_blocks() {
    for rule in ["fixed_indegree\", indegree = 500", "fixed_outdegree\", outdegree = 500", "pairwise_bernoulli\", p = 0.5"] {
        let text = format!(
            "spikeloom = 1\n[network]\nduration = \"1 ms\"\n[populations.a]\nsize = 1000\nneurons = {{ model = \"lif_psc_exp\" }}\n\
             [[projections]]\nsource = \"a\"\ntarget = \"a\"\nconnect = {{ rule = \"{rule} }}\n\
             weight = {{ normal = [\"0 pA\", \"1 pA\"] }}\ndelay = {{ normal = [\"3 ms\", \"1 ms\"], min = \"1 ms\", max = \"9 ms\" }}\n"
        );
        is_kept(&netlist::toml(&text, &[]), 1);
    }
}

#[test]
fn a_branch_with_other_weights_draws_these() {
    let network = netlist::toml(NETWORK, &[]);
    let snapshot = contained(&network);
    let mut branch = Network::clone(&network);
    let Draw::Random(weights) = &mut branch.projections[0].weight else { panic!("they are drawn") };
    weights.max = 1.0;
    let wired = snapshot.wired(Arc::new(branch.clone())).expect("the structure is the same");
    assert!(synapses(&wired, 0, 0..u32::MAX) == synapses(&branch, 0, 0..u32::MAX), "those of the branch");
    assert!(synapses(&wired, 0, 0..u32::MAX) != synapses(&network, 0, 0..u32::MAX), "which are others");
    let mut again = begun(&wired);
    again.contain(&wired);
    let again = Snapshot::from_bytes(&again.to_bytes()).expect("partly kept, partly drawn");
    let twice = again.wired(Arc::new(branch)).expect("its wiring");
    for index in 0..network.projections.len() {
        let [twice, once] = [&twice, &wired].map(|network| on_grid(network, synapses(network, index, 0..u32::MAX)));
        assert!(twice == once, "{index}");
    }
}

#[test]
fn another_network_is_refused() {
    let network = netlist::toml(NETWORK, &[]);
    let snapshot = contained(&network);
    let mut other = Network::clone(&network);
    other.seed += 1;
    let error = snapshot.wired(Arc::new(other)).map(|_| ()).expect_err("another seed");
    assert!(error.to_string().contains("another structure"), "{error}");
    assert!(!begun(&network).has_wiring(), "and without being asked for there is none");
}
