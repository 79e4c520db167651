//! Operations as a netlist has them: `operations = [{ at = "0 ms", learn = 0, content = [0, 1] }, { at = "10 ms", recall = 0 },
//! { at = "20 ms", content = [1] }]`.

use super::operation::{Action, Step};
use super::script::whole_steps;
use sim_core::diagnostic::{Diagnostic, Spanned};
use sim_core::system::{SystemEntry, SystemRecord};
use sim_core::units::{Dimension, Quantity};
use std::collections::BTreeSet;

const KEYS: [&str; 4] = ["at", "learn", "recall", "content"];

/// The operation of a table.
pub(super) fn step(record: &SystemRecord) -> Result<Step, Diagnostic> {
    if let Some((key, _)) = record.entries.iter().find(|(key, _)| !KEYS.contains(&key.value.as_str())) {
        let problem = Diagnostic::error("unknown-key", key.span, format!("an operation has no key \"{}\"", key.value));
        return Err(problem.nearest(&key.value, KEYS));
    }
    let entry = |name: &str| record.entries.iter().find(|(key, _)| key.value == name).map(|(_, entry)| entry);
    let at = entry("at").map(time).transpose()?;
    let cue = |name: &str| entry(name).map(|entry| one(entry).and_then(|number| cell(number, name))).transpose();
    let content = entry("content").map(bits).transpose()?;
    let action = match (cue("learn")?, cue("recall")?, content) {
        (Some(cue), None, Some(content)) => Action::Learn { cue, content },
        (None, Some(cue), None) => Action::RecallByCue { cue },
        (None, None, Some(content)) => Action::RecallByContent { content },
        _ => {
            let message = "an operation is one of learn = CUE, content = [..]; recall = CUE; content = [..] alone";
            return Err(Diagnostic::error("operation", record.span, message));
        }
    };
    Ok(Step { span: record.span, at, action })
}

fn one(entry: &SystemEntry) -> Result<&Spanned<Quantity>, Diagnostic> {
    match (entry.numbers.as_slice(), entry.is_list) {
        ([number], false) => Ok(number),
        _ => Err(Diagnostic::error("wrong-type", entry.span, "one number is needed here, not a list")),
    }
}

fn time(entry: &SystemEntry) -> Result<u64, Diagnostic> {
    let number = one(entry)?;
    if number.value.dimension != Dimension::TIME {
        return Err(Diagnostic::error("dimension", number.span, "at is a time, such as \"10 ms\""));
    }
    whole_steps(number.value.value).map_err(|why| Diagnostic::error("out-of-range", number.span, why))
}

fn cell(number: &Spanned<Quantity>, name: &str) -> Result<u32, Diagnostic> {
    let Quantity { value, dimension } = number.value;
    if dimension != Dimension::NONE || value.fract() != 0.0 || !(0.0..f64::from(u32::MAX)).contains(&value) {
        return Err(Diagnostic::error("out-of-range", number.span, format!("{name} takes whole numbers, counted from 0")));
    }
    Ok(value as u32)
}

fn bits(entry: &SystemEntry) -> Result<Vec<u32>, Diagnostic> {
    let mut bits = BTreeSet::new();
    for number in &entry.numbers {
        let bit = cell(number, "content")?;
        if !bits.insert(bit) {
            return Err(Diagnostic::error("operation", number.span, format!("the bit {bit} stands twice")));
        }
    }
    if bits.is_empty() {
        return Err(Diagnostic::error("operation", entry.span, "content has one bit at least"));
    }
    Ok(bits.into_iter().collect())
}
