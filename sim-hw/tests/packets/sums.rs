//! What is sent arrives, is lost or is under way; and the depths count alike.

use crate::roads;
use crate::support::{ALL_DEPTHS, Ground, settings, times};
use proptest::prelude::*;
use sim_core::random::Stream;
use sim_hw::machine::{Faults, Machine};
use sim_hw::packets::count::count;
use sim_hw::packets::router::RouterSettings;
use sim_hw::packets::steps::Depth;
use sim_hw::packets::{Arrival, Counters, Disturbance, Fabric, Observer, Sent, Traffic, Trouble};
use std::collections::{BTreeMap, BTreeSet};

fn ground(machine: Machine, fan: usize, seed: u64) -> Ground {
    let (mut ground, mut random) = (Ground::new(machine), Stream::new(seed, 0));
    let chips = ground.machine.chips().len() as u32;
    for from in 0..chips {
        let to: Vec<_> = (0..fan).map(|_| (random.below(chips), random.below(4))).collect();
        roads::plant(&mut ground.forest, &ground.machine, from, &to, &mut random);
    }
    ground
}

/// Who got which packet, and where packets were lost.
#[derive(Default)]
struct Fate {
    taken: BTreeSet<(u32, u32, u32)>,
    /// Packets of each core at each node in the order of arrival, with the times.
    order: BTreeMap<(u32, u32), Vec<(u64, u32)>>,
    twice: bool,
    lost: Vec<u32>,
}

impl Observer for Fate {
    fn arrived(&mut self, arrival: Arrival) {
        let Arrival { packet, node, core, at_ps } = arrival;
        self.order.entry((node, core)).or_default().push((at_ps, packet));
        self.twice |= !self.taken.insert((packet, node, core));
    }

    fn lost(&mut self, _packet: u32, node: u32) {
        self.lost.push(node);
    }
}

/// Where all arrives, links and routers count what sums over trees count.
fn same_uses(counters: &Counters, sums: &Counters) {
    assert_eq!((&counters.hops, &counters.deliveries), (&sums.hops, &sums.deliveries));
    assert_eq!((counters.routed, counters.sent, counters.due), (sums.routed, sums.sent, sums.due));
    assert_eq!(sums.routed, sums.sent + sums.all_hops(), "a router more than links");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_depths_count_the_same(
        side in 2_u32..7, other in 2_u32..7, mesh: bool, fan in 1_usize..12, packets in 0_usize..1500, gap in 1e3_f64..1e7, seed: u64,
    ) {
        let none = Faults::default();
        let machine = if mesh { Machine::mesh(side, other, 4, &none) } else { Machine::plain_torus(side, other, 4, &none) };
        let ground = ground(machine, fan, seed);
        let sent = roads::poisson(ground.forest.trees(), packets, gap, seed);
        let sums = count(&ground.traffic(&sent)).expect("conserved");
        for depth in ALL_DEPTHS {
            let mut fate = Fate::default();
            let counters = ground.run(&sent, &depth(), &mut fate);
            prop_assert!(!fate.twice);
            prop_assert_eq!(fate.taken.len() as u64, counters.delivered());
            if counters.lost == 0 && counters.in_flight == 0 {
                prop_assert_eq!(counters.delivered(), sums.due);
            }
            if counters.dropped == 0 {
                // The packets of a tree never overtake each other.
                prop_assert!(fate.order.values().all(|packets| packets.is_sorted_by(|a, b| a.0 <= b.0 && a.1 < b.1)));
                same_uses(&counters, &sums);
            }
        }
    }
}

/// Links that are down, slow or lossy: every run ends, and every delivery is accounted for.
#[test]
fn five_hundred_disturbed_machines_keep_their_accounts() {
    let wait = Some(2_000_000);
    let diverting = || Depth::Router(RouterSettings { emergency_wait_ps: wait, patience_ps: 300_000_000, ..settings() });
    let ageing =
        || Depth::Router(RouterSettings { phase_ps: Some(3_000_000), wait_ps: None, patience_ps: 300_000_000, ..settings() });
    let depths: [&dyn Fn() -> Depth; 3] = [&|| Depth::Links, &diverting, &ageing];
    let (mut lost, mut diverted, mut flying) = (0, 0, 0);
    for seed in 0..500 {
        let mut ground = ground(Machine::plain_torus(4, 4, 4, &Faults::default()), 4, seed);
        let how = Disturbance { seed, down: 0.05, slow: 0.1, slowdown: 5, lossy: 0.1, loss: 0.2 };
        ground.fabric.disturb(&how);
        let sent = roads::poisson(ground.forest.trees(), 300, 3e4, seed);
        for depth in depths {
            // `run` fails where the sums differ.
            let mut fate = Fate::default();
            let counters = ground.run(&sent, &depth(), &mut fate);
            assert_eq!(fate.taken.len() as u64, counters.delivered());
            assert!(!fate.twice && (counters.lost == 0) == fate.lost.is_empty());
            (lost, diverted, flying) = (lost + counters.lost, diverted + counters.diverted, flying + counters.in_flight);
        }
    }
    assert!(lost > 10_000 && diverted > 100 && flying > 0, "all of it happens: {lost}, {diverted}, {flying}");
}

/// A disturbance of one machine is always the same, and a link loses the share that it should.
#[test]
fn losses_have_their_share() {
    let mut ground = ground(Machine::mesh(2, 1, 4, &Faults::default()), 1, 1);
    ground.forest = Default::default();
    roads::plant(&mut ground.forest, &ground.machine, 0, &[(1, 0)], &mut Stream::new(1, 1));
    ground.fabric.lose(ground.fabric.link(0, 0), 0.25);
    let sent: Vec<Sent> = (0..100_000).map(|n| Sent { at_ps: n * 1_000_000, tree: 0 }).collect();
    let [links, router] = ALL_DEPTHS.map(|depth| ground.run(&sent, &depth(), &mut ()).lost);
    assert!((links as f64 / 100_000.0 - 0.25).abs() < 4.0 * (0.25_f64 * 0.75 / 1e5).sqrt(), "{links}");
    assert_eq!(links, router, "the same packets");
}

/// What cannot be emulated is refused with a sentence.
#[test]
fn traffic_that_does_not_fit_is_refused() {
    let ground = ground(Machine::plain_torus(4, 4, 4, &Faults::default()), 4, 1);
    let refused = |fabric: &Fabric, sent: &[Sent]| Traffic::new(fabric, &ground.forest, sent).map(|_| ()).expect_err("refused");
    let packets = [Sent { at_ps: 5, tree: 0 }, Sent { at_ps: 4, tree: 1 }];
    assert_eq!(refused(&ground.fabric, &packets), Trouble::NotInOrder { packet: 1 });
    assert_eq!(refused(&ground.fabric, &[Sent { at_ps: 0, tree: 16 }]), Trouble::NoTree { packet: 0 });
    let late = [Sent { at_ps: u64::MAX, tree: 0 }];
    assert_eq!(refused(&ground.fabric, &late), Trouble::TooLate { packet: 0 });
    let none = Faults::default();
    for other in [Machine::plain_torus(4, 3, 4, &none), Machine::mesh(4, 4, 4, &none), Machine::plain_torus(4, 4, 1, &none)] {
        let fabric = Fabric::new(&other, times());
        let trouble = refused(&fabric, &[]);
        assert!(matches!(trouble, Trouble::OtherMachine { .. }), "{trouble}");
    }
}
