//! The content-addressable memory: two matrices of plastic synapses, from cues to content and from content to cues.

use super::operation::Code;
use super::wiring::{A, B, Of, Pattern, Wiring, all};
use super::{CONTENTS, CUES, HISTORY, OPERATIONS, RELEASE, SCRIPT, SPACING, plain_operations, size};
use crate::systems::parts::Parts;
use sim_core::description::Description;
use sim_core::diagnostic::Diagnostic;
use sim_core::system::{Instance, SystemCard};

pub(in crate::systems) const CARD: SystemCard = SystemCard {
    name: "ca3_memory",
    aliases: &["ca3_cam"],
    about: "a content-addressable memory after hippocampal CA3: learns a content under a cue in one go, recalls the content by the cue, \
            and the cues by any bits of content; learning again replaces",
    parts: "populations IN (a spike_train of `cues` + `contents` cells, the cues first) and OUT of as many, CueCue, CueCont, MergeCue \
            (a cell a cue), ContCue, ContCond, ContCont, MergeCont (a cell a bit of content), ContCondInt (one): if_curr_exp of the cards a and b; \
            groups in and out\n\
            the memory: projections P1 from CueCue to ContCue and P2 from ContCont to CueCont, stdp_spinnaker, weights 0 at first, 6 nA at \
            most; all others are named by their ends, as CueCue_MergeCue\n\
            to learn, the cue and the bits of the content spike in three steps in a row; OUT shows them 5 and 7 ms later. To recall they spike \
            once: OUT shows what was presented 5 ms later, the answer 6 ms later. Bits of content find all cues that have one of them. A \
            content that is replaced shows once more, 6 ms after. Operations are 7 ms (after learning) and 6 ms apart at least; the \
            synapses mix up operations that are less than 14 ms apart, and lose what was learned if 15 more spikes of a cell come before \
            its recall (history)\n\
            spikes are stamped with the end of their step, SpiNNaker's with its beginning: what its recordings have at 5 ms is here at 6 ms",
    source: "Casanueva-Morato, Ayuso-Martinez, Dominguez-Morales, Jimenez-Fernandez & Jimenez-Moreno (2024), Neural Networks 178:106474, \
             and the spikes published with it, which this network reproduces",
    parameters: &[CUES, CONTENTS, SCRIPT, OPERATIONS, SPACING, HISTORY, RELEASE],
    timestep_ms: Some(1.0),
    expand,
};

fn expand(instance: &Instance<'_>) -> Result<Description, Diagnostic> {
    let parts = Parts(instance);
    let size = size(&parts)?;
    let (cues, contents) = (size.cues, size.contents);
    let mut wiring = Wiring::new(&parts);
    wiring.input(Code::OneOfMany, size, &plain_operations(&parts, size)?);
    for (name, neuron, cells) in [
        ("CueCue", A, cues),
        ("ContCue", A, contents),
        ("ContCond", B, contents),
        ("ContCondInt", B, 1),
        ("CueCont", B, cues),
        ("ContCont", A, contents),
        ("MergeCue", A, cues),
        ("MergeCont", A, contents),
    ] {
        wiring.population(name, neuron, cells);
    }
    wiring.output(cues + contents);
    paths(&mut wiring, cues, contents);
    gates(&mut wiring, contents);
    let rule = wiring.rule([3.0, 3.0], [6.0, 6.0], 6.0);
    wiring.memory("P1", (all("CueCue"), all("ContCue")), rule.clone());
    wiring.memory("P2", (all("ContCont"), all("CueCont")), rule);
    Ok(wiring.finish())
}

/// From the input through both parts to the output: delays let what belongs together arrive together.
fn paths(wiring: &mut Wiring<'_>, cues: u32, contents: u32) {
    use Pattern::OneToOne;
    let cell = |population, range| Of(population, Some(range));
    let (first, second) = (0..cues, cues..cues + contents);
    wiring.wire("IN_CueCue", (cell("IN", first.clone()), all("CueCue")), OneToOne, 6.0, 1.0);
    wiring.wire("IN_ContCue", (cell("IN", second.clone()), all("ContCue")), OneToOne, 6.0, 1.0);
    wiring.wire("CueCue_CueCont", (all("CueCue"), all("CueCont")), OneToOne, 6.0, 2.0);
    wiring.wire("ContCue_ContCond", (all("ContCue"), all("ContCond")), OneToOne, 9.0, 1.0);
    wiring.wire("ContCond_ContCont", (all("ContCond"), all("ContCont")), OneToOne, 6.0, 1.0);
    wiring.wire("CueCue_MergeCue", (all("CueCue"), all("MergeCue")), OneToOne, 6.0, 3.0);
    wiring.wire("CueCont_MergeCue", (all("CueCont"), all("MergeCue")), OneToOne, 6.0, 1.0);
    wiring.wire("ContCue_MergeCont", (all("ContCue"), all("MergeCont")), OneToOne, 6.0, 3.0);
    wiring.wire("ContCont_MergeCont", (all("ContCont"), all("MergeCont")), OneToOne, 6.0, 1.0);
    wiring.wire("MergeCue_OUT", (all("MergeCue"), cell("OUT", first)), OneToOne, 6.0, 1.0);
    wiring.wire("MergeCont_OUT", (all("MergeCont"), cell("OUT", second)), OneToOne, 6.0, 1.0);
}

/// What keeps the content's path closed while a cue is asked, and other cues silent.
fn gates(wiring: &mut Wiring<'_>, contents: u32) {
    use Pattern::{AllToAll, AllToOthers};
    let others = -6.0 * f64::from(contents);
    wiring.wire("CueCue_CueCont_others", (all("CueCue"), all("CueCont")), AllToOthers, others, 3.0);
    wiring.wire("CueCont_CueCont_others", (all("CueCont"), all("CueCont")), AllToOthers, others, 2.0);
    wiring.wire("CueCue_ContCond", (all("CueCue"), all("ContCond")), AllToAll, -6.0, 2.0);
    wiring.wire("ContCue_ContCondInt", (all("ContCue"), all("ContCondInt")), AllToAll, 6.0, 1.0);
    wiring.wire("ContCondInt_ContCond", (all("ContCondInt"), all("ContCond")), AllToAll, 2.0, 1.0);
}
