//! A network on its way through time: its warm-up, its duration, and all that listens.

use crate::failure::Failure;
use crate::folder::FolderRecorder;
use crate::progress::Tee;
use crate::summary::{Meters, Summary};
use sim_core::engine::{Plan, State, Tally};
use sim_core::network::{Draw, Network, Projection};
use sim_core::record::{MemoryTrace, Recorder, Sink};
use sim_core::time::{Grid, fs_from_ms};
use std::sync::Arc;
use std::time::Instant;

/// Neurons times ticks between two meetings of the threads that are worth a thread.
const NEURON_TICKS_PER_THREAD: usize = 5_000;

/// Cores that this process may use. More threads than cores would only wait for each other, so no more are started.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// As many as there are cores, fewer where a window of the minimum delay is too little work to share: the threads meet after
/// each.
pub(crate) fn threads_for(network: &Network) -> usize {
    let grid = Grid::new(network.timestep_fs);
    let least = |p: &Projection| match &p.delay {
        Draw::Constant(ms) => *ms,
        Draw::Random(distribution) => distribution.bounds().0,
        Draw::Each(values) => values.iter().copied().fold(f64::INFINITY, f64::min),
        Draw::Field(field) => field.low,
    };
    let delays = network.projections.iter().filter_map(|p| fs_from_ms(least(p))).map(|fs| grid.delay(fs));
    let window = delays.min().unwrap_or(1) as usize;
    cores().min(network.neurons() * window / NEURON_TICKS_PER_THREAD).max(1)
}

/// What listens to a run.
pub(crate) struct Sinks {
    meters: Meters,
    pub(crate) memory: Option<Recorder<Vec<u8>, MemoryTrace>>,
    pub(crate) folder: Option<FolderRecorder>,
}

impl Sinks {
    /// Meters, and a recorder into a folder where there is one.
    pub(crate) fn new(network: &Network, folder: Option<FolderRecorder>) -> Self {
        Self { meters: Meters::new(network), memory: None, folder }
    }

    /// Keeps the recording in memory, too.
    pub(crate) fn remember(&mut self, network: &Network) -> Result<(), Failure> {
        let recorder = Recorder::new(network, Vec::new(), |_| Ok(MemoryTrace::default()));
        self.memory = Some(recorder.map_err(|e| Failure::Other("io", e.to_string()))?);
        Ok(())
    }
}

/// A network, its plan and its state, and how long it took.
pub(crate) struct Simulation {
    pub(crate) plan: Plan,
    pub(crate) state: State,
    build_s: f64,
    warmup_s: f64,
    run_s: f64,
    /// Counts at the end of the warm-up.
    before: Tally,
}

impl Simulation {
    /// Lays out a network for so many threads.
    pub(crate) fn new(network: Arc<Network>, threads: usize) -> Self {
        let begun = Instant::now();
        let plan = Plan::new(network, threads);
        let build_s = begun.elapsed().as_secs_f64();
        let state = State::new(&plan);
        let before = state.tally().clone();
        Self { plan, state, build_s, warmup_s: 0.0, run_s: 0.0, before }
    }

    /// The tick at which warm-up and duration are over.
    pub(crate) fn end(&self) -> u64 {
        let network = self.plan.network();
        self.plan.grid().tick(network.warmup_fs + network.duration_fs)
    }

    /// Runs warm-up and duration, or until the observer has had enough.
    pub(crate) fn run(&mut self, sinks: &mut Sinks, observer: &mut dyn Sink) {
        let (warmup, end) = (self.plan.grid().tick(self.plan.network().warmup_fs), self.end());
        let begun = Instant::now();
        let done = self.advance(warmup, sinks, observer);
        (self.warmup_s, self.before) = (begun.elapsed().as_secs_f64(), self.state.tally().clone());
        if done == warmup {
            self.advance(end - warmup, sinks, observer);
        }
        self.run_s = begun.elapsed().as_secs_f64() - self.warmup_s;
    }

    fn advance(&mut self, ticks: u64, sinks: &mut Sinks, observer: &mut dyn Sink) -> u64 {
        let mut all: Vec<&mut dyn Sink> = vec![&mut sinks.meters, observer];
        all.extend(sinks.memory.as_mut().map(|m| m as &mut dyn Sink));
        all.extend(sinks.folder.as_mut().map(|f| f as &mut dyn Sink));
        self.state.advance(&self.plan, ticks, &mut Tee(all))
    }

    /// Whether it ended before its time.
    pub(crate) fn interrupted(&self) -> bool {
        self.state.tick() < self.end()
    }

    /// What is told of it.
    pub(crate) fn summary<'a>(&'a self, sinks: &'a Sinks) -> Summary<'a> {
        Summary {
            network: self.plan.network(),
            plan: &self.plan,
            state: &self.state,
            meters: &sinks.meters,
            before: &self.before,
            build_s: self.build_s,
            warmup_s: self.warmup_s,
            run_s: self.run_s,
            interrupted: self.interrupted(),
        }
    }

    /// From the first tick that any record takes to the last tick done.
    pub(crate) fn recorded_ticks(&self) -> (u64, u64) {
        let (network, grid) = (self.plan.network(), self.plan.grid());
        let start = network.records.iter().map(|r| r.start_fs).min().unwrap_or(network.warmup_fs);
        let stop = network.records.iter().map(|r| r.stop_fs).max().unwrap_or(i64::MAX);
        (grid.tick(start), grid.tick(stop).min(self.state.tick()))
    }
}
