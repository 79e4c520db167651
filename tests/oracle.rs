//! A dense, slow, obviously right simulator, and the engine against it: bit for bit, on random networks.
//!
//! It shares the kernels, the rules' generators and the random streams with the engine, and nothing else: no rows, no
//! calendar, no partitions, no windows. Every tick it looks at every synapse.

use sim_core::catalog::Effect;
use sim_core::connect::{Generator, Synapse};
use sim_core::engine::Values;
use sim_core::engine::lanes::{LANES, Lanes};
use sim_core::engine::neurons::{BLOCK, Neurons};
use sim_core::engine::poisson::PoissonTable;
use sim_core::network::{Cells, Network, Projection, Rule};
use sim_core::normal::deviates;
use sim_core::random::{Key, Stream, mix};
use sim_core::real::Precision;
use sim_core::record::Spike;
use sim_core::stimulus::{Drive, Noise, PerUnit};
use sim_core::time::Grid;
use sim_core::trials::Reset;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a run of the oracle gives.
pub(crate) struct Outcome {
    pub(crate) spikes: Vec<Spike>,
    /// By population: kernel state in blocks, as the engine keeps it.
    pub(crate) states: Vec<Values>,
}

/// A stretch of time: a run, its warm-up, or a trial.
#[derive(Clone, Copy)]
pub(crate) struct Stretch {
    pub(crate) ticks: u64,
    pub(crate) trial: Option<u32>,
}

/// What the stimuli do from a tick on.
struct Span {
    origin: u64,
    trial: Option<u32>,
    drives: Vec<Option<Drive>>,
}

/// How late a spike comes to a target, in ticks, or never: by when it fired, its population and cell, and those of the target.
pub(crate) type Late<'a> = &'a dyn Fn(u64, (usize, u32), (usize, u32)) -> Option<u64>;

struct Oracle<'a> {
    network: &'a Network,
    late: Late<'a>,
    /// The latest that a spike comes.
    latest: u64,
    grid: Grid,
    /// The stretches so far; the last one is at work.
    spans: Vec<Span>,
    /// By population: whether units differ, in any trial.
    each: Vec<bool>,
    kernels: Vec<Option<Box<dyn Neurons>>>,
    states: Vec<Values>,
    /// By population: inputs in blocks of rows.
    inputs: Vec<Vec<f64>>,
    synapses: Vec<Vec<Synapse>>,
    /// Their delays in ticks.
    delays: Vec<Vec<u64>>,
    lanes: BTreeMap<(usize, usize), Lanes>,
    held: BTreeMap<(usize, usize), Vec<f64>>,
    /// By projection and block of targets: its synapses, and the trains they amount to, found once.
    blocked: BTreeMap<(usize, usize), Blocked>,
    tables: Tables,
    /// fired[tick][population][cell]: how often.
    fired: Vec<Vec<Vec<u32>>>,
    /// told[tick][population][cell]: the slow current that it makes.
    told: Vec<Vec<Vec<f64>>>,
}

/// Synapses of a private projection onto a block, and its parallel trains counted.
#[derive(Clone)]
struct Blocked {
    synapses: Rc<Vec<Synapse>>,
    trains: Rc<Vec<(Synapse, u32)>>,
}

/// Runs a network for so many ticks from `states`, the kernels' state at time 0.
pub(crate) fn run(network: &Network, states: Vec<Values>, ticks: u64) -> Outcome {
    run_stretches(network, states, &[Stretch { ticks, trial: None }])
}

/// The same where spikes may be late, at most so many ticks, or lost.
pub(crate) fn run_carried(network: &Network, states: Vec<Values>, ticks: u64, carried: (Late<'_>, u64)) -> Outcome {
    run_all(network, states, &[Stretch { ticks, trial: None }], carried)
}

/// The same through stretches that follow each other.
pub(crate) fn run_stretches(network: &Network, states: Vec<Values>, stretches: &[Stretch]) -> Outcome {
    run_all(network, states, stretches, (&|_, _, _| Some(0), 0))
}

fn run_all(network: &Network, states: Vec<Values>, stretches: &[Stretch], (late, latest): (Late<'_>, u64)) -> Outcome {
    let grid = Grid::new(network.timestep_fs);
    let kernels: Vec<Option<Box<dyn Neurons>>> = network.populations.iter().map(|p| p.kernel(network, grid)).collect();
    let trials = network.trials.iter().flat_map(|trials| (0..trials.count).map(Some)).chain([None]);
    let all: Vec<Vec<Option<Drive>>> = trials.map(|trial| drives(network, grid, trial)).collect();
    let each =
        (0..network.populations.len()).map(|p| all.iter().any(|drives| drives[p].as_ref().is_some_and(has_each))).collect();
    let synapses = network.projections.iter().map(|projection| {
        let mut all = Vec::new();
        Generator::new(network, projection).for_targets(0..u32::MAX, |s| all.push(s));
        all
    });
    let inputs = network
        .populations
        .iter()
        .zip(&kernels)
        .map(|(p, k)| vec![0.0; k.as_ref().map_or(0, |k| k.inputs()) * BLOCK * (p.size as usize).div_ceil(BLOCK)]);
    let (synapses, inputs): (Vec<Vec<Synapse>>, _) = (synapses.collect(), inputs.collect());
    let delay = |s: &Synapse| u64::from(grid.delay(s.delay_fs));
    let delays = synapses.iter().map(|synapses| synapses.iter().map(delay).collect()).collect();
    let (lanes, held) = (BTreeMap::new(), BTreeMap::new());
    let start = network.populations.iter().map(|p| vec![0; p.size as usize]).collect();
    let (blocked, tables) = (BTreeMap::new(), BTreeMap::new());
    let fired = vec![start];
    let told = vec![network.populations.iter().map(|p| vec![0.0; p.size as usize]).collect()];
    let spans = Vec::new();
    let mut oracle = Oracle {
        network,
        late,
        latest,
        grid,
        spans,
        each,
        kernels,
        states,
        inputs,
        synapses,
        delays,
        lanes,
        held,
        blocked,
        tables,
        fired,
        told,
    };
    let mut now = 0;
    for stretch in stretches {
        oracle.begin(now, stretch.trial);
        (now + 1..=now + stretch.ticks).for_each(|tick| oracle.step(tick));
        now += stretch.ticks;
    }
    let mut spikes = Vec::new();
    for (tick, fired) in oracle.fired.iter().enumerate().skip(1) {
        for (population, counts) in network.populations.iter().zip(fired) {
            for (neuron, count) in (population.first..).zip(counts) {
                spikes.extend((0..*count).map(|_| Spike { tick: tick as u64, neuron }));
            }
        }
    }
    Outcome { spikes, states: oracle.states }
}

/// What the stimuli do in a trial; outside of trials, those that differ between them are silent.
fn drives(network: &Network, grid: Grid, trial: Option<u32>) -> Vec<Option<Drive>> {
    let of = |(index, p): (usize, &sim_core::network::Population)| {
        let Cells::Stimulus { card, values } = &p.cells else { return None };
        let drive = |values: &[_]| (card.drive)(p.size as usize, values, grid);
        Some(match (network.trials.as_ref().filter(|t| t.varied.iter().any(|v| v.population == index)), trial) {
            (Some(trials), Some(trial)) => drive(&trials.values(index, values, trial)),
            (Some(_), None) => drive(values).silent(),
            (None, _) => drive(values),
        })
    };
    network.populations.iter().enumerate().map(of).collect()
}

/// Whether units have each their own.
fn has_each(drive: &Drive) -> bool {
    match drive {
        Drive::PrivatePoisson(units) => matches!(units, PerUnit::Each(_)),
        Drive::PrivateNoise(units) => matches!(units, PerUnit::Each(_)),
        _ => false,
    }
}

fn counts(cells: &[u32], size: u32) -> Vec<u32> {
    let mut counts = vec![0; size as usize];
    cells.iter().for_each(|c| counts[*c as usize] += 1);
    counts
}

/// How spikes are drawn, tick by tick.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Law {
    Poisson,
    Bernoulli,
}

impl Law {
    fn table(self, mean: f64) -> PoissonTable {
        match self {
            Law::Poisson => PoissonTable::new(mean),
            Law::Bernoulli => PoissonTable::bernoulli(mean),
        }
    }
}

/// By law and mean, found once.
type Tables = BTreeMap<(Law, u64), PoissonTable>;

impl Oracle<'_> {
    /// Begins a stretch of time: in a trial all random numbers begin anew.
    fn begin(&mut self, origin: u64, trial: Option<u32>) {
        let drives = drives(self.network, self.grid, trial);
        self.spans.push(Span { origin, trial, drives });
        let Some(trial) = trial else { return };
        self.lanes.clear();
        if self.network.trials.as_ref().is_some_and(|trials| trials.reset == Reset::State) {
            self.draw_escapes(trial);
        }
    }

    /// Neurons with random numbers of their own get others in each trial that begins with the same state.
    fn draw_escapes(&mut self, trial: u32) {
        for (population, p) in self.network.populations.iter().enumerate() {
            let (Some(kernel), true) = (&self.kernels[population], p.card().is_some_and(|card| card.name == "gif_psc_exp"))
            else {
                continue;
            };
            let key = self.trial_key(Key::new(self.network.noise_seed).name("state").name(&p.name).finish(), Some(trial));
            let Values::F64(values) = &mut self.states[population] else { panic!("64 bits") };
            let last = kernel.states() - 1;
            for (block, rows) in values.chunks_mut(kernel.states() * BLOCK).enumerate() {
                for lane in 0..BLOCK {
                    let cell = (block * BLOCK + lane).min(p.size as usize - 1);
                    rows[last * BLOCK + lane] = Stream::new(key, cell as u64).uniform();
                }
            }
        }
    }

    fn trial_key(&self, key: u64, trial: Option<u32>) -> u64 {
        trial.map_or(key, |trial| mix(Key::new(key).name("trial").finish(), u64::from(trial)))
    }

    /// The stretch at work.
    fn span(&self) -> &Span {
        self.spans.last().expect("a stretch was begun")
    }

    /// What a stimulus did when that was emitted which arrives now by a delay, and when that was in the stretch's own time.
    fn emitted(&self, source: usize, tick: u64, delay: u64) -> Option<(&Drive, u64)> {
        let emitted = tick.checked_sub(delay)?;
        let span = self.spans.iter().rev().find(|span| span.origin < emitted)?;
        Some((span.drives[source].as_ref()?, emitted - span.origin))
    }

    fn drive(&self, population: usize) -> Option<&Drive> {
        self.span().drives[population].as_ref()
    }

    fn slot(&self, population: usize, cell: u32, row: usize) -> usize {
        let rows = self.kernels[population].as_ref().unwrap().inputs();
        row * self.inputs[population].len() / rows + cell as usize
    }

    fn current_row(&self, population: usize) -> usize {
        self.kernels[population].as_ref().unwrap().inputs() - 1
    }

    fn step(&mut self, tick: u64) {
        for population in 0..self.inputs.len() {
            self.inputs[population].fill(0.0);
        }
        for index in 0..self.network.projections.len() {
            self.deliver(index, tick);
        }
        // Sums of synapses are rounded once to the numbers of the state; stimuli are added in these.
        for population in 0..self.inputs.len() {
            if self.precision(population) == Precision::F32 {
                self.inputs[population].iter_mut().for_each(|sum| *sum = f64::from(*sum as f32));
            }
        }
        for index in 0..self.network.projections.len() {
            let source = self.network.projections[index].source;
            match self.drive(source).cloned() {
                Some(Drive::PrivatePoisson(_)) => self.private_poisson(index, tick),
                Some(Drive::PrivateNoise(noise)) => self.private_noise(index, tick, &noise),
                Some(Drive::Current(_)) => {
                    for place in 0..self.synapses[index].len() {
                        let (s, delay) = (self.synapses[index][place], self.delays[index][place]);
                        let current = match self.emitted(source, tick, delay) {
                            Some((Drive::Current(waves), emitted)) => waves.get(s.source as usize).at(emitted) * s.weight,
                            _ => 0.0,
                        };
                        let target = self.network.projections[index].target;
                        let slot = self.slot(target, s.target, self.current_row(target));
                        self.add(target, slot, 1.0, current);
                    }
                }
                _ => {}
            }
        }
        for index in 0..self.network.projections.len() {
            self.slow(index, tick);
        }
        let mut fired = Vec::new();
        for population in 0..self.network.populations.len() {
            let mut cells = Vec::new();
            if let Some(kernel) = &self.kernels[population] {
                let rows: Vec<usize> = (0..kernel.inputs()).map(|row| self.slot(population, 0, row)).collect();
                let mut inputs = Values::new(kernel.precision(), self.inputs[population].clone());
                kernel.advance(0, &mut self.states[population].as_mut(), &mut inputs.as_mut(), &rows, &mut cells);
            } else {
                cells = self.emit(population, tick);
            }
            fired.push(counts(&cells, self.network.populations[population].size));
        }
        self.fired.push(fired);
        let told = (0..self.network.populations.len()).map(|population| self.tell(population)).collect();
        self.told.push(told);
    }

    /// The slow currents of a population's cells now.
    fn tell(&self, population: usize) -> Vec<f64> {
        let p = &self.network.populations[population];
        let Some((kernel, sic)) = self.kernels[population].as_ref().zip(p.card().and_then(|card| card.state("sic"))) else {
            return Vec::new();
        };
        let place = |cell: usize| (cell / BLOCK * kernel.states() + sic) * BLOCK + cell % BLOCK;
        (0..p.size as usize).map(|cell| self.states[population].get(place(cell))).collect()
    }

    /// Slow currents that flow into cells in a tick: those of a delay before its beginning. Parallel synapses are one.
    fn slow(&mut self, index: usize, tick: u64) {
        let Projection { source, target, .. } = self.network.projections[index];
        let population = &self.network.populations[source];
        if population.card().is_none() || population.effect() != Effect::Current {
            return;
        }
        let mut factors: BTreeMap<(u32, u32, u32), f64> = BTreeMap::new();
        for s in &self.synapses[index] {
            *factors.entry((s.target, s.source, self.grid.delay(s.delay_fs))).or_default() += s.weight;
        }
        for ((cell, from, delay), factor) in factors {
            let Some(then) = (tick - 1).checked_sub(u64::from(delay)).filter(|then| *then > 0) else { continue };
            let slot = self.slot(target, cell, self.current_row(target));
            self.add(target, slot, 1.0, self.told[then as usize][source][from as usize] * factor);
        }
    }

    fn precision(&self, population: usize) -> Precision {
        self.kernels[population].as_ref().map_or(Precision::F64, |kernel| kernel.precision())
    }

    /// Adds a stimulus: so many times a value, in the numbers of the target's state.
    fn add(&mut self, target: usize, slot: usize, times: f64, value: f64) {
        let input = self.inputs[target][slot];
        self.inputs[target][slot] = match self.precision(target) {
            Precision::F64 => input + times * value,
            Precision::F32 => f64::from(input as f32 + times as f32 * value as f32),
        };
    }

    /// Every synapse whose source fired its delay ago.
    fn deliver(&mut self, index: usize, tick: u64) {
        let projection = &self.network.projections[index];
        if self.network.populations[projection.source].effect() == Effect::Current {
            return;
        }
        if matches!(self.drive(projection.source), Some(Drive::PrivatePoisson(_) | Drive::PrivateNoise(_) | Drive::Current(_))) {
            return;
        }
        for (s, delay) in self.synapses[index].iter().zip(&self.delays[index]) {
            for late in 0..=self.latest {
                let Some(then) = tick.checked_sub(*delay + late) else { continue };
                let count = self.fired[then as usize][projection.source][s.source as usize];
                let comes = |late| (self.late)(then, (projection.source, s.source), (projection.target, s.target)) == Some(late);
                if count > 0 && comes(late) {
                    let slot = self.slot(projection.target, s.target, s.receptor);
                    self.inputs[projection.target][slot] += f64::from(count) * s.weight;
                }
            }
        }
    }

    fn emit(&mut self, population: usize, tick: u64) -> Vec<u32> {
        let p = &self.network.populations[population];
        let Span { origin, trial, .. } = *self.span();
        let tick = tick - origin;
        let key = |kind: &str| self.trial_key(Key::new(self.network.noise_seed).name(kind).name(&p.name).finish(), trial);
        let at = |ticks: &[u64]| ticks.iter().filter(|t| **t == tick).count();
        let trains = |count: &dyn Fn(u32) -> usize| (0..p.size).flat_map(|u| std::iter::repeat_n(u, count(u))).collect();
        let (law, schedules, key) = match &self.spans.last().expect("a stretch").drives[population] {
            Some(Drive::SpikeTimes(times)) => return trains(&|unit| at(times.get(unit as usize))),
            Some(Drive::Packets(packets)) => {
                let key = key("pulse_packet");
                return trains(&|unit| at(&packets.get(unit as usize).ticks(key, unit, self.grid)));
            }
            Some(Drive::Poisson(schedules)) => (Law::Poisson, schedules, key("poisson_source")),
            Some(Drive::Bernoulli(schedules)) => (Law::Bernoulli, schedules, key("bernoulli_source")),
            _ => return Vec::new(),
        };
        let mut cells = Vec::new();
        for block in 0..(p.size as usize).div_ceil(BLOCK) {
            let lanes = self.lanes.entry((usize::MAX - population, block)).or_insert_with(|| Lanes::new(key, block as u64));
            let units: Vec<u32> = (block * BLOCK..((block + 1) * BLOCK).min(p.size as usize)).map(|u| u as u32).collect();
            let counts = match schedules {
                PerUnit::Shared(schedule) => same_counts(law, schedule.at(tick), lanes, mix(mix(key, tick), block as u64)),
                PerUnit::Each(each) => {
                    let means: Vec<f64> = units.iter().map(|u| each[*u as usize].at(tick)).collect();
                    own_counts(&mut self.tables, law, &means, lanes)
                }
            };
            for (unit, count) in units.iter().zip(counts) {
                cells.extend(std::iter::repeat_n(*unit, count as usize));
            }
        }
        cells
    }

    fn private_poisson(&mut self, index: usize, tick: u64) {
        let projection = &self.network.projections[index];
        let key = self.private_key(projection);
        let now = tick - self.span().origin;
        let at = |oracle: &Self, s: &Synapse, times: u32| match oracle.emitted(
            projection.source,
            tick,
            u64::from(oracle.grid.delay(s.delay_fs)),
        ) {
            Some((Drive::PrivatePoisson(units), emitted)) => units.get(s.source as usize).at(emitted) * f64::from(times),
            _ => 0.0,
        };
        let shared = !self.each[projection.source];
        let mut adds = Vec::new();
        for block in 0..self.blocks(projection.target) {
            let trains = self.block(index, block, shared).trains;
            let mut lanes = self.lanes.remove(&(index, block)).unwrap_or_else(|| Lanes::new(key, block as u64));
            if shared && same_for_all(projection) {
                // One train a target: all 64 lanes are drawn, in or out of the range.
                let Some((first, times)) = self.first_train(index) else { continue };
                let counts = same_counts(Law::Poisson, at(self, &first, times), &mut lanes, mix(mix(key, now), block as u64));
                for (s, _) in trains.iter() {
                    adds.push((s.target, s.receptor, f64::from(counts[s.target as usize % BLOCK]), s.weight));
                }
            } else {
                let means: Vec<f64> = trains.iter().map(|(s, times)| at(self, s, *times)).collect();
                for ((s, _), count) in trains.iter().zip(own_counts(&mut self.tables, Law::Poisson, &means, &mut lanes)) {
                    adds.push((s.target, s.receptor, f64::from(count), s.weight));
                }
            }
            self.lanes.insert((index, block), lanes);
        }
        let target = projection.target;
        for (cell, receptor, count, weight) in adds {
            let slot = self.slot(target, cell, receptor);
            self.add(target, slot, count, weight);
        }
    }

    fn private_noise(&mut self, index: usize, tick: u64, noises: &PerUnit<Noise>) {
        let projection = &self.network.projections[index];
        let (key, target) = (self.private_key(projection), projection.target);
        let uniform = !self.each[projection.source] && same_for_all(projection);
        let varies = self.network.trials.iter().flat_map(|t| &t.varied).any(|v| v.population == projection.source);
        let row = self.current_row(target);
        for block in 0..self.blocks(target) {
            // Currents that are one: each with its synapse and how often it counts.
            let mut currents: Vec<Vec<(Synapse, f64)>> = Vec::new();
            for s in self.block(index, block, false).synapses.iter() {
                let timing = |s: &Synapse| {
                    let noise = noises.get(s.source as usize);
                    (noise.every, noise.first, noise.last, self.grid.delay(s.delay_fs))
                };
                let same = |c: &&mut Vec<(Synapse, f64)>| {
                    c[0].0.target == s.target && (uniform || !varies && timing(&c[0].0) == timing(s))
                };
                match currents.iter_mut().find(same) {
                    Some(_) if uniform => {}
                    Some(c) => c.push((*s, 1.0)),
                    None => {
                        let times = if uniform { f64::from(self.first_train(index).unwrap().1) } else { 1.0 };
                        currents.push(vec![(*s, times)]);
                    }
                }
            }
            let mut lanes = self.lanes.remove(&(index, block)).unwrap_or_else(|| Lanes::new(key, block as u64));
            let count = if uniform { BLOCK } else { currents.len() };
            let mut held = self.held.remove(&(index, block)).unwrap_or_else(|| vec![0.0; count]);
            let mut adds = Vec::new();
            for (chunk, held) in (0..).zip(held.chunks_mut(BLOCK)) {
                let own = if uniform { &currents[..] } else { &currents[chunk * BLOCK..][..held.len()] };
                let flows: Vec<Option<(Noise, u64)>> = own.iter().map(|c| self.flow(projection.source, tick, &c[0].0)).collect();
                let due =
                    |flow: &Option<(Noise, u64)>| flow.is_some_and(|(n, emitted)| (emitted - n.first).is_multiple_of(n.every));
                let first =
                    if uniform { self.synapses[index].first().and_then(|s| self.flow(projection.source, tick, s)) } else { None };
                if due(&first) || flows.iter().any(due) {
                    let fresh = normals(&mut lanes);
                    for (i, h) in held.iter_mut().enumerate().filter(|(i, _)| uniform || due(&flows[*i])) {
                        *h = fresh[i];
                    }
                }
                for (i, (parts, flow)) in own.iter().zip(&flows).enumerate() {
                    let cell = parts[0].0.target;
                    let z = if uniform { held[cell as usize % BLOCK] } else { held[i] };
                    if flow.is_some() {
                        let (mean, variance) = self.moments(projection.source, tick, parts);
                        adds.push((cell, mean + variance.sqrt() * z));
                    }
                }
            }
            for (cell, value) in adds {
                let slot = self.slot(target, cell, row);
                self.add(target, slot, 1.0, value);
            }
            self.lanes.insert((index, block), lanes);
            self.held.insert((index, block), held);
        }
    }

    /// The noise of a synapse that arrives now, and when it was emitted, if it flowed.
    fn flow(&self, source: usize, tick: u64, s: &Synapse) -> Option<(Noise, u64)> {
        let (Drive::PrivateNoise(noises), emitted) = self.emitted(source, tick, u64::from(self.grid.delay(s.delay_fs)))? else {
            return None;
        };
        let noise = *noises.get(s.source as usize);
        (noise.first..=noise.last).contains(&emitted).then_some((noise, emitted))
    }

    /// Mean and variance of what flows along some synapses together.
    fn moments(&self, source: usize, tick: u64, parts: &[(Synapse, f64)]) -> (f64, f64) {
        parts.iter().fold((0.0, 0.0), |(mean, variance), (s, times)| {
            let (noise, _) = self.flow(source, tick, s).expect("what is one flows together");
            (mean + noise.mean * s.weight * times, variance + (noise.sd * s.weight) * (noise.sd * s.weight) * times)
        })
    }

    fn private_key(&self, p: &Projection) -> u64 {
        let name = |i: usize| &self.network.populations[i].name;
        let key = Key::new(self.network.noise_seed).name("stimulus").name(&p.name).name(name(p.source)).name(name(p.target));
        self.trial_key(key.finish(), self.span().trial)
    }

    fn blocks(&self, population: usize) -> usize {
        (self.network.populations[population].size as usize).div_ceil(BLOCK)
    }

    /// Synapses onto a block, by target, then receptor, and their trains.
    fn block(&mut self, index: usize, block: usize, shared: bool) -> Blocked {
        let synapses = &self.synapses[index];
        let find = || {
            let mut own: Vec<Synapse> = synapses.iter().filter(|s| s.target as usize / BLOCK == block).copied().collect();
            own.sort_by_key(|s| (s.target, s.receptor));
            Blocked { trains: Rc::new(merged(&own, shared, self.grid)), synapses: Rc::new(own) }
        };
        self.blocked.entry((index, block)).or_insert_with(find).clone()
    }

    /// A synapse of the first target, and how many it has.
    fn first_train(&self, index: usize) -> Option<(Synapse, u32)> {
        let first = *self.synapses[index].iter().min_by_key(|s| s.target)?;
        Some((first, self.synapses[index].iter().filter(|s| s.target == first.target).count() as u32))
    }
}

/// Whether every target of a private projection surely gets the same.
fn same_for_all(p: &Projection) -> bool {
    use sim_core::network::Draw::Constant;
    matches!(p.rule, Rule::AllToAll { same_index: true } | Rule::FixedIndegree { .. } | Rule::OneToOne)
        && matches!((&p.weight, &p.delay), (Constant(_), Constant(_)))
}

/// Parallel trains counted: same target, unit (or rate), weight and delay in ticks.
fn merged(synapses: &[Synapse], shared: bool, grid: Grid) -> Vec<(Synapse, u32)> {
    let ticks = |s: &Synapse| grid.delay(s.delay_fs);
    let mut trains: Vec<(Synapse, u32)> = Vec::new();
    for s in synapses {
        let same = |t: &&mut (Synapse, u32)| {
            let unit = shared || t.0.source == s.source;
            unit && (t.0.target, t.0.weight, ticks(&t.0), t.0.receptor) == (s.target, s.weight, ticks(s), s.receptor)
        };
        match trains.iter_mut().rev().take_while(|t| t.0.target == s.target).find(same) {
            Some(train) => train.1 += 1,
            None => trains.push((*s, 1)),
        }
    }
    trains
}

/// Counts of one mean for a block; nothing is drawn for a mean of 0.
fn same_counts(law: Law, mean: f64, lanes: &mut Lanes, key: u64) -> Vec<u32> {
    if mean <= 0.0 {
        return vec![0; BLOCK];
    }
    let table = law.table(mean);
    let widths = widths(table.ends());
    let shared: Vec<usize> = (0..widths.len()).filter(|k| widths[*k] >= 1 << 48).collect();
    if widths.len() == 1 || shared[shared.len() - 1] - shared[0] >= 64 {
        return (0..BLOCK / LANES).flat_map(|_| lanes.wide_bits()).map(|bits| table.count(bits)).collect();
    }
    let halves = (0..BLOCK / LANES / 2).flat_map(|_| lanes.bits()).flat_map(|bits| [bits & 0xffff, bits >> 16]);
    // The sixteen bits are a signed number, whose rank is drawn.
    let ranks = halves.map(|half| u64::from(half ^ 0x8000));
    (0..).zip(ranks).map(|(i, rank)| count_of(&widths, rank, mix(key, i) >> 16)).collect()
}

/// How many of the 2^64 values of 64 bits are each count.
fn widths(ends: &[u64]) -> Vec<u128> {
    let ends: Vec<u128> = ends.iter().map(|end| u128::from(*end)).chain([1 << 64]).collect();
    (0..ends.len()).map(|k| ends[k] - if k > 0 { ends[k - 1] } else { 0 }).collect()
}

/// The count of 16 bits: each has as many whole multiples of 2^48 as it can, in order; 48 more bits divide the rest.
fn count_of(widths: &[u128], rank: u64, extra: u64) -> u32 {
    let mut place = u128::from(rank) << 48 | u128::from(extra);
    let parts = widths.iter().map(|width| width >> 48 << 48).chain(widths.iter().map(|width| width % (1 << 48)));
    for (part, width) in parts.enumerate() {
        if place < width {
            return (part % widths.len()) as u32;
        }
        place -= width;
    }
    unreachable!("all widths together are 2^64")
}

/// Normal numbers for a block: 32 bits each and, if one of them is among the 2^16 middle ones, 32 more for those.
fn normals(lanes: &mut Lanes) -> Vec<f64> {
    let mut row = || -> Vec<u32> { (0..BLOCK / LANES).flat_map(|_| lanes.bits()).collect() };
    let high = row();
    let far = |bits: u32| (-32_768..32_768).contains(&(bits as i32));
    let low = if high.iter().any(|bits| far(*bits)) { row() } else { vec![0; BLOCK] };
    let x = high.iter().zip(low).map(|(high, low)| {
        let (cell, cells) =
            if far(*high) { (i64::from(*high as i32) << 20 | i64::from(low >> 12), 52) } else { (i64::from(*high as i32), 32) };
        (cell as f64 + 0.5) / 2.0_f64.powi(cells)
    });
    x.map(|x| deviates().at(x)).collect()
}

/// Counts of different means, sixteen a draw.
fn own_counts(tables: &mut Tables, law: Law, means: &[f64], lanes: &mut Lanes) -> Vec<u32> {
    let mut counts = Vec::new();
    for chunk in means.chunks(LANES) {
        for (mean, bits) in chunk.iter().zip(lanes.wide_bits()) {
            let table = tables.entry((law, mean.to_bits())).or_insert_with(|| law.table(*mean));
            counts.push(if *mean > 0.0 { table.count(bits) } else { 0 });
        }
    }
    counts
}
