//! The memories that came before: their own combined test, at the shortest spacing.

use super::operations;
use crate::netlist;
use models::experiments::cam::{Memory, Numerics, Outcome, Settings, Size, find};
use netlists::Format;
use sim_core::elaborate::{Limits, NoFiles};

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

#[test]
fn they_have_no_recall_by_content() {
    let text = "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"20 ms\"\n[[systems]]\nkind = \"ca3_cue_memory\"\nas = \"m\"\n\
                cues = 2\ncontents = 3\noperations = [{ at = \"0 ms\", content = [1] }]\n";
    let problems = netlist::read(&NoFiles, Format::Toml, text, &[]).1;
    assert!(problems.len() == 1 && problems[0].contains("has no recall by content"), "{problems:?}");
    assert_eq!(netlist::read(&NoFiles, Format::Toml, &text.replace("content = [1]", "recall = 1"), &[]).1, Vec::<String>::new());
}
