//! What things take a core, in whole picoseconds.

use super::fanout::Row;
use crate::figure::Figure;
use crate::mapping::{Kind, Mapping};
use crate::platform::{NotPriced, Platform};
use sim_core::network::Network;

const PS: f64 = 1e12;

/// What things take a core.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    /// To take a packet.
    pub receive: u64,
    /// A row besides its synapses.
    pub row: u64,
    /// A synapse that does not learn.
    pub fixed: u64,
    /// A synapse that learns.
    pub plastic: u64,
    /// A cell's update, by application; 0 where that is not priced.
    pub update: Vec<u64>,
}

impl Prices {
    /// A platform's, and what has no price.
    pub fn of(platform: &Platform, network: &Network, mapping: &Mapping) -> (Self, Vec<NotPriced>) {
        let mut missing = Vec::new();
        let clock = platform.timing.core_clock.as_ref().map_or(f64::INFINITY, Figure::nominal);
        let mut price = |figure: Option<&Figure>, what: &str| {
            if figure.is_none() {
                let reason = format!("{} has no figure for it: the cores' time is longer than is said here", platform.name);
                missing.push(NotPriced { what: what.to_string(), reason });
            }
            figure.map_or(0, |figure| (figure.nominal() / clock * PS).round() as u64)
        };
        let timing = &platform.timing;
        let [receive, row, fixed, plastic] = [
            (&timing.packet_receive, "a core's time to take a packet"),
            (&timing.synapse_row, "a core's time for a row of synapses"),
            (&timing.static_synaptic_event, "a core's time for a static synaptic event"),
            (&timing.plastic_synaptic_event, "a core's time for a plastic synaptic event"),
        ]
        .map(|(figure, what)| price(figure.as_ref(), what));
        let mut told: Vec<&str> = Vec::new();
        let update = mapping.applications.iter().map(|application| {
            let card = network.populations[application.population].card().filter(|_| application.kind == Kind::Neurons)?;
            let figure = timing.neuron_update.get(card.name);
            if figure.is_some() || !told.contains(&card.name) {
                told.push(card.name);
                return Some(price(figure, &format!("a core's time for an update of a neuron of {}", card.name)));
            }
            None
        });
        let update = update.map(Option::unwrap_or_default).collect();
        (Self { receive, row, fixed, plastic, update }, missing)
    }

    /// What a row takes besides its packet: to fetch it, and to work off its synapses.
    pub fn of_row(&self, row: &Row) -> [u64; 2] {
        [self.row, u64::from(row.synapses) * if row.learn { self.plastic } else { self.fixed }]
    }
}
