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
    /// Some points of a sweep are wrong, of so many: exit 2.
    Points(Vec<WrongPoint>, usize),
    /// The command line is wrong: exit 2.
    Usage(&'static str, String),
    /// Anything else: exit 1.
    Other(&'static str, String),
    /// The reader of our stdout went away: not an error.
    ClosedPipe,
}

/// A point of a sweep that cannot be run.
#[derive(Debug)]
pub(crate) struct WrongPoint {
    /// Its values, as they are on the command line.
    pub(crate) name: String,
    /// What is wrong.
    pub(crate) problems: Vec<Diagnostic>,
    /// The texts that the problems point into.
    pub(crate) sources: Box<Sources>,
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
            Failure::Netlist(problems, _) if does_not_fit(problems) => 1,
            Failure::Points(points, _) if points.iter().all(|p| does_not_fit(&p.problems)) => 1,
            Failure::Netlist(..) | Failure::Points(..) | Failure::Usage(..) => 2,
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
            Failure::Points(points, all) => report_points(points, *all, terminal),
            Failure::Usage(_, message) | Failure::Other(_, message) => terminal.say(&format!("error: {message}\n")),
            Failure::ClosedPipe => {}
        }
    }

    fn to_json(&self) -> Value {
        let problems = match self {
            Failure::Netlist(problems, sources) => problems.iter().map(|p| diagnose::to_json(p, sources)).collect(),
            Failure::Points(points, _) => points.iter().flat_map(point_to_json).collect(),
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

fn does_not_fit(problems: &[Diagnostic]) -> bool {
    problems.iter().all(|p| p.code == "does-not-fit")
}

/// What is wrong with each point. Of several points with the same problem (one of the netlist itself, say) the first tells it.
fn report_points(points: &[WrongPoint], all: usize, terminal: &mut Terminal<'_>) {
    let mut told: Vec<String> = Vec::new();
    for point in points {
        let rendered = point.problems.iter().map(|p| diagnose::render(p, &point.sources, terminal.colour()));
        let new: Vec<String> = rendered.filter(|text| !told.contains(text)).collect();
        if !new.is_empty() {
            terminal.say(&format!("at {}:\n{}\n\n", point.name, new.join("\n\n")));
        }
        told.extend(new);
    }
    let (number, s) = (points.len(), if all == 1 { "" } else { "s" });
    terminal.say(&format!("{number} of {all} point{s} cannot be run; nothing was run\n"));
}

fn point_to_json(point: &WrongPoint) -> impl Iterator<Item = Value> {
    point.problems.iter().map(|problem| {
        let mut object = diagnose::to_json(problem, &point.sources);
        object["point"] = point.name.as_str().into();
        object
    })
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
