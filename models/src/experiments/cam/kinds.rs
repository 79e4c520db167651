//! The memories that operations can be done on, and when their answers come.

use crate::systems::ca3::{Code, Spacing};

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
    /// Steps from the start of learning to the content that is being replaced, which may show once more.
    pub replaced: u64,
    /// Whether cues can be recalled by content.
    pub by_content: bool,
    /// How close operations may be.
    pub spacing: Spacing,
    /// How cues come in and go out.
    pub code: Code,
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
}

/// Every one.
pub const KINDS: &[Kind] = &[
    Kind {
        system: "ca3_memory",
        echoes_of_learning: &[5, 7],
        echo: 5,
        answer: 6,
        replaced: 6,
        by_content: true,
        spacing: Spacing { learn: 7, recall: 6 },
        code: Code::OneOfMany,
    },
    Kind {
        system: "ca3_cue_memory",
        echoes_of_learning: &[2, 4],
        echo: 2,
        answer: 3,
        replaced: 3,
        by_content: false,
        spacing: Spacing { learn: 7, recall: 5 },
        code: Code::OneOfMany,
    },
    Kind {
        system: "ca3_binary_cue_memory",
        echoes_of_learning: &[4, 6],
        echo: 4,
        answer: 5,
        replaced: 5,
        by_content: false,
        spacing: Spacing { learn: 7, recall: 5 },
        code: Code::Binary,
    },
];

/// The memory of a system.
pub fn find(system: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.system == system)
}
