//! A network in one of the two engines: its plan and its state.

use crate::cli::Engine;
use crate::failure::Failure;
use crate::on_machine::OnMachine;
use sim_core::engine::{Finished, Plan, State, Tally, TrialRun, Unsound};
use sim_core::event;
use sim_core::network::Network;
use sim_core::plasticity::{Reading, SynapseValues};
use sim_core::record::Sink;
use sim_core::snapshot::Snapshot;
use sim_core::time::Grid;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An engine at work.
pub(crate) enum Running {
    Grid {
        plan: Box<Plan>,
        state: Box<State>,
    },
    /// On the grid, with spikes that an emulated machine carries.
    Machine {
        plan: Box<Plan>,
        state: Box<State>,
        machine: Box<OnMachine>,
    },
    Event {
        plan: Box<event::Plan>,
        state: event::State,
    },
}

impl Running {
    /// Lays a network out for so many partitions.
    pub(crate) fn new(network: Arc<Network>, engine: Engine, partitions: usize) -> Result<Self, Failure> {
        match engine {
            Engine::Grid => {
                let plan = Plan::new(network, partitions);
                let state = State::new(&plan);
                Ok(Self::Grid { plan: Box::new(plan), state: Box::new(state) })
            }
            Engine::Event => {
                let refused = |reason: String| {
                    Failure::Usage("not-in-continuous-time", format!("the event engine cannot run this network: {reason}"))
                };
                let plan = event::Plan::new(&network, partitions).map_err(refused)?;
                let state = event::State::new(&plan);
                Ok(Self::Event { plan: Box::new(plan), state })
            }
        }
    }

    /// Lays a network out for a machine.
    pub(crate) fn on(network: Arc<Network>, machine: OnMachine) -> Self {
        let plan = Plan::for_carrier(network, &machine.grains);
        let state = State::new(&plan);
        Self::Machine { plan: Box::new(plan), state: Box::new(state), machine: Box::new(machine) }
    }

    /// Goes back to the beginning.
    pub(crate) fn begin_again(&mut self) {
        match self {
            Self::Grid { plan, state } | Self::Machine { plan, state, .. } => **state = State::new(plan),
            Self::Event { plan, state } => *state = event::State::new(plan),
        }
    }

    /// Neurons whose state makes no sense.
    pub(crate) fn unsound(&self) -> Vec<Unsound> {
        match self {
            Self::Grid { plan, state } | Self::Machine { plan, state, .. } => state.unsound(plan),
            Self::Event { plan, state } => state.unsound(plan),
        }
    }

    /// Lets a neuron fire no more.
    pub(crate) fn silence(&mut self, population: usize, cell: u32) {
        match self {
            Self::Grid { plan, state } | Self::Machine { plan, state, .. } => state.silence(plan, population, cell),
            Self::Event { plan, state } => state.silence(plan, population, cell),
        }
    }

    /// Goes on from a snapshot, where this is the network that it was laid out for.
    pub(crate) fn restore(&mut self, snapshot: &Snapshot) -> Result<(), Failure> {
        let restored = match self {
            Self::Grid { plan, state } | Self::Machine { plan, state, .. } => {
                State::restore(plan, snapshot).map(|restored| **state = restored)
            }
            Self::Event { plan, state } => event::State::restore(plan, snapshot).map(|restored| *state = restored),
        };
        restored.map_err(|error| Failure::Usage("snapshot", error.to_string()))
    }

    /// All that it takes to go on from here.
    ///
    /// # Errors
    /// There is no snapshot of such a run.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, Failure> {
        self.check_snapshot()?;
        match self {
            Self::Grid { plan, state } | Self::Machine { plan, state, .. } => Ok(state.snapshot(plan)),
            Self::Event { plan, state } => Ok(state.snapshot(plan)),
        }
    }

    /// Refuses runs of which there is no snapshot.
    pub(crate) fn check_snapshot(&self) -> Result<(), Failure> {
        if matches!(self, Self::Machine { .. }) {
            let message = "--checkpoint: no snapshot can be made: packets are under way on a machine";
            return Err(Failure::Usage("usage", message.into()));
        }
        Ok(())
    }

    /// Runs trials up to a tick, or until the sink breaks off or `stopped` says so. Whether it got there.
    pub(crate) fn run_trials(
        &mut self,
        (tick, threads): (u64, usize),
        stopped: &(dyn Fn() -> bool + Sync),
        sink: &mut dyn Sink,
        done: &mut dyn FnMut(Finished),
    ) -> bool {
        match self {
            Self::Grid { plan, state } => TrialRun { plan, threads, stopped }.run_until(tick, state, sink, done),
            // Refused beforehand.
            Self::Machine { .. } => true,
            Self::Event { plan, state } => event::TrialRun { plan, threads, stopped }.run_until(tick, state, sink, done),
        }
    }

    /// The machine that it is on.
    pub(crate) fn machine(&self) -> Option<&OnMachine> {
        if let Self::Machine { machine, .. } = self { Some(machine) } else { None }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Grid { .. } | Self::Machine { .. } => "grid",
            Self::Event { .. } => "event",
        }
    }

    /// The network; its time step is the engine's.
    pub(crate) fn network(&self) -> &Arc<Network> {
        match self {
            Self::Grid { plan, .. } | Self::Machine { plan, .. } => plan.network(),
            Self::Event { plan, .. } => plan.network(),
        }
    }

    /// The grid of its ticks.
    pub(crate) fn grid(&self) -> Grid {
        match self {
            Self::Grid { plan, .. } | Self::Machine { plan, .. } => plan.grid(),
            Self::Event { plan, .. } => plan.grid(),
        }
    }

    /// Partitions.
    pub(crate) fn partitions(&self) -> usize {
        match self {
            Self::Grid { plan, .. } | Self::Machine { plan, .. } => plan.partitions(),
            Self::Event { plan, .. } => plan.threads(),
        }
    }

    /// Ticks done.
    pub(crate) fn tick(&self) -> u64 {
        match self {
            Self::Grid { state, .. } | Self::Machine { state, .. } => state.tick(),
            Self::Event { state, .. } => state.tick(),
        }
    }

    /// What was counted.
    pub(crate) fn tally(&self) -> &Tally {
        match self {
            Self::Grid { state, .. } | Self::Machine { state, .. } => state.tally(),
            Self::Event { state, .. } => state.tally(),
        }
    }

    /// Hash over all neurons' spikes.
    pub(crate) fn spike_hash(&self) -> String {
        match self {
            Self::Grid { state, .. } | Self::Machine { state, .. } => state.spike_hash(),
            Self::Event { state, .. } => state.spike_hash(),
        }
    }

    /// Runs so many ticks, or until the sink breaks off. Returns the ticks done.
    pub(crate) fn advance(&mut self, ticks: u64, sink: &mut dyn Sink) -> u64 {
        match self {
            Self::Grid { plan, state } => state.advance(plan, ticks, sink),
            Self::Machine { plan, state, machine } => state.advance_carried(plan, &mut machine.carriage, ticks, sink),
            Self::Event { plan, state } => state.advance(plan, ticks, sink),
        }
    }

    /// A variable of the synapses of a projection that learns, as it is now.
    pub(crate) fn synapse_values(&self, projection: usize, variable: usize) -> SynapseValues {
        match self {
            Self::Grid { plan, state } | Self::Machine { plan, state, .. } => {
                state.synapses(plan, projection, variable, Reading::Now)
            }
            Self::Event { plan, state } => state.synapses(plan, projection, variable, Reading::Now),
        }
    }

    /// Synapses.
    pub(crate) fn synapses(&self) -> u64 {
        match self {
            Self::Grid { plan, .. } | Self::Machine { plan, .. } => plan.synapses(),
            Self::Event { plan, .. } => plan.synapses(),
        }
    }

    /// Bytes that they take, with the index of their rows.
    pub(crate) fn synapse_bytes(&self) -> u64 {
        match self {
            Self::Grid { plan, .. } | Self::Machine { plan, .. } => plan.synapse_bytes(),
            Self::Event { plan, .. } => plan.synapse_bytes(),
        }
    }

    /// Bytes of the index alone.
    pub(crate) fn index_bytes(&self) -> u64 {
        match self {
            Self::Grid { plan, .. } | Self::Machine { plan, .. } => plan.index_bytes(),
            Self::Event { plan, .. } => plan.index_bytes(),
        }
    }

    /// Synapses and bytes by layout.
    pub(crate) fn by_layout(&self) -> BTreeMap<&'static str, (u64, u64)> {
        match self {
            Self::Grid { plan, .. } | Self::Machine { plan, .. } => plan.by_layout(),
            Self::Event { plan, .. } => plan.by_layout(),
        }
    }
}
