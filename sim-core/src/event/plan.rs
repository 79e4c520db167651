//! The plan of a run in continuous time: everything that does not change, shared by any number of states.

use super::courses::{Courses, place};
use super::currents::{self, Change};
use super::population::{Population, Setup};
use super::refusals::refusal;
use super::rows::Table;
use super::sources::Sources;
use super::stretch::{Drives, Stretch, drives, joined, seed};
use super::trains::{Train, Trains, private};
use crate::catalog::Effect;
use crate::engine::partition::{Partitioning, cells};
use crate::engine::plan::{Probe, probes};
use crate::network::{Cells, Network};
use crate::stimulus::Drive;
use crate::time::{FS_PER_MS, Grid};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// A network laid out for the event engine.
pub struct Plan {
    /// The network; its time step is a femtosecond.
    pub(crate) network: Arc<Network>,
    /// The step that the netlist names.
    pub(crate) step_fs: i64,
    pub(super) probes: Vec<Probe>,
    pub(crate) parts: Vec<Part>,
    /// Where each population's cells begin.
    pub(crate) firsts: Vec<u32>,
    /// What stimuli do from time 0 on.
    pub(super) given: Given,
    /// What rules read of modulators, at time 0.
    pub(super) courses: Courses,
    /// Longest window between two exchanges.
    pub(super) window: u64,
}

/// What stimuli do from a time on.
#[derive(Clone)]
pub(crate) struct Given {
    pub(super) sources: Sources,
    pub(super) parts: Vec<GivenPart>,
}

/// What they do to the cells of a partition.
#[derive(Clone)]
pub(super) struct GivenPart {
    /// Changes of injected current, by time.
    pub(super) changes: Vec<Change>,
    /// Random input of cells' own, by population.
    pub(super) trains: Vec<Trains>,
}

/// What a partition owns.
pub(crate) struct Part {
    /// Cells of each population.
    pub(crate) owned: Vec<Range<u32>>,
    pub(crate) tables: Vec<Table>,
    /// Which of them are of each source population.
    pub(crate) of_source: Vec<Vec<u32>>,
    /// Which of them learn from the spikes of each target population.
    pub(super) of_target: Vec<Vec<u32>>,
    /// Populations of neurons at time 0.
    pub(super) populations: Vec<Option<Box<dyn Population>>>,
    /// Cells of each probe in this partition: a range of the record's cells.
    pub(super) probed: Vec<Range<usize>>,
}

/// Longest window where no delay bounds it: after each the sink may break off.
const LONGEST_WINDOW: u64 = 10 * FS_PER_MS as u64;

impl Plan {
    /// Lays a network out for a number of partitions (threads).
    ///
    /// # Errors
    /// Where something of the network has no meaning in continuous time: the reason.
    pub fn new(network: &Network, threads: usize) -> Result<Self, String> {
        let step_fs = network.timestep_fs;
        let network = Arc::new(Network { timestep_fs: 1, ..network.clone() });
        let (grid, own_grid) = (Grid::new(1), Grid::new(step_fs));
        let drives = drives(&network, own_grid, None);
        if let Some(reason) = refusal(&network, &drives) {
            return Err(reason);
        }
        let probes = probes(&network, grid);
        let threads = threads.max(1);
        let partitioning = Partitioning::new(&network.populations, threads);
        let build = |part: usize| {
            let owned = network.populations.iter().zip(partitioning.blocks(part)).map(|(p, blocks)| cells(blocks, p.size));
            let owned: Vec<Range<u32>> = owned.collect();
            let given = given_part(&network, &drives, &owned, (network.noise_seed, 0));
            (build_part(&network, &drives, &probes, owned, &given), given)
        };
        let parts: Vec<(Part, GivenPart)> = if threads == 1 {
            vec![build(0)]
        } else {
            std::thread::scope(|scope| {
                let builds: Vec<_> = (0..threads).map(|part| scope.spawn(move || build(part))).collect();
                builds.into_iter().map(|b| b.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
            })
        };
        let (mut parts, given): (Vec<Part>, Vec<GivenPart>) = parts.into_iter().unzip();
        remember_alike(&mut parts);
        let delays = parts.iter().flat_map(|part| &part.tables).filter_map(Table::least_delay);
        let window = delays.min().unwrap_or(LONGEST_WINDOW).clamp(1, LONGEST_WINDOW);
        let firsts = network.populations.iter().map(|population| population.first).collect();
        let given = Given { sources: Sources::new(&network, &drives, own_grid, (network.noise_seed, 0)), parts: given };
        let courses = Courses::new(&network, |population, cell| {
            let owned: Vec<Range<u32>> = parts.iter().map(|part| part.owned[population].clone()).collect();
            let (part, cell) = place(&owned, cell)?;
            Some((&**parts[part].populations[population].as_ref()?, cell))
        })?;
        Ok(Self { network, step_fs, probes, parts, firsts, given, courses, window })
    }

    /// What stimuli do in the second of two stretches.
    pub(super) fn given(&self, stretches: [Stretch; 2]) -> Given {
        let (network, own) = (&*self.network, Grid::new(self.step_fs));
        let drives = joined(network, own, stretches);
        let from = (seed(network, stretches[1].trial), stretches[1].origin);
        let parts = self.parts.iter().map(|part| given_part(network, &drives, &part.owned, from)).collect();
        Given { sources: Sources::new(network, &drives, own, from), parts }
    }

    /// The network it was made from, with a femtosecond for a time step.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// The grid of its ticks, which are femtoseconds.
    pub fn grid(&self) -> Grid {
        Grid::new(1)
    }

    /// Partitions, each run by a thread.
    pub fn threads(&self) -> usize {
        self.parts.len()
    }

    /// The time that partitions go on by themselves: the smallest delay, in femtoseconds.
    pub fn window(&self) -> u64 {
        self.window
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        self.parts.iter().flat_map(|part| &part.tables)
    }

    /// Synapses that carry spikes of cells.
    pub fn synapses(&self) -> u64 {
        self.tables().map(Table::synapses).sum()
    }

    /// Bytes that they take, with the index of their rows.
    pub fn synapse_bytes(&self) -> u64 {
        self.tables().map(|table| table.record_bytes() + table.index_bytes()).sum()
    }

    /// Bytes of the index alone.
    pub fn index_bytes(&self) -> u64 {
        self.tables().map(Table::index_bytes).sum()
    }

    /// Bytes of the neurons.
    pub fn other_bytes(&self) -> u64 {
        self.parts.iter().flat_map(|part| part.populations.iter().flatten()).map(|p| p.bytes() as u64).sum()
    }

    /// Synapses and bytes, index included, by layout.
    pub fn by_layout(&self) -> BTreeMap<&'static str, (u64, u64)> {
        let mut all: BTreeMap<&'static str, (u64, u64)> = BTreeMap::new();
        for table in self.tables() {
            let (synapses, bytes) = all.entry(table.layout()).or_default();
            *synapses += table.synapses();
            *bytes += table.record_bytes() + table.index_bytes();
        }
        all
    }
}

/// Synapses of one table remember as long in all partitions, as it is in a plan of one partition.
fn remember_alike(parts: &mut [Part]) {
    for table in 0..parts.first().map_or(0, |part| part.tables.len()) {
        let longest = parts.iter().filter_map(|part| part.tables[table].plastic.as_ref()).map(|p| p.start.longest()).max();
        for plastic in parts.iter_mut().filter_map(|part| part.tables[table].plastic.as_mut()) {
            plastic.start.remember(longest.unwrap_or(0));
        }
    }
}

/// What stimuli do to the cells that a partition owns, from a time on; what is random by a seed.
fn given_part(network: &Network, drives: &Drives, owned: &[Range<u32>], from: (u64, u64)) -> GivenPart {
    let mut trains: Vec<Vec<(u32, Train)>> = network.populations.iter().map(|_| Vec::new()).collect();
    for projection in &network.projections {
        if let Some(Drive::PrivatePoisson(units)) = &drives[projection.source] {
            trains[projection.target].extend(private(network, projection, units, &owned[projection.target], from));
        }
    }
    let trains = trains.into_iter().zip(owned).map(|(trains, cells)| Trains::new(cells.len(), trains)).collect();
    GivenPart { changes: currents::changes(network, drives, owned), trains }
}

fn build_part(network: &Network, drives: &Drives, probes: &[Probe], owned: Vec<Range<u32>>, given: &GivenPart) -> Part {
    let none = vec![Vec::new(); network.populations.len()];
    let (mut tables, mut of_source, mut of_target) = (Vec::new(), none.clone(), none);
    for (index, projection) in network.projections.iter().enumerate() {
        let cells = &owned[projection.target];
        match &drives[projection.source] {
            Some(Drive::PrivatePoisson(_)) => {}
            _ if network.populations[projection.source].effect() == Effect::Spikes => {
                for table in Table::of(network, index, cells) {
                    of_source[projection.source].push(tables.len() as u32);
                    if table.plastic.is_some() {
                        of_target[projection.target].push(tables.len() as u32);
                    }
                    tables.push(table);
                }
            }
            _ => {}
        }
    }
    // In trials current may be injected that is not there before them.
    let injected = |index: usize| {
        let current = |p: &crate::network::Projection| matches!(drives[p.source], Some(Drive::Current(_)));
        network.projections.iter().any(|projection| projection.target == index && current(projection))
    };
    let populations = given
        .trains
        .iter()
        .enumerate()
        .map(|(index, trains)| population(network, index, &owned[index], (trains.clone(), injected(index))));
    let populations = populations.collect();
    let probed = probes.iter().map(|probe| {
        let (record, own) = (&network.records[probe.record].cells, &owned[probe.population]);
        record.partition_point(|cell| *cell < own.start)..record.partition_point(|cell| *cell < own.end)
    });
    let probed = probed.collect();
    Part { owned, tables, of_source, of_target, populations, probed }
}

/// The neurons of a population that a partition owns; none of a stimulus.
fn population(
    network: &Network,
    index: usize,
    owned: &Range<u32>,
    (trains, currents): (Trains, bool),
) -> Option<Box<dyn Population>> {
    let population = &network.populations[index];
    let Cells::Neurons { card, parameters, initial } = &population.cells else { return None };
    let build = card.build_event?;
    let given: Vec<bool> = initial.iter().map(Option::is_some).collect();
    let start = |cell: u32| {
        let own: Vec<f64> = parameters.iter().map(|column| column.get(cell as usize)).collect();
        let known = |column: &Option<crate::network::Column>| column.as_ref().map_or(0.0, |c| c.get(cell as usize));
        let mut state: Vec<f64> = initial.iter().map(known).collect();
        (card.initial)(&own, &mut state, &given);
        state
    };
    let first = population.first + owned.start;
    Some(build(Setup { first, cells: owned.clone(), parameters, initial: owned.clone().map(start).collect(), trains, currents }))
}
