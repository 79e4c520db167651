//! `cam random`: how often a memory is right.

use super::counting::{Counts, count, mix};
use super::{PUBLISHED, build, settings, spacing};
use crate::Terminal;
use crate::cli::CamRandomArgs;
use crate::failure::Failure;
use crate::progress::Progress;
use models::experiments::cam::{Memory, Mix, RandomOperations, Spacing};
use serde_json::{Value, json};
use std::time::Instant;

/// Does operations at random.
pub(super) fn random(arguments: &CamRandomArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let settings = settings(&arguments.memory, PUBLISHED)?;
    let apart = arguments.spacing.as_deref().map(spacing).transpose()?.unwrap_or(settings.kind.spacing);
    let (mix, seed) = (mix(&arguments.mix, &settings)?, arguments.mix.seed);
    let mut memory = build(&settings)?;
    let operations = RandomOperations::new(settings.kind, settings.size, mix.clone(), apart, seed);
    let begun = Instant::now();
    // As long as none of them goes on for longer than others.
    let expected_end = arguments.operations * apart.learn.max(apart.recall);
    let mut progress = Progress::new(quiet, memory.simulation().0.grid(), expected_end);
    let counts = count(&mut memory, operations, (arguments.operations, apart), &mut progress);
    progress.finish();
    let (counts, seconds) = (counts?, begun.elapsed().as_secs_f64());
    if arguments.json {
        terminal.print_json(&to_json(&counts, &memory, (seed, &mix), apart, seconds))?;
    } else {
        terminal.print(&text(&counts, &memory, apart, seed, seconds))?;
    }
    Ok(0)
}

fn text(counts: &Counts, memory: &Memory, spacing: Spacing, seed: u64, seconds: f64) -> String {
    let size = memory.size();
    let Spacing { learn, recall } = spacing;
    let head = format!(
        "{}, {} cues, {} bits; {learn} ms after learning, {recall} ms after a recall; seed {seed}\n",
        memory.kind().system,
        size.cues,
        size.contents
    );
    let (right, all) = counts.sums();
    let line = |(kind, right, all): (&str, u64, u64)| {
        format!("{kind:18} {right:>9} of {all:>9} right  {:6.2} %\n", 100.0 * right as f64 / all.max(1) as f64)
    };
    let lines: String = counts.kinds().chain([("all", right, all)]).map(line).collect();
    format!("{head}{lines}{} ms of the memory's time in {seconds:.2} s\n", memory.now())
}

fn to_json(counts: &Counts, memory: &Memory, (seed, mix): (u64, &Mix), spacing: Spacing, seconds: f64) -> Value {
    let (right, all) = counts.sums();
    json!({
        "schema": 1, "system": memory.kind().system, "cues": memory.size().cues, "contents": memory.size().contents,
        "seed": seed, "density": [mix.density.start(), mix.density.end()], "bits": [mix.bits.start(), mix.bits.end()],
        "spacing_learn_ms": spacing.learn, "spacing_recall_ms": spacing.recall, "kinds": counts.to_json(), "ok": right, "total": all,
        "duration_ms": memory.now(), "run_s": seconds,
    })
}
