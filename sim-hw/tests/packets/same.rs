//! The same traffic gives the same bits: with any number of threads, in parts or as a whole, and with a plain heap as the queue.

use crate::roads;
use crate::support::{ALL_DEPTHS, Ground, go, settings, times};
use sim_hw::machine::{Faults, Machine};
use sim_hw::packets::links::Links;
use sim_hw::packets::router::{Router, RouterSettings};
use sim_hw::packets::steps::{Depth, emulate};
use sim_hw::packets::wheel::Calendar;
use sim_hw::packets::{Arrival, Counters, Fabric, Observer, Sent};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The standard library's heap: an item at a time, in order.
#[derive(Default)]
struct Heap<T>(BinaryHeap<Reverse<(u64, T)>>);

impl<T: Ord> Calendar<T> for Heap<T> {
    fn push(&mut self, at: u64, item: T) {
        self.0.push(Reverse((at, item)));
    }

    fn first(&self) -> Option<u64> {
        self.0.peek().map(|Reverse((at, _))| *at)
    }

    fn take(&mut self, _within: u64, until: u64, due: &mut Vec<(u64, T)>) {
        due.clear();
        if self.first().is_some_and(|first| first < until) {
            due.extend(self.0.pop().map(|Reverse(item)| item));
        }
    }
}

fn ground() -> Ground {
    let machine = Machine::plain_torus(6, 6, 8, &Faults::default());
    let forest = roads::local_trees(&machine, 8, 6, 2, 1);
    Ground { fabric: Fabric::new(&machine, times()), machine, forest }
}

/// Traffic in steps of 100 us: bursts that have passed before the next step, and every tenth one that has not.
fn bursts(trees: u32, packets: usize) -> Vec<Sent> {
    let (step, size) = (100_000_000, 400);
    let all = roads::poisson(trees, packets, 1.5e5, 6);
    let mut sent: Vec<Sent> = all
        .chunks(size)
        .zip(0_u64..)
        .flat_map(|(burst, number)| {
            let first = burst[0].at_ps;
            let late = if number % 10 == 9 { 80_000_000 } else { 0 };
            burst.iter().map(move |packet| Sent { at_ps: packet.at_ps - first + number * step + late, ..*packet })
        })
        .collect();
    sent.sort_unstable();
    sent
}

type Log = Vec<Arrival>;

fn whole(ground: &Ground, sent: &[Sent], depth: &Depth) -> (Counters, Log) {
    let mut log = Log::new();
    let counters = ground.run(sent, depth, &mut |arrival| log.push(arrival));
    (counters, log)
}

/// An observer that is handed on.
struct Logging(Log);

impl Observer for Logging {
    fn arrived(&mut self, arrival: Arrival) {
        self.0.push(arrival);
    }
}

fn in_parts(ground: &Ground, sent: &[Sent], depth: &Depth, threads: usize) -> (Counters, Log) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let emulated = pool.install(|| emulate(&ground.traffic(sent), depth, 100_000_000, || Logging(Log::new())));
    let (counters, logs) = emulated.expect("conserved");
    (counters, logs.into_iter().flat_map(|log| log.0).collect())
}

#[test]
fn threads_change_nothing() {
    let ground = ground();
    let sent = bursts(ground.forest.trees(), 200_000);
    for depth in ALL_DEPTHS {
        let alone = whole(&ground, &sent, &depth());
        assert_eq!((alone.0.lost, alone.0.in_flight), (0, 0));
        for threads in [1, 2, 4] {
            assert!(in_parts(&ground, &sent, &depth(), threads) == alone, "{threads} threads");
        }
    }
}

/// Steps that never drain are a chain from beginning to end, and still give what one run gives.
#[test]
fn an_overloaded_machine_is_a_chain() {
    let ground = ground();
    let sent = roads::poisson(ground.forest.trees(), 120_000, 4e3, 8);
    let settings = RouterSettings { wait_ps: Some(200_000), ..settings() };
    for depth in [Depth::Links, Depth::Router(settings)] {
        let alone = whole(&ground, &sent, &depth);
        assert!(in_parts(&ground, &sent, &depth, 3) == alone, "{depth:?}");
    }
}

#[test]
fn a_heap_gives_what_the_wheel_gives() {
    let ground = ground();
    for (spacing, wait_ns) in [(2.5e4, 3600), (1e4, 300), (4e3, 100), (1e9, 3600)] {
        let sent = roads::poisson(ground.forest.trees(), 8_000, spacing, 8);
        let traffic = ground.traffic(&sent);
        let settings = RouterSettings { wait_ps: Some(wait_ns * 1000), emergency_wait_ps: Some(50_000), ..settings() };
        let (mut by_heap, mut by_wheel) = (Log::new(), Log::new());
        let links = Links::with_queue(traffic, Heap::default());
        let a = go(links, &traffic, 10_000_000_000, &mut |arrival: Arrival| by_heap.push(arrival));
        let b = go(Links::new(traffic), &traffic, 10_000_000_000, &mut |arrival: Arrival| by_wheel.push(arrival));
        assert!(a == b && by_heap == by_wheel, "links at {spacing}");
        let router = Router::with_queue(traffic, settings.clone(), Heap::default());
        let a = go(router, &traffic, 10_000_000_000, &mut |arrival: Arrival| by_heap.push(arrival));
        let b = go(Router::new(traffic, settings), &traffic, 10_000_000_000, &mut |arrival: Arrival| by_wheel.push(arrival));
        assert!(a == b && by_heap == by_wheel, "routers at {spacing}");
    }
}
