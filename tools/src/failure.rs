//! How a command ends when it does not end well: exit code, and what is said on stderr or as JSON.

use crate::{Terminal, diagnose};
use serde_json::{Value, json};
use sim_core::diagnostic::{Diagnostic, Sources};
use std::io;
use std::path::Path;

/// Why a command stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The netlist is wrong: exit 2.
    Netlist(Vec<Diagnostic>, Box<Sources>),
    /// The command line is wrong: exit 2.
    Usage(&'static str, String),
    /// Anything else: exit 1.
    Other(&'static str, String),
    /// The reader of our stdout went away: not an error.
    ClosedPipe,
}

impl Failure {
    /// A file that cannot be read or written.
    pub(crate) fn io(path: &Path, error: &io::Error) -> Self {
        Self::Other("io", format!("{}: {error}", path.display()))
    }

    /// A mistake that clap found, from its words: the first line says what is wrong, the others what to do.
    pub(crate) fn command_line(words: &str) -> Self {
        let mut lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
        let message = lines.next().unwrap_or_default().trim_start_matches("error: ").to_string();
        Self::Usage("usage", lines.fold(message, |text, line| format!("{text}\n{line}")))
    }

    /// Exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Failure::Netlist(problems, _) if problems.iter().all(|p| p.code == "does-not-fit") => 1,
            Failure::Netlist(..) | Failure::Usage(..) => 2,
            Failure::Other(..) => 1,
            Failure::ClosedPipe => 0,
        }
    }

    /// Says it: JSON on stdout, or words on stderr.
    pub(crate) fn report(&self, json: bool, terminal: &mut Terminal<'_>) {
        if json && !matches!(self, Failure::ClosedPipe) {
            // Where results cannot be written, a message is all that is left.
            if let Err(Failure::Other(_, message)) = terminal.print_json(&self.to_json()) {
                terminal.say(&format!("error: {message}\n"));
            }
            return;
        }
        match self {
            Failure::Netlist(problems, sources) => diagnose::show(problems, sources, terminal),
            Failure::Usage(_, message) | Failure::Other(_, message) => terminal.say(&format!("error: {message}\n")),
            Failure::ClosedPipe => {}
        }
    }

    fn to_json(&self) -> Value {
        let problems = match self {
            Failure::Netlist(problems, sources) => problems.iter().map(|p| diagnose::to_json(p, sources)).collect(),
            Failure::Usage(code, message) | Failure::Other(code, message) => {
                let (message, help) = message.split_once('\n').map_or((message.as_str(), None), |(m, help)| (m, Some(help)));
                vec![json!({ "code": code, "severity": "error", "message": message, "file": null, "line": null, "column": null,
                             "help": help })]
            }
            Failure::ClosedPipe => Vec::new(),
        };
        json!({ "schema": 1, "ok": false, "problems": problems })
    }
}

/// For writing to stdout.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::Other("io", format!("stdout: {error}")),
        }
    }
}
