//! `cam random`: how often a memory is right.

use super::{PUBLISHED, build, settings, spacing};
use crate::Terminal;
use crate::cli::CamRandomArgs;
use crate::failure::Failure;
use crate::progress::Progress;
use models::experiments::cam::{Memory, Mix, Operation, Outcome, RandomOperations, Spacing};
use serde_json::{Value, json};
use std::ops::RangeInclusive;
use std::time::Instant;

/// Operations between looks at what came of them.
const CHUNK: usize = 1_000;

/// Does operations at random.
pub(super) fn random(arguments: &CamRandomArgs, quiet: bool, terminal: &mut Terminal<'_>) -> Result<u8, Failure> {
    let settings = settings(&arguments.memory, PUBLISHED)?;
    let apart = arguments.memory.spacing.as_deref().map(spacing).transpose()?.unwrap_or(settings.kind.spacing);
    let usual = Mix::of(settings.kind, settings.size);
    let density = arguments.density.as_deref().map(density).transpose()?.unwrap_or(usual.density.clone());
    let bits = arguments.bits.as_deref().map(|text| bits(text, settings.size.contents)).transpose()?;
    let mix = Mix { density, bits: bits.unwrap_or(usual.bits.clone()), ..usual };
    let told = mix.clone();
    let mut memory = build(&settings)?;
    let operations = RandomOperations::new(settings.kind, settings.size, mix, apart, arguments.seed);
    let begun = Instant::now();
    let counts = count(&mut memory, operations, (arguments.operations, apart), quiet)?;
    let seconds = begun.elapsed().as_secs_f64();
    if arguments.json {
        terminal.print_json(&counts.to_json(&memory, (arguments.seed, &told), apart, seconds))?;
    } else {
        terminal.print(&counts.text(&memory, apart, arguments.seed, seconds))?;
    }
    Ok(0)
}

/// "0.5", or "0.1..0.9".
fn density(text: &str) -> Result<RangeInclusive<f64>, Failure> {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    let range = low.parse().ok().zip(high.parse().ok()).map(|(low, high): (f64, f64)| low..=high);
    range.filter(|range| *range.start() >= 0.0 && !range.is_empty() && *range.end() <= 1.0).ok_or_else(|| {
        Failure::Usage("usage", format!("--density {text}: a probability from 0 to 1, or a range of such: 0.1..0.9"))
    })
}

/// "3", or "1..5".
fn bits(text: &str, contents: u32) -> Result<RangeInclusive<u32>, Failure> {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    let range = low.parse().ok().zip(high.parse().ok()).map(|(low, high): (u32, u32)| low..=high);
    range.filter(|range| *range.start() >= 1 && !range.is_empty() && *range.end() <= contents).ok_or_else(|| {
        let message = format!("--bits {text}: a number from 1 to {contents}, the bits of a content, or a range of such: 1..5");
        Failure::Usage("usage", message)
    })
}

/// Does so many, a thousand at a time.
fn count(
    memory: &mut Memory,
    mut operations: RandomOperations,
    (number, spacing): (u64, Spacing),
    quiet: bool,
) -> Result<Counts, Failure> {
    let mut counts = Counts::default();
    // As long as none of them goes on for longer than others.
    let expected_end = number * spacing.learn.max(spacing.recall);
    let mut progress = Progress::new(quiet, memory.simulation().0.grid(), expected_end);
    let mut left = number;
    while left > 0 {
        let chunk: Vec<Operation> = operations.by_ref().take(CHUNK.min(left as usize)).collect();
        left -= chunk.len() as u64;
        let Some(last) = chunk.last() else { break };
        let beyond = if left == 0 { memory.kind().last_output_of(&last.action) + 1 } else { 0 };
        let end = last.at + spacing.after(&last.action).max(beyond);
        memory.perform(&chunk, end, &mut progress).iter().for_each(|outcome| counts.take(outcome));
        if memory.now() < end {
            progress.finish();
            return Err(Failure::Other("interrupted", format!("interrupted at {} of {number} operations", number - left)));
        }
    }
    progress.finish();
    memory.close().iter().for_each(|outcome| counts.take(outcome));
    Ok(counts)
}

/// Of each kind of operation: right, and in all.
#[derive(Debug, Default)]
struct Counts(Vec<(&'static str, u64, u64)>);

impl Counts {
    fn take(&mut self, outcome: &Outcome) {
        let kind = outcome.operation.action.kind();
        if !self.0.iter().any(|(known, ..)| *known == kind) {
            self.0.push((kind, 0, 0));
            self.0.sort_unstable();
        }
        if let Some((_, right, all)) = self.0.iter_mut().find(|(known, ..)| *known == kind) {
            *right += u64::from(outcome.is_right());
            *all += 1;
        }
    }

    fn sums(&self) -> (u64, u64) {
        self.0.iter().fold((0, 0), |(right, all), (_, r, a)| (right + r, all + a))
    }

    fn text(&self, memory: &Memory, spacing: Spacing, seed: u64, seconds: f64) -> String {
        let size = memory.size();
        let Spacing { learn, recall } = spacing;
        let head = format!(
            "{}, {} cues, {} bits; {learn} ms after learning, {recall} ms after a recall; seed {seed}\n",
            memory.kind().system,
            size.cues,
            size.contents
        );
        let (right, all) = self.sums();
        let line = |(kind, right, all): &(&str, u64, u64)| {
            format!("{kind:18} {right:>9} of {all:>9} right  {:6.2} %\n", 100.0 * *right as f64 / (*all).max(1) as f64)
        };
        let lines: String = self.0.iter().chain([&("all", right, all)]).map(line).collect();
        format!("{head}{lines}{} ms of the memory's time in {seconds:.2} s\n", memory.now())
    }

    fn to_json(&self, memory: &Memory, (seed, mix): (u64, &Mix), spacing: Spacing, seconds: f64) -> Value {
        let (right, all) = self.sums();
        let kinds: serde_json::Map<String, Value> =
            self.0.iter().map(|(kind, right, all)| (kind.to_string(), json!({ "ok": right, "total": all }))).collect();
        json!({
            "schema": 1, "system": memory.kind().system, "cues": memory.size().cues, "contents": memory.size().contents,
            "seed": seed, "density": [mix.density.start(), mix.density.end()], "bits": [mix.bits.start(), mix.bits.end()],
            "spacing_learn_ms": spacing.learn, "spacing_recall_ms": spacing.recall, "kinds": kinds, "ok": right, "total": all,
            "duration_ms": memory.now(), "run_s": seconds,
        })
    }
}
