//! A twin of SANA-FE's cost model: its files in, its `simple` energy and time out.
//!
//! SANA-FE (SLAM-Lab, GPL-3) estimates energy and time of spiking networks on chips that are described in YAML. What is
//! here is written from the documented formats and from what the program does with small files; nothing is copied. Energy
//! is the sum of events times prices: there is no static power, no clock and no host in it. Every difference to SANA-FE 2.2
//! is a refusal: what is not simulated here (other models, plug-ins, random input, other places of the buffer) is told
//! with its line.
//!
//! ```
//! let chip = "
//! architecture:
//!   attributes: {width: 1, height: 1, latency_sync: 1.0e-6}
//!   tile:
//!     - name: tile
//!       attributes: {energy_east_hop: 0, latency_east_hop: 0, energy_north_hop: 0, latency_north_hop: 0,
//!                    energy_west_hop: 0, latency_west_hop: 0, energy_south_hop: 0, latency_south_hop: 0}
//!       core:
//!         - name: core
//!           attributes: {buffer_position: soma}
//!           axon_in: [{name: in, attributes: {energy_message_in: 0, latency_message_in: 0}}]
//!           synapse: [{name: s, attributes: {model: current_based, energy_process_spike: 0, latency_process_spike: 0}}]
//!           dendrite: [{name: d, attributes: {model: accumulator, energy_update: 0, latency_update: 0}}]
//!           soma: [{name: n, attributes: {model: leaky_integrate_fire, energy_access_neuron: 2.0e-12,
//!                   latency_access_neuron: 0, energy_update_neuron: 3.0e-12, latency_update_neuron: 0,
//!                   energy_spike_out: 5.0e-12, latency_spike_out: 0}}]
//!           axon_out: [{name: out, attributes: {energy_message_out: 0, latency_message_out: 0}}]
//! ";
//! let network = "
//! network: {groups: [{name: a, neurons: [0: {bias: 1, threshold: 1.5}]}]}
//! mappings: [a: {core: 0.0}]
//! ";
//! let totals = sim_hw::sanafe::twin(chip, network, 4)?;
//! assert_eq!(totals.neurons_fired, 2); // potentials 1, 2, 1, 2
//! assert!((totals.energy.total() - (4.0 * 5e-12 + 2.0 * 5e-12)).abs() < 1e-24);
//! assert!((totals.time - 4e-6).abs() < 1e-18);
//! # Ok::<(), sim_hw::sanafe::Problem>(())
//! ```

mod arch;
mod chip;
mod dynamics;
mod edges;
mod net;
mod problem;
mod yaml;

pub use problem::{File, Problem};

use serde::Serialize;

/// Energy by part of the chip, J.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Energy {
    /// Look-ups of synapses.
    pub synapse: f64,
    /// Updates of dendrites.
    pub dendrite: f64,
    /// Accesses, updates and spikes of neurons.
    pub soma: f64,
    /// Messages and their hops.
    pub network: f64,
}

impl Energy {
    /// Of the whole chip, J.
    pub fn total(&self) -> f64 {
        self.synapse + self.dendrite + self.soma + self.network
    }

    fn add(&mut self, other: &Energy) {
        self.synapse += other.synapse;
        self.dendrite += other.dendrite;
        self.soma += other.soma;
        self.network += other.network;
    }
}

/// What SANA-FE reports of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Steps.
    pub steps: u64,
    /// Energy, J.
    pub energy: Energy,
    /// Time of the chip, s.
    pub time: f64,
    /// Spikes counted at synapses (SANA-FE: `spikes`).
    pub synaptic_events: u64,
    /// Messages, one for each spike and target core.
    pub packets: u64,
    /// Updates of neurons.
    pub neurons_updated: u64,
    /// Spikes counted at neurons.
    pub neurons_fired: u64,
}

/// Runs a network on a chip, both in SANA-FE's YAML, for so many steps with its `simple` timing.
///
/// # Errors
/// The first thing that is wrong with the files or that is not simulated here, with its line.
pub fn twin(architecture: &str, network: &str, steps: u64) -> Result<Totals, Problem> {
    let architecture = arch::Architecture::parse(architecture).map_err(|wrong| wrong.in_file(File::Architecture))?;
    let network = net::Network::parse(network).map_err(|wrong| wrong.in_file(File::Network))?;
    let mut chip = chip::Chip::new(&architecture, &network)?;
    let mut totals = Totals::default();
    for step in 1..=steps {
        chip.step(step, &mut totals);
    }
    Ok(totals)
}
