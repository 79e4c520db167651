//! Against NEST's precise models, whose times are good to 1e-10 ms: see `data/precise/README.md`.

use super::circuit::{run, run_alone};
use super::references::{Spike, cases, network};

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
    let (cells, synapses, duration_ms) = network();
    assert!(cells.iter().map(|(_, spikes)| spikes.len()).sum::<usize>() >= 500);
    let neurons: Vec<_> = cells.iter().map(|(cell, _)| cell).collect();
    let spikes = run(&neurons, &synapses, duration_ms);
    for (place, ((cell, want), got)) in cells.iter().zip(&spikes).enumerate() {
        agree(&format!("neuron {place}, {}", cell.model), got, want);
    }
}
