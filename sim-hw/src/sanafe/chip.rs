//! A network mapped to a chip, and the steps it makes. The rules are SANA-FE's `simple` timing:
//!
//! * every mapped neuron is accessed in each step, updated when it has something to compute, and pays for its spikes;
//! * a spike is one message to each core that holds targets, whatever their number there; it takes a hop's energy of the
//!   target's tile for each tile on its way, first in x, then in y, and no time;
//! * the target's core pays for the message, and for synapse and dendrite at each synapse; the input waits until the next
//!   step;
//! * a core sends and receives at the same time, so that a step takes the longest of all sums, and the chip's `sync` time.

use super::arch::{Architecture, Core, Cost, SomaModel, find};
use super::dynamics::{Leaky, Parameters, Step, input_step};
use super::net::{Network, Units};
use super::problem::{File, Problem, Wrong};
use super::{Energy, Totals};
use std::collections::{BTreeMap, BTreeSet};

/// A neuron on its core.
#[derive(Debug)]
struct Mapped {
    parameters: Parameters,
    core: u32,
    model: SomaModel,
    access: Cost,
    update: Cost,
    spike: Cost,
    /// Of one of its synapses: what the look-up costs, and the dendrite.
    synapse: Cost,
    dendrite: Cost,
    state: Leaky,
    /// Input that arrived in the last step, and in this one.
    input: [Option<f64>; 2],
}

/// What a spike sends to one core.
#[derive(Debug)]
struct Message {
    core: u32,
    /// Time of the core that gets it, s.
    receive_time: f64,
    energy: Energy,
    synapses: std::ops::Range<u32>,
}

/// A core in use.
#[derive(Debug, Default)]
struct Load {
    send: f64,
    receive: f64,
}

/// Network and chip.
#[derive(Debug)]
pub(super) struct Chip {
    /// In the order in which they are mapped.
    neurons: Vec<Mapped>,
    /// Messages of each neuron's spike.
    messages: Vec<Vec<Message>>,
    /// Target and weight.
    synapses: Vec<(u32, f64)>,
    /// Time that a core takes to send a message, by core in use.
    send_time: Vec<f64>,
    sync_time: f64,
    loads: Vec<Load>,
}

/// Where a core is.
type Address = (usize, usize);

/// The cores that neurons are mapped to, numbered as they come.
#[derive(Debug, Default)]
struct Cores<'a> {
    numbers: BTreeMap<Address, u32>,
    addresses: Vec<Address>,
    kinds: Vec<&'a Core>,
    neurons: Vec<u64>,
}

impl<'a> Cores<'a> {
    /// Room for one more neuron: the core's number and what it is.
    fn take(&mut self, architecture: &'a Architecture, address: Address) -> Result<(u32, &'a Core), String> {
        let (tile, on_tile) = address;
        let kind = architecture.tile(tile).and_then(|tile| tile.core(on_tile));
        let kind = kind.ok_or_else(|| format!("the chip has no core {tile}.{on_tile}"))?;
        let number = *self.numbers.entry(address).or_insert(self.addresses.len() as u32);
        if number as usize == self.addresses.len() {
            self.addresses.push(address);
            self.kinds.push(kind);
            self.neurons.push(0);
        }
        self.neurons[number as usize] += 1;
        match kind.max_neurons {
            Some(most) if self.neurons[number as usize] > most => {
                Err(format!("core {tile}.{on_tile} has room for {most} neurons"))
            }
            _ => Ok((number, kind)),
        }
    }

    fn tiles(&self) -> u64 {
        self.addresses.iter().map(|(tile, _)| tile).collect::<BTreeSet<_>>().len() as u64
    }
}

impl Chip {
    pub(super) fn new(architecture: &Architecture, network: &Network) -> Result<Self, Problem> {
        let order = order(network)?;
        let mut cores = Cores::default();
        let mut inputs_taken = BTreeSet::new();
        let mut neurons = Vec::with_capacity(order.len());
        for (neuron, mapping) in order.iter().map(|(neuron, mapping)| (*neuron, &network.mappings[*mapping])) {
            let wrong = |message: String| Wrong::at(mapping.line, message).in_file(File::Network);
            let (core, kind) = cores.take(architecture, (mapping.tile, mapping.core)).map_err(wrong)?;
            let (mapped, unit) = mapped(&network.neurons[neuron as usize], &mapping.units, kind, core).map_err(wrong)?;
            if mapped.model == SomaModel::Input && !inputs_taken.insert((core, unit)) {
                return Err(wrong("an input unit takes one neuron; name another one of the core's".to_string()));
            }
            neurons.push(mapped);
        }
        let mut chip = Self {
            neurons,
            messages: Vec::new(),
            synapses: Vec::with_capacity(network.edges.len()),
            send_time: cores.kinds.iter().map(|kind| kind.message_out.time).collect(),
            sync_time: architecture.sync_time(cores.tiles()),
            loads: cores.addresses.iter().map(|_| Load::default()).collect(),
        };
        chip.connect(architecture, network, &order, &cores)?;
        Ok(chip)
    }

    /// Lays out each neuron's synapses by target core.
    fn connect(
        &mut self,
        architecture: &Architecture,
        network: &Network,
        order: &[(u32, usize)],
        cores: &Cores<'_>,
    ) -> Result<(), Problem> {
        let mut place = vec![0_u32; order.len()];
        for (at, (neuron, _)) in (0..).zip(order) {
            place[*neuron as usize] = at;
        }
        let mut edges: Vec<(u32, u32, f64)> =
            network.edges.iter().map(|e| (place[e.source as usize], place[e.target as usize], e.weight)).collect();
        edges.sort_by_key(|&(source, target, _)| (source, self.neurons[target as usize].core));
        self.messages = order.iter().map(|_| Vec::new()).collect();
        let same_message = |a: &(u32, u32, f64), b: &(u32, u32, f64)| {
            a.0 == b.0 && self.neurons[a.1 as usize].core == self.neurons[b.1 as usize].core
        };
        for edges in edges.chunk_by(same_message) {
            let (source, core) = (edges[0].0, self.neurons[edges[0].1 as usize].core);
            let from = self.neurons[source as usize].core as usize;
            let (out, into) = (cores.kinds[from].message_out, cores.kinds[core as usize].message_in);
            let hops = hop_energy(architecture, cores.addresses[from].0, cores.addresses[core as usize].0);
            let mut energy = Energy { network: out.energy + hops + into.energy, ..Energy::default() };
            let mut receive_time = into.time;
            let first = self.synapses.len() as u32;
            for &(_, target, weight) in edges {
                let neuron = &self.neurons[target as usize];
                if neuron.model == SomaModel::Input {
                    return Err(self.input_is_target(network, order, target));
                }
                energy.synapse += neuron.synapse.energy;
                energy.dendrite += neuron.dendrite.energy;
                receive_time += neuron.synapse.time + neuron.dendrite.time;
                self.synapses.push((target, weight));
            }
            let synapses = first..self.synapses.len() as u32;
            self.messages[source as usize].push(Message { core, receive_time, energy, synapses });
        }
        Ok(())
    }

    fn input_is_target(&self, network: &Network, order: &[(u32, usize)], target: u32) -> Problem {
        let (neuron, mapping) = order[target as usize];
        let message = format!("{} is on an input unit, which takes no synapses", name(network, neuron));
        Wrong::at(network.mappings[mapping].line, message).in_file(File::Network)
    }

    /// Step number `step`, from 1.
    pub(super) fn step(&mut self, step: u64, totals: &mut Totals) {
        for load in &mut self.loads {
            *load = Load::default();
        }
        for at in 0..self.neurons.len() {
            let Step { updated, fired } = self.process(at, step, totals);
            totals.neurons_updated += u64::from(updated);
            totals.neurons_fired += u64::from(fired);
            if fired {
                self.send(at, totals);
            }
        }
        for neuron in &mut self.neurons {
            neuron.input = [neuron.input[1], None];
        }
        let longest = self.loads.iter().map(|load| load.send.max(load.receive)).fold(0.0, f64::max);
        totals.time += longest + self.sync_time;
        totals.steps += 1;
    }

    /// A neuron's own part of a step.
    fn process(&mut self, at: usize, step: u64, totals: &mut Totals) -> Step {
        let neuron = &mut self.neurons[at];
        let did = match neuron.model {
            SomaModel::Leaky => neuron.state.step(&neuron.parameters, neuron.input[0], step),
            SomaModel::Input => input_step(&neuron.parameters, step),
        };
        let load = &mut self.loads[neuron.core as usize];
        for (cost, is_paid) in [(neuron.access, true), (neuron.update, did.updated), (neuron.spike, did.fired)] {
            if is_paid {
                totals.energy.soma += cost.energy;
                load.send += cost.time;
            }
        }
        did
    }

    /// Sends a spike to all cores that hold targets.
    fn send(&mut self, at: usize, totals: &mut Totals) {
        let core = self.neurons[at].core as usize;
        for message in &self.messages[at] {
            self.loads[core].send += self.send_time[core];
            self.loads[message.core as usize].receive += message.receive_time;
            totals.energy.add(&message.energy);
            totals.packets += 1;
            totals.synaptic_events += u64::from(message.synapses.end - message.synapses.start);
            for &(target, weight) in &self.synapses[message.synapses.start as usize..message.synapses.end as usize] {
                let input = &mut self.neurons[target as usize].input[1];
                *input = Some(input.unwrap_or(0.0) + weight);
            }
        }
    }
}

/// Neurons in the order of the mappings, each with its mapping. Every neuron is mapped once.
fn order(network: &Network) -> Result<Vec<(u32, usize)>, Problem> {
    let mut is_mapped = vec![false; network.neurons.len()];
    let mut order = Vec::with_capacity(network.neurons.len());
    for (place, mapping) in network.mappings.iter().enumerate() {
        for neuron in mapping.neurons.clone() {
            if std::mem::replace(&mut is_mapped[neuron as usize], true) {
                let message = format!("{} is mapped twice", name(network, neuron));
                return Err(Wrong::at(mapping.line, message).in_file(File::Network));
            }
            order.push((neuron, place));
        }
    }
    match is_mapped.iter().position(|is_mapped| !is_mapped) {
        None => Ok(order),
        Some(neuron) => {
            let line = group_of(network, neuron as u32).map_or(1, |group| group.line);
            Err(Wrong::at(line, format!("{} is not mapped", name(network, neuron as u32))).in_file(File::Network))
        }
    }
}

fn group_of(network: &Network, neuron: u32) -> Option<&super::net::Group> {
    network.groups.iter().find(|group| (group.first..group.first + group.size).contains(&neuron))
}

fn name(network: &Network, neuron: u32) -> String {
    group_of(network, neuron).map_or_else(String::new, |group| format!("{}.{}", group.name, neuron - group.first))
}

/// A neuron with the costs of its units, and which copy of which neuron unit it is on.
fn mapped(neuron: &super::net::Neuron, units: &Units, kind: &Core, core: u32) -> Result<(Mapped, (usize, u64)), String> {
    let [soma, synapse, dendrite] =
        [(&units.soma, &neuron.units.soma), (&units.synapse, &neuron.units.synapse), (&units.dendrite, &neuron.units.dendrite)]
            .map(|(mapping, own)| mapping.as_deref().or(own.as_deref()));
    let (place, copy, unit) = find(&kind.somas, "soma", soma)?;
    let (.., synapse) = find(&kind.synapses, "synapse", synapse)?;
    let (.., dendrite) = find(&kind.dendrites, "dendrite", dendrite)?;
    let mapped = Mapped {
        parameters: neuron.parameters.clone(),
        core,
        model: unit.model,
        access: unit.access,
        update: unit.update,
        spike: unit.spike,
        synapse: *synapse,
        dendrite: *dendrite,
        state: Leaky::new(&neuron.parameters),
        input: [None; 2],
    };
    Ok((mapped, (place, copy)))
}

/// Energy of the way from tile to tile at the prices of the last one, J.
fn hop_energy(architecture: &Architecture, from: usize, to: usize) -> f64 {
    let Some(tile) = architecture.tile(to) else { return 0.0 };
    let [east, north, west, south] = tile.hops;
    let ((x, y), (to_x, to_y)) = (architecture.place(from), architecture.place(to));
    let way = |from: u64, to: u64, forth: f64, back: f64| {
        if to > from { (to - from) as f64 * forth } else { (from - to) as f64 * back }
    };
    way(x, to_x, east, west) + way(y, to_y, north, south)
}
