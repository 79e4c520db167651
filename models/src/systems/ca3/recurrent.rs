//! The first of these memories: patterns stored in CA3's recurrent collaterals, auto-associative: a part of a pattern brings the rest.
//! The one goes on by itself, the other answers once.

use super::wiring::{A, Neuron, Pattern, Wiring, all};
use super::{HISTORY, MOST_CELLS, RELEASE};
use crate::systems::parts::Parts;
use crate::systems::required;
use sim_core::description::Description;
use sim_core::diagnostic::Diagnostic;
use sim_core::system::{Instance, SystemCard, SystemParam, SystemShape};

const CELLS: SystemParam = required("cells", SystemShape::Number, "how many cells a pattern has");
const INPUT: SystemParam =
    required("input", SystemShape::Cells, "where patterns come from: as many cells, each for one of these");

/// Goes on by itself.
pub(in crate::systems) const OSCILLATORY: SystemCard = SystemCard {
    name: "ca3_oscillatory",
    aliases: &[],
    about: "an auto-associative memory after hippocampal CA3: patterns are learned in its recurrent synapses, and a part of one sets the whole \
            oscillating",
    parts: "population PC, `cells` if_curr_exp; projections DG_PC from the input, a cell to a cell, 84 nA for 15 cells (6 nA times the others)\n\
            the memory: projection P from all cells of PC to all others, stdp_spinnaker (tau_plus 3 ms, tau_minus 2 ms, a_plus 6 nA, a_minus \
            3 nA), weights 0 at first, 12 nA at most; PC_PC inhibits all others by 1.5 nA\n\
            a pattern is learned while its cells of the input spike in five steps in a row. A part of it fires the rest one step later, these \
            the part again, and so on until another pattern comes",
    source: "Casanueva-Morato, Ayuso-Martinez, Dominguez-Morales, Jimenez-Fernandez & Jimenez-Moreno (2022), IJCNN: oscillatory CA3",
    parameters: &[CELLS, INPUT, HISTORY, RELEASE],
    timestep_ms: Some(1.0),
    expand: oscillatory,
};

/// Answers once.
pub(in crate::systems) const REGULATED: SystemCard = SystemCard {
    name: "ca3_regulated",
    aliases: &[],
    about: "the same with interneurons that keep all other cells silent while a pattern is learned; what is recalled does not go on",
    parts: "populations PC and INH, `cells` if_curr_exp each; projections DG_PC (12 nA) and DG_INH (-8 nA) from the input, a cell to a cell, \
            LEARNING_INH (8 nA) from all cells of `learning` to all, INH_PC (-12 nA times `cells`), a cell to a cell\n\
            the memory: projection P from all cells of PC to all others, stdp_spinnaker (tau_plus 9 ms, tau_minus 5 ms, a_plus 6 nA, a_minus \
            3 nA), weights 0 at first, 12 nA at most; PC_PC inhibits all others by 11 nA\n\
            a pattern is learned while its cells of the input and `learning` spike together, once, four times 10 ms apart. A part of it of six \
            cells or more then fires the rest one step later: each adds 1 nA, 12 less 11, of the 5.5 nA that it takes",
    source: "Casanueva-Morato, Ayuso-Martinez, Dominguez-Morales, Jimenez-Fernandez & Jimenez-Moreno (2022), IJCNN: regulated CA3",
    parameters: &[
        CELLS,
        INPUT,
        required("learning", SystemShape::Cells, "cells that spike with a pattern that is to be learned"),
        HISTORY,
        RELEASE,
    ],
    timestep_ms: Some(1.0),
    expand: regulated,
};

const PC: Neuron = Neuron { name: "pc", v_th: -55.0, ..A };
const SLOW: Neuron = Neuron { name: "slow", t_ref: 2.0, ..PC };

fn cells(parts: &Parts<'_>) -> Result<u32, Diagnostic> {
    let cells = parts.number("cells");
    if cells.fract() != 0.0 || !(2.0..=MOST_CELLS).contains(&cells) {
        let message = format!("cells is a whole number from 2 to {MOST_CELLS}, not {cells}");
        return Err(Diagnostic::error("out-of-range", parts.place("cells"), message));
    }
    Ok(cells as u32)
}

/// Recurrent synapses of both: those that learn, and those that inhibit.
fn collaterals(wiring: &mut Wiring<'_>, taus: [f64; 2], inhibition: f64) {
    let rule = wiring.rule(taus, [6.0, 3.0], 12.0);
    wiring.memory_of("P", (all("PC"), all("PC")), Pattern::AllToOthers, rule);
    wiring.wire("PC_PC", (all("PC"), all("PC")), Pattern::AllToOthers, inhibition, 1.0);
}

fn oscillatory(instance: &Instance<'_>) -> Result<Description, Diagnostic> {
    let parts = Parts(instance);
    let cells = cells(&parts)?;
    let mut wiring = Wiring::new(&parts);
    wiring.population("PC", PC, cells);
    wiring.wire_from("DG_PC", ("input", all("PC")), Pattern::OneToOne, 6.0 * f64::from(cells - 1), 1.0);
    collaterals(&mut wiring, [3.0, 2.0], -1.5);
    Ok(wiring.finish())
}

fn regulated(instance: &Instance<'_>) -> Result<Description, Diagnostic> {
    let parts = Parts(instance);
    let cells = cells(&parts)?;
    let mut wiring = Wiring::new(&parts);
    wiring.population("PC", SLOW, cells);
    wiring.population("INH", SLOW, cells);
    wiring.wire_from("DG_PC", ("input", all("PC")), Pattern::OneToOne, 12.0, 1.0);
    wiring.wire_from("DG_INH", ("input", all("INH")), Pattern::OneToOne, -8.0, 1.0);
    wiring.wire_from("LEARNING_INH", ("learning", all("INH")), Pattern::AllToAll, 8.0, 1.0);
    wiring.wire("INH_PC", (all("INH"), all("PC")), Pattern::OneToOne, -12.0 * f64::from(cells), 1.0);
    collaterals(&mut wiring, [9.0, 5.0], -11.0);
    Ok(wiring.finish())
}
