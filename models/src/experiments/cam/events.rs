//! Synaptic events of operations, by formula: spikes times the synapses that each reaches, added up by hand along the projections.
//!
//! With N cues and M bits of content in a memory whose operations do not disturb each other, b bits learned or stored, k bits asked for
//! and h cues that answer:
//!
//! | | `ca3_memory` | `ca3_memory_hardened` |
//! | --- | --- | --- |
//! | learn | 2 (3M + 2N + 3 + 7b + bN) + 1 + b | b (N + 4) + M + 15 + o |
//! | recall by cue | 3M + 2N + 3 + 4b | M + b + 11 + o |
//! | recall by content | M + k (N + 7) + h (N + 1) | N + 13 + o, of k = h = 1 |
//!
//! The hardened memory finds the first of all cues in rows of about sqrt(N): o is the number of synapses by which a cue tells those of its
//! row that come later, its row those that come later, and again its row all of its cues.

use super::{Action, Ideal, Kind, Size};

/// Events of an operation on what is stored, where there is a formula.
pub fn events(kind: &Kind, size: Size, stored: &Ideal, action: &Action) -> Option<u64> {
    let (n, m) = (u64::from(size.cues), u64::from(size.contents));
    let bits = |cue: u32| stored.content(cue).len() as u64;
    let asked = |content: &[u32]| (content.len() as u64, stored.cues_with(content));
    match (kind.system, action) {
        ("ca3_memory", Action::Learn { content, .. }) => {
            let b = content.len() as u64;
            Some(2 * (3 * m + 2 * n + 3 + 7 * b + b * n) + 1 + b)
        }
        ("ca3_memory", Action::RecallByCue { cue }) => Some(3 * m + 2 * n + 3 + 4 * bits(*cue)),
        ("ca3_memory", Action::RecallByContent { content }) => {
            let (k, answers) = asked(content);
            Some(m + k * (n + 7) + answers.len() as u64 * (n + 1))
        }
        ("ca3_memory_hardened", Action::Learn { cue, content }) => {
            Some(content.len() as u64 * (n + 4) + m + 15 + order(size.cues, *cue))
        }
        ("ca3_memory_hardened", Action::RecallByCue { cue }) => Some(m + bits(*cue) + 11 + order(size.cues, *cue)),
        ("ca3_memory_hardened", Action::RecallByContent { content }) => match asked(content) {
            (1, answers) if answers.len() == 1 => Some(n + 13 + order(size.cues, answers[0])),
            _ => None,
        },
        _ => None,
    }
}

/// Synapses by which a cue is found to be the first: those that come later in its row, rows that come later, and its row's.
fn order(cues: u32, cue: u32) -> u64 {
    let width = (1..).find(|width: &u64| width * width >= u64::from(cues)).unwrap_or(1);
    let (row, place) = (u64::from(cue) / width, u64::from(cue) % width);
    let in_row = width.min(u64::from(cues) - row * width);
    (in_row - 1 - place) + (u64::from(cues).div_ceil(width) - 1 - row) + in_row
}
