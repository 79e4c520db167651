//! The wiring of a projection that learns, within one partition: shared by all states.

use super::Synapses;
use crate::engine::plastic::Signs;
use crate::event::courses::Courses;
use crate::network::Network;
use crate::plasticity::{Learning, Reading, Setup, Zones};
use crate::real::Precision;
use crate::time::Grid;
use std::ops::Range;
use std::sync::Arc;

/// Synapses of one source with one delay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// The first of them; the others follow.
    pub(crate) first: u32,
    /// Femtoseconds.
    pub(crate) delay: i64,
}

/// Who is connected to whom, and after how long.
#[derive(Debug)]
pub(in crate::event) struct Wiring {
    /// In the order of their synapses, and one more where these end.
    runs: Vec<Run>,
    /// By synapse: its target, counted from the partition's first cell.
    targets: Arc<Vec<u32>>,
    /// By cell of the partition: whether it is a target.
    reached: Vec<bool>,
    longest: i64,
    /// Of what is transmitted: the rule may see magnitudes only.
    sign: f64,
    /// The modulators of the targets.
    zones: Zones,
    /// Whether any parameter follows one.
    modulated: bool,
}

impl Wiring {
    fn new(mut runs: Vec<Run>, targets: Arc<Vec<u32>>, cells: &Range<u32>, sign: f64, learning: &Learning) -> Self {
        let mut reached = vec![false; cells.len()];
        targets.iter().for_each(|target| reached[*target as usize] = true);
        let longest = runs.iter().map(|run| run.delay).max().unwrap_or(0);
        runs.push(Run { first: targets.len() as u32, delay: 0 });
        let modulated = learning.settings.iter().any(|setting| setting.constant().is_none());
        Self { runs, targets, reached, longest, sign, zones: learning.zones.part(cells.clone()), modulated }
    }

    pub(super) fn run_count(&self) -> usize {
        self.runs.len() - 1
    }

    /// The run that begins with a synapse.
    #[inline]
    pub(super) fn run(&self, first: u32) -> usize {
        self.runs.partition_point(|run| run.first < first)
    }

    #[inline]
    pub(super) fn synapses(&self, run: usize) -> Range<usize> {
        self.runs[run].first as usize..self.runs[run + 1].first as usize
    }

    #[inline]
    pub(super) fn delay(&self, run: usize) -> i64 {
        self.runs[run].delay
    }

    #[inline(always)]
    pub(super) fn target(&self, synapse: usize) -> u32 {
        self.targets[synapse]
    }

    /// Cells of the partition.
    pub(super) fn cells(&self) -> usize {
        self.reached.len()
    }

    /// Whether a cell is a target.
    pub(super) fn reaches(&self, cell: u32) -> bool {
        self.reached[cell as usize]
    }

    /// The longest delay.
    pub(super) fn longest(&self) -> i64 {
        self.longest
    }

    pub(super) fn zones(&self) -> &Zones {
        &self.zones
    }

    pub(super) fn modulated(&self) -> bool {
        self.modulated
    }

    pub(super) fn sign(&self) -> f64 {
        self.sign
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.runs[..])
    }
}

/// What a table has whose synapses learn.
pub(crate) struct Plastic {
    /// Index of the projection.
    pub(in crate::event) projection: usize,
    /// The synapses at time 0.
    pub(crate) start: Box<dyn Synapses>,
    /// Of weights where they are read.
    sign: f64,
}

impl Plastic {
    /// Prepares the rule of a projection for synapses with these weights; `None` where it has no form in continuous time.
    pub(in crate::event) fn new(
        network: &Network,
        (projection, learning): (usize, &Learning),
        (runs, targets): (Vec<Run>, Arc<Vec<u32>>),
        cells: &Range<u32>,
        weights: Vec<f64>,
    ) -> Option<Self> {
        let signs = Signs::of(network, &network.projections[projection], learning);
        let setup = Setup {
            settings: &learning.settings,
            bounds: learning.bounds,
            grid: Grid::new(network.timestep_fs),
            precision: Precision::F64,
            quantum: None,
        };
        let learner = learning.card.build_event.ok()?(&setup);
        let weights = weights.into_iter().map(|weight| signs.seen(weight)).collect();
        let wiring = Arc::new(Wiring::new(runs, targets, cells, signs.inner, learning));
        Some(Self { projection, start: learner.0(wiring, weights), sign: signs.outer })
    }

    /// A variable of all synapses of a state, with the netlist's sign.
    pub(in crate::event) fn read(
        &self,
        synapses: &dyn Synapses,
        now: i64,
        (variable, reading): (usize, Reading),
        courses: &Courses,
    ) -> Vec<f64> {
        // Other variables than the weight have no sign.
        let sign = if variable == 0 { self.sign } else { 1.0 };
        let mut values = synapses.read(now, variable, reading, courses);
        values.iter_mut().for_each(|value| *value *= sign);
        values
    }
}
