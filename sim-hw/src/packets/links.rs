//! Packets on links that send one after another. Every copy of a packet is an event: it leaves a router and asks for links.
//!
//! A link is the time at which it is free again; so is a core. Copies ask in the order of time, those of the same time in the order
//! of their trees; so each link serves first come, first served, and a queue never has to be written down.

use super::desks::{Delivery, Desks};
use super::steps::Emulation;
use super::wheel::{Calendar, Wheel};
use super::{Counters, Observer, Traffic, Trouble};
use crate::forest::Node;
use crate::machine::LINKS;
use std::ops::Range;

/// A copy of a packet that has passed the router of a node: the node and the packet.
pub type Leaving = (u32, u32);

/// A link.
#[derive(Clone, Copy, Debug)]
struct Lane {
    free_ps: u64,
    /// A packet passes a link once, and packets are numbered in 32 bits: this is enough.
    hops: u32,
    service_ps: u32,
}

/// Links with packets on them.
#[derive(Clone, Debug)]
pub struct Links<'a, Q = Wheel<Leaving>> {
    traffic: Traffic<'a>,
    queue: Q,
    lanes: Vec<Lane>,
    desks: Desks<'a>,
    /// Copies under way.
    open: u64,
    /// When the last copy that was lost had left its link.
    lost_ps: u64,
    due_of_trees: Vec<u32>,
    counters: Counters,
    leaving: Vec<(u64, Leaving)>,
    nodes: Vec<Node>,
}

impl<'a> Links<'a> {
    /// Idle links.
    pub fn new(traffic: Traffic<'a>) -> Self {
        let hop_ps = look_ahead_ps(&traffic);
        let wheel = Wheel::new(spacing_ps(&traffic), hop_ps, hop_ps);
        Self::with_queue(traffic, wheel)
    }
}

/// No copy comes to another router sooner.
fn look_ahead_ps(traffic: &Traffic<'_>) -> u64 {
    u64::from(traffic.fabric.shortest_service_ps()) + u64::from(traffic.fabric.times().router)
}

/// Mean time between copies: for the width of the wheel's slots, on which no result depends.
pub(super) fn spacing_ps(traffic: &Traffic<'_>) -> u64 {
    let (Some(first), Some(last)) = (traffic.sent.first(), traffic.sent.last()) else { return 1 };
    let size = |tree: u32| traffic.forest.tree(tree).len() as u64;
    let some = traffic.sent.len().div_ceil(1024);
    let copies: u64 = traffic.sent.iter().step_by(some).map(|packet| size(packet.tree)).sum();
    (last.at_ps - first.at_ps) / (copies * some as u64).max(1)
}

impl<'a, Q: Calendar<Leaving>> Links<'a, Q> {
    /// Idle links with another calendar; the result is the same.
    pub fn with_queue(traffic: Traffic<'a>, queue: Q) -> Self {
        let lane = |link| Lane { free_ps: 0, hops: 0, service_ps: traffic.fabric.service_ps(link) };
        Self {
            queue,
            lanes: (0..traffic.fabric.links()).map(lane).collect(),
            desks: Desks::new(traffic.fabric),
            open: 0,
            lost_ps: 0,
            due_of_trees: traffic.deliveries_of_trees(),
            counters: Counters::default(),
            leaving: Vec::new(),
            nodes: Vec::new(),
            traffic,
        }
    }

    fn send(&mut self, packet: usize) {
        let Traffic { fabric, forest, sent } = self.traffic;
        let Some(&super::Sent { at_ps, tree }) = sent.get(packet) else { return };
        self.counters.sent += 1;
        self.counters.due += u64::from(self.due_of_trees[tree as usize]);
        self.open += 1;
        self.queue.push(at_ps + u64::from(fabric.times().router), (forest.root(tree), packet as u32));
    }

    /// Copies that leave routers, in order. All their nodes are looked up first: the memory then works on many at a time.
    fn leave<O: Observer, const LOSSY: bool>(&mut self, observer: &mut O) {
        let leaving = std::mem::take(&mut self.leaving);
        let nodes = self.traffic.forest.nodes();
        self.nodes.clear();
        self.nodes.extend(leaving.iter().map(|&(_, (node, _))| nodes[node as usize]));
        self.counters.routed += leaving.len() as u64;
        for (index, &(at, (number, packet))) in leaving.iter().enumerate() {
            let node = self.nodes[index];
            self.transmit::<O, LOSSY>(at, node, packet, observer);
            let delivery = Delivery { at_ps: at, packet, node: number, chip: node.chip, cores: node.cores };
            self.desks.take(delivery, observer);
        }
        self.leaving = leaving;
    }

    #[inline]
    fn transmit<O: Observer, const LOSSY: bool>(&mut self, at: u64, node: Node, packet: u32, observer: &mut O) {
        let router = u64::from(self.traffic.fabric.times().router);
        let (first_link, mut child, mut links) = (node.chip as usize * LINKS, node.first, node.links);
        self.open = self.open + u64::from(links.count_ones()) - 1;
        while links != 0 {
            let link = first_link + links.trailing_zeros() as usize;
            let lane = &mut self.lanes[link];
            let start = lane.free_ps.max(at);
            lane.free_ps = start + u64::from(lane.service_ps);
            lane.hops += 1;
            let free = lane.free_ps;
            self.counters.waited_ps += start - at;
            self.counters.longest_wait_ps = self.counters.longest_wait_ps.max(start - at);
            if LOSSY && self.traffic.fabric.loses(link, packet) {
                self.lost_ps = self.lost_ps.max(free);
                self.lose(child, packet, observer);
            } else {
                self.queue.push(free + router, (child, packet));
            }
            child += 1;
            links &= links - 1;
        }
    }

    fn lose<O: Observer>(&mut self, node: u32, packet: u32, observer: &mut O) {
        self.open -= 1;
        self.counters.lost += self.traffic.deliveries_behind(node);
        observer.lost(packet, node);
    }
}

impl<Q: Calendar<Leaving> + Send> Emulation for Links<'_, Q> {
    fn advance<O: Observer>(&mut self, packets: Range<usize>, until_ps: u64, observer: &mut O) {
        let (look_ahead, router) = (look_ahead_ps(&self.traffic), u64::from(self.traffic.fabric.times().router));
        let leaves = |traffic: &Traffic<'_>, packet: usize| traffic.sent[packet].at_ps + router;
        let mut next = packets.start;
        loop {
            let source = (next < packets.end).then(|| leaves(&self.traffic, next));
            let Some(first) = self.queue.first().into_iter().chain(source).min().filter(|&first| first < until_ps) else { break };
            while next < packets.end && leaves(&self.traffic, next) < first + look_ahead {
                self.send(next);
                next += 1;
            }
            self.queue.take(look_ahead, until_ps, &mut self.leaving);
            if self.traffic.fabric.is_lossy() {
                self.leave::<O, true>(observer)
            } else {
                self.leave::<O, false>(observer)
            }
            if self.leaving.is_empty() {
                break;
            }
        }
        (next..packets.end).for_each(|packet| self.send(packet));
    }

    fn quiet_from_ps(&self) -> Option<u64> {
        (self.open == 0).then_some(self.desks.last_ps.max(self.lost_ps))
    }

    fn finish(mut self) -> Result<Counters, Trouble> {
        let mut rest = Vec::new();
        self.queue.take(u64::MAX, u64::MAX, &mut rest);
        while !rest.is_empty() {
            self.counters.in_flight += rest.iter().map(|&(_, (node, _))| self.traffic.deliveries_behind(node)).sum::<u64>();
            self.queue.take(u64::MAX, u64::MAX, &mut rest);
        }
        self.counters.hops = self.lanes.iter().map(|lane| u64::from(lane.hops)).collect();
        (self.counters.deliveries, self.counters.last_ps) = (self.desks.taken(), self.desks.last_ps);
        self.counters.conserved()
    }
}
