//! The packets of a run: when each is sent, by which cell.

use super::prices::Prices;
use crate::mapping::{Application, Kind, Mapping};
use crate::packets::Sent;
use sim_core::math;
use sim_core::network::{Cells, Network};
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

    /// Steps of delay of the cores that an application's spikes go to: the fewest.
    fn slots_behind(&self, of: u32) -> u64 {
        let targets = self.mapping.flows.iter().filter(|flow| flow.source == of);
        targets.map(|flow| self.mapping.applications[flow.target as usize].delay_slots).min().unwrap_or(1)
    }
}

/// Mean spikes a step of each cell of an application of private trains, at a step.
pub fn private_rate(network: &Network, application: &Application, step: u64) -> f64 {
    let Kind::PrivateSources { projection } = application.kind else { return 0.0 };
    let projection = &network.projections[projection];
    let population = &network.populations[projection.source];
    let Cells::Stimulus { card, values } = &population.cells else { return 0.0 };
    let Drive::PrivatePoisson(units) = (card.drive)(population.size as usize, values, Grid::new(network.timestep_fs)) else {
        return 0.0;
    };
    let at = |schedule: &Schedule| schedule.at(step);
    let mean = match &units {
        PerUnit::Shared(schedule) => at(schedule),
        PerUnit::Each(all) => all.iter().map(at).sum::<f64>() / all.len().max(1) as f64,
    };
    let trains = crate::mapping::rows::expected(projection) / f64::from(application.size).max(1.0);
    mean * trains
}

/// The spikes of private trains in a step, drawn: (slice, cell).
pub fn private_spikes(network: &Network, mapping: &Mapping, step: u64, mut call: impl FnMut(Firing)) {
    for application in &mapping.applications {
        let rate = private_rate(network, application, step);
        if rate <= 0.0 {
            continue;
        }
        let key = Key::new(network.noise_seed).name("machine").name(&application.name).finish();
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
