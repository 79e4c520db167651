//! Every shipped netlist: what its text must say, that it runs with the same bits whatever the threads, that its flat form is
//! the same network, and what came out when it was last looked at (tests/data/golden).
//!
//! A golden file changes only when meaning changes. To write them anew: `UPDATE=1 cargo test -p sim-tests golden`.

use crate::differential::Keep;
use crate::netlist;
use netlists::library::{LIBRARY, LibraryEntry};
use netlists::{Format, write_json};
use sim_core::engine::State;
use sim_core::network::Network;
use sim_core::time::Grid;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// What makes a large netlist small enough to be run many times.
const SMALLER: &[(&str, &[&str])] =
    &[("brunel-ai", &["order=500"]), ("potjans-diesmann", &["scale=0.04"]), ("two-columns", &["scale=0.03"])];

/// Changes for a short run of a netlist.
pub(crate) fn short(entry: &LibraryEntry) -> Vec<String> {
    let smaller = SMALLER.iter().find(|(name, _)| *name == entry.name).map_or(&[][..], |(_, changes)| changes);
    let all = match entry.text.contains("\n[trials]\n") {
        true => ["trials.count=10", "trials.each=20 ms"],
        false => ["network.warmup=0 ms", "network.duration=100 ms"],
    };
    all.iter().chain(smaller).map(|c| c.to_string()).collect()
}

fn run(network: &Arc<Network>, threads: usize) -> (State, Keep) {
    let mut keep = Keep::default();
    let (_, state) = netlist::run(network, threads, &mut keep);
    (state, keep)
}

#[test]
fn smaller_names_netlists() {
    assert!(SMALLER.iter().all(|(name, _)| LIBRARY.iter().any(|e| e.name == *name)), "each is in the library");
}

#[test]
fn texts_say_what_they_show_and_where_it_is_from() {
    for entry in LIBRARY {
        let name = entry.name;
        let head: String = entry.text.lines().take_while(|l| l.starts_with('#')).map(|l| format!("{l}\n")).collect();
        for word in ["Shows:", "Source:", "Expected:"] {
            assert!(head.contains(word), "{name}: the comment at its head has \"{word}\"");
        }
        let expected = head.split("Expected:").nth(1).unwrap_or_default();
        assert!(expected.contains(|c: char| c.is_ascii_digit()), "{name}: expected are figures: {expected}");
        assert!(entry.about().len() > 20 && entry.about().len() < 160, "{name}: one sentence about it: {}", entry.about());
        let network = netlist::shipped(name, &[]);
        assert_eq!(network.name, name, "the network is named as the netlist");
        assert_eq!(network.about, entry.about(), "{name}: as listed");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_spikes() {
    for entry in LIBRARY {
        let network = netlist::shipped(entry.name, &short(entry));
        let (one, keep) = run(&network, 1);
        assert!(!keep.spikes.is_empty(), "{}: there are spikes", entry.name);
        for threads in [2, 3, 8] {
            let (many, other) = run(&network, threads);
            assert_eq!(one.spike_hash(), many.spike_hash(), "{}, {threads} threads: the hash", entry.name);
            assert!(keep.spikes == other.spikes, "{}, {threads} threads: the spikes", entry.name);
            assert_eq!(one.tally(), many.tally(), "{}, {threads} threads: the counts", entry.name);
        }
    }
}

#[test]
fn flat_json_is_the_same_network() {
    for entry in LIBRARY {
        let network = netlist::shipped(entry.name, &short(entry));
        let flat = write_json(&network);
        let again = netlist::build(Format::Json, &flat.to_string(), &[]);
        assert_eq!(run(&network, 1).0.spike_hash(), run(&again, 1).0.spike_hash(), "{}: the spikes", entry.name);
        assert!(write_json(&again) == flat, "{}: what is flat stays as it is", entry.name);
    }
}

/// What a short run gives, for people to read and to compare.
fn outcome(entry: &LibraryEntry) -> String {
    let changes = short(entry);
    let network = netlist::shipped(entry.name, &changes);
    let (state, keep) = run(&network, 2);
    let grid = Grid::new(network.timestep_fs);
    let seconds = grid.ms(state.tick()) / 1e3;
    let mut text = format!("{}, seed {}, with {}\n\n", entry.name, network.seed, changes.join(", "));
    for (population, spikes) in network.populations.iter().zip(&state.tally().spikes).filter(|(p, _)| p.card().is_some()) {
        let rate = *spikes as f64 / (f64::from(population.size) * seconds);
        let _ = writeln!(text, "{:8} {:6} neurons {spikes:8} spikes {rate:8.2} Hz", population.name, population.size);
    }
    let _ = writeln!(text, "\nsynaptic events {}\nspike_hash {}", state.tally().synaptic_events, state.spike_hash());
    let short_numbers = [changes, vec!["numerics.state=f32".to_string()]].concat();
    let _ = writeln!(text, "spike_hash in 32 bits {}\n", run(&netlist::shipped(entry.name, &short_numbers), 2).0.spike_hash());
    let who = |neuron: u32| network.populations.iter().find(|p| p.range().contains(&neuron)).expect("a population");
    for spike in keep.spikes.iter().filter(|s| who(s.neuron).card().is_some()).take(20) {
        let population = who(spike.neuron);
        let _ = writeln!(text, "{} ms {}[{}]", grid.decimal_ms(spike.tick), population.name, spike.neuron - population.first);
    }
    text
}

#[test]
fn golden() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/golden");
    let update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    for entry in LIBRARY {
        let path = folder.join(format!("{}.txt", entry.name));
        let outcome = outcome(entry);
        if update {
            std::fs::write(&path, &outcome).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        }
        let golden =
            std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}; see the head of this file", path.display()));
        assert_eq!(outcome, golden, "{}: not as it was; if that is meant, see the head of this file", entry.name);
    }
    let files = std::fs::read_dir(&folder).expect("the folder is there");
    let files: BTreeSet<String> = files.map(|f| f.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    let wanted: BTreeSet<String> = LIBRARY.iter().map(|e| format!("{}.txt", e.name)).collect();
    assert_eq!(files, wanted, "a file for each netlist, and none beside");
}
