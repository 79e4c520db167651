//! The wiring of a projection that learns, within one partition: built once, shared by all states.

use super::calendar::Calendar;
use super::fan::{Fan, Run};
use super::learner::Learner;
use super::pipe::Outlet;
use super::posts::Posts;
use super::recent::Recent;
use super::settling::REMEMBERED;
use super::view::View;
use crate::connect::{Generator, Synapse};
use crate::elaborate::synapses::extent;
use crate::engine::build::Filling;
use crate::engine::partition::targets;
use crate::engine::rows::Index;
use crate::engine::sums::SumLayout;
use crate::engine::values::Values;
use crate::network::{Draw, Network, Numerics, Projection, Weights};
use crate::plasticity::{Learning, Setup, Zones};
use crate::real::Precision;
use crate::time::Grid;
use std::ops::Range;
use std::sync::Arc;

/// Who is connected to whom, and after how long.
#[derive(Debug)]
pub(crate) struct Wiring {
    /// Index of the projection.
    pub(crate) projection: usize,
    /// The first target, as a cell of its population, and how many there are.
    pub(crate) targets: Range<u32>,
    /// By source: the synapses lie in this order.
    pub(crate) rows: Fan,
    /// By synapse: its target, counted from the first.
    pub(crate) cells: Vec<u16>,
    /// The synapses' delays in ticks, ascending.
    pub(crate) delays: Vec<u32>,
    /// Which modulator a target reads.
    pub(crate) zones: Zones,
}

/// A projection's synapses onto (a part of) a partition, with its rule.
pub(crate) struct Table {
    pub(crate) wiring: Arc<Wiring>,
    pub(crate) learner: Box<dyn Learner>,
    /// Weights at the start; only one where all are the same.
    pub(crate) start: Values,
    pub(crate) outlet: Option<Outlet>,
    /// -1 where the rule sees the magnitude of a weight that the netlist gives a sign.
    pub(crate) sign: f64,
}

impl Wiring {
    /// Smallest and largest delay.
    pub(crate) fn extremes(&self) -> Option<(u32, u32)> {
        self.delays.first().copied().zip(self.delays.last().copied())
    }
}

impl Table {
    pub(crate) fn calendar(&self) -> Calendar {
        Calendar::new(self.wiring.extremes().map_or(0, |(_, longest)| longest))
    }

    /// Delays for which there is a view of the targets: all, where it is less to keep the views than to look for each synapse's news.
    pub(crate) fn views(&self) -> impl Iterator<Item = u32> {
        let Wiring { cells, targets, delays, .. } = &*self.wiring;
        let of_use = self.learner.looks_at_views() && delays.len() * targets.len() * WORTH <= cells.len();
        delays.iter().copied().filter(move |_| of_use)
    }

    /// Targets of which the last spikes are kept side by side: all or none.
    pub(crate) fn recents(&self) -> usize {
        let Wiring { cells, targets, .. } = &*self.wiring;
        if self.learner.heeds_targets() && Recent::of_use(targets.len() as f64, cells.len() as f64) { targets.len() } else { 0 }
    }

    /// Which of the targets' spikes a spike of the source that arrives at a tick finds worked off, or works off: those up to this tick.
    pub(crate) fn seen(&self, arrival: i32, delay: u32) -> i32 {
        self.learner.conventions().backpropagation.seen(arrival, delay)
    }

    /// How the synapses are kept, in words.
    pub(crate) fn layout(&self) -> &'static str {
        layout(self.start.precision())
    }

    /// Bytes of places and of what the synapses remember, the start included.
    pub(crate) fn record_bytes(&self) -> usize {
        let (variables, ..) = self.learner.sizes();
        let count = self.wiring.cells.len();
        let places = size_of_val(&self.wiring.cells[..]);
        let start = if self.start.len() == count { self.start.bytes() } else { 0 };
        places + start + self.start.precision().bytes() * count * variables
    }

    /// Bytes of rows and runs, of what runs remember, and of what is shown of the targets.
    pub(crate) fn index_bytes(&self) -> usize {
        let ((_, traces, kept), precision) = (self.learner.sizes(), self.start.precision());
        let Wiring { rows, targets, .. } = &*self.wiring;
        let remembered = size_of::<i32>() + traces * precision.bytes();
        let shown = targets.len() * self.views().count() * View::bytes(kept, precision);
        rows.bytes() + rows.run_count() * remembered + shown + self.recents() * Recent::bytes(kept, precision)
    }
}

/// A synapse while the table is filled.
#[derive(Clone, Copy, Default)]
struct Filled<F> {
    cell: u16,
    weight: F,
}

/// Synapses for whose search a target is shown in one view.
const WORTH: usize = 4;

/// Most targets of a table: their places are 16-bit numbers.
const MOST_TARGETS: u32 = 1 << 16;

/// Numbers that the weights of plastic synapses are kept in: 16 bits would lose small changes.
pub(crate) fn precision(network: &Network) -> Precision {
    if network.weights == Weights::F64 { Precision::F64 } else { Precision::F32 }
}

/// How synapses that learn are kept, in words.
fn layout(precision: Precision) -> &'static str {
    match precision {
        Precision::F64 => "plastic, 64-bit weights",
        Precision::F32 => "plastic, 32-bit weights",
    }
}

/// How a projection that learns is going to be kept.
pub(crate) struct Kept {
    /// In words.
    pub(crate) layout: &'static str,
    /// Bytes of a synapse: [`Table::record_bytes`] of one.
    pub(crate) synapse: usize,
    /// Bytes of all that is kept and shown of targets' spikes, at most.
    pub(crate) targets: f64,
}

/// The same before anything is built, for about so many synapses.
pub(crate) fn kept(network: &Network, projection: &Projection, learning: &Learning, synapses: f64) -> Kept {
    let (precision, grid) = (precision(network), Grid::new(network.timestep_fs));
    let setup = Setup { settings: &learning.settings, bounds: learning.bounds, grid, precision, quantum: None };
    let learner = (learning.card.build)(&setup);
    let (variables, _, numbers) = learner.sizes();
    let start = usize::from(!matches!(projection.weight, Draw::Constant(_)));
    let targets = projection.target_cells.len() as f64;
    // A list that grows takes up to twice its length.
    let spikes = match learner.history() {
        None => (REMEMBERED as f64 * targets).min(synapses).max(targets),
        Some(history) => 2.0 * (history as f64 + 2.0 * extent(&projection.delay).1 / grid.step_ms()) * targets,
    };
    let spikes = 2.0 * spikes;
    let views = if matches!(projection.delay, Draw::Constant(_)) { targets } else { synapses / WORTH as f64 };
    let recents = if Recent::of_use(targets, synapses) { targets } else { 0.0 };
    let [post, view, recent] = [Posts::bytes, View::bytes, Recent::bytes].map(|bytes| bytes(numbers, precision) as f64);
    Kept {
        layout: layout(precision),
        synapse: size_of::<u16>() + precision.bytes() * (variables + start),
        targets: spikes * post + views * view + recents * recent,
    }
}

/// The tables of a projection that learns, in the partition that has these blocks. None reaches over a border of grains.
pub(crate) fn tables(
    network: &Network,
    index: usize,
    blocks: &[Range<usize>],
    grains: &[u32],
    sums: &SumLayout,
    grid: Grid,
) -> Vec<Table> {
    let projection = &network.projections[index];
    let Some(learning) = &projection.learning else { return Vec::new() };
    let size = network.populations[projection.target].size;
    let all = targets(projection, &blocks[projection.target], size);
    let grain = grains.get(projection.target).map_or(u32::MAX, |grain| (*grain).max(1));
    let border = |start: u32| (start / grain).saturating_add(1).saturating_mul(grain);
    let end = |start: u32| start.saturating_add(MOST_TARGETS).min(border(start)).min(all.end);
    let starts = std::iter::successors(Some(all.start), |start| Some(end(*start))).take_while(|start| *start < all.end);
    let ranges = starts.map(|start| start..end(start));
    let table = |range| match precision(network) {
        Precision::F64 => table::<f64>(network, index, range, grid, Values::F64, learning, sums),
        Precision::F32 => table::<f32>(network, index, range, grid, Values::F32, learning, sums),
    };
    ranges.map(table).filter(|table| !table.wiring.cells.is_empty()).collect()
}

fn table<F: crate::real::Real>(
    network: &Network,
    index: usize,
    range: Range<u32>,
    grid: Grid,
    values: impl Fn(Vec<F>) -> Values,
    learning: &Learning,
    sums: &SumLayout,
) -> Table {
    let projection = &network.projections[index];
    let generator = Generator::new(network, projection);
    let sources = network.populations[projection.source].size as usize;
    let mut filling: Filling<Filled<F>> = Filling::new(sources);
    generator.for_pairs(range.clone(), |pair| filling.count(pair.source));
    filling.make_room(!matches!(projection.delay, Draw::Constant(_)));
    let signs = Signs::of(network, projection, learning);
    generator.for_targets(range.clone(), |Synapse { source, target, weight, delay_fs, .. }| {
        let filled = Filled { cell: (target - range.start) as u16, weight: F::of(signs.seen(weight)) };
        filling.add(source, grid.delay(delay_fs) as u16, filled);
    });
    filling.settle();
    let delay = match projection.delay {
        Draw::Constant(ms) => Some(grid.delay(crate::time::fs_from_ms(ms).unwrap_or(0))),
        _ => None,
    };
    let (rows_and_runs, filled) = filling.sorted(delay);
    let rows = runs(rows_and_runs, filled.len() as u32);
    let cells: Vec<u16> = filled.iter().map(|f| f.cell).collect();
    let same = matches!(projection.weight, Draw::Constant(_));
    let start = values(filled.iter().map(|f| f.weight).take(if same { 1 } else { usize::MAX }).collect());
    let on_chip = only_outlet(network, projection).filter(|_| network.numerics == Numerics::Spinnaker);
    let quantum = on_chip.and_then(|receptor| projection.quanta.get(receptor)).copied();
    let setup = Setup { settings: &learning.settings, bounds: learning.bounds, grid, precision: start.precision(), quantum };
    let outlet = only_outlet(network, projection).map(|receptor| Outlet {
        first: sums.place(projection.target, range.start, receptor),
        quantum: projection.quanta[receptor],
        sign: signs.inner,
    });
    let learner = (learning.card.build)(&setup);
    let zones = learning.zones.part(range.clone());
    let mut delays: Vec<u32> = rows.runs[..rows.run_count()].iter().map(|run| run.delay).collect();
    delays.sort_unstable();
    delays.dedup();
    let wiring = Wiring { projection: index, targets: range, rows, cells, delays, zones };
    Table { wiring: Arc::new(wiring), learner, start, outlet, sign: signs.outer }
}

/// Between a weight as the netlist gives it, as the rule sees it, and as the target gets it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signs {
    /// From the rule's to the target's, and back.
    pub(crate) inner: f64,
    /// From the rule's to the netlist's.
    pub(crate) outer: f64,
}

impl Signs {
    pub(crate) fn of(network: &Network, projection: &Projection, learning: &Learning) -> Self {
        let outer = if learning.negative { -1.0 } else { 1.0 };
        // A receptor that takes magnitudes gets these already.
        let magnitude = only_outlet(network, projection).is_some_and(|r| takes_magnitude(network, projection, r));
        Self { inner: if magnitude { 1.0 } else { outer }, outer }
    }

    /// A weight that the target would get, as the rule sees it.
    pub(crate) fn seen(self, weight: f64) -> f64 {
        self.inner * weight + 0.0
    }
}

/// The receptor that a projection reaches; none where its targets are stimuli.
fn only_outlet(network: &Network, projection: &Projection) -> Option<usize> {
    network.populations[projection.target].card()?;
    Some(Generator::new(network, projection).receptors().0)
}

fn takes_magnitude(network: &Network, projection: &Projection, receptor: usize) -> bool {
    projection.receptor.is_some()
        || network.populations[projection.target].card().is_some_and(|card| card.receptors[receptor].magnitude)
}

/// One form for one delay and several.
fn runs(index: Index, synapses: u32) -> Fan {
    match index {
        Index::Same { delay, starts } => {
            let rows = (0..starts.len() as u32).collect();
            Fan { rows, runs: starts.into_iter().map(|start| Run { start, delay }).collect() }
        }
        Index::Mixed { rows, runs } => {
            let mut start = 0;
            let mut all: Vec<Run> = Vec::with_capacity(runs.len() + 1);
            for run in runs {
                all.push(Run { start, delay: u32::from(run.delay) });
                start += u32::from(run.count);
            }
            all.push(Run { start: synapses, delay: 0 });
            Fan { rows: rows.into_iter().map(|row| row.0).collect(), runs: all }
        }
    }
}
