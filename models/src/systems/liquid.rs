//! The liquid of a liquid state machine: excitatory and inhibitory neurons on a lattice, wired by distance, driven through
//! input synapses of random sign.

use super::parts::{Ends, Parts, either, quantity};
use super::{number, required, word};
use sim_core::catalog::Range;
use sim_core::description::{CardDecl, Description, ProjectionDecl};
use sim_core::diagnostic::Diagnostic;
use sim_core::system::{Instance, SystemCard, SystemParam, SystemShape};
use sim_core::units::Dimension;

pub(super) const CARD: SystemCard = SystemCard {
    name: "liquid_state_machine",
    aliases: &["liquid", "lsm"],
    about: "a liquid of excitatory and inhibitory neurons on a lattice, wired by distance, with input synapses of random sign",
    parts: "populations exc, inh: round(excitatory * N) of the N sites of the lattice, drawn at random, and the others; \
            both are of the card lif, an lif_psc_exp; the group liquid is both\n\
            projections excitation, inhibition: from each neuron to each other one with probability \
            p_xy * exp(-(distance / lambda)^2), x and y the types of source and target; weight +weight from exc, -weight from inh\n\
            projection input: floor(density * N * N_in) different pairs of an input cell and a neuron, exc and inh by their \
            shares; each weight is +weight or -weight with equal chances\n\
            c_m makes a spike of weight 1 pA raise the potential by 1 mV in the first step of 1 ms in which it acts, and \
            exp(-1), exp(-2), .. of that in the next ones, as published (with tau_syn = 1 ms); other than there, the potential is held \
            while a neuron is refractory, a spike acts one step later, spikes of one source add up at short intervals, and the \
            input's own neurons are for the netlist to choose",
    source: "lattice and kernel: Maass, Natschlager & Markram (2002), Neural Computation 14:2531-2560; constants: \
             Ivanov & Michmizos (2021), NeurIPS 34 (the static liquid of NALSM, weights swept from 0.4 to 1.4), and their code",
    parameters: PARAMETERS,
    expand,
};

const PARAMETERS: &[SystemParam] = &[
    required("input", SystemShape::Cells, "where the input comes from"),
    required("grid", SystemShape::Grid, "sites of the lattice along x, y and z, a neuron on each: [10, 10, 10]"),
    word("variant", &["static"], "what learns: nothing"),
    number("excitatory", Dimension::NONE, 0.8, Range::Probability, "share of excitatory neurons"),
    number("lambda", Dimension::NONE, 3.0, Range::Positive, "reach of the connections, in sites"),
    number("p_ee", Dimension::NONE, 0.2, Range::Probability, "factor of the probability, exc to exc"),
    number("p_ei", Dimension::NONE, 0.1, Range::Probability, "the same, exc to inh"),
    number("p_ie", Dimension::NONE, 0.3, Range::Probability, "the same, inh to exc"),
    number("p_ii", Dimension::NONE, 0.05, Range::Probability, "the same, inh to inh"),
    number(
        "density",
        Dimension::NONE,
        0.15,
        Range::Probability,
        "share of the pairs of input cell and neuron that are connected",
    ),
    number("weight", Dimension::CURRENT, 1.0, Range::Positive, "magnitude of all weights"),
    number("delay", Dimension::TIME, 1.0, Range::Positive, "delay of all synapses"),
    number("c_m", Dimension::CAPACITANCE, 0.632, Range::Positive, "capacitance of the membrane"),
    number("tau_m", Dimension::TIME, 64.0, Range::Positive, "time constant of the membrane"),
    number("tau_syn", Dimension::TIME, 1.0, Range::Positive, "time constant of all synapses"),
    number("v_th", Dimension::VOLTAGE, 20.0, Range::Positive, "threshold, above rest and reset, which are 0 mV"),
    number("t_ref", Dimension::TIME, 2.0, Range::NotNegative, "refractory time after a spike"),
];

fn expand(instance: &Instance<'_>) -> Result<Description, Diagnostic> {
    let parts = Parts(instance);
    let types = Types::of(&parts)?;
    let count = |cells: u64| quantity(cells as f64, Dimension::NONE, parts.place("grid"));
    let probabilities = [["p_ee", "p_ie"], ["p_ei", "p_ii"]].map(|row| row.map(|p| parts.value(p, 1.0)).to_vec());
    let population = |cells| parts.population("lif", count(cells), "lattice");
    Ok(Description {
        groups: vec![parts.named("liquid", vec![parts.spanned("exc"), parts.spanned("inh")])],
        tables: vec![
            parts.named("p", parts.matrix("liquid", probabilities.to_vec())),
            parts.named("before", parts.vector("liquid", vec![count(0), count(types.exc)])),
        ],
        spaces: vec![parts.named("lattice", parts.lattice("grid"))],
        cards: vec![parts.named("lif", neurons(&parts))],
        populations: vec![parts.named("exc", population(types.exc)), parts.named("inh", population(types.inh))],
        projections: vec![
            recurrent(&parts, "excitation", "exc", 1.0)?,
            recurrent(&parts, "inhibition", "inh", -1.0)?,
            input(&parts)?,
        ],
        ..Description::default()
    })
}

/// How many neurons there are of each type.
struct Types {
    exc: u64,
    inh: u64,
}

impl Types {
    fn of(parts: &Parts<'_>) -> Result<Self, Diagnostic> {
        let sites: u64 = parts.grid("grid").iter().map(|side| u64::from(*side)).product();
        let exc = (parts.number("excitatory") * sites as f64).round() as u64;
        if exc == 0 || exc >= sites {
            let message = format!("{exc} of {sites} neurons would be excitatory: a liquid has some of either type");
            return Err(Diagnostic::error("system", parts.place("excitatory"), message));
        }
        Ok(Self { exc, inh: sites - exc })
    }
}

/// The card of all neurons.
fn neurons(parts: &Parts<'_>) -> CardDecl {
    let zero = quantity(0.0, Dimension::VOLTAGE, parts.span());
    let given = [
        ("c_m", "c_m"),
        ("tau_m", "tau_m"),
        ("tau_syn_ex", "tau_syn"),
        ("tau_syn_in", "tau_syn"),
        ("v_th", "v_th"),
        ("t_ref", "t_ref"),
    ];
    let given = given.map(|(key, parameter)| (key, parts.value(parameter, 1.0)));
    parts.card("lif_psc_exp", &[&given[..], &[("e_l", zero.clone()), ("v_reset", zero)]].concat())
}

/// From one type to both.
fn recurrent(parts: &Parts<'_>, name: &str, source: &str, sign: f64) -> Result<ProjectionDecl, Diagnostic> {
    let (p, lambda) = (parts.name("p"), parts.number("lambda"));
    let p = parts.expression(&format!("{p}[target, source] * exp(-(distance / {lambda})^2)"), "lambda")?;
    let connect = parts.connect("pairwise_bernoulli", vec![("p", p), ("autapses", parts.switch(false))]);
    let ends = Ends { source: vec![parts.whole(source)], target: vec![parts.whole("liquid")] };
    Ok(parts.projection(name, ends, connect, parts.value("weight", sign), parts.value("delay", 1.0)))
}

/// From the input to both: the floor is that of all neurons together, so each type gets what lies between two floors.
fn input(parts: &Parts<'_>) -> Result<ProjectionDecl, Diagnostic> {
    let (density, before) = (parts.number("density"), parts.name("before"));
    let up_to = |cells: String| format!("floor({density} * (n_source * {cells}))");
    let (last, first) = (up_to(format!("({before}[target] + n_target)")), up_to(format!("{before}[target]")));
    let n = parts.expression(&format!("{last} - {first}"), "density")?;
    let connect = parts.connect("fixed_total_number", vec![("n", n), ("multapses", parts.switch(false))]);
    let ends = Ends { source: parts.cells("input"), target: vec![parts.whole("liquid")] };
    let signs = either(parts.value("weight", 1.0), parts.value("weight", -1.0));
    Ok(parts.projection("input", ends, connect, signs, parts.value("delay", 1.0)))
}
