//! A network that runs on the emulated machine: the spikes of a step become packets, these go over the links and wait at cores,
//! and the network's next steps see only what has been worked off.
//!
//! A packet is on time where its core has worked it off by the end of the step that it was sent in; where that is k steps later,
//! it is late by k, and acts k steps later. Packets and cores are those of [`super::follow`], asked step by step: what is sent
//! later cannot change what has happened.
//!
//! Spikes of private trains load links and cores, but act as in any run: only their packets are the machine's.

use super::fanout::Fanout;
use super::prices::Prices;
use super::traffic::{Firing, PrivateTrains, Senders, packets, private};
use super::{Model, slices_at};
use crate::mapping::{Kind, Mapping};
use crate::packets::links::Links;
use crate::packets::router::{Router, RouterSettings};
use crate::packets::steps::{Depth, Emulation};
use crate::packets::{Arrival, Fabric, Observer, Sent, Traffic, Trouble};
use crate::platform::{NotPriced, Platform};
use sim_core::engine::{Arrived, Carrier};
use sim_core::network::Network;
use sim_core::random::mix;
use sim_core::record::Spike;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What became of the packets at cores, so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fates {
    /// Worked off in the step that they were sent in.
    pub on_time: u64,
    /// Worked off later.
    pub late: u64,
    /// The most steps that one was late.
    pub latest: u64,
    /// Lost on their way.
    pub lost: u64,
    /// Why the emulation could not go on.
    pub trouble: Option<Trouble>,
}

/// A machine that carries a network's spikes.
pub struct Live {
    network: Arc<Network>,
    mapping: Arc<Mapping>,
    fabric: Fabric,
    depth: Depth,
    prices: Prices,
    fanout: Fanout,
    trains: Vec<(usize, PrivateTrains)>,
    /// Slices by chip and core.
    at: BTreeMap<(u32, u32), u32>,
    step_ps: u64,
    /// Packets since nothing was under way for the last time, and how many of their arrivals and losses are known.
    sent: Vec<(Sent, Firing)>,
    known: [usize; 2],
    /// By slice: until when packets keep the core busy.
    busy_until: Vec<u64>,
    /// What is worked off after the present step: by the step, the sending packet and the slice.
    waiting: BTreeMap<u64, Vec<(Firing, u32)>>,
    fates: Arc<Mutex<Fates>>,
}

impl Live {
    /// A machine at rest, and what its platform has no figures for.
    ///
    /// # Errors
    /// What of the network or the platform cannot be followed: sentences.
    pub fn new(
        network: Arc<Network>,
        platform: &Platform,
        mapping: Arc<Mapping>,
        slowdown: f64,
        model: Model,
    ) -> Result<(Self, Vec<NotPriced>), Vec<String>> {
        let refused = refusals(&network, &mapping);
        if !refused.is_empty() {
            return Err(refused);
        }
        let fabric = super::fabric(&mapping, platform)?;
        Traffic::new(&fabric, &mapping.forest, &[]).map_err(|trouble| vec![trouble.to_string()])?;
        let depth = match model {
            Model::Router => Depth::Router(RouterSettings::of(platform)?),
            Model::Links | Model::Count => Depth::Links,
        };
        let (prices, missing) = Prices::of(platform, &network, &mapping);
        let fanout = Fanout::count(&network, &mapping).map_err(|problem| vec![problem])?;
        let number = |name: &str| mapping.applications.iter().position(|other| other.name == name);
        let trains = private(&network, &mapping).into_iter().filter_map(|(a, trains)| Some((number(&a.name)?, trains))).collect();
        let step_ps = (network.timestep_fs as f64 / 1000.0 * slowdown).round().max(1.0) as u64;
        let (at, busy_until) = (slices_at(&mapping), vec![0; mapping.slices.len()]);
        let live = Self {
            network,
            mapping,
            fabric,
            depth,
            prices,
            fanout,
            trains,
            at,
            step_ps,
            sent: Vec::new(),
            known: [0; 2],
            busy_until,
            waiting: BTreeMap::new(),
            fates: Arc::default(),
        };
        Ok((live, missing))
    }

    /// Where it keeps count.
    pub fn fates(&self) -> Arc<Mutex<Fates>> {
        self.fates.clone()
    }

    /// Cells of a slice, by population: as [`Plan::for_carrier`](sim_core::engine::Plan::for_carrier) wants them.
    pub fn grains(network: &Network, mapping: &Mapping) -> Vec<u32> {
        let mut grains: Vec<u32> = network.populations.iter().map(|population| population.size.max(1)).collect();
        for application in mapping.applications.iter().filter(|application| application.kind == Kind::Neurons) {
            grains[application.population] = application.per_core.max(1);
        }
        grains
    }

    /// The packets of a step join those under way.
    fn send(&mut self, step: u64, fired: &[Spike]) {
        let senders = Senders::new(&self.network, &self.mapping);
        let mut firings = Vec::new();
        fired.iter().for_each(|spike| senders.each(*spike, |firing| firings.push(firing)));
        for (application, trains) in &self.trains {
            let application = &self.mapping.applications[*application];
            trains.spikes(self.network.noise_seed, application, step, |firing| firings.push(firing));
        }
        let (sent, from) = packets(&self.mapping, &self.prices, self.step_ps, &firings);
        self.sent.extend(sent.into_iter().zip(from));
        self.sent.sort_by_key(|(sent, firing)| (*sent, firing.step, firing.slice, firing.cell));
    }

    /// What happens on links until the end of a step: all arrivals and losses of packets under way, and whether none is left.
    fn pass(&self, end_ps: u64) -> Result<(Seen, bool), Trouble> {
        let sent: Vec<Sent> = self.sent.iter().map(|(sent, _)| *sent).collect();
        let traffic = Traffic::new(&self.fabric, &self.mapping.forest, &sent)?;
        let mut seen = Seen::default();
        let quiet = match &self.depth {
            Depth::Links => go(Links::new(traffic), sent.len(), end_ps, &mut seen),
            Depth::Router(settings) => go(Router::new(traffic, settings.clone()), sent.len(), end_ps, &mut seen),
        };
        seen.lost.iter_mut().for_each(|(node, count)| *count = traffic.deliveries_behind(*node));
        Ok((seen, quiet.is_some_and(|quiet| quiet <= end_ps)))
    }

    /// A packet comes to a core, which works it off when it has done those before.
    fn work_off(&mut self, arrival: Arrival) {
        let chip = self.mapping.forest.nodes()[arrival.node as usize].chip;
        let Some(&slice) = self.at.get(&(chip, arrival.core)) else { return };
        let firing = self.sent[arrival.packet as usize].1;
        let application = self.mapping.slices[firing.slice as usize].application;
        let receive = self.prices.receive;
        let rows = self.fanout.of(application, firing.cell).iter().filter(|row| row.slice == slice);
        let rows: u64 = rows.flat_map(|row| self.prices.of_row(row)).sum();
        let busy_until = &mut self.busy_until[slice as usize];
        *busy_until = (*busy_until).max(arrival.at_ps.saturating_sub(receive)) + receive + rows;
        let step = busy_until.div_ceil(self.step_ps).max(1);
        self.waiting.entry(step).or_default().push((firing, slice));
    }

    /// What has been worked off by the end of a step.
    fn hand_over(&mut self, step: u64, arrived: &mut dyn FnMut(Arrived)) {
        let later = self.waiting.split_off(&(step + 1));
        let done = std::mem::replace(&mut self.waiting, later);
        let mut fates = self.fates.lock().unwrap_or_else(PoisonError::into_inner);
        for (firing, slice) in done.into_values().flatten() {
            let late = step - firing.step;
            *(if late == 0 { &mut fates.on_time } else { &mut fates.late }) += 1;
            fates.latest = fates.latest.max(late);
            let source = &self.mapping.applications[self.mapping.slices[firing.slice as usize].application as usize];
            if matches!(source.kind, Kind::PrivateSources { .. }) {
                continue;
            }
            let slice = &self.mapping.slices[slice as usize];
            let [from, to] = [source.population, self.mapping.applications[slice.application as usize].population]
                .map(|population| self.network.populations[population].first);
            let spike = Spike { tick: firing.step, neuron: from + firing.cell };
            arrived(Arrived { spike, targets: to + slice.cells.start..to + slice.cells.end });
        }
    }
}

/// Sends all packets and goes on until the end; since when all is quiet.
fn go<E: Emulation>(mut emulation: E, packets: usize, end_ps: u64, seen: &mut Seen) -> Option<u64> {
    emulation.advance(0..packets, end_ps, seen);
    emulation.quiet_from_ps()
}

impl Carrier for Live {
    fn carry(&mut self, tick: u64, fired: &[Spike], arrived: &mut dyn FnMut(Arrived)) {
        self.send(tick, fired);
        match self.pass(tick * self.step_ps) {
            Ok((seen, quiet)) => {
                let [arrivals, losses] = self.known;
                let lost: u64 = seen.lost.iter().skip(losses).map(|(_, count)| count).sum();
                self.fates.lock().unwrap_or_else(PoisonError::into_inner).lost += lost;
                self.known = [seen.arrived.len(), seen.lost.len()];
                seen.arrived.into_iter().skip(arrivals).for_each(|arrival| self.work_off(arrival));
                if quiet {
                    self.sent.clear();
                    self.known = [0; 2];
                    // Packets are numbered from 0 again: those of other steps are to be lost.
                    self.fabric.draw_losses_anew(mix(self.mapping.wear.seed, tick));
                }
            }
            Err(trouble) => self.fates.lock().unwrap_or_else(PoisonError::into_inner).trouble = Some(trouble),
        }
        self.hand_over(tick, arrived);
    }
}

/// What happened to packets: arrivals, and the nodes that copies were lost before, with the deliveries behind.
#[derive(Default)]
struct Seen {
    arrived: Vec<Arrival>,
    lost: Vec<(u32, u64)>,
}

impl Observer for Seen {
    fn arrived(&mut self, arrival: Arrival) {
        self.arrived.push(arrival);
    }

    fn lost(&mut self, _packet: u32, node: u32) {
        self.lost.push((node, 0));
    }
}

/// What of a network cannot run on a machine yet.
fn refusals(network: &Network, mapping: &Mapping) -> Vec<String> {
    let mut refused = Vec::new();
    if network.trials.is_some() {
        refused.push("it has trials: a machine is followed in one run from beginning to end".to_string());
    }
    let held_back = mapping.applications.iter().filter(|a| matches!(a.kind, Kind::Delays { .. }));
    let names: Vec<String> = held_back.map(|a| format!("\"{}\"", network.populations[a.population].name)).collect();
    if !names.is_empty() {
        refused.push(format!(
            "spikes of {} have delays so long that cores hold them back, which is not followed step by step",
            names.join(", ")
        ));
    }
    let is_mapped = |index: usize| mapping.applications.iter().any(|a| a.population == index && a.kind == Kind::Neurons);
    for (index, population) in network.populations.iter().enumerate().filter(|(_, p)| p.card().is_some()) {
        if !is_mapped(index) {
            refused.push(format!("\"{}\" has no place on the machine", population.name));
        }
    }
    refused
}
