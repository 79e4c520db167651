//! Elaboration against what the language says, on descriptions built by hand and a small catalogue.

mod cells;
mod named;
mod networks;
mod patterns;
mod published;
mod wiring;

use super::*;
use crate::catalog::{
    Effect, NeuronCard, ParamSpec, Polarity, Range, ReceptorSpec, Shape, StateSpec, StimulusCard, StimulusParam, StimulusValue,
    UpdateCost,
};
use crate::description::*;
use crate::diagnostic::Span;
use crate::engine::neurons::Neurons;
use crate::engine::{Level, ValuesMut};
use crate::expr::{Expr, Node, Operator};
use crate::network::{Column, Population};
use crate::real::Precision;
use crate::stimulus::{Drive, PerUnit, Schedule, Wave};
use crate::time::{Grid, fs_from_ms};
use crate::units::{Dimension, Quantity, parse_quantity};

const fn param(
    name: &'static str,
    aliases: &'static [&'static str],
    dimension: Dimension,
    default: f64,
    range: Range,
) -> ParamSpec {
    ParamSpec { name, aliases, dimension, default, range, about: "" }
}

const fn receptor(name: &'static str, polarity: Polarity, dimension: Dimension) -> ReceptorSpec {
    ReceptorSpec { name, polarity, dimension, magnitude: false }
}

/// A kernel whose state is the current that it was given last: elaboration asks it no more than whether it feels any.
struct Follower;

impl Neurons for Follower {
    fn states(&self) -> usize {
        1
    }
    fn inputs(&self) -> usize {
        3
    }
    fn precision(&self) -> Precision {
        Precision::F64
    }
    fn advance(&self, _: usize, state: &mut ValuesMut<'_>, inputs: &mut ValuesMut<'_>, rows: &[usize], _: &mut Vec<u32>) {
        if let (ValuesMut::F64(state), ValuesMut::F64(inputs)) = (state, inputs) {
            state[0] = inputs[rows[2]];
        }
    }
    fn set_level(&mut self, _: Level) {}
    fn bytes(&self) -> usize {
        0
    }
}

const LIF: NeuronCard = NeuronCard {
    name: "lif_psc_exp",
    aliases: &["iaf_psc_exp"],
    about: "",
    equations: "",
    scheme: "",
    source: "",
    parameters: &[
        param("c_m", &["cm"], Dimension::CAPACITANCE, 250.0, Range::Positive),
        param("tau_m", &[], Dimension::TIME, 10.0, Range::Positive),
        param("v_th", &["v_thresh"], Dimension::VOLTAGE, -55.0, Range::Any),
        param("v_reset", &[], Dimension::VOLTAGE, -70.0, Range::Any),
        param("i_e", &["i_offset"], Dimension::CURRENT, 0.0, Range::Any),
    ],
    states: &[StateSpec { name: "v_m", aliases: &["v"], dimension: Dimension::VOLTAGE, about: "" }],
    receptors: &[
        receptor("excitatory", Polarity::Excitatory, Dimension::CURRENT),
        receptor("inhibitory", Polarity::Inhibitory, Dimension::CURRENT),
    ],
    cost: UpdateCost { operations: 1, words: 1 },
    check: |p| if p[3] < p[2] { Ok(()) } else { Err("v_reset must be below v_th".into()) },
    initial: |_, _, _| {},
    build: |_, _, _| Box::new(Follower),
    build_f32: None,
    build_spinnaker: None,
    build_event: None,
};

const DELTA: NeuronCard = NeuronCard {
    name: "lif_psc_delta",
    aliases: &[],
    receptors: &[receptor("signed", Polarity::Signed, Dimension::VOLTAGE)],
    ..LIF
};

const fn stimulus(name: &'static str, parameters: &'static [StimulusParam], effect: Effect) -> StimulusCard {
    StimulusCard {
        name,
        aliases: &[],
        about: "",
        equations: "",
        scheme: "",
        source: "",
        parameters,
        effect,
        check: |_| Ok(()),
        drive: |_, _, _| Drive::Current(PerUnit::Shared(Wave::Steps(Schedule::default()))),
    }
}

fn first(value: &StimulusValue) -> f64 {
    match value {
        StimulusValue::Number(column) => column.get(0),
        StimulusValue::List(lists) => lists[0][0],
        StimulusValue::Image { pixels, .. } => f64::from(pixels[0]),
    }
}

fn ticks(values: &[StimulusValue], grid: Grid) -> Vec<u64> {
    match &values[0] {
        StimulusValue::List(lists) => lists[0].iter().map(|ms| grid.tick(fs_from_ms(*ms).unwrap())).collect(),
        StimulusValue::Number(_) | StimulusValue::Image { .. } => Vec::new(),
    }
}

const RATE: StimulusParam =
    StimulusParam { spec: param("rate", &[], Dimension::RATE, f64::NAN, Range::NotNegative), shape: Shape::Number };
const TIMES: StimulusParam =
    StimulusParam { spec: param("times", &[], Dimension::TIME, 0.0, Range::NotNegative), shape: Shape::List };
const AMPLITUDE: StimulusParam =
    StimulusParam { spec: param("amplitude", &[], Dimension::CURRENT, 0.0, Range::Any), shape: Shape::Number };

const POISSON: StimulusCard = StimulusCard {
    drive: |_, v, grid| Drive::PrivatePoisson(PerUnit::Shared(Schedule::window(first(&v[0]) * grid.step_ms(), 0, 1_000_000))),
    ..stimulus("poisson", &[RATE], Effect::PrivateSpikes)
};
const SPIKE_TRAIN: StimulusCard = StimulusCard {
    drive: |_, v, grid| Drive::SpikeTimes(PerUnit::Shared(ticks(v, grid))),
    ..stimulus("spike_train", &[TIMES], Effect::Spikes)
};

/// Two neuron models and three stimuli.
static CATALOG: Catalog = Catalog {
    neurons: &[LIF, DELTA],
    stimuli: &[POISSON, SPIKE_TRAIN, stimulus("dc", &[AMPLITUDE], Effect::Current)],
    rules: &[],
    systems: &[],
};

/// Files held in memory.
struct Held(&'static [(&'static str, &'static str)]);

impl Files for Held {
    fn read(&self, path: &str) -> Result<String, String> {
        let file = self.0.iter().find(|f| f.0 == path).ok_or_else(|| format!("there is no file \"{path}\""))?;
        Ok(file.1.to_string())
    }
}

fn at(start: u32) -> Span {
    Span { start, end: start + 1, ..Span::default() }
}

fn column(file: &str, column: &str) -> ColumnDecl {
    ColumnDecl { file: text(file), column: text(column), cell: None, conditions: Vec::new() }
}

fn text(value: &str) -> Spanned<String> {
    Spanned { value: value.into(), span: Span::default() }
}

fn named<T>(name: &str, item: T) -> Named<T> {
    Named { name: text(name), item }
}

fn value(kind: ValueKind) -> Value {
    Value { span: Span::default(), kind }
}

/// "20 ms", "3".
fn q(written: &str) -> Value {
    value(ValueKind::Quantity(parse_quantity(written).unwrap()))
}

/// A value with its place.
fn placed(start: u32, mut value: Value) -> Value {
    value.span = at(start);
    value
}

fn ex(expr: Expr) -> Value {
    value(ValueKind::Expr(expr))
}

fn node(node: Node) -> Expr {
    Expr { span: Span::default(), node }
}

fn num(x: f64) -> Expr {
    node(Node::Quantity(Quantity::bare(x)))
}

fn var(name: &str) -> Expr {
    node(Node::Name(name.into()))
}

fn entry(table: &str, indices: &[&str]) -> Expr {
    node(Node::Index(table.into(), indices.iter().map(|i| ((*i).to_string(), Span::default())).collect()))
}

fn op(left: Expr, operator: char, right: Expr) -> Expr {
    let operator = match operator {
        '+' => Operator::Add,
        '-' => Operator::Subtract,
        '*' => Operator::Multiply,
        '/' => Operator::Divide,
        _ => Operator::Power,
    };
    node(Node::Binary(operator, Box::new(left), Box::new(right)))
}

fn list(values: Vec<Value>) -> Value {
    value(ValueKind::List(values))
}

fn random(kind: RandomKind, arguments: &[&str]) -> RandomDecl {
    RandomDecl { kind, arguments: arguments.iter().map(|a| q(a)).collect(), min: None, max: None, redraw: true, keep_sign: false }
}

fn drawn(kind: RandomKind, arguments: &[&str]) -> Value {
    value(ValueKind::Random(random(kind, arguments)))
}

fn card(model: &str, parameters: Vec<(&str, Value)>) -> CardDecl {
    let parameters = parameters.into_iter().map(|(name, value)| named(name, value)).collect();
    CardDecl { span: Span::default(), base: CardBase::Model(text(model)), parameters }
}

fn population(name: &str, card: CardDecl, size: Value) -> Named<PopulationDecl> {
    let block = PopulationDecl {
        span: Span::default(),
        neurons: Some(card),
        size: Some(size),
        names: None,
        initial: Vec::new(),
        draws: Vec::new(),
        positions: None,
    };
    named(name, block)
}

/// `exc`, `exc[0..5]` as (0, 5).
fn select(name: &str, cells: Option<(u32, u32)>) -> Selection {
    let range = |(start, end)| CellChoice::Range(CellRange { start, end: Some(end) });
    Selection { span: Span::default(), name: name.into(), cells: cells.map(range) }
}

fn connect(rule: &str, arguments: Vec<(&str, Value)>) -> ConnectDecl {
    let arguments = arguments.into_iter().map(|(name, value)| named(name, value)).collect();
    ConnectDecl { span: Span::default(), rule: Some(text(rule)), arguments, list: ListDecl::default() }
}

fn projection(source: &str, target: &str, connect: ConnectDecl, weight: &str, delay: &str) -> ProjectionDecl {
    ProjectionDecl {
        span: Span::default(),
        name: None,
        source: vec![select(source, None)],
        target: vec![select(target, None)],
        connect: Some(connect),
        weight: Some(q(weight)),
        delay: Some(q(delay)),
        receptor: None,
        plasticity: None,
        third: None,
        assign: None,
    }
}

fn record(from: &str, what: &str) -> RecordDecl {
    RecordDecl {
        span: Span::default(),
        from: vec![select(from, None)],
        what: vec![text(what)],
        start: None,
        stop: None,
        every: None,
        sample: None,
    }
}

/// Two populations, exc of 40 and inh of 10, steps of 0.1 ms for 100 ms.
fn small() -> Description {
    Description {
        network: NetworkDecl { timestep: Some(q("0.1 ms")), duration: Some(q("100 ms")), ..NetworkDecl::default() },
        populations: vec![
            population("exc", card("lif_psc_exp", vec![]), q("40")),
            population("inh", card("lif_psc_exp", vec![]), q("10")),
        ],
        ..Description::default()
    }
}

fn run(description: &Description) -> (Option<Network>, Vec<Diagnostic>) {
    elaborate(description, &CATALOG, &NoFiles, &mut Sources::default(), &Limits::default())
}

/// The network of a description without problems.
fn network(description: &Description) -> Network {
    let (network, problems) = run(description);
    assert!(problems.is_empty(), "no problems: {problems:?}");
    network.expect("no network and no problem")
}

/// Codes and messages of a description's problems.
fn problems(description: &Description) -> Vec<(&'static str, String)> {
    let (network, problems) = run(description);
    assert_eq!(network.is_none(), problems.iter().any(Diagnostic::is_error), "no network exactly when there are errors");
    problems.into_iter().map(|p| (p.code, p.message)).collect()
}

/// The message of the only problem.
fn problem(description: &Description) -> String {
    let mut all = problems(description);
    assert_eq!(all.len(), 1, "one problem, not {all:?}");
    all.remove(0).1
}

fn parameter<'n>(population: &'n Population, name: &str) -> &'n Column {
    let Cells::Neurons { card, parameters, .. } = &population.cells else { panic!("{} is a stimulus", population.name) };
    &parameters[card.parameter(name).expect("the card has it")]
}

use crate::network::Cells;
