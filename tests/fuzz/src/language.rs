//! Netlists, changes of them, expressions, scripts of operations.

use models::catalog;
use models::experiments::cam::{Size, Spacing, schedule, script as operations};
use netlists::library::{self, Shelf};
use netlists::{Format, Override};
use sim_core::diagnostic::{Diagnostic, Outcome, Sources, Span};
use sim_core::elaborate::{Files, Limits, NoFiles, estimate};
use sim_core::engine::{Plan, State};
use sim_core::expr::eval::{Scope, evaluate, references};
use sim_core::expr::{self, fold, lanes, write};
use sim_core::network::Network;
use sim_core::record::{Sink, Window};
use sim_core::units::{Dimension, Quantity};
use std::ops::ControlFlow;
use std::sync::Arc;

/// No more memory for a network than 64 MiB, and not more time than a fuzzer's build has for one file.
const LIMITS: Limits = Limits { bytes: 64 << 20, pairs: 100_000_000 };
/// Networks of fewer cells and synapses than this are run.
const SMALL: u64 = 2_000;

/// A netlist, TOML or JSON, alone.
pub fn parse(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut sources = Sources::default();
    let source = sources.add("netlist", text);
    let (_, problems) = netlists::parse(format(text), source, text, &[]);
    check(&problems, &sources);
}

/// A netlist as far as three steps of a run.
pub fn elaborate(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    network(text, &[], &NoFiles).into_iter().for_each(run);
}

/// Changes, one a line, of a shipped netlist.
pub fn overrides(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let changes: Vec<&str> = text.lines().take(20).collect();
    let netlist = library::find("winner-take-all").expect("it is shipped").text;
    network(netlist, &changes, &NoFiles).into_iter().for_each(run);
}

fn format(text: &str) -> Format {
    if text.trim_start().starts_with('{') { Format::Json } else { Format::Toml }
}

/// Reads a netlist; a network if there is one.
pub(crate) fn network(text: &str, changes: &[&str], files: &dyn Files) -> Option<Network> {
    let mut sources = Sources::default();
    let source = sources.add("netlist", text);
    let changes: Vec<_> = changes.iter().map(|text| (sources.add("--set", *text), *text)).collect();
    let changes: Vec<Override<'_>> = changes.iter().map(|(source, text)| Override { source: *source, text }).collect();
    let files = Shelf(files);
    let (description, problems) = netlists::load(format(text), source, &changes, &files, &mut sources);
    let (network, more) = sim_core::elaborate::elaborate(&description, catalog(), &files, &mut sources, &LIMITS);
    check(&problems, &sources);
    check(&more, &sources);
    network.filter(|_| !problems.iter().any(Diagnostic::is_error))
}

/// Every problem is told, and lies on characters of its text.
fn check(problems: &[Diagnostic], sources: &Sources) {
    for problem in problems {
        assert!(problem.code != "internal" && !problem.message.is_empty(), "a problem is a sentence: {problem:?}");
        let marked = |span: Span| sources.text(span.source).get(span.start as usize..span.end as usize).is_some();
        assert!(problem.span.is_none_or(marked), "the place of {problem:?}");
    }
}

/// Three steps of a network that is small.
pub(crate) fn run(network: Network) {
    let size = estimate(&network);
    let cells: u64 = network.populations.iter().map(|population| u64::from(population.size)).sum();
    if size.synapses <= SMALL && cells <= SMALL {
        let plan = Plan::new(Arc::new(network), 1);
        State::new(&plan).advance(&plan, 3, &mut Nobody);
    }
}

/// Listens to nothing.
pub(crate) struct Nobody;

impl Sink for Nobody {
    fn window(&mut self, _: &Window<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// An expression: what it is written as reads the same, and it has one value, however it is computed.
pub fn expression(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut sources = Sources::default();
    let span = Span { source: sources.add("expression", text), start: 0, end: text.len() as u32 };
    let tree = match expr::parse(text, span, true) {
        Ok(tree) => tree,
        Err(problem) => return check(&[problem], &sources),
    };
    let written = write::text(&tree);
    let again = expr::parse(&written, span, false).unwrap_or_else(|problem| panic!("{written}: {problem:?}"));
    assert_eq!(write::text(&again), written, "what is written reads the same");
    let _ = references(&tree).len();
    let value = evaluate(&tree, &Any);
    if let (Ok((folded, dimension)), Ok(value)) = (fold::fold(&tree, &Any), value) {
        assert_eq!(dimension, value.dimension, "{written}");
        let here = lanes::Lanes { ways: [[1.0]; 3], distance: [1.0] };
        let [lane] = lanes::values(&folded, &here);
        assert!(lane.to_bits() == value.value.to_bits() || lane == value.value, "{written}: {lane}, {}", value.value);
    }
}

/// A scope in which every name means something.
struct Any;

impl Scope for Any {
    fn value(&self, name: &str, _: Span) -> Outcome<Quantity> {
        let near = lanes::Variable::of_name(name).is_some();
        let (value, dimension) =
            if name == "t" { (1.5, Dimension::TIME) } else { (if near { 1.0 } else { 2.0 }, Dimension::NONE) };
        Ok(Quantity { value, dimension })
    }

    fn column(&self, _: &str, _: Span) -> Outcome<Quantity> {
        Ok(Quantity { value: -3.0, dimension: Dimension::NONE })
    }

    fn place(&self, index: &str, _: Span) -> Outcome<usize> {
        Ok(index.len() % 3)
    }

    fn members(&self, _: &str, _: Span) -> Outcome<&[usize]> {
        Ok(&[0, 1, 2])
    }

    fn element(&self, _: &str, places: &[(usize, Span)], _: Span) -> Outcome<Quantity> {
        let value = places.iter().map(|(place, _)| *place as f64).sum();
        Ok(Quantity { value, dimension: Dimension::NONE })
    }
}

/// A script of operations of a memory.
pub fn script(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut sources = Sources::default();
    let source = sources.add("script", text);
    let steps = match operations::read(text, source) {
        Ok(steps) => steps,
        Err(problems) => return check(&problems, &sources),
    };
    let size = Size { cues: 8, contents: 16 };
    let problems: Vec<_> = steps.iter().filter_map(|step| step.action.check(size, step.span).err()).collect();
    check(&problems, &sources);
    let spacing = Spacing { learn: 7, recall: 6 };
    for spacing in [None, Some(spacing)] {
        schedule(steps.clone(), spacing).map_or_else(|problem| check(&[problem], &sources), drop);
    }
}
