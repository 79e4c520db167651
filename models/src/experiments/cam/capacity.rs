//! How much a memory of sparse codes holds: it learns words and contents drawn at random, and is asked for some of them now and then.

use super::alone::{NAME, alone};
use super::willshaw::Codes;
use super::{Numerics, Unbuilt};
use crate::systems::ca3::SparseShape;
use sim_core::elaborate::Limits;
use sim_core::engine::{Plan, State};
use sim_core::random::{Key, Stream};
use sim_core::record::{Sink, Window};
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

/// What is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct CapacitySettings {
    /// How large the memory is.
    pub shape: SparseShape,
    /// Bits that are set in each content.
    pub set: u32,
    /// Bits of the word that are wrong when it is asked for.
    pub flipped: u32,
    /// Active cells that a bit of content may miss.
    pub tolerance: u32,
    /// How many patterns are asked for at each load.
    pub samples: u64,
    /// Of words, contents and wiring.
    pub seed: u64,
    /// Threads that it is run by.
    pub threads: usize,
}

impl CapacitySettings {
    /// The codes, for theory.
    pub fn codes(&self) -> Codes {
        let Self { shape, set, .. } = self;
        Codes { address: (shape.expanded(), shape.groups), content: (shape.contents, *set) }
    }
}

/// What was found at a load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Patterns learned.
    pub patterns: u64,
    /// The part of the answers without an error.
    pub exact: f64,
    /// False bits of an answer, on average.
    pub false_bits: f64,
    /// Bits that an answer lacks, on average.
    pub missed_bits: f64,
    /// Information of all answers over all synapses that learn; an answer that lacks a bit counts for nothing.
    pub bits_per_synapse: f64,
    /// The part of the synapses that is written.
    pub written: f64,
}

/// A memory that is filled.
pub struct Filling {
    settings: CapacitySettings,
    plan: Plan,
    state: State,
    input: usize,
    content: Range<u32>,
    memory: usize,
    learned: u64,
}

/// Operations that are given together.
const TOGETHER: u64 = 512;
/// Steps from an operation to the answer, the end of whose step is a tick more.
const LATENCY: u64 = 3;

impl Filling {
    /// An empty one, if it is within the limits.
    pub fn new(settings: &CapacitySettings, limits: &Limits) -> Result<Self, Vec<Unbuilt>> {
        let network = alone("ca3_memory_sparse", Numerics::Float, &settings.parameters(), limits)?;
        let place = |part: &str| network.populations.iter().position(|p| p.name == format!("{NAME}.{part}"));
        let memory = network.projections.iter().position(|p| p.learning.is_some());
        let (Some(input), Some(content), Some(memory)) = (place("IN"), place("CONTENT"), memory) else {
            return Err(Unbuilt::internal("the memory lacks an input, an output or synapses that learn"));
        };
        let content = network.populations[content].range();
        let plan = Plan::new(Arc::new(network), settings.threads);
        let state = State::new(&plan);
        Ok(Self { settings: settings.clone(), plan, state, input, content, memory, learned: 0 })
    }

    /// Patterns learned so far.
    pub fn learned(&self) -> u64 {
        self.learned
    }

    /// Biological time so far, in ms.
    pub fn elapsed_ms(&self) -> u64 {
        self.state.tick()
    }

    /// Learns more, until there are so many; some hundred at once, so that the caller may stop.
    pub fn learn_some(&mut self, until: u64) {
        let end = until.min(self.learned + TOGETHER);
        let shape = self.settings.shape;
        let spikes = (self.learned..end).zip(1..).flat_map(|(pattern, tick)| {
            let pattern = self.settings.pattern(pattern);
            let lines = pattern.content.iter().map(|bit| shape.content_lines().start + bit);
            let lines: Vec<u32> = pattern.lines().chain(lines).chain([shape.learn_line()]).collect();
            lines.into_iter().map(move |line| (tick, line))
        });
        let (spikes, steps) = (spikes.collect(), end.saturating_sub(self.learned) + LATENCY);
        let presentation = self.plan.presentation(&self.state, self.input, spikes);
        self.state.present(&self.plan, &presentation, steps, &mut Answers { first: u64::MAX, ..self.listener() });
        self.learned = end.max(self.learned);
    }

    /// Asks for some of what was learned.
    pub fn ask(&mut self) -> Load {
        let (settings, learned) = (&self.settings, self.learned);
        let samples = settings.samples.min(learned).max(1);
        let asked: Vec<u64> = (0..samples).map(|sample| sample * learned / samples).collect();
        let mut answers: Vec<Vec<u32>> = Vec::new();
        for some in asked.chunks(TOGETHER as usize) {
            let spikes = some.iter().zip(1..).flat_map(|(pattern, tick)| {
                let asked = settings.asked(*pattern);
                let lines: Vec<u32> = asked.lines().chain([settings.shape.read_line()]).collect();
                lines.into_iter().map(move |line| (tick, line))
            });
            let presentation = self.plan.presentation(&self.state, self.input, spikes.collect());
            let mut listener = Answers { answers: vec![Vec::new(); some.len()], ..self.listener() };
            self.state.present(&self.plan, &presentation, some.len() as u64 + LATENCY, &mut listener);
            answers.extend(listener.answers);
        }
        self.judge(&asked, &answers)
    }

    fn judge(&self, asked: &[u64], answers: &[Vec<u32>]) -> Load {
        let (settings, codes) = (&self.settings, self.settings.codes());
        let (mut exact, mut false_bits, mut missed, mut information) = (0, 0, 0, 0.0);
        for (pattern, answer) in asked.iter().zip(answers) {
            let content = settings.pattern(*pattern).content;
            let right = content.iter().filter(|bit| answer.contains(bit)).count();
            let (lacks, adds) = (content.len() - right, answer.len() - right);
            exact += usize::from(lacks + adds == 0);
            (missed, false_bits) = (missed + lacks, false_bits + adds);
            information += if lacks == 0 { codes.information(adds as u32) } else { 0.0 };
        }
        let mean = |sum: f64| sum / asked.len().max(1) as f64;
        let weights = self.state.synapses(&self.plan, self.memory, 0, sim_core::plasticity::Reading::Now).values;
        let written = weights.iter().filter(|weight| **weight > 0.0).count() as f64 / weights.len().max(1) as f64;
        Load {
            patterns: self.learned,
            exact: mean(exact as f64),
            false_bits: mean(false_bits as f64),
            missed_bits: mean(missed as f64),
            bits_per_synapse: self.learned as f64 * mean(information) / codes.synapses(),
            written,
        }
    }

    fn listener(&self) -> Answers {
        Answers { first: self.state.tick() + LATENCY + 1, content: self.content.clone(), answers: Vec::new() }
    }
}

/// Bits of content that come, by operation.
struct Answers {
    /// The tick of the first operation's answer.
    first: u64,
    content: Range<u32>,
    answers: Vec<Vec<u32>>,
}

impl Sink for Answers {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        for spike in window.spikes.iter().filter(|spike| self.content.contains(&spike.neuron)) {
            let operation = spike.tick.checked_sub(self.first).and_then(|n| usize::try_from(n).ok());
            if let Some(answer) = operation.and_then(|operation| self.answers.get_mut(operation)) {
                answer.push(spike.neuron - self.content.start);
            }
        }
        ControlFlow::Continue(())
    }
}

/// What is learned together.
struct Pattern {
    word: Vec<bool>,
    content: Vec<u32>,
}

impl Pattern {
    /// Lines of the word.
    fn lines(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.word).map(|(bit, value)| SparseShape::line(bit, *value))
    }
}

impl CapacitySettings {
    /// Parameters of the system.
    fn parameters(&self) -> [(&'static str, f64); 6] {
        let SparseShape { bits, groups, group_bits, contents } = self.shape;
        let whole = [
            ("bits", bits),
            ("groups", groups),
            ("group_bits", group_bits),
            ("contents", contents),
            ("tolerance", self.tolerance),
        ];
        let [bits, groups, group_bits, contents, tolerance] = whole.map(|(name, number)| (name, f64::from(number)));
        [bits, groups, group_bits, contents, tolerance, ("seed", self.seed as f64)]
    }

    fn pattern(&self, number: u64) -> Pattern {
        let mut stream = Stream::new(Key::new(self.seed).name("patterns").finish(), number);
        let word = (0..self.shape.bits).map(|_| stream.below(2) == 1).collect();
        let mut content: Vec<u32> = Vec::with_capacity(self.set as usize);
        while content.len() < self.set as usize {
            let bit = stream.below(self.shape.contents);
            if !content.contains(&bit) {
                content.push(bit);
            }
        }
        Pattern { word, content }
    }

    /// The same with some bits of the word turned round.
    fn asked(&self, number: u64) -> Pattern {
        let mut pattern = self.pattern(number);
        let mut stream = Stream::new(Key::new(self.seed).name("flips").finish(), number);
        let mut bits: Vec<usize> = (0..pattern.word.len()).collect();
        for place in 0..bits.len().min(self.flipped as usize) {
            let left = (bits.len() - place) as u32;
            bits.swap(place, place + stream.below(left) as usize);
            pattern.word[bits[place]] ^= true;
        }
        pattern
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(threads: usize) -> CapacitySettings {
        let shape = SparseShape { bits: 64, groups: 8, group_bits: 5, contents: 200 };
        CapacitySettings { shape, set: 6, flipped: 0, tolerance: 0, samples: 400, seed: 3, threads }
    }

    fn filled(settings: &CapacitySettings, patterns: u64) -> Load {
        let mut filling = Filling::new(settings, &Limits::default()).expect("a memory");
        while filling.learned() < patterns {
            filling.learn_some(patterns);
        }
        filling.ask()
    }

    /// Synapses written, false bits and information at several loads, against Willshaw's formulas.
    #[test]
    fn the_network_is_willshaws() {
        for patterns in [50, 200, 500, 800] {
            let (settings, found) = (settings(1), filled(&settings(1), patterns));
            let codes = settings.codes();
            let (written, false_bits) = (codes.written(patterns), codes.false_bits(patterns));
            assert_eq!(found.missed_bits, 0.0, "what was written stays");
            assert!((found.written - written).abs() < 0.01, "{patterns}: {} written, in theory {written}", found.written);
            // Of 400 answers; bits of a content share the word's cells, so counts spread more than independent ones.
            let tolerance = 0.02 + 0.25 * false_bits;
            assert!(
                (found.false_bits - false_bits).abs() < tolerance,
                "{patterns}: {} false, in theory {false_bits}",
                found.false_bits
            );
            let bits = codes.bits_per_synapse(patterns);
            assert!((found.bits_per_synapse - bits).abs() < 0.04 * bits, "{patterns}: {} bits, {bits}", found.bits_per_synapse);
        }
    }

    #[test]
    fn threads_change_nothing() {
        assert_eq!(filled(&settings(1), 300), filled(&settings(2), 300), "one and two threads");
    }

    /// A wrong bit takes the groups away that decode it; with as much tolerance nothing of the content is missed.
    #[test]
    fn wrong_bits_of_a_word() {
        let flipped = CapacitySettings { flipped: 2, ..settings(1) };
        let strict = filled(&flipped, 20);
        assert!(strict.missed_bits > 1.0, "without tolerance much is missed: {strict:?}");
        let tolerant = filled(&CapacitySettings { tolerance: 4, ..flipped }, 20);
        assert!(tolerant.missed_bits < 0.2 * strict.missed_bits, "{tolerant:?} after {strict:?}");
    }
}
