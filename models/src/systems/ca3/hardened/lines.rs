//! The input lines of the hardened memory, and the spikes that ask for an operation: one a line, all in one step.

use crate::systems::ca3::operation::{Action, Operation, Size};
use std::ops::Range;

/// Steps from an operation to what comes of it: echo and answer. `find best` answers a step later for each bit that the best lack.
pub const LATENCY: u64 = 8;

/// Steps that `find best` keeps the memory busy beyond one for each bit that is presented.
const TAIL: u64 = 4;

/// Steps from an operation to the earliest next.
pub fn depth(action: &Action) -> u64 {
    match action {
        Action::Find(query) if query.best => u64::from(query.threshold()) + TAIL,
        _ => 1,
    }
}

/// Cells of the input, in this order.
#[derive(Clone, Copy, Debug)]
pub struct Lines(pub Size);

impl Lines {
    /// How many there are.
    pub fn count(self) -> u32 {
        self.learn() + 1
    }

    /// A line for each cue.
    pub fn cues(self) -> Range<u32> {
        0..self.0.cues
    }

    /// A line for each bit of content.
    pub fn contents(self) -> Range<u32> {
        let start = self.cues().end;
        start..start + self.0.contents
    }

    /// As many of the level: it asks for one bit more for each of them but the first. The first lets it sink.
    pub fn level(self) -> Range<u32> {
        let start = self.contents().end;
        start..start + self.0.contents
    }

    /// Only the first cue; and their contents.
    pub fn modes(self) -> Range<u32> {
        let start = self.level().end;
        start..start + 2
    }

    /// What is presented is to be learned.
    pub fn learn(self) -> u32 {
        self.modes().end
    }

    /// The spikes of an operation: step and line.
    pub fn spikes(self, operation: &Operation) -> impl Iterator<Item = (u64, u32)> + use<> {
        let (at, action) = (operation.at, &operation.action);
        let learns = matches!(action, Action::Learn { .. } | Action::Forget { .. });
        let query = action.query().unwrap_or_default();
        let mut lines: Vec<u32> = action.cue().map(|cue| self.cues().start + cue).into_iter().collect();
        lines.extend(action.content().iter().map(|bit| self.contents().start + bit));
        lines.extend((1..query.threshold()).map(|bits| self.level().start + bits));
        let single = [
            (query.best, self.level().start),
            (query.one, self.modes().start),
            (query.whole, self.modes().start + 1),
            (learns, self.learn()),
        ];
        lines.extend(single.iter().filter(|(asked, _)| *asked).map(|(_, line)| *line));
        lines.into_iter().map(move |line| (at, line))
    }
}
