//! The sparse-learning memory: cues as binary numbers, which logic gates of neurons decode and encode again.
//!
//! ```text
//! step   1               2         3       4            5          6        7
//!        IN cue -> NOT -> WRONG -> DG ----> CA3cue ----> CA1 -----> OUT cue
//!           `-----------> WRONG             `-----------P---> CA3cont ----> OUT content
//!           content ----------------------> CA3cont --------------> OUT content
//! ```
//!
//! Three layers of gates are the 3 ms from IN to DG. A gate is a neuron that forgets what came within a step (exp(-10) of it is left) and
//! fires from 0.9 nA on: one spike of 1 nA fires it, one of -1 nA keeps another from it. So OR is one spike or more, NOT is inhibition
//! of a gate that a source excites in every step, and AND is NOT, OR, NOT (De Morgan): a number's cell of DG fires unless a line
//! is 0 where the number has a one (NOT, then WRONG) or 1 where it has a zero (WRONG). No gate weighs its inputs by their number.

use super::cue_memory::{CONT, PARAMETERS, cells, content, encoder};
use super::operation::Code;
use super::wiring::{A, Neuron, Of, Pattern, Wiring, all};
use crate::systems::parts::Parts;
use sim_core::description::Description;
use sim_core::diagnostic::Diagnostic;
use sim_core::system::{Instance, SystemCard};

pub(in crate::systems) const CARD: SystemCard = SystemCard {
    name: "ca3_decoder_memory",
    aliases: &["ca3_sparse_learning"],
    about: "the memory of sparse learning: contents under cues that a decoder of logic gates reads as binary numbers and an encoder writes \
            again, with the times that it had on SpiNNaker",
    parts: "populations IN (a spike_train: as many lines as the number of cues has binary digits, the least first, then the bits of content), ONE \
            (a cell that fires in every step), NOT (a cell a line), WRONG, DG and CA3cue (a cell a cue), CA3cont, CA1 (a cell a line) and OUT, which \
            has cells as IN: if_curr_exp; groups in and out. Cue 0 is the number 1: 0 is nothing\n\
            the decoder, 3 ms: NOT fires where a line is 0; WRONG where a line is 0 and its number has a one (NOT_WRONG), or 1 and it has a zero \
            (IN_WRONG); DG where nothing is wrong. At rest ONE, NOT and WRONG fire in every step. The encoder: CA1 fires for any cue whose number has its digit. Gates have weights of \
            1 nA and -1 nA, tau_m = tau_syn = 0.1 ms, 0.09 mV to the threshold\n\
            the memory: projection P from CA3cue to CA3cont, stdp_spinnaker, weights 0 at first, 6 nA at most\n\
            to learn, cue and bits spike in three steps in a row: OUT shows them 6 and 8 ms later; to recall, the cue spikes once: it shows 6 ms later, \
            its content 7 ms later, as that of a content which is replaced. Operations are 7 ms (after learning) and 6 ms apart at least",
    source: "Casanueva-Morato et al. (2024), IEEE Transactions on Emerging Topics in Computing, arXiv 2206.04924 (sPyMem: \
             hippocampus_with_forgetting): its neurons, weights and delays, and the times of its recordings; the gates are wired \
             anew, theirs were not rebuilt",
    parameters: PARAMETERS,
    timestep_ms: Some(1.0),
    expand,
};

/// A logic gate.
const GATE: Neuron =
    Neuron { name: "gate", c_m: 100.0, tau_m: 0.1, e_l: -65.0, v_th: -64.91, t_ref: 0.0, tau_syn: 0.1, i_e: 0.0 };
/// The source of what NOT takes away from: the current of one spike, in every step.
const SOURCE: Neuron = Neuron { name: "source", i_e: 100.0, ..GATE };

/// What fires a gate, in nA.
const TRUE: f64 = 1.0;

fn expand(instance: &Instance<'_>) -> Result<Description, Diagnostic> {
    let parts = Parts(instance);
    let (size, operations) = cells(&parts)?;
    let lines = Code::Binary.lines(size.cues);
    let mut wiring = Wiring::new(&parts);
    wiring.input(Code::Binary, size, &operations);
    for (name, neuron, cells) in [
        ("ONE", SOURCE, 1),
        ("NOT", GATE, lines),
        ("WRONG", GATE, size.cues),
        ("DG", GATE, size.cues),
        ("CA3cue", A, size.cues),
        ("CA3cont", CONT, size.contents),
        ("CA1", GATE, lines),
    ] {
        wiring.population(name, neuron, cells);
    }
    wiring.output(lines + size.contents);
    decode(&mut wiring, size.cues, lines);
    let number = Of("OUT", Some(0..lines));
    wiring.wire("DG_CA3cue", (all("DG"), all("CA3cue")), Pattern::OneToOne, 6.0, 1.0);
    wiring.wire_pairs("CA3cue_CA1", ("CA3cue", "CA1"), &encoder(size.cues), TRUE, 1.0);
    wiring.wire("CA1_OUT", (all("CA1"), number), Pattern::OneToOne, 6.0, 1.0);
    content(&mut wiring, (lines, size), [4.0, 2.0]);
    Ok(wiring.finish())
}

/// From lines to the cells of numbers, in three steps. The source's spikes reach DG when what is wrong does, the first of them, too.
fn decode(wiring: &mut Wiring<'_>, cues: u32, lines: u32) {
    use Pattern::{AllToAll, OneToOne};
    let digits = |one: bool| -> Vec<(u32, u32)> {
        let of_cue =
            |cue| (0..lines).filter(move |line| Code::Binary.of(cue).any(|own| own == *line) == one).map(move |line| (line, cue));
        (0..cues).flat_map(of_cue).collect()
    };
    wiring.wire("ONE_NOT", (all("ONE"), all("NOT")), AllToAll, TRUE, 1.0);
    wiring.wire("IN_NOT", (Of("IN", Some(0..lines)), all("NOT")), OneToOne, -TRUE, 1.0);
    wiring.wire_pairs("NOT_WRONG", ("NOT", "WRONG"), &digits(true), TRUE, 1.0);
    wiring.wire_pairs("IN_WRONG", ("IN", "WRONG"), &digits(false), TRUE, 2.0);
    wiring.wire("ONE_DG", (all("ONE"), all("DG")), AllToAll, TRUE, 3.0);
    wiring.wire("WRONG_DG", (all("WRONG"), all("DG")), OneToOne, -TRUE, 1.0);
}
