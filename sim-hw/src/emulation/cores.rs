//! Cores at work: what a step asks of each, and what is not done when the next begins.
//!
//! A core does one thing at a time. Packets come first: one is taken, its row of synapses is fetched and worked off, then the
//! next. What time they leave goes to the updates of the core's cells, which begin with the step. What is left at the end of a step
//! is done in the next: a packet that is not worked off then is late, cells that are not updated then are an overrun.

/// What a core did in a run, all in ps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desk {
    /// Updates of cells.
    pub updating: u64,
    /// Packets that were taken.
    pub receiving: u64,
    /// Rows besides their synapses.
    pub fetching: u64,
    /// Synaptic events.
    pub events: u64,
    /// The time that the longest step took: from when the core came to it to the last thing done.
    pub longest: u64,
    /// That step, from 1.
    pub longest_step: u64,
    /// What the packets of that step and its updates asked for, in the order of the four above.
    pub asked: [u64; 4],
    /// The most that any step asked for.
    pub most: u64,
    /// Steps that were not done when the next began.
    pub overruns: u64,
    /// How far behind the core fell at most.
    pub behind: u64,
    /// Packets that were not worked off when their step ended.
    pub late: u64,
}

impl Desk {
    /// All that was done.
    pub fn busy(&self) -> u64 {
        self.updating + self.receiving + self.fetching + self.events
    }

    /// Enters a step: how long it took, how long after its end that was, and what it asked for.
    pub(super) fn enter(&mut self, step: u64, (taken, behind): (u64, u64), asked: [u64; 4]) {
        let sums = [&mut self.updating, &mut self.receiving, &mut self.fetching, &mut self.events];
        sums.into_iter().zip(asked).for_each(|(sum, part)| *sum += part);
        self.most = self.most.max(asked.iter().sum());
        if self.note(step, taken, behind) {
            self.asked = asked;
        }
    }

    /// Enters how long a step took, and how long after its end it was done. Whether it is the longest so far.
    pub(super) fn note(&mut self, step: u64, taken: u64, behind: u64) -> bool {
        self.overruns += u64::from(behind > 0);
        self.behind = self.behind.max(behind);
        let is_longest = taken > self.longest;
        if is_longest {
            (self.longest, self.longest_step) = (taken, step);
        }
        is_longest
    }
}

/// A packet at a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Task {
    /// When it comes.
    pub at_ps: u64,
    /// The step that it was sent in, from 1.
    pub step: u64,
    /// To take it, to fetch its row, to work off its synapses.
    pub parts: [u64; 3],
}

/// Works off all packets of a core, given in the order of time, between the updates of its cells.
pub fn work(tasks: &[Task], update: u64, (steps, step_ps): (u64, u64)) -> Desk {
    let mut desk = Desk::default();
    let mut asked = vec![[update, 0, 0, 0]; steps as usize];
    for task in tasks.iter().filter(|task| task.step <= steps) {
        asked[task.step as usize - 1][1..].iter_mut().zip(task.parts).for_each(|(sum, part)| *sum += part);
    }
    let mut queue = tasks.iter().peekable();
    // Until when packets keep the core busy, what of updates is left, and when the step before was done.
    let (mut busy_until, mut left, mut done) = (0_u64, 0_u64, 0_u64);
    for step in 1..=steps {
        let (begin, end) = ((step - 1) * step_ps, step * step_ps);
        left += update;
        let mut updated = begin;
        while let Some(task) = queue.next_if(|task| task.at_ps < end) {
            give(&mut left, &mut updated, busy_until.max(begin), task.at_ps);
            busy_until = busy_until.max(task.at_ps) + task.parts.iter().sum::<u64>();
            desk.late += u64::from(busy_until > task.step * step_ps);
        }
        give(&mut left, &mut updated, busy_until.max(begin), end);
        let from = begin.max(done);
        done = if left > 0 { busy_until.max(end) + left } else { busy_until.max(updated).max(from) };
        desk.enter(step, (done - from, done.saturating_sub(end)), asked[step as usize - 1]);
    }
    desk.late += queue.count() as u64;
    desk
}

/// Gives the time between packets to updates, and notes when they were done.
fn give(left: &mut u64, updated: &mut u64, from: u64, to: u64) {
    let free = to.saturating_sub(from).min(*left);
    *left -= free;
    if free > 0 {
        *updated = from + free;
    }
}
