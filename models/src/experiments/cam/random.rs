//! Operations at random, as many as one likes.

use super::{Action, Kind, Operation, Protocol, Query, Size, Spacing};
use sim_core::random::{Key, Stream};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// What random operations are like.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix {
    /// Share of the bits that a content has, each by chance; it has one at least. A range: drawn anew for each content.
    pub density: RangeInclusive<f64>,
    /// Share of operations that learn.
    pub learn: f64,
    /// Share that recall by cue; those that are left recall by content.
    pub by_cue: f64,
    /// Share that forget, where a memory can.
    pub forget: f64,
    /// Share that find by a part of a content, where a memory can.
    pub find: f64,
    /// How many bits of content are presented to recall by them.
    pub bits: RangeInclusive<u32>,
}

/// Share of queries with wrong bits, and how many these have at most.
const WRONG: f64 = 0.4;
const MOST_WRONG: u32 = 3;

/// Two fifths learn, each half of the bits; the others recall by cue and by one bit.
impl Default for Mix {
    fn default() -> Self {
        Self { density: 0.5..=0.5, learn: 0.4, by_cue: 0.3, forget: 0.0, find: 0.0, bits: 1..=1 }
    }
}

impl Mix {
    /// All that a memory can do.
    pub fn of(kind: &Kind, size: Size) -> Self {
        match kind.protocol {
            Protocol::Published => Self::default(),
            Protocol::Hardened => {
                Self { density: 0.0..=1.0, learn: 0.35, by_cue: 0.2, forget: 0.08, find: 0.3, bits: 1..=size.contents }
            }
        }
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
    /// What was learned last, by cue.
    contents: BTreeMap<u32, Vec<u32>>,
    next: u64,
}

impl RandomOperations {
    /// The operations of a seed on a memory.
    pub fn new(kind: &Kind, size: Size, mix: Mix, spacing: Spacing, seed: u64) -> Self {
        let stream = Stream::new(Key::new(seed).name("operations").finish(), 0);
        Self { mix, size, spacing, by_content: kind.by_content, stream, learned: Vec::new(), contents: BTreeMap::new(), next: 0 }
    }

    fn action(&mut self) -> Action {
        let kind = self.stream.uniform();
        let Mix { learn, by_cue, forget, find, .. } = self.mix;
        if kind < learn || self.learned.is_empty() {
            return self.learn();
        }
        let cue = |own: &mut Self| own.learned[own.stream.below(own.learned.len() as u32) as usize];
        match kind - learn {
            kind if kind < by_cue || !self.by_content => Action::RecallByCue { cue: cue(self) },
            kind if kind < by_cue + forget => Action::Forget { cue: cue(self) },
            kind if kind < by_cue + forget + find => {
                let cue = cue(self);
                Action::Find(self.query(cue))
            }
            _ => Action::RecallByContent { content: self.bits() },
        }
    }

    /// By a part of what was learned under a cue, often with some wrong bits.
    fn query(&mut self, cue: u32) -> Query {
        let mut content = self.contents.get(&cue).cloned().unwrap_or_default();
        let kept = self.wanted(content.len() as u32);
        while content.len() > kept {
            content.swap_remove(self.stream.below(content.len() as u32) as usize);
        }
        let wrong = if self.stream.uniform() < WRONG { 1 + self.stream.below(MOST_WRONG) } else { 0 };
        content.extend((0..wrong).map(|_| self.stream.below(self.size.contents)));
        let content: Vec<u32> = content.into_iter().collect::<BTreeSet<u32>>().into_iter().collect();
        let least = 1 + self.stream.below(content.len() as u32);
        let [best, one, whole] = [(); 3].map(|()| self.stream.uniform() < 0.5);
        Query { content, least, best, one, whole }
    }

    fn learn(&mut self) -> Action {
        let cue = self.stream.below(self.size.cues);
        if !self.learned.contains(&cue) {
            self.learned.push(cue);
        }
        let (low, high) = (*self.mix.density.start(), *self.mix.density.end());
        let stream = &mut self.stream;
        let density = if low < high { low + (high - low) * stream.uniform() } else { low };
        let mut content: Vec<u32> = (0..self.size.contents).filter(|_| stream.uniform() < density).collect();
        if content.is_empty() {
            content.push(stream.below(self.size.contents));
        }
        self.contents.insert(cue, content.clone());
        Action::Learn { cue, content }
    }

    /// A number of bits, as the mix has it, but no more than there are.
    fn wanted(&mut self, most: u32) -> usize {
        let (low, high) = (*self.mix.bits.start(), *self.mix.bits.end());
        let wanted = low + self.stream.below((high.min(most).saturating_sub(low)).saturating_add(1));
        wanted.clamp(1, most.max(1)) as usize
    }

    /// Different bits, as many as is drawn.
    fn bits(&mut self) -> Vec<u32> {
        let wanted = self.wanted(self.size.contents);
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
