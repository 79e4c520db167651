//! Where the program speaks: results to one writer, messages to another. A program's are stdout and stderr, a test's are
//! buffers. And the disk that it writes on.

use crate::disk::{self, SharedDisk};
use crate::failure::Failure;
use serde_json::Value;
use std::io::{self, BufRead, IsTerminal, Write};

/// The two streams that people and scripts read.
pub struct Terminal<'a> {
    results: &'a mut dyn Write,
    messages: &'a mut dyn Write,
    colour: bool,
    input: Option<&'a mut dyn BufRead>,
    disk: SharedDisk,
}

impl<'a> Terminal<'a> {
    /// Results, messages, and whether messages are in colour.
    pub fn new(results: &'a mut dyn Write, messages: &'a mut dyn Write, colour: bool) -> Self {
        Self { results, messages, colour, input: None, disk: disk::real() }
    }

    /// With lines to be read from somewhere else than stdin.
    pub fn reading(self, input: &'a mut dyn BufRead) -> Self {
        Self { input: Some(input), ..self }
    }

    /// With another disk than the system's under recordings and snapshots.
    pub fn on(self, disk: SharedDisk) -> Self {
        Self { disk, ..self }
    }

    /// The disk.
    pub(crate) fn disk(&self) -> &SharedDisk {
        &self.disk
    }

    /// Whether somebody types the lines.
    pub(crate) fn is_typed(&self) -> bool {
        self.input.is_none() && io::stdin().is_terminal()
    }

    /// The next line; `None` at the end.
    pub(crate) fn line(&mut self) -> Result<Option<String>, Failure> {
        let mut line = String::new();
        let read = match &mut self.input {
            Some(input) => input.read_line(&mut line),
            None => io::stdin().lock().read_line(&mut line),
        };
        let count = read.map_err(|error| Failure::Other("io", format!("stdin: {error}")))?;
        Ok((count > 0).then_some(line))
    }

    /// Whether messages are in colour.
    pub(crate) fn colour(&self) -> bool {
        self.colour
    }

    /// A result; a closed pipe is told apart.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.results.write_all(text.as_bytes())?;
        self.results.flush()?;
        Ok(())
    }

    /// One JSON object.
    pub(crate) fn print_json(&mut self, value: &Value) -> Result<(), Failure> {
        self.print(&format!("{value:#}\n"))
    }

    /// A message. When its reader is gone nothing can be told to anybody, and the work goes on.
    pub(crate) fn say(&mut self, text: &str) {
        let _ = self.messages.write_all(text.as_bytes()).and_then(|()| self.messages.flush());
    }
}

/// Whether messages on stderr are in colour: on a terminal, unless `NO_COLOR` is set.
pub(crate) fn stderr_has_colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
