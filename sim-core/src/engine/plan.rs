//! The plan of a run: everything that does not change, made once from a network and a number of partitions,
//! shared by any number of states.

use super::inputs::InputLayout;
use super::neurons::Neurons;
use super::partition::{Partitioning, cells};
use super::poisson::PoissonSchedules;
use super::private::{Context, PrivateNoise, PrivatePoisson};
use super::rows::{self, Builder, Dense, Layout, Table};
use crate::network::{Cells, Network, What};
use crate::random::Key;
use crate::stimulus::{Drive, PerUnit, Schedule};
use crate::time::Grid;
use std::ops::Range;
use std::sync::Arc;

/// A network laid out for the grid engine.
pub struct Plan {
    pub(crate) network: Arc<Network>,
    pub(crate) grid: Grid,
    pub(crate) cells: Vec<PlanCells>,
    /// Stream families: the lanes that the state holds.
    pub(crate) families: Vec<Family>,
    pub(crate) probes: Vec<Probe>,
    pub(crate) partitioning: Partitioning,
    pub(crate) parts: Vec<Part>,
    pub(crate) min_delay: u64,
    pub(crate) max_delay: u64,
}

/// The cells of a population.
pub(crate) enum PlanCells {
    Neurons(Box<dyn Neurons>),
    /// Spikes by schedule: (tick, unit), sorted.
    Trains(Vec<(u64, u32)>),
    /// Poisson trains; the family's index.
    Poisson {
        schedules: PoissonSchedules,
        of_unit: PerUnit<usize>,
        family: usize,
    },
    /// Nothing of its own: its projections act on their targets.
    Silent,
}

/// Lanes for the blocks of a population, under a key.
pub(crate) struct Family {
    pub(crate) key: u64,
    pub(crate) population: usize,
}

/// A state variable recorded.
pub(crate) struct Probe {
    pub(crate) record: usize,
    pub(crate) population: usize,
    pub(crate) variable: usize,
    pub(crate) every: u64,
    pub(crate) start: u64,
    pub(crate) stop: u64,
}

impl Probe {
    pub(crate) fn due(&self, tick: u64) -> bool {
        tick > self.start && tick <= self.stop && (tick - self.start).is_multiple_of(self.every)
    }
}

/// What a partition owns.
pub(crate) struct Part {
    pub(crate) inputs: InputLayout,
    pub(crate) tables: Vec<Table>,
    pub(crate) dense: Vec<Dense>,
    /// Tables and dense projections of each source population.
    pub(crate) of_source: Vec<(Vec<usize>, Vec<usize>)>,
    /// Stimuli in projection order.
    pub(crate) stimuli: Vec<Stimulate>,
    /// Cells of each probe in this partition: a range of the record's cells.
    pub(crate) probed: Vec<Range<usize>>,
    pub(crate) largest_delay: u32,
    pub(crate) smallest_delay: u32,
}

/// A stimulus acting on a partition.
pub(crate) enum Stimulate {
    Poisson { family: usize, target: usize, table: PrivatePoisson },
    Noise { family: usize, held: usize, target: usize, table: PrivateNoise },
    Current { target: usize, entries: Vec<CurrentEntry>, schedules: PerUnit<Schedule>, changes: Vec<u64> },
}

/// A current source's factor on one neuron.
pub(crate) struct CurrentEntry {
    pub(crate) slot: u32,
    pub(crate) unit: u32,
    pub(crate) factor: f64,
    pub(crate) delay: u64,
}

impl Plan {
    /// Lays a network out for a number of partitions (threads), each built by a thread of its own.
    pub fn new(network: Arc<Network>, threads: usize) -> Self {
        let threads = threads.max(1);
        let grid = Grid::new(network.timestep_fs);
        let mut families = Vec::new();
        let drives: Vec<Option<Drive>> = network.populations.iter().map(|p| drive(p, grid)).collect();
        let cells = plan_cells(&network, &drives, grid, &mut families);
        let partitioning = Partitioning::new(&network.populations, threads);
        let probes = probes(&network, grid);
        let spikes: Vec<usize> = spike_projections(&network, &drives);
        let groups = rows::groups(&network, &spikes);
        let stimuli = private_projections(&network, &drives, &mut families);
        let work = Work { network: &network, grid, cells: &cells, drives: &drives, groups: &groups, stimuli: &stimuli };
        let parts: Vec<Part> = if threads == 1 {
            vec![work.part(partitioning.blocks(0), &probes)]
        } else {
            std::thread::scope(|scope| {
                let builds: Vec<_> = (0..threads)
                    .map(|part| {
                        scope.spawn({
                            let (work, partitioning, probes) = (&work, &partitioning, &probes);
                            move || work.part(partitioning.blocks(part), probes)
                        })
                    })
                    .collect();
                builds.into_iter().map(|b| b.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
            })
        };
        let max_delay = parts.iter().map(|p| u64::from(p.largest_delay)).max().unwrap_or(1).max(1);
        let min_delay = parts.iter().map(|p| u64::from(p.smallest_delay)).min().unwrap_or(1).clamp(1, LONGEST_WINDOW);
        Self { network, grid, cells, families, probes, partitioning, parts, min_delay, max_delay }
    }

    /// The network it was made from.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// The grid of ticks.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// Partitions: as many threads run it.
    pub fn threads(&self) -> usize {
        self.parts.len()
    }

    /// Smallest delay in ticks: the partitions meet this often.
    pub fn min_delay(&self) -> u64 {
        self.min_delay
    }

    /// Largest delay in ticks.
    pub fn max_delay(&self) -> u64 {
        self.max_delay
    }

    /// Synapses, those of private stimuli left out, all_to_all projections that store nothing included.
    pub fn synapses(&self) -> u64 {
        let stored = |p: &Part| p.tables.iter().map(|t| t.synapses() as u64).sum::<u64>();
        self.parts.iter().map(|p| stored(p) + p.dense.iter().map(Dense::synapses).sum::<u64>()).sum()
    }

    /// Bytes that the synapses take.
    pub fn synapse_bytes(&self) -> u64 {
        self.parts.iter().flat_map(|p| &p.tables).map(|t| t.bytes() as u64).sum()
    }

    /// Bytes of coefficients and stimulus tables.
    pub fn other_bytes(&self) -> u64 {
        let neurons = self.cells.iter().map(|c| if let PlanCells::Neurons(n) = c { n.bytes() } else { 0 });
        let stimuli = self.parts.iter().flat_map(|p| &p.stimuli).map(|s| match s {
            Stimulate::Poisson { table, .. } => table.bytes(),
            Stimulate::Noise { table, .. } => table.bytes(),
            Stimulate::Current { entries, .. } => size_of_val(&entries[..]),
        });
        neurons.chain(stimuli).map(|b| b as u64).sum()
    }

    /// Values that each noise projection holds in each partition.
    pub(crate) fn held(&self) -> Vec<Vec<usize>> {
        self.parts
            .iter()
            .enumerate()
            .map(|(i, part)| {
                let noise = part.stimuli.iter().filter_map(|s| match s {
                    Stimulate::Noise { target, table, .. } => Some(table.held(self.partitioning.blocks(i)[*target].len())),
                    _ => None,
                });
                noise.collect()
            })
            .collect()
    }
}

/// Longest window between two exchanges, in ticks: bounds what a window holds when no delay bounds it.
const LONGEST_WINDOW: u64 = 100;

/// The layout that a spike projection gets, in words, for `check`.
pub fn layout_name(network: &Network, projection: usize) -> &'static str {
    match rows::layout(network, &network.projections[projection]) {
        Layout::Nothing => "counted (nothing stored)",
        Layout::One { .. } => "one weight (4 bytes a synapse)",
        Layout::F32 => "f32 (8 bytes a synapse)",
        Layout::F64 => "f64 (16 bytes a synapse)",
    }
}

fn drive(population: &crate::network::Population, grid: Grid) -> Option<Drive> {
    match &population.cells {
        Cells::Neurons { .. } => None,
        Cells::Stimulus { card, values } => Some((card.drive)(population.size as usize, values, grid)),
    }
}

fn plan_cells(network: &Network, drives: &[Option<Drive>], grid: Grid, families: &mut Vec<Family>) -> Vec<PlanCells> {
    let mut cells = Vec::with_capacity(network.populations.len());
    for (index, (population, drive)) in network.populations.iter().zip(drives).enumerate() {
        cells.push(match (&population.cells, drive) {
            (Cells::Neurons { card, parameters, .. }, _) => {
                PlanCells::Neurons(card.builder(network.state)(population.size as usize, parameters, grid))
            }
            (_, Some(Drive::SpikeTimes(times))) => PlanCells::Trains(merge_trains(times, population.size)),
            (_, Some(Drive::Poisson(schedules))) => {
                let key = Key::new(network.noise_seed).name("poisson_source").name(&population.name).finish();
                families.push(Family { key, population: index });
                let (schedules, of_unit) = emitter(schedules);
                PlanCells::Poisson { schedules, of_unit, family: families.len() - 1 }
            }
            _ => PlanCells::Silent,
        });
    }
    cells
}

fn emitter(schedules: &PerUnit<Schedule>) -> (PoissonSchedules, PerUnit<usize>) {
    let mut made = PoissonSchedules::default();
    let of_unit = match schedules {
        PerUnit::Shared(schedule) => PerUnit::Shared(made.add(schedule, 1)),
        PerUnit::Each(each) => PerUnit::Each(each.iter().map(|schedule| made.add(schedule, 1)).collect()),
    };
    (made, of_unit)
}

fn merge_trains(times: &PerUnit<Vec<u64>>, size: u32) -> Vec<(u64, u32)> {
    let mut events: Vec<(u64, u32)> =
        (0..size).flat_map(|unit| times.get(unit as usize).iter().map(move |tick| (*tick, unit))).collect();
    events.sort_unstable();
    events
}

fn probes(network: &Network, grid: Grid) -> Vec<Probe> {
    let records = network.records.iter().enumerate();
    records
        .filter_map(|(record, r)| match r.what {
            What::Spikes => None,
            What::State { variable, every_fs } => Some(Probe {
                record,
                population: r.population,
                variable,
                every: grid.tick(every_fs).max(1),
                start: grid.tick(r.start_fs),
                stop: grid.tick(r.stop_fs),
            }),
        })
        .collect()
}

/// Projections whose synapses carry spikes of cells.
fn spike_projections(network: &Network, drives: &[Option<Drive>]) -> Vec<usize> {
    let carries =
        |source: usize| !matches!(&drives[source], Some(Drive::PrivatePoisson(_) | Drive::Current(_) | Drive::PrivateNoise(_)));
    (0..network.projections.len()).filter(|i| carries(network.projections[*i].source)).collect()
}

/// A projection of a stimulus that acts on its targets directly, with the family of its lanes.
struct PrivateProjection {
    projection: usize,
    family: usize,
    held: usize,
}

fn private_projections(network: &Network, drives: &[Option<Drive>], families: &mut Vec<Family>) -> Vec<PrivateProjection> {
    let mut held = 0;
    let mut private = Vec::new();
    for (index, projection) in network.projections.iter().enumerate() {
        let (source, target) = (&network.populations[projection.source], &network.populations[projection.target]);
        let mut add = |families: &mut Vec<Family>, random: bool, held: usize| {
            let key = Key::new(network.noise_seed).name("stimulus").name(&projection.name).name(&source.name).name(&target.name);
            if random {
                families.push(Family { key: key.finish(), population: projection.target });
            }
            private.push(PrivateProjection { projection: index, family: families.len().saturating_sub(1), held });
        };
        match &drives[projection.source] {
            Some(Drive::PrivatePoisson(_)) => add(families, true, 0),
            Some(Drive::PrivateNoise(_)) => {
                add(families, true, held);
                held += 1;
            }
            Some(Drive::Current(_)) => add(families, false, 0),
            _ => {}
        }
    }
    private
}

/// What the threads that build partitions share.
struct Work<'a> {
    network: &'a Network,
    grid: Grid,
    cells: &'a [PlanCells],
    drives: &'a [Option<Drive>],
    groups: &'a [rows::Group],
    stimuli: &'a [PrivateProjection],
}

impl Work<'_> {
    fn part(&self, blocks: &[Range<usize>], probes: &[Probe]) -> Part {
        let inputs = InputLayout::new(blocks, self.cells);
        let builder = Builder { network: self.network, grid: self.grid, blocks, inputs: &inputs };
        let mut of_source = vec![(Vec::new(), Vec::new()); self.cells.len()];
        let (mut tables, mut dense) = (Vec::new(), Vec::new());
        for group in self.groups {
            let of_source: &mut (Vec<usize>, Vec<usize>) = &mut of_source[group.source];
            if group.layout == Layout::Nothing {
                if let Some(projection) = builder.dense(group) {
                    of_source.1.push(dense.len());
                    dense.push(projection);
                }
            } else {
                of_source.0.push(tables.len());
                tables.push(builder.table(group));
            }
        }
        let delays = || {
            let runs = tables.iter().flat_map(|t: &Table| t.runs.iter().map(|r| r.delay));
            runs.chain(dense.iter().map(|d: &Dense| d.delay))
        };
        let (largest_delay, smallest_delay) = (delays().max().unwrap_or(1), delays().min().unwrap_or(u32::MAX));
        let stimuli = self.stimuli.iter().map(|s| self.stimulate(s, blocks, &inputs)).collect();
        let probed = probes.iter().map(|p| self.probed(p, blocks)).collect();
        Part { inputs, tables, dense, of_source, stimuli, probed, largest_delay, smallest_delay }
    }

    fn stimulate(&self, private: &PrivateProjection, blocks: &[Range<usize>], inputs: &InputLayout) -> Stimulate {
        let projection = &self.network.projections[private.projection];
        let target = projection.target;
        let context = |spikes| Context {
            network: self.network,
            projection,
            grid: self.grid,
            blocks: blocks[target].clone(),
            inputs,
            spikes,
        };
        let PrivateProjection { family, held, .. } = *private;
        match &self.drives[projection.source] {
            Some(Drive::PrivatePoisson(schedules)) => {
                Stimulate::Poisson { family, target, table: PrivatePoisson::new(&context(true), schedules) }
            }
            Some(Drive::PrivateNoise(noise)) => {
                Stimulate::Noise { family, held, target, table: PrivateNoise::new(&context(false), noise) }
            }
            Some(Drive::Current(schedules)) => {
                let entries = context(false).current_entries();
                let changes = changes(&entries, schedules);
                Stimulate::Current { target, entries, schedules: schedules.clone(), changes }
            }
            _ => unreachable!("only stimuli without cells of their own act directly"),
        }
    }

    /// The cells of a probe's record that lie in these blocks: ascending, so a range.
    fn probed(&self, probe: &Probe, blocks: &[Range<usize>]) -> Range<usize> {
        let record = &self.network.records[probe.record].cells;
        let owned = cells(&blocks[probe.population], self.network.populations[probe.population].size);
        record.partition_point(|c| *c < owned.start)..record.partition_point(|c| *c < owned.end)
    }
}

/// Ticks at which a current onto this partition changes, sorted.
fn changes(entries: &[CurrentEntry], schedules: &PerUnit<Schedule>) -> Vec<u64> {
    let mut pairs: Vec<(u32, u64)> = entries.iter().map(|e| (e.unit, e.delay)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let at = |(unit, delay): (u32, u64)| schedules.get(unit as usize).0.iter().map(move |p| p.0.saturating_add(delay));
    let mut ticks: Vec<u64> = pairs.into_iter().flat_map(at).collect();
    ticks.sort_unstable();
    ticks.dedup();
    ticks
}
