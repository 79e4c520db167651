//! The synapses of a table by their targets: who must hear of a target's spike. The synapses themselves lie by their sources.

use super::fan::{Fan, Run};

/// For each target, its synapses by delay, and by source for one delay.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(crate) fan: Fan,
    /// Places of synapses among the rows, run after run.
    pub(crate) synapses: Vec<u32>,
    /// And the runs (of the rows) that they lie in.
    pub(crate) sources: Sources,
}

/// Numbers of runs.
#[derive(Debug)]
pub(crate) enum Sources {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

/// Whether numbers of runs fit into 16 bits, as known before there are any: of sources with one delay, or with several.
pub(crate) fn narrow(sources: u32, one_delay: bool) -> bool {
    one_delay && sources <= 1 << 16
}

impl Default for Sources {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Sources {
    fn bytes(&self) -> usize {
        match self {
            Self::Narrow(sources) => size_of_val(&sources[..]),
            Self::Wide(sources) => size_of_val(&sources[..]),
        }
    }
}

impl Columns {
    /// Of synapses that lie in rows, with their targets.
    pub(crate) fn new(rows: &Fan, cells: &[u16], targets: usize, narrow: bool) -> Self {
        let (mut synapses, ends) = by_target(cells, targets);
        let lengths = (0..rows.run_count()).map(|run| (run as u32, rows.synapses(run).len()));
        let runs: Vec<u32> = lengths.flat_map(|(run, length)| std::iter::repeat_n(run, length)).collect();
        let run = |synapse: &u32| runs[*synapse as usize];
        let delay = |synapse: &u32| rows.runs[run(synapse) as usize].delay;
        let (smallest, longest) = rows.delays().unwrap_or_default();
        let (mut fan, mut from) = (Fan::default(), 0);
        for end in ends {
            fan.rows.push(fan.runs.len() as u32);
            let of_target = &mut synapses[from as usize..end as usize];
            if smallest < longest {
                of_target.sort_by_cached_key(delay);
            }
            let mut start = from;
            for run in of_target.chunk_by(|a, b| smallest == longest || delay(a) == delay(b)) {
                fan.runs.push(Run { start, delay: delay(&run[0]) });
                start += run.len() as u32;
            }
            from = end;
        }
        fan.rows.push(fan.runs.len() as u32);
        fan.runs.push(Run { start: from, delay: 0 });
        let sources = match narrow {
            true => Sources::Narrow(synapses.iter().map(|synapse| run(synapse) as u16).collect()),
            false => Sources::Wide(synapses.iter().map(run).collect()),
        };
        Self { fan, synapses, sources }
    }

    /// Bytes of what is there for each synapse.
    pub(crate) fn record_bytes(&self) -> usize {
        size_of_val(&self.synapses[..]) + self.sources.bytes()
    }
}

/// Places of synapses, ascending for each target, and where each target's end.
fn by_target(cells: &[u16], targets: usize) -> (Vec<u32>, Vec<u32>) {
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
    next.pop();
    (synapses, next)
}
