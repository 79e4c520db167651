//! A run on a machine: from the spikes of a network to the packets of its mapping, the work of its cores, and what became of both.
//!
//! 1. [`fanout`]: how many synapses each spike finds on each core.
//! 2. [`stages`] and [`traffic`]: which core sends which packet when, and the spikes of private trains, which are drawn here.
//! 3. [`crate::packets`]: the packets on their way, or their sums.
//! 4. [`cores`]: the work of each core, step by step.
//!
//! [`loads`] says what each core, link and chip did, [`cost`] makes a report of it; [`estimate`] accounts for a run on a platform that nothing is mapped to.

pub mod cores;
pub mod cost;
pub mod estimate;
pub mod fanout;
pub mod live;
pub mod loads;
pub mod prices;
pub mod stages;
mod sums;
pub mod traffic;

use crate::ledger::Census;
use crate::mapping::{Kind, Mapping};
use crate::packets::router::RouterSettings;
use crate::packets::steps::{Depth, emulate};
use crate::packets::{Arrival, Counters, Disturbance, Fabric, Observer, Packet, Times, Traffic};
use crate::platform::{NotPriced, Platform};
use crate::topology::Topology;
use cores::{Desk, Task, work};
use fanout::{Fanout, Row};
use prices::Prices;
use sim_core::network::Network;
use sim_core::record::Spike;
use std::collections::BTreeMap;
use traffic::{Firing, Senders, packets, private, private_spikes};

/// How closely packets are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Model {
    /// Sums: exact for energy and loads; no packet waits for another.
    Count,
    /// Links send one packet after another.
    #[default]
    Links,
    /// Routers with small buffers, which drop packets.
    Router,
}

/// What is emulated.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The network.
    pub network: &'a Network,
    /// Where it runs.
    pub platform: &'a Platform,
    /// How.
    pub mapping: &'a Mapping,
    /// Its spikes in the order of time, those of stimuli that others share included.
    pub spikes: &'a [Spike],
    /// Steps, from 1; no spike is later.
    pub steps: u64,
    /// How many times slower than biology the machine runs.
    pub slowdown: f64,
    /// How closely packets are followed.
    pub model: Model,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Emulation {
    /// Steps.
    pub steps: u64,
    /// Length of a step of the machine.
    pub step_ps: u64,
    /// Packets.
    pub counters: Counters,
    /// Links and cores, for the places of the counters.
    pub fabric: Fabric,
    /// By slice: what its core did.
    pub desks: Vec<Desk>,
    /// Synaptic events at synapses that do not learn, and at those that do.
    pub events: [f64; 2],
    /// Spikes of neurons, and of stimuli.
    pub spikes: u64,
    /// Rows that packets called up.
    pub rows: f64,
    /// What cores spend time on without a price.
    pub missing: Vec<NotPriced>,
}

/// Whether a platform says enough to map networks to it and to follow packets; else [`estimate`] is what can be had.
pub fn is_followed(platform: &Platform) -> bool {
    !matches!(platform.topology, Topology::Unrouted { .. }) && Times::of(platform, Packet::Plain).is_ok()
}

/// Most packets at cores that are followed one by one: 40 bytes each.
const MOST_DELIVERIES: u64 = 1 << 28;

/// Follows a run.
///
/// # Errors
/// The platform lacks figures without which nothing can be said, or there is too much to follow: sentences.
pub fn follow(run: &Run<'_>) -> Result<Emulation, Vec<String>> {
    let Run { network, platform, mapping, .. } = *run;
    let fabric = fabric(mapping, platform)?;
    let (prices, missing) = Prices::of(platform, network, mapping);
    let fanout = Fanout::count(network, mapping).map_err(|problem| vec![problem])?;
    let step_ps = (network.timestep_fs as f64 / 1000.0 * run.slowdown).round().max(1.0) as u64;
    let office = Office { run, prices: &prices, fanout: &fanout, step_ps, reached: reached(mapping) };
    let followed = match run.model {
        Model::Count => sums::count(&office, &fabric)?,
        Model::Links => office.follow(&fabric, &Depth::Links)?,
        Model::Router => office.follow(&fabric, &Depth::Router(RouterSettings::of(platform)?))?,
    };
    let Followed { counters, desks, events, spikes, rows } = followed;
    Ok(Emulation { steps: run.steps, step_ps, counters, fabric, desks, events, spikes, rows, missing })
}

/// The links and cores of a mapping's machine, as they work.
///
/// # Errors
/// The platform lacks figures: sentences.
fn fabric(mapping: &Mapping, platform: &Platform) -> Result<Fabric, Vec<String>> {
    let mut fabric = Fabric::new(&mapping.machine, Times::of(platform, Packet::Plain)?);
    let wear = &mapping.wear;
    if wear.loss > 0.0 {
        fabric.disturb(&Disturbance { seed: wear.seed, down: 0.0, slow: 0.0, slowdown: 1, lossy: 1.0, loss: wear.loss });
    }
    for (place, link) in &wear.slow {
        if let Some(chip) = mapping.machine.chip_at(*place) {
            fabric.slow_down(fabric.link(chip, *link), wear.slowdown.unwrap_or(SLOWDOWN));
        }
    }
    Ok(fabric)
}

/// How much slower slow links are, unless something else is said.
const SLOWDOWN: u32 = 10;

/// By tree: the slices that it reaches, and whether there are any.
fn reached(mapping: &Mapping) -> Vec<Vec<u32>> {
    let at = slices_at(mapping);
    let cores = |node: &crate::forest::Node| {
        let (chip, cores) = (node.chip, node.cores);
        (0..u32::BITS).filter(move |core| cores >> core & 1 == 1).map(move |core| (chip, core))
    };
    let of_tree =
        |tree: u32| mapping.forest.tree(tree).iter().flat_map(cores).filter_map(|place| at.get(&place).copied()).collect();
    (0..mapping.forest.trees()).map(of_tree).collect()
}

fn slices_at(mapping: &Mapping) -> BTreeMap<(u32, u32), u32> {
    mapping.slices.iter().zip(0..).map(|(slice, number)| ((slice.chip, slice.core), number)).collect()
}

struct Office<'a> {
    run: &'a Run<'a>,
    prices: &'a Prices,
    fanout: &'a Fanout,
    step_ps: u64,
    /// By tree: the slices that it reaches.
    reached: Vec<Vec<u32>>,
}

#[derive(Default)]
struct Followed {
    counters: Counters,
    desks: Vec<Desk>,
    events: [f64; 2],
    spikes: u64,
    rows: f64,
}

impl Office<'_> {
    /// The rows that a packet finds.
    fn rows(&self, firing: &Firing) -> impl Iterator<Item = &Row> + use<'_> {
        let mapping = self.run.mapping;
        let application = mapping.slices[firing.slice as usize].application;
        let of = match mapping.applications[application as usize].kind {
            Kind::Delays { of, .. } => of,
            _ => application,
        };
        let stage = firing.stage;
        self.fanout.of(of, firing.cell).iter().filter(move |row| row.stage == stage)
    }

    fn update_of(&self, slice: usize) -> u64 {
        let slice = &self.run.mapping.slices[slice];
        self.prices.update[slice.application as usize] * slice.cells.len() as u64
    }

    /// All that cores send, by step.
    fn firings(&self) -> Vec<Firing> {
        let Run { network, mapping, spikes, steps, .. } = *self.run;
        let senders = Senders::new(network, mapping);
        let mut firings = Vec::new();
        spikes.iter().for_each(|spike| senders.each(*spike, |firing| firings.push(firing)));
        let trains = private(network, mapping);
        (1..=steps).for_each(|step| private_spikes(network.noise_seed, &trains, step, |firing| firings.push(firing)));
        firings.retain(|firing| (1..=steps).contains(&firing.step));
        firings.sort_by_key(|firing| firing.step);
        firings
    }

    /// Whether an application only holds spikes of others back.
    fn holds_back(&self, application: u32) -> bool {
        matches!(self.run.mapping.applications[application as usize].kind, Kind::Delays { .. })
    }

    /// Every packet on its way and at its cores.
    fn follow(&self, fabric: &Fabric, depth: &Depth) -> Result<Followed, Vec<String>> {
        let Run { mapping, steps, .. } = *self.run;
        let firings = self.firings();
        let mut followed = Followed { desks: vec![Desk::default(); mapping.slices.len()], ..Followed::default() };
        followed.spikes =
            firings.iter().filter(|firing| !self.holds_back(mapping.slices[firing.slice as usize].application)).count() as u64;
        let (sent, senders) = packets(mapping, self.prices, self.step_ps, &firings);
        let deliveries: u64 = sent.iter().map(|packet| self.reached[packet.tree as usize].len() as u64).sum();
        if deliveries > MOST_DELIVERIES {
            let problem = format!(
                "{deliveries} deliveries of packets are too many to follow ({MOST_DELIVERIES}): take a shorter duration, or the model that only counts"
            );
            return Err(vec![problem]);
        }
        let traffic = Traffic::new(fabric, &mapping.forest, &sent).map_err(|trouble| vec![trouble.to_string()])?;
        let watched = emulate(&traffic, depth, self.step_ps, Arrivals::default);
        let (counters, arrivals) = watched.map_err(|trouble| vec![trouble.to_string()])?;
        let mut tasks: Vec<Vec<Task>> = vec![Vec::new(); mapping.slices.len()];
        let at = slices_at(mapping);
        for arrival in arrivals.into_iter().flat_map(|arrivals| arrivals.0) {
            let chip = mapping.forest.nodes()[arrival.node as usize].chip;
            let Some(slice) = at.get(&(chip, arrival.core)).copied() else { continue };
            let firing = &senders[arrival.packet as usize];
            let [mut fetch, mut events] = [0, 0];
            for row in self.rows(firing).filter(|row| row.slice == slice) {
                let price = self.prices.of_row(row);
                (fetch, events) = (fetch + price[0], events + price[1]);
                followed.note(row, 1.0);
            }
            let at_ps = arrival.at_ps.saturating_sub(self.prices.receive);
            tasks[slice as usize].push(Task { at_ps, step: firing.step, parts: [self.prices.receive, fetch, events] });
        }
        for (slice, mut tasks) in tasks.into_iter().enumerate() {
            tasks.sort_unstable();
            followed.desks[slice] = work(&tasks, self.update_of(slice), (steps, self.step_ps));
        }
        followed.counters = counters;
        Ok(followed)
    }
}

impl Followed {
    fn note(&mut self, row: &Row, times: f64) {
        self.events[usize::from(row.learn)] += f64::from(row.synapses) * times;
        self.rows += times;
    }
}

/// Keeps all arrivals of a part of the traffic.
#[derive(Default)]
struct Arrivals(Vec<Arrival>);

impl Observer for Arrivals {
    fn arrived(&mut self, arrival: Arrival) {
        self.0.push(arrival);
    }
}

impl Emulation {
    /// What happened, for the ledger.
    pub fn census(&self, run: &Run<'_>) -> Census {
        let mapping = run.mapping;
        let mut updates_by_model: BTreeMap<String, f64> = BTreeMap::new();
        let mut updates = 0.0;
        for application in mapping.applications.iter().filter(|application| application.kind == Kind::Neurons) {
            let count = f64::from(application.size) * self.steps as f64;
            updates += count;
            let model = run.network.populations[application.population].card().map_or("", |card| card.name);
            *updates_by_model.entry(model.to_string()).or_default() += count;
        }
        let boards = mapping.machine.boards();
        let chips = mapping.machine.chips().len() as f64;
        Census {
            run_time: self.steps as f64 * self.step_ps as f64 * 1e-12,
            boards: Some(f64::from(boards)),
            boxed_boards: Some(f64::from(u32::from(boards == 1))),
            frames: Some(if boards == 1 { 0.0 } else { f64::from(boards.div_ceil(crate::mapping::BOARDS_PER_FRAME)) }),
            chips: Some(chips),
            active_cores: Some(mapping.slices.len() as f64),
            router_passages: Some(self.counters.routed as f64),
            router_passages_with_payload: Some(0.0),
            packets_received: Some(self.counters.delivered() as f64),
            rows: Some(self.rows),
            static_events: Some(self.events[0]),
            plastic_events: Some(self.events[1]),
            updates_active: Some(updates),
            spikes: Some(self.spikes as f64),
            steps: Some(self.steps as f64),
            updates_by_model,
            ..Census::default()
        }
    }
}
