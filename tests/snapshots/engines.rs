//! The two engines as these tests use them.

use crate::differential::Keep;
use sim_core::engine::{self, Tally};
use sim_core::event;
use sim_core::network::Network;
use sim_core::snapshot::{Snapshot, SnapshotError};
use sim_core::time::Grid;
use std::sync::Arc;

/// An engine: plans, states, snapshots.
pub(super) trait Engine {
    /// A network laid out.
    type Plan;
    /// A run.
    type State;
    /// For so many threads; none where the engine does not run such a network.
    fn plan(network: &Arc<Network>, threads: usize) -> Option<Self::Plan>;
    fn begin(plan: &Self::Plan) -> Self::State;
    /// Warm-up and trials up to a tick, or to the end of a trial that begins with a state of its own.
    fn run(plan: &Self::Plan, state: &mut Self::State, tick: u64, keep: &mut Keep);
    fn tick(state: &Self::State) -> u64;
    /// The ticks of a whole run.
    fn ticks(network: &Network) -> u64;
    fn snapshot(plan: &Self::Plan, state: &Self::State) -> Snapshot;
    fn restore(plan: &Self::Plan, snapshot: &Snapshot) -> Result<Self::State, SnapshotError>;
    fn tally(state: &Self::State) -> &Tally;
    fn hash(state: &Self::State) -> String;
}

/// Partitions for trials side by side are threads of their own.
fn partitions(network: &Network, threads: usize) -> usize {
    if network.independent_trials().is_some() { 1 } else { threads }
}

pub(super) struct OnGrid;

impl Engine for OnGrid {
    type Plan = engine::Plan;
    type State = engine::State;

    fn plan(network: &Arc<Network>, threads: usize) -> Option<engine::Plan> {
        Some(engine::Plan::new(network.clone(), partitions(network, threads)))
    }

    fn begin(plan: &engine::Plan) -> engine::State {
        engine::State::new(plan)
    }

    fn run(plan: &engine::Plan, state: &mut engine::State, tick: u64, keep: &mut Keep) {
        let (network, grid) = (plan.network(), plan.grid());
        let alone = if network.trials.is_some() { tick.min(grid.tick(network.warmup_fs)) } else { tick };
        state.advance(plan, alone.saturating_sub(state.tick()), keep);
        let whole = engine::TrialRun { plan, threads: 2, stopped: &|| false }.run_until(tick, state, keep, &mut |_| ());
        assert!(whole && state.tick() >= tick, "nothing stops it");
    }

    fn tick(state: &engine::State) -> u64 {
        state.tick()
    }

    fn ticks(network: &Network) -> u64 {
        Grid::new(network.timestep_fs).tick(network.warmup_fs + network.duration_fs)
    }

    fn snapshot(plan: &engine::Plan, state: &engine::State) -> Snapshot {
        state.snapshot(plan)
    }

    fn restore(plan: &engine::Plan, snapshot: &Snapshot) -> Result<engine::State, SnapshotError> {
        engine::State::restore(plan, snapshot)
    }

    fn tally(state: &engine::State) -> &Tally {
        state.tally()
    }

    fn hash(state: &engine::State) -> String {
        state.spike_hash()
    }
}

pub(super) struct InContinuousTime;

impl Engine for InContinuousTime {
    type Plan = event::Plan;
    type State = event::State;

    fn plan(network: &Arc<Network>, threads: usize) -> Option<event::Plan> {
        event::Plan::new(network, partitions(network, threads)).ok()
    }

    fn begin(plan: &event::Plan) -> event::State {
        event::State::new(plan)
    }

    fn run(plan: &event::Plan, state: &mut event::State, tick: u64, keep: &mut Keep) {
        let network = plan.network();
        let alone = if network.trials.is_some() { tick.min(network.warmup_fs as u64) } else { tick };
        state.advance(plan, alone.saturating_sub(state.tick()), keep);
        let whole = event::TrialRun { plan, threads: 2, stopped: &|| false }.run_until(tick, state, keep, &mut |_| ());
        assert!(whole && state.tick() >= tick, "nothing stops it");
    }

    fn tick(state: &event::State) -> u64 {
        state.tick()
    }

    fn ticks(network: &Network) -> u64 {
        (network.warmup_fs + network.duration_fs) as u64
    }

    fn snapshot(plan: &event::Plan, state: &event::State) -> Snapshot {
        state.snapshot(plan)
    }

    fn restore(plan: &event::Plan, snapshot: &Snapshot) -> Result<event::State, SnapshotError> {
        event::State::restore(plan, snapshot)
    }

    fn tally(state: &event::State) -> &Tally {
        state.tally()
    }

    fn hash(state: &event::State) -> String {
        state.spike_hash()
    }
}
