//! A network in one of the two engines: its plan and its state.

use crate::cli::Engine;
use crate::failure::Failure;
use crate::on_machine::OnMachine;
use sim_core::engine::{Plan, State, Tally};
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

    /// Goes on from a snapshot.
    pub(crate) fn resumed(network: Arc<Network>, threads: usize, snapshot: &Snapshot) -> Result<Self, Failure> {
        let plan = Plan::new(network, threads);
        let state = State::restore(&plan, snapshot).map_err(|error| Failure::Usage("snapshot", error.to_string()))?;
        Ok(Self::Grid { plan: Box::new(plan), state: Box::new(state) })
    }

    /// Refuses runs of which there is no snapshot.
    pub(crate) fn check_snapshot(&self) -> Result<(), Failure> {
        let none = |reason: &str| Err(Failure::Usage("usage", format!("--checkpoint: no snapshot can be made: {reason}")));
        match self {
            Self::Grid { plan, .. } if plan.network().trials.is_some() => none("the network runs in trials"),
            Self::Grid { .. } => Ok(()),
            Self::Machine { .. } => none("packets are under way on a machine"),
            Self::Event { .. } => none("the event engine has none yet"),
        }
    }

    /// All that it takes to go on from here.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, Failure> {
        self.check_snapshot()?;
        let Self::Grid { plan, state } = self else { return Err(Failure::Other("snapshot", "there is none".into())) };
        state.snapshot(plan).map_err(|error| Failure::Other("snapshot", error.to_string()))
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
