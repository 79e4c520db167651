//! The memory that does what the published one was made for without its failures: what is learned is written at once and stays until it
//! is learned anew or forgotten, whatever is asked in between and however soon.
//!
//! ```text
//! step   1            2         3            4             5        6        7         8
//!        IN cue ----> CueCont ---------------------------> Chosen -> CueCue -P1-> ContCue -> OUT
//!        ContCont -P2-^  | `-> Lowest -------------------> ^  `---------------------------> OUT
//!        Level --------^ | `-> Group -----> GroupLowest -> ^
//!        Modes: one, whole  -----------------------------> one      whole
//! ```
//!
//! Every layer is a step, and no neuron remembers anything of the step before: an operation may begin in each step. `find best` alone
//! goes around: as long as cell 0 of Level fires, what is presented fires again in each step, and the level sinks by one; the
//! first answer ends it (Found, Stop).

mod lines;

pub use lines::{LATENCY, Lines, depth};

use super::wiring::{A, Neuron, Of, Pattern, Wiring, all};
use super::{CONTENTS, CUES, OPERATIONS, SCRIPT, SPACING, operations, size};
use crate::systems::parts::{Parts, quantity};
use sim_core::description::{Description, RuleDecl};
use sim_core::diagnostic::Diagnostic;
use sim_core::system::{Instance, SystemCard};
use sim_core::units::Dimension;

pub(in crate::systems) const CARD: SystemCard = SystemCard {
    name: "ca3_memory_hardened",
    aliases: &["ca3_cam_hardened"],
    about: "a content-addressable memory after hippocampal CA3 that makes no errors: learns and forgets under a learning signal, recalls by \
            cue, finds the cues that have enough of some bits, or most of them, and their whole contents, an operation each ms",
    parts: "populations IN (a spike_train) and OUT (`cues` + `contents` cells, the cues first); CueCue, CueCont, Lowest, Chosen (a cell a cue), \
            ContCue, ContCont, Level (a cell a bit of content), Modes, Found, Stop and, for each group of about sqrt(`cues`) cues, a cell of \
            Group and GroupLowest: if_curr_exp of the card gate, which forgets within a step; groups in and out; for a timestep of 1 ms\n\
            IN: a line for each cue; one for each bit of content; as many of the level; one, whole, learn. All lines of an operation \
            spike once, in one step; what comes of it is at OUT 8 ms later, and the next may begin after 1 ms:\n\
            learn: a cue, bits, learn; forget: a cue, learn; recall: a cue; cues with one of some bits: these; with k of them: and lines 1 to \
            k-1 of the level; only the first of these cues: and one; their contents, all together: and whole (else the bits \
            presented are shown)\n\
            find best: n bits, lines 0 to n-1 of the level: the level sinks from n by 1 a step until a cue has so many of them; its \
            answer comes a step later for each bit that it lacks, and the next operation after n + 4 ms\n\
            the memory: projections P1 from CueCue to ContCue and P2 from ContCont to CueCont, hebbian_gated; modulators P1_encoding, \
            P1_writing, P2_encoding and P2_writing, which the line learn reaches as what is presented comes by\n\
            other than in ca3_memory: weights are written at the spikes that earn it, so that nothing waits for a recall and is lost for more \
            spikes than are remembered; only under the learning signal, so that no recall changes them; and neither rule nor neurons \
            remember anything from one operation to the next, so that these do not mix. While it learns nothing is transmitted: a content \
            that is replaced does not show",
    source: "written for this simulator, after Casanueva-Morato et al. (2024), Neural Networks 178:106474; transmission \
             suppressed during learning: Hasselmo & Bower (1993), Trends in Neurosciences 16:218-222",
    parameters: &[CUES, CONTENTS, SCRIPT, OPERATIONS, SPACING],
    timestep_ms: Some(1.0),
    expand,
};

/// A gate: forgets what came within a step (exp(-20) of it is left), and fires from 3 nA on, so that a weight in nA is one in mV above rest.
/// Weights are whole numbers, sums that shall fire it 4 at least and others 2 at most.
pub(super) const GATE: Neuron = Neuron { name: "gate", c_m: 2.5, tau_m: 0.05, t_ref: 0.0, tau_syn: 0.05, ..A };

/// What fires a gate alone.
const SURE: f64 = 6.0;
/// What fires it together with another.
const HALF: f64 = 2.0;
/// A weight of P1 that is written: more than what keeps the presented bits from being shown.
const WRITTEN_P1: f64 = 12.0;

/// Steps from the input to the layers.
const TO_CUE_CUE: f64 = 6.0;
const TO_CONT_CUE: f64 = 7.0;

fn expand(instance: &Instance<'_>) -> Result<Description, Diagnostic> {
    let parts = Parts(instance);
    let size = size(&parts)?;
    let lines = Lines(size);
    let operations = operations(&parts, size, |_| Ok(()))?;
    let mut wiring = Wiring::new(&parts);
    wiring.lines(lines.count(), operations.iter().flat_map(|operation| lines.spikes(operation)));
    let groups = Groups::of(size.cues);
    for (name, cells) in [
        ("CueCue", size.cues),
        ("ContCue", size.contents),
        ("ContCont", size.contents),
        ("Level", size.contents),
        ("Modes", 2),
        ("Found", 1),
        ("Stop", 1),
    ] {
        wiring.population(name, GATE, cells);
    }
    wiring.output_of(GATE, size.cues + size.contents);
    entry(&mut wiring, lines);
    sinking_level(&mut wiring, lines);
    first_of_many(&mut wiring, groups)?;
    exit(&mut wiring, lines);
    memory(&mut wiring, &parts, lines);
    Ok(wiring.finish())
}

/// What is presented, on its way to the layers; the learning signal has its own.
fn entry(wiring: &mut Wiring<'_>, lines: Lines) {
    use Pattern::OneToOne;
    let line = |range| Of("IN", Some(range));
    wiring.wire("IN_CueCont", (line(lines.cues()), all("CueCont")), OneToOne, SURE, 2.0);
    wiring.wire("IN_CueCue", (line(lines.cues()), all("CueCue")), OneToOne, SURE, TO_CUE_CUE);
    wiring.wire("IN_ContCont", (line(lines.contents()), all("ContCont")), OneToOne, SURE, 1.0);
    wiring.wire("IN_ContCue", (line(lines.contents()), all("ContCue")), OneToOne, SURE, TO_CONT_CUE);
    wiring.wire("IN_Level", (line(lines.level()), all("Level")), OneToOne, SURE, 1.0);
    wiring.wire("IN_Modes", (line(lines.modes()), all("Modes")), OneToOne, SURE, 1.0);
}

/// Each cell of the level but cell 0 asks for one bit more. While cell 0 fires, all that is presented fires again, and the level sinks by a
/// cell a step, down to cell 0, which is the last; an answer stops cell 0.
fn sinking_level(wiring: &mut Wiring<'_>, lines: Lines) {
    use Pattern::{AllToAll, OneToOne};
    let last = lines.0.contents;
    let (zero, above, below) = (Of("Level", Some(0..1)), Of("Level", Some(1..last)), Of("Level", Some(0..last - 1)));
    for population in ["ContCont", "Modes"] {
        wiring.wire(&format!("{population}_{population}"), (all(population), all(population)), OneToOne, HALF, 1.0);
        wiring.wire(&format!("Level_{population}"), (zero.clone(), all(population)), AllToAll, HALF, 1.0);
    }
    wiring.wire("Level_Level", (zero.clone(), all("Level")), AllToAll, HALF, 1.0);
    if last > 1 {
        wiring.wire("Level_Level_below", (above.clone(), below), OneToOne, HALF, 1.0);
        wiring.wire("Level_CueCont", (above, all("CueCont")), AllToAll, -SURE, 1.0);
    }
    wiring.wire("CueCont_Found", (all("CueCont"), all("Found")), AllToAll, SURE, 1.0);
    wiring.wire("Found_Stop", (all("Found"), all("Stop")), AllToAll, HALF, 1.0);
    // The answer to what cell 0 has let fire comes to Found two steps after cell 0.
    wiring.wire("Level_Stop", (zero.clone(), all("Stop")), AllToAll, HALF, 3.0);
    wiring.wire("Stop_Level", (all("Stop"), zero), AllToAll, -SURE, 1.0);
    // What the level finds until it has stopped.
    wiring.wire("Stop_Chosen", (all("Stop"), all("Chosen")), AllToAll, -2.0 * SURE, 2.0);
}

/// Rows of cues, about as many as each has.
#[derive(Clone, Copy)]
struct Groups {
    cues: u32,
    /// Cues of a group.
    width: u32,
    count: u32,
}

impl Groups {
    fn of(cues: u32) -> Self {
        let width = f64::from(cues).sqrt().ceil() as u32;
        Self { cues, width, count: cues.div_ceil(width) }
    }
}

/// The first cue of those that are found is the one that has none before it in its group, nor its group one before it that has any.
/// Without `one` all of them are chosen.
fn first_of_many(wiring: &mut Wiring<'_>, groups: Groups) -> Result<(), Diagnostic> {
    use Pattern::{AllToAll, OneToOne};
    let Groups { cues, width, count } = groups;
    wiring.plane("order", [width, count]);
    let in_rows = [format!("index - {width} * floor(index / {width})"), format!("floor(index / {width})")];
    for name in ["CueCont", "Lowest", "Chosen"] {
        wiring.placed(name, GATE, cues, "order", &in_rows)?;
    }
    for name in ["Group", "GroupLowest"] {
        wiring.placed(name, GATE, count, "order", &["0".to_string(), "index".to_string()])?;
    }
    wiring.wire("CueCont_Lowest", (all("CueCont"), all("Lowest")), OneToOne, SURE, 1.0);
    if width > 1 {
        let lower = "if(dy == 0, dx > 0, 0)";
        wiring.wire_where("CueCont_Lowest_higher", ("CueCont", "Lowest"), lower, -SURE, 1.0)?;
    }
    wiring.wire_where("CueCont_Group", ("CueCont", "Group"), "dy == 0", SURE, 1.0)?;
    wiring.wire("Group_GroupLowest", (all("Group"), all("GroupLowest")), OneToOne, SURE, 1.0);
    if count > 1 {
        wiring.wire_where("Group_GroupLowest_higher", ("Group", "GroupLowest"), "dy > 0", -SURE, 1.0)?;
    }
    wiring.wire("CueCont_Chosen", (all("CueCont"), all("Chosen")), OneToOne, 2.0 * HALF, 3.0);
    wiring.wire("Lowest_Chosen", (all("Lowest"), all("Chosen")), OneToOne, HALF, 2.0);
    wiring.wire_where("GroupLowest_Chosen", ("GroupLowest", "Chosen"), "dy == 0", HALF, 1.0)?;
    wiring.wire("Modes_Chosen", (Of("Modes", Some(0..1)), all("Chosen")), AllToAll, -2.0 * HALF, 4.0);
    Ok(())
}

/// From the chosen cues to the output, and where the contents are asked for, to these.
fn exit(wiring: &mut Wiring<'_>, lines: Lines) {
    use Pattern::{AllToAll, OneToOne};
    let whole = Of("Modes", Some(1..2));
    let out = |range| Of("OUT", Some(range));
    wiring.wire("Chosen_CueCue", (all("Chosen"), all("CueCue")), OneToOne, HALF, 1.0);
    wiring.wire("Modes_CueCue", (whole.clone(), all("CueCue")), AllToAll, HALF, 5.0);
    wiring.wire("Modes_ContCue", (whole, all("ContCue")), AllToAll, -SURE, 6.0);
    wiring.wire("Chosen_OUT", (all("Chosen"), out(lines.cues())), OneToOne, SURE, 3.0);
    wiring.wire("ContCue_OUT", (all("ContCue"), out(lines.contents())), OneToOne, SURE, 1.0);
}

/// The two matrices, and the learning signal: each of its parts is on in the one step in which what it is for comes by.
fn memory(wiring: &mut Wiring<'_>, parts: &Parts<'_>, lines: Lines) {
    let learn = lines.learn()..lines.learn() + 1;
    for (signal, delay) in [("P2_encoding", 1.0), ("P2_writing", 2.0), ("P1_encoding", TO_CUE_CUE), ("P1_writing", TO_CONT_CUE)] {
        let tau = quantity(GATE.tau_m, Dimension::TIME, parts.span());
        wiring.alone(signal, parts.card("leaky_modulator", &[("tau", tau)]));
        wiring.signal(&format!("IN_{signal}"), (Of("IN", Some(learn.clone())), all(signal)), delay);
    }
    let rule = |name: &str, rewrites, written| rule(parts, name, rewrites, written);
    wiring.memory("P1", (all("CueCue"), all("ContCue")), rule("P1", "source", WRITTEN_P1));
    wiring.memory("P2", (all("ContCont"), all("CueCont")), rule("P2", "target", SURE));
}

fn rule(parts: &Parts<'_>, name: &str, rewrites: &str, written: f64) -> RuleDecl {
    let span = parts.span();
    let of = |value, dimension| quantity(value, dimension, span);
    let signal = |part: &str| parts.modulated(&format!("{name}_{part}"), of(1.0, Dimension::NONE));
    let given = [
        ("encoding", signal("encoding")),
        ("writing", signal("writing")),
        ("window", of(1.0, Dimension::TIME)),
        ("rewrites", parts.text(rewrites)),
        ("w_min", of(0.0, Dimension::CURRENT)),
        ("w_max", of(1000.0 * written, Dimension::CURRENT)),
    ];
    let parameters = given.into_iter().map(|(name, value)| parts.key(name, value)).collect();
    RuleDecl { span, rule: parts.word("hebbian_gated"), parameters }
}
