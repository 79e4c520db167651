//! Which runs are to be worked on when.

use super::fan::Fan;
use crate::plasticity::Backpropagation;

/// The runs of one fan by tick: as many days as the largest delay, and today.
pub(crate) struct Calendar {
    days: Vec<Vec<u32>>,
    /// Delays from a spike to its day.
    ways: u64,
    /// Spikes x out-degree.
    pub(crate) events: u64,
}

/// The calendars of a table.
pub(crate) struct Calendars {
    /// Spikes of the sources arrive after their delay.
    pub(crate) sources: Calendar,
    /// Spikes of the targets are worked off when no earlier one of the source can be under way.
    pub(crate) targets: Calendar,
}

impl Calendars {
    pub(crate) fn new(rows: &Fan, columns: &Fan, backpropagation: Backpropagation) -> Self {
        Self { sources: Calendar::new(rows, 1), targets: Calendar::new(columns, backpropagation.ways()) }
    }

    /// Forgets all runs.
    pub(crate) fn clear(&mut self) {
        self.sources.clear();
        self.targets.clear();
    }
}

impl Calendar {
    fn new(fan: &Fan, ways: u64) -> Self {
        let longest = fan.delays().map_or(0, |d| d.1);
        Self { days: vec![Vec::new(); longest as usize * ways as usize + 1], ways, events: 0 }
    }

    fn clear(&mut self) {
        self.days.iter_mut().for_each(Vec::clear);
        self.events = 0;
    }

    fn place(&self, tick: u64) -> usize {
        (tick % self.days.len() as u64) as usize
    }

    /// Enters the runs of a cell that fired at `tick`, as far as their day is after `now`.
    pub(crate) fn schedule(&mut self, fan: &Fan, cell: u32, tick: u64, now: u64) {
        for run in fan.runs_of(cell) {
            let after = u64::from(fan.runs[run as usize].delay) * self.ways;
            let synapses = fan.synapses(run as usize).len();
            if after > now - tick && synapses > 0 {
                let place = self.place(tick + after);
                self.days[place].push(run);
                self.events += synapses as u64;
            }
        }
    }

    /// Takes the runs of a tick; to be given back with [`Calendar::done`].
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
