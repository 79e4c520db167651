//! The experiments that were recorded on SpiNNaker: every cell of the output as recorded, and as many spikes in as many cells of all
//! populations, in both arithmetics.

use super::{Raster, T1, operations, run, settings};
use models::experiments::cam::{Numerics, Operation, Outcome, Size, Spacing};
use std::collections::BTreeMap;

/// Step, cues, bits.
type Seen<'a> = (u64, &'a [u32], &'a [u32]);

const BOTH: [Numerics; 2] = [Numerics::Float, Numerics::Spinnaker];

/// The output of a raster.
fn output(raster: &Raster) -> BTreeMap<u64, (Vec<u32>, Vec<u32>)> {
    let mut output: BTreeMap<u64, (Vec<u32>, Vec<u32>)> = BTreeMap::new();
    for ((step, name), cells) in raster {
        match name.as_str() {
            "OUTcue" => output.entry(*step).or_default().0.clone_from(cells),
            "OUTcont" => output.entry(*step).or_default().1.clone_from(cells),
            _ => {}
        }
    }
    output
}

fn table(seen: &[Seen<'_>]) -> BTreeMap<u64, (Vec<u32>, Vec<u32>)> {
    seen.iter().map(|(step, cues, bits)| (*step, (cues.to_vec(), bits.to_vec()))).collect()
}

/// Cells (population and step) that are not empty, and spikes, but for the input's.
fn counts(raster: &Raster) -> (usize, usize) {
    let own = raster.iter().filter(|((_, name), _)| !name.starts_with("IN"));
    own.fold((0, 0), |(cells, spikes), (_, indices)| (cells + 1, spikes + indices.len()))
}

fn all_right(outcomes: &[Outcome]) {
    let wrong: Vec<&Outcome> = outcomes.iter().filter(|outcome| !outcome.is_right()).collect();
    assert!(wrong.is_empty(), "{} of {} operations are wrong: {wrong:#?}", wrong.len(), outcomes.len());
}

#[test]
fn functional_test() {
    let recorded: [Seen<'_>; 19] = [
        (5, &[0], &[0, 1, 8, 9]),
        (7, &[0], &[0, 1, 8, 9]),
        (15, &[4], &[1, 5, 6]),
        (17, &[4], &[1, 5, 6]),
        (25, &[3], &[4, 5, 6]),
        (27, &[3], &[4, 5, 6]),
        (35, &[0], &[]),
        (36, &[], &[0, 1, 8, 9]),
        (45, &[], &[6]),
        (46, &[3, 4], &[]),
        (55, &[], &[0, 4]),
        (56, &[0, 3], &[]),
        (65, &[3], &[1, 3, 4, 8]),
        (66, &[], &[5, 6]),
        (67, &[3], &[1, 3, 4, 8]),
        (75, &[3], &[]),
        (76, &[], &[1, 3, 4, 8]),
        (85, &[], &[6]),
        (86, &[4], &[]),
    ];
    for numerics in BOTH {
        let (outcomes, raster) = run(&operations(T1, None), &settings(Size { cues: 5, contents: 10 }, numerics, 15));
        assert_eq!(output(&raster), table(&recorded), "{numerics:?}");
        assert_eq!(counts(&raster), (128, 262), "{numerics:?}: cells that are not empty, spikes");
        all_right(&outcomes);
    }
}

/// Contents are the binary numbers of cue + 1, then their complements, then the first again; after each all cues and all bits are recalled.
#[test]
fn stress_test() {
    let mut text = String::new();
    for complement in [false, true, false] {
        for cue in 0..5_u32 {
            let bits: Vec<String> =
                (0..10).filter(|bit| ((cue + 1) >> bit & 1 == 1) != complement).map(|bit| bit.to_string()).collect();
            text += &format!("learn {cue} {}\n", bits.join(" "));
        }
        text.extend((0..5).map(|cue| format!("recall {cue}\n")));
        text.extend((0..10).map(|bit| format!("recall - {bit}\n")));
    }
    let mut all: Vec<Operation> = operations(&text, Some(Spacing::even(14)));
    all.iter_mut().for_each(|operation| operation.at += 1);
    for numerics in BOTH {
        let (outcomes, raster) = run(&all, &settings(Size { cues: 5, contents: 10 }, numerics, 15));
        all_right(&outcomes);
        let output = output(&raster);
        assert_eq!(output[&146], (vec![], vec![0]), "{numerics:?}: bit 0 is presented at 141");
        assert_eq!(output[&147], (vec![0, 2, 4], vec![]), "{numerics:?}: the odd numbers have it");
        assert_eq!(counts(&raster), (698, 1567), "{numerics:?}: cells that are not empty, spikes");
    }
}

/// A grid of places, each with one of six states: where are those in some states?
#[test]
fn map_of_states() {
    let states = [0, 5, 1, 3, 0, 3, 4, 5, 0, 5, 4, 3, 2, 4, 4, 3];
    let mut text: String =
        states.iter().enumerate().map(|(place, state)| format!("{} ms learn {place} {state}\n", 7 * place)).collect();
    text += "112 ms recall - 1 2 4\n118 ms recall - 3\n124 ms recall - 5\n130 ms recall - 0\n";
    let queries: [Seen<'_>; 8] = [
        (117, &[], &[1, 2, 4]),
        (118, &[2, 6, 10, 12, 13, 14], &[]),
        (123, &[], &[3]),
        (124, &[3, 5, 11, 15], &[]),
        (129, &[], &[5]),
        (130, &[1, 7, 9], &[]),
        (135, &[], &[0]),
        (136, &[0, 4, 8], &[]),
    ];
    for numerics in BOTH {
        let (outcomes, raster) = run(&operations(&text, None), &settings(Size { cues: 16, contents: 6 }, numerics, 15));
        let mut expected = table(&queries);
        for (place, state) in (0_u32..).zip(states) {
            for echo in [5, 7] {
                expected.insert(7 * u64::from(place) + echo, (vec![place], vec![state]));
            }
        }
        assert_eq!(output(&raster), expected, "{numerics:?}");
        assert_eq!(counts(&raster), (356, 402), "{numerics:?}: cells that are not empty, spikes");
        all_right(&outcomes);
    }
}

/// Population, steps, cells.
type Stage<'a> = (&'a str, &'a [u64], &'a [u32]);

/// When each population fires, from the first input spike on: learning, recall by cue, recall by content.
#[test]
fn stages_of_an_operation() {
    let text = "0 ms learn 1 0 3\n40 ms recall 1\n80 ms recall - 3\n";
    let (cue, both, bit): (&[u32], &[u32], &[u32]) = (&[1], &[0, 3], &[3]);
    let stages: [(u64, &[Stage<'_>]); 3] = [
        (
            0,
            &[
                ("INcue", &[0, 1, 2], cue),
                ("INcont", &[0, 1, 2], both),
                ("CueCue", &[1, 3], cue),
                ("ContCue", &[1, 3], both),
                ("ContCond", &[2, 4], both),
                ("ContCondInt", &[2, 4], &[0]),
                ("ContCont", &[3, 5], both),
                ("CueCont", &[3, 5], cue),
                ("MergeCue", &[4, 6], cue),
                ("MergeCont", &[4, 6], both),
                ("OUTcue", &[5, 7], cue),
                ("OUTcont", &[5, 7], both),
            ],
        ),
        (
            40,
            &[
                ("INcue", &[0], cue),
                ("CueCue", &[1], cue),
                ("ContCue", &[2], both),
                ("ContCondInt", &[3], &[0]),
                ("CueCont", &[3], cue),
                ("MergeCue", &[4], cue),
                ("MergeCont", &[5], both),
                ("OUTcue", &[5], cue),
                ("OUTcont", &[6], both),
            ],
        ),
        (
            80,
            &[
                ("INcont", &[0], bit),
                ("ContCue", &[1], bit),
                ("ContCond", &[2], bit),
                ("ContCondInt", &[2], &[0]),
                ("ContCont", &[3], bit),
                ("CueCont", &[4], cue),
                ("MergeCont", &[4], bit),
                ("MergeCue", &[5], cue),
                ("OUTcont", &[5], bit),
                ("OUTcue", &[6], cue),
            ],
        ),
    ];
    let mut expected = Raster::new();
    for (at, populations) in stages {
        for (name, steps, cells) in populations {
            expected.extend(steps.iter().map(|step| ((at + step, (*name).to_string()), cells.to_vec())));
        }
    }
    for numerics in BOTH {
        let (_, raster) = run(&operations(text, None), &settings(Size { cues: 3, contents: 4 }, numerics, 15));
        assert_eq!(raster, expected, "{numerics:?}");
    }
}

/// Fifteen spikes are remembered: what a cell learned before its last fifteen is lost if it was not recalled in between.
#[test]
fn a_bounded_history_loses_what_was_not_recalled() {
    let mut text = "learn 0 3\n".to_string();
    (0..8).for_each(|_| text += "learn 1 3\n");
    text += "recall 0\n";
    for (history, right) in [(15, false), (0, true)] {
        for numerics in BOTH {
            let settings = settings(Size { cues: 2, contents: 5 }, numerics, history);
            let (outcomes, _) = run(&operations(&text, Some(Spacing::even(20))), &settings);
            assert_eq!(outcomes[9].is_right(), right, "{numerics:?}, history {history}: {:?}", outcomes[9]);
        }
    }
}
