//! A packet alone takes what its parts take.

use crate::roads;
use crate::support::{ALL_DEPTHS, Ground, times};
use sim_core::random::Stream;
use sim_hw::machine::{Faults, Machine};
use sim_hw::packets::{Arrival, Fabric, Packet, Sent, Times};
use sim_hw::topology::Topology;

/// Hops x (service + router) + router + receive, to the picosecond, for all pairs.
#[test]
fn a_packet_alone_takes_the_sum_of_its_parts() {
    let none = Faults::default();
    let machines = [Machine::plain_torus(8, 8, 1, &none), Machine::plain_torus(12, 12, 1, &none), Machine::mesh(8, 4, 1, &none)];
    let Times { link, router, receive, .. } = times();
    for machine in machines {
        let (mut ground, mut random) = (Ground::new(machine), Stream::new(1, 1));
        let chips = ground.machine.chips().len() as u32;
        // A millisecond apart, so that they do not meet.
        let sent: Vec<Sent> = (0..chips * chips).map(|n| Sent { at_ps: u64::from(n) * 1_000_000_000, tree: n }).collect();
        for from in 0..chips {
            for to in 0..chips {
                roads::plant(&mut ground.forest, &ground.machine, from, &[(to, 0)], &mut random);
            }
        }
        for depth in ALL_DEPTHS {
            let mut arrivals = 0;
            let counters = ground.run(&sent, &depth(), &mut |arrival: Arrival| {
                let packet = sent[arrival.packet as usize];
                let hops = ground.forest.tree(packet.tree).len() as u64 - 1;
                let takes = hops * u64::from(link + router) + u64::from(router + receive);
                assert_eq!(arrival.at_ps - packet.at_ps, takes, "{hops} hops");
                arrivals += 1;
            });
            assert_eq!((arrivals, counters.waited_ps), (u64::from(chips * chips), 0));
        }
    }
}

/// 40 bits at 250 Mbit/s, 5 cycles at 133.3 MHz, 100 cycles at 200 MHz; and a platform that has no such figures says so.
#[test]
fn times_are_those_of_the_platform() {
    assert_eq!(times(), Times { link: 160_000, board_link: 320_000, router: 37_500, receive: 500_000 });
    let Some(Ok(mut platform)) = sim_hw::platforms::find("spinnaker1") else { panic!("it is inside") };
    let longer = Times::of(&platform, Packet::WithPayload).expect("all is priced");
    assert_eq!(longer.link, 288_000, "72 bits");
    // A router without figures of its own: what a hop takes less the link.
    platform.timing.router_clock = None;
    assert_eq!(Times::of(&platform, Packet::Plain).map(|times| times.router), Ok(37_500));
    (platform.timing.hop, platform.limits.packet) = (None, None);
    let problems = Times::of(&platform, Packet::Plain).expect_err("no figures");
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("not priced: spinnaker1 has no figure for limits.packet"), "{problems:?}");
}

/// Links between boards are the slower ones: 48 of each board.
#[test]
fn links_between_boards_take_longer() {
    let Some(Ok(platform)) = sim_hw::platforms::find("spinnaker1") else { panic!("it is inside") };
    let Topology::HexagonalTorus { board, .. } = platform.topology else { panic!("a torus") };
    let fabric = Fabric::new(&Machine::torus(&board, 1, 1, 16, &Faults::default()), times());
    let with = |service: u32| (0..fabric.links()).filter(|&link| fabric.service_ps(link) == service).count();
    assert_eq!((with(320_000), with(160_000)), (3 * 48, 144 * 6 - 3 * 48));
}
