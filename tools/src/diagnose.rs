//! Diagnostics as people read them (in the manner of rustc) and as scripts do.

use crate::Terminal;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};
use sim_core::diagnostic::{Diagnostic, Severity, Sources};

/// One object of the `problems` list.
pub(crate) fn to_json(problem: &Diagnostic, sources: &Sources) -> Value {
    let place = problem.span.map(|span| (sources.name(span.source), sources.line_column(span)));
    json!({
        "code": problem.code,
        "severity": if problem.is_error() { "error" } else { "warning" },
        "message": problem.message,
        "file": place.map(|p| p.0),
        "line": place.map(|p| p.1.0),
        "column": place.map(|p| p.1.1),
        "help": problem.help,
    })
}

/// All of them as messages, and a line that counts them.
pub(crate) fn show(problems: &[Diagnostic], sources: &Sources, terminal: &mut Terminal<'_>) {
    for problem in problems {
        terminal.say(&format!("{}\n\n", render(problem, sources, terminal.colour())));
    }
    let errors = problems.iter().filter(|p| p.is_error()).count();
    if errors > 0 {
        terminal.say(&format!("{errors} problem{} found; nothing was run\n", if errors == 1 { "" } else { "s" }));
    }
}

/// One problem as text.
pub(crate) fn render(problem: &Diagnostic, sources: &Sources, colour: bool) -> String {
    let level = if problem.severity == Severity::Error { Level::ERROR } else { Level::WARNING };
    let title = level.primary_title(&problem.message).id(problem.code);
    let mut group = match problem.span {
        None => Group::with_title(title),
        Some(span) => {
            let text = sources.text(span.source);
            let (start, end) = inside(text, span.start as usize, span.end as usize);
            let annotation = AnnotationKind::Primary.span(start..end).label(&problem.label);
            title.element(Snippet::source(text).path(sources.name(span.source)).annotation(annotation))
        }
    };
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// A span cut to the text, on character borders, and to the end of its first line (a whole table is marked by its head).
fn inside(text: &str, start: usize, end: usize) -> (usize, usize) {
    let border = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (border(start), border(end.max(start)));
    let line = text[start..end].find('\n').map_or(end, |at| start + at);
    (start, line.max(start))
}
