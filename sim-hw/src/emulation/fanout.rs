//! How many synapses a spike of a cell finds on each core: the lengths of all rows, counted once.

use super::stages::Stages;
use crate::mapping::{Application, Flow, Kind, Mapping};
use sim_core::connect::Generator;
use sim_core::network::Network;
use sim_core::time::Grid;

/// Synapses of one cell on one core that its packets of one stage find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The slice that the core has.
    pub slice: u32,
    /// How many.
    pub synapses: u16,
    /// Whether they learn.
    pub learn: bool,
    /// The stage of delay: 0 for what the cell itself sends.
    pub stage: u8,
}

/// Rows of all cells that send, by application and cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fanout {
    /// Where an application's cells begin in `starts`.
    first: Vec<usize>,
    starts: Vec<usize>,
    rows: Vec<Row>,
}

/// Most rows that are held: 8 bytes each.
pub const MOST_ROWS: usize = 1 << 29;

impl Fanout {
    /// Counts the synapses of a mapped network.
    ///
    /// # Errors
    /// There are too many rows: a sentence.
    pub fn count(network: &Network, mapping: &Mapping) -> Result<Self, String> {
        let mut first = Vec::with_capacity(mapping.applications.len() + 1);
        let mut cells = 0;
        for application in &mapping.applications {
            first.push(cells);
            cells += application.size as usize;
        }
        let mut found: Vec<(u32, Row)> = Vec::new();
        for flow in &mapping.flows {
            let source = first[flow.source as usize];
            each_row(network, mapping, flow, |cell, row| found.push(((source + cell as usize) as u32, row)));
            if found.len() > MOST_ROWS {
                return Err(format!(
                    "the network has more than {MOST_ROWS} rows of synapses: its packets can be counted, not followed"
                ));
            }
        }
        let mut starts = vec![0_usize; cells + 1];
        found.iter().for_each(|(cell, _)| starts[*cell as usize + 1] += 1);
        (0..cells).for_each(|cell| starts[cell + 1] += starts[cell]);
        let mut next = starts.clone();
        let mut rows = vec![Row { slice: 0, synapses: 0, learn: false, stage: 0 }; found.len()];
        for (cell, row) in found {
            rows[next[cell as usize]] = row;
            next[cell as usize] += 1;
        }
        Ok(Self { first, starts, rows })
    }

    /// The rows of a cell, one for each core, projection and stage of delay.
    #[inline]
    pub fn of(&self, application: u32, cell: u32) -> &[Row] {
        let cell = self.first[application as usize] + cell as usize;
        &self.rows[self.starts[cell]..self.starts[cell + 1]]
    }

    /// All synapses.
    pub fn synapses(&self) -> u64 {
        self.rows.iter().map(|row| u64::from(row.synapses)).sum()
    }
}

/// Calls with each cell of a flow's source and its row on a core.
fn each_row(network: &Network, mapping: &Mapping, flow: &Flow, mut call: impl FnMut(u32, Row)) {
    let projection = &network.projections[flow.projection];
    let applications: [&Application; 2] = [flow.source, flow.target].map(|a| &mapping.applications[a as usize]);
    let [source, target] = applications;
    let row = |slice: usize, stage: u8, synapses: u16| {
        let learn = projection.learning.is_some();
        Row { slice: target.slices.start + slice as u32, synapses, learn, stage }
    };
    let slice_of = |cell: u32| (cell / target.per_core) as usize;
    if matches!(source.kind, Kind::PrivateSources { .. }) {
        let first = projection.target_cells.start;
        return (0..source.size).for_each(|cell| call(cell, row(slice_of(first + cell), 0, 1)));
    }
    let stages = Stages::of(mapping, flow.source);
    let stage_of = |delay: u64| stages.holding(delay, target.delay_slots);
    let (first, last) = (stage_of(flow.shortest), stage_of(flow.longest));
    // By source, then by slice, then by stage: one row of counts after the other.
    let (slices, width) = (target.slices.len(), usize::from(last - first) + 1);
    let mut counts = vec![0_u16; source.size as usize * slices * width];
    let mut note = |source: u32, target: u32, stage: u8| {
        let count = &mut counts[(source as usize * slices + slice_of(target)) * width + usize::from(stage - first)];
        *count = count.saturating_add(1);
    };
    let (generator, targets) = (Generator::new(network, projection), projection.target_cells.clone());
    if first == last {
        generator.for_pairs(targets, |pair| note(pair.source, pair.target, first));
    } else {
        let grid = Grid::new(network.timestep_fs);
        generator.for_targets(targets, |synapse| {
            let stage = stage_of(u64::from(grid.delay(synapse.delay_fs))).clamp(first, last);
            note(synapse.source, synapse.target, stage);
        });
    }
    for (place, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
        let (cell, slice, stage) = (place / width / slices, place / width % slices, place % width);
        call(cell as u32, row(slice, first + stage as u8, count));
    }
}
