//! The memory of sparse codes in both directions, against tables of what is written.

use crate::netlist;
use models::experiments::cam::SparseShape;
use sim_core::engine::{Plan, State};
use sim_core::network::Network;
use sim_core::random::{Key, Stream};
use sim_core::record::{Sink, Window};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

const SHAPE: SparseShape = SparseShape { bits: 24, groups: 6, group_bits: 4, contents: 60 };
/// Bits that are set in a content.
const SET: usize = 6;

type Cells = BTreeSet<u32>;

/// What is learned together: lines of the word's bits, and bits of content.
struct Pattern {
    word: Cells,
    content: Cells,
}

impl Pattern {
    fn drawn(number: u64) -> Self {
        let mut stream = Stream::new(Key::new(7).name("sparse, both ways").finish(), number);
        let word = (0..SHAPE.bits).map(|bit| SparseShape::line(bit, stream.below(2) == 1)).collect();
        let mut content = Cells::new();
        while content.len() < SET {
            content.insert(stream.below(SHAPE.contents));
        }
        Self { word, content }
    }
}

/// Cells that fire, by step and population.
struct Heard<'a>(&'a Network, Vec<(u64, String, u32)>);

impl Sink for Heard<'_> {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        for spike in window.spikes {
            let population = self.0.populations.iter().find(|p| p.range().contains(&spike.neuron)).expect("a population");
            self.1.push((spike.tick, population.name.clone(), spike.neuron - population.first));
        }
        ControlFlow::Continue(())
    }
}

struct Memory {
    network: Arc<Network>,
    plan: Plan,
    state: State,
}

impl Memory {
    fn new() -> Self {
        let SparseShape { bits, groups, group_bits, contents } = SHAPE;
        let text = format!(
            "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"1 ms\"\n[[systems]]\nkind = \"ca3_memory_sparse\"\nas = \"m\"\n\
             bits = {bits}\ngroups = {groups}\ngroup_bits = {group_bits}\ncontents = {contents}\ndirections = \"both\"\n"
        );
        let network = netlist::toml(&text, &[]);
        let plan = Plan::new(network.clone(), 1);
        let state = State::new(&plan);
        Self { network, plan, state }
    }

    /// Presents lines together and waits for so many steps. Returns what fires: step after the presentation, population, cell.
    fn present(&mut self, lines: impl IntoIterator<Item = u32>, steps: u64) -> Vec<(u64, String, u32)> {
        let input = self.network.populations.iter().position(|p| p.name == "m.IN").expect("the input");
        let begin = self.state.tick() + 1;
        let spikes = lines.into_iter().map(|line| (1, line)).collect();
        let presentation = self.plan.presentation(&self.state, input, spikes);
        let mut heard = Heard(&self.network, Vec::new());
        self.state.present(&self.plan, &presentation, steps, &mut heard);
        heard.1.into_iter().map(|(tick, name, cell)| (tick - begin, name, cell)).collect()
    }

    fn learn(&mut self, pattern: &Pattern) {
        let content = pattern.content.iter().map(|bit| SHAPE.content_lines().start + bit);
        let lines: Vec<u32> = pattern.word.iter().copied().chain(content).chain([SHAPE.learn_line()]).collect();
        self.present(lines, 2);
    }

    /// Cells of DG and of WORD that answer to bits of content.
    fn word(&mut self, content: &Cells) -> (Cells, Cells) {
        let lines: Vec<u32> =
            content.iter().map(|bit| SHAPE.content_lines().start + bit).chain([SHAPE.read_word_line()]).collect();
        let heard = self.present(lines, 6);
        let of = |name: &str, step| {
            heard.iter().filter(|spike| spike.1 == name && spike.0 == step).map(|spike| spike.2).collect::<Cells>()
        };
        let echo = content.iter().map(|bit| (2, "m.CONTENT".to_string(), *bit));
        let answers = ["m.DG", "m.WORD"]
            .iter()
            .zip([2, 3])
            .flat_map(|(name, step)| of(name, step).into_iter().map(move |cell| (step, (*name).to_string(), cell)));
        let expected: BTreeSet<(u64, String, u32)> = echo.chain(answers).collect();
        let inner = heard.iter().filter(|(_, name, _)| name != "m.IN").cloned().collect::<BTreeSet<_>>();
        assert_eq!(inner, expected, "but for what is presented, which shows at once, nothing else");
        (of("m.DG", 2), of("m.WORD", 3))
    }

    /// Cells of DG for a word, what WORD shows of it, and its content.
    fn content(&mut self, word: &Cells) -> (Cells, Cells, Cells) {
        let heard = self.present(word.iter().copied().chain([SHAPE.read_line()]), 6);
        let of = |name: &str, step| {
            heard.iter().filter(|spike| spike.1 == name && spike.0 == step).map(|spike| spike.2).collect::<Cells>()
        };
        (of("m.DG", 1), of("m.WORD", 2), of("m.CONTENT", 3))
    }
}

/// Both matrices are Willshaw's: a cell answers where all of its synapses from what is presented are written. Operations are as close as
/// they may be. Nearly empty, the memory gives the word to half of a content's bits; fuller, it shows more than one word.
#[test]
fn both_directions_are_those_of_a_table() {
    let mut memory = Memory::new();
    let mut patterns: Vec<(Pattern, Cells)> = Vec::new();
    let mut written: BTreeSet<(u32, u32)> = BTreeSet::new();
    for (patterns_then, exact) in [(8, true), (120, false)] {
        while patterns.len() < patterns_then {
            let pattern = Pattern::drawn(patterns.len() as u64);
            memory.learn(&pattern);
            memory.present([], 4);
            let (code, shown, _) = memory.content(&pattern.word);
            assert_eq!((code.len(), &shown), (SHAPE.groups as usize, &pattern.word), "a cell of each group; the word shows");
            written.extend(pattern.content.iter().flat_map(|bit| code.iter().map(move |cell| (*bit, *cell))));
            patterns.push((pattern, code));
        }
        let mut right = 0;
        for (pattern, code) in &patterns {
            let expected = (0..SHAPE.contents).filter(|bit| code.iter().all(|cell| written.contains(&(*bit, *cell)))).collect();
            assert_eq!(memory.content(&pattern.word).2, expected, "the content of a word");
            for bits in [SET, SET / 2, 1] {
                let part: Cells = pattern.content.iter().copied().take(bits).collect();
                let cells = (0..SHAPE.expanded()).filter(|cell| part.iter().all(|bit| written.contains(&(*bit, *cell))));
                let expected: Cells = cells.collect();
                let (found, shown) = memory.word(&part);
                assert_eq!(found, expected, "cells of DG to {bits} bits, with {patterns_then} patterns");
                assert!(shown.is_superset(&pattern.word), "what is asked for is in the answer");
                right += usize::from(bits == SET / 2 && shown == pattern.word);
            }
        }
        assert_eq!(right == patterns_then, exact, "{right} of {patterns_then} words come alone");
    }
}

/// Learning in every second step is the same as learning at leisure.
#[test]
fn operations_as_close_as_may_be() {
    let (mut close, mut apart) = (Memory::new(), Memory::new());
    let patterns: Vec<Pattern> = (0..40).map(Pattern::drawn).collect();
    for pattern in &patterns {
        close.learn(pattern);
        apart.learn(pattern);
        apart.present([], 10);
    }
    for pattern in &patterns {
        assert_eq!(close.content(&pattern.word), apart.content(&pattern.word));
        assert_eq!(close.word(&pattern.content), apart.word(&pattern.content));
    }
}
