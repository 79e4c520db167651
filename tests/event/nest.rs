//! Against NEST's precise models, whose times are good to 1e-10 ms: see `data/precise/README.md`.

use super::circuit::{Cell, run, run_alone};
use super::references::{Network, Spike, cases};

/// 1e-9 ms.
const TOLERANCE_FS: f64 = 1000.0;

fn agree(name: &str, got: &[i64], want: &[Spike]) {
    for (number, (got, want)) in got.iter().zip(want).enumerate() {
        let off = want.distance(*got);
        assert!(off <= TOLERANCE_FS, "{name}: spike {number} is at {got} fs, NEST's at {} fs", want.time_fs());
    }
    assert_eq!(got.len(), want.len(), "{name}: number of spikes");
}

#[test]
fn single_neurons() {
    let cases = cases("nest/precise_single.json");
    let duration_ms = cases[0].duration_ms;
    assert!(cases.iter().all(|case| case.duration_ms == duration_ms && case.spikes.len() >= 100));
    let spikes = run_alone(cases.iter().map(|case| &case.cell), duration_ms);
    for (case, got) in cases.iter().zip(&spikes) {
        agree(&case.name, got, &case.spikes);
    }
}

/// Every spike of a network depends on those before: an error would grow from spike to spike.
#[test]
fn a_network_of_all_models() {
    let network = Network::read("nest/precise_network.json");
    assert!(network.spikes.iter().map(Vec::len).sum::<usize>() >= 500);
    let cells: Vec<&Cell> = network.cells.iter().collect();
    let spikes = run(&cells, &network.synapses, network.duration_ms);
    for (place, (got, want)) in spikes.iter().zip(&network.spikes).enumerate() {
        agree(&format!("neuron {place}, {}", cells[place].model), got, want);
    }
}
