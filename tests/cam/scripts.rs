//! Scripts: what may stand in a line, what may not and where it is said.

use super::operations;
use models::experiments::cam::{Action, Operation, Spacing, schedule, script};
use sim_core::diagnostic::Sources;

#[test]
fn lines_may_have_times_comments_and_any_order_of_bits() {
    let text = "\n# a comment\n  5ms learn 2 9 0 4  # bits ascend\n10 ms recall 2 -\nrecall - 4\t0\n0.1 s recall 2\n";
    let expected = [
        Operation { at: 5, action: Action::Learn { cue: 2, content: vec![0, 4, 9] } },
        Operation { at: 10, action: Action::RecallByCue { cue: 2 } },
        Operation { at: 16, action: Action::RecallByContent { content: vec![0, 4] } },
        Operation { at: 100, action: Action::RecallByCue { cue: 2 } },
    ];
    assert_eq!(operations(text, Some(Spacing { learn: 7, recall: 6 })), expected);
    let again = operations(&script::write(&expected), None);
    assert_eq!(again, expected, "what is written is read");
}

/// Problems of a script as "line:column: code: message".
fn problems(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let id = sources.add("a.ops", text);
    let outcome = script::read(text, id).and_then(|steps| schedule(steps, None).map_err(|problem| vec![problem]));
    let problems = outcome.expect_err("a wrong script");
    let words = problems.iter().map(|problem| {
        let (line, column) = sources.line_column(problem.span.expect("a place"));
        format!("{line}:{column}: {}: {}", problem.code, problem.message)
    });
    words.collect()
}

#[test]
fn problems_have_a_place_and_say_what_to_do() {
    for (text, expected) in [
        ("0 ms lern 0 1", "1:6: operation: there is no operation \"lern\""),
        ("\n  0 ms learn", "2:8: operation: learn needs a cue and content bits"),
        ("0 ms learn 3", "1:6: operation: learn needs content bits after the cue"),
        ("0 ms learn - 3", "1:12: operation: the cue to be learned is a whole number, counted from 0, not \"-\""),
        ("0 ms learn 1 2 x", "1:16: operation: a content bit is a whole number, counted from 0, not \"x\""),
        ("0 ms learn 1 2 3 2", "1:18: operation: the bit 2 stands twice"),
        ("0 ms recall", "1:6: operation: recall needs a cue or content bits"),
        ("0 ms recall -", "1:6: operation: recall needs content bits where the cue is -"),
        ("0 ms recall 1 2", "1:15: operation: recall is by a cue or by content, not by both"),
        ("0 ms recall -1", "1:13: operation: the cue to be recalled is a whole number, counted from 0, not \"-1\""),
        ("10 ms", "1:1: operation: an operation is missing after the time: learn, recall, forget or find"),
        ("10 recall 1", "1:1: operation: \"10\" is no time: a number and its unit, such as 10 ms"),
        ("10 mV recall 1", "1:1: operation: \"10 mV\" is no time: a number and its unit, such as 10 ms"),
        ("1.5 ms recall 1", "1:1: operation: operations begin with a step of 1 ms, not at 1.5 ms"),
        (
            "-1 ms recall 1",
            "1:1: operation: an operation is at 0 ms at the earliest, at 1000000000000 ms at the latest, not at -1 ms",
        ),
        (
            "5 ms recall 1\n5 ms recall 2",
            "2:1: out-of-order: operations follow each other: this one at 5 ms comes after one at 5 ms",
        ),
        (
            "5 ms find best - 1 2 3\n11 ms recall 2",
            "2:1: out-of-order: this operation at 11 ms begins too soon: `find best - 1 2 3` at 5 ms keeps the memory busy for 7 ms",
        ),
        ("5 ms recall 1\nrecall 2", "2:1: missing-time: this operation has no time, and there is no spacing"),
    ] {
        assert_eq!(problems(text), [expected], "{text:?}");
    }
    assert_eq!(problems("0 ms lern 0 1\nrecall\nx").len(), 3, "all problems at once");
}
