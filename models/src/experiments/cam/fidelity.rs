//! How much of a memory's answers is left when what it is asked by is incomplete, wrong, late or lost.

use super::memory::Disturb;
use super::{Action, Memory, Operation, Outcome, Protocol, Query, Settings, Unbuilt};
use sim_core::elaborate::Limits;
use sim_core::random::{Key, Stream};
use sim_core::record::{Sink, Window};
use std::ops::ControlFlow;

/// What is done to the bits of content that a memory is asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance {
    /// So many are not presented.
    Missing,
    /// So many are others in their place.
    Flipped,
    /// The spike of each is lost with a probability.
    Deleted,
    /// The spike of each comes a step early or late with a probability.
    Moved,
}

impl Disturbance {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Missing, Self::Flipped, Self::Deleted, Self::Moved];

    /// In results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Flipped => "flipped",
            Self::Deleted => "deleted",
            Self::Moved => "moved",
        }
    }
}

/// What is stored, and how often it is asked for.
#[derive(Clone, Debug)]
pub struct FidelitySettings {
    /// The memory.
    pub memory: Settings,
    /// Bits that are set in each content.
    pub set: u32,
    /// Askings at each strength of a disturbance.
    pub samples: u64,
    /// Of contents and disturbances.
    pub seed: u64,
}

/// Answers under a disturbance, on average. The similarity of two sets is Jaccard's: what they share over all that is in either.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fidelity {
    /// The part of the bits that is disturbed, or the probability of each.
    pub strength: f64,
    /// The part of the askings to which the one right cue answered.
    pub exact_cue: f64,
    /// Similarity of the cues that answered to the right one.
    pub cue: f64,
    /// The part of the answers that were the whole content and nothing else, of memories that answer with contents.
    pub exact_content: Option<f64>,
    /// Similarity of the content that came to the one that is stored.
    pub content: Option<f64>,
}

/// Steps between operations, beyond the answer: far more than any trace of the published synapses lasts.
const APART: u64 = 40;

/// Fills a memory with a random content under each cue and asks for them, disturbed in one way at each of these strengths.
pub fn fidelity(
    settings: &FidelitySettings,
    disturbance: Disturbance,
    strengths: &[f64],
    limits: &Limits,
) -> Result<Vec<Fidelity>, Vec<Unbuilt>> {
    let mut memory = Memory::new(&settings.memory, limits)?;
    let contents = contents(settings);
    let mut next = 0;
    let mut perform = |action, disturb: &mut Disturb<'_>| {
        let operation = Operation { at: next, action };
        next += memory.kind().last_output_of(&operation.action) + APART;
        memory.perform_disturbed(&operation, next, disturb)
    };
    for (cue, content) in (0..).zip(&contents) {
        perform(Action::Learn { cue, content: content.clone() }, &mut |_| ());
    }
    let mut all = Vec::with_capacity(strengths.len());
    for (number, strength) in (0..).zip(strengths) {
        let mut sum = Fidelity { strength: *strength, ..Fidelity::default() };
        for sample in 0..settings.samples {
            let key = Key::new(settings.seed).name(disturbance.name()).finish();
            let mut stream = Stream::new(key, number * settings.samples + sample);
            let cue = stream.below(contents.len() as u32);
            let content = &contents[cue as usize];
            let asked = presented(content, settings.memory.size.contents, (disturbance, *strength), &mut stream);
            let lines = settings.memory.kind.lines_of_content(settings.memory.size);
            let outcome = perform(question(settings, asked), &mut |spikes| {
                disturb_spikes(spikes, &lines, (disturbance, *strength), &mut stream);
            });
            sum.add(&outcome, cue, content, settings.memory.kind.protocol);
        }
        all.push(sum.over(settings.samples as f64));
    }
    Ok(all)
}

/// A content for each cue.
fn contents(settings: &FidelitySettings) -> Vec<Vec<u32>> {
    let size = settings.memory.size;
    let content = |cue: u32| {
        let mut stream = Stream::new(Key::new(settings.seed).name("contents").finish(), cue.into());
        let mut bits: Vec<u32> = Vec::new();
        while bits.len() < settings.set.min(size.contents) as usize {
            let bit = stream.below(size.contents);
            if !bits.contains(&bit) {
                bits.push(bit);
            }
        }
        bits.sort_unstable();
        bits
    };
    (0..size.cues).map(content).collect()
}

/// The bits that are presented; one at least.
fn presented(content: &[u32], bits: u32, (disturbance, strength): (Disturbance, f64), stream: &mut Stream) -> Vec<u32> {
    let changed = ((strength * content.len() as f64).round() as usize).min(content.len());
    let mut asked = content.to_vec();
    for place in 0..changed {
        let left = (asked.len() - place) as u32;
        asked.swap(place, place + stream.below(left) as usize);
    }
    match disturbance {
        Disturbance::Missing => drop(asked.drain(..changed.min(content.len() - 1))),
        Disturbance::Flipped => {
            for place in 0..changed {
                asked[place] = loop {
                    let bit = stream.below(bits);
                    if !content.contains(&bit) && !asked.contains(&bit) || content.len() as u32 * 2 > bits {
                        break bit;
                    }
                };
            }
        }
        Disturbance::Deleted | Disturbance::Moved => {}
    }
    asked.sort_unstable();
    asked.dedup();
    asked
}

/// What a memory is asked: the best match and its whole content, where it can say so.
fn question(settings: &FidelitySettings, content: Vec<u32>) -> Action {
    match settings.memory.kind.protocol {
        Protocol::Published => Action::RecallByContent { content },
        Protocol::Hardened => Action::Find(Query { content, least: 1, best: true, one: true, whole: true }),
    }
}

/// Loses or moves spikes of content.
fn disturb_spikes(
    spikes: &mut Vec<(u64, u32)>,
    lines: &std::ops::Range<u32>,
    (disturbance, strength): (Disturbance, f64),
    stream: &mut Stream,
) {
    match disturbance {
        Disturbance::Deleted => spikes.retain(|(_, line)| !lines.contains(line) || stream.uniform() >= strength),
        Disturbance::Moved => {
            for (step, _) in spikes.iter_mut().filter(|(_, line)| lines.contains(line)) {
                if stream.uniform() < strength {
                    *step = if stream.below(2) == 0 { *step + 1 } else { step.saturating_sub(1) };
                }
            }
        }
        Disturbance::Missing | Disturbance::Flipped => {}
    }
}

impl Fidelity {
    fn add(&mut self, outcome: &Outcome, cue: u32, content: &[u32], protocol: Protocol) {
        let all = |of: fn(&super::Moment) -> &Vec<u32>| {
            let mut all: Vec<u32> = outcome.got.iter().flat_map(of).copied().collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let similarity = similarity(&all(|moment| &moment.cues), &[cue]);
        self.cue += similarity;
        self.exact_cue += f64::from(u8::from(similarity == 1.0));
        // The published memory shows at once what it was asked by, and no content then.
        if protocol == Protocol::Hardened {
            let similarity = self::similarity(&all(|moment| &moment.content), content);
            *self.content.get_or_insert(0.0) += similarity;
            *self.exact_content.get_or_insert(0.0) += f64::from(u8::from(similarity == 1.0));
        }
    }

    fn over(self, samples: f64) -> Self {
        let mean = |sum: f64| sum / samples;
        Self {
            strength: self.strength,
            exact_cue: mean(self.exact_cue),
            cue: mean(self.cue),
            exact_content: self.exact_content.map(mean),
            content: self.content.map(mean),
        }
    }
}

/// Jaccard's: what two sets share over all that is in either; 1 where both are empty.
fn similarity(one: &[u32], other: &[u32]) -> f64 {
    let shared = one.iter().filter(|item| other.contains(item)).count();
    let either = one.len() + other.len() - shared;
    if either == 0 { 1.0 } else { shared as f64 / either as f64 }
}

/// Hears nothing.
pub(super) struct Deaf;

impl Sink for Deaf {
    fn window(&mut self, _: &Window<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Numerics, Size, find};
    use super::*;

    fn settings(system: &str) -> FidelitySettings {
        let memory = Settings {
            kind: find(system).expect("a memory"),
            size: Size { cues: 12, contents: 100 },
            numerics: Numerics::Float,
            parameters: Vec::new(),
            threads: 1,
        };
        FidelitySettings { memory, set: 8, samples: 60, seed: 5 }
    }

    fn found(system: &str, disturbance: Disturbance, strength: f64) -> Fidelity {
        let found = fidelity(&settings(system), disturbance, &[strength], &Limits::default());
        found.expect("a memory")[0]
    }

    #[test]
    fn sets() {
        assert_eq!(similarity(&[1, 2, 3], &[2, 3, 4]), 0.5, "two of four");
        assert_eq!((similarity(&[], &[]), similarity(&[1], &[])), (1.0, 0.0), "nothing");
    }

    /// Half of the bits of a content that no other shares so much with: the best match by a table of contents.
    #[test]
    fn the_hardened_memory_completes_what_determines_a_content() {
        for (disturbance, strength) in [(Disturbance::Missing, 0.5), (Disturbance::Flipped, 0.25), (Disturbance::Deleted, 0.0)] {
            let found = found("ca3_memory_hardened", disturbance, strength);
            assert_eq!((found.exact_cue, found.exact_content), (1.0, Some(1.0)), "{disturbance:?}: {found:?}");
        }
        let gone = found("ca3_memory_hardened", Disturbance::Deleted, 1.0);
        assert_eq!(gone.content, Some(0.0), "no spike, no content: {gone:?}");
        let moved = found("ca3_memory_hardened", Disturbance::Moved, 0.3);
        assert!(moved.cue > 0.9, "the question is repeated until it is answered, late spikes with it: {moved:?}");
    }

    /// One bit of eight finds all cues that have it; all eight find all cues that have any of them.
    #[test]
    fn the_published_memory_takes_any_bit() {
        let [few, many] = [0.875, 0.0].map(|strength| found("ca3_memory", Disturbance::Missing, strength));
        assert!(few.exact_cue > 0.3 && many.exact_cue < few.exact_cue, "{few:?}, {many:?}");
        assert_eq!(few.content, None, "it answers with cues");
    }
}
