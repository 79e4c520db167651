//! What a memory costs: a few operations of each kind that have nothing to do with each other, counted.

use super::fidelity::Deaf;
use super::{Action, Kind, Memory, Operation, Settings, Unbuilt, events};
use sim_core::elaborate::Limits;

/// An operation whose cost is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// A content under a cue.
    Learn,
    /// The content of a cue.
    RecallByCue,
    /// The cue that has a bit.
    RecallByContent,
}

impl Measured {
    /// All of them, in an order in which each has what it needs.
    pub const ALL: [Self; 3] = [Self::Learn, Self::RecallByCue, Self::RecallByContent];

    /// Those that a memory has.
    pub fn of(kind: &Kind) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|measured| kind.by_content || *measured != Self::RecallByContent)
    }

    /// As [`Action::kind`] has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Learn => "learn",
            Self::RecallByCue => "recall by cue",
            Self::RecallByContent => "recall by content",
        }
    }
}

/// What operations of a kind cost in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// How many there were.
    pub operations: u64,
    /// How many were right.
    pub right: u64,
    /// Synaptic events, counted in the simulation.
    pub events: u64,
    /// Synaptic events by formula, where there is one.
    pub formula: Option<u64>,
}

/// Operations of a kind, at most.
const MOST: u32 = 32;

/// A memory whose contents have no bit in common.
pub struct Scaling {
    memory: Memory,
    /// Bits of each.
    set: u32,
    /// The next operation's step.
    next: u64,
}

impl Scaling {
    /// Steps between operations: far more than the published synapses remember.
    pub const APART: u64 = 30;

    /// An empty one for contents of so many bits, if it is within the limits.
    pub fn new(settings: &Settings, set: u32, limits: &Limits) -> Result<Self, Vec<Unbuilt>> {
        let set = set.clamp(1, settings.size.contents);
        Ok(Self { memory: Memory::new(settings, limits)?, set, next: 0 })
    }

    /// The memory.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Does operations of a kind, each on another content.
    pub fn measure(&mut self, measured: Measured) -> Cost {
        let size = self.memory.size();
        let number = MOST.min(size.cues).min(size.contents / self.set);
        let (kind, before) = (self.memory.kind(), self.events());
        let mut formula = Some(0);
        let mut operations = Vec::with_capacity(number as usize);
        for cue in 0..number {
            let action = self.action(measured, cue);
            let expected = events(kind, size, self.memory.ideal(), &action);
            formula = formula.zip(expected).map(|(sum, events)| sum + events);
            operations.push(Operation { at: self.next, action });
            self.next += Self::APART;
        }
        let mut outcomes = self.memory.perform(&operations, self.next, &mut Deaf);
        outcomes.extend(self.memory.close());
        let right = outcomes.iter().filter(|outcome| outcome.is_right()).count() as u64;
        Cost { operations: number.into(), right, events: self.events() - before, formula }
    }

    fn action(&self, measured: Measured, cue: u32) -> Action {
        let first = cue * self.set;
        match measured {
            Measured::Learn => Action::Learn { cue, content: (first..first + self.set).collect() },
            Measured::RecallByCue => Action::RecallByCue { cue },
            Measured::RecallByContent => Action::RecallByContent { content: vec![first] },
        }
    }

    fn events(&self) -> u64 {
        self.memory.simulation().1.tally().synaptic_events
    }
}

#[cfg(test)]
mod tests {
    use super::super::{KINDS, Numerics, Size};
    use super::*;

    /// Exact, at sizes that are no squares and no powers of two, with contents of a bit and of many.
    #[test]
    fn events_are_those_of_the_formulas() {
        for kind in KINDS {
            for (cues, contents, set) in [(5, 12, 4), (1, 1, 1), (40, 9, 1), (37, 100, 7)] {
                let (size, numerics) = (Size { cues, contents }, Numerics::Float);
                let settings = Settings { kind, size, numerics, parameters: Vec::new(), threads: 1 };
                let mut scaling = Scaling::new(&settings, set, &Limits::default()).expect("a memory");
                for measured in Measured::of(kind) {
                    let cost = scaling.measure(measured);
                    let what = format!("{}, {size:?}, {}: {cost:?}", kind.system, measured.name());
                    assert_eq!(cost.right, cost.operations, "all right: {what}");
                    let has_formula = ["ca3_memory", "ca3_memory_hardened"].contains(&kind.system);
                    assert_eq!(cost.formula, has_formula.then_some(cost.events), "{what}");
                }
            }
        }
    }
}
