//! Emergency routes, waits, drops and what they do to a network that is nearly full.

use crate::roads;
use crate::support::{Ground, settings, times};
use sim_core::random::Stream;
use sim_hw::machine::{Faults, Machine, Place};
use sim_hw::packets::router::{Reinjection, RouterSettings, wait_cycles};
use sim_hw::packets::steps::Depth;
use sim_hw::packets::{Arrival, Fabric, Sent};

/// The data sheet's encoding: the settings that software is known to use, and the ends of the scale.
#[test]
fn waits_are_encoded_as_the_data_sheet_says() {
    let known = [
        (0x00, Some(0)),
        (0x10, Some(16)),
        (0x11, Some(18)),
        (0x40, Some(240)),
        (0x4f, Some(480)),
        (0x80, Some(4096)),
        (0xee, Some(491_520)),
        (0xfe, Some(983_040)),
        (0xff, None),
    ];
    for (code, cycles) in known {
        assert_eq!(wait_cycles(code), cycles, "{code:#x}");
    }
    let all: Vec<u64> = (0..=0xfe).filter_map(wait_cycles).collect();
    assert!(all.is_sorted_by(|a, b| a < b), "each code waits longer than the one before");
    assert_eq!(settings().wait_ps, Some(480 * 7500), "what the platform sets: 3.6 us");
    assert_eq!((settings().emergency_wait_ps, settings().stages), (Some(0), 5));
}

/// A torus of 8 x 8, a link of chip (3, 3) that carries nothing, and trees that want to pass it.
fn broken(link: usize) -> Ground {
    let mut ground = Ground::new(Machine::plain_torus(8, 8, 2, &Faults::default()));
    let at = |x, y| ground.machine.chip_at(Place { x, y }).expect("there");
    let chip = at(3, 3);
    let (dx, dy) = sim_hw::topology::HEXAGONAL_STEPS[link];
    let along = |n: i64| at((3 + n * dx).rem_euclid(8) as u32, (3 + n * dy).rem_euclid(8) as u32);
    let (before, next, after) = (along(-1), along(1), along(2));
    let (mut forest, mut random) = (Default::default(), Stream::new(1, 1));
    roads::plant(&mut forest, &ground.machine, before, &[(after, 0), (next, 1), (chip, 1)], &mut random);
    roads::plant(&mut forest, &ground.machine, chip, &[(next, 0)], &mut random);
    ground.forest = forest;
    ground.fabric.take_down(ground.fabric.link(chip, link));
    ground
}

fn diverting() -> RouterSettings {
    RouterSettings { emergency_wait_ps: Some(1_000_000), ..settings() }
}

/// One hop more for each packet that goes round, whichever link it is, and all arrive.
#[test]
fn a_dead_link_is_gone_round_with_one_hop_more() {
    for link in 0..6 {
        let ground = broken(link);
        // Slow enough for the wait of each packet.
        let sent: Vec<Sent> = (0..2000).map(|n| Sent { at_ps: n * 6_000_000, tree: (n % 2) as u32 }).collect();
        let mut slowest = 0;
        let counters = ground.run(&sent, &Depth::Router(diverting()), &mut |arrival: Arrival| {
            let late = arrival.at_ps - sent[arrival.packet as usize].at_ps;
            slowest = slowest.max(late);
        });
        let direct: u64 = sent.iter().map(|packet| ground.forest.tree(packet.tree).len() as u64 - 1).sum();
        // The first packet of each tree stays in the dead link's buffer, before its last two hops and its last one.
        assert_eq!((counters.dropped, counters.lost, counters.in_flight), (0, 0, 2 + 1), "link {link}");
        assert_eq!((counters.diverted, counters.all_hops()), (1998, direct - (2 + 1) + 1998), "link {link}: one more each");
        assert!(slowest < 6_000_000, "{slowest}");
    }
}

/// A packet for two neighbours of which one lies behind a dead link goes to both as one packet, if the way round is by the other.
#[test]
fn a_packet_goes_straight_and_round_as_one() {
    for link in 0..6 {
        let mut ground = broken(link);
        let from = ground.machine.chip_at(Place { x: 3, y: 3 }).expect("there");
        let end = |link: usize| ground.machine.neighbour(from, link).expect("a torus");
        let to = [(end(link), 0), (end((link + 5) % 6), 1)];
        let tree = roads::plant(&mut ground.forest, &ground.machine, from, &to, &mut Stream::new(1, 1));
        // Two packets to fill the buffer of the dead link.
        let sent = [1, 1, tree].map(|tree| Sent { at_ps: 0, tree });
        let mut arrivals = Vec::new();
        let counters = ground.run(&sent, &Depth::Router(diverting()), &mut |arrival: Arrival| arrivals.push(arrival));
        let (first, hop) = (3_600_000 + 2 * 7500 + u64::from(times().router), u64::from(times().link + times().router));
        let mut at: Vec<_> = arrivals.iter().map(|arrival| (arrival.packet, arrival.at_ps)).collect();
        at.sort_unstable();
        let takes = |hops: u64| first + hops * hop + u64::from(times().receive);
        assert_eq!(at, [(2, takes(1)), (2, takes(2))], "by one side, and by two sides of the triangle");
        assert_eq!((counters.diverted, counters.all_hops(), counters.in_flight), (1, 2, 2));
    }
}

/// Four times what a link carries, in bursts: what is dropped comes again later, and is lost only where the register is still full.
#[test]
fn dropped_packets_are_sent_again() {
    let mut ground = Ground::new(Machine::mesh(2, 1, 1, &Faults::default()));
    roads::plant(&mut ground.forest, &ground.machine, 0, &[(1, 0)], &mut Stream::new(1, 1));
    let sent: Vec<Sent> = (0..1000).map(|n| Sent { at_ps: n / 10 * 20_000_000, tree: 0 }).collect();
    let run = |reinjection| {
        let settings = RouterSettings { wait_ps: Some(0), reinjection, core_buffer: 8, ..settings() };
        ground.run(&sent, &Depth::Router(settings), &mut ())
    };
    // Of ten at a time two fit the buffer and one is on its way.
    let without = run(None);
    assert_eq!((without.dropped, without.lost, without.delivered()), (700, 700, 300));
    let slow = Reinjection { collect_ps: 1_000_000, queue: 4096, interval_ps: 10_000_000 };
    let one_each = run(Some(slow));
    assert_eq!((one_each.dropped, one_each.reinjected, one_each.delivered()), (700, 100, 400), "the register holds one");
    let quick = run(Some(Reinjection { collect_ps: 1, ..slow }));
    assert_eq!((quick.lost, quick.delivered()), (0, 1000), "it is empty a cycle later");
    assert_eq!(quick.dropped, quick.reinjected);
    let short = run(Some(Reinjection { collect_ps: 1, queue: 3, ..slow }));
    assert!(short.lost > 0 && short.delivered() < 1000, "a queue of three runs over");
}

/// A packet that is two phases old is lost; one phase is young enough.
#[test]
fn old_packets_are_lost() {
    let mut ground = Ground::new(Machine::mesh(8, 1, 1, &Faults::default()));
    roads::plant(&mut ground.forest, &ground.machine, 0, &[(7, 0)], &mut Stream::new(1, 1));
    // It leaves the last router after 7 hops and a router.
    let last = 7 * u64::from(times().link + times().router) + u64::from(times().router);
    let sent = [Sent { at_ps: 0, tree: 0 }];
    for (phase_ps, lost) in [(last, 0), (last / 2 + 1, 0), (last / 2, 1), (last / 3 + 1, 1)] {
        let settings = RouterSettings { phase_ps: Some(phase_ps), ..settings() };
        assert_eq!(ground.run(&sent, &Depth::Router(settings), &mut ()).lost, lost, "phases of {phase_ps} ps");
    }
}

/// 12 x 12 chips, 8 targets nearby, links loaded to 0.3, no reinjection. With long waits blocked packets come to block each other in
/// circles, and most are dropped; with short ones the network stays alive; with very short ones packets are dropped that had only to
/// wait for a core. No sum over trees shows that.
#[test]
fn a_network_collapses_when_routers_wait_too_long() {
    let machine = Machine::plain_torus(12, 12, 16, &Faults::default());
    let forest = roads::local_trees(&machine, 16, 8, 2, 1);
    let ground = Ground { fabric: Fabric::new(&machine, times()), machine, forest };
    let spacing = roads::mean_hops(&ground.forest) * f64::from(times().link) / (0.3 * 864.0);
    let sent = roads::poisson(ground.forest.trees(), 100_000, spacing, 3);
    let delivered = |wait_ns: u64| {
        let settings = RouterSettings { wait_ps: Some(wait_ns * 1000), reinjection: None, ..settings() };
        let counters = ground.run(&sent, &Depth::Router(settings), &mut ());
        counters.delivered() as f64 / counters.due as f64
    };
    let shares = [60, 250, 1000, 4000].map(delivered);
    assert!(shares[0] < shares[1], "very short waits lose more than short ones: {shares:?}");
    assert!(shares[1] > 0.95 && shares[2] < 0.6 && shares[3] < 0.6, "long ones lose most: {shares:?}");
}
