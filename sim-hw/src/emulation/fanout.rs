//! How many synapses a spike of a cell finds on each core: the lengths of all rows, counted once.

use crate::mapping::{Application, Flow, Kind, Mapping};
use sim_core::connect::Generator;
use sim_core::network::Network;

/// Synapses of one cell on one core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The slice that the core has.
    pub slice: u32,
    /// Synapses that do not learn.
    pub fixed: u16,
    /// Synapses that learn.
    pub plastic: u16,
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
        let mut rows = vec![Row { slice: 0, fixed: 0, plastic: 0 }; found.len()];
        for (cell, row) in found {
            rows[next[cell as usize]] = row;
            next[cell as usize] += 1;
        }
        Ok(Self { first, starts, rows })
    }

    /// The rows of a cell, one for each core and projection.
    #[inline]
    pub fn of(&self, application: u32, cell: u32) -> &[Row] {
        let cell = self.first[application as usize] + cell as usize;
        &self.rows[self.starts[cell]..self.starts[cell + 1]]
    }

    /// All synapses.
    pub fn synapses(&self) -> u64 {
        self.rows.iter().map(|row| u64::from(row.fixed) + u64::from(row.plastic)).sum()
    }
}

/// Calls with each cell of a flow's source and its row on a core.
fn each_row(network: &Network, mapping: &Mapping, flow: &Flow, mut call: impl FnMut(u32, Row)) {
    let projection = &network.projections[flow.projection];
    let applications: [&Application; 2] = [flow.source, flow.target].map(|a| &mapping.applications[a as usize]);
    let [source, target] = applications;
    let row = |slice: u32, count: u16| {
        let slice = target.slices.start + slice;
        if projection.learning.is_some() {
            Row { slice, fixed: 0, plastic: count }
        } else {
            Row { slice, fixed: count, plastic: 0 }
        }
    };
    if matches!(source.kind, Kind::PrivateSources { .. }) {
        let first = projection.target_cells.start;
        return (0..source.size).for_each(|cell| call(cell, row((first + cell) / target.per_core, 1)));
    }
    // By source, then by slice: one row of counts after the other.
    let slices = target.slices.len();
    let mut counts = vec![0_u16; source.size as usize * slices];
    Generator::new(network, projection).for_pairs(projection.target_cells.clone(), |pair| {
        let count = &mut counts[pair.source as usize * slices + (pair.target / target.per_core) as usize];
        *count = count.saturating_add(1);
    });
    for (place, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
        call((place / slices) as u32, row((place % slices) as u32, count));
    }
}
