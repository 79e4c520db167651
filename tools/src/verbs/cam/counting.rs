//! Random operations on a memory, and how many came out right.

use crate::cli::CamMixArgs;
use crate::failure::Failure;
use crate::progress::Progress;
use models::experiments::cam::{Memory, Mix, Operation, Outcome, RandomOperations, Settings, Spacing};
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// Operations between looks at what came of them.
const CHUNK: usize = 1_000;

/// What operations are like: as the command line says, else all that the memory can do.
pub(super) fn mix(arguments: &CamMixArgs, settings: &Settings) -> Result<Mix, Failure> {
    let usual = Mix::of(settings.kind, settings.size);
    let density = arguments.density.as_deref().map(density).transpose()?.unwrap_or(usual.density.clone());
    let bits = arguments.bits.as_deref().map(|text| bits(text, settings.size.contents)).transpose()?;
    Ok(Mix { density, bits: bits.unwrap_or(usual.bits.clone()), ..usual })
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
pub(super) fn count(
    memory: &mut Memory,
    mut operations: RandomOperations,
    (number, spacing): (u64, Spacing),
    progress: &mut Progress,
) -> Result<Counts, Failure> {
    let mut counts = Counts::default();
    let mut left = number;
    while left > 0 {
        let chunk: Vec<Operation> = operations.by_ref().take(CHUNK.min(left as usize)).collect();
        left -= chunk.len() as u64;
        let Some(last) = chunk.last() else { break };
        let beyond = if left == 0 { memory.kind().last_output_of(&last.action) + 1 } else { 0 };
        let end = last.at + spacing.after(&last.action).max(beyond);
        memory.perform(&chunk, end, progress).iter().for_each(|outcome| counts.take(outcome));
        if memory.now() < end {
            return Err(Failure::Other("interrupted", format!("interrupted at {} of {number} operations", number - left)));
        }
    }
    memory.close().iter().for_each(|outcome| counts.take(outcome));
    Ok(counts)
}

/// Of each kind of operation: right, and in all.
#[derive(Debug, Default)]
pub(super) struct Counts(Vec<(&'static str, u64, u64)>);

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

    /// Of a kind: right, and in all; nothing where there are none.
    pub(super) fn of(&self, kind: &str) -> Option<(u64, u64)> {
        self.0.iter().find(|(known, ..)| *known == kind).map(|(_, right, all)| (*right, *all))
    }

    /// Of each kind, by name: right, and in all.
    pub(super) fn kinds(&self) -> impl Iterator<Item = (&'static str, u64, u64)> {
        self.0.iter().copied()
    }

    /// Of all kinds: right, and in all.
    pub(super) fn sums(&self) -> (u64, u64) {
        self.0.iter().fold((0, 0), |(right, all), (_, r, a)| (right + r, all + a))
    }

    /// By kind.
    pub(super) fn to_json(&self) -> Value {
        self.kinds().map(|(kind, right, all)| (kind.to_string(), json!({ "ok": right, "total": all }))).collect()
    }
}
