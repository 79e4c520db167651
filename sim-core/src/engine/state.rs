//! Everything that changes during a run, free of partitions, threads and time of day: it may be cloned in mid-run,
//! kept, and gone on with under another number of threads.

use super::bus::Bus;
use super::lanes::Lanes;
use super::neurons::BLOCK;
use super::plan::{Part, Plan, PlanCells};
use super::plastic::{self, Memory, Table};
use super::values::Values;
use super::workspace::Spare;
use crate::network::{Cells, Column, Network};
use crate::plasticity::{Reading, SynapseValues};
use crate::random::{Key, Stream};
use crate::real::Precision;
use crate::record::{Spike, SpikeHash};
use std::borrow::Cow;
use std::collections::VecDeque;

/// The state of a run.
#[derive(Clone, Debug)]
pub struct State {
    pub(crate) tick: u64,
    /// By population: blocks of rows of 64; empty for stimuli.
    pub(crate) neurons: Vec<Values>,
    /// By family: the random lanes of each block.
    pub(crate) lanes: Vec<Vec<Lanes>>,
    /// By noise projection: values held between redraws.
    pub(crate) held: Vec<Vec<f64>>,
    /// By partition, then table: what plastic synapses remember.
    pub(crate) plastic: Vec<Vec<Memory>>,
    /// Modulators, as far back as the largest delay.
    pub(crate) bus: Bus,
    /// Currents that flow from cells to others, as far back.
    pub(crate) flows: Bus,
    /// Spikes of the last ticks, as far back as the largest delay: what is in flight.
    pub(crate) history: VecDeque<Spike>,
    pub(crate) tally: Tally,
    /// What the next trial begins with, where trials begin with the state before the first one and that is past.
    pub(crate) start: Option<Box<State>>,
    pub(crate) spare: Spare,
}

/// What is always counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Spikes by population, stimuli that cannot be recorded left out.
    pub spikes: Vec<u64>,
    /// Spikes times out-degree.
    pub synaptic_events: u64,
    /// Spikes by population before the trial that goes on, where trials follow each other.
    pub(crate) before_trial: Vec<u64>,
    pub(crate) hash: SpikeHash,
}

impl Tally {
    /// Enters the neurons' spikes, of all in order, into the hash.
    pub(crate) fn enter(&mut self, network: &Network, spikes: &[Spike]) {
        let populations = &network.populations;
        let (mut range, mut neurons) = (0..0, false);
        for spike in spikes {
            if !range.contains(&spike.neuron) {
                let index = populations.partition_point(|p| p.range().end <= spike.neuron);
                range = populations[index].range();
                neurons = populations[index].card().is_some();
            }
            if neurons {
                self.hash.spike(*spike);
            }
        }
    }
}

impl State {
    /// The state at time 0.
    pub fn new(plan: &Plan) -> Self {
        let network = &plan.network;
        let neurons = network.populations.iter().zip(&plan.cells).map(|(population, cells)| match (cells, &population.cells) {
            (PlanCells::Neurons(kernel), Cells::Neurons { card, parameters, initial }) => {
                let key = Key::new(network.noise_seed).name("state").name(&population.name).finish();
                let values = rest(population.size as usize, kernel.states(), card.initial, parameters, initial, key);
                Values::new(kernel.precision(), values)
            }
            _ => Values::new(Precision::F64, Vec::new()),
        });
        let blocks = |population: usize| (network.populations[population].size as usize).div_ceil(BLOCK);
        let lanes = |f: &super::plan::Family| (0..blocks(f.population)).map(|b| Lanes::new(f.key, b as u64)).collect();
        let held = plan.held();
        let noises = held.first().map_or(0, Vec::len);
        Self {
            tick: 0,
            neurons: neurons.collect(),
            lanes: plan.families.iter().map(lanes).collect(),
            held: (0..noises).map(|n| vec![0.0; held.iter().map(|part| part[n]).sum()]).collect(),
            plastic: plan.parts.iter().map(|part| part.learning.iter().map(Memory::new).collect()).collect(),
            bus: Bus::new(plan.network.channels.len()),
            flows: Bus::new(plan.flows.channels.len()),
            history: VecDeque::new(),
            tally: Tally { spikes: vec![0; network.populations.len()], ..Tally::default() },
            start: None,
            spare: Spare::default(),
        }
    }

    /// Takes over another state without new memory where the sizes agree: membranes, spikes in flight, random streams, counts.
    /// This is what a trial with `reset = "state"` begins with. What is learned, once there are weights in a state, stays: a reset
    /// is never one of weights.
    pub fn reset_from(&mut self, other: &Self) {
        // Workspaces stay: they hold nothing of the state.
        let Self { tick, neurons, lanes, held, plastic, bus, flows, history, tally, start, spare: _ } = self;
        *tick = other.tick;
        neurons.clone_from(&other.neurons);
        lanes.clone_from(&other.lanes);
        held.clone_from(&other.held);
        plastic.clone_from(&other.plastic);
        bus.clone_from(&other.bus);
        flows.clone_from(&other.flows);
        history.clone_from(&other.history);
        tally.clone_from(&other.tally);
        start.clone_from(&other.start);
    }

    /// Gives plastic synapses to the partitions of a plan, where they were another plan's.
    pub(crate) fn divide(&mut self, plan: &Plan) {
        if !self.is_divided(plan) {
            self.divide_anew(plan);
        }
    }

    /// The same even where they are: afterwards nothing tells how they lay before.
    pub(crate) fn divide_anew(&mut self, plan: &Plan) {
        self.level(plan);
        let old: Vec<&Memory> = self.plastic.iter().flatten().collect();
        let gather = |part: &Part| part.learning.iter().map(|table| Memory::gather(table, &old)).collect();
        self.plastic = plan.parts.iter().map(gather).collect();
    }

    /// All synapses get as far as spikes of their sources would bring them that arrive now. The plan may have other partitions.
    fn level(&mut self, plan: &Plan) {
        for memory in self.plastic.iter_mut().flatten() {
            let same = |table: &&Table| table.wiring.projection == memory.wiring.projection;
            if let Some(table) = plan.parts.iter().flat_map(|part| &part.learning).find(same) {
                table.learner.level(memory, self.tick as i32, plan.max_delay as i32);
            }
        }
    }

    /// The synapses of a projection work off their targets' spikes that come to them by `until`.
    pub(crate) fn settle(&mut self, plan: &Plan, projection: usize, until: i32) {
        let tables = plan.parts.iter().flat_map(|part| &part.learning).zip(self.plastic.iter_mut().flatten());
        for (table, memory) in tables.filter(|(table, _)| table.wiring.projection == projection) {
            table.learner.settle(memory, until);
        }
    }

    /// Whether plastic synapses lie as a plan's partitions have them.
    fn is_divided(&self, plan: &Plan) -> bool {
        let same = |(own, part): (&Vec<Memory>, &Part)| {
            own.len() == part.learning.len() && own.iter().zip(&part.learning).all(|(memory, table)| memory.is_of(table))
        };
        self.plastic.len() == plan.parts.len() && self.plastic.iter().zip(&plan.parts).all(same)
    }

    /// Ticks done.
    pub fn tick(&self) -> u64 {
        self.tick
    }

    /// What was counted.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Hash over all neurons' spikes so far, stimuli left out.
    pub fn spike_hash(&self) -> String {
        self.tally.hash.finish(self.tick)
    }

    /// The neurons' state as the kernels keep it: by population, in blocks of rows of 64 values, hidden columns included;
    /// empty for stimuli.
    pub fn blocks(&self) -> &[Values] {
        &self.neurons
    }

    /// A state variable (index in the card) of a population, cell by cell; empty for stimuli and unknown variables.
    pub fn read(&self, plan: &Plan, population: usize, variable: usize) -> Vec<f64> {
        let (Some(PlanCells::Neurons(kernel)), Some(values)) = (plan.cells.get(population), self.neurons.get(population)) else {
            return Vec::new();
        };
        let states = kernel.states();
        if variable >= states {
            return Vec::new();
        }
        let size = plan.network.populations[population].size as usize;
        (0..size).map(|cell| values.get(place(cell, variable, states))).collect()
    }

    /// A variable (index in the rule's card) of the synapses of a projection that learns, by source, delay and target; empty for
    /// other projections.
    pub fn synapses(&self, plan: &Plan, projection: usize, variable: usize, reading: Reading) -> SynapseValues {
        let mut state = Cow::Borrowed(self);
        if !self.is_divided(plan) {
            state.to_mut().divide(plan);
        }
        match reading {
            Reading::Now => state.to_mut().settle(plan, projection, self.tick as i32),
            Reading::AtArrival => state.to_mut().level(plan),
        }
        let tables = plan.parts.iter().flat_map(|part| &part.learning).zip(state.plastic.iter().flatten());
        plastic::read(tables.filter(|(table, _)| table.wiring.projection == projection), variable)
    }

    /// Lets cells fire now, as if by themselves: their spikes arrive after their delays. They are not counted. Indices out of
    /// range are ignored. Sums stay exact while a cell gets at most one such spike a tick.
    pub fn inject(&mut self, plan: &Plan, population: usize, cells: &[u32]) {
        let Some(population) = plan.network.populations.get(population) else { return };
        for cell in cells.iter().filter(|c| **c < population.size) {
            self.history.push_back(Spike { tick: self.tick, neuron: population.first + cell });
        }
    }
}

/// Index of a cell's state variable among a population's blocks.
#[inline]
pub(crate) fn place(cell: usize, variable: usize, states: usize) -> usize {
    (cell / BLOCK * states + variable) * BLOCK + cell % BLOCK
}

type Initial = fn(&[f64], &mut [f64], &[bool]);

/// The state of a population at time 0: what the user gave, the rest from the card. The card finds a random number of the
/// neuron's own in each hidden column: a kernel that draws keeps one as its key.
pub(crate) fn rest(
    size: usize,
    states: usize,
    initial: Initial,
    parameters: &[Column],
    given: &[Option<Column>],
    key: u64,
) -> Vec<f64> {
    let mut values = vec![0.0; size.div_ceil(BLOCK) * BLOCK * states];
    let flags: Vec<bool> = (0..states).map(|i| given.get(i).is_some_and(Option::is_some)).collect();
    let mut state = vec![0.0; states];
    let mut own: Vec<f64> = vec![0.0; parameters.len()];
    for cell in 0..size.div_ceil(BLOCK) * BLOCK {
        // The last block is filled up with copies of its last neuron.
        let neuron = cell.min(size - 1);
        own.iter_mut().zip(parameters).for_each(|(value, column)| *value = column.get(neuron));
        let mut random = Stream::new(key, neuron as u64);
        for (variable, value) in state.iter_mut().enumerate() {
            *value = match given.get(variable) {
                Some(column) => column.as_ref().map_or(0.0, |c| c.get(neuron)),
                None => random.uniform(),
            };
        }
        initial(&own, &mut state, &flags);
        for (variable, value) in state.iter().enumerate() {
            values[place(cell, variable, states)] = *value;
        }
    }
    values
}
