//! Problems found so far: collected, never thrown at the first, each told once.

use crate::diagnostic::{Diagnostic, Failure, MAX_DIAGNOSTICS, Outcome, Severity, Span};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// Most problems kept for sorting; beyond they are only counted.
const MAX_KEPT: usize = 20 * MAX_DIAGNOSTICS;

/// The problems of a netlist.
#[derive(Debug, Default)]
pub(crate) struct Report {
    problems: RefCell<Vec<Diagnostic>>,
    told: RefCell<BTreeSet<(u32, u32, u32, String)>>,
    errors: Cell<usize>,
    unkept: Cell<usize>,
}

impl Report {
    /// Adds a problem, unless the same was said of the same place (a card used by several populations).
    pub(crate) fn push(&self, problem: Diagnostic) {
        self.errors.set(self.errors.get() + usize::from(problem.is_error()));
        if self.problems.borrow().len() >= MAX_KEPT {
            self.unkept.set(self.unkept.get() + 1);
            return;
        }
        let span = problem.span.unwrap_or_default();
        if self.told.borrow_mut().insert((span.source.0, span.start, span.end, problem.message.clone())) {
            self.problems.borrow_mut().push(problem);
        }
    }

    /// The value; or `None` after telling why there is none.
    pub(crate) fn accept<T>(&self, outcome: Outcome<T>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(Failure::Reported) => None,
            Err(Failure::Report(problem)) => {
                self.push(*problem);
                None
            }
        }
    }

    /// How many problems stop the run so far.
    pub(crate) fn errors(&self) -> usize {
        self.errors.get()
    }

    /// Whether something stops the run.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors.get() > 0
    }

    /// All problems in the order of the text, those without a place last. Where there are more than
    /// [`MAX_DIAGNOSTICS`], errors go before warnings and a note counts the rest.
    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut problems = self.problems.into_inner();
        let more = problems.len().saturating_sub(MAX_DIAGNOSTICS) + self.unkept.get();
        problems.sort_by_key(|p| std::cmp::Reverse(p.severity));
        problems.truncate(MAX_DIAGNOSTICS);
        problems.sort_by_key(|p| p.span.map_or((true, 0, 0), |Span { source, start, .. }| (false, source.0, start)));
        if more > 0 {
            let severity = if self.errors.get() > 0 { Severity::Error } else { Severity::Warning };
            problems.push(Diagnostic { severity, ..Diagnostic::general("more-problems", format!("and {more} more")) });
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: u32) -> Span {
        Span { start, end: start + 1, ..Span::default() }
    }

    #[test]
    fn problems_come_in_the_order_of_the_text_and_once() {
        let report = Report::default();
        report.push(Diagnostic::general("c", "no place"));
        report.push(Diagnostic::warning("a", at(9), "later"));
        report.push(Diagnostic::error("b", at(2), "earlier"));
        report.push(Diagnostic::error("b", at(2), "earlier"));
        let messages: Vec<String> = report.into_diagnostics().into_iter().map(|d| d.message).collect();
        assert_eq!(messages, ["earlier", "later", "no place"], "sorted, repeats dropped");
    }

    #[test]
    fn too_many_are_counted_and_no_error_is_lost_behind_warnings() {
        let report = Report::default();
        for i in 0..200 {
            report.push(Diagnostic::warning("w", at(i), "a warning"));
        }
        report.push(Diagnostic::error("e", at(999), "the error"));
        assert!(report.has_errors(), "one error");
        let all = report.into_diagnostics();
        assert_eq!(all.len(), MAX_DIAGNOSTICS + 1, "the limit and a note");
        assert!(all.iter().any(|d| d.message == "the error"), "errors go first");
        assert_eq!(all.last().map(|d| d.message.as_str()), Some("and 151 more"), "the note counts the rest");
    }
}
