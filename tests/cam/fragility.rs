//! How often the published memory is right beyond its own experiments: figures of an independent simulation of it, which agrees
//! with all recordings. They are from few operations, whose errors come in bunches, so ours may differ by four standard deviations
//! of independent ones times 1.5.

use super::{Spikes, settings};
use models::experiments::cam::{Action, Memory, Mix, Numerics, Operation, Outcome, RandomOperations, Size, Spacing};
use sim_core::elaborate::Limits;

/// What comes of operations of some seeds, so many each, begun with nothing stored.
fn outcomes(history: u32, spacing: Spacing, bits: u32, (number, seeds): (usize, u64)) -> Vec<Outcome> {
    let size = Size { cues: 5, contents: 10 };
    let settings = settings(size, Numerics::Float, history);
    let mut all = Vec::new();
    for seed in 1..=seeds {
        let mix = Mix { bits: 1..=bits, ..Mix::default() };
        let operations: Vec<Operation> = RandomOperations::new(settings.kind, size, mix, spacing, seed).take(number).collect();
        let mut memory = Memory::new(&settings, &Limits::default()).expect("a memory");
        let end = operations.last().map_or(0, |last| last.at) + 20;
        all.extend(memory.perform(&operations, end, &mut Spikes::default()));
        all.extend(memory.close());
    }
    all
}

/// How many outcomes of a kind are right, of how many.
fn right(outcomes: &[Outcome], of_kind: impl Fn(&Action) -> bool) -> (usize, usize) {
    let own: Vec<&Outcome> = outcomes.iter().filter(|outcome| of_kind(&outcome.operation.action)).collect();
    (own.iter().filter(|outcome| outcome.is_right()).count(), own.len())
}

fn same_share(what: &str, (a, all_a): (usize, usize), (b, all_b): (usize, usize)) {
    let (n, m) = (all_a as f64, all_b as f64);
    let (p, q) = (a as f64 / n, b as f64 / m);
    let share = (a + b) as f64 / (n + m);
    let deviation = 1.5 * (share * (1.0 - share) * (1.0 / n + 1.0 / m)).sqrt();
    assert!((p - q).abs() <= 4.0 * deviation, "{what}: {a} of {all_a} here, {b} of {all_b} there");
}

#[test]
fn shares_of_right_answers() {
    let apart = |learn, recall| Spacing { learn, recall };
    // History, spacing, most bits, right recalls by cue and by content of all.
    let table = [
        (15, apart(7, 6), 1, (292, 316), (109, 302)),
        (15, apart(10, 10), 1, (302, 316), (227, 302)),
        (15, apart(14, 14), 1, (302, 316), (271, 302)),
        (15, apart(30, 30), 1, (302, 316), (272, 302)),
        (0, apart(7, 6), 1, (147, 150), (62, 142)),
        (0, apart(10, 10), 1, (150, 150), (117, 142)),
        (0, apart(12, 12), 1, (119, 119), (116, 123)),
        (0, apart(14, 14), 1, (150, 150), (142, 142)),
        (0, apart(30, 30), 1, (150, 150), (142, 142)),
        (0, apart(30, 30), 2, (149, 149), (74, 143)),
        (0, apart(30, 30), 5, (161, 161), (74, 139)),
    ];
    for (history, spacing, bits, by_cue, by_content) in table {
        let runs = if history == 0 { (110, 20) } else { (200, 20) };
        let outcomes = outcomes(history, spacing, bits, runs);
        let what = format!("history {history}, {spacing:?}, up to {bits} bits");
        same_share(&format!("{what}, by cue"), right(&outcomes, |a| matches!(a, Action::RecallByCue { .. })), by_cue);
        same_share(&format!("{what}, by content"), right(&outcomes, |a| matches!(a, Action::RecallByContent { .. })), by_content);
        let learned = outcomes.iter().filter(|outcome| matches!(outcome.operation.action, Action::Learn { .. }));
        let shown = |outcome: &Outcome| outcome.expected.moments.iter().all(|moment| outcome.got.contains(moment));
        assert!(learned.clone().all(shown), "{what}: what is learned always shows");
    }
}

/// Without a bound, and far apart, the memory is right whenever single bits are asked for.
#[test]
fn far_apart_single_bits_are_always_right() {
    let outcomes = outcomes(0, Spacing::even(30), 1, (2000, 1));
    assert!(outcomes.iter().all(Outcome::is_right), "all of {}", outcomes.len());
}

/// A query with two bits of which a content has one teaches it the other: reading disturbs what is stored.
#[test]
fn queries_by_two_bits_disturb_what_is_stored() {
    let text = "learn 0 1\nrecall - 1 2\nrecall - 1 2\nrecall - 1 2\nrecall - 2\n";
    let all = super::operations(text, Some(Spacing::even(30)));
    let (outcomes, _) = super::run(&all, &settings(Size { cues: 2, contents: 4 }, Numerics::Float, 0));
    let right: Vec<bool> = outcomes.iter().map(Outcome::is_right).collect();
    assert_eq!(right, [true, true, true, true, false], "bit 2 finds the cue, which it was never learned with");
}
