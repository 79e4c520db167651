//! Operations at random, as many as one likes.

use super::{Action, Kind, Operation, Size, Spacing};
use sim_core::random::{Key, Stream};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// What random operations are like.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix {
    /// Share of the bits that a content has, each by chance; it has one at least.
    pub density: f64,
    /// Share of operations that learn.
    pub learn: f64,
    /// Share that recall by cue; the others recall by content.
    pub by_cue: f64,
    /// How many bits of content are presented to recall by them.
    pub bits: RangeInclusive<u32>,
}

/// Two fifths learn, each half of the bits; the others recall by cue and by one bit.
impl Default for Mix {
    fn default() -> Self {
        Self { density: 0.5, learn: 0.4, by_cue: 0.3, bits: 1..=1 }
    }
}

/// Draws operations one after the other. Only cues are recalled of which something was learned, and the first operation learns.
#[derive(Clone, Debug)]
pub struct RandomOperations {
    mix: Mix,
    size: Size,
    spacing: Spacing,
    /// Whether there are recalls by content.
    by_content: bool,
    stream: Stream,
    learned: Vec<u32>,
    next: u64,
}

impl RandomOperations {
    /// The operations of a seed on a memory.
    pub fn new(kind: &Kind, size: Size, mix: Mix, spacing: Spacing, seed: u64) -> Self {
        let stream = Stream::new(Key::new(seed).name("operations").finish(), 0);
        Self { mix, size, spacing, by_content: kind.by_content, stream, learned: Vec::new(), next: 0 }
    }

    fn action(&mut self) -> Action {
        let kind = self.stream.uniform();
        if kind < self.mix.learn || self.learned.is_empty() {
            return self.learn();
        }
        if kind < self.mix.learn + self.mix.by_cue || !self.by_content {
            let cue = self.learned[self.stream.below(self.learned.len() as u32) as usize];
            return Action::RecallByCue { cue };
        }
        Action::RecallByContent { content: self.bits() }
    }

    fn learn(&mut self) -> Action {
        let cue = self.stream.below(self.size.cues);
        if !self.learned.contains(&cue) {
            self.learned.push(cue);
        }
        let stream = &mut self.stream;
        let mut content: Vec<u32> = (0..self.size.contents).filter(|_| stream.uniform() < self.mix.density).collect();
        if content.is_empty() {
            content.push(stream.below(self.size.contents));
        }
        Action::Learn { cue, content }
    }

    /// Different bits, as many as is drawn.
    fn bits(&mut self) -> Vec<u32> {
        let (low, high) = (*self.mix.bits.start(), *self.mix.bits.end());
        let wanted = low + self.stream.below((high.saturating_sub(low)).saturating_add(1));
        let wanted = wanted.clamp(1, self.size.contents) as usize;
        let mut bits = BTreeSet::new();
        while bits.len() < wanted {
            bits.insert(self.stream.below(self.size.contents));
        }
        bits.into_iter().collect()
    }
}

impl Iterator for RandomOperations {
    type Item = Operation;

    fn next(&mut self) -> Option<Operation> {
        let action = self.action();
        let at = self.next;
        self.next = at.saturating_add(self.spacing.after(&action));
        Some(Operation { at, action })
    }
}
