//! The packets of a run: when each is sent, by which cell.

use super::prices::Prices;
use crate::mapping::rows::expected;
use crate::mapping::{Application, Kind, Mapping};
use crate::packets::Sent;
use sim_core::math;
use sim_core::network::{Cells, Network, Projection};
use sim_core::random::{Key, Stream, mix};
use sim_core::record::Spike;
use sim_core::stimulus::{Drive, PerUnit, Schedule};
use sim_core::time::Grid;

/// A spike at a core that sends it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Firing {
    /// The step of the machine, from 1.
    pub step: u64,
    /// The slice.
    pub slice: u32,
    /// The cell, within its application.
    pub cell: u32,
}

/// The slices that send spikes of a population's cells.
pub struct Senders<'a> {
    mapping: &'a Mapping,
    /// By population: the application of its own cells, and those that hold its spikes back.
    of_population: Vec<(Option<usize>, Vec<usize>)>,
    firsts: Vec<u32>,
}

impl<'a> Senders<'a> {
    /// Those of a mapped network.
    pub fn new(network: &Network, mapping: &'a Mapping) -> Self {
        let mut of_population = vec![(None, Vec::new()); network.populations.len()];
        for (index, application) in mapping.applications.iter().enumerate() {
            match application.kind {
                Kind::Neurons | Kind::Sources => of_population[application.population].0 = Some(index),
                Kind::Delays { .. } => of_population[application.population].1.push(index),
                Kind::PrivateSources { .. } => {}
            }
        }
        Self { mapping, of_population, firsts: network.populations.iter().map(|p| p.first).collect() }
    }

    /// Calls with what a spike makes cores send: its own, and later those that hold it back.
    pub fn each(&self, spike: Spike, mut call: impl FnMut(Firing)) {
        let population = self.firsts.partition_point(|first| *first <= spike.neuron) - 1;
        let cell = spike.neuron - self.firsts[population];
        let (own, delays) = &self.of_population[population];
        let slice = |application: &Application| application.slices.start + cell / application.per_core.max(1);
        if let Some(own) = own {
            call(Firing { step: spike.tick, slice: slice(&self.mapping.applications[*own]), cell });
        }
        for delay in delays {
            let application = &self.mapping.applications[*delay];
            let Kind::Delays { of, stages } = application.kind else { continue };
            let slots = self.slots_behind(of);
            for stage in 1..=u64::from(stages) {
                call(Firing { step: spike.tick + stage * slots, slice: slice(application), cell });
            }
        }
    }

    /// The most steps that a spike is held back.
    pub fn longest_hold(&self) -> u64 {
        let hold = |application: &Application| match application.kind {
            Kind::Delays { of, stages } => u64::from(stages) * self.slots_behind(of),
            _ => 0,
        };
        self.mapping.applications.iter().map(hold).max().unwrap_or(0)
    }

    /// Steps of delay of the cores that an application's spikes go to: the fewest.
    fn slots_behind(&self, of: u32) -> u64 {
        let targets = self.mapping.flows.iter().filter(|flow| flow.source == of);
        targets.map(|flow| self.mapping.applications[flow.target as usize].delay_slots).min().unwrap_or(1)
    }
}

/// A stimulus that gives every connection a train of its own: how often such a train spikes.
pub struct PrivateTrains {
    units: Option<PerUnit<Schedule>>,
    /// Trains of a target.
    trains: f64,
}

impl PrivateTrains {
    /// Those of a projection; silent where its source is no such stimulus.
    pub fn of(network: &Network, projection: &Projection) -> Self {
        let population = &network.populations[projection.source];
        let units = match &population.cells {
            Cells::Stimulus { card, values } => {
                match (card.drive)(population.size as usize, values, Grid::new(network.timestep_fs)) {
                    Drive::PrivatePoisson(units) => Some(units),
                    _ => None,
                }
            }
            Cells::Neurons { .. } => None,
        };
        let targets = f64::from(projection.target_cells.end - projection.target_cells.start);
        Self { units, trains: expected(projection) / targets.max(1.0) }
    }

    /// Mean spikes of all trains of a target in a step.
    pub fn at(&self, step: u64) -> f64 {
        let mean = match &self.units {
            None => 0.0,
            Some(PerUnit::Shared(schedule)) => schedule.at(step),
            Some(PerUnit::Each(all)) => all.iter().map(|schedule| schedule.at(step)).sum::<f64>() / all.len().max(1) as f64,
        };
        mean * self.trains
    }
}

/// The applications of private trains, with how often these spike.
pub fn private<'a>(network: &Network, mapping: &'a Mapping) -> Vec<(&'a Application, PrivateTrains)> {
    let trains = |application: &'a Application| match application.kind {
        Kind::PrivateSources { projection } => Some((application, PrivateTrains::of(network, &network.projections[projection]))),
        _ => None,
    };
    mapping.applications.iter().filter_map(trains).collect()
}

/// The spikes of private trains in a step, drawn: (slice, cell).
pub fn private_spikes(seed: u64, private: &[(&Application, PrivateTrains)], step: u64, mut call: impl FnMut(Firing)) {
    private.iter().for_each(|(application, trains)| trains.spikes(seed, application, step, &mut call));
}

impl PrivateTrains {
    /// Their spikes in a step, drawn.
    pub fn spikes(&self, seed: u64, application: &Application, step: u64, mut call: impl FnMut(Firing)) {
        let rate = self.at(step);
        if rate <= 0.0 {
            return;
        }
        let key = Key::new(seed).name("machine").name(&application.name).finish();
        let mut stream = Stream::new(mix(key, step), 0);
        for cell in 0..application.size {
            for _ in 0..poisson(&mut stream, rate) {
                call(Firing { step, slice: application.slices.start + cell / application.per_core, cell });
            }
        }
    }
}

/// Most of a mean that is drawn at a time: e to its power must not vanish.
const PART: f64 = 16.0;

/// A Poisson number: how many uniform numbers can be multiplied until the product is below exp(-mean).
fn poisson(stream: &mut Stream, mut mean: f64) -> u64 {
    let mut count = 0;
    while mean > 0.0 {
        let part = mean.min(PART);
        mean -= part;
        let (limit, mut product) = (math::exp(-part), stream.open_uniform());
        while product > limit {
            count += 1;
            product *= stream.open_uniform();
        }
    }
    count
}

/// When packets are sent, in order, and who sends each: a core updates its cells one after the other and sends what has fired.
/// Cores begin their steps together.
pub fn packets(mapping: &Mapping, prices: &Prices, step_ps: u64, firings: &[Firing]) -> (Vec<Sent>, Vec<Firing>) {
    let mut all: Vec<(Sent, Firing)> = firings
        .iter()
        .filter_map(|firing| {
            let slice = &mapping.slices[firing.slice as usize];
            let place = u64::from(firing.cell - slice.cells.start) + 1;
            let at_ps = (firing.step - 1) * step_ps + place * prices.update[slice.application as usize];
            Some((Sent { at_ps, tree: slice.tree? }, *firing))
        })
        .collect();
    all.sort_by_key(|(sent, firing)| (*sent, firing.slice, firing.cell));
    all.into_iter().unzip()
}
