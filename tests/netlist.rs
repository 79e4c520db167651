//! From netlist to run, for tests: whatever is wrong with a netlist fails the test with its diagnostics.

use netlists::library::Shelf;
use netlists::{Format, Override, library};
use sim_core::connect::{Generator, Synapse};
use sim_core::diagnostic::{Diagnostic, Sources};
use sim_core::elaborate::{self, Files, Limits, NoFiles};
use sim_core::engine::{Plan, State, TrialRun};
use sim_core::network::Network;
use sim_core::record::Sink;
use sim_core::time::Grid;
use std::sync::Arc;

/// The network of a netlist's text under changes as those of `--set`. Nothing may be said against it, not even a warning.
pub(crate) fn build(format: Format, text: &str, changes: &[String]) -> Arc<Network> {
    build_beside(&NoFiles, format, text, changes)
}

/// The same for a netlist that names files.
pub(crate) fn build_beside(files: &dyn Files, format: Format, text: &str, changes: &[String]) -> Arc<Network> {
    let (network, problems) = read(files, format, text, changes);
    assert!(problems.is_empty(), "the netlist is read and elaborated without a word: {problems:#?}");
    Arc::new(network.expect("a netlist without problems gives a network"))
}

/// What comes of a netlist that may be wrong: the network, and each problem as `file:line: code: message`.
pub(crate) fn read(files: &dyn Files, format: Format, text: &str, changes: &[String]) -> (Option<Network>, Vec<String>) {
    let mut sources = Sources::default();
    let id = sources.add("netlist", text);
    let changes: Vec<_> = changes.iter().map(|text| (sources.add("--set", text), text)).collect();
    let overrides: Vec<Override<'_>> = changes.iter().map(|(source, text)| Override { source: *source, text }).collect();
    let (description, mut problems) = netlists::load(format, id, &overrides, &Shelf(files), &mut sources);
    let mut network = None;
    if problems.is_empty() {
        let limits = Limits::default();
        (network, problems) = elaborate::elaborate(&description, models::catalog(), &Shelf(files), &mut sources, &limits);
    }
    let words = |problem: &Diagnostic| {
        let span = problem.span.unwrap_or_default();
        let (name, line) = (sources.name(span.source), sources.line_column(span).0);
        format!("{name}:{line}: {}: {}", problem.code, problem.message)
    };
    let words = problems.iter().map(words).collect();
    (network, words)
}

/// The network of a TOML text.
pub(crate) fn toml(text: &str, changes: &[String]) -> Arc<Network> {
    build(Format::Toml, text, changes)
}

/// A netlist of the library, by name.
pub(crate) fn shipped(name: &str, changes: &[String]) -> Arc<Network> {
    let entry = library::find(name).unwrap_or_else(|| panic!("the library has no \"{name}\""));
    build(entry.format(), entry.text, changes)
}

/// Runs warm-up and duration; the plan, and the state at the end.
pub(crate) fn run(network: &Arc<Network>, threads: usize, sink: &mut impl Sink) -> (Plan, State) {
    let plan = Plan::new(network.clone(), threads);
    let mut state = State::new(&plan);
    let grid = Grid::new(network.timestep_fs);
    let ticks = grid.tick(network.warmup_fs) + grid.tick(network.duration_fs);
    if network.trials.is_some() {
        state.advance(&plan, grid.tick(network.warmup_fs), sink);
        TrialRun { plan: &plan, threads, stopped: &|| false }.run(&mut state, sink, &mut |_| ());
    } else {
        state.advance(&plan, ticks, sink);
    }
    assert_eq!(state.tick(), ticks, "{}: the run goes to its end", network.name);
    (plan, state)
}

/// All synapses of a projection, by its place in the netlist.
pub(crate) fn synapses(network: &Network, projection: usize) -> Vec<Synapse> {
    let mut all = Vec::new();
    Generator::new(network, &network.projections[projection]).for_targets(0..u32::MAX, |s| all.push(s));
    all
}
