//! A simulated memory: it is built once, and operations go on from where it is.

use super::alone::{NAME, alone};
use super::fidelity::Deaf;
use super::{Expected, Ideal, Kind, Moment, Operation, Size, Unbuilt};
use sim_core::elaborate::Limits;
use sim_core::engine::{Plan, State};
use sim_core::network::Network;
use sim_core::record::{Sink, Spike, Window};
use std::collections::VecDeque;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

/// Whose arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numerics {
    /// Floating point.
    Float,
    /// That of SpiNNaker's chip.
    Spinnaker,
}

/// What is built.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which memory.
    pub kind: &'static Kind,
    /// How large.
    pub size: Size,
    /// Whose arithmetic.
    pub numerics: Numerics,
    /// Other parameters of the system, as bare numbers.
    pub parameters: Vec<(&'static str, f64)>,
    /// Threads that it is run by.
    pub threads: usize,
}

/// What came of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The operation.
    pub operation: Operation,
    /// What should have come.
    pub expected: Expected,
    /// What came.
    pub got: Vec<Moment>,
}

impl Outcome {
    /// Whether it is right.
    pub fn is_right(&self) -> bool {
        self.expected.is_met_by(&self.got)
    }
}

/// Changes the spikes of an operation, by step and cell of the input.
pub type Disturb<'a> = dyn FnMut(&mut Vec<(u64, u32)>) + 'a;

/// A memory in a network of its own.
pub struct Memory {
    kind: &'static Kind,
    size: Size,
    plan: Plan,
    state: State,
    /// The input's population.
    input: usize,
    /// The output's cells among all.
    output: Range<u32>,
    ideal: Ideal,
    /// Operations of which more may come.
    open: VecDeque<Outcome>,
    /// Input spikes that are still to come: step and cell.
    waiting: Vec<(u64, u32)>,
}

impl Memory {
    /// A memory in which nothing is stored, if it is within the limits.
    pub fn new(settings: &Settings, limits: &Limits) -> Result<Self, Vec<Unbuilt>> {
        let size = [("cues", settings.size.cues), ("contents", settings.size.contents)].map(|(name, n)| (name, f64::from(n)));
        let parameters = [&size[..], &settings.parameters].concat();
        let network = alone(settings.kind.system, settings.numerics, &parameters, limits)?;
        let place = |part: &str| network.populations.iter().position(|p| p.name == format!("{NAME}.{part}"));
        let (Some(input), Some(output)) = (place("IN"), place("OUT")) else {
            return Err(Unbuilt::internal(format!("{} has no input or no output", settings.kind.system)));
        };
        let output = network.populations[output].range();
        let plan = Plan::new(Arc::new(network), settings.threads);
        let (size, state) = (settings.size, State::new(&plan));
        let (ideal, open, waiting) = (Ideal::new(size), VecDeque::new(), Vec::new());
        Ok(Self { kind: settings.kind, size, plan, state, input, output, ideal, open, waiting })
    }

    /// How large it is.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Which it is.
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// Its network.
    pub fn network(&self) -> &Arc<Network> {
        self.plan.network()
    }

    /// Its plan and its state.
    pub fn simulation(&self) -> (&Plan, &State) {
        (&self.plan, &self.state)
    }

    /// What should be stored by now.
    pub fn ideal(&self) -> &Ideal {
        &self.ideal
    }

    /// The first step that is not done.
    pub fn now(&self) -> u64 {
        self.state.tick()
    }

    /// Name of a population within the memory: "CueCue".
    pub fn part(name: &str) -> &str {
        name.strip_prefix(NAME).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name)
    }

    /// Does operations that begin now or later, in their order, and all steps before `end`. Returns what came of operations of
    /// which no more can come. The sink sees all spikes, stamped with the ends of their steps.
    pub fn perform(&mut self, operations: &[Operation], end: u64, sink: &mut dyn Sink) -> Vec<Outcome> {
        for operation in operations {
            let spikes = self.kind.spikes(operation, self.size);
            self.take(operation, spikes);
        }
        self.go_on(end, sink)
    }

    /// Does one operation of which nothing is left when it is over, its spikes changed by another. Returns what came of it; what should
    /// have is told of the operation as it is.
    pub fn perform_disturbed(&mut self, operation: &Operation, end: u64, disturb: &mut Disturb<'_>) -> Outcome {
        let mut spikes = self.kind.spikes(operation, self.size);
        disturb(&mut spikes);
        let expected = self.take(operation, spikes);
        self.go_on(end, &mut Deaf);
        self.close().pop().unwrap_or(Outcome { operation: operation.clone(), expected, got: Vec::new() })
    }

    fn take(&mut self, operation: &Operation, spikes: Vec<(u64, u32)>) -> Expected {
        let expected = self.ideal.perform(operation, self.kind);
        self.open.push_back(Outcome { operation: operation.clone(), expected: expected.clone(), got: Vec::new() });
        self.waiting.extend(spikes);
        expected
    }

    fn go_on(&mut self, end: u64, sink: &mut dyn Sink) -> Vec<Outcome> {
        let start = self.now();
        let (due, later) = self.waiting.drain(..).partition(|(step, _)| *step < end);
        self.waiting = later;
        let due: Vec<(u64, u32)> = due;
        let spikes = due.into_iter().filter(|(step, _)| *step >= start).map(|(step, cell)| (step + 1 - start, cell)).collect();
        let presentation = self.plan.presentation(&self.state, self.input, spikes);
        let (first_output, lines) = (self.kind.first_output(), self.kind.code.lines(self.size.cues));
        let mut listener = Listener { open: &mut self.open, output: self.output.clone(), lines, first_output, sink };
        self.state.present(&self.plan, &presentation, end.saturating_sub(start), &mut listener);
        let now = self.now();
        let begun = |outcome: &Outcome| outcome.operation.at + first_output <= now;
        let mut closed = Vec::new();
        while self.open.get(1).is_some_and(begun) {
            closed.extend(self.open.pop_front());
        }
        self.decoded(closed)
    }

    /// What came so far of the operations that were not returned yet.
    pub fn close(&mut self) -> Vec<Outcome> {
        let open = self.open.drain(..).collect();
        self.decoded(open)
    }

    /// The same with cues in place of their lines.
    fn decoded(&self, mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
        for moment in outcomes.iter_mut().flat_map(|outcome| &mut outcome.got) {
            moment.cues = self.kind.code.cues(&moment.cues);
        }
        outcomes
    }
}

/// Gives the output's spikes to the operations of which they came, and all spikes to another.
struct Listener<'a> {
    open: &'a mut VecDeque<Outcome>,
    output: Range<u32>,
    /// Of cues: the output's first.
    lines: u32,
    first_output: u64,
    sink: &'a mut dyn Sink,
}

impl Listener<'_> {
    /// A spike is of the last operation of which something can have come by then.
    fn take(&mut self, spike: &Spike) {
        let at = spike.tick.saturating_sub(1);
        let later = self.open.partition_point(|outcome| outcome.operation.at + self.first_output <= at);
        let Some(outcome) = self.open.get_mut(later.saturating_sub(1)) else { return };
        if outcome.got.last().is_none_or(|last| last.at != at) {
            outcome.got.push(Moment { at, cues: Vec::new(), content: Vec::new() });
        }
        let Some(moment) = outcome.got.last_mut() else { return };
        match (spike.neuron - self.output.start).checked_sub(self.lines) {
            Some(bit) => moment.content.push(bit),
            None => moment.cues.push(spike.neuron - self.output.start),
        }
    }
}

impl Sink for Listener<'_> {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        let output = self.output.clone();
        window.spikes.iter().filter(|spike| output.contains(&spike.neuron)).for_each(|spike| self.take(spike));
        self.sink.window(window)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Spacing, find, schedule, script};
    use super::*;
    use sim_core::diagnostic::SourceId;

    struct Nobody;

    impl Sink for Nobody {
        fn window(&mut self, _: &Window<'_>) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
    }

    /// What comes does not depend on how the time is cut, not even where a cut is within a presentation.
    #[test]
    fn stretches_of_time_join_without_a_seam() {
        let text = "learn 0 0 1 8 9\nlearn 4 1 5 6\nrecall 0\nrecall - 6\nlearn 0 1 2\nrecall 0\n";
        let steps = script::read(text, SourceId::default()).expect("a script");
        let operations = schedule(steps, Some(Spacing::even(10))).expect("times");
        let settings = Settings {
            kind: find("ca3_memory").expect("a memory"),
            size: Size { cues: 5, contents: 10 },
            numerics: Numerics::Float,
            parameters: Vec::new(),
            threads: 1,
        };
        let mut whole = Memory::new(&settings, &Limits::default()).expect("a memory");
        let mut together = whole.perform(&operations, 70, &mut Nobody);
        together.extend(whole.close());
        assert_eq!(together.len(), 6, "all operations are told");
        assert!(together.iter().all(Outcome::is_right), "{together:#?}");
        let (mut cut, mut apart) = (Memory::new(&settings, &Limits::default()).expect("a memory"), Vec::new());
        for end in 1..=70 {
            let begins: Vec<Operation> = operations.iter().filter(|o| o.at + 1 == end).cloned().collect();
            apart.extend(cut.perform(&begins, end, &mut Nobody));
        }
        apart.extend(cut.close());
        assert_eq!(apart, together, "step by step");
    }
}
