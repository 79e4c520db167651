//! Reading the synapses of a projection, whatever tables they lie in.

use super::memory::Memory;
use super::wiring::Table;
use crate::plasticity::SynapseValues;

/// A variable of the synapses of some tables of one projection, whose targets ascend from table to table: by source, delay and
/// target.
pub(crate) fn read<'a>(tables: impl Iterator<Item = (&'a Table, &'a Memory)>, variable: usize) -> SynapseValues {
    let mut all = Vec::new();
    for (table, memory) in tables {
        let values = table.learner.read(memory, variable);
        // Magnitudes of inhibition get their sign back; other variables than the weight have none.
        let sign = if variable == 0 { table.sign } else { 1.0 };
        let wiring = &*table.wiring;
        for source in 0..wiring.rows.rows.len() as u32 - 1 {
            for run in wiring.rows.runs_of(source).map(|run| run as usize) {
                let of = |i: usize| (wiring.targets.start + u32::from(wiring.cells[i]), sign * values[i]);
                all.extend(
                    wiring
                        .rows
                        .synapses(run)
                        .map(of)
                        .map(|(target, value)| (source, u64::from(wiring.rows.runs[run].delay), target, value)),
                );
            }
        }
    }
    SynapseValues::sorted(all)
}
