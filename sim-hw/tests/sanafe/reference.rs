//! The same energies, time and counts as SANA-FE, to 1e-9.

use crate::cases::{self, Case};
use sim_hw::sanafe::{Totals, twin};
use std::fs;

const REFERENCE: &str = include_str!("../data/sanafe/reference.csv");

fn run(case: &Case) -> Totals {
    twin(case.chip, &case.net, case.steps).unwrap_or_else(|problem| panic!("{}: {problem}\n{}", case.name, case.net))
}

/// The numbers of a line of the reference.
fn numbers(totals: &Totals) -> [f64; 10] {
    let Totals { steps, energy, time, synaptic_events, packets, neurons_updated, neurons_fired } = *totals;
    let counts = [synaptic_events, packets, neurons_updated, neurons_fired].map(|count| count as f64);
    let [events, packets, updated, fired] = counts;
    [steps as f64, energy.synapse, energy.dendrite, energy.soma, energy.network, time, events, packets, updated, fired]
}

#[track_caller]
fn near(value: f64, expected: f64, what: &str) {
    assert!((value - expected).abs() <= 1e-9 * expected.abs(), "{what}: {value:e} against {expected:e}");
}

/// Runs the cases and compares them line by line.
fn compare(cases: impl Iterator<Item = Case>, reference: &str) {
    let mut lines = reference.lines();
    for case in cases {
        let line = lines.next().unwrap_or_else(|| panic!("{}: no reference", case.name));
        let (name, expected) = line.split_once(',').expect("a name and numbers");
        assert_eq!(name, case.name, "the reference is in the order of the cases");
        for (at, (value, expected)) in numbers(&run(&case)).into_iter().zip(expected.split(',')).enumerate() {
            near(value, expected.parse().expect("a number"), &format!("{name}, number {at}"));
        }
    }
    assert_eq!(lines.next(), None, "every line was checked");
}

#[test]
fn everything_is_as_sanafe_reports_it() {
    compare(cases::all().into_iter(), REFERENCE);
}

/// More random cases than are kept, from a file of results that SANAFE_REFERENCE names: see the README of the data.
#[test]
fn more_random_cases_where_there_are_results() {
    let Ok(reference) = std::env::var("SANAFE_REFERENCE") else { return };
    let reference = fs::read_to_string(reference).expect("it can be read");
    let kept = cases::all().len();
    let more = (reference.lines().count().saturating_sub(kept)) as u32;
    compare(cases::all().into_iter().chain((60..60 + more).map(cases::random)), &reference);
}

/// Energies of runs of SANA-FE with its own description of Loihi, as recorded before this was written.
#[test]
fn pings_and_hot_spots_take_the_recorded_energy() {
    let recorded = [
        ("ping-0-0", 1.4164e-9),
        ("ping-1-0", 1.4332e-9),
        ("ping-4-0", 1.4284e-9),
        ("ping-31-0", 1.5508e-9),
        ("hot-spot-1", 3.735920e-8),
        ("hot-spot-16", 6.017240e-7),
        ("hot-spot-120", 4.661884e-6),
    ];
    let cases = cases::all();
    for (name, energy) in recorded {
        let case = cases.iter().find(|case| case.name == name).expect("it is a case");
        let total = run(case).energy.total();
        assert!((total / energy - 1.0).abs() < 1e-6, "{name}: {total:e} against {energy:e}");
    }
}

/// A hot spot's core gets its messages one after the other, 16 + 4.7 ns each; with one sender the sender is the slower.
#[test]
fn a_hot_spot_takes_the_time_of_its_slowest_core() {
    for case in cases::all().iter().filter(|case| case.name.starts_with("hot-spot")) {
        let cores: f64 = case.name["hot-spot-".len()..].parse().expect("a number of cores");
        let sync = match 1.0 + (cores / 4.0).ceil() {
            tiles if tiles < 4.0 => 1.0e-6,
            tiles if tiles < 29.0 => 1.4e-6,
            _ => 1.8e-6,
        };
        let (receive, send) = (cores * 64.0 * 20.7e-9, 64.0 * 44.8e-9);
        near(run(case).time, 2.0 * (sync + receive.max(send)), &case.name);
    }
}

/// Writes the cases to the folder that SANAFE_CASES names, for SANA-FE to run: see the README of the data.
#[test]
fn cases_are_written_where_asked() {
    let Ok(folder) = std::env::var("SANAFE_CASES") else { return };
    let more: u32 = std::env::var("SANAFE_RANDOM").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    fs::create_dir_all(&folder).expect("the folder can be made");
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/sanafe");
    let mut list = String::new();
    for case in cases::all().into_iter().chain((60..more).map(cases::random)) {
        fs::write(format!("{folder}/{}.yaml", case.name), &case.net).expect("the case can be written");
        let chip = if case.chip == cases::LOIHI { "loihi" } else { "odd" };
        list += &format!("{},{data}/{chip}.yaml,{}\n", case.name, case.steps);
    }
    fs::write(format!("{folder}/cases.csv"), list).expect("the list can be written");
}
