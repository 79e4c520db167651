//! `cam run`: the operations of a script.

use super::drawing::{self, Outputs, Spikes};
use super::{build, named_size, settings, spacing, words, wrong_script};
use crate::Terminal;
use crate::cli::CamRunArgs;
use crate::failure::Failure;
use crate::load::{self, Unread};
use crate::progress::{Progress, Tee};
use models::experiments::cam::{Memory, Operation, Outcome, Size, Spacing, schedule, script};
use serde_json::json;
use sim_core::diagnostic::Sources;
use sim_core::record::Sink;
use std::path::Path;

/// Does the operations of a script.
pub(super) fn run(arguments: &CamRunArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let outputs = Outputs::new(arguments.raster.as_deref(), arguments.spikes.as_deref())?;
    let apart = arguments.spacing.as_deref().map(spacing).transpose()?;
    let size = named_size(&arguments.memory.build, Size { cues: u32::MAX, contents: u32::MAX });
    let operations = read(&arguments.script, size, apart)?;
    let settings = settings(&arguments.memory, Size::of(operations.iter().map(|operation| &operation.action)))?;
    if let Some(Operation { at, action }) = operations.iter().find(|operation| !settings.kind.can(&operation.action)) {
        let message = format!("{} does not {}, which is asked for at {at} ms", settings.kind.system, action.kind());
        return Err(Failure::Usage("operation", message));
    }
    let mut memory = build(&settings)?;
    let end = end(&operations, &memory);
    let mut spikes = outputs.any().then(Spikes::default);
    let mut progress = Progress::new(quiet, memory.simulation().0.grid(), end);
    let mut sinks: Vec<&mut dyn Sink> = vec![&mut progress];
    sinks.extend(spikes.as_mut().map(|spikes| spikes as &mut dyn Sink));
    let mut outcomes = memory.perform(&operations, end, &mut Tee(sinks));
    progress.finish();
    if memory.now() < end {
        return Err(Failure::Other("interrupted", format!("interrupted at {} of {end} ms", memory.now())));
    }
    outcomes.extend(memory.close());
    let written = match &spikes {
        Some(spikes) => outputs.write(&memory, &operations, spikes, end),
        None => Ok(Vec::new()),
    };
    tell(&outcomes, &memory, arguments, written.as_ref().map_or(&[][..], Vec::as_slice), terminal)?;
    written.map(|_| 0)
}

/// The operations of a script, their cells within a size.
pub(super) fn read(path: &Path, size: Size, spacing: Option<Spacing>) -> Result<Vec<Operation>, Failure> {
    let text = load::read_text(path).map_err(Unread::into_failure)?;
    let mut sources = Sources::default();
    let source = sources.add(path.display().to_string(), &text);
    let checked = script::read(&text, source).and_then(|steps| {
        let problems: Vec<_> = steps.iter().filter_map(|step| step.action.check(size, step.span).err()).collect();
        if problems.is_empty() { schedule(steps, spacing).map_err(|problem| vec![problem]) } else { Err(problems) }
    });
    let operations = checked.map_err(|problems| wrong_script(problems, sources))?;
    if operations.is_empty() {
        return Err(Failure::Usage("operation", format!("{}: there is no operation in it", path.display())));
    }
    Ok(operations)
}

/// The step after the last of which something can come of the operations.
fn end(operations: &[Operation], memory: &Memory) -> u64 {
    let last = |operation: &Operation| {
        operation.at + memory.kind().spacing.after(&operation.action).max(memory.kind().last_output_of(&operation.action) + 1)
    };
    operations.last().map_or(0, last)
}

fn tell(
    outcomes: &[Outcome],
    memory: &Memory,
    arguments: &CamRunArgs,
    written: &[std::path::PathBuf],
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    let right = outcomes.iter().filter(|outcome| outcome.is_right()).count();
    if arguments.json {
        let (network, size) = (memory.network(), memory.size());
        return terminal.print_json(&json!({
            "schema": 1, "system": memory.kind().system, "cues": size.cues, "contents": size.contents, "neurons": network.neurons(),
            "duration_ms": memory.now(), "spike_hash": memory.simulation().1.spike_hash(),
            "operations": outcomes.iter().map(words::to_json).collect::<Vec<_>>(), "ok": right, "total": outcomes.len(),
        }));
    }
    let width = words::width(outcomes.iter().map(|outcome| &outcome.operation.action));
    let lines: String = outcomes.iter().map(|outcome| words::lines(outcome, width)).collect();
    let size = memory.size();
    let head = format!("{}, {} cues, {} bits; what came out: cues | bits\n", memory.kind().system, size.cues, size.contents);
    terminal.print(&format!("{head}{lines}{right} of {} right\n{}", outcomes.len(), drawing::last_line(written)))
}
