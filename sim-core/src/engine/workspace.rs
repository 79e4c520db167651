//! What a partition needs for its work: a place for its share of the state, sums, a calendar, rows of inputs. It holds nothing
//! between one advance and the next, and is kept so that its memory is not taken, cleared and given back each time: a trial may be short.

use super::delivery::Calendar;
use super::inputs::Inputs;
use super::own::Own;
use super::plan::Plan;
use super::plastic;
use super::sums::Sums;
use std::fmt;

/// The workspace of a partition.
pub(crate) struct Workspace {
    pub(crate) own: Own,
    pub(crate) inputs: Inputs,
    pub(crate) sums: Sums,
    pub(crate) calendar: Calendar,
    /// By table of plastic synapses.
    pub(crate) days: Vec<plastic::Calendar>,
    /// Spikes of the partition's own cells in a window, where plastic synapses may be interested: tick, population, cell.
    pub(crate) fired: Vec<(u64, usize, u32)>,
}

impl Workspace {
    fn new(plan: &Plan, index: usize) -> Self {
        let part = &plan.parts[index];
        let (inputs, sums) = Inputs::new(part, plan.partitioning.blocks(index), &plan.cells);
        let days = part.learning.iter().map(plastic::Table::calendar).collect();
        Self { own: Own::new(plan, index), inputs, sums, calendar: Calendar::new(part), days, fired: Vec::new() }
    }
}

/// The workspaces of a plan, while nobody works. A clone of a state has none.
#[derive(Default)]
pub(crate) struct Spare {
    /// Of which plan they are.
    plan: u64,
    parts: Vec<Workspace>,
}

impl Spare {
    /// Workspaces for all partitions of a plan: those that are kept, if they are of this plan.
    pub(crate) fn take(&mut self, plan: &Plan) -> Vec<Workspace> {
        let parts = std::mem::take(&mut self.parts);
        if self.plan == plan.id && parts.len() == plan.parts.len() {
            return parts;
        }
        (0..plan.parts.len()).map(|index| Workspace::new(plan, index)).collect()
    }

    /// Keeps them.
    pub(crate) fn keep(&mut self, plan: &Plan, parts: Vec<Workspace>) {
        *self = Self { plan: plan.id, parts };
    }
}

impl Clone for Spare {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Spare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spare")
    }
}
