//! A network in one of the two engines: its plan and its state.

use crate::cli::Engine;
use crate::failure::Failure;
use sim_core::engine::{Plan, State, Tally};
use sim_core::event;
use sim_core::network::Network;
use sim_core::plasticity::{Reading, SynapseValues};
use sim_core::record::Sink;
use sim_core::time::Grid;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An engine at work.
pub(crate) enum Running {
    Grid { plan: Box<Plan>, state: Box<State> },
    Event { plan: Box<event::Plan>, state: event::State },
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

    /// Its name.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Grid { .. } => "grid",
            Self::Event { .. } => "event",
        }
    }

    /// The network; its time step is the engine's.
    pub(crate) fn network(&self) -> &Arc<Network> {
        match self {
            Self::Grid { plan, .. } => plan.network(),
            Self::Event { plan, .. } => plan.network(),
        }
    }

    /// The grid of its ticks.
    pub(crate) fn grid(&self) -> Grid {
        match self {
            Self::Grid { plan, .. } => plan.grid(),
            Self::Event { plan, .. } => plan.grid(),
        }
    }

    /// Partitions.
    pub(crate) fn partitions(&self) -> usize {
        match self {
            Self::Grid { plan, .. } => plan.partitions(),
            Self::Event { plan, .. } => plan.threads(),
        }
    }

    /// Ticks done.
    pub(crate) fn tick(&self) -> u64 {
        match self {
            Self::Grid { state, .. } => state.tick(),
            Self::Event { state, .. } => state.tick(),
        }
    }

    /// What was counted.
    pub(crate) fn tally(&self) -> &Tally {
        match self {
            Self::Grid { state, .. } => state.tally(),
            Self::Event { state, .. } => state.tally(),
        }
    }

    /// Hash over all neurons' spikes.
    pub(crate) fn spike_hash(&self) -> String {
        match self {
            Self::Grid { state, .. } => state.spike_hash(),
            Self::Event { state, .. } => state.spike_hash(),
        }
    }

    /// Runs so many ticks, or until the sink breaks off. Returns the ticks done.
    pub(crate) fn advance(&mut self, ticks: u64, sink: &mut dyn Sink) -> u64 {
        match self {
            Self::Grid { plan, state } => state.advance(plan, ticks, sink),
            Self::Event { plan, state } => state.advance(plan, ticks, sink),
        }
    }

    /// A variable of the synapses of a projection that learns, as it is now.
    pub(crate) fn synapse_values(&self, projection: usize, variable: usize) -> SynapseValues {
        match self {
            Self::Grid { plan, state } => state.synapses(plan, projection, variable, Reading::Now),
            Self::Event { plan, state } => state.synapses(plan, projection, variable, Reading::Now),
        }
    }

    /// Synapses.
    pub(crate) fn synapses(&self) -> u64 {
        match self {
            Self::Grid { plan, .. } => plan.synapses(),
            Self::Event { plan, .. } => plan.synapses(),
        }
    }

    /// Bytes that they take, with the index of their rows.
    pub(crate) fn synapse_bytes(&self) -> u64 {
        match self {
            Self::Grid { plan, .. } => plan.synapse_bytes(),
            Self::Event { plan, .. } => plan.synapse_bytes(),
        }
    }

    /// Bytes of the index alone.
    pub(crate) fn index_bytes(&self) -> u64 {
        match self {
            Self::Grid { plan, .. } => plan.index_bytes(),
            Self::Event { plan, .. } => plan.index_bytes(),
        }
    }

    /// Synapses and bytes by layout.
    pub(crate) fn by_layout(&self) -> BTreeMap<&'static str, (u64, u64)> {
        match self {
            Self::Grid { plan, .. } => plan.by_layout(),
            Self::Event { plan, .. } => plan.by_layout(),
        }
    }
}
