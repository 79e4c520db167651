//! `cam repl`: a dialogue with a memory.

use super::{PUBLISHED, build, settings, spacing, words};
use crate::cli::CamReplArgs;
use crate::failure::Failure;
use crate::files;
use crate::{Terminal, diagnose};
use models::experiments::cam::{Memory, Operation, Outcome, Settings, Spacing, schedule, script};
use sim_core::diagnostic::{Diagnostic, Sources};
use sim_core::record::{Sink, Window};
use std::ops::ControlFlow;
use std::path::Path;

/// Far enough apart for synapses to keep operations apart.
const SPACING: Spacing = Spacing { learn: 20, recall: 20 };

const HELP: &str = "learn CUE BITS      learn 0 1 4 5: the bits 1, 4 and 5 under the cue 0; again: in its place\n\
                    recall CUE          by cue: its bits\n\
                    recall - BITS       by content: all cues that have one of the bits\n\
                    forget CUE          ca3_memory_hardened alone: nothing under this cue any more\n\
                    find 2 - BITS       the same: all cues that have two of the bits; find best - BITS: those that have most; with\n\
                    \x20                   one before the -, the first of them alone, with whole their contents, too\n\
                    list                what should be stored\n\
                    save FILE           the operations so far as a script, for `cam run` and for load\n\
                    load FILE           a new memory, with the operations of a script\n\
                    help, quit\n\
                    A time before an operation (50 ms learn ..) is that of its first spike.\n";

/// Reads lines and answers them until there are no more. 2 where a line from a pipe was wrong.
pub(super) fn repl(arguments: &CamReplArgs, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let settings = settings(&arguments.memory, PUBLISHED)?;
    let apart = arguments.spacing.as_deref().map(spacing).transpose()?.unwrap_or(SPACING);
    let typed = terminal.is_typed();
    let mut dialogue = Dialogue { memory: build(&settings)?, settings, spacing: apart, done: Vec::new() };
    if typed {
        let (kind, size) = (dialogue.memory.kind(), dialogue.memory.size());
        terminal
            .print(&format!("{}, {} cues, {} bits; `help` tells what can be said\n", kind.system, size.cues, size.contents))?;
    }
    let mut code = 0;
    loop {
        if typed {
            terminal.print("> ")?;
        }
        let Some(line) = terminal.line()? else { return Ok(code) };
        match dialogue.answer(line.trim_end_matches(['\n', '\r'])) {
            Ok(Answer::Text(text)) => terminal.print(&text)?,
            Ok(Answer::End) => return Ok(code),
            Err(Wrong::Line(problem, sources)) => {
                terminal.say(&format!("{}\n", diagnose::render(&problem, &sources, terminal.colour())));
                code = if typed { 0 } else { 2 };
            }
            Err(Wrong::Other(failure)) => {
                failure.report(false, terminal);
                code = if typed { 0 } else { failure.code() };
            }
        }
    }
}

/// What is said to a line.
enum Answer {
    Text(String),
    End,
}

/// Why a line cannot be answered. What was done before stays.
enum Wrong {
    Line(Box<Diagnostic>, Box<Sources>),
    Other(Failure),
}

impl From<Failure> for Wrong {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

struct Dialogue {
    settings: Settings,
    memory: Memory,
    spacing: Spacing,
    /// All operations so far.
    done: Vec<Operation>,
}

impl Dialogue {
    fn answer(&mut self, line: &str) -> Result<Answer, Wrong> {
        let mut words = line.split_whitespace();
        let (first, rest) = (words.next().unwrap_or_default(), words.collect::<Vec<_>>().join(" "));
        let text = match (first, rest.as_str()) {
            ("quit" | "exit", "") => return Ok(Answer::End),
            ("help", "") => HELP.to_string(),
            ("list", "") => self.list(),
            ("save", file) if !file.is_empty() => self.save(Path::new(file))?,
            ("load", file) if !file.is_empty() => self.load(Path::new(file))?,
            ("save" | "load", _) => {
                return Err(Failure::Usage("usage", format!("{first} needs the name of a file: {first} my.ops")).into());
            }
            _ => self.operations(line)?,
        };
        Ok(Answer::Text(text))
    }

    /// What should be stored.
    fn list(&self) -> String {
        let ideal = self.memory.ideal();
        let stored = (0..self.memory.size().cues).filter(|cue| !ideal.content(*cue).is_empty());
        let bits = |cue| ideal.content(cue).iter().map(|bit| format!(" {bit}")).collect::<String>();
        let lines: String = stored.map(|cue| format!("{cue} |{}\n", bits(cue))).collect();
        if lines.is_empty() { "nothing is stored\n".to_string() } else { lines }
    }

    fn save(&self, path: &Path) -> Result<String, Failure> {
        files::write(path, script::write(&self.done).as_bytes()).map_err(|error| Failure::Other("io", error.to_string()))?;
        Ok(format!("{} operations saved to {}\n", self.done.len(), path.display()))
    }

    /// The memory stays as it is where the script is wrong.
    fn load(&mut self, path: &Path) -> Result<String, Failure> {
        let operations = super::script::read(path, self.settings.size, Some(self.spacing))?;
        self.memory = build(&self.settings)?;
        self.done.clear();
        let outcomes = self.perform(operations);
        let right = outcomes.iter().filter(|outcome| outcome.is_right()).count();
        Ok(format!("{right} of {} operations right\n", outcomes.len()))
    }

    /// A line of a script.
    fn operations(&mut self, line: &str) -> Result<String, Wrong> {
        let mut sources = Sources::default();
        let source = sources.add("line", line);
        let now = self.now();
        let checked = script::read(line, source).map_err(|mut problems| problems.swap_remove(0)).and_then(|mut steps| {
            steps.iter().try_for_each(|step| step.action.check(self.settings.size, step.span))?;
            for step in &mut steps {
                let at = *step.at.get_or_insert(now);
                if at < now {
                    let message = format!("it is {now} ms already: an operation cannot begin at {at} ms");
                    return Err(Diagnostic::error("out-of-order", step.span, message));
                }
                if !self.settings.kind.can(&step.action) {
                    let message = format!("{} does not {}", self.settings.kind.system, step.action.kind());
                    return Err(Diagnostic::error("operation", step.span, message));
                }
            }
            schedule(steps, None)
        });
        let operations = checked.map_err(|problem| Wrong::Line(Box::new(problem), Box::new(sources)))?;
        Ok(self.perform(operations).iter().map(|outcome| words::lines(outcome, 20)).collect())
    }

    /// When the next operation is, where it has no time.
    fn now(&self) -> u64 {
        let next = |last: &Operation| last.at + self.spacing.after(&last.action);
        self.done.last().map_or(0, next).max(self.memory.now())
    }

    /// Does operations, and waits until nothing more comes of them.
    fn perform(&mut self, operations: Vec<Operation>) -> Vec<Outcome> {
        let kind = self.memory.kind();
        let Some(last) = operations.last() else { return Vec::new() };
        let end = last.at + kind.last_output_of(&last.action) + 1;
        let mut outcomes = self.memory.perform(&operations, end, &mut Nobody);
        outcomes.extend(self.memory.close());
        self.done.extend(operations);
        outcomes
    }
}

/// Listens to nothing.
struct Nobody;

impl Sink for Nobody {
    fn window(&mut self, _: &Window<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
