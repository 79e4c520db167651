//! Two memories that came before: content under cues only, the cue as one of many lines, or as a binary number. What they share with the
//! third of them, `decoder_memory.rs`, is here.

use super::operation::{Code, Operation, Size};
use super::wiring::{A, B, Neuron, OUT, Of, Pattern, Wiring, all};
use super::{CONTENTS, CUES, HISTORY, OPERATIONS, RELEASE, SCRIPT, SPACING, plain_operations, size};
use crate::systems::parts::Parts;
use sim_core::description::Description;
use sim_core::diagnostic::Diagnostic;
use sim_core::system::{Instance, SystemCard, SystemParam};

pub(super) const PARAMETERS: &[SystemParam] = &[CUES, CONTENTS, SCRIPT, OPERATIONS, SPACING, HISTORY, RELEASE];

/// The cue is one of many lines.
pub(in crate::systems) const ONE_HOT: SystemCard = SystemCard {
    name: "ca3_cue_memory",
    aliases: &[],
    about: "a memory that learns a content under a cue in one go and recalls it by the cue, after hippocampal CA3: the simplest of these",
    parts: "populations IN (a spike_train of `cues` + `contents` cells, the cues first), CA3cue, CA3cont and OUT: if_curr_exp; groups in and out\n\
            the memory: projection P from CA3cue to CA3cont, stdp_spinnaker, weights 0 at first, 6 nA at most\n\
            to learn, cue and bits spike in three steps in a row: OUT shows them 2 and 4 ms later; to recall, the cue spikes once: it shows 2 ms later, \
            its content 3 ms later, as that of a content which is replaced. Operations are 7 ms (after learning) and 5 ms apart at least",
    source: "sPyMem (Casanueva-Morato et al.), model ca3: the CA3 of their sparse-learning memory (2024), IEEE TETC, too",
    parameters: PARAMETERS,
    timestep_ms: Some(1.0),
    expand: one_hot,
};

/// The cue comes and goes as a binary number.
pub(in crate::systems) const BINARY: SystemCard = SystemCard {
    name: "ca3_binary_cue_memory",
    aliases: &[],
    about: "the same with the cue as a binary number: a dentate gyrus of neurons decodes it, a CA1 encodes it again",
    parts: "populations IN (a spike_train: as many lines as the number of cues has binary digits, the least first, then the bits of content), DG, \
            CA3cue, CA3cont, CA1 and OUT, which has cells as IN: if_curr_exp; groups in and out. Cue 0 is the number 1: 0 is nothing\n\
            DG hears its number's ones and is silenced by its zeros (projection IN_DG, 3 nA in all, and -3 nA) and by the others (-2.5 nA)\n\
            the memory: projection P from CA3cue to CA3cont, stdp_spinnaker, weights 0 at first, 6 nA at most\n\
            to learn, cue and bits spike in three steps in a row: OUT shows them 4 and 6 ms later; to recall, the cue spikes once: it shows 4 ms later, \
            its content 5 ms later, as that of a content which is replaced. Operations are 7 ms (after learning) and 5 ms apart at least",
    source: "sPyMem (Casanueva-Morato et al.), model hippocampus_bioinspired_dg_ca1",
    parameters: PARAMETERS,
    timestep_ms: Some(1.0),
    expand: binary,
};

/// Target of the memory: easily fired.
pub(super) const CONT: Neuron = Neuron { name: "cont", ..OUT };
const DG: Neuron = Neuron { name: "dg", v_th: -57.5, ..B };

/// What memories of this kind have: a size, and that no operation asks by content.
pub(super) fn cells(parts: &Parts<'_>) -> Result<(Size, Vec<Operation>), Diagnostic> {
    let size = size(parts)?;
    let operations = plain_operations(parts, size)?;
    match operations.iter().find(|operation| operation.action.cue().is_none()) {
        None => Ok((size, operations)),
        Some(asked) => {
            let message = format!("{} has no recall by content, which is asked for at {} ms", parts.card_name(), asked.at);
            Err(Diagnostic::error("operation", parts.span(), message).help("ca3_memory has"))
        }
    }
}

/// Projections of all of them: the memory, and the content's way.
pub(super) fn content(wiring: &mut Wiring<'_>, (first, size): (u32, Size), [inward, outward]: [f64; 2]) {
    let cells = Some(first..first + size.contents);
    wiring.wire("IN_CA3cont", (Of("IN", cells.clone()), all("CA3cont")), Pattern::OneToOne, 6.0, inward);
    wiring.wire("CA3cont_OUT", (all("CA3cont"), Of("OUT", cells)), Pattern::OneToOne, 6.0, outward);
    let rule = wiring.rule([3.0, 3.0], [6.0, 6.0], 6.0);
    wiring.memory("P", (all("CA3cue"), all("CA3cont")), rule);
}

fn one_hot(instance: &Instance<'_>) -> Result<Description, Diagnostic> {
    let parts = Parts(instance);
    let (size, operations) = cells(&parts)?;
    let mut wiring = Wiring::new(&parts);
    wiring.input(Code::OneOfMany, size, &operations);
    wiring.population("CA3cue", A, size.cues);
    wiring.population("CA3cont", CONT, size.contents);
    wiring.output(size.cues + size.contents);
    let cues = |population| Of(population, Some(0..size.cues));
    wiring.wire("IN_CA3cue", (cues("IN"), all("CA3cue")), Pattern::OneToOne, 6.0, 1.0);
    wiring.wire("CA3cue_OUT", (all("CA3cue"), cues("OUT")), Pattern::OneToOne, 6.0, 1.0);
    content(&mut wiring, (size.cues, size), [1.0, 1.0]);
    Ok(wiring.finish())
}

fn binary(instance: &Instance<'_>) -> Result<Description, Diagnostic> {
    let parts = Parts(instance);
    let (size, operations) = cells(&parts)?;
    let lines = Code::Binary.lines(size.cues);
    let mut wiring = Wiring::new(&parts);
    wiring.input(Code::Binary, size, &operations);
    wiring.population("DG", DG, size.cues);
    wiring.population("CA3cue", A, size.cues);
    wiring.population("CA3cont", CONT, size.contents);
    wiring.population("CA1", OUT, lines);
    wiring.output(lines + size.contents);
    let number = |population| Of(population, Some(0..lines));
    wiring.listed("IN_DG", (number("IN"), all("DG")), &decoder(size.cues, lines), 1.0);
    wiring.wire("DG_DG", (all("DG"), all("DG")), Pattern::AllToOthers, -2.5, 1.0);
    wiring.wire("DG_CA3cue", (all("DG"), all("CA3cue")), Pattern::OneToOne, 6.0, 1.0);
    wiring.wire_pairs("CA3cue_CA1", ("CA3cue", "CA1"), &encoder(size.cues), 6.0, 1.0);
    wiring.wire("CA1_OUT", (all("CA1"), number("OUT")), Pattern::OneToOne, 6.0, 1.0);
    content(&mut wiring, (lines, size), [2.0, 2.0]);
    Ok(wiring.finish())
}

/// From the cells of numbers to the lines of their ones.
pub(super) fn encoder(cues: u32) -> Vec<(u32, u32)> {
    (0..cues).flat_map(|cue| Code::Binary.of(cue).map(move |line| (cue, line))).collect()
}

/// From lines to the cells of numbers: each one excites its part of what it takes to fire, each zero inhibits by all of it.
fn decoder(cues: u32, lines: u32) -> Vec<((u32, u32), f64)> {
    const ENOUGH: f64 = 3.0;
    let cell = |cue: u32| {
        let ones: Vec<u32> = Code::Binary.of(cue).collect();
        let share = ENOUGH / ones.len().max(1) as f64;
        (0..lines).map(move |line| ((line, cue), if ones.contains(&line) { share } else { -ENOUGH }))
    };
    (0..cues).flat_map(cell).collect()
}
