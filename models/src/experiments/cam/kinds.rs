//! The memories that operations can be done on, and when their answers come.

use crate::systems::ca3::hardened::{LATENCY, Lines};
use crate::systems::ca3::{Action, Code, Operation, Size, Spacing};

/// A memory as seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its system in the catalogue.
    pub system: &'static str,
    /// Steps from the start of learning to each time that what is learned shows at the output.
    pub echoes_of_learning: &'static [u64],
    /// Steps from a recall to what was presented.
    pub echo: u64,
    /// Steps from a recall to its answer.
    pub answer: u64,
    /// Steps from the start of learning to the content that is being replaced, where it may show once more.
    pub replaced: Option<u64>,
    /// Whether cues can be recalled by content.
    pub by_content: bool,
    /// How close operations may be.
    pub spacing: Spacing,
    /// How cues come in and go out.
    pub code: Code,
    /// How it is asked.
    pub protocol: Protocol,
}

/// How a memory is asked, and what it can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// The published one: cues and bits spike, in three steps to learn.
    Published,
    /// The hardened memory's: lines of their own say what is asked.
    Hardened,
}

impl Kind {
    /// Steps from an operation to the first that can come of it.
    pub fn first_output(&self) -> u64 {
        self.echoes_of_learning.iter().copied().fold(self.echo, u64::min)
    }

    /// Steps from an operation to the last.
    pub fn last_output(&self) -> u64 {
        self.echoes_of_learning.iter().copied().fold(self.answer, u64::max)
    }

    /// The same for one action: the answer to some comes late.
    pub fn last_output_of(&self, action: &Action) -> u64 {
        let late = action.query().filter(|query| query.best).map_or(0, |query| query.threshold());
        self.last_output() + u64::from(late)
    }

    /// Whether it can do this.
    pub fn can(&self, action: &Action) -> bool {
        match self.protocol {
            Protocol::Published => action.is_plain() && (self.by_content || action.query().is_none()),
            Protocol::Hardened => true,
        }
    }

    /// Cells of the input that are bits of content.
    pub fn lines_of_content(&self, size: Size) -> std::ops::Range<u32> {
        match self.protocol {
            Protocol::Published => size.cues..size.cues + size.contents,
            Protocol::Hardened => Lines(size).contents(),
        }
    }

    /// An operation's spikes: step and cell of the input.
    pub fn spikes(&self, operation: &Operation, size: Size) -> Vec<(u64, u32)> {
        match self.protocol {
            Protocol::Published => operation.spikes(self.code, size.cues).collect(),
            Protocol::Hardened => Lines(size).spikes(operation).collect(),
        }
    }
}

/// Every one.
pub const KINDS: &[Kind] = &[
    Kind {
        system: "ca3_memory",
        echoes_of_learning: &[5, 7],
        echo: 5,
        answer: 6,
        replaced: Some(6),
        by_content: true,
        spacing: Spacing { learn: 7, recall: 6 },
        code: Code::OneOfMany,
        protocol: Protocol::Published,
    },
    Kind {
        system: "ca3_cue_memory",
        echoes_of_learning: &[2, 4],
        echo: 2,
        answer: 3,
        replaced: Some(3),
        by_content: false,
        spacing: Spacing { learn: 7, recall: 5 },
        code: Code::OneOfMany,
        protocol: Protocol::Published,
    },
    Kind {
        system: "ca3_binary_cue_memory",
        echoes_of_learning: &[4, 6],
        echo: 4,
        answer: 5,
        replaced: Some(5),
        by_content: false,
        spacing: Spacing { learn: 7, recall: 5 },
        code: Code::Binary,
        protocol: Protocol::Published,
    },
    Kind {
        system: "ca3_decoder_memory",
        echoes_of_learning: &[6, 8],
        echo: 6,
        answer: 7,
        replaced: Some(7),
        by_content: false,
        spacing: Spacing { learn: 7, recall: 6 },
        code: Code::Binary,
        protocol: Protocol::Published,
    },
    Kind {
        system: "ca3_memory_hardened",
        echoes_of_learning: &[LATENCY],
        echo: LATENCY,
        answer: LATENCY,
        replaced: None,
        by_content: true,
        spacing: Spacing { learn: 1, recall: 1 },
        code: Code::OneOfMany,
        protocol: Protocol::Hardened,
    },
];

/// The memory of a system.
pub fn find(system: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.system == system)
}
