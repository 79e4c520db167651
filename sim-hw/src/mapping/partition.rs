//! How many cells a core takes, and the cores that hold spikes back.
//!
//! Each population is cut into slices of the platform's limit or of what is asked for; where that does not do, of half as many until
//! it does: where delays are longer than all stages reach, where a row of synapses may be longer than the software allows, where a
//! core's memory is more than a chip's. With expected rates, a core takes no more neurons than it can serve within a step:
//!
//! `floor((clock x step - packets x (receive + row)) / (update + in-degree x rate x step x event))`.

use super::applications::{Application, Decides, Flow, Kind, gather, receptors};
use super::capacity::Capacity;
use super::memory::Memory;
use super::misfit::Misfit;
use super::options::{Options, Rates};
use super::rows::{Rows, expected, rows};
use crate::figure::Figure;
use crate::platform::Platform;
use sim_core::network::{Network, Projection};
use std::collections::BTreeMap;

/// Femtoseconds in a second.
const FS_PER_S: f64 = 1e15;

/// What is mapped, cut into slices.
pub(super) struct Partition {
    pub(super) applications: Vec<Application>,
    /// Between populations, private stimuli included; those of cores that hold spikes back follow from them.
    pub(super) flows: Vec<Flow>,
}

/// What decides about cuts.
struct Cutter<'a> {
    network: &'a Network,
    platform: &'a Platform,
    capacity: &'a Capacity,
    options: &'a Options,
    /// What each application gets.
    inputs: Vec<Vec<Flow>>,
    /// Cells that share a core before anything is cut smaller, by application.
    blocks: Vec<u32>,
}

/// Cuts a network.
pub(super) fn partition(
    network: &Network,
    platform: &Platform,
    capacity: &Capacity,
    options: &Options,
    notes: &mut Vec<String>,
) -> Result<Partition, Vec<Misfit>> {
    let (mut applications, flows) = gather(network, notes);
    let blocks = applications.iter().map(|a| limit(a, capacity)).collect();
    let mut inputs = vec![Vec::new(); applications.len()];
    flows.iter().for_each(|flow| inputs[flow.target as usize].push(*flow));
    let cutter = Cutter { network, platform, capacity, options, inputs, blocks };
    let mut misfits = Vec::new();
    for (number, application) in applications.iter_mut().enumerate() {
        cutter.cut(number as u32, application, notes).unwrap_or_else(|misfit| misfits.push(misfit));
    }
    applications.extend(delaying(&applications, &flows));
    let mut first = 0;
    for application in &mut applications {
        // More slices than fit in 32 bits are far too many anyway.
        let end = u32::saturating_add(first, application.size.div_ceil(application.per_core));
        application.slices = first..end;
        first = end;
    }
    if misfits.is_empty() { Ok(Partition { applications, flows }) } else { Err(misfits) }
}

/// Most cells of a core.
fn limit(application: &Application, capacity: &Capacity) -> u32 {
    let most = if application.kind == Kind::Neurons { capacity.neurons_per_core } else { capacity.sources_per_core };
    most.min(application.size).max(1)
}

impl Cutter<'_> {
    fn cut(&self, number: u32, application: &mut Application, notes: &mut Vec<String>) -> Result<(), Misfit> {
        application.per_core = self.blocks[number as usize];
        if application.kind != Kind::Neurons {
            application.memory = Memory::of_sources(application.per_core);
            return Ok(());
        }
        if self.options.neurons_per_core.is_some() {
            application.decides = Decides::Asked;
        }
        let inputs = &self.inputs[number as usize];
        application.longest_delay = inputs.iter().map(|flow| flow.longest).max().unwrap_or(0);
        if let Some(rates) = &self.options.in_time {
            self.keep_time(application, inputs, rates, notes)?;
        }
        loop {
            let Err((decides, misfit)) = self.try_cut(application, inputs) else { return Ok(()) };
            if application.per_core == 1 {
                return Err(misfit);
            }
            (application.per_core, application.decides) = (application.per_core.div_ceil(2), decides);
        }
    }

    /// Whether cores of this many cells hold what they have to; what they need is noted.
    fn try_cut(&self, application: &mut Application, inputs: &[Flow]) -> Result<(), (Decides, Misfit)> {
        let (capacity, name) = (self.capacity, || application.name.clone());
        let slots = capacity.delay_slots(application.per_core, receptors(self.network, application.population));
        let most = slots.saturating_mul(capacity.delay_stages);
        if application.longest_delay > most {
            return Err((Decides::Delays, Misfit::Delay { application: name(), steps: application.longest_delay, most }));
        }
        let mut memory = Memory::of_neurons(application.per_core);
        for flow in inputs {
            let projection = &self.network.projections[flow.projection];
            let rows = self.rows(flow, projection, application.per_core);
            if rows.longest > capacity.row {
                let misfit = Misfit::Row { application: name(), synapses: rows.longest, most: capacity.row };
                return Err((Decides::Rows, misfit));
            }
            // Spikes of each stage of delay have rows of their own.
            let stage = |steps: u64| steps.div_ceil(slots.max(1));
            let count = rows.count * (stage(flow.longest) - stage(flow.shortest) + 1);
            memory.add(Rows { count, ..rows }, projection.learning.is_some());
        }
        if memory.total() > capacity.memory {
            let misfit = Misfit::CoreMemory { application: name(), needed: memory.total(), available: capacity.memory };
            return Err((Decides::Memory, misfit));
        }
        (application.memory, application.delay_slots) = (memory, slots);
        Ok(())
    }

    /// The rows of a flow on a core.
    fn rows(&self, flow: &Flow, projection: &Projection, per_core: u32) -> Rows {
        let block = self.blocks[flow.source as usize];
        if self.is_private(projection) {
            let cells = projection.target_cells.end - projection.target_cells.start;
            return Rows { count: u64::from(cells), longest: 1 };
        }
        rows(self.network, projection, per_core, block)
    }

    fn is_private(&self, projection: &Projection) -> bool {
        self.network.populations[projection.source].effect() == sim_core::catalog::Effect::PrivateSpikes
    }

    /// Takes no more cells than a core can serve within a step.
    fn keep_time(
        &self,
        application: &mut Application,
        inputs: &[Flow],
        rates: &Rates,
        notes: &mut Vec<String>,
    ) -> Result<(), Misfit> {
        let timing = &self.platform.timing;
        let model = self.network.populations[application.population].card().map_or("", |card| card.name);
        let cycles = |figure: &Option<Figure>| figure.as_ref().map(Figure::nominal);
        let prices = (|| {
            let update = timing.neuron_update.get(model).map(Figure::nominal)?;
            let packet = cycles(&timing.packet_receive)? + cycles(&timing.synapse_row)?;
            Some((update, packet, cycles(&timing.static_synaptic_event)?, cycles(&timing.plastic_synaptic_event)?))
        })();
        let Some((update, packet, event, plastic)) = prices else {
            notes.push(format!("\"{}\": time is not looked at, model {model} or an event is not priced", application.name));
            return Ok(());
        };
        let step = self.network.timestep_fs as f64 / FS_PER_S;
        let mut packets: BTreeMap<u32, f64> = BTreeMap::new();
        let mut each = update;
        for flow in inputs {
            let projection = &self.network.projections[flow.projection];
            let synapses = expected(projection) / f64::from(projection.target_cells.end - projection.target_cells.start).max(1.0);
            // A private stimulus sends a packet for each event.
            let sources = match self.is_private(projection) {
                true => f64::from(application.per_core) * synapses,
                false => f64::from(projection.source_cells.end - projection.source_cells.start),
            };
            let rate = rates.of(projection.source) * step;
            let arriving = packets.entry(flow.source).or_default();
            *arriving = arriving.max(sources * rate);
            each += synapses * rate * if projection.learning.is_some() { plastic } else { event };
        }
        let receiving = packets.values().sum::<f64>() * packet;
        let budget = self.capacity.clock * step;
        let in_time = ((budget - receiving) / each).floor();
        if in_time < 1.0 {
            let (needed, available) = ((receiving + each).ceil() as u64, budget as u64);
            return Err(Misfit::Cycles { application: application.name.clone(), needed, available });
        }
        if in_time < f64::from(application.per_core) {
            (application.per_core, application.decides) = (in_time as u32, Decides::Time);
        }
        Ok(())
    }
}

/// The cores that hold spikes back: for each application with a delay that is longer than its targets' accumulators reach.
fn delaying(applications: &[Application], flows: &[Flow]) -> Vec<Application> {
    let mut stages: BTreeMap<u32, u64> = BTreeMap::new();
    for flow in flows {
        let slots = applications[flow.target as usize].delay_slots.max(1);
        if flow.longest > slots {
            let most = stages.entry(flow.source).or_default();
            *most = (*most).max(flow.longest.div_ceil(slots) - 1);
        }
    }
    let core = |(of, stages): (u32, u64)| {
        let source = &applications[of as usize];
        let kind = Kind::Delays { of, stages: stages as u32 };
        let per_core = source.per_core;
        let memory = Memory::of_sources(per_core);
        Application {
            per_core,
            memory,
            ..Application::new(format!("delays of {}", source.name), kind, source.population, source.size)
        }
    };
    stages.into_iter().map(core).collect()
}
