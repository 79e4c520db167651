//! The memories that came before: their own combined test, at the shortest spacing; patterns that are completed.

use super::operations;
use crate::differential::Keep;
use crate::netlist;
use models::experiments::cam::{Action, Memory, Numerics, Operation, Outcome, Settings, Size, Spacing, find};
use netlists::Format;
use sim_core::elaborate::{Limits, NoFiles};
use sim_core::engine::{Plan, State};
use std::collections::{BTreeMap, BTreeSet};

/// Memories of contents under cues.
const SYSTEMS: [&str; 3] = ["ca3_cue_memory", "ca3_binary_cue_memory", "ca3_decoder_memory"];

/// Five cues (the numbers 1 to 5 less 1), ten bits; two cues are learned anew.
const COMBINED: &str = "learn 4 7 8 9\nlearn 3 6 7 8\nlearn 2 5 6 7\nrecall 4\nrecall 3\nlearn 3 0 1 5 6 7\nlearn 2 0 1 8 9\n\
                        recall 3\nrecall 2\n";

fn memory(system: &str, size: Size, numerics: Numerics) -> Memory {
    let kind = find(system).expect("a memory");
    let settings = Settings { kind, size, numerics, parameters: Vec::new(), threads: 1 };
    Memory::new(&settings, &Limits::default()).expect("a memory")
}

#[test]
fn combined_test() {
    for system in SYSTEMS {
        for numerics in [Numerics::Float, Numerics::Spinnaker] {
            let mut memory = memory(system, Size { cues: 5, contents: 10 }, numerics);
            let combined = operations(COMBINED, Some(memory.kind().spacing));
            let mut outcomes = memory.perform(&combined, 70, &mut super::Spikes::default());
            outcomes.extend(memory.close());
            assert_eq!(outcomes.len(), 9, "all are told");
            assert!(outcomes.iter().all(Outcome::is_right), "{system}, {numerics:?}: {outcomes:#?}");
        }
    }
}

/// Every spike of the sparse-learning memory's populations in its combined test is where SpiNNaker's recording of 2022 has it: steps
/// after the first input. Of what is learned and was replaced, bits that are not learned again show once.
#[test]
fn the_decoder_memory_has_the_recorded_times() {
    for numerics in [Numerics::Float, Numerics::Spinnaker] {
        let mut memory = memory("ca3_decoder_memory", Size { cues: 5, contents: 10 }, numerics);
        let combined = operations(COMBINED, Some(memory.kind().spacing));
        let mut spikes = super::Spikes::default();
        memory.perform(&combined, 70, &mut spikes);
        let mut expected: BTreeSet<(u64, &str, u32)> = BTreeSet::new();
        let mut stored: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for Operation { at, action } in &combined {
            let cue = action.cue().expect("a cue");
            let digits: Vec<u32> = (0..3).filter(|digit| (cue + 1) >> digit & 1 == 1).collect();
            let mut add = |population, steps: &[u64], cells: &[u32]| {
                expected.extend(steps.iter().flat_map(|step| cells.iter().map(move |cell| (at + step, population, *cell))));
            };
            let out = |bits: &[u32]| bits.iter().map(|bit| bit + 3).collect::<Vec<u32>>();
            let before = stored.get(&cue).cloned().unwrap_or_default();
            if let Action::Learn { content, .. } = action {
                let replaced: Vec<u32> = before.into_iter().filter(|bit| !content.contains(bit)).collect();
                add("DG", &[3, 4, 5], &[cue]);
                add("CA3cue", &[4, 6], &[cue]);
                add("CA3cont", &[4, 6], content);
                add("CA3cont", &[5], &replaced);
                add("CA1", &[5, 7], &digits);
                add("OUT", &[6, 8], &digits);
                add("OUT", &[6, 8], &out(content));
                add("OUT", &[7], &out(&replaced));
                stored.insert(cue, content.clone());
            } else {
                add("DG", &[3], &[cue]);
                add("CA3cue", &[4], &[cue]);
                add("CA3cont", &[5], &before);
                add("CA1", &[5], &digits);
                add("OUT", &[6], &digits);
                add("OUT", &[7], &out(&before));
            }
        }
        let populations = &memory.network().populations;
        let told = |(step, neuron): &(u64, u32)| {
            let population = populations.iter().find(|p| p.range().contains(neuron)).expect("a population");
            (*step, Memory::part(&population.name), neuron - population.first)
        };
        let inner = ["DG", "CA3cue", "CA3cont", "CA1", "OUT"];
        let got: BTreeSet<(u64, &str, u32)> = spikes.0.iter().map(told).filter(|(_, name, _)| inner.contains(name)).collect();
        assert_eq!(got, expected, "{numerics:?}");
        assert_eq!(got.len(), 187, "as many as were recorded");
    }
}

/// Each line into the decoder, each number that it knows: 7 of 3 digits, none for 0.
#[test]
fn every_number_is_decoded_and_encoded() {
    let text: String = (0..7).map(|cue| format!("learn {cue} {cue}\n")).collect();
    let recalls: String = (0..7).map(|cue| format!("recall {cue}\n")).collect();
    for system in ["ca3_binary_cue_memory", "ca3_decoder_memory"] {
        let mut memory = memory(system, Size { cues: 7, contents: 7 }, Numerics::Float);
        assert_eq!(memory.network().population("mem.CA1").map(|p| p.size), Some(3), "three lines");
        let all = operations(&format!("{text}{recalls}"), Some(memory.kind().spacing));
        let mut outcomes = memory.perform(&all, 200, &mut super::Spikes::default());
        outcomes.extend(memory.close());
        assert!(outcomes.len() == 14 && outcomes.iter().all(Outcome::is_right), "{system}: {outcomes:#?}");
    }
}

/// Whatever may be on the lines, DG has the cell of that number 3 steps later, and none for 0 and for numbers that are no cue's: every
/// pair of numbers in a row, at the start of a run, too.
#[test]
fn the_decoder_is_a_truth_table() {
    let text = "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"10 ms\"\n[[systems]]\nkind = \"ca3_decoder_memory\"\n\
                as = \"m\"\ncues = 5\ncontents = 1\n";
    for first in 0..8_u32 {
        for second in 0..8_u32 {
            let network = netlist::toml(text, &[]);
            let plan = Plan::new(network.clone(), 1);
            let mut state = State::new(&plan);
            let input = network.populations.iter().position(|p| p.name == "m.IN").expect("the input");
            let lines = |number: u32, tick: u64| (0..3).filter(move |line| number >> line & 1 == 1).map(move |line| (tick, line));
            let presentation = plan.presentation(&state, input, lines(first, 1).chain(lines(second, 2)).collect());
            let mut keep = Keep::default();
            state.present(&plan, &presentation, 8, &mut keep);
            let dg = network.population("m.DG").expect("a population").range();
            let decoded = keep.spikes.iter().filter(|spike| dg.contains(&spike.neuron));
            let decoded: Vec<(u64, u32)> = decoded.map(|spike| (spike.tick, spike.neuron - dg.start + 1)).collect();
            let expected: Vec<(u64, u32)> =
                [(4, first), (5, second)].into_iter().filter(|(_, number)| (1..=5).contains(number)).collect();
            assert_eq!(decoded, expected, "{first}, then {second}");
        }
    }
}

/// The stress tests of the sparse-learning memory, at the shortest spacing, as lines of operations on 64 of 127 cues.
#[derive(Default)]
struct Stress {
    text: String,
    /// Each content is recalled as soon as it is learned.
    reinforced: bool,
    /// Complements are learned next.
    complement: bool,
}

impl Stress {
    const CUES: u32 = 64;

    /// Each cue learns the binary number of cue + 1 in 32 bits, or the complement of what it learned before.
    fn learn(&mut self) {
        for cue in 0..Self::CUES {
            let bits = (0..32).filter(|bit| ((cue + 1) >> bit & 1 == 1) != self.complement);
            self.text += &format!("learn {cue}{}\n", bits.map(|bit| format!(" {bit}")).collect::<String>());
            if self.reinforced {
                self.text += &format!("recall {cue}\n");
            }
        }
        self.complement = !self.complement;
    }

    /// Each cue is recalled.
    fn recall(&mut self) {
        self.text.extend((0..Self::CUES).map(|cue| format!("recall {cue}\n")));
    }

    /// All learn and are recalled; the same with the complements, and with the numbers again.
    fn pyramid(reinforced: bool) -> Self {
        let mut own = Self { reinforced, ..Self::default() };
        for _ in 0..3 {
            own.learn();
            own.recall();
        }
        own
    }

    /// Two recalls of all more, and three times what is learned in between.
    fn reinforced_more() -> Self {
        let mut own = Self::pyramid(true);
        (0..2).for_each(|_| own.recall());
        (0..3).for_each(|_| own.learn());
        own
    }
}

/// How many recalls are exact: with a history of 15 spikes as many as in an independent simulation in the chip's numbers, all without a
/// bound.
#[test]
fn stress_tests_of_the_sparse_memory() {
    for (stress, number, recalls, remembered) in [
        (Stress::pyramid(false), 384, 192, 25),
        (Stress::pyramid(true), 576, 384, 220),
        (Stress::reinforced_more(), 1088, 704, 478),
    ] {
        let all = operations(&stress.text, Some(Spacing { learn: 7, recall: 6 }));
        assert_eq!(all.len(), number, "operations");
        for system in SYSTEMS {
            let kind = find(system).expect("a memory");
            for (numerics, history, exact) in
                [(Numerics::Spinnaker, 15.0, remembered), (Numerics::Spinnaker, 0.0, recalls), (Numerics::Float, 0.0, recalls)]
            {
                let size = Size { cues: 127, contents: 32 };
                let settings = Settings { kind, size, numerics, parameters: vec![("history", history)], threads: 1 };
                let mut memory = Memory::new(&settings, &Limits::default()).expect("a memory");
                let mut outcomes = memory.perform(&all, 7000, &mut super::Spikes::default());
                outcomes.extend(memory.close());
                let own = outcomes.iter().filter(|outcome| outcome.operation.action.kind() == "recall by cue");
                let right = own.clone().filter(|outcome| outcome.is_right()).count();
                assert_eq!(
                    (right, own.count()),
                    (exact, recalls),
                    "{system}, {numerics:?}, history {history}, {number} operations"
                );
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
