//! The plan of a run: everything that does not change, made once from a network and a number of partitions,
//! shared by any number of states.

use super::build::{self, Builder, Group};
use super::inflow::{Direct, Inflow, Injection, Receives, Stimulate};
use super::layout::{Chooser, Kind, Layout, Layouts};
use super::neurons::Neurons;
use super::partition::{Partitioning, cells};
use super::plastic::{self, Table};
use super::poisson::Tables;
use super::private::{Context, PrivateNoise, PrivatePoisson};
use super::rows::Stored;
use super::slow::{self, SlowCurrents};
use super::stimuli::{Act, Stimuli, drives};
use super::sums::SumLayout;
use crate::catalog::Effect;
use crate::connect::Generator;
use crate::network::{Cells, Channel, Network, Projection, What};
use crate::random::Key;
use crate::stimulus::Drive;
use crate::time::Grid;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// A network laid out for the grid engine.
pub struct Plan {
    /// No other plan has it.
    pub(crate) id: u64,
    pub(crate) network: Arc<Network>,
    pub(crate) grid: Grid,
    pub(crate) cells: Vec<PlanCells>,
    /// Stream families: the lanes that the state holds.
    pub(crate) families: Vec<Family>,
    pub(crate) probes: Vec<Probe>,
    /// The cells whose current flows into others.
    pub(crate) flows: slow::Sources,
    pub(crate) partitioning: Partitioning,
    pub(crate) parts: Vec<Part>,
    threads: usize,
    pub(crate) min_delay: u64,
    pub(crate) max_delay: u64,
    /// What stimuli do that draw their spikes beforehand.
    pub(crate) drives: Vec<Option<Drive>>,
    pub(crate) tables: Tables,
    /// The stimuli of a run without trials, or of the warm-up before them.
    pub(crate) stimuli: Stimuli,
}

/// The cells of a population.
pub(crate) enum PlanCells {
    Neurons(Box<dyn Neurons>),
    /// Units of a stimulus; the family of lanes of those that draw their spikes. What they do is in `Stimuli`.
    Stimulus {
        family: Option<usize>,
    },
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

    /// The first tick after this one at which it is due; `u64::MAX` if there is none.
    pub(crate) fn next(&self, after: u64) -> u64 {
        let passed = after.saturating_sub(self.start) / self.every;
        let next = self.start.saturating_add((passed + 1).saturating_mul(self.every));
        if next <= self.stop { next } else { u64::MAX }
    }
}

/// What a partition owns.
pub(crate) struct Part {
    pub(crate) sums: SumLayout,
    pub(crate) stored: Vec<Stored>,
    /// What is stored of each source population's synapses.
    pub(crate) of_source: Vec<Vec<usize>>,
    /// Synapses that learn.
    pub(crate) learning: Vec<Table>,
    /// Which of them are of each source population.
    pub(crate) learning_of: Vec<Vec<usize>>,
    /// What flows into each population.
    pub(crate) inputs: Vec<Inflow>,
    /// Cells of each probe in this partition: a range of the record's cells.
    pub(crate) probed: Vec<Range<usize>>,
    pub(crate) largest_delay: u32,
    pub(crate) smallest_delay: u32,
    /// Modulators' values that rules read and that are computed here: indices of the network's channels.
    pub(crate) channels: Vec<usize>,
    /// The same of cells whose current flows into others.
    pub(crate) flows: Vec<usize>,
}

impl Plan {
    /// Lays a network out for a number of partitions (threads), each built by a thread of its own.
    pub fn new(network: Arc<Network>, threads: usize) -> Self {
        Self::with_layouts(network, threads, Layouts::Chosen)
    }

    /// The same with a say in how synapses are kept, which changes time and memory and never a bit of the result.
    pub fn with_layouts(network: Arc<Network>, threads: usize, layouts: Layouts) -> Self {
        Self::laid_out(network, threads, layouts, &[])
    }

    /// For [`State::advance_carried`](super::State::advance_carried): one partition, and synapses that can be told apart by the
    /// slices of their targets, of which those of a population are `grains` cells long, from its first cell on.
    pub fn for_carrier(network: Arc<Network>, grains: &[u32]) -> Self {
        Self::laid_out(network, 1, Layouts::Only(Kind::F64), grains)
    }

    fn laid_out(network: Arc<Network>, threads: usize, layouts: Layouts, grains: &[u32]) -> Self {
        let threads = threads.max(1);
        let grid = Grid::new(network.timestep_fs);
        let mut families = Vec::new();
        let drives = drives(&network, grid);
        let cells = plan_cells(&network, &drives, grid, &mut families);
        let partitioning = Partitioning::new(&network.populations, threads);
        let probes = probes(&network, grid);
        let spikes: Vec<usize> = spike_projections(&network, &drives);
        let chooser = Chooser::new(&network, layouts);
        let (learning, spikes): (Vec<_>, Vec<_>) = spikes.into_iter().partition(|p| network.projections[*p].learning.is_some());
        let groups = build::groups(&network, &spikes, &chooser);
        let receives = receives(&network, &groups, &learning, &chooser);
        let stimuli = private_projections(&network, &drives, &mut families);
        let slow = slow::projections(&network);
        let flows = slow::Sources::new(&network, &slow);
        let work = Work {
            network: &network,
            grid,
            cells: &cells,
            drives: &drives,
            groups: &groups,
            learning: &learning,
            receives: &receives,
            stimuli: &stimuli,
            slow: &slow,
            flows: &flows,
            grains,
        };
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
        let threads = parts.len().min(cores());
        let (tables, stimuli) = (Tables::default(), Stimuli::default());
        let mut plan = Self {
            id: PLANS.fetch_add(1, Ordering::Relaxed),
            network,
            grid,
            cells,
            families,
            probes,
            flows,
            partitioning,
            parts,
            threads,
            min_delay,
            max_delay,
            drives,
            tables,
            stimuli,
        };
        plan.stimuli = Stimuli::of_run(&plan);
        // What is drawn anew in each trial is all that is needed of them from here on.
        plan.drives.iter_mut().for_each(|drive| *drive = drive.take().filter(|d| matches!(d, Drive::Packets(_))));
        plan
    }

    /// The network it was made from.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// The grid of ticks.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// Partitions: as many as threads were asked for.
    pub fn partitions(&self) -> usize {
        self.parts.len()
    }

    /// Threads that run the partitions: as many as there are partitions and cores.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The same plan, run by so many threads (at least 1, at most one a partition) whatever cores there are.
    #[must_use]
    pub fn run_by(self, threads: usize) -> Self {
        Self { threads: threads.clamp(1, self.parts.len()), ..self }
    }

    /// Smallest delay in ticks: the partitions meet this often.
    pub fn min_delay(&self) -> u64 {
        self.min_delay
    }

    /// Largest delay in ticks.
    pub fn max_delay(&self) -> u64 {
        self.max_delay
    }

    /// Synapses, those of private stimuli left out, projections of which nothing is stored included.
    pub fn synapses(&self) -> u64 {
        self.by_layout().values().map(|layout| layout.0).sum()
    }

    /// Bytes that the synapses take, with the index of their rows.
    pub fn synapse_bytes(&self) -> u64 {
        self.by_layout().values().map(|layout| layout.1).sum()
    }

    /// Bytes of the index alone.
    pub fn index_bytes(&self) -> u64 {
        let learning = self.learning().map(Table::index_bytes);
        self.stored().map(Stored::index_bytes).chain(learning).map(|bytes| bytes as u64).sum()
    }

    /// Synapses and bytes, index included, by layout.
    pub fn by_layout(&self) -> BTreeMap<&'static str, (u64, u64)> {
        let mut all: BTreeMap<&'static str, (u64, u64)> = BTreeMap::new();
        for stored in self.stored() {
            let (synapses, bytes) = all.entry(stored.layout()).or_default();
            *synapses += stored.synapses();
            *bytes += (stored.record_bytes() + stored.index_bytes()) as u64;
        }
        for table in self.learning() {
            let (synapses, bytes) = all.entry(table.layout()).or_default();
            *synapses += table.wiring.cells.len() as u64;
            *bytes += (table.record_bytes() + table.index_bytes()) as u64;
        }
        all
    }

    /// Synapses that learn, and the bytes that they take, index included.
    pub fn learning_size(&self) -> (u64, u64) {
        self.learning().fold((0, 0), |(synapses, bytes), table| {
            (synapses + table.wiring.cells.len() as u64, bytes + (table.record_bytes() + table.index_bytes()) as u64)
        })
    }

    fn learning(&self) -> impl Iterator<Item = &Table> {
        self.parts.iter().flat_map(|p| &p.learning)
    }

    fn stored(&self) -> impl Iterator<Item = &Stored> {
        self.parts.iter().flat_map(|p| &p.stored)
    }

    /// Bytes of coefficients and stimulus tables.
    pub fn other_bytes(&self) -> u64 {
        let neurons = self.cells.iter().map(|c| if let PlanCells::Neurons(n) = c { n.bytes() } else { 0 });
        let direct = self.parts.iter().flat_map(|p| &p.inputs).flat_map(|i| &i.stimuli).map(|d| match &d.stimulate {
            Stimulate::Poisson { table, .. } => table.bytes(),
            Stimulate::Noise { table, .. } => table.bytes(),
            Stimulate::Current(injection) => size_of_val(&injection.entries[..]),
        });
        let stimuli = direct.chain(self.stimuli.acts.iter().flatten().flatten().map(Act::bytes));
        let slow = self.parts.iter().flat_map(|p| &p.inputs).flat_map(|i| &i.slow).map(SlowCurrents::bytes);
        neurons.chain(stimuli).chain(slow).map(|b| b as u64).sum()
    }

    /// Values that each noise projection holds in each partition.
    pub(crate) fn held(&self) -> Vec<Vec<usize>> {
        let of_part = |(i, part): (usize, &Part)| {
            let mut sizes = Vec::new();
            for (population, (inputs, blocks)) in part.inputs.iter().zip(self.partitioning.blocks(i)).enumerate() {
                for (direct, act) in inputs.stimuli.iter().zip(self.stimuli.on(i, population)) {
                    if let (Stimulate::Noise { held, .. }, Act::Noise(currents)) = (&direct.stimulate, act) {
                        sizes.push((*held, currents.own().held(blocks.len())));
                    }
                }
            }
            sizes.sort_unstable();
            sizes.into_iter().map(|s| s.1).collect()
        };
        self.parts.iter().enumerate().map(of_part).collect()
    }
}

/// Plans made.
static PLANS: AtomicU64 = AtomicU64::new(0);

/// Cores that this process may use; asked for once.
fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// Longest window between two exchanges, in ticks: bounds what a window holds when no delay bounds it.
const LONGEST_WINDOW: u64 = 100;

/// How a projection's synapses are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kept {
    /// The layout in words.
    pub layout: &'static str,
    /// Bytes a synapse, without the index of the rows.
    pub bytes: f64,
}

/// How the synapses of each projection of a network are kept; nothing is stored of stimuli that act directly (`None`).
pub fn layouts(network: &Network) -> Vec<Option<Kept>> {
    let chooser = Chooser::new(network, Layouts::Chosen);
    let kept = |projection: &Projection| match &projection.learning {
        Some(learning) => {
            let plastic::Kept { layout, synapse: bytes, .. } = plastic::kept(network, projection, learning, 0.0);
            Kept { layout, bytes: bytes as f64 }
        }
        None => {
            let layout = chooser.layout(projection);
            Kept { layout: layout.name(), bytes: layout.record_bytes(projection) }
        }
    };
    let direct = |projection: &Projection| network.populations[projection.source].effect() != Effect::Spikes;
    network.projections.iter().map(|p| (!direct(p)).then(|| kept(p))).collect()
}

/// The sums that each receptor of each population gets input from.
fn receives(network: &Network, groups: &[Group], learning: &[usize], chooser: &Chooser<'_>) -> Vec<Vec<Receives>> {
    let receptors = |p: &crate::network::Population| p.card().map_or(0, |card| card.receptors.len());
    let mut all: Vec<Vec<Receives>> = network.populations.iter().map(|p| vec![Receives::default(); receptors(p)]).collect();
    for projection in learning.iter().map(|index| &network.projections[*index]) {
        let (receptor, _) = Generator::new(network, projection).receptors();
        all[projection.target].get_mut(receptor).into_iter().for_each(|receives| receives.numbers = true);
    }
    for (group, index) in groups.iter().flat_map(|group| group.projections.iter().map(move |index| (group, index))) {
        let projection = &network.projections[*index];
        let (first, second) = Generator::new(network, projection).receptors();
        for receptor in [first, second] {
            let receives = &mut all[projection.target][receptor];
            match group.layout {
                Layout::I16 { .. } => receives.unit = Some(chooser.unit(projection.target, receptor)),
                _ => receives.numbers = true,
            }
        }
    }
    all
}

fn plan_cells(network: &Network, drives: &[Option<Drive>], grid: Grid, families: &mut Vec<Family>) -> Vec<PlanCells> {
    let mut cells = Vec::with_capacity(network.populations.len());
    for (index, (population, drive)) in network.populations.iter().zip(drives).enumerate() {
        let key = |kind: &str| Key::new(network.noise_seed).name(kind).name(&population.name).finish();
        cells.push(match population.kernel(network, grid) {
            Some(kernel) => PlanCells::Neurons(kernel),
            None => {
                let family = match drive {
                    Some(Drive::Poisson(_)) => Some("poisson_source"),
                    Some(Drive::Bernoulli(_)) => Some("bernoulli_source"),
                    _ => None,
                };
                families.extend(family.map(|kind| Family { key: key(kind), population: index }));
                PlanCells::Stimulus { family: family.map(|_| families.len() - 1) }
            }
        });
    }
    cells
}

pub(crate) fn probes(network: &Network, grid: Grid) -> Vec<Probe> {
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
    let acts =
        |source: usize| matches!(&drives[source], Some(Drive::PrivatePoisson(_) | Drive::Current(_) | Drive::PrivateNoise(_)));
    let carries = |source: usize| !acts(source) && network.populations[source].effect() == Effect::Spikes;
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

/// Whether the units of a stimulus differ from each other, in some trial at least.
fn units_differ(network: &Network, population: usize) -> bool {
    let Cells::Stimulus { values, .. } = &network.populations[population].cells else { return false };
    match &network.trials {
        Some(trials) => trials.units_differ(population, values),
        None => values.iter().any(|value| !value.is_shared()),
    }
}

/// Whether a stimulus is not the same in all trials.
fn varies(network: &Network, population: usize) -> bool {
    network.trials.as_ref().is_some_and(|trials| trials.vary(population))
}

/// What the threads that build partitions share.
struct Work<'a> {
    network: &'a Network,
    grid: Grid,
    cells: &'a [PlanCells],
    drives: &'a [Option<Drive>],
    groups: &'a [Group],
    /// Projections that learn.
    learning: &'a [usize],
    receives: &'a [Vec<Receives>],
    stimuli: &'a [PrivateProjection],
    /// Projections through which currents of cells flow, and these cells.
    slow: &'a [usize],
    flows: &'a slow::Sources,
    /// By population: cells of a slice of targets, where that matters.
    grains: &'a [u32],
}

impl Work<'_> {
    fn part(&self, blocks: &[Range<usize>], probes: &[Probe]) -> Part {
        let sums = SumLayout::new(blocks, self.cells);
        let builder = Builder { network: self.network, grid: self.grid, blocks, sums: &sums };
        let (mut stored, mut of_source) = (Vec::new(), vec![Vec::new(); self.cells.len()]);
        for group in self.groups {
            let kept = builder.store(group);
            of_source[group.source].extend(stored.len()..stored.len() + kept.len());
            stored.extend(kept);
        }
        let learning = self.learning(blocks, &sums);
        let mut learning_of = vec![Vec::new(); self.cells.len()];
        for (index, table) in learning.iter().enumerate() {
            learning_of[self.network.projections[table.wiring.projection].source].push(index);
        }
        let mut inputs: Vec<Inflow> =
            self.receives.iter().map(|receptors| Inflow { receptors: receptors.clone(), ..Inflow::default() }).collect();
        for private in self.stimuli {
            let target = self.network.projections[private.projection].target;
            inputs[target].stimuli.push(self.stimulate(private, blocks));
        }
        for projection in self.slow.iter().map(|index| &self.network.projections[*index]) {
            let entries = self.context(projection, blocks, false).current_entries();
            inputs[projection.target].slow.push(SlowCurrents::new(entries, projection.source, self.flows));
        }
        let spikes = || stored.iter().filter_map(Stored::delays).chain(learning.iter().filter_map(|t| t.wiring.extremes()));
        let slow = || inputs.iter().flat_map(|inflow| &inflow.slow).filter_map(SlowCurrents::delays);
        let largest_delay = spikes().chain(slow()).map(|d| d.1).max().unwrap_or(1);
        let smallest_delay = spikes().chain(slow()).map(|d| d.0).min().unwrap_or(u32::MAX);
        let probed = probes.iter().map(|p| self.probed(p, blocks)).collect();
        let own = |channel: &Channel| {
            cells(&blocks[channel.population], self.network.populations[channel.population].size).contains(&channel.cell)
        };
        let told = |all: &[Channel]| (0..all.len()).filter(|index| own(&all[*index])).collect();
        let (channels, flows) = (told(&self.network.channels), told(&self.flows.channels));
        Part { sums, stored, of_source, learning, learning_of, inputs, probed, largest_delay, smallest_delay, channels, flows }
    }

    /// Tables of the synapses that learn.
    fn learning(&self, blocks: &[Range<usize>], sums: &SumLayout) -> Vec<Table> {
        let tables = |index: &usize| plastic::tables(self.network, *index, blocks, self.grains, sums, self.grid);
        self.learning.iter().flat_map(tables).collect()
    }

    fn context<'a>(&'a self, projection: &'a Projection, blocks: &[Range<usize>], spikes: bool) -> Context<'a> {
        let rows = match &self.cells[projection.target] {
            PlanCells::Neurons(neurons) => neurons.inputs(),
            _ => 0,
        };
        let blocks = blocks[projection.target].clone();
        Context { network: self.network, projection, grid: self.grid, blocks, rows, spikes }
    }

    fn stimulate(&self, private: &PrivateProjection, blocks: &[Range<usize>]) -> Direct {
        let projection = &self.network.projections[private.projection];
        let context = |spikes| self.context(projection, blocks, spikes);
        let PrivateProjection { family, held, .. } = *private;
        let source = projection.source;
        let (shared, varies) = (!units_differ(self.network, source), varies(self.network, source));
        let stimulate = match &self.drives[source] {
            Some(Drive::PrivatePoisson(_)) => Stimulate::Poisson { family, table: PrivatePoisson::new(&context(true), shared) },
            Some(Drive::PrivateNoise(_)) => {
                Stimulate::Noise { family, held, table: PrivateNoise::new(&context(false), shared, varies) }
            }
            Some(Drive::Current(_)) => Stimulate::Current(Injection::new(context(false).current_entries())),
            _ => unreachable!("only stimuli without cells of their own act directly"),
        };
        Direct { source, stimulate }
    }

    /// The cells of a probe's record that lie in these blocks: ascending, so a range.
    fn probed(&self, probe: &Probe, blocks: &[Range<usize>]) -> Range<usize> {
        let record = &self.network.records[probe.record].cells;
        let owned = cells(&blocks[probe.population], self.network.populations[probe.population].size);
        record.partition_point(|c| *c < owned.start)..record.partition_point(|c| *c < owned.end)
    }
}
