//! What a run costs on a platform that nothing is mapped to: what happened in the network times what it costs there. Packets on their
//! way, and whether it is in time, remain unsaid.

use super::traffic::PrivateTrains;
use crate::ledger::{Census, Ledger, account};
use crate::limits::{Fit, fit};
use crate::platform::Platform;
use serde::Serialize;
use sim_core::catalog::Effect;
use sim_core::connect::Generator;
use sim_core::math;
use sim_core::network::{Network, Projection};
use sim_core::record::Spike;
use std::collections::BTreeMap;

/// What happened in a network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Happened {
    /// Steps of the network.
    pub steps: u64,
    /// Spikes of neurons.
    pub spikes: u64,
    /// Synaptic events at synapses that do not learn, and at those that do.
    pub events: [f64; 2],
    /// Updates of neurons, one a step, by model.
    pub updates: BTreeMap<String, f64>,
    /// Of them, those of neurons that got input in the step: a mean, from the events of the population, as if they came at random.
    pub with_input: f64,
}

impl Happened {
    /// From the spikes of a run. Every synapse is looked at once.
    pub fn of(network: &Network, spikes: &[Spike], steps: u64) -> Self {
        let mut fired: Vec<Vec<u32>> = network.populations.iter().map(|p| vec![0; p.size as usize]).collect();
        for spike in spikes {
            let population = network.populations.partition_point(|p| p.first <= spike.neuron) - 1;
            fired[population][(spike.neuron - network.populations[population].first) as usize] += 1;
        }
        let mut onto = vec![0.0; network.populations.len()];
        let mut happened = Self { steps, ..Self::default() };
        for projection in &network.projections {
            let events = events(network, projection, &fired[projection.source], steps);
            happened.events[usize::from(projection.learning.is_some())] += events;
            onto[projection.target] += events;
        }
        for ((population, fired), events) in network.populations.iter().zip(&fired).zip(onto) {
            let Some(card) = population.card() else { continue };
            let updates = f64::from(population.size) * steps as f64;
            *happened.updates.entry(card.name.to_string()).or_default() += updates;
            happened.spikes += fired.iter().map(|count| u64::from(*count)).sum::<u64>();
            happened.with_input -= updates * math::exp_m1(-events / updates.max(1.0));
        }
        happened
    }
}

/// Synaptic events of a projection; those of private trains by their mean.
fn events(network: &Network, projection: &Projection, fired: &[u32], steps: u64) -> f64 {
    match network.populations[projection.source].effect() {
        Effect::Spikes => {
            let mut events = 0_u64;
            let generator = Generator::new(network, projection);
            generator.for_pairs(projection.target_cells.clone(), |pair| events += u64::from(fired[pair.source as usize]));
            events as f64
        }
        Effect::PrivateSpikes => {
            let (trains, targets) = (PrivateTrains::of(network, projection), projection.target_cells.len());
            (1..=steps).map(|step| trains.at(step)).sum::<f64>() * targets as f64
        }
        Effect::Current => 0.0,
    }
}

/// An account without a mapping.
#[derive(Clone, Debug, Serialize)]
pub struct Estimate {
    /// The platform.
    pub platform: String,
    /// Always "events".
    pub model: &'static str,
    /// Time in the network, and on the machine: biological time, s.
    pub biological_s: f64,
    /// At least so many cores, as many as hold the neurons.
    pub fit: Fit,
    /// Synaptic events.
    pub synaptic_events: f64,
    /// The account.
    pub ledger: Ledger,
}

/// Accounts for what happened, at the speed of biology.
///
/// # Errors
/// See [`fit`] and [`account`]: sentences.
pub fn estimate(network: &Network, platform: &Platform, happened: &Happened) -> Result<Estimate, Vec<String>> {
    let fit = fit(network, platform).map_err(|problem| vec![problem])?;
    let run_time = happened.steps as f64 * network.timestep_fs as f64 * 1e-15;
    let (cores, chips, boards) = fit.to_hold.map_or((None, None, None), |bound| (Some(bound.cores), bound.chips, bound.boards));
    let updates: f64 = happened.updates.values().sum();
    let number = |count: Option<u64>| count.map(|count| count as f64);
    let census = Census {
        run_time,
        chips: number(chips).or(Some(1.0)),
        boards: number(boards),
        active_cores: number(cores),
        static_events: Some(happened.events[0]),
        plastic_events: Some(happened.events[1]),
        updates_active: Some(happened.with_input),
        updates_inactive: Some(updates - happened.with_input),
        spikes: Some(happened.spikes as f64),
        steps: Some(happened.steps as f64),
        updates_by_model: happened.updates.clone(),
        ..Census::default()
    };
    let ledger = account(platform, &census)?;
    let synaptic_events = happened.events.iter().sum();
    Ok(Estimate { platform: platform.name.clone(), model: "events", biological_s: run_time, fit, synaptic_events, ledger })
}
