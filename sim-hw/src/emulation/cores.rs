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
    /// The time that the longest step took, from its beginning to the last thing done.
    pub longest: u64,
    /// That step, from 1.
    pub longest_step: u64,
    /// What that step asked for, in the order of the four above.
    pub asked: [u64; 4],
    /// The most that a step asked for, whenever it came.
    pub most: u64,
    /// Steps that took longer than there was time.
    pub overruns: u64,
    /// Packets that were not worked off when their step ended.
    pub late: u64,
}

impl Desk {
    /// All that was done.
    pub fn busy(&self) -> u64 {
        self.updating + self.receiving + self.fetching + self.events
    }

    /// Enters a step.
    pub(super) fn enter(&mut self, step: u64, step_ps: u64, taken: u64, asked: [u64; 4]) {
        let sums = [&mut self.updating, &mut self.receiving, &mut self.fetching, &mut self.events];
        sums.into_iter().zip(asked).for_each(|(sum, part)| *sum += part);
        self.most = self.most.max(asked.iter().sum());
        self.overruns += u64::from(taken > step_ps);
        if taken > self.longest {
            (self.longest, self.longest_step, self.asked) = (taken, step, asked);
        }
    }
}

/// A packet at a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Task {
    /// When it comes.
    pub(super) at_ps: u64,
    /// The step that it was sent in, from 1.
    pub(super) step: u64,
    /// To take it, to fetch its row, to work off its synapses.
    pub(super) parts: [u64; 3],
}

/// Works off all packets of a core in the order of time, between its updates.
pub(super) fn work(tasks: &[Task], update: u64, (steps, step_ps): (u64, u64), desk: &mut Desk) {
    let mut queue = tasks.iter().peekable();
    // Until when packets keep the core busy, and what of updates is left.
    let (mut busy_until, mut left) = (0_u64, 0_u64);
    for step in 1..=steps {
        let (begin, end) = ((step - 1) * step_ps, step * step_ps);
        left += update;
        let (mut asked, mut idle_from, mut last) = ([update, 0, 0, 0], begin.max(busy_until.min(end)), begin);
        let mut updated = None;
        while let Some(task) = queue.next_if(|task| task.at_ps < end || step == steps) {
            let from = busy_until.max(task.at_ps);
            updated = updated.or(rest(&mut left, idle_from, from.min(end)));
            busy_until = from + task.parts.iter().sum::<u64>();
            idle_from = busy_until;
            asked[1..].iter_mut().zip(task.parts).for_each(|(sum, part)| *sum += part);
            desk.late += u64::from(busy_until > task.step * step_ps);
            last = last.max(busy_until);
        }
        updated = updated.or(rest(&mut left, idle_from, end));
        // What is left waits for the next step, behind the packets that are there.
        let done = updated.unwrap_or(busy_until.max(end) + left).max(last);
        desk.enter(step, step_ps, done - begin, asked);
    }
}

/// Gives free time to updates; when they were done, if they are.
fn rest(left: &mut u64, from: u64, to: u64) -> Option<u64> {
    let free = to.saturating_sub(from).min(*left);
    *left -= free;
    (*left == 0).then_some(from + free)
}
