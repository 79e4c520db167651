//! Which runs arrive when.

use super::wiring::Table;
use crate::engine::delivery::prefetch;

/// The runs of one table by the tick of their arrival: as many days as the largest delay, and today.
pub(crate) struct Calendar {
    days: Vec<Vec<u32>>,
    /// Spikes x out-degree.
    pub(crate) events: u64,
}

impl Calendar {
    pub(crate) fn new(table: &Table) -> Self {
        Self { days: vec![Vec::new(); table.wiring.delays().map_or(0, |d| d.1) as usize + 1], events: 0 }
    }

    /// Forgets all runs.
    pub(crate) fn clear(&mut self) {
        self.days.iter_mut().for_each(Vec::clear);
        self.events = 0;
    }

    fn place(&self, tick: u64) -> usize {
        (tick % self.days.len() as u64) as usize
    }

    /// Enters the runs of cells that fired at `tick`, as far as they arrive after `now`.
    pub(crate) fn schedule(&mut self, table: &Table, cells: &[u32], tick: u64, now: u64) {
        let wiring = &*table.wiring;
        for &cell in cells {
            for run in wiring.runs_of(cell) {
                let delay = u64::from(wiring.runs[run as usize].delay);
                let synapses = wiring.synapses(run as usize);
                if delay > now - tick && !synapses.is_empty() {
                    prefetch(wiring.cells.as_ptr().wrapping_add(synapses.start));
                    let place = self.place(tick + delay);
                    self.days[place].push(run);
                    self.events += synapses.len() as u64;
                }
            }
        }
    }

    /// Takes the runs that arrive at `tick`; to be given back with [`Calendar::done`].
    pub(crate) fn take(&mut self, tick: u64) -> Vec<u32> {
        let place = self.place(tick);
        std::mem::take(&mut self.days[place])
    }

    /// Gives the list back, so that its memory is used again.
    pub(crate) fn done(&mut self, tick: u64, mut runs: Vec<u32>) {
        runs.clear();
        let place = self.place(tick);
        self.days[place] = runs;
    }
}
