//! A network from the text of a netlist, running on and recording nothing.

use sim_core::diagnostic::Sources;
use sim_core::elaborate::{Limits, NoFiles, elaborate};
use sim_core::engine::{Plan, State};
use sim_core::network::Network;
use sim_core::record::{Sink, Window};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Looks at nothing.
pub(crate) struct Nowhere;

impl Sink for Nowhere {
    fn window(&mut self, _: &Window<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

pub(crate) fn network(text: &str) -> Arc<Network> {
    let mut sources = Sources::default();
    let id = sources.add("bench", text);
    let (description, problems) = netlists::parse(netlists::Format::Toml, id, text, &[]);
    assert!(problems.is_empty(), "the netlist has no problems: {problems:#?}");
    let (network, problems) = elaborate(&description, models::catalog(), &NoFiles, &mut sources, &Limits::default());
    Arc::new(network.unwrap_or_else(|| panic!("the netlist gives a network: {problems:#?}")))
}

/// A network that runs on, one slice after the other.
pub(crate) struct Running {
    pub(crate) plan: Plan,
    pub(crate) state: State,
}

impl Running {
    pub(crate) fn new(network: &Arc<Network>, threads: usize) -> Self {
        let plan = Plan::new(network.clone(), threads);
        let state = State::new(&plan);
        Self { plan, state }
    }

    pub(crate) fn advance(&mut self, ticks: u64) {
        self.state.advance(&self.plan, ticks, &mut Nowhere);
    }
}
