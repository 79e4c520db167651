//! The hardened CA3 memory: random operations, as close as they may be, against what a table of contents says, spike by spike.

mod cost;
mod failures;
mod words;

use crate::netlist;
use models::systems::ca3::hardened::{LATENCY, Lines, depth};
use models::systems::ca3::{Action, Operation, Query, Size};
use sim_core::engine::{Plan, State};
use sim_core::network::Network;
use sim_core::random::{Key, Stream};
use sim_core::record::{Sink, Window};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

/// Cues and bits of content by step.
type Shown = BTreeMap<u64, (BTreeSet<u32>, BTreeSet<u32>)>;

/// What a memory should do, written from the description of its operations.
struct Table(Vec<BTreeSet<u32>>);

impl Table {
    fn perform(&mut self, operation: &Operation, shown: &mut Shown) {
        let mut show = |late: u64, cues: &[u32], bits: &BTreeSet<u32>| {
            let moment = shown.entry(operation.at + LATENCY + late).or_default();
            moment.0.extend(cues);
            moment.1.extend(bits);
        };
        match &operation.action {
            Action::Learn { cue, content } => {
                self.0[*cue as usize] = content.iter().copied().collect();
                show(0, &[*cue], &self.0[*cue as usize]);
            }
            Action::Forget { cue } => {
                self.0[*cue as usize].clear();
                show(0, &[*cue], &BTreeSet::new());
            }
            Action::RecallByCue { cue } => show(0, &[*cue], &self.0[*cue as usize]),
            Action::RecallByContent { content } => {
                let asked: BTreeSet<u32> = content.iter().copied().collect();
                show(0, &self.with(&asked, 1), &asked);
            }
            Action::Find(query) => {
                let asked: BTreeSet<u32> = query.content.iter().copied().collect();
                let most = self.0.iter().map(|content| content.intersection(&asked).count()).max().unwrap_or(0);
                let enough = if query.best { most.max(1) } else { query.least as usize };
                let late = if query.best { asked.len() - enough } else { 0 };
                let mut cues = self.with(&asked, enough);
                cues.truncate(if query.one { 1 } else { usize::MAX });
                let whole = cues.iter().flat_map(|cue| &self.0[*cue as usize]).copied().collect();
                let nothing = BTreeSet::new();
                show(0, &[], if query.whole { &nothing } else { &asked });
                show(late as u64, &cues, if query.whole { &whole } else { &nothing });
            }
        }
    }

    fn with(&self, asked: &BTreeSet<u32>, enough: usize) -> Vec<u32> {
        let has = |content: &BTreeSet<u32>| content.intersection(asked).count() >= enough;
        (0..).zip(&self.0).filter(|(_, content)| has(content)).map(|(cue, _)| cue).collect()
    }
}

/// Draws operations of every kind: contents of any density, fragments of any size of what is stored, with bits missing or too many.
struct Chance<'a> {
    stream: Stream,
    size: Size,
    table: &'a Table,
}

impl Chance<'_> {
    fn yes(&mut self, chance: f64) -> bool {
        self.stream.uniform() < chance
    }

    fn up_to(&mut self, most: u32) -> u32 {
        1 + self.stream.below(most)
    }

    /// Some bits, one at least.
    fn bits(&mut self) -> BTreeSet<u32> {
        let density = [0.03, 0.1, 0.3, 0.5, 0.8, 1.0][self.stream.below(6) as usize];
        let mut bits: BTreeSet<u32> = (0..self.size.contents).filter(|_| self.stream.uniform() < density).collect();
        if bits.is_empty() {
            bits.insert(self.stream.below(self.size.contents));
        }
        bits
    }

    /// A part of what a cue has, sometimes with wrong bits.
    fn fragment(&mut self) -> BTreeSet<u32> {
        let cue = self.stream.below(self.size.cues);
        let keep = self.stream.uniform();
        let mut bits: BTreeSet<u32> =
            self.table.0[cue as usize].clone().into_iter().filter(|_| self.stream.uniform() < keep).collect();
        if self.yes(0.4) {
            let wrong = self.up_to(3);
            bits.extend((0..wrong).map(|_| self.stream.below(self.size.contents)));
        }
        if bits.is_empty() { self.bits() } else { bits }
    }

    fn action(&mut self) -> Action {
        let cue = self.stream.below(self.size.cues);
        match self.stream.uniform() {
            kind if kind < 0.35 => Action::Learn { cue, content: self.bits().into_iter().collect() },
            kind if kind < 0.42 => Action::Forget { cue },
            kind if kind < 0.58 => Action::RecallByCue { cue },
            kind if kind < 0.64 => Action::RecallByContent { content: self.fragment().into_iter().collect() },
            _ => {
                let content = if self.yes(0.6) { self.fragment() } else { self.bits() };
                let most = if self.yes(0.5) { content.len() as u32 } else { self.size.contents };
                let least = self.up_to(most);
                let (best, one, whole) = (self.yes(0.35), self.yes(0.5), self.yes(0.5));
                Action::Find(Query { content: content.into_iter().collect(), least, best, one, whole })
            }
        }
    }
}

/// What the output shows, by step: spikes are stamped with its end.
struct Output {
    cells: Range<u32>,
    cues: u32,
    shown: Shown,
}

impl Sink for Output {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        for spike in window.spikes.iter().filter(|spike| self.cells.contains(&spike.neuron)) {
            let cell = spike.neuron - self.cells.start;
            let moment = self.shown.entry(spike.tick - 1).or_default();
            let new = if cell < self.cues { moment.0.insert(cell) } else { moment.1.insert(cell - self.cues) };
            assert!(new, "a cell spikes once a step");
        }
        ControlFlow::Continue(())
    }
}

/// A memory in a network of its own, and the indices of its input and its output.
fn memory(size: Size, numerics: &str) -> (Arc<Network>, usize, usize) {
    let Size { cues, contents } = size;
    let text = format!(
        "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"1 ms\"\n[numerics]\n{numerics}\n\
         [[systems]]\nkind = \"ca3_memory_hardened\"\nas = \"mem\"\ncues = {cues}\ncontents = {contents}\n"
    );
    let network = netlist::toml(&text, &[]);
    let place = |name: &str| network.populations.iter().position(|p| p.name == name).expect("it is there");
    let (input, output) = (place("mem.IN"), place("mem.OUT"));
    (network, input, output)
}

/// What comes of operations, simulated.
fn simulated(size: Size, operations: &[Operation], steps: u64, (threads, numerics): (usize, &str)) -> Shown {
    let (network, input, output) = memory(size, numerics);
    let plan = Plan::new(network.clone(), threads);
    let mut state = State::new(&plan);
    let spikes = operations.iter().flat_map(|operation| Lines(size).spikes(operation)).map(|(step, line)| (step + 1, line));
    let presentation = plan.presentation(&state, input, spikes.collect());
    let mut sink = Output { cells: network.populations[output].range(), cues: size.cues, shown: Shown::new() };
    state.present(&plan, &presentation, steps, &mut sink);
    sink.shown
}

/// Random operations, each so many steps (by chance) after the depth of the one before, against the table.
fn agrees(size: Size, count: usize, seed: u64, extra: impl Fn(&mut Stream) -> u64, by: (usize, &str)) {
    let mut table = Table(vec![BTreeSet::new(); size.cues as usize]);
    let (mut operations, mut wanted, mut at) = (Vec::new(), Shown::new(), 0);
    let key = Key::new(seed).name("hardened").finish();
    let mut spaces = Stream::new(key, u64::MAX);
    for number in 0..count {
        let action = Chance { stream: Stream::new(key, number as u64), size, table: &table }.action();
        let operation = Operation { at, action };
        table.perform(&operation, &mut wanted);
        at += depth(&operation.action) + extra(&mut spaces);
        operations.push(operation);
    }
    wanted.retain(|_, (cues, bits)| !cues.is_empty() || !bits.is_empty());
    let got = simulated(size, &operations, at + LATENCY + u64::from(size.contents) + 10, by);
    let first = wanted.iter().map(Some).chain([None]).zip(got.iter().map(Some).chain([None])).find(|(want, got)| want != got);
    if let Some((want, got)) = first {
        let step = want.or(got).map_or(0, |(step, _)| *step);
        let near: Vec<_> = operations.iter().filter(|o| o.at <= step && o.at + 40 > step).collect();
        panic!("{size:?}, seed {seed}: {got:?}, not {want:?}, after {near:?}");
    }
    assert_eq!(wanted, got, "{size:?}, seed {seed}");
}

const SIZES: [Size; 6] = [
    Size { cues: 5, contents: 10 },
    Size { cues: 16, contents: 6 },
    Size { cues: 7, contents: 33 },
    Size { cues: 32, contents: 48 },
    Size { cues: 1, contents: 4 },
    Size { cues: 3, contents: 1 },
];

#[test]
fn operations_as_close_as_may_be() {
    for (seed, size) in (0..).zip(SIZES) {
        agrees(size, 1000, seed, |_| 0, (1, ""));
    }
}

#[test]
fn operations_at_every_spacing() {
    for extra in 0..=10 {
        agrees(Size { cues: 9, contents: 12 }, 300, extra, |_| extra, (1, ""));
    }
    agrees(SIZES[0], 2000, 99, |stream| u64::from(stream.below(11)), (1, ""));
}

/// Margins are wide enough for any of them.
#[test]
fn numbers_of_any_width_on_any_number_of_threads() {
    for (seed, numerics) in
        (0..).zip(["weights = \"f64\"", "weights = \"i16\"", "state = \"f32\"", "state = \"f32\"\nweights = \"i16\""])
    {
        agrees(Size { cues: 150, contents: 200 }, 150, seed, |_| 0, (1 + seed as usize % 3, numerics));
    }
}
