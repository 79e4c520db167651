//! A million neurons on the largest machine.

use crate::networks::{bernoulli, connect, empty, mapped, ms, neurons};
use sim_core::random::Stream;
use sim_hw::mapping::{Extent, Options, Placement};

/// 1000 populations of 1000 neurons, each onto ten, on 57 600 chips: as patches, and a slice a chip.
#[test]
fn a_million_neurons_on_a_million_cores() {
    let mut network = empty(1000);
    let mut draw = Stream::new(1, 1);
    let cells: Vec<usize> = (0..1000).map(|n| neurons(&mut network, &format!("n{n}"), 1000)).collect();
    for &source in &cells {
        (0..10).for_each(|_| connect(&mut network, source, draw.below(1000) as usize, bernoulli(0.1), ms(1.0)));
    }
    for placement in [Placement::Patch, Placement::Spread] {
        let extent = Extent::Torus { across: 20, up: 20 };
        let mapping = mapped(&network, &Options { extent, placement, neurons_per_core: Some(64), ..Options::default() });
        let summary = mapping.summary();
        assert_eq!((summary.chips, summary.cores), (57_600, 16_000));
        println!(
            "{placement:?}: {} chips, entries {:?}, links {}",
            summary.chips_with_slices, summary.entries_loaded, summary.mean_links
        );
    }
}
