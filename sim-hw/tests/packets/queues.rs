//! Waiting times against queueing theory.

use crate::roads;
use crate::support::{Ground, settings, times};
use sim_core::random::Stream;
use sim_hw::machine::{Faults, Machine};
use sim_hw::packets::router::RouterSettings;
use sim_hw::packets::steps::Depth;
use sim_hw::packets::{Arrival, Sent, Times};

/// Chips in a row, cores that take packets in no time, and a tree from the first chip to the last.
fn row(chips: u32, times: Times) -> Ground {
    let mut ground = Ground::with(Machine::mesh(chips, 1, 1, &Faults::default()), times);
    roads::plant(&mut ground.forest, &ground.machine, 0, &[(chips - 1, 0)], &mut Stream::new(1, 1));
    ground
}

fn at_once() -> Times {
    Times { receive: 0, ..times() }
}

/// One link, Poisson arrivals, fixed service: mean wait rho s / (2 (1 - rho)), and 1 - rho of the packets do not wait.
#[test]
fn a_link_with_random_traffic_is_an_m_d_1_queue() {
    let ground = row(2, at_once());
    let service = f64::from(times().link);
    for (rho, tolerance) in [(0.3, 0.01), (0.5, 0.01), (0.8, 0.01), (0.9, 0.03), (0.95, 0.06)] {
        let sent = roads::poisson(1, 1_000_000, service / rho, 7);
        let mut at_once = 0;
        let alone = u64::from(times().link + 2 * times().router);
        let counters = ground.run(&sent, &Depth::Links, &mut |arrival: Arrival| {
            at_once += u64::from(arrival.at_ps - sent[arrival.packet as usize].at_ps == alone);
        });
        let (wait, theory) = (counters.waited_ps as f64 / 1e6, rho * service / (2.0 * (1.0 - rho)));
        assert!((wait / theory - 1.0).abs() < tolerance, "rho {rho}: {wait} instead of {theory}");
        let idle = at_once as f64 / 1e6;
        assert!((idle - (1.0 - rho)).abs() < 0.01 * (1.0 - rho).max(0.1), "rho {rho}: {idle} do not wait");
    }
}

/// A second link of the same speed never makes a packet wait: its arrivals are a service apart already.
#[test]
fn the_second_of_two_equal_links_has_no_queue() {
    let sent = roads::poisson(1, 100_000, f64::from(times().link) / 0.8, 3);
    let arrivals = |chips: u32| {
        let mut arrivals = Vec::new();
        row(chips, at_once()).run(&sent, &Depth::Links, &mut |arrival: Arrival| arrivals.push(arrival.at_ps));
        arrivals
    };
    let hop = u64::from(times().link + times().router);
    let after_one: Vec<u64> = arrivals(2).into_iter().map(|at| at + hop).collect();
    assert_eq!(arrivals(3), after_one);
}

/// Bursts of n at a time wait s (n - 1) / 2 on average, and packets a service apart do not wait.
#[test]
fn bursts_wait_for_each_other_exactly() {
    let (ground, service) = (row(2, at_once()), u64::from(times().link));
    for n in [1, 2, 7, 64] {
        let burst = |period: u64| (0..n).map(move |_| Sent { at_ps: period * n * service, tree: 0 });
        let sent: Vec<Sent> = (0..100).flat_map(burst).collect();
        let counters = ground.run(&sent, &Depth::Links, &mut ());
        assert_eq!(counters.waited_ps, 100 * service * n * (n - 1) / 2, "{n}");
        assert_eq!(counters.longest_wait_ps, service * (n - 1), "{n}");
    }
}

/// N packets for one core: it is busy from the first arrival on.
#[test]
fn a_hot_spot_takes_n_times_the_receiving_time() {
    for n in 1..=120 {
        let mut ground = Ground::new(Machine::plain_torus(12, 12, 1, &Faults::default()));
        for from in 1..=n {
            roads::plant(&mut ground.forest, &ground.machine, from, &[(0, 0)], &mut Stream::new(2, 2));
        }
        let sent: Vec<Sent> = (0..n).map(|tree| Sent { at_ps: 0, tree }).collect();
        let nearest = (0..n).map(|tree| ground.forest.tree(tree).len() as u64 - 1).min().expect("one");
        let Times { link, router, receive, .. } = times();
        let first = nearest * u64::from(link + router) + u64::from(router);
        let counters = ground.run(&sent, &Depth::Links, &mut ());
        assert_eq!(counters.last_ps, first + u64::from(n) * u64::from(receive), "{n} packets");
    }
}

/// A link that is offered `a` packets in its service time carries one, and the router drops the others: a share of 1 - 1/a, as long as
/// its waits leave it time to look at them all.
#[test]
fn an_overloaded_link_drops_what_it_cannot_carry() {
    let (ground, service) = (row(2, at_once()), f64::from(times().link));
    for (offered, wait_cycles) in [(1.25, 0), (2.0, 0), (4.0, 0), (1.25, 8), (2.0, 8)] {
        let wait_ps = Some(wait_cycles * settings().cycle_ps);
        let router = RouterSettings { wait_ps, reinjection: None, ..settings() };
        let sent: Vec<Sent> = (0..200_000).map(|n| Sent { at_ps: (f64::from(n) * service / offered) as u64, tree: 0 }).collect();
        let counters = ground.run(&sent, &Depth::Router(router), &mut ());
        let (share, theory) = (counters.dropped as f64 / 200_000.0, 1.0 - 1.0 / offered);
        assert!((share - theory).abs() < 0.01 * theory, "{offered} after {wait_cycles} cycles: {share} instead of {theory}");
        assert_eq!((counters.lost, counters.in_flight), (counters.dropped, 0));
    }
}
