//! A network on its way through time: its warm-up, its duration, and all that listens.

use crate::checkpoint::Checkpoints;
use crate::cli::Engine;
use crate::failure::Failure;
use crate::on_machine::OnMachine;
use crate::progress::{Tee, interrupts};
use crate::recorder::FolderRecorder;
use crate::running::Running;
use crate::summary::{Meters, Summary};
use sim_core::engine::{Finished, Tally, TrialRun};
use sim_core::event;
use sim_core::network::{Draw, Network, Projection};
use sim_core::record::{MemoryTrace, Recorder, Sink, SynapseSampler};
use sim_core::snapshot::Snapshot;
use sim_core::time::{FS_PER_MS, Grid, fs_from_ms};
use std::sync::Arc;
use std::sync::atomic::Ordering;
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
    if let Some(trials) = network.independent_trials() {
        return cores().min(trials.count as usize);
    }
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

    /// All that listen, and one more.
    fn all<'a>(&'a mut self, observer: &'a mut dyn Sink) -> Tee<'a> {
        let mut all: Vec<&mut dyn Sink> = vec![&mut self.meters, observer];
        all.extend(self.memory.as_mut().map(|m| m as &mut dyn Sink));
        all.extend(self.folder.as_mut().map(|f| f as &mut dyn Sink));
        Tee(all)
    }

    /// Keeps the recording in memory, too.
    pub(crate) fn remember(&mut self, network: &Network) -> Result<(), Failure> {
        let recorder = Recorder::new(network, Vec::new(), |_| Ok(MemoryTrace::default()));
        self.memory = Some(recorder.map_err(|e| Failure::Other("io", e.to_string()))?);
        Ok(())
    }
}

/// A network in an engine, and how long it took.
pub(crate) struct Simulation {
    pub(crate) running: Running,
    /// Threads that it is run by.
    pub(crate) threads: usize,
    /// Trials that came to their end.
    pub(crate) finished: Vec<Finished>,
    /// Where snapshots go, and what went wrong with one.
    pub(crate) checkpoints: Option<Checkpoints>,
    pub(crate) unkept: Option<Failure>,
    /// The tick that it went on from.
    begun_at: u64,
    /// What is recorded of synapses.
    pub(crate) weights: SynapseSampler,
    build_s: f64,
    warmup_s: f64,
    run_s: f64,
    /// Counts at the end of the warm-up.
    before: Tally,
}

impl Simulation {
    /// Lays out a network for so many threads.
    pub(crate) fn new(network: Arc<Network>, engine: Engine, threads: usize) -> Result<Self, Failure> {
        let begun = Instant::now();
        // Trials side by side have a thread each.
        let side_by_side = network.independent_trials().map(|trials| threads.min(trials.count as usize));
        let running = Running::new(network, engine, if side_by_side.is_some() { 1 } else { threads })?;
        let threads = side_by_side.unwrap_or(running.partitions());
        Ok(Self::of(running, threads, begun))
    }

    /// Lays out a network for an emulated machine, whose packets are its spikes.
    pub(crate) fn on(network: Arc<Network>, machine: OnMachine) -> Self {
        let begun = Instant::now();
        Self::of(Running::on(network, machine), 1, begun)
    }

    /// Goes on from a snapshot: what is before it is over, like a warm-up.
    pub(crate) fn resumed(network: &Network, threads: usize, snapshot: &Snapshot) -> Result<Self, Failure> {
        let begun = Instant::now();
        snapshot.check_network(network).map_err(|error| Failure::Usage("snapshot", error.to_string()))?;
        let mut network = network.clone();
        let (end, done) = (network.warmup_fs + network.duration_fs, snapshot.header().tick as i64 * network.timestep_fs);
        if done >= end {
            let [done, end] = [done - network.warmup_fs, network.duration_fs].map(|fs| fs as f64 / FS_PER_MS as f64);
            let message =
                format!("{done} ms of the run are done, it is to take {end} ms: --duration says how long it shall be as a whole");
            return Err(Failure::Usage("at-its-end", message));
        }
        if done > network.warmup_fs {
            (network.warmup_fs, network.duration_fs) = (done, end - done);
        }
        let running = Running::resumed(Arc::new(network), threads, snapshot)?;
        let (tick, partitions) = (running.tick(), running.partitions());
        Ok(Self { begun_at: tick, ..Self::of(running, partitions, begun) })
    }

    fn of(running: Running, threads: usize, begun: Instant) -> Self {
        let build_s = begun.elapsed().as_secs_f64();
        let (weights, before) = (SynapseSampler::new(running.network()), running.tally().clone());
        let (checkpoints, unkept, begun_at) = (None, None, 0);
        let finished = Vec::new();
        Self { running, threads, finished, checkpoints, unkept, begun_at, weights, build_s, warmup_s: 0.0, run_s: 0.0, before }
    }

    /// The tick at which warm-up and duration are over.
    pub(crate) fn end(&self) -> u64 {
        let network = self.running.network();
        self.running.grid().tick(network.warmup_fs + network.duration_fs)
    }

    /// Runs warm-up and duration, or until the observer has had enough.
    pub(crate) fn run(&mut self, sinks: &mut Sinks, observer: &mut dyn Sink) {
        let (warmup, end) = (self.running.grid().tick(self.running.network().warmup_fs), self.end());
        let begun = Instant::now();
        let done = self.advance_to(warmup, &mut sinks.all(observer));
        (self.warmup_s, self.before) = (begun.elapsed().as_secs_f64(), self.running.tally().clone());
        let trials = self.running.network().trials.is_some();
        match done {
            true if trials => self.run_trials(&mut sinks.all(observer)),
            true => drop(self.advance_to(end, &mut sinks.all(observer))),
            false => {}
        }
        if self.unkept.is_none() {
            self.keep();
        }
        self.run_s = begun.elapsed().as_secs_f64() - self.warmup_s;
    }

    /// Runs up to a tick, and reads the synapses whenever that is due. Whether it got there.
    fn advance_to(&mut self, end: u64, sink: &mut dyn Sink) -> bool {
        if self.running.tick() == 0 {
            self.take_weights();
        }
        while self.running.tick() < end {
            let now = self.running.tick();
            let checkpoint = self.checkpoints.as_ref().and_then(|checkpoints| checkpoints.due_after(now));
            let stop = [self.weights.due_after(now), checkpoint].into_iter().flatten().fold(end, u64::min);
            let ticks = stop - now;
            // A break in the last window of such a piece shows only here.
            if self.running.advance(ticks, sink) < ticks || interrupts().load(Ordering::Relaxed) {
                return false;
            }
            self.take_weights();
            if checkpoint == Some(stop) && !self.keep() {
                return false;
            }
        }
        true
    }

    /// Writes a snapshot where one is asked for. Whether the run may go on.
    fn keep(&mut self) -> bool {
        let written = self.checkpoints.as_ref().map_or(Ok(()), |checkpoints| checkpoints.write(&self.running));
        self.unkept = written.err();
        self.unkept.is_none()
    }

    /// Reads the synapses where that is due.
    fn take_weights(&mut self) {
        let running = &self.running;
        let read = |projection, variable| running.synapse_values(projection, variable);
        self.weights.take(running.network(), running.tick(), &read);
    }

    fn run_trials(&mut self, sink: &mut dyn Sink) {
        let interrupted = interrupts();
        let stopped = || interrupted.load(Ordering::Relaxed);
        let (threads, stopped, finished) = (self.threads, &stopped, &mut self.finished);
        let mut done = |trial| finished.push(trial);
        match &mut self.running {
            Running::Grid { plan, state } => TrialRun { plan, threads, stopped }.run(state, sink, &mut done),
            // Refused beforehand.
            Running::Machine { .. } => {}
            Running::Event { plan, state } => event::TrialRun { plan, threads, stopped }.run(state, sink, &mut done),
        }
        if !self.interrupted() {
            self.take_weights();
        }
    }

    /// Whether it ended before its time.
    pub(crate) fn interrupted(&self) -> bool {
        self.running.tick() < self.end()
    }

    /// What is told of it.
    pub(crate) fn summary<'a>(&'a self, sinks: &'a Sinks) -> Summary<'a> {
        Summary {
            network: self.running.network(),
            running: &self.running,
            threads: self.threads,
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
        let (network, grid) = (self.running.network(), self.running.grid());
        let start = network.records.iter().map(|r| r.start_fs).min().unwrap_or(network.warmup_fs);
        let stop = network.records.iter().map(|r| r.stop_fs).max().unwrap_or(i64::MAX);
        (grid.tick(start).max(self.begun_at), grid.tick(stop).min(self.running.tick()))
    }
}
