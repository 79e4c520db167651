//! Connection rules from netlist to synapses: degrees and pairs against their laws, values against their distributions, and
//! what a change elsewhere must leave alone.

mod degrees;
mod streams;
mod values;

use crate::netlist;
use sim_core::connect::Synapse;
use sim_core::network::Network;
use std::sync::Arc;

/// A network of populations "a" and "b" with one projection; `connect`, `weight` and `delay` as in a netlist.
fn wired(ends: Ends, connect: &str, weight: &str, delay: &str, seed: u64) -> Arc<Network> {
    let Ends { sources, targets } = ends;
    let (size_b, target) = if let Some(size) = targets { (size, "b") } else { (1, "a") };
    let text = format!(
        "spikeloom = 1
         network = {{ timestep = \"0.1 ms\", duration = \"1 s\", seed = {seed} }}
         populations.a = {{ neurons = {{ model = \"lif_psc_exp\" }}, size = {sources} }}
         populations.b = {{ neurons = {{ model = \"lif_psc_exp\" }}, size = {size_b} }}
         [[projections]]
         source = \"a\"
         target = \"{target}\"
         connect = {connect}
         weight = {weight}
         delay = {delay}"
    );
    netlist::toml(&text, &[])
}

/// Its only projection's synapses, in the order of their source and target, then of their making.
fn synapses(ends: Ends, connect: &str, seed: u64) -> Vec<Synapse> {
    let mut all = netlist::synapses(&wired(ends, connect, "\"1 pA\"", "\"1 ms\"", seed), 0);
    all.sort_by_key(|s| (s.source, s.target));
    all
}

/// How many sources, and how many targets: `None` where the sources are the targets.
#[derive(Clone, Copy, Debug)]
struct Ends {
    sources: u32,
    targets: Option<u32>,
}

const RECURRENT: Ends = Ends { sources: 70, targets: None };
const ACROSS: Ends = Ends { sources: 70, targets: Some(45) };
