//! A network on its way through time: its warm-up, its duration, and all that listens.

use crate::checkpoint::{Alarm, Checkpoints};
use crate::cli::Engine;
use crate::failure::Failure;
use crate::on_machine::OnMachine;
use crate::progress::{Tee, interrupts};
use crate::recorder::FolderRecorder;
use crate::running::Running;
use crate::soundness::{self, Watch};
use crate::summary::{Meters, Summary};
use sim_core::engine::{Finished, KEPT_PER_THREAD, Tally, Unsound};
use sim_core::network::{Draw, Network, Projection};
use sim_core::record::{MemoryTrace, Recorder, Sink, SynapseSampler};
use sim_core::snapshot::Snapshot;
use sim_core::time::{FS_PER_MS, Grid, fs_from_ms};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

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
    /// Meters of what is to come, and a recorder into a folder where there is one.
    pub(crate) fn new(simulation: &Simulation, folder: Option<FolderRecorder>) -> Self {
        let meters = Meters::new(simulation.running.network(), simulation.measured_from());
        Self { meters, memory: None, folder }
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
    /// What is found of neurons whose state makes no sense.
    pub(crate) watch: Watch,
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
    pub(crate) fn resumed(network: Arc<Network>, threads: usize, snapshot: &Snapshot) -> Result<Self, Failure> {
        snapshot.check_network(&network).map_err(|error| Failure::Usage("snapshot", error.to_string()))?;
        let (header, end) = (snapshot.header(), network.warmup_fs + network.duration_fs);
        let done = i64::try_from(header.tick).ok().and_then(|tick| tick.checked_mul(header.tick_fs)).unwrap_or(i64::MAX);
        if done >= end {
            let [done, end] = [done - network.warmup_fs, network.duration_fs].map(|fs| fs as f64 / FS_PER_MS as f64);
            let message =
                format!("{done} ms of the run are done, it is to take {end} ms: --duration says how long it shall be as a whole");
            return Err(Failure::Usage("at-its-end", message));
        }
        let mut simulation = Self::restored(network, threads, snapshot)?;
        simulation.begun_at = header.tick;
        Ok(simulation)
    }

    /// Lays out a network with the state of a snapshot.
    pub(crate) fn restored(network: Arc<Network>, threads: usize, snapshot: &Snapshot) -> Result<Self, Failure> {
        let engine = if snapshot.header().engine == "event" { Engine::Event } else { Engine::Grid };
        let wired = snapshot.wired(network).map_err(|error| Failure::Usage("snapshot", error.to_string()))?;
        let mut simulation = Self::new(wired, engine, threads)?;
        simulation.running.restore(snapshot)?;
        Ok(simulation)
    }

    fn of(running: Running, threads: usize, begun: Instant) -> Self {
        let build_s = begun.elapsed().as_secs_f64();
        let (weights, before) = (SynapseSampler::new(running.network()), running.tally().clone());
        let (checkpoints, unkept, begun_at, watch) = (None, None, 0, Watch::default());
        let finished = Vec::new();
        Self {
            running,
            threads,
            finished,
            watch,
            checkpoints,
            unkept,
            begun_at,
            weights,
            build_s,
            warmup_s: 0.0,
            run_s: 0.0,
            before,
        }
    }

    /// The tick at which warm-up and duration are over.
    pub(crate) fn end(&self) -> u64 {
        let network = self.running.network();
        self.running.grid().tick(network.warmup_fs + network.duration_fs)
    }

    /// The tick at which the warm-up is over.
    fn warmup(&self) -> u64 {
        self.running.grid().tick(self.running.network().warmup_fs)
    }

    /// The tick from which on all is measured: the end of the warm-up, or where the run went on.
    pub(crate) fn measured_from(&self) -> u64 {
        self.warmup().max(self.begun_at)
    }

    /// Runs warm-up and duration, or until the observer has had enough.
    pub(crate) fn run(&mut self, sinks: &mut Sinks, observer: &mut dyn Sink) {
        let (warmup, end) = (self.warmup(), self.end());
        let begun = Instant::now();
        let done = self.advance_to(warmup, &mut sinks.all(observer));
        (self.warmup_s, self.before) = (begun.elapsed().as_secs_f64(), self.running.tally().clone());
        if done {
            self.advance_to(end, &mut sinks.all(observer));
        }
        if self.unkept.is_none() && self.watch.found.is_none() {
            self.keep();
        }
        self.run_s = begun.elapsed().as_secs_f64() - self.warmup_s;
    }

    /// Runs up to a tick, reads the synapses whenever that is due, and writes snapshots. Whether it got there.
    fn advance_to(&mut self, end: u64, sink: &mut dyn Sink) -> bool {
        if self.running.tick() == 0 {
            self.take_weights();
        }
        let (mut snapshot, mut look) = (Alarm::new(self.wall()), Alarm::new(Some(soundness::EVERY)));
        while self.running.tick() < end {
            let now = self.running.tick();
            let checkpoint = self.checkpoints.as_ref().and_then(|checkpoints| checkpoints.due_after(now));
            let stop = [self.weights.due_after(now), checkpoint, self.batch()].into_iter().flatten().fold(end, u64::min);
            let mut listeners: Vec<&mut dyn Sink> = vec![&mut *sink];
            if self.batch().is_none() {
                listeners.extend([&mut snapshot as &mut dyn Sink, &mut look]);
            }
            let whole = self.advance_once(stop, &mut Tee(listeners));
            let at_checkpoint = checkpoint.is_some_and(|tick| self.running.tick() >= tick);
            let (due, looks) = (snapshot.rings(), look.rings());
            // A break in the last window of such a piece shows only here.
            if interrupts().load(Ordering::Relaxed) || !(whole || due || looks) {
                return false;
            }
            self.take_weights();
            if looks || due || at_checkpoint || self.running.tick() >= end {
                look = Alarm::new(Some(soundness::EVERY));
                if !self.watch.look(&mut self.running) {
                    return false;
                }
            }
            if due || at_checkpoint {
                snapshot = Alarm::new(self.wall());
                if !self.keep() {
                    return false;
                }
            }
        }
        true
    }

    /// Where the next few trials end of those that run side by side: a break within them would throw others away.
    fn batch(&self) -> Option<u64> {
        let each = self.running.network().independent_trials()?.each_fs;
        let trials = self.threads as u64 * u64::from(KEPT_PER_THREAD);
        Some(self.running.tick().max(self.warmup()) + trials * self.running.grid().tick(each))
    }

    /// How long after a snapshot the next is written, by the clock.
    fn wall(&self) -> Option<Duration> {
        self.checkpoints.as_ref().and_then(Checkpoints::wall)
    }

    /// Runs up to a tick, or to the end of a trial after it; or until the sink breaks off or a trial ends badly. Whether it got there.
    fn advance_once(&mut self, tick: u64, sink: &mut dyn Sink) -> bool {
        let finished = self.finished.len();
        let whole = self.go_silently_to(tick, sink);
        let unsound: Vec<Unsound> = self.finished[finished..].iter().flat_map(|trial| trial.unsound.iter().copied()).collect();
        self.watch.judge(&unsound, &mut self.running) && whole
    }

    /// The same without a look at what was found.
    pub(crate) fn go_silently_to(&mut self, tick: u64, sink: &mut dyn Sink) -> bool {
        if self.running.network().trials.is_none() || self.running.tick() < self.warmup() {
            let ticks = tick - self.running.tick();
            return self.running.advance(ticks, sink) == ticks;
        }
        let interrupted = interrupts();
        let (stopped, finished) = (|| interrupted.load(Ordering::Relaxed), &mut self.finished);
        self.running.run_trials((tick, self.threads), &stopped, sink, &mut |trial| finished.push(trial))
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

    /// Whether it ended before its time.
    pub(crate) fn interrupted(&self) -> bool {
        self.running.tick() < self.end()
    }

    /// What is told of it.
    pub(crate) fn summary<'a>(&'a self, sinks: &'a Sinks) -> Summary<'a> {
        Summary {
            network: self.running.network(),
            running: &self.running,
            watch: &self.watch,
            threads: self.threads,
            meters: &sinks.meters,
            before: &self.before,
            build_s: self.build_s,
            warmup_s: self.warmup_s,
            run_s: self.run_s,
            from: self.measured_from(),
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
