//! From spikes to inputs: a calendar of the runs that arrive at each tick.

use super::neurons::BLOCK;
use super::plan::Part;
use super::rows::{Dense, Records, Table};

/// A run of records that arrives at a tick; of a dense projection, the source cell.
#[derive(Clone, Copy)]
struct Arrival {
    /// Table, or dense projection from [`DENSE`] on.
    table: u32,
    start: u32,
    end: u32,
}

/// First number of the dense projections.
const DENSE: u32 = 1 << 31;

/// What arrives when, in one partition.
pub(crate) struct Calendar {
    /// One list a tick, as many as the largest delay, and the current one.
    days: Vec<Vec<Arrival>>,
    /// Spikes of each dense projection that arrive now.
    counts: Vec<u32>,
    /// Their source cells, for projections that leave out a neuron's own spikes.
    own: Vec<Vec<u32>>,
    /// Spikes x out-degree.
    pub(crate) events: u64,
}

impl Calendar {
    pub(crate) fn new(part: &Part, max_delay: u64) -> Self {
        Self {
            days: vec![Vec::new(); max_delay as usize + 1],
            counts: vec![0; part.dense.len()],
            own: vec![Vec::new(); part.dense.len()],
            events: 0,
        }
    }

    /// Enters the synapses of cells of one population that fired at `tick`, as far as they arrive after `now`.
    pub(crate) fn schedule(&mut self, part: &Part, population: usize, cells: &[u32], tick: u64, now: u64) {
        let days = self.days.len() as u64;
        let (tables, dense) = &part.of_source[population];
        for &index in tables {
            let table: &Table = &part.tables[index];
            for &cell in cells {
                let runs = table.row_starts[cell as usize] as usize..table.row_starts[cell as usize + 1] as usize;
                let mut start = table.start(runs.start);
                for run in &table.runs[runs] {
                    let due = tick + u64::from(run.delay);
                    if due > now {
                        self.days[(due % days) as usize].push(Arrival { table: index as u32, start, end: run.end });
                        self.events += u64::from(run.end - start);
                    }
                    start = run.end;
                }
            }
        }
        for &index in dense {
            let projection = &part.dense[index];
            let due = tick + u64::from(projection.delay);
            for &cell in cells.iter().filter(|c| due > now && projection.source_cells.contains(c)) {
                let arrival = Arrival { table: DENSE + index as u32, start: cell, end: cell };
                self.days[(due % days) as usize].push(arrival);
                let not_self = projection.not_self && projection.targets.contains(&cell);
                self.events += projection.targets.len() as u64 - u64::from(not_self);
            }
        }
    }

    /// Adds what arrives at `tick` to the inputs. Sums are exact, so the order does not matter.
    pub(crate) fn deliver(&mut self, part: &Part, tick: u64, inputs: &mut [f64]) {
        let day = (tick % self.days.len() as u64) as usize;
        let mut arrivals = std::mem::take(&mut self.days[day]);
        for arrival in &arrivals {
            if arrival.table >= DENSE {
                let index = (arrival.table - DENSE) as usize;
                self.counts[index] += 1;
                if part.dense[index].not_self {
                    self.own[index].push(arrival.start);
                }
                continue;
            }
            let range = arrival.start as usize..arrival.end as usize;
            match &part.tables[arrival.table as usize].records {
                Records::One { slots, weight } => slots[range].iter().for_each(|s| inputs[*s as usize] += weight),
                Records::F32(records) => {
                    records[range].iter().for_each(|r| inputs[r.slot as usize] += f64::from(r.weight));
                }
                Records::F64(records) => records[range].iter().for_each(|r| inputs[r.slot as usize] += r.weight),
            }
        }
        arrivals.clear();
        self.days[day] = arrivals;
        for (index, projection) in part.dense.iter().enumerate() {
            let count = std::mem::take(&mut self.counts[index]);
            if count > 0 {
                add_to_all(part, projection, f64::from(count) * projection.weight, inputs);
                for cell in self.own[index].drain(..).filter(|c| projection.targets.contains(c)) {
                    inputs[part.inputs.slot(projection.target, cell, projection.receptor) as usize] -= projection.weight;
                }
            }
        }
    }
}

/// Adds one value to every target of a dense projection.
fn add_to_all(part: &Part, projection: &Dense, value: f64, inputs: &mut [f64]) {
    let (start, end) = (projection.targets.start as usize, projection.targets.end as usize);
    for block in start / BLOCK..end.div_ceil(BLOCK) {
        let row = part.inputs.row(projection.target, block, projection.receptor);
        let cut = |cell: usize| cell.clamp(block * BLOCK, (block + 1) * BLOCK) - block * BLOCK;
        inputs[row][cut(start)..cut(end)].iter_mut().for_each(|input| *input += value);
    }
}
