//! Routers as SpiNNaker has them. (Data sheet 2.02, p. 39-44, for what a blocked packet meets; TickySim for depths of buffers.)
//!
//! An arbiter hands the packets of six links and of the chip's own cores, one a cycle and in turn, to a pipeline. At its end a packet
//! goes to all its links and cores at once, as soon as all have room; until then it holds up everything behind it. A buffer at each end
//! of a link holds two packets, and a link sends only what the other end has room for, so that a blocked router stops its neighbours. A
//! packet that is blocked for longer than a first wait may go round a blocked link by the other two sides of a triangle: by the
//! next link clockwise, and from there by the next one again. After a second wait it is dropped into a register, from which a monitor core
//! takes it to send it again.
//!
//! What is simpler than the machine: the arbiter is one fair round (the machine's is a tree), packets of a chip's cores wait in
//! one queue, and the machine's Ethernet, system and nearest-neighbour packets are not there.

mod monitor;
mod output;
mod settings;
mod state;

pub use settings::{MOST_STAGES, Reinjection, RouterSettings, wait_cycles};

use super::desks::Desks;
use super::links::spacing_ps;
use super::steps::Emulation;
use super::wheel::{Calendar, Wheel};
use super::{Counters, Observer, Traffic, Trouble};
use crate::machine::LINKS;
use monitor::Monitor;
use state::{Channel, Flit, Flits, Hub, NOTHING, Pair};
use std::collections::VecDeque;
use std::ops::Range;

/// The chip's own input, after those of its links.
const OWN: u8 = LINKS as u8;

/// Bits of an event that say where.
const WHERE: u32 = 29;

/// What happens, by its number: at the same time in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A packet has come over a link.
    Come = 0,
    /// A core sends a packet.
    Sent = 1,
    /// A monitor takes the dropped packet.
    Collect = 2,
    /// A monitor looks whether it can send.
    Tick = 3,
    /// The arbiter looks for a packet.
    Arbiter = 4,
    /// The output stage looks at its packet.
    Output = 5,
}

/// All of them, each at its number.
const KINDS: [Kind; 6] = [Kind::Come, Kind::Sent, Kind::Collect, Kind::Tick, Kind::Arbiter, Kind::Output];

impl Kind {
    /// The event, as a number whose order is that of events at the same time.
    fn at(self, place: usize) -> u32 {
        ((self as u32) << WHERE) | place as u32
    }
}

/// Routers with packets in them.
#[derive(Clone, Debug)]
pub struct Router<'a, Q = Wheel<u32>> {
    traffic: Traffic<'a>,
    settings: RouterSettings,
    /// A cycle: a blocked packet is looked at again that much later.
    cycle_ps: u64,
    pipeline_ps: u64,
    queue: Q,
    /// What happens next, in order: taken from the queue many at a time.
    events: Vec<(u64, u32)>,
    /// How many of those have happened.
    done: usize,
    now_ps: u64,
    flits: Flits,
    channels: Vec<Channel>,
    hubs: Vec<Hub>,
    own: Vec<VecDeque<u32>>,
    monitors: Vec<Monitor>,
    desks: Desks<'a>,
    due_of_trees: Vec<u32>,
    counters: Counters,
}

impl<'a> Router<'a> {
    /// Empty routers.
    pub fn new(traffic: Traffic<'a>, settings: RouterSettings) -> Self {
        let hop_ps = u64::from(traffic.fabric.times().link) + pipeline_ps(&traffic);
        let wheel = Wheel::new(spacing_ps(&traffic) / 2, hop_ps, cycle_ps(&traffic, &settings));
        Self::with_queue(traffic, settings, wheel)
    }
}

/// Time in a router's pipeline: at least 1 ps.
fn pipeline_ps(traffic: &Traffic<'_>) -> u64 {
    u64::from(traffic.fabric.times().router.max(1))
}

/// A router's cycle, not longer than what it is a part of.
fn cycle_ps(traffic: &Traffic<'_>, settings: &RouterSettings) -> u64 {
    settings.cycle_ps.min(pipeline_ps(traffic)).min(traffic.fabric.shortest_service_ps().into()).max(1)
}

impl<'a, Q: Calendar<u32>> Router<'a, Q> {
    /// Empty routers with another calendar; the result is the same.
    pub fn with_queue(traffic: Traffic<'a>, settings: RouterSettings, queue: Q) -> Self {
        let fabric = traffic.fabric;
        let channel = |(link, &back): (usize, &u32)| {
            let service_ps = fabric.service_ps(link);
            Channel { output: Pair::EMPTY, wire: NOTHING, input: Pair::EMPTY, back, service_ps, hops: 0 }
        };
        let room = |chip: usize| (0..LINKS).filter(|l| fabric.service_ps(chip * LINKS + l) > 0).fold(0, |room, l| room | 1 << l);
        Self {
            cycle_ps: cycle_ps(&traffic, &settings),
            pipeline_ps: pipeline_ps(&traffic),
            settings: RouterSettings { stages: settings.stages.clamp(1, MOST_STAGES), ..settings },
            queue,
            events: Vec::new(),
            done: 0,
            now_ps: 0,
            flits: Flits::default(),
            channels: fabric.back().iter().enumerate().map(channel).collect(),
            hubs: (0..fabric.chips()).map(|chip| Hub { room: room(chip), ..Hub::IDLE }).collect(),
            own: vec![VecDeque::new(); fabric.chips()],
            monitors: vec![Monitor::default(); fabric.chips()],
            desks: Desks::new(fabric),
            due_of_trees: traffic.deliveries_of_trees(),
            counters: Counters::default(),
            traffic,
        }
    }

    /// Something will happen: after some of what has been taken from the queue already, or later.
    #[inline]
    fn plan(&mut self, at_ps: u64, event: u32) {
        if self.events.last().is_some_and(|&last| (at_ps, event) < last) {
            let place = self.events[self.done..].partition_point(|&other| other < (at_ps, event));
            self.events.insert(self.done + place, (at_ps, event));
        } else {
            self.queue.push(at_ps, event);
        }
    }

    fn happen<O: Observer>(&mut self, event: u32, observer: &mut O) {
        let place = (event & ((1 << WHERE) - 1)) as usize;
        match KINDS[(event >> WHERE) as usize % KINDS.len()] {
            Kind::Come => self.come(place, observer),
            Kind::Sent => self.sent(place),
            Kind::Collect => self.collect(place, observer),
            Kind::Tick => self.tick(place),
            Kind::Arbiter => {
                self.hubs[place].arbiter_set = false;
                self.issue(place);
            }
            Kind::Output if self.hubs[place].attempt_ps == self.now_ps => self.attempt(place, observer),
            // An attempt that has been brought forward.
            Kind::Output => {}
        }
    }

    /// A core sends a packet: it waits at its chip's own input.
    fn sent(&mut self, packet: usize) {
        let Some(&super::Sent { tree, .. }) = self.traffic.sent.get(packet) else { return };
        self.counters.sent += 1;
        self.counters.due += u64::from(self.due_of_trees[tree as usize]);
        let node = self.traffic.forest.root(tree);
        let flit = Flit { ready_ps: 0, node, diverted: NOTHING, packet: packet as u32, leg: 0, phase: self.phase() };
        let place = self.flits.add(flit);
        self.enter_own(self.traffic.forest.nodes()[node as usize].chip as usize, place);
    }

    fn enter_own(&mut self, hub: usize, flit: u32) {
        self.own[hub].push_back(flit);
        self.hubs[hub].waiting |= 1 << OWN;
        self.issue(hub);
    }

    /// A packet has come over a link.
    fn come<O: Observer>(&mut self, link: usize, observer: &mut O) {
        let channel = &mut self.channels[link];
        let flit = std::mem::replace(&mut channel.wire, NOTHING);
        let (hub, port) = (channel.back as usize / LINKS, channel.back as usize % LINKS);
        if self.traffic.fabric.is_lossy() && self.traffic.fabric.loses(link, self.flits.at(flit).packet) {
            self.lose(flit, observer);
        } else {
            channel.input.push(flit);
            self.hubs[hub].waiting |= 1 << port;
            self.issue(hub);
        }
        self.transmit(link);
    }

    /// A link sends the next packet, if there is one, and room for it.
    fn transmit(&mut self, link: usize) {
        let channel = &mut self.channels[link];
        let busy = channel.wire != NOTHING || channel.output.is_empty() || channel.input.is_full();
        if busy || self.traffic.fabric.is_down(link) {
            return;
        }
        channel.wire = channel.output.pop();
        channel.hops += 1;
        let (arrives_ps, flit) = (self.now_ps + u64::from(channel.service_ps), channel.wire);
        self.plan(arrives_ps, Kind::Come.at(link));
        let waited = self.now_ps - self.flits.at(flit).ready_ps;
        self.counters.waited_ps += waited;
        self.counters.longest_wait_ps = self.counters.longest_wait_ps.max(waited);
        let (hub, bit) = (link / LINKS, 1 << (link % LINKS));
        self.hubs[hub].room |= bit;
        if self.hubs[hub].wanted & bit != 0 {
            self.attempt_at(hub, self.now_ps + self.cycle_ps);
        }
    }

    /// The arbiter lets a packet into the pipeline, now or in the next cycle.
    fn issue(&mut self, place: usize) {
        let hub = &mut self.hubs[place];
        if hub.waiting == 0 || hub.occupied as usize == self.settings.stages || hub.arbiter_set {
            return;
        }
        if self.now_ps < hub.next_issue_ps {
            hub.arbiter_set = true;
            let next_ps = hub.next_issue_ps;
            self.plan(next_ps, Kind::Arbiter.at(place));
            return;
        }
        let input = hub.next_input();
        let flit = self.take_input(place, input);
        let ready_ps = self.now_ps + self.pipeline_ps;
        self.flits.at(flit).ready_ps = ready_ps;
        let hub = &mut self.hubs[place];
        hub.enter(flit);
        hub.next_issue_ps = self.now_ps + self.cycle_ps;
        if hub.occupied == 1 {
            self.attempt_at(place, ready_ps);
        }
        self.issue(place);
    }

    /// Takes a packet out of an input; the link that leads there may then send the next one.
    fn take_input(&mut self, place: usize, input: u8) -> u32 {
        let bit = 1 << input;
        if input == OWN {
            let flit = self.own[place].pop_front();
            if self.own[place].is_empty() {
                self.hubs[place].waiting &= !bit;
            }
            return flit.unwrap_or(NOTHING);
        }
        let link = self.channels[place * LINKS + input as usize].back as usize;
        let flit = self.channels[link].input.pop();
        if self.channels[link].input.is_empty() {
            self.hubs[place].waiting &= !bit;
        }
        self.transmit(link);
        flit
    }

    /// Lets the output stage look at its packet at a time, if it would not sooner.
    fn attempt_at(&mut self, place: usize, at_ps: u64) {
        let hub = &mut self.hubs[place];
        if at_ps < hub.attempt_ps {
            hub.attempt_ps = at_ps;
            self.plan(at_ps, Kind::Output.at(place));
        }
    }

    fn lose<O: Observer>(&mut self, flit: u32, observer: &mut O) {
        let Flit { node, diverted, packet, .. } = self.flits.remove(flit);
        for node in [node, diverted].into_iter().filter(|&node| node != NOTHING) {
            self.counters.lost += self.traffic.deliveries_behind(node);
            observer.lost(packet, node);
        }
    }
}

impl<Q: Calendar<u32> + Send> Emulation for Router<'_, Q> {
    fn advance<O: Observer>(&mut self, packets: Range<usize>, until_ps: u64, observer: &mut O) {
        let sent = self.traffic.sent;
        let mut next = packets.start;
        loop {
            let source = sent[next..packets.end].first().map(|packet| packet.at_ps);
            let Some(first) = self.queue.first().into_iter().chain(source).min().filter(|&first| first < until_ps) else { break };
            while next < packets.end && sent[next].at_ps < first + self.cycle_ps {
                self.queue.push(sent[next].at_ps, Kind::Sent.at(next));
                next += 1;
            }
            self.queue.take(self.cycle_ps, until_ps, &mut self.events);
            if self.events.is_empty() {
                break;
            }
            self.done = 0;
            while let Some(&(at_ps, event)) = self.events.get(self.done) {
                self.done += 1;
                self.now_ps = at_ps;
                self.happen(event, observer);
            }
        }
    }

    fn quiet_from_ps(&self) -> Option<u64> {
        self.flits.is_empty().then_some(self.now_ps.max(self.desks.last_ps))
    }

    fn finish(mut self) -> Result<Counters, Trouble> {
        self.counters.in_flight = self.flits.targets().map(|node| self.traffic.deliveries_behind(node)).sum();
        self.counters.hops = self.channels.iter().map(|channel| u64::from(channel.hops)).collect();
        (self.counters.deliveries, self.counters.last_ps) = (self.desks.taken(), self.desks.last_ps);
        self.counters.conserved()
    }
}
