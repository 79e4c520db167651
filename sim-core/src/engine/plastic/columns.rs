//! The synapses of a table by their targets: who must hear of a target's spike. The synapses themselves lie by their sources.

use super::fan::{Fan, Run};
use crate::engine::delivery::prefetch;

/// For each target, its synapses by delay, and by source for one delay.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(crate) fan: Fan,
    /// Places of synapses among the rows, run after run.
    pub(crate) synapses: Vec<u32>,
    /// For every 2^shift synapses, the run (of the rows) of the first.
    hints: Vec<u32>,
    shift: u32,
    /// Largest delay.
    pub(crate) longest: u32,
}

/// Hints for an average run: with so many, the next run is seldom looked at.
const HINTS_PER_RUN: usize = 16;

impl Columns {
    /// Of synapses that lie in rows, with their targets.
    pub(crate) fn new(rows: &Fan, cells: &[u16], targets: usize) -> Self {
        let run_length = cells.len() / rows.run_count().max(1);
        let shift = (run_length / HINTS_PER_RUN).max(1).ilog2();
        let longest = rows.delays().map_or(0, |d| d.1);
        let mut columns =
            Self { fan: Fan::default(), synapses: by_target(cells, targets), hints: hints(rows, shift), shift, longest };
        let mut starts = vec![0_u32; targets + 1];
        cells.iter().for_each(|cell| starts[usize::from(*cell) + 1] += 1);
        let mut synapses = std::mem::take(&mut columns.synapses);
        let (mut fan, mut from) = (Fan::default(), 0);
        for count in &starts[1..] {
            fan.rows.push(fan.runs.len() as u32);
            let of_target = &mut synapses[from as usize..][..*count as usize];
            let delay = |synapse: &u32| rows.runs[columns.run(*synapse, rows)].delay;
            of_target.sort_by_key(delay);
            let mut start = from;
            for run in of_target.chunk_by(|a, b| delay(a) == delay(b)) {
                fan.runs.push(Run { start, delay: delay(&run[0]) });
                start += run.len() as u32;
            }
            from += count;
        }
        fan.rows.push(fan.runs.len() as u32);
        fan.runs.push(Run { start: from, delay: 0 });
        Self { fan, synapses, ..columns }
    }

    /// The run (of the rows) that a synapse lies in.
    #[inline(always)]
    pub(crate) fn run(&self, synapse: u32, rows: &Fan) -> usize {
        let mut run = self.hints[(synapse >> self.shift) as usize] as usize;
        while rows.runs[run + 1].start <= synapse {
            run += 1;
        }
        run
    }

    /// Starts fetching what a synapse with this number has in some values.
    #[inline(always)]
    pub(crate) fn fetch<T>(&self, number: usize, values: &[T]) {
        if let Some(synapse) = self.synapses.get(number) {
            prefetch(values.as_ptr().wrapping_add(*synapse as usize));
        }
    }

    /// Bytes of the runs and what finds them.
    pub(crate) fn index_bytes(&self) -> usize {
        self.fan.bytes() + size_of_val(&self.hints[..])
    }
}

/// Places of synapses, ascending for each target.
fn by_target(cells: &[u16], targets: usize) -> Vec<u32> {
    let mut next = vec![0_u32; targets + 1];
    cells.iter().for_each(|cell| next[usize::from(*cell) + 1] += 1);
    for target in 0..targets {
        next[target + 1] += next[target];
    }
    let mut synapses = vec![0; cells.len()];
    for (synapse, cell) in cells.iter().enumerate() {
        let place = &mut next[usize::from(*cell)];
        synapses[*place as usize] = synapse as u32;
        *place += 1;
    }
    synapses
}

fn hints(rows: &Fan, shift: u32) -> Vec<u32> {
    let synapses = rows.runs.last().map_or(0, |end| end.start);
    let mut run = 0;
    let first_of = |block: u32| {
        while rows.runs[run + 1].start <= block << shift {
            run += 1;
        }
        run as u32
    };
    (0..synapses.div_ceil(1 << shift)).map(first_of).collect()
}
