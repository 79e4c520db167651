//! What should come out: of a memory that forgets nothing and mixes up nothing.

use super::{Action, Kind, Operation, Query, Size};
use std::collections::BTreeSet;

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

    /// The cues that a query finds, and how many bits they have less than it asks for at first.
    fn found(&self, query: &Query) -> (Vec<u32>, u32) {
        let has = |content: &Vec<u32>| content.iter().filter(|bit| query.content.binary_search(bit).is_ok()).count() as u32;
        let counts: Vec<u32> = self.contents.iter().map(has).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        let enough = if query.best { most } else { query.least }.max(1);
        let mut cues: Vec<u32> = (0_u32..).zip(counts).filter(|(_, count)| *count >= enough).map(|(cue, _)| cue).collect();
        cues.truncate(if query.one { 1 } else { usize::MAX });
        (cues, query.threshold().saturating_sub(enough))
    }

    /// The bits that any of some cues has.
    fn contents_of(&self, cues: &[u32]) -> Vec<u32> {
        let bits: BTreeSet<u32> = cues.iter().flat_map(|cue| self.content(*cue)).copied().collect();
        bits.into_iter().collect()
    }

    /// Remembers a content in place of what was remembered under a cue, which is returned.
    fn replace(&mut self, cue: u32, content: &[u32]) -> Vec<u32> {
        match self.contents.get_mut(cue as usize) {
            Some(stored) => std::mem::replace(stored, content.to_vec()),
            None => Vec::new(),
        }
    }

    /// Does an operation. Returns what should come of it.
    pub fn perform(&mut self, operation: &Operation, kind: &Kind) -> Expected {
        let at = |steps: u64, cues: &[u32], content: &[u32]| Moment {
            at: operation.at.saturating_add(steps),
            cues: cues.to_vec(),
            content: content.to_vec(),
        };
        let mut replaced = None;
        let moments = match &operation.action {
            Action::Learn { cue, content } => {
                let before = self.replace(*cue, content);
                let given_up: Vec<u32> = before.into_iter().filter(|bit| content.binary_search(bit).is_err()).collect();
                replaced = kind.replaced.filter(|_| !given_up.is_empty()).map(|steps| at(steps, &[], &given_up));
                kind.echoes_of_learning.iter().map(|echo| at(*echo, &[*cue], content)).collect()
            }
            Action::Forget { cue } => {
                self.replace(*cue, &[]);
                vec![at(kind.echo, &[*cue], &[])]
            }
            Action::RecallByCue { cue } => vec![at(kind.echo, &[*cue], &[]), at(kind.answer, &[], self.content(*cue))],
            Action::RecallByContent { content } => {
                vec![at(kind.echo, &[], content), at(kind.answer, &self.cues_with(content), &[])]
            }
            Action::Find(query) => {
                let (cues, late) = self.found(query);
                let (echo, contents) =
                    if query.whole { (Vec::new(), self.contents_of(&cues)) } else { (query.content.clone(), Vec::new()) };
                vec![at(kind.echo, &[], &echo), at(kind.answer + u64::from(late), &cues, &contents)]
            }
        };
        Expected { moments: joined(moments), replaced }
    }
}

/// What comes in the same step is one moment; where nothing comes there is none.
fn joined(moments: Vec<Moment>) -> Vec<Moment> {
    let mut all: Vec<Moment> = Vec::with_capacity(moments.len());
    for moment in moments.into_iter().filter(|moment| !moment.cues.is_empty() || !moment.content.is_empty()) {
        match all.last_mut().filter(|last| last.at == moment.at) {
            Some(last) => {
                last.cues.extend(moment.cues);
                last.content.extend(moment.content);
            }
            None => all.push(moment),
        }
    }
    all
}
