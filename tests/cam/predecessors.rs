//! The memories that came before: their own combined test, at the shortest spacing; patterns that are completed.

use super::operations;
use crate::differential::Keep;
use crate::netlist;
use models::experiments::cam::{Memory, Numerics, Operation, Outcome, Settings, Size, Spacing, find};
use netlists::Format;
use sim_core::elaborate::{Limits, NoFiles};
use std::collections::BTreeMap;

/// Five cues (the numbers 1 to 5 less 1), ten bits; two cues are learned anew.
const COMBINED: &str = "0 ms learn 4 7 8 9\n7 ms learn 3 6 7 8\n14 ms learn 2 5 6 7\n21 ms recall 4\n26 ms recall 3\n\
                        31 ms learn 3 0 1 5 6 7\n38 ms learn 2 0 1 8 9\n45 ms recall 3\n50 ms recall 2\n";

fn outcomes(system: &str, numerics: Numerics) -> Vec<Outcome> {
    let kind = find(system).expect("a memory");
    let settings = Settings { kind, size: Size { cues: 5, contents: 10 }, numerics, parameters: Vec::new(), threads: 1 };
    let mut memory = Memory::new(&settings, &Limits::default()).expect("a memory");
    let mut outcomes = memory.perform(&operations(COMBINED, None), 70, &mut super::Spikes::default());
    outcomes.extend(memory.close());
    outcomes
}

#[test]
fn combined_test() {
    for system in ["ca3_cue_memory", "ca3_binary_cue_memory"] {
        for numerics in [Numerics::Float, Numerics::Spinnaker] {
            let outcomes = outcomes(system, numerics);
            assert_eq!(outcomes.len(), 9, "all are told");
            assert!(outcomes.iter().all(Outcome::is_right), "{system}, {numerics:?}: {outcomes:#?}");
        }
    }
}

/// Each line into the decoder, each number that it knows: 7 of 3 digits, none for 0.
#[test]
fn every_number_is_decoded_and_encoded() {
    let text: String = (0..7).map(|cue| format!("learn {cue} {cue}\n")).collect();
    let recalls: String = (0..7).map(|cue| format!("recall {cue}\n")).collect();
    let kind = find("ca3_binary_cue_memory").expect("a memory");
    let size = Size { cues: 7, contents: 7 };
    let settings = Settings { kind, size, numerics: Numerics::Float, parameters: Vec::new(), threads: 1 };
    let mut memory = Memory::new(&settings, &Limits::default()).expect("a memory");
    assert_eq!(memory.network().population("mem.CA1").map(|p| p.size), Some(3), "three lines");
    let all = operations(&(text + &recalls), Some(kind.spacing));
    let mut outcomes = memory.perform(&all, 200, &mut super::Spikes::default());
    outcomes.extend(memory.close());
    assert!(outcomes.len() == 14 && outcomes.iter().all(Outcome::is_right), "{outcomes:#?}");
}

/// A stress test of the sparse-learning memory, at the shortest spacing: 64 cues of 127 learn the binary number of cue + 1 in 32 bits, each
/// is recalled, then the same with the complements, and with the numbers again. `reinforced`: each is recalled at once, too.
fn pyramid(reinforced: bool) -> Vec<Operation> {
    let mut text = String::new();
    for complement in [false, true, false] {
        for cue in 0..64_u32 {
            let bits = (0..32).filter(|bit| ((cue + 1) >> bit & 1 == 1) != complement);
            text += &format!("learn {cue}{}\n", bits.map(|bit| format!(" {bit}")).collect::<String>());
            if reinforced {
                text += &format!("recall {cue}\n");
            }
        }
        text.extend((0..64).map(|cue| format!("recall {cue}\n")));
    }
    operations(&text, Some(Spacing { learn: 7, recall: 6 }))
}

/// How many recalls are exact: with a history of 15 spikes as many as in an independent simulation in the chip's numbers, all without a
/// bound.
#[test]
fn stress_tests_of_the_sparse_memory() {
    for (reinforced, recalls, remembered) in [(false, 192, 25), (true, 384, 220)] {
        let all = pyramid(reinforced);
        for system in ["ca3_cue_memory", "ca3_binary_cue_memory"] {
            let kind = find(system).expect("a memory");
            for (numerics, history, exact) in
                [(Numerics::Spinnaker, 15.0, remembered), (Numerics::Spinnaker, 0.0, recalls), (Numerics::Float, 0.0, recalls)]
            {
                let size = Size { cues: 127, contents: 32 };
                let settings = Settings { kind, size, numerics, parameters: vec![("history", history)], threads: 1 };
                let mut memory = Memory::new(&settings, &Limits::default()).expect("a memory");
                let mut outcomes = memory.perform(&all, 3700, &mut super::Spikes::default());
                outcomes.extend(memory.close());
                let own = outcomes.iter().filter(|outcome| outcome.operation.action.kind() == "recall by cue");
                let right = own.clone().filter(|outcome| outcome.is_right()).count();
                let what = format!("{system}, {numerics:?}, history {history}, reinforced {reinforced}");
                assert_eq!((right, own.count()), (exact, recalls), "{what}");
            }
        }
    }
}

#[test]
fn they_have_no_recall_by_content() {
    let text = "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"20 ms\"\n[[systems]]\nkind = \"ca3_cue_memory\"\nas = \"m\"\n\
                cues = 2\ncontents = 3\noperations = [{ at = \"0 ms\", content = [1] }]\n";
    let problems = netlist::read(&NoFiles, Format::Toml, text, &[]).1;
    assert!(problems.len() == 1 && problems[0].contains("has no recall by content"), "{problems:?}");
    assert_eq!(netlist::read(&NoFiles, Format::Toml, &text.replace("content = [1]", "recall = 1"), &[]).1, Vec::<String>::new());
}

/// Cells of PC that fire in each step, as SpiNNaker counts them. `shown`: steps, and the cells of the pattern that is shown in them;
/// the cell of `learning`, if there is one, spikes in the last steps given.
fn recalled(system: &str, shown: &[(&[u64], &[u32])], learning: &[u64]) -> BTreeMap<u64, Vec<u32>> {
    let list =
        |steps: Vec<u64>| format!("[{}]", steps.iter().map(|step| format!("\"{} ms\"", step + 1)).collect::<Vec<_>>().join(", "));
    let of = |cell: u32| shown.iter().filter(|(_, cells)| cells.contains(&cell)).flat_map(|(steps, _)| steps.to_vec()).collect();
    let trains: Vec<String> = (0..15).map(|cell| list(of(cell))).collect();
    let more = if learning.is_empty() { "" } else { "learning = \"l\"\n" };
    let text = format!(
        "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"250 ms\"\n[populations.dg]\nsize = 15\n\
         neurons = {{ model = \"spike_train\", times = {{ list = [{}] }} }}\n[populations.l]\nsize = 1\n\
         neurons = {{ model = \"spike_train\", times = {} }}\n[[systems]]\nkind = \"{system}\"\nas = \"m\"\ncells = 15\n\
         input = \"dg\"\n{more}",
        trains.join(", "),
        list(learning.to_vec())
    );
    let network = netlist::toml(&text, &[]);
    let mut keep = Keep::default();
    netlist::run(&network, 1, &mut keep);
    let cells = network.population("m.PC").expect("the memory's cells").range();
    let mut recalled: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    for spike in keep.spikes.iter().filter(|spike| cells.contains(&spike.neuron)) {
        recalled.entry(spike.tick - 1).or_default().push(spike.neuron - cells.start);
    }
    recalled
}

/// The published experiment: three patterns of five cells, each shown in five steps, then four cells of each; the fifth comes by
/// itself, and the pattern goes on until the next is shown.
#[test]
fn oscillatory_memory_completes_patterns_and_goes_on() {
    let patterns: [&[u32]; 3] = [&[0, 1, 2, 3, 4], &[10, 11, 12, 13, 14], &[5, 6, 7, 8, 9]];
    let parts: [&[u32]; 3] = [&[1, 2, 3, 4], &[10, 11, 12, 13], &[5, 6, 7, 8]];
    let missing = [0, 14, 9];
    let steps: Vec<Vec<u64>> = [1, 15, 29, 43, 57, 71].map(|first| (first..first + 5).collect()).to_vec();
    let all = patterns.iter().chain(&parts).zip(&steps);
    let shown: Vec<(&[u64], &[u32])> = all.map(|(cells, steps)| (&steps[..], *cells)).collect();
    let recalled = recalled("ca3_oscillatory", &shown, &[]);
    for (first, pattern) in [1, 15, 29].into_iter().zip(patterns) {
        for step in first + 1..first + 14 {
            let fires = step <= first + 5 && (step - first) % 2 == 1;
            let expected = if fires { pattern } else { &[] };
            assert_eq!(recalled.get(&step).map_or(&[][..], Vec::as_slice), expected, "learning, step {step}");
        }
    }
    for ((first, part), missing) in [43, 57, 71].into_iter().zip(parts).zip(missing) {
        for step in first + 4..first + 14 {
            let expected = if (step - first) % 2 == 1 { part } else { &[missing][..] };
            assert_eq!(recalled[&step], expected, "recall, step {step}");
        }
    }
}

#[test]
fn regulated_memory_completes_patterns_and_is_silent_again() {
    let pattern: Vec<u32> = (1..13).chain([14]).collect();
    let learned = [1, 11, 21, 31];
    for size in [5, 6, 9, 12] {
        let (part, rest) = pattern.split_at(size);
        let recalled = recalled("ca3_regulated", &[(&learned, &pattern), (&[150], part)], &learned);
        let mut expected: BTreeMap<u64, Vec<u32>> = learned.iter().map(|step| (step + 1, pattern.clone())).collect();
        expected.insert(151, part.to_vec());
        if size >= 6 {
            expected.insert(152, rest.to_vec());
        }
        assert_eq!(recalled, expected, "a part of {size} cells");
    }
}
