//! What the published memory loses or invents, and the hardened one does not: the same operations on both.

use crate::mutations::Nobody;
use models::experiments::cam::{
    Memory, Mix, Numerics, Operation, Outcome, RandomOperations, Settings, Size, Spacing, find, schedule, script,
};
use sim_core::diagnostic::SourceId;
use sim_core::elaborate::Limits;

const PUBLISHED: &str = "ca3_memory";
const HARDENED: &str = "ca3_memory_hardened";
const SIZE: Size = Size { cues: 20, contents: 10 };

fn perform(system: &str, size: Size, history: Option<f64>, operations: &[Operation]) -> Vec<Outcome> {
    let kind = find(system).expect("a memory");
    let parameters = history.map(|spikes| ("history", spikes)).into_iter().collect();
    let settings = Settings { kind, size, numerics: Numerics::Float, parameters, threads: 1 };
    let mut memory = Memory::new(&settings, &Limits::default()).expect("it is built");
    let end = operations.last().map_or(0, |last| last.at + kind.last_output_of(&last.action) + 1);
    let mut outcomes = memory.perform(operations, end, &mut Nobody);
    outcomes.extend(memory.close());
    outcomes
}

/// The lines of a script, so many ms apart: which of them are wrong.
fn wrong(system: &str, history: Option<f64>, lines: &str, apart: u64) -> Vec<String> {
    let steps = script::read(lines, SourceId::default()).expect("a script");
    let operations = schedule(steps, Some(Spacing::even(apart))).expect("times");
    let outcomes = perform(system, SIZE, history, &operations);
    outcomes.iter().filter(|outcome| !outcome.is_right()).map(|outcome| outcome.operation.action.words()).collect()
}

/// F1: what is learned waits for its first recall, and is lost with the last of the spikes that are remembered for it.
#[test]
fn a_content_that_is_not_recalled_soon_is_lost() {
    let others: String = (1..10).map(|cue| format!("learn {cue} 0\n")).collect();
    let lines = format!("learn 0 0\n{others}recall 0\n");
    assert_eq!(wrong(PUBLISHED, None, &lines, 30), ["recall 0"], "18 spikes of bit 0 came in between");
    assert!(wrong(PUBLISHED, Some(0.0), &lines, 30).is_empty(), "with all spikes remembered it is there");
    for apart in [1, 30] {
        assert!(wrong(HARDENED, None, &lines, apart).is_empty(), "{apart} ms apart");
    }
}

/// F2: to ask by two bits makes each of them a part of what the other one finds.
#[test]
fn to_ask_changes_what_is_stored() {
    let lines = "learn 0 0\nlearn 1 1\nrecall - 0 1\nrecall - 0 1\nrecall - 0 1\nrecall - 0\nrecall - 1\n";
    for history in [None, Some(0.0)] {
        assert_eq!(wrong(PUBLISHED, history, lines, 30), ["recall - 0", "recall - 1"], "each finds both cues");
    }
    for apart in [1, 30] {
        assert!(wrong(HARDENED, None, lines, apart).is_empty(), "{apart} ms apart");
    }
}

/// F3: traces and potentials of one operation are still there for the next.
#[test]
fn operations_that_are_close_mix() {
    let share = |system: &str, spacing: Spacing| {
        let (size, kind) = (Size { cues: 5, contents: 10 }, find(system).expect("a memory"));
        let operations: Vec<Operation> = RandomOperations::new(kind, size, Mix::default(), spacing, 3).take(400).collect();
        let history = (system == PUBLISHED).then_some(0.0);
        let outcomes = perform(system, size, history, &operations);
        let asked = outcomes.iter().filter(|outcome| outcome.operation.action.query().is_some());
        let (right, all) = asked.fold((0, 0), |(right, all), outcome| (right + u64::from(outcome.is_right()), all + 1));
        assert!(all > 90, "{all} recalls by content");
        right as f64 / all as f64
    };
    let close = share(PUBLISHED, find(PUBLISHED).expect("a memory").spacing);
    assert!(close < 0.6, "at the published spacing {close} of the recalls by content are right");
    let far = share(PUBLISHED, Spacing::even(30));
    assert!(far == 1.0, "of those that are 30 ms apart {far}");
    for apart in [1, 2, 7, 30] {
        assert!(share(HARDENED, Spacing::even(apart)) == 1.0, "{apart} ms apart");
    }
}
