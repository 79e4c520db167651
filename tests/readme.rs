//! The README stays true: its netlist has no problems, and it names everything that there is.

use crate::netlist;
use sim_core::engine::{Plan, State};

const README: &str = include_str!("../README.md");

/// The netlist between the README's ```toml fences.
fn shown() -> &'static str {
    let start = README.find("```toml\n").expect("a netlist is shown") + 8;
    let length = README[start..].find("```").expect("the fence is closed");
    &README[start..start + length]
}

#[test]
fn the_netlist_shown_runs() {
    let network = netlist::toml(shown(), &[]);
    let plan = Plan::new(network, 1);
    let mut state = State::new(&plan);
    state.advance(&plan, 1000, &mut crate::differential::Keep::default());
    let spikes: u64 = state.tally().spikes.iter().sum();
    assert!(spikes > 100, "it is alive: {spikes} spikes in 100 ms");
}

#[test]
fn the_library_is_listed() {
    for entry in netlists::library::LIBRARY {
        assert!(README.contains(&format!("| `{}` |", entry.name)), "{} stands in the README's table", entry.name);
    }
}

#[test]
fn models_and_stimuli_are_in_the_changelog() {
    let changelog = include_str!("../CHANGELOG.md");
    for name in models::CATALOG.neurons.iter().map(|c| c.name).chain(models::CATALOG.stimuli.iter().map(|c| c.name)) {
        assert!(changelog.contains(&format!("`{name}`")), "{name} stands in the changelog");
    }
}
