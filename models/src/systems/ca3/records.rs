//! Operations as a netlist has them: `operations = [{ at = "0 ms", learn = 0, content = [0, 1] }, { at = "10 ms", recall = 0 },
//! { at = "20 ms", content = [1] }, { at = "30 ms", forget = 0 }, { at = "40 ms", find = [0, 1], least = 2, one = 1, whole = 1 }]`.

use super::operation::{Action, Query, Step};
use super::script::whole_steps;
use sim_core::diagnostic::{Diagnostic, Spanned};
use sim_core::system::{SystemEntry, SystemRecord};
use sim_core::units::{Dimension, Quantity};
use std::collections::BTreeSet;

const KEYS: [&str; 10] = ["at", "learn", "recall", "content", "forget", "find", "least", "best", "one", "whole"];

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
    let (forget, find) = (cue("forget")?, entry("find").map(bits).transpose()?);
    let least = cue("least")?;
    let switch = |name: &str| cue(name).map(|number| number.unwrap_or(0) != 0);
    let (best, one, whole) = (switch("best")?, switch("one")?, switch("whole")?);
    let details = least.is_some() || best || one || whole;
    let action = match (cue("learn")?, cue("recall")?, content, forget, find) {
        (None, None, None, None, Some(content)) if !(best && least.is_some()) => {
            Action::Find(Query { content, least: least.unwrap_or(1), best, one, whole })
        }
        (Some(cue), None, Some(content), None, None) if !details => Action::Learn { cue, content },
        (None, Some(cue), None, None, None) if !details => Action::RecallByCue { cue },
        (None, None, Some(content), None, None) if !details => Action::RecallByContent { content },
        (None, None, None, Some(cue), None) if !details => Action::Forget { cue },
        _ => {
            let message = "an operation is one of learn = CUE, content = [..]; recall = CUE; content = [..] alone; forget = CUE; \
                           find = [..] with least = NUMBER or best = 1, and one = 1, whole = 1";
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
