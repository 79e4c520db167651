//! A million neurons on the largest machine.

use crate::networks::{bernoulli, connect, empty, mapped, ms, neurons, spinnaker1};
use sim_core::network::Network;
use sim_core::random::Stream;
use sim_hw::mapping::{Extent, Options, Placement, map};
use std::time::Instant;

/// So many populations of so many neurons, each onto so many drawn ones.
fn graph(populations: u32, size: u32, onto: u32) -> Network {
    let mut network = empty(1000);
    let mut draw = Stream::new(1, 1);
    let cells: Vec<usize> = (0..populations).map(|n| neurons(&mut network, &format!("n{n}"), size)).collect();
    for &source in &cells {
        (0..onto).for_each(|_| connect(&mut network, source, draw.below(populations) as usize, bernoulli(0.1), ms(1.0)));
    }
    network
}

/// 57 600 chips.
const LARGEST: Extent = Extent::Torus { across: 20, up: 20 };

/// 1000 populations of 1000 neurons, each onto ten: as patches, and a slice a chip.
#[test]
fn a_million_neurons_on_the_largest_machine() {
    let network = graph(1000, 1000, 10);
    for placement in [Placement::Patch, Placement::Spread] {
        let mapping = mapped(&network, &Options { extent: LARGEST, placement, neurons_per_core: Some(64), ..Options::default() });
        let summary = mapping.summary();
        assert_eq!((summary.chips, summary.cores), (57_600, 16_000));
        println!(
            "{placement:?}: {} chips, entries {:?}, links {}",
            summary.chips_with_slices, summary.entries_loaded, summary.mean_links
        );
    }
}

/// Nearly all of its cores, 55 million neurons: takes a minute, most of it the checker's, and is made only where `WHOLE_MACHINE` is set.
#[test]
fn the_whole_machine() {
    if std::env::var_os("WHOLE_MACHINE").is_none() {
        return;
    }
    let options = Options { extent: LARGEST, neurons_per_core: Some(64), ..Options::default() };
    let network = graph(14_000, 4000, 4);
    let start = Instant::now();
    let mapping = map(&network, &spinnaker1(), &options).expect("it fits");
    let seconds = start.elapsed().as_secs_f64();
    let summary = mapping.summary();
    assert_eq!(summary.cores, 14_000 * 63);
    println!("{} cores in {seconds:.1} s, entries {:?}, links {}", summary.cores, summary.entries_loaded, summary.mean_links);
    assert_eq!(mapping.check(&network), []);
}
