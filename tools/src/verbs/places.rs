//! The rooms of a network, and which populations lie in them or have names for their cells.

use crate::names::count;
use serde_json::{Value, json};
use sim_core::network::{Network, Population};
use sim_core::space::{Positions, Room, Sites, Space};

/// A line for each space, and for each population whose cells have places or names.
pub(crate) fn text(network: &Network) -> String {
    let spaces = network.spaces.iter().map(|space| format!("space {}: {}\n", space.name, extent(space)));
    let populations = network.populations.iter().filter_map(|population| {
        let named = (!population.names.is_empty()).then(|| format!("{} named", count(population.names.len() as u64)));
        let lies = population.positions.as_ref().map(|p| format!("in {}, {}", space_name(network, p), how(p.sites)));
        let what: Vec<String> = [named, lies].into_iter().flatten().collect();
        (!what.is_empty()).then(|| format!("{}: {} cells, {}\n", population.name, count(population.size.into()), what.join(", ")))
    });
    spaces.chain(populations).collect()
}

/// Every space.
pub(crate) fn spaces(network: &Network) -> Vec<Value> {
    let space = |space: &Space| {
        let sites = space.sites();
        let sides: Vec<f64> = (0..space.dimensions()).map(|dimension| space.side(dimension)).collect();
        let spacing = sites.map(|_| space.step());
        json!({ "name": space.name, "sides": sides, "sites": sites, "spacing": spacing, "wrap": space.wrap })
    };
    network.spaces.iter().map(space).collect()
}

/// Every population: how many of its cells have names, the space that it lies in, and how.
pub(crate) fn populations(network: &Network) -> Vec<Value> {
    let population = |population: &Population| {
        let places = population.positions.as_ref();
        json!({
            "name": population.name, "size": population.size, "names": population.names.len(),
            "space": places.map(|p| space_name(network, p)), "sites": places.map(|p| how(p.sites)),
        })
    };
    network.populations.iter().map(population).collect()
}

fn extent(space: &Space) -> String {
    let sides = (0..space.dimensions()).map(|dimension| space.side(dimension).to_string()).collect::<Vec<_>>().join(" x ");
    let wrap = if space.wrap { ", wraps" } else { "" };
    match &space.room {
        Room::Lattice { spacing, .. } => format!("a grid of {sides} sites, spacing {spacing}{wrap}"),
        Room::Box { .. } => format!("a box of {sides}{wrap}"),
    }
}

fn space_name<'n>(network: &'n Network, positions: &Positions) -> &'n str {
    network.spaces.get(positions.space).map_or("", |space| &space.name)
}

fn how(sites: Sites) -> &'static str {
    match sites {
        Sites::Drawn => "drawn",
        Sites::InOrder => "in order",
        Sites::Given => "given",
    }
}
