//! Which runs are to be worked on when.

use super::fan::Fan;

/// The runs that get their source's spike, by tick: as many days as the largest delay, and today.
pub(crate) struct Calendar {
    days: Vec<Vec<u32>>,
    /// Spikes x out-degree.
    pub(crate) events: u64,
}

impl Calendar {
    /// For delays up to the longest.
    pub(crate) fn new(longest: u32) -> Self {
        Self { days: vec![Vec::new(); longest as usize + 1], events: 0 }
    }

    /// Forgets all runs.
    pub(crate) fn clear(&mut self) {
        self.days.iter_mut().for_each(Vec::clear);
        self.events = 0;
    }

    fn place(&self, tick: u64) -> usize {
        (tick % self.days.len() as u64) as usize
    }

    /// Enters the runs of a cell that fired at `tick`, as far as their day is after `now`.
    pub(crate) fn schedule(&mut self, fan: &Fan, cell: u32, tick: u64, now: u64) {
        let today = self.place(tick);
        for run in fan.runs_of(cell) {
            let after = u64::from(fan.runs[run as usize].delay);
            let synapses = fan.synapses(run as usize).len();
            if after > now - tick && synapses > 0 {
                // No delay is longer than a year.
                let place = today + after as usize;
                let place = if place < self.days.len() { place } else { place - self.days.len() };
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
