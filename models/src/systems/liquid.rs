//! The liquid of a liquid state machine: excitatory and inhibitory neurons on a lattice, wired by distance, driven through
//! input synapses of random sign; it may learn, and an astrocyte may balance what it learns.

use super::parts::{Ends, Parts, either, quantity};
use super::{number, required, word};
use sim_core::catalog::Range;
use sim_core::description::{
    CardDecl, CellChoice, CellRange, Description, Named, PopulationDecl, ProjectionDecl, RuleDecl, Selection, Value,
};
use sim_core::diagnostic::Diagnostic;
use sim_core::system::{Instance, SystemCard, SystemParam, SystemShape};
use sim_core::units::Dimension;

pub(super) const CARD: SystemCard = SystemCard {
    name: "liquid_state_machine",
    aliases: &["liquid", "lsm"],
    about: "a liquid of excitatory and inhibitory neurons on a lattice, wired by distance, with input synapses of random sign; \
            static, or learning by STDP, alone or balanced by an astrocyte (NALSM)",
    parts: "populations exc, inh: round(excitatory * N) of the N sites of the lattice, drawn at random, and the others; \
            both are of the card lif, a lif_nalsm; the group liquid is both\n\
            projections excitation, inhibition: from each neuron to each other one with probability \
            p_xy * exp(-(distance / lambda)^2), x and y the types of source and target; weight +weight from exc, -weight from inh\n\
            projection input: floor(density * N * N_in) different pairs of an input cell and a neuron, exc and inh by their \
            shares, for each population of the input; each weight is +weight or -weight with equal chances\n\
            where it learns: stdp_pair in all three, weights within 0 and w_max, of the input within -w_max and w_max; a change \
            of eta times the trace, towards excitation, and away from it by as much (stdp) or by the astrocyte's value (nalsm); \
            ap-stdp: stdp_calcium, towards excitation while the target's calcium is within calcium and calcium + calcium_width, \
            away from it while it is within calcium - calcium_width and calcium\n\
            population astro (where it learns), a lim_astrocyte, with ap-stdp of no effect but for `fade`; projections astro_liquid and astro_input onto it, of weight w_astro and \
            -w_astro; with a `fade` all changes fade out",
    source: "lattice and kernel: Maass, Natschlager & Markram (2002), Neural Computation 14:2531-2560; constants: \
             Ivanov & Michmizos (2021), NeurIPS 34, and their code; the static liquid's weights were swept from 0.4 to 1.4; ap-stdp \
             began with 1, its calcium_width was 19 to 25 (MNIST), with event cameras calcium was 10 and calcium_width 2 to 3",
    parameters: PARAMETERS,
    timestep_ms: None,
    expand,
};

const PARAMETERS: &[SystemParam] = &[
    required("input", SystemShape::Cells, "where the input comes from"),
    required("grid", SystemShape::Grid, "sites of the lattice along x, y and z, a neuron on each: [10, 10, 10]"),
    word(
        "variant",
        &["static", "stdp", "nalsm", "ap-stdp"],
        "what learns: nothing, all synapses, these balanced by an astrocyte, or these while their target's calcium is near a level",
    ),
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
    number("weight", Dimension::VOLTAGE, 3.0, Range::Positive, "magnitude of all weights at the start"),
    number("delay", Dimension::TIME, 1.0, Range::Positive, "delay of all synapses"),
    number("tau_m", Dimension::TIME, 64.0, Range::Positive, "time constant of the membrane"),
    number("tau_syn", Dimension::TIME, 1.0, Range::Positive, "time constant of all synapses"),
    number("v_th", Dimension::VOLTAGE, 20.0, Range::Positive, "threshold, above rest and reset, which are 0 mV"),
    number("t_ref", Dimension::TIME, 2.0, Range::NotNegative, "refractory time after a spike"),
    number("w_max", Dimension::VOLTAGE, 3.0, Range::Positive, "largest magnitude of weights that learn"),
    number("eta", Dimension::NONE, 0.15, Range::NotNegative, "rate of learning, in mV for a unit of the trace"),
    number("trace", Dimension::NONE, 0.1, Range::Positive, "growth of the trace at a spike"),
    number("tau_trace", Dimension::TIME, TAU_TRACE, Range::Positive, "time constant of the traces"),
    number("w_astro", Dimension::NONE, 0.015, Range::NotNegative, "weight of spikes onto the astrocyte"),
    number("tau_astro", Dimension::TIME, 100.0, Range::Positive, "time constant of the astrocyte"),
    number("bias", Dimension::NONE, 0.15, Range::Any, "the astrocyte's value at rest"),
    number("calcium", Dimension::NONE, 37.0, Range::NotNegative, "level of calcium, about a rate in Hz (ap-stdp)"),
    number("calcium_width", Dimension::NONE, 22.0, Range::Positive, "how far from it synapses still learn"),
    number("tau_calcium", Dimension::TIME, TAU_CALCIUM, Range::Positive, "time constant of calcium"),
    number("fade", Dimension::TIME, 0.0, Range::NotNegative, "time constant with which learning fades out; 0: it does not"),
];

/// The published factor per ms is 0.904774.
const TAU_TRACE: f64 = 9.992_995_886_670_164;
/// The published factor per ms is 0.999.
const TAU_CALCIUM: f64 = 999.499_916_624_972_7;

fn expand(instance: &Instance<'_>) -> Result<Description, Diagnostic> {
    let parts = Parts(instance);
    let types = Types::of(&parts)?;
    let count = |cells: u64| quantity(cells as f64, Dimension::NONE, parts.place("grid"));
    let probabilities = [["p_ee", "p_ie"], ["p_ei", "p_ii"]].map(|row| row.map(|p| parts.value(p, 1.0)).to_vec());
    let population = |cells| parts.population("lif", count(cells), "lattice");
    let learns = Learns::of(&parts);
    let mut populations = vec![parts.named("exc", population(types.exc)), parts.named("inh", population(types.inh))];
    let mut projections =
        vec![recurrent(&parts, learns, "excitation", "exc", 1.0)?, recurrent(&parts, learns, "inhibition", "inh", -1.0)?];
    for cells in parts.cells("input") {
        projections.push(input(&parts, learns, cells)?);
    }
    if learns != Learns::Nothing {
        populations.push(parts.named("astro", astrocyte(&parts)));
        projections.extend([onto_astrocyte(&parts, "astro_liquid", 1.0), onto_astrocyte(&parts, "astro_input", -1.0)]);
    }
    Ok(Description {
        groups: vec![parts.named("liquid", vec![parts.spanned("exc"), parts.spanned("inh")])],
        tables: vec![
            parts.named("p", parts.matrix("liquid", probabilities.to_vec())),
            parts.named("before", parts.vector("liquid", vec![count(0), count(types.exc)])),
        ],
        spaces: vec![parts.named("lattice", parts.lattice("grid"))],
        cards: vec![parts.named("lif", neurons(&parts))],
        populations,
        projections,
        ..Description::default()
    })
}

/// What learns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Learns {
    Nothing,
    /// Growth and shrinking have the same rate.
    Evenly,
    /// The astrocyte has a say.
    Balanced,
    /// Evenly, towards excitation while the target's calcium is above its level, away from it below.
    ByCalcium,
}

impl Learns {
    fn of(parts: &Parts<'_>) -> Self {
        match parts.number("variant") {
            1.0 => Self::Evenly,
            2.0 => Self::Balanced,
            3.0 => Self::ByCalcium,
            _ => Self::Nothing,
        }
    }
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
    let given = ["tau_m", "tau_syn", "v_th", "t_ref"].map(|key| (key, parts.value(key, 1.0)));
    parts.card("lif_nalsm", &given)
}

/// The astrocyte, whose rate of learning is read even where it has no say in what is learned.
fn astrocyte(parts: &Parts<'_>) -> PopulationDecl {
    let given = [("tau", "tau_astro"), ("bias", "bias"), ("fade", "fade")];
    let card = parts.card("lim_astrocyte", &given.map(|(key, parameter)| (key, parts.value(parameter, 1.0))));
    parts.alone(card)
}

/// From the liquid or the input to the astrocyte.
fn onto_astrocyte(parts: &Parts<'_>, name: &str, sign: f64) -> ProjectionDecl {
    let source = if sign > 0.0 { vec![parts.whole("liquid")] } else { parts.cells("input").to_vec() };
    let ends = Ends { source, target: vec![parts.whole("astro")] };
    let connect = parts.connect("all_to_all", Vec::new());
    parts.projection(name, ends, connect, parts.value("w_astro", sign), parts.value("delay", 1.0))
}

/// From one type to both.
fn recurrent(parts: &Parts<'_>, learns: Learns, name: &str, source: &str, sign: f64) -> Result<ProjectionDecl, Diagnostic> {
    let (p, lambda) = (parts.name("p"), parts.number("lambda"));
    let p = parts.expression(&format!("{p}[target, source] * exp(-(distance / {lambda})^2)"), "lambda")?;
    let connect = parts.connect("pairwise_bernoulli", vec![("p", p), ("autapses", parts.switch(false))]);
    let ends = Ends { source: vec![parts.whole(source)], target: vec![parts.whole("liquid")] };
    let projection = parts.projection(name, ends, connect, parts.value("weight", sign), parts.value("delay", 1.0));
    Ok(ProjectionDecl { plasticity: rule(parts, learns, sign > 0.0, 0.0), ..projection })
}

/// From cells of the input to both: the floor is that of all neurons together, so each type gets what lies between two floors.
fn input(parts: &Parts<'_>, learns: Learns, cells: &Selection) -> Result<ProjectionDecl, Diagnostic> {
    let (density, before, sources) = (parts.number("density"), parts.name("before"), chosen(cells));
    let up_to = |neurons: String| format!("floor({density} * ({sources} * {neurons}))");
    let (last, first) = (up_to(format!("({before}[target] + n_target)")), up_to(format!("{before}[target]")));
    let n = parts.expression(&format!("{last} - {first}"), "density")?;
    let connect = parts.connect("fixed_total_number", vec![("n", n), ("multapses", parts.switch(false))]);
    let ends = Ends { source: vec![cells.clone()], target: vec![parts.whole("liquid")] };
    let signs = either(parts.value("weight", 1.0), parts.value("weight", -1.0));
    let projection = parts.projection("input", ends, connect, signs, parts.value("delay", 1.0));
    Ok(ProjectionDecl { plasticity: rule(parts, learns, true, -1.0), ..projection })
}

/// The rule of excitation and of the input, or of inhibition: its weights are magnitudes, so that growth and shrinking change
/// places. `least`: the least weight, times w_max.
fn rule(parts: &Parts<'_>, learns: Learns, excitation: bool, least: f64) -> Option<RuleDecl> {
    let gain = |rate: f64| quantity(rate * parts.number("trace"), Dimension::VOLTAGE, parts.place("eta"));
    let towards = parts.modulated("astro.rate", gain(parts.number("eta")));
    let away = match learns {
        Learns::Nothing => return None,
        Learns::Evenly | Learns::ByCalcium => towards.clone(),
        Learns::Balanced => parts.modulated("astro.value", gain(1.0)),
    };
    let (plus, minus) = if excitation { (towards, away) } else { (away, towards) };
    let tau = parts.value("tau_trace", 1.0);
    let mut given: Vec<(&str, Value)> = vec![
        ("tau_plus", tau.clone()),
        ("tau_minus", tau),
        ("a_plus", plus),
        ("a_minus", minus),
        ("w_min", parts.value("w_max", least)),
        ("w_max", parts.value("w_max", 1.0)),
        ("backpropagation", parts.text("instant")),
        ("transmit", parts.text("before")),
        ("clip", parts.text("together")),
        ("restart", parts.value("tau_syn", 1.0)),
    ];
    let name = if learns == Learns::ByCalcium { "stdp_calcium" } else { "stdp_pair" };
    if learns == Learns::ByCalcium {
        given.push(("tau_calcium", parts.value("tau_calcium", 1.0)));
        given.extend(windows(parts, excitation));
    }
    let parameters: Vec<Named<Value>> = given.into_iter().map(|(name, value)| parts.key(name, value)).collect();
    Some(RuleDecl { span: parts.span(), rule: parts.word(name), parameters })
}

/// Where calcium lets weights grow, and shrink: above its level towards excitation, below it away from it.
fn windows(parts: &Parts<'_>, excitation: bool) -> [(&'static str, Value); 4] {
    let (level, width) = (parts.number("calcium"), parts.number("calcium_width"));
    let at = |calcium: f64| quantity(calcium, Dimension::NONE, parts.place("calcium"));
    let (low, high) = ([level - width, level], [level, level + width]);
    let [grow, shrink] = if excitation { [high, low] } else { [low, high] };
    [("grow_above", at(grow[0])), ("grow_below", at(grow[1])), ("shrink_above", at(shrink[0])), ("shrink_below", at(shrink[1]))]
}

/// How many cells of a population, or of each population of a group, are chosen.
fn chosen(cells: &Selection) -> String {
    match &cells.cells {
        None => "n_source".to_string(),
        Some(CellChoice::Range(CellRange { start, end: Some(end) })) => end.saturating_sub(*start).to_string(),
        Some(CellChoice::Range(CellRange { start, end: None })) => format!("(n_source - {start})"),
        Some(CellChoice::Names(names)) => names.len().to_string(),
    }
}
