//! Scripts of operations: a line each, `at operation cue content`, as in
//!
//! ```text
//! 0 ms    learn   0   0 1 8 9
//! 10 ms   recall  0
//! 20 ms   recall  -   8          # a comment
//! 30 ms   forget  0
//! 40 ms   find    2   -   1 8 9  # cues that have two of these bits
//! 50 ms   find    best one whole - 1 8 9
//! ```

use super::operation::{Action, Query, Step};
use sim_core::diagnostic::{Diagnostic, SourceId, Span};
use sim_core::units::{Dimension, QuantityError, number_length, parse_quantity};
use std::collections::BTreeSet;

/// The operations of a script in their order, or all that is wrong with it.
pub fn read(text: &str, source: SourceId) -> Result<Vec<Step>, Vec<Diagnostic>> {
    let (mut steps, mut problems) = (Vec::new(), Vec::new());
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        match Line::new(line, start, source).step() {
            Ok(step) => steps.extend(step),
            Err(problem) => problems.push(problem),
        }
        start += line.len();
    }
    if problems.is_empty() { Ok(steps) } else { Err(problems) }
}

/// What operations are called.
const WORDS: [&str; 4] = ["learn", "recall", "forget", "find"];

/// Latest time that an operation may have, in ms: what comes of it has a time, too.
const LATEST: f64 = 1e12;

/// A word and its place.
#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    span: Span,
}

impl Word<'_> {
    fn wrong(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error("operation", self.span, message)
    }

    /// A number of a cell.
    fn cell(&self, what: &str) -> Result<u32, Diagnostic> {
        self.text.parse().map_err(|_| self.wrong(format!("{what} is a whole number, counted from 0, not \"{}\"", self.text)))
    }
}

/// The words of a line that are not yet read.
struct Line<'a> {
    words: Vec<Word<'a>>,
    next: usize,
}

impl<'a> Line<'a> {
    fn new(line: &'a str, start: usize, source: SourceId) -> Self {
        let line = line.split('#').next().unwrap_or_default();
        let clip = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        let word = |text: &'a str| {
            let first = start + (text.as_ptr() as usize - line.as_ptr() as usize);
            Word { text, span: Span { source, start: clip(first), end: clip(first + text.len()) } }
        };
        Self { words: line.split_whitespace().map(word).collect(), next: 0 }
    }

    fn word(&mut self) -> Option<Word<'a>> {
        let word = self.words.get(self.next).copied();
        self.next += 1;
        word
    }

    /// From the first word to the last.
    fn span(&self) -> Span {
        let (first, last) = (self.words.first(), self.words.last());
        let end = last.map_or(0, |word| word.span.end);
        first.map_or(Span::default(), |word| Span { end, ..word.span })
    }

    /// `None` where nothing stands in the line.
    fn step(mut self) -> Result<Option<Step>, Diagnostic> {
        if self.words.is_empty() {
            return Ok(None);
        }
        let at = self.time()?;
        let span = self.span();
        let Some(operation) = self.word() else {
            return Err(Diagnostic::error(
                "operation",
                span,
                "an operation is missing after the time: learn, recall, forget or find",
            ));
        };
        let action = match operation.text {
            "learn" => self.learn(operation)?,
            "recall" => self.recall(operation)?,
            "forget" => self.forget(operation)?,
            "find" => self.find(operation)?,
            other => {
                let problem = operation.wrong(format!("there is no operation \"{other}\""));
                return Err(problem.nearest(other, WORDS));
            }
        };
        Ok(Some(Step { span, at, action }))
    }

    /// A number with a unit, as one word or two.
    fn time(&mut self) -> Result<Option<u64>, Diagnostic> {
        let Some(first) = self.words.first().copied() else { return Ok(None) };
        let length = number_length(first.text);
        if length == 0 {
            return Ok(None);
        }
        self.next = 1;
        let mut text = first.text.to_string();
        let next = self.words.get(1).filter(|word| length == first.text.len() && !WORDS.contains(&word.text));
        if let Some(unit) = next {
            text = format!("{text} {}", unit.text);
            self.next = 2;
        }
        let unit = || first.wrong(format!("\"{text}\" is no time: a number and its unit, such as 10 ms"));
        let quantity = parse_quantity(&text).map_err(|error| match error {
            QuantityError::OutOfRange => first.wrong(format!("{text} is too late")),
            _ => unit(),
        })?;
        if quantity.dimension != Dimension::TIME {
            return Err(unit());
        }
        whole_steps(quantity.value).map(Some).map_err(|why| first.wrong(why))
    }

    fn learn(mut self, operation: Word<'_>) -> Result<Action, Diagnostic> {
        let example = "learn 0 1 4 5 puts the bits 1, 4 and 5 under the cue 0";
        let Some(cue) = self.word() else { return Err(operation.wrong("learn needs a cue and content bits").help(example)) };
        let cue = cue.cell("the cue to be learned")?;
        let content = self.content()?;
        if content.is_empty() {
            return Err(operation.wrong("learn needs content bits after the cue").help(example));
        }
        Ok(Action::Learn { cue, content })
    }

    fn recall(mut self, operation: Word<'_>) -> Result<Action, Diagnostic> {
        let example = "recall 0 is by the cue 0, recall - 4 5 by the bits 4 and 5";
        let Some(cue) = self.word() else { return Err(operation.wrong("recall needs a cue or content bits").help(example)) };
        if cue.text == "-" {
            let content = self.content()?;
            if content.is_empty() {
                return Err(operation.wrong("recall needs content bits where the cue is -").help(example));
            }
            return Ok(Action::RecallByContent { content });
        }
        let cue = cue.cell("the cue to be recalled")?;
        match self.words.get(self.next).copied() {
            Some(word) if word.text != "-" => Err(word.wrong("recall is by a cue or by content, not by both").help(example)),
            _ => Ok(Action::RecallByCue { cue }),
        }
    }

    fn forget(mut self, operation: Word<'_>) -> Result<Action, Diagnostic> {
        let example = "forget 0";
        let Some(cue) = self.word() else { return Err(operation.wrong("forget needs a cue").help(example)) };
        let cue = cue.cell("the cue to be forgotten")?;
        match self.words.get(self.next) {
            Some(word) => Err(word.wrong("forget takes a cue alone: all of its content is forgotten").help(example)),
            None => Ok(Action::Forget { cue }),
        }
    }

    fn find(mut self, operation: Word<'_>) -> Result<Action, Diagnostic> {
        let example = "find 2 - 1 8 9: cues that have two of these bits; find best one whole - 1 8 9";
        let mut query = Query { least: 1, ..Query::default() };
        let mut counted = false;
        loop {
            let Some(word) = self.word() else { return Err(operation.wrong("find needs - and content bits").help(example)) };
            match word.text {
                "-" => break,
                "best" => query.best = true,
                "one" => query.one = true,
                "whole" => query.whole = true,
                _ => (query.least, counted) = (word.cell("the number of bits that are enough")?, true),
            }
        }
        query.content = self.content()?;
        if query.content.is_empty() {
            return Err(operation.wrong("find needs content bits behind the -").help(example));
        }
        if query.best && counted {
            return Err(operation.wrong("find is by a number of bits or best, not by both").help(example));
        }
        Ok(Action::Find(query))
    }

    /// The bits in the rest of the line, ascending.
    fn content(&mut self) -> Result<Vec<u32>, Diagnostic> {
        let mut bits = BTreeSet::new();
        while let Some(word) = self.word() {
            let bit = word.cell("a content bit")?;
            if !bits.insert(bit) {
                return Err(word.wrong(format!("the bit {bit} stands twice")));
            }
        }
        Ok(bits.into_iter().collect())
    }
}

/// A time in ms as steps, or why it is none.
pub(super) fn whole_steps(ms: f64) -> Result<u64, String> {
    if !(0.0..=LATEST).contains(&ms) {
        return Err(format!("an operation is at 0 ms at the earliest, at {LATEST} ms at the latest, not at {ms} ms"));
    }
    if ms.fract() != 0.0 {
        return Err(format!("operations begin with a step of 1 ms, not at {ms} ms"));
    }
    Ok(ms as u64)
}

/// A script of these operations.
pub fn write<'a>(operations: impl IntoIterator<Item = &'a super::Operation>) -> String {
    let line = |operation: &super::Operation| format!("{} ms  {}\n", operation.at, operation.action.words());
    format!("# at  operation  cue  content\n{}", operations.into_iter().map(line).collect::<String>())
}
