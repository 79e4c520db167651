//! The packets of a run: when each is sent, by which cell.

use super::prices::Prices;
use super::stages::Stages;
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
    /// How often the spike was held back before: the stage of delay whose synapses it finds.
    pub stage: u8,
}

/// The slices that send spikes of a population's cells.
pub struct Senders<'a> {
    mapping: &'a Mapping,
    of_population: Vec<Sending>,
    firsts: Vec<u32>,
}

/// The applications that send spikes of a population's cells.
#[derive(Clone, Default)]
struct Sending {
    /// That of the cells themselves.
    own: Option<usize>,
    /// Those that hold spikes back.
    held_back: Vec<(usize, Stages)>,
}

impl<'a> Senders<'a> {
    /// Those of a mapped network.
    pub fn new(network: &Network, mapping: &'a Mapping) -> Self {
        let mut of_population = vec![Sending::default(); network.populations.len()];
        for (index, application) in mapping.applications.iter().enumerate() {
            match application.kind {
                Kind::Neurons | Kind::Sources => of_population[application.population].own = Some(index),
                Kind::Delays { of, .. } => of_population[application.population].held_back.push((index, Stages::of(mapping, of))),
                Kind::PrivateSources { .. } => {}
            }
        }
        Self { mapping, of_population, firsts: network.populations.iter().map(|p| p.first).collect() }
    }

    /// Calls with what a spike makes cores send: its own, and later those that hold it back.
    pub fn each(&self, spike: Spike, mut call: impl FnMut(Firing)) {
        let population = self.firsts.partition_point(|first| *first <= spike.neuron) - 1;
        let cell = spike.neuron - self.firsts[population];
        let Sending { own, held_back } = &self.of_population[population];
        let slice = |application: &Application| application.slices.start + cell / application.per_core.max(1);
        if let Some(own) = own {
            call(Firing { step: spike.tick, slice: slice(&self.mapping.applications[*own]), cell, stage: 0 });
        }
        for (delay, stages) in held_back {
            let slice = slice(&self.mapping.applications[*delay]);
            for stage in 1..=stages.count {
                call(Firing { step: spike.tick + u64::from(stage) * stages.steps, slice, cell, stage });
            }
        }
    }

    /// The most steps that a spike is held back.
    pub fn longest_hold(&self) -> u64 {
        let stages = self.of_population.iter().flat_map(|sending| &sending.held_back);
        stages.map(|(_, stages)| u64::from(stages.count) * stages.steps).max().unwrap_or(0)
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
                call(Firing { step, slice: application.slices.start + cell / application.per_core, cell, stage: 0 });
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
    all.sort_by_key(|(sent, firing)| (*sent, firing.slice, firing.cell, firing.stage));
    all.into_iter().unzip()
}
