//! Memories after the hippocampus's area CA3, as published for SpiNNaker: content under cues, learned at once, recalled from either side,
//! replaced. Operations on them, and scripts of those, are the same for all.
//!
//! Time: SpiNNaker stamps a spike with the beginning of its step, here spikes have the time of its end. An operation at 10 ms has its
//! first input spikes in the step from 10 to 11 ms: SpiNNaker's recordings say 10, ours 11 ms. All else follows.

mod cue_memory;
mod decoder_memory;
pub mod hardened;
mod memory;
pub mod operation;
mod records;
mod recurrent;
pub mod script;
mod sparse;
mod wiring;

pub(super) use cue_memory::{BINARY as BINARY_CUE_MEMORY, ONE_HOT as CUE_MEMORY};
pub(super) use decoder_memory::CARD as DECODER_MEMORY;
pub(super) use hardened::CARD as HARDENED;
pub(super) use memory::CARD as MEMORY;
pub use operation::{Action, Code, Operation, Query, Size, Spacing, Step, schedule};
pub(super) use recurrent::{OSCILLATORY, REGULATED};
pub(super) use sparse::CARD as SPARSE;
pub use sparse::SparseShape;

use super::parts::Parts;
use super::{number, optional, required, word};
use sim_core::catalog::Range;
use sim_core::diagnostic::Diagnostic;
use sim_core::system::{SystemParam, SystemShape, SystemValue};
use sim_core::units::Dimension;

/// Cells of any kind that a memory may have.
const MOST_CELLS: f64 = 16_777_216.0;

const CUES: SystemParam = required("cues", SystemShape::Number, "how many cues there are, each of which holds one content");
const CONTENTS: SystemParam = required("contents", SystemShape::Number, "how many bits a content has");
const SCRIPT: SystemParam =
    optional("script", SystemShape::File, "what is done: a file with a line for each operation, `at operation cue content`");
const OPERATIONS: SystemParam = optional(
    "operations",
    SystemShape::Records,
    "or here: [{ at = \"0 ms\", learn = 0, content = [1, 4] }, { at = \"10 ms\", recall = 0 }, { at = \"20 ms\", content = [4] }]",
);
const SPACING: SystemParam = number(
    "spacing",
    Dimension::TIME,
    0.0,
    Range::NotNegative,
    "time from an operation without a time of its own to the next; 0: each has a time",
);
const HISTORY: SystemParam = number(
    "history",
    Dimension::NONE,
    15.0,
    Range::NotNegative,
    "spikes of a cell that its synapses remember until the source's next: 15 as on the chip; 0: all",
);
const RELEASE: SystemParam = word("release", wiring::RELEASES, "the release of sPyNNaker whose STDP it is");

/// Cues and content bits.
fn size(parts: &Parts<'_>) -> Result<Size, Diagnostic> {
    let whole = |name: &str| {
        let value = parts.number(name);
        if value.fract() != 0.0 || !(1.0..=MOST_CELLS).contains(&value) {
            let message = format!("{name} is a whole number from 1 to {MOST_CELLS}, not {value}");
            return Err(Diagnostic::error("out-of-range", parts.place(name), message));
        }
        Ok(value as u32)
    };
    Ok(Size { cues: whole("cues")?, contents: whole("contents")? })
}

/// What is to be done to a memory that does what was published, with times.
fn plain_operations(parts: &Parts<'_>, size: Size) -> Result<Vec<Operation>, Diagnostic> {
    operations(parts, size, |step| {
        if step.action.is_plain() {
            return Ok(());
        }
        let message = format!("{} does not {}", parts.card_name(), step.action.kind());
        Err(Diagnostic::error("operation", step.span, message).help(format!("{} does", HARDENED.name)))
    })
}

/// What is to be done, with times.
fn operations(
    parts: &Parts<'_>,
    size: Size,
    able: impl Fn(&Step) -> Result<(), Diagnostic>,
) -> Result<Vec<Operation>, Diagnostic> {
    let spacing = script::whole_steps(parts.number("spacing"))
        .map_err(|_| Diagnostic::error("out-of-range", parts.place("spacing"), "spacing is a whole number of ms"))?;
    let steps = match (parts.setting("script"), parts.setting("operations")) {
        (SystemValue::Text(_), SystemValue::Records(_)) => {
            let message = "operations stand in a script or here, not in both";
            return Err(Diagnostic::error("operation", parts.place("operations"), message));
        }
        (SystemValue::Text(file), _) => script::read(&file.text, file.source).map_err(first)?,
        (_, SystemValue::Records(records)) => records.iter().map(records::step).collect::<Result<_, _>>()?,
        _ => Vec::new(),
    };
    steps.iter().try_for_each(|step| able(step).and_then(|()| step.action.check(size, step.span)))?;
    schedule(steps, (spacing > 0).then_some(Spacing::even(spacing)))
}

/// The first of some problems; the others show when it is mended.
fn first(problems: Vec<Diagnostic>) -> Diagnostic {
    let general = || Diagnostic::general("operation", "the script cannot be read");
    problems.into_iter().next().unwrap_or_else(general)
}
