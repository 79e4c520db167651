//! Stimuli that give every connection a train or a current of its own: `poisson` and `noise_current`. Parallel
//! connections with the same weight and delay are one train of the summed rate, and one current of the summed mean
//! and variance: the same distribution, drawn once.

use super::dispatch::{self, Level, Loop};
use super::lanes::{LANES, Lanes};
use super::neurons::BLOCK;
use super::partition::targets;
use super::plan::CurrentEntry;
use super::poisson::{PoissonSchedules, PoissonTable, block_counts};
use crate::connect::{Generator, Synapse};
use crate::math;
use crate::network::{Draw, Network, Projection, Rule};
use crate::random::mix;
use crate::stimulus::{Noise, PerUnit, Schedule};
use crate::time::Grid;
use std::collections::BTreeMap;
use std::ops::Range;

/// A private Poisson projection in one partition.
pub(crate) struct PrivatePoisson {
    level: Level,
    schedules: PoissonSchedules,
    entries: Entries<Train>,
}

/// One train onto one neuron.
#[derive(Clone, Copy, PartialEq)]
struct Train {
    schedule: usize,
    weight: f64,
    receptor: usize,
    delay: u64,
}

/// What each target gets.
enum Entries<T> {
    /// Every cell of a range the same.
    Uniform { cells: Range<u32>, entry: T },
    /// A list per block: (place among the block's inputs, entry).
    Listed { starts: Vec<u32>, list: Vec<(u32, T)> },
}

impl PrivatePoisson {
    pub(crate) fn new(context: &Context<'_>, schedules: &PerUnit<Schedule>) -> Self {
        let shared = matches!(schedules, PerUnit::Shared(_));
        let mut made = PoissonSchedules::default();
        let mut known: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        let mut train = |times: u32, s: &Synapse| {
            let unit = if shared { 0 } else { s.source };
            let schedule = *known.entry((unit, times)).or_insert_with(|| made.add(schedules.get(unit as usize), times));
            Train { schedule, weight: s.weight, receptor: s.receptor, delay: context.delay(s) }
        };
        let entries = match context.uniform().filter(|_| shared) {
            Some((times, s)) => Entries::Uniform { cells: context.targets(), entry: train(times, &s) },
            None => context.listed(|synapses, out| {
                let merged = merge(synapses, |s| if shared { 0 } else { s.source });
                out.extend(merged.iter().map(|(times, s)| train(*times, s)));
            }),
        };
        Self { level: Level::detect(), schedules: made, entries }
    }

    fn table(&self, train: &Train, tick: u64) -> Option<&PoissonTable> {
        self.schedules.at(train.schedule, tick.checked_sub(train.delay)?)
    }

    /// Adds this tick's spikes to the inputs.
    pub(crate) fn add_to(&self, tick: u64, key: u64, place: &Place, lanes: &mut [Lanes], inputs: &mut [f64]) {
        match &self.entries {
            Entries::Uniform { cells, entry } => {
                if let Some(table) = self.table(entry, tick) {
                    let key = mix(key, tick);
                    dispatch::run(self.level, Uniform { table, cells, entry, key, place, lanes, inputs });
                }
            }
            Entries::Listed { starts, list } => {
                for (offset, lanes) in lanes.iter_mut().enumerate() {
                    let inputs = &mut inputs[place.block(place.first_block + offset)];
                    for chunk in list[place.listed(starts, offset)].chunks(LANES) {
                        for ((slot, train), bits) in chunk.iter().zip(lanes.wide_bits()) {
                            if let Some(table) = self.table(train, tick) {
                                inputs[*slot as usize] += f64::from(table.count(bits)) * train.weight;
                            }
                        }
                    }
                }
            }
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.entries.bytes()
    }
}

/// One tick of a train that all cells of a range have alike.
struct Uniform<'a> {
    table: &'a PoissonTable,
    cells: &'a Range<u32>,
    entry: &'a Train,
    key: u64,
    place: &'a Place,
    lanes: &'a mut [Lanes],
    inputs: &'a mut [f64],
}

impl Loop for Uniform<'_> {
    #[inline(always)]
    fn run(self) {
        for (block, lanes) in (self.place.first_block..).zip(self.lanes) {
            let counts = block_counts(self.table, lanes, mix(self.key, block as u64));
            let row = &mut self.inputs[self.place.row(block, self.entry.receptor)];
            let valid = self.place.lanes_of(block, self.cells);
            for (input, count) in row[valid.clone()].iter_mut().zip(&counts[valid]) {
                *input += f64::from(*count) * self.entry.weight;
            }
        }
    }
}

/// A private noise projection in one partition.
pub(crate) struct PrivateNoise {
    entries: Entries<Current>,
}

/// Gaussian current into one neuron, redrawn every so many ticks.
#[derive(Clone, Copy, PartialEq)]
struct Current {
    mean: f64,
    variance: f64,
    every: u64,
    first: u64,
    last: u64,
}

impl Current {
    fn new(noise: &Noise, weight: f64, times: f64, delay: u64) -> Self {
        Self {
            mean: noise.mean * weight * times,
            variance: (noise.sd * weight) * (noise.sd * weight) * times,
            every: noise.every.max(1),
            first: noise.first + delay,
            last: noise.last.saturating_add(delay),
        }
    }

    fn active(&self, tick: u64) -> bool {
        (self.first..=self.last).contains(&tick)
    }

    fn redraws(&self, tick: u64) -> bool {
        self.active(tick) && (tick - self.first).is_multiple_of(self.every)
    }
}

impl PrivateNoise {
    pub(crate) fn new(context: &Context<'_>, noises: &PerUnit<Noise>) -> Self {
        let entries = match (context.uniform(), noises) {
            (Some((times, s)), PerUnit::Shared(noise)) => Entries::Uniform {
                cells: context.targets(),
                entry: Current::new(noise, s.weight, f64::from(times), context.delay(&s)),
            },
            _ => context.listed(|synapses, out| {
                let start = out.len();
                for s in synapses {
                    let new = Current::new(noises.get(s.source as usize), s.weight, 1.0, context.delay(s));
                    let timing = |c: &Current| (c.every, c.first, c.last);
                    match out[start..].iter_mut().find(|c| timing(c) == timing(&new)) {
                        Some(same) => {
                            same.mean += new.mean;
                            same.variance += new.variance;
                        }
                        None => out.push(new),
                    }
                }
            }),
        };
        Self { entries }
    }

    /// Values held per block of targets, for blocks `blocks` of the partition: what the state must keep between redraws.
    pub(crate) fn held(&self, blocks: usize) -> usize {
        match &self.entries {
            Entries::Uniform { .. } => blocks * BLOCK,
            Entries::Listed { list, .. } => list.len(),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.entries.bytes()
    }

    /// Redraws what is due and adds all currents to the rows of injected current.
    pub(crate) fn add_to(&self, tick: u64, place: &Place, lanes: &mut [Lanes], held: &mut [f64], inputs: &mut [f64]) {
        for (offset, lanes) in lanes.iter_mut().enumerate() {
            let block = place.first_block + offset;
            match &self.entries {
                Entries::Uniform { cells, entry } => {
                    let held = &mut held[(place.offset + offset) * BLOCK..][..BLOCK];
                    if entry.redraws(tick) {
                        gaussian(lanes, held);
                    }
                    if entry.active(tick) {
                        let row = &mut inputs[place.row(block, place.rows - 1)];
                        let sd = entry.variance.sqrt();
                        place.lanes_of(block, cells).for_each(|i| row[i] += entry.mean + sd * held[i]);
                    }
                }
                Entries::Listed { starts, list } => {
                    let range = place.listed(starts, offset);
                    let inputs = &mut inputs[place.block(block)];
                    for (entries, held) in list[range.clone()].chunks(BLOCK).zip(held[range].chunks_mut(BLOCK)) {
                        if entries.iter().any(|(_, c)| c.redraws(tick)) {
                            let mut fresh = [0.0; BLOCK];
                            gaussian(lanes, &mut fresh);
                            let due = entries.iter().map(|(_, c)| c.redraws(tick));
                            held.iter_mut().zip(fresh).zip(due).filter(|x| x.1).for_each(|((h, z), _)| *h = z);
                        }
                        for ((slot, c), z) in entries.iter().zip(held) {
                            if c.active(tick) {
                                inputs[*slot as usize] += c.mean + c.variance.sqrt() * *z;
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Standard normal draws.
fn gaussian(lanes: &mut Lanes, out: &mut [f64]) {
    for chunk in out.chunks_mut(LANES) {
        for (z, bits) in chunk.iter_mut().zip(lanes.wide_bits()) {
            *z = math::normal_quantile(((bits >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0));
        }
    }
}

/// A strip of blocks of the target population, whose inputs are being put together: block by block, a row of 64 for each
/// receptor and one for injected current.
pub(crate) struct Place {
    /// Rows of a block.
    pub(crate) rows: usize,
    /// Number of the strip's first block within the population.
    pub(crate) first_block: usize,
    /// The same within the partition.
    pub(crate) offset: usize,
}

impl Place {
    /// A block's rows.
    fn block(&self, block: usize) -> Range<usize> {
        let start = (block - self.first_block) * self.rows * BLOCK;
        start..start + self.rows * BLOCK
    }

    /// One of them.
    fn row(&self, block: usize, row: usize) -> Range<usize> {
        let start = ((block - self.first_block) * self.rows + row) * BLOCK;
        start..start + BLOCK
    }

    /// The place of a neuron's injected current.
    pub(crate) fn current(&self, cell: u32) -> usize {
        self.row(cell as usize / BLOCK, self.rows - 1).start + cell as usize % BLOCK
    }

    /// Entries of a block of the strip.
    fn listed(&self, starts: &[u32], block: usize) -> Range<usize> {
        starts[self.offset + block] as usize..starts[self.offset + block + 1] as usize
    }

    /// Lanes of a block that belong to a range of cells.
    fn lanes_of(&self, block: usize, cells: &Range<u32>) -> Range<usize> {
        let cut = |cell: u32| (cell as usize).clamp(block * BLOCK, (block + 1) * BLOCK) - block * BLOCK;
        cut(cells.start)..cut(cells.end).max(cut(cells.start))
    }
}

/// A private projection and the blocks of its target population that a partition owns.
pub(crate) struct Context<'a> {
    pub(crate) network: &'a Network,
    pub(crate) projection: &'a Projection,
    pub(crate) grid: Grid,
    pub(crate) blocks: Range<usize>,
    /// Rows of inputs of a block of targets: receptors and injected current.
    pub(crate) rows: usize,
    /// Whether the entries' slots are receptors (else the row of injected current).
    pub(crate) spikes: bool,
}

impl Context<'_> {
    fn targets(&self) -> Range<u32> {
        targets(self.projection, &self.blocks, self.network.populations[self.projection.target].size)
    }

    /// Every synapse of a current source, by target.
    pub(crate) fn current_entries(&self) -> Vec<CurrentEntry> {
        let mut entries = Vec::new();
        Generator::new(self.network, self.projection).for_targets(self.targets(), |s| {
            entries.push(CurrentEntry { cell: s.target, unit: s.source, factor: s.weight, delay: self.delay(&s) });
        });
        entries.sort_by_key(|entry| entry.cell);
        entries
    }

    fn delay(&self, synapse: &Synapse) -> u64 {
        u64::from(self.grid.delay(synapse.delay_fs))
    }

    /// Number of units that each target hears, and a sample synapse, where it is the same for all targets.
    fn uniform(&self) -> Option<(u32, Synapse)> {
        let p = self.projection;
        let constant = matches!(p.weight, Draw::Constant(_)) && matches!(p.delay, Draw::Constant(_));
        let times = match p.rule {
            Rule::AllToAll { .. } => p.source_cells.end - p.source_cells.start,
            Rule::FixedIndegree { indegree, .. } => indegree,
            Rule::OneToOne => 1,
            _ => return None,
        };
        let mut first = None;
        let start = p.target_cells.start;
        Generator::new(self.network, p).for_targets(start..start + 1, |s| first = first.or(Some(s)));
        first.filter(|_| constant && times > 0).map(|s| (times, s))
    }

    /// Entries by block: `entries` turns one target's synapses into what is kept.
    fn listed<T: Copy>(&self, mut entries: impl FnMut(&[Synapse], &mut Vec<T>)) -> Entries<T> {
        let generator = Generator::new(self.network, self.projection);
        let mut synapses: Vec<Synapse> = Vec::new();
        generator.for_targets(self.targets(), |s| synapses.push(s));
        synapses.sort_by_key(|s| s.target);
        let (mut starts, mut list, mut made) = (vec![0], Vec::new(), Vec::new());
        let mut rest = &synapses[..];
        for block in self.blocks.clone() {
            let (own, after) = rest.split_at(rest.partition_point(|s| (s.target as usize) < (block + 1) * BLOCK));
            rest = after;
            for same in own.chunk_by(|a, b| a.target == b.target).flat_map(by_receptor) {
                let row = if self.spikes { same[0].receptor } else { self.rows - 1 };
                let slot = (row * BLOCK + same[0].target as usize % BLOCK) as u32;
                made.clear();
                entries(&same, &mut made);
                list.extend(made.iter().map(|entry| (slot, *entry)));
            }
            starts.push(list.len() as u32);
        }
        Entries::Listed { starts, list }
    }
}

fn by_receptor(synapses: &[Synapse]) -> Vec<Vec<Synapse>> {
    let mut sorted = synapses.to_vec();
    sorted.sort_by_key(|s| s.receptor);
    sorted.chunk_by(|a, b| a.receptor == b.receptor).map(<[Synapse]>::to_vec).collect()
}

/// Synapses of one target with the same rate, weight and delay, counted, in order of first appearance.
fn merge(synapses: &[Synapse], unit: impl Fn(&Synapse) -> u32) -> Vec<(u32, Synapse)> {
    let mut merged: Vec<(u32, Synapse)> = Vec::new();
    let mut known = BTreeMap::new();
    for s in synapses {
        let index = *known.entry((unit(s), s.weight.to_bits(), s.delay_fs)).or_insert(merged.len());
        match merged.get_mut(index) {
            Some(train) => train.0 += 1,
            None => merged.push((1, *s)),
        }
    }
    merged
}

impl<T> Entries<T> {
    fn bytes(&self) -> usize {
        match self {
            Entries::Uniform { .. } => size_of::<Self>(),
            Entries::Listed { starts, list } => size_of_val(&starts[..]) + size_of_val(&list[..]),
        }
    }
}
