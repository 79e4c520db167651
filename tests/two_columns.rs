//! Two microcircuits in one network: what of each is as it is alone, and what is between them.

use crate::differential::Keep;
use crate::netlist;
use sim_core::elaborate::estimate;

#[test]
fn two_columns_have_the_synapses_of_two_and_those_between_them() {
    let two = netlist::shipped("two-columns", &[]);
    let one = netlist::shipped("potjans-diesmann", &[]);
    let size = |name: &str| u64::from(two.population(name).expect("a population").size);
    let feedforward = 50 * (size("v2.l4e") + size("v2.l4i"));
    let feedback = 2 * 20 * (size("v1.l23e") + size("v1.l5e"));
    assert_eq!(estimate(&two).neurons, 2 * estimate(&one).neurons, "neurons");
    assert_eq!(estimate(&two).synapses, 2 * estimate(&one).synapses + feedforward + feedback, "synapses");
    assert_eq!(two.records.len(), 16, "both columns are recorded, their stimuli are not");
}

/// The projections between the columns are few: each column fires as it does alone, in NEST 3.10 (see potjans-diesmann.toml).
#[test]
fn each_column_fires_as_it_does_alone() {
    const ALONE: [f64; 8] = [0.76, 3.2, 4.4, 7.0, 7.4, 7.8, 1.2, 8.2];
    let changes = ["network.warmup=300 ms", "network.duration=600 ms"].map(String::from);
    let network = netlist::shipped("two-columns", &changes);
    let mut keep = Keep::default();
    netlist::run(&network, 1, &mut keep);
    let neurons: Vec<_> = network.populations.iter().filter(|p| p.card().is_some()).collect();
    assert_eq!(neurons.len(), 16, "two columns of eight");
    for (population, alone) in neurons.iter().zip(ALONE.iter().chain(&ALONE)) {
        let spikes = keep.spikes.iter().filter(|s| s.tick > 3000 && population.range().contains(&s.neuron)).count();
        let rate = spikes as f64 / (f64::from(population.size) * 0.6);
        // Feedback adds two synapses for every five that l5e has from its own kind.
        let most = if population.name == "v1.l5e" { 2.5 } else { 0.3 + 0.12 * alone };
        assert!((rate - alone).abs() < most, "{}: {rate:.2} Hz, alone {alone} Hz", population.name);
    }
}
