//! What is done to a memory: learn, recall by cue, recall by content, forget, find; and the spikes that ask for it.

use super::hardened::depth;
use sim_core::diagnostic::{Diagnostic, Span};

/// What is asked of a memory. Content is given as its bits, ascending, none twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Remember a content under a cue, in place of what was remembered under it.
    Learn {
        /// The cue.
        cue: u32,
        /// The content's bits.
        content: Vec<u32>,
    },
    /// Give the content of a cue.
    RecallByCue {
        /// The cue.
        cue: u32,
    },
    /// Give the cues whose contents have one of these bits.
    RecallByContent {
        /// The bits.
        content: Vec<u32>,
    },
    /// Remember nothing under a cue any more.
    Forget {
        /// The cue.
        cue: u32,
    },
    /// Give cues whose contents have enough of some bits, and what else is asked of them.
    Find(Query),
}

/// What is asked of a memory that counts bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The bits, ascending.
    pub content: Vec<u32>,
    /// How many of them a cue's content has at least.
    pub least: u32,
    /// Only cues whose contents have most of them, however many that are.
    pub best: bool,
    /// Only the first of these cues.
    pub one: bool,
    /// Their whole contents, too, in place of what is presented.
    pub whole: bool,
}

impl Query {
    /// Bits that a content has for a cue to be found, at first; `best` goes on to fewer.
    pub fn threshold(&self) -> u32 {
        if self.best { self.content.len() as u32 } else { self.least }
    }

    /// What is asked, in words of a script.
    fn words(&self) -> String {
        let least = if self.best { " best".to_string() } else { format!(" {}", self.least) };
        let more = [(self.one, " one"), (self.whole, " whole")];
        more.iter().filter(|(asked, _)| *asked).fold(least, |words, (_, word)| words + word)
    }
}

impl Action {
    /// Whether the published memories can do it, which count no bits and forget only what is replaced.
    pub fn is_plain(&self) -> bool {
        !matches!(self, Self::Forget { .. } | Self::Find(_))
    }

    /// What it asks by content.
    pub fn query(&self) -> Option<Query> {
        match self {
            Self::RecallByContent { content } => Some(Query { content: content.clone(), least: 1, ..Query::default() }),
            Self::Find(query) => Some(query.clone()),
            _ => None,
        }
    }

    /// The cue that is presented.
    pub fn cue(&self) -> Option<u32> {
        match self {
            Self::Learn { cue, .. } | Self::RecallByCue { cue } | Self::Forget { cue } => Some(*cue),
            Self::RecallByContent { .. } | Self::Find(_) => None,
        }
    }

    /// The bits that are presented.
    pub fn content(&self) -> &[u32] {
        match self {
            Self::Learn { content, .. } | Self::RecallByContent { content } => content,
            Self::Find(query) => &query.content,
            Self::RecallByCue { .. } | Self::Forget { .. } => &[],
        }
    }

    /// Steps in which its cells spike, one after the other.
    pub fn presentations(&self) -> u64 {
        if matches!(self, Self::Learn { .. }) { 3 } else { 1 }
    }

    /// Name of its kind in results.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Learn { .. } => "learn",
            Self::RecallByCue { .. } => "recall by cue",
            Self::RecallByContent { .. } => "recall by content",
            Self::Forget { .. } => "forget",
            Self::Find(_) => "find",
        }
    }

    /// What it is in a line of a script, without its time.
    pub fn words(&self) -> String {
        let bits = |bits: &[u32]| bits.iter().map(|bit| format!(" {bit}")).collect::<String>();
        match self {
            Self::Learn { cue, content } => format!("learn {cue}{}", bits(content)),
            Self::RecallByCue { cue } => format!("recall {cue}"),
            Self::RecallByContent { content } => format!("recall -{}", bits(content)),
            Self::Forget { cue } => format!("forget {cue}"),
            Self::Find(query) => format!("find{} -{}", query.words(), bits(&query.content)),
        }
    }

    /// Whether a memory of this size has these cells.
    pub fn check(&self, size: Size, span: Span) -> Result<(), Diagnostic> {
        let outside = |what: &str, number: u32, size: u32| {
            let message = format!("there is no {what} {number}: there are {size}, counted from 0");
            Err(Diagnostic::error("out-of-range", span, message))
        };
        match (self.cue(), self.content().last()) {
            (Some(cue), _) if cue >= size.cues => outside("cue", cue, size.cues),
            (_, Some(bit)) if *bit >= size.contents => outside("content bit", *bit, size.contents),
            _ => self.check_least(size, span),
        }
    }

    fn check_least(&self, size: Size, span: Span) -> Result<(), Diagnostic> {
        match self {
            Self::Find(Query { least, best: false, .. }) if !(1..=size.contents).contains(least) => {
                let message = format!("a content has 1 to {} bits that can be asked for, not {least}", size.contents);
                Err(Diagnostic::error("out-of-range", span, message))
            }
            _ => Ok(()),
        }
    }
}

/// How many cues, and bits of content, a memory has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Cues: as many memories may be held.
    pub cues: u32,
    /// Bits of content.
    pub contents: u32,
}

impl Size {
    /// The smallest that has all that some actions name.
    pub fn of<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Self {
        let least = Self { cues: 1, contents: 1 };
        actions.into_iter().fold(least, |size, action| Self {
            cues: size.cues.max(action.cue().map_or(0, |cue| cue.saturating_add(1))),
            contents: size.contents.max(action.content().last().map_or(0, |bit| bit.saturating_add(1))),
        })
    }
}

/// How a cue comes in and goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// A line for each.
    OneOfMany,
    /// As the binary number cue + 1, a line for each digit, the least first.
    Binary,
}

impl Code {
    /// Lines that so many cues take.
    pub fn lines(self, cues: u32) -> u32 {
        match self {
            Self::OneOfMany => cues,
            Self::Binary => u32::BITS - cues.leading_zeros(),
        }
    }

    /// The lines of a cue, ascending.
    pub fn of(self, cue: u32) -> impl Iterator<Item = u32> {
        let (line, number) = match self {
            Self::OneOfMany => (Some(cue), 0),
            Self::Binary => (None, cue.saturating_add(1)),
        };
        line.into_iter().chain((0..u32::BITS).filter(move |digit| number >> digit & 1 == 1))
    }

    /// The cues that some lines stand for; of a number, one.
    pub fn cues(self, lines: &[u32]) -> Vec<u32> {
        match self {
            Self::OneOfMany => lines.to_vec(),
            Self::Binary => {
                let number = lines.iter().fold(0_u32, |number, line| number | 1_u32.checked_shl(*line).unwrap_or(0));
                number.checked_sub(1).into_iter().collect()
            }
        }
    }
}

/// An action and when it begins, in steps of 1 ms: the step of its first spikes, the first step being 0 as on SpiNNaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Step of its first spikes.
    pub at: u64,
    /// What is asked.
    pub action: Action,
}

impl Operation {
    /// Its spikes: step and cell of the input, of which the first are the cues' lines.
    pub fn spikes(&self, code: Code, cues: u32) -> impl Iterator<Item = (u64, u32)> + '_ {
        let lines = code.lines(cues);
        let cue = self.action.cue().into_iter().flat_map(move |cue| code.of(cue));
        let cells = cue.chain(self.action.content().iter().map(move |bit| lines + bit));
        cells.flat_map(move |cell| (0..self.action.presentations()).map(move |step| (self.at + step, cell)))
    }
}

/// Steps from an operation to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spacing {
    /// After learning.
    pub learn: u64,
    /// After a recall.
    pub recall: u64,
}

impl Spacing {
    /// The same after all operations.
    pub fn even(steps: u64) -> Self {
        Self { learn: steps, recall: steps }
    }

    /// Steps after an action: one that goes on for longer than others has the same time after it.
    pub fn after(self, action: &Action) -> u64 {
        match action {
            Action::Learn { .. } | Action::Forget { .. } => self.learn,
            _ => self.recall.saturating_add(depth(action) - 1),
        }
    }
}

/// An action of a script that may have a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place.
    pub span: Span,
    /// When, if that is said.
    pub at: Option<u64>,
    /// What.
    pub action: Action,
}

/// Whether an operation at a step may follow another, or why it may not.
fn follows(last: &Operation, at: u64) -> Result<(), String> {
    let busy = depth(&last.action);
    if at <= last.at {
        return Err(format!("operations follow each other: this one at {at} ms comes after one at {} ms", last.at));
    }
    if at < last.at.saturating_add(busy) {
        let Operation { at: before, action } = last;
        let words = action.words();
        return Err(format!(
            "this operation at {at} ms begins too soon: `{words}` at {before} ms keeps the memory busy for {busy} ms"
        ));
    }
    Ok(())
}

/// Gives each step its time: its own, or by the spacing after the one before, the first at 0. No operation begins while the one
/// before keeps the memory busy.
pub fn schedule(steps: Vec<Step>, spacing: Option<Spacing>) -> Result<Vec<Operation>, Diagnostic> {
    let mut operations: Vec<Operation> = Vec::with_capacity(steps.len());
    for step in steps {
        let last = operations.last();
        let following = || match (last, spacing) {
            (None, _) => Ok(0),
            (Some(last), Some(spacing)) => Ok(last.at.saturating_add(spacing.after(&last.action))),
            (Some(_), None) => {
                let problem = Diagnostic::error("missing-time", step.span, "this operation has no time, and there is no spacing");
                Err(problem.help("begin it with a time, such as 10 ms, or say how far operations are apart"))
            }
        };
        let at = step.at.map_or_else(following, Ok)?;
        if let Some(last) = last {
            follows(last, at).map_err(|message| Diagnostic::error("out-of-order", step.span, message))?;
        }
        operations.push(Operation { at, action: step.action });
    }
    Ok(operations)
}
