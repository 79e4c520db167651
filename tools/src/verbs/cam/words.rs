//! Operations and what came of them, in words and as JSON.

use models::experiments::cam::{Action, Moment, Outcome};
use serde_json::{Value, json};

/// Cues and bits at a time: "5 ms 0 | 0 1 8 9".
fn moment(moment: &Moment) -> String {
    let list = |numbers: &[u32]| match numbers {
        [] => "-".to_string(),
        numbers => numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(" "),
    };
    format!("{} ms  {} | {}", moment.at, list(&moment.cues), list(&moment.content))
}

fn moments(moments: &[Moment]) -> String {
    match moments {
        [] => "nothing".to_string(),
        moments => moments.iter().map(moment).collect::<Vec<_>>().join(",  "),
    }
}

/// A line of what came, and one of what should have come where that is not the same.
pub(super) fn lines(outcome: &Outcome, width: usize) -> String {
    let at = format!("{} ms", outcome.operation.at);
    let (action, got) = (outcome.operation.action.words(), moments(&outcome.got));
    if outcome.is_right() {
        return format!("{at:>9}  {action:width$}  {got}\n");
    }
    let expected = moments(&outcome.expected.moments);
    format!("{at:>9}  {action:width$}  {got}\n{:9}  {:width$}  WRONG, expected: {expected}\n", "", "")
}

/// How wide the longest operation is, within what leaves room for answers.
pub(super) fn width<'a>(actions: impl Iterator<Item = &'a Action>) -> usize {
    actions.map(|action| action.words().len()).max().unwrap_or(0).clamp(8, 40)
}

/// A few words for a plot.
pub(super) fn short(action: &Action) -> String {
    match action {
        Action::Learn { cue, .. } => format!("learn {cue}"),
        Action::RecallByCue { cue } => format!("cue {cue}"),
        Action::RecallByContent { content } => {
            format!("bits {}", content.iter().map(u32::to_string).collect::<Vec<_>>().join(" "))
        }
        Action::Forget { .. } | Action::Find(_) => action.words(),
    }
}

/// The same for programs.
pub(super) fn to_json(outcome: &Outcome) -> Value {
    let moments = |moments: &[Moment]| {
        moments.iter().map(|m| json!({ "at_ms": m.at, "cues": m.cues, "content": m.content })).collect::<Vec<_>>()
    };
    let action = &outcome.operation.action;
    json!({
        "at_ms": outcome.operation.at, "kind": action.kind(), "cue": action.cue(), "content": action.content(),
        "expected": moments(&outcome.expected.moments), "may_show": moments(outcome.expected.replaced.as_slice()),
        "got": moments(&outcome.got), "ok": outcome.is_right(),
    })
}
