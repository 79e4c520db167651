//! Positions in space, from netlist to synapses: where cells lie, what depends on where they lie, and what does not.

mod fields;
mod positions;

use crate::netlist;
use sim_core::network::Network;
use std::sync::Arc;

/// A network of spaces and populations as in a netlist, and what else it has.
fn network(text: &str, seed: u64) -> Arc<Network> {
    let head = format!("spikeloom = 1\nnetwork = {{ timestep = \"0.1 ms\", duration = \"100 ms\", seed = {seed} }}\n");
    netlist::toml(&(head + text), &[])
}

/// A population of some cells with positions as in a netlist.
fn population(name: &str, size: u32, positions: &str) -> String {
    format!("populations.{name} = {{ neurons = {{ model = \"lif_psc_exp\" }}, size = {size}, positions = {positions} }}\n")
}

/// A projection; `connect`, `weight` and `delay` as in a netlist.
fn projection(source: &str, target: &str, connect: &str, weight: &str, delay: &str) -> String {
    format!(
        "[[projections]]\nsource = \"{source}\"\ntarget = \"{target}\"\nconnect = {connect}\nweight = {weight}\ndelay = {delay}\n"
    )
}

/// Places of a population's cells.
fn cells<'a>(network: &'a Network, name: &str) -> &'a [[f64; 3]] {
    let population = network.population(name).unwrap_or_else(|| panic!("the population {name}"));
    &population.positions.as_ref().unwrap_or_else(|| panic!("{name} has positions")).cells
}
