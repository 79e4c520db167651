//! What is wrong with a file.

use std::fmt;

/// Which of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// The chip.
    Architecture,
    /// The network and its mapping.
    Network,
}

/// The first thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In which file.
    pub file: File,
    /// On which line, from 1.
    pub line: usize,
    /// What.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = match self.file {
            File::Architecture => "architecture",
            File::Network => "network",
        };
        write!(f, "{file}, line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for Problem {}

/// A problem before it is known in which file.
#[derive(Clone, Debug)]
pub(super) struct Wrong {
    pub(super) line: usize,
    pub(super) message: String,
}

impl Wrong {
    pub(super) fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }

    pub(super) fn in_file(self, file: File) -> Problem {
        Problem { file, line: self.line, message: self.message }
    }
}
