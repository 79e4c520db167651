//! What should come out: of a memory that forgets nothing and mixes up nothing.

use super::{Action, Kind, Operation, Size};

/// What is at the output in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The step.
    pub at: u64,
    /// Cues, ascending.
    pub cues: Vec<u32>,
    /// Bits of content, ascending.
    pub content: Vec<u32>,
}

/// What should come of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// All that must come, by steps.
    pub moments: Vec<Moment>,
    /// What may come in addition, all of it or a part: the content that is being replaced.
    pub replaced: Option<Moment>,
}

impl Expected {
    /// Whether what came is right: what must come and, of what may come, anything.
    pub fn is_met_by(&self, got: &[Moment]) -> bool {
        let mut left = got.to_vec();
        if let Some(replaced) = &self.replaced {
            left.iter_mut().filter(|moment| moment.at == replaced.at).for_each(|moment| {
                moment.content.retain(|bit| !replaced.content.contains(bit));
            });
            left.retain(|moment| !moment.cues.is_empty() || !moment.content.is_empty());
        }
        left == self.moments
    }

    /// All that may come, by steps.
    pub fn all(&self) -> Vec<Moment> {
        let mut all: Vec<Moment> = self.moments.iter().chain(&self.replaced).cloned().collect();
        all.sort_by_key(|moment| moment.at);
        all
    }
}

/// What is stored: the content of each cue.
#[derive(Clone, Debug)]
pub struct Ideal {
    contents: Vec<Vec<u32>>,
}

impl Ideal {
    /// With nothing stored.
    pub fn new(size: Size) -> Self {
        Self { contents: vec![Vec::new(); size.cues as usize] }
    }

    /// The content of a cue; empty where nothing is stored.
    pub fn content(&self, cue: u32) -> &[u32] {
        self.contents.get(cue as usize).map_or(&[], Vec::as_slice)
    }

    /// The cues whose content has one of these bits.
    pub fn cues_with(&self, bits: &[u32]) -> Vec<u32> {
        let meets = |content: &[u32]| content.iter().any(|bit| bits.binary_search(bit).is_ok());
        (0_u32..).zip(&self.contents).filter(|(_, content)| meets(content)).map(|(cue, _)| cue).collect()
    }

    /// Does an operation. Returns what should come of it.
    pub fn perform(&mut self, operation: &Operation, kind: &Kind) -> Expected {
        let at = |steps: u64, cues: &[u32], content: &[u32]| Moment {
            at: operation.at.saturating_add(steps),
            cues: cues.to_vec(),
            content: content.to_vec(),
        };
        let is_something = |moment: &Moment| !moment.cues.is_empty() || !moment.content.is_empty();
        match &operation.action {
            Action::Learn { cue, content } => {
                let before = match self.contents.get_mut(*cue as usize) {
                    Some(stored) => std::mem::replace(stored, content.clone()),
                    None => Vec::new(),
                };
                let given_up: Vec<u32> = before.into_iter().filter(|bit| content.binary_search(bit).is_err()).collect();
                let moments = kind.echoes_of_learning.iter().map(|echo| at(*echo, &[*cue], content)).collect();
                Expected { moments, replaced: Some(at(kind.replaced, &[], &given_up)).filter(is_something) }
            }
            Action::RecallByCue { cue } => {
                let moments = [at(kind.echo, &[*cue], &[]), at(kind.answer, &[], self.content(*cue))];
                Expected { moments: moments.into_iter().filter(is_something).collect(), replaced: None }
            }
            Action::RecallByContent { content } => {
                let moments = [at(kind.echo, &[], content), at(kind.answer, &self.cues_with(content), &[])];
                Expected { moments: moments.into_iter().filter(is_something).collect(), replaced: None }
            }
        }
    }
}
