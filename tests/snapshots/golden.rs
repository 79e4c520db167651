//! Snapshots of each version of the format stay readable: files of before, and what becomes of them.
//!
//! A file changes only with the version of the format, and then stands beside the old one. To write those of this version:
//! `UPDATE=1 cargo test -p sim-tests -- snapshots::golden`.

use super::engines::{Engine, InContinuousTime, OnGrid};
use crate::differential::Keep;
use crate::netlist;
use sim_core::snapshot::{Snapshot, VERSION};
use std::path::PathBuf;

/// Spikes under way, random input of its own and of others, synapses that learn.
const NETWORK: &str = r#"
spikeloom = 1
[network]
timestep = "0.1 ms"
duration = "60 ms"
seed = 11
[populations.noise]
size = 8
neurons = { model = "poisson_source", rate = "200 Hz" }
[populations.own]
size = 1
neurons = { model = "poisson", rate = "6 kHz" }
[populations.exc]
size = 12
neurons = { model = "lif_psc_exp", i_e = "250 pA" }
[[projections]]
source = "own"
target = "exc"
connect = { rule = "all_to_all" }
weight = "40 pA"
delay = "1 ms"
[[projections]]
source = ["noise", "exc"]
target = "exc"
connect = { rule = "fixed_indegree", indegree = 3 }
weight = { uniform = ["50 pA", "90 pA"] }
delay = { uniform = ["1 ms", "4 ms"] }
[projections.plasticity]
rule = "stdp_pair"
w_max = "150 pA"
[[record]]
from = "exc"
what = "v_m"
every = "1 ms"
"#;

fn file(version: u32, name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("data/snapshots/{version}.{name}.snap"))
}

/// With a name of the files; `contained` if they have the wiring of the network.
fn goes_on<E: Engine>(name: &str, contained: bool) {
    let network = netlist::toml(NETWORK, &[]);
    let plan = E::plan(&network, 1).expect("it runs");
    let (end, half) = (E::ticks(&network), E::ticks(&network) / 2);
    let (mut whole, mut keep) = (E::begin(&plan), Keep::default());
    E::run(&plan, &mut whole, half, &mut keep);
    let mut now = E::snapshot(&plan, &whole);
    if contained {
        now.contain(&network);
    }
    let now = now.to_bytes();
    E::run(&plan, &mut whole, end, &mut keep);
    assert!(keep.spikes.len() > 40, "it is alive: {}", keep.spikes.len());
    if std::env::var("UPDATE").is_ok() {
        std::fs::create_dir_all(file(VERSION, name).parent().expect("a folder")).expect("a folder");
        std::fs::write(file(VERSION, name), &now).expect("written");
    }
    for version in 1..=VERSION {
        let bytes = std::fs::read(file(version, name)).expect("a file of each version");
        let snapshot = Snapshot::from_bytes(&bytes).unwrap_or_else(|error| panic!("{version}: {error}"));
        assert_eq!(snapshot.has_wiring(), contained, "{version}: wiring");
        let wired = snapshot.wired(network.clone()).unwrap_or_else(|error| panic!("{version}: {error}"));
        let plan = E::plan(&wired, 1).expect("it runs");
        let mut state = E::restore(&plan, &snapshot).unwrap_or_else(|error| panic!("{version}: {error}"));
        let mut rest = Keep::default();
        E::run(&plan, &mut state, end, &mut rest);
        assert_eq!(E::hash(&state), E::hash(&whole), "version {version} of {name}");
        assert!(rest.sample_bits() == keep.sample_bits()[keep.samples.len() - rest.samples.len()..], "its samples");
        assert!(version < VERSION || bytes == now, "what is written has another form: is it another version?");
    }
}

#[test]
fn of_the_grid() {
    goes_on::<OnGrid>("grid", false);
    goes_on::<OnGrid>("grid-contained", true);
}

#[test]
fn of_continuous_time() {
    goes_on::<InContinuousTime>("event", false);
    goes_on::<InContinuousTime>("event-contained", true);
}
