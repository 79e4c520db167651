//! The published CA3 memory: spikes as recorded on SpiNNaker, operations, scripts, the command.

mod command;
mod experiments;
mod fragility;
mod netlist;
mod predecessors;
mod recorded;
mod scripts;
mod sparse;

use models::experiments::cam::{Memory, Numerics, Operation, Outcome, Settings, Size, Spacing, find, schedule, script};
use sim_core::diagnostic::SourceId;
use sim_core::elaborate::Limits;
use sim_core::record::{Sink, Window};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// The functional test of the published memory.
pub(crate) const T1: &str = include_str!("../data/examples/ca3.ops");

/// Cells of each population that spike in a step, as SpiNNaker counts them; of IN and OUT the cues and the bits apart.
type Raster = BTreeMap<(u64, String), Vec<u32>>;

/// Keeps all spikes.
#[derive(Default)]
struct Spikes(Vec<(u64, u32)>);

impl Sink for Spikes {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        self.0.extend(window.spikes.iter().map(|spike| (spike.tick - 1, spike.neuron)));
        ControlFlow::Continue(())
    }
}

fn operations(text: &str, spacing: Option<Spacing>) -> Vec<Operation> {
    schedule(script::read(text, SourceId::default()).expect("a script"), spacing).expect("times")
}

fn settings(size: Size, numerics: Numerics, history: u32) -> Settings {
    let parameters = vec![("history", f64::from(history))];
    Settings { kind: find("ca3_memory").expect("a memory"), size, numerics, parameters, threads: 1 }
}

/// What comes of operations, and all spikes.
fn run(operations: &[Operation], settings: &Settings) -> (Vec<Outcome>, Raster) {
    let mut memory = Memory::new(settings, &Limits::default()).expect("a memory");
    let end = operations.last().map_or(0, |last| last.at) + 20;
    let mut spikes = Spikes::default();
    let mut outcomes = memory.perform(operations, end, &mut spikes);
    outcomes.extend(memory.close());
    assert_eq!(outcomes.len(), operations.len(), "each operation is told once");
    let cues = settings.size.cues;
    let mut raster = Raster::new();
    for (step, neuron) in spikes.0 {
        let population = memory.network().populations.iter().find(|p| p.range().contains(&neuron)).expect("a population");
        let (name, index) = (Memory::part(&population.name), neuron - population.first);
        let (name, index) = match (name, index.checked_sub(cues)) {
            ("IN" | "OUT", None) => (format!("{name}cue"), index),
            ("IN" | "OUT", Some(bit)) => (format!("{name}cont"), bit),
            _ => (name.to_string(), index),
        };
        raster.entry((step, name)).or_default().push(index);
    }
    (outcomes, raster)
}
