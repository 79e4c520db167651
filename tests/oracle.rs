//! A dense, slow, obviously right simulator, and the engine against it: bit for bit, on random networks.
//!
//! It shares the kernels, the rules' generators and the random streams with the engine, and nothing else: no rows, no
//! calendar, no partitions, no windows. Every tick it looks at every synapse.

use sim_core::connect::{Generator, Synapse};
use sim_core::engine::Values;
use sim_core::engine::lanes::{LANES, Lanes};
use sim_core::engine::neurons::{BLOCK, Neurons};
use sim_core::engine::poisson::PoissonTable;
use sim_core::network::{Cells, Network, Projection, Rule};
use sim_core::normal::deviates;
use sim_core::random::{Key, mix};
use sim_core::real::Precision;
use sim_core::record::Spike;
use sim_core::stimulus::{Drive, Noise, PerUnit};
use sim_core::time::Grid;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a run of the oracle gives.
pub(crate) struct Outcome {
    pub(crate) spikes: Vec<Spike>,
    /// By population: kernel state in blocks, as the engine keeps it.
    pub(crate) states: Vec<Values>,
}

struct Oracle<'a> {
    network: &'a Network,
    grid: Grid,
    drives: Vec<Option<Drive>>,
    kernels: Vec<Option<Box<dyn Neurons>>>,
    states: Vec<Values>,
    /// By population: inputs in blocks of rows.
    inputs: Vec<Vec<f64>>,
    synapses: Vec<Vec<Synapse>>,
    lanes: BTreeMap<(usize, usize), Lanes>,
    held: BTreeMap<(usize, usize), Vec<f64>>,
    /// By projection and block of targets: its synapses, and the trains they amount to, found once.
    blocked: BTreeMap<(usize, usize), Blocked>,
    tables: Tables,
    /// fired[tick][population][cell]: how often.
    fired: Vec<Vec<Vec<u32>>>,
}

/// Synapses of a private projection onto a block, and its parallel trains counted.
#[derive(Clone)]
struct Blocked {
    synapses: Rc<Vec<Synapse>>,
    trains: Rc<Vec<(Synapse, u32)>>,
}

/// Runs a network for so many ticks from `states`, the kernels' state at time 0.
pub(crate) fn run(network: &Network, states: Vec<Values>, ticks: u64) -> Outcome {
    let grid = Grid::new(network.timestep_fs);
    let mut drives = Vec::new();
    let mut kernels = Vec::new();
    for p in &network.populations {
        match &p.cells {
            Cells::Neurons { card, parameters, .. } => {
                drives.push(None);
                kernels.push(Some(card.builder(network.state)(p.size as usize, parameters, grid)));
            }
            Cells::Stimulus { card, values } => {
                drives.push(Some((card.drive)(p.size as usize, values, grid)));
                kernels.push(None);
            }
        }
    }
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
    let (synapses, inputs) = (synapses.collect(), inputs.collect());
    let (lanes, held) = (BTreeMap::new(), BTreeMap::new());
    let start = network.populations.iter().map(|p| vec![0; p.size as usize]).collect();
    let (blocked, tables) = (BTreeMap::new(), BTreeMap::new());
    let fired = vec![start];
    let mut oracle = Oracle { network, grid, drives, kernels, states, inputs, synapses, lanes, held, blocked, tables, fired };
    (1..=ticks).for_each(|tick| oracle.step(tick));
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
            match self.drives[source].clone() {
                Some(Drive::PrivatePoisson(_)) => self.private_poisson(index, tick),
                Some(Drive::PrivateNoise(noise)) => self.private_noise(index, tick, &noise),
                Some(Drive::Current(schedules)) => {
                    for s in self.synapses[index].clone() {
                        let emitted = tick.saturating_sub(u64::from(self.grid.delay(s.delay_fs)));
                        let current = schedules.get(s.source as usize).at(emitted) * s.weight;
                        let target = self.network.projections[index].target;
                        let slot = self.slot(target, s.target, self.current_row(target));
                        self.add(target, slot, 1.0, current);
                    }
                }
                _ => {}
            }
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
        if matches!(self.drives[projection.source], Some(Drive::PrivatePoisson(_) | Drive::PrivateNoise(_) | Drive::Current(_))) {
            return;
        }
        for s in &self.synapses[index] {
            let Some(then) = tick.checked_sub(u64::from(self.grid.delay(s.delay_fs))) else { continue };
            let count = self.fired[then as usize][projection.source][s.source as usize];
            let slot = self.slot(projection.target, s.target, s.receptor);
            self.inputs[projection.target][slot] += f64::from(count) * s.weight;
        }
    }

    fn emit(&mut self, population: usize, tick: u64) -> Vec<u32> {
        let p = &self.network.populations[population];
        let key = |kind: &str| Key::new(self.network.noise_seed).name(kind).name(&p.name).finish();
        let at = |ticks: &[u64]| ticks.iter().filter(|t| **t == tick).count();
        let trains = |count: &dyn Fn(u32) -> usize| (0..p.size).flat_map(|u| std::iter::repeat_n(u, count(u))).collect();
        let (law, schedules, key) = match &self.drives[population] {
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
        let Some(Drive::PrivatePoisson(schedules)) = self.drives[projection.source].clone() else { return };
        let key = self.private_key(projection);
        let grid = self.grid;
        let at = |s: &Synapse, times: u32| {
            let mean = tick.checked_sub(u64::from(grid.delay(s.delay_fs)));
            mean.map_or(0.0, |emitted| schedules.get(s.source as usize).at(emitted) * f64::from(times))
        };
        let shared = matches!(schedules, PerUnit::Shared(_));
        let mut adds = Vec::new();
        for block in 0..self.blocks(projection.target) {
            let trains = self.block(index, block, shared).trains;
            let mut lanes = self.lanes.remove(&(index, block)).unwrap_or_else(|| Lanes::new(key, block as u64));
            if shared && same_for_all(projection) {
                // One train a target: all 64 lanes are drawn, in or out of the range.
                let Some((first, times)) = self.first_train(index) else { continue };
                let counts = same_counts(Law::Poisson, at(&first, times), &mut lanes, mix(mix(key, tick), block as u64));
                for (s, _) in trains.iter() {
                    adds.push((s.target, s.receptor, f64::from(counts[s.target as usize % BLOCK]), s.weight));
                }
            } else {
                let means: Vec<f64> = trains.iter().map(|(s, times)| at(s, *times)).collect();
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
        let key = self.private_key(projection);
        let uniform = matches!(noises, PerUnit::Shared(_)) && same_for_all(projection);
        let target = projection.target;
        let row = self.current_row(target);
        for block in 0..self.blocks(target) {
            let mut currents: Vec<(u32, Noise, f64, f64)> = Vec::new();
            for s in self.block(index, block, false).synapses.iter() {
                let mut noise = *noises.get(s.source as usize);
                let delay = u64::from(self.grid.delay(s.delay_fs));
                (noise.first, noise.last) = (noise.first + delay, noise.last.saturating_add(delay));
                let (mean, variance) = (noise.mean * s.weight, (noise.sd * s.weight) * (noise.sd * s.weight));
                let same = |c: &&mut (u32, Noise, f64, f64)| {
                    c.0 == s.target && (c.1.every, c.1.first, c.1.last) == (noise.every, noise.first, noise.last)
                };
                match currents.iter_mut().find(same) {
                    Some(c) if uniform => *c = (c.0, c.1, c.2, c.3),
                    Some(c) => *c = (c.0, c.1, c.2 + mean, c.3 + variance),
                    None if uniform => {
                        let times = f64::from(self.first_train(index).unwrap().1);
                        currents.push((s.target, noise, mean * times, variance * times));
                    }
                    None => currents.push((s.target, noise, mean, variance)),
                }
            }
            let mut lanes = self.lanes.remove(&(index, block)).unwrap_or_else(|| Lanes::new(key, block as u64));
            let count = if uniform { BLOCK } else { currents.len() };
            let mut held = self.held.remove(&(index, block)).unwrap_or_else(|| vec![0.0; count]);
            let due = |n: &Noise| (n.first..=n.last).contains(&tick) && (tick - n.first).is_multiple_of(n.every);
            let mut adds = Vec::new();
            for (chunk, held) in (0..).zip(held.chunks_mut(BLOCK)) {
                let own = if uniform { &currents[..] } else { &currents[chunk * BLOCK..][..held.len()] };
                let any = if uniform {
                    first_noise(noises, projection, self).is_some_and(|n| due(&n))
                } else {
                    own.iter().any(|c| due(&c.1))
                };
                if any {
                    let fresh = normals(&mut lanes);
                    for (i, h) in held.iter_mut().enumerate() {
                        if uniform || due(&own[i].1) {
                            *h = fresh[i];
                        }
                    }
                }
                for (i, (cell, noise, mean, variance)) in own.iter().enumerate() {
                    let z = if uniform { held[*cell as usize % BLOCK] } else { held[i] };
                    if (noise.first..=noise.last).contains(&tick) {
                        adds.push((*cell, mean + variance.sqrt() * z));
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

    fn private_key(&self, p: &Projection) -> u64 {
        let name = |i: usize| &self.network.populations[i].name;
        Key::new(self.network.noise_seed).name("stimulus").name(&p.name).name(name(p.source)).name(name(p.target)).finish()
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
            Blocked { trains: Rc::new(merged(&own, shared)), synapses: Rc::new(own) }
        };
        self.blocked.entry((index, block)).or_insert_with(find).clone()
    }

    /// A synapse of the first target, and how many it has.
    fn first_train(&self, index: usize) -> Option<(Synapse, u32)> {
        let first = *self.synapses[index].iter().min_by_key(|s| s.target)?;
        Some((first, self.synapses[index].iter().filter(|s| s.target == first.target).count() as u32))
    }
}

fn first_noise(noises: &PerUnit<Noise>, projection: &Projection, oracle: &Oracle<'_>) -> Option<Noise> {
    let index = oracle.network.projections.iter().position(|p| std::ptr::eq(p, projection))?;
    let s = oracle.synapses[index].first()?;
    let delay = u64::from(oracle.grid.delay(s.delay_fs));
    let n = noises.get(0);
    Some(Noise { first: n.first + delay, last: n.last.saturating_add(delay), ..*n })
}

/// Whether every target of a private projection surely gets the same.
fn same_for_all(p: &Projection) -> bool {
    use sim_core::network::Draw::Constant;
    matches!(p.rule, Rule::AllToAll { .. } | Rule::FixedIndegree { .. } | Rule::OneToOne)
        && matches!((&p.weight, &p.delay), (Constant(_), Constant(_)))
}

/// Parallel trains counted: same target, unit (or rate), weight and delay.
fn merged(synapses: &[Synapse], shared: bool) -> Vec<(Synapse, u32)> {
    let mut trains: Vec<(Synapse, u32)> = Vec::new();
    for s in synapses {
        let same = |t: &&mut (Synapse, u32)| {
            let unit = shared || t.0.source == s.source;
            unit && (t.0.target, t.0.weight, t.0.delay_fs, t.0.receptor) == (s.target, s.weight, s.delay_fs, s.receptor)
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
