//! Every shipped netlist on SpiNNaker boards: it is mapped, every key of the mapping is followed to its end, and the lower bound holds.

use crate::netlist;
use netlists::library::LIBRARY;
use sim_core::network::Network;
use sim_hw::limits::fit;
use sim_hw::mapping::{Kind, Mapping, Options, map};
use sim_hw::platform::Platform;
use sim_hw::platforms;

fn spinnaker1() -> Platform {
    platforms::find("spinnaker1").expect("it is shipped").expect("it is valid")
}

fn proved(network: &Network, options: &Options) -> Mapping {
    let mapping = map(network, &spinnaker1(), options).unwrap_or_else(|misfits| panic!("{}: {misfits:?}", network.name));
    let flaws = mapping.check(network);
    assert!(flaws.is_empty(), "{}: {} flaws, first {:?}", network.name, flaws.len(), flaws[0]);
    mapping
}

#[test]
fn every_shipped_netlist_is_mapped() {
    for entry in LIBRARY {
        let network = netlist::shipped(entry.name, &[]);
        let options = Options::of(&network).unwrap_or_else(|problems| panic!("{}: {problems:?}", entry.name));
        let summary = proved(&network, &options).summary();
        println!("{}: {} cores, {} boards, entries {:?}", entry.name, summary.cores, summary.boards, summary.entries_loaded);
        let bound = fit(&network, &spinnaker1()).expect("[hardware] is right").to_hold.expect("limits are known");
        let neurons = summary.applications.iter().filter(|a| a.kind == Kind::Neurons);
        let cores: u64 = neurons.map(|a| a.slices.len() as u64).sum();
        assert!(cores >= bound.cores && summary.chips_with_slices >= bound.chips.unwrap_or(0), "{}: {bound:?}", entry.name);
    }
}

/// The full microcircuit with steps of 0.1 ms and private Poisson input: 1210 cores of 64 neurons, as many as its makers' software
/// takes for neurons, and 157 of 500 sources.
#[test]
fn the_full_microcircuit_is_mapped() {
    let network = netlist::shipped("potjans-diesmann", &["scale=1".to_string()]);
    let options = Options { neurons_per_core: Some(64), ..Options::default() };
    let mapping = proved(&network, &options);
    assert_eq!(mapping.slices.len(), 1210 + 157);
}
