//! The output stage of a router: where a packet goes on, waits, goes round, or is dropped.

use super::state::{Flit, NEVER, NOTHING};
use super::{Kind, Router};
use crate::forest::{Node, Route};
use crate::machine::LINKS;
use crate::packets::Observer;
use crate::packets::desks::Delivery;
use crate::packets::wheel::Calendar;

/// From a link to the next one clockwise.
const CLOCKWISE: usize = LINKS - 1;

/// A tree's node that asks for nothing.
const NO_NODE: Node = Node { chip: 0, cores: 0, first: 0, links: 0, came_by: 0 };

/// Where a packet has to go from here.
#[derive(Clone, Copy, Debug)]
struct Wish {
    node: Node,
    /// Those of the node and the second side of a triangle.
    links: u8,
    /// When all its cores have room.
    cores_ps: u64,
}

/// Nodes that a packet on a link goes to: straight, and round a corner.
type Ways = [(u32, u32); LINKS];

impl<Q: Calendar<u32>> Router<'_, Q> {
    /// The output stage looks at its packet.
    pub(super) fn attempt<O: Observer>(&mut self, place: usize, observer: &mut O) {
        self.hubs[place].attempt_ps = NEVER;
        let Some(number) = self.hubs[place].head() else { return };
        let flit = *self.flits.at(number);
        if self.is_too_old(&flit) {
            self.lose(number, observer);
            return self.let_next(place);
        }
        let wish = self.wish(place, &flit);
        let blocked = wish.links & !self.hubs[place].room;
        let has_room = wish.cores_ps <= self.now_ps;
        if has_room && blocked == 0 {
            self.go_on(place, number, wish, 0, observer);
        } else if has_room && self.may_divert(place, &flit, blocked) {
            self.counters.diverted += u64::from(blocked.count_ones());
            self.go_on(place, number, wish, blocked, observer);
        } else if self.settings.drop_after_ps().is_some_and(|after| self.blocked_for(place) >= after) {
            self.drop_packet(place, number, observer);
            self.let_next(place);
        } else {
            self.wait(place, &wish, blocked);
        }
    }

    fn wish(&self, place: usize, flit: &Flit) -> Wish {
        let node = if flit.node == NOTHING { NO_NODE } else { self.traffic.forest.nodes()[flit.node as usize] };
        let leg = if flit.diverted == NOTHING { 0 } else { 1 << flit.leg };
        let cores_ps = self.desks.room_ps(place as u32, node.cores, self.settings.core_buffer);
        Wish { node, links: node.links | leg, cores_ps }
    }

    fn blocked_for(&self, place: usize) -> u64 {
        self.now_ps.saturating_sub(self.hubs[place].blocked_ps)
    }

    /// Whether it is time for emergency routes and all blocked links have one with room. The second side of a triangle has none.
    fn may_divert(&self, place: usize, flit: &Flit, blocked: u8) -> bool {
        let in_time = self.settings.wait_ps.is_some_and(|wait| self.blocked_for(place) >= wait);
        if !in_time || !self.settings.diverts() || (flit.diverted != NOTHING && blocked >> flit.leg & 1 == 1) {
            return false;
        }
        let mut links = (0..LINKS).filter(|link| blocked >> link & 1 == 1);
        links.all(|link| self.goes_round(place, link) && self.hubs[place].room >> detour(link) & 1 == 1)
    }

    /// Whether a link is a side of a triangle whose other sides are there.
    fn goes_round(&self, place: usize, link: usize) -> bool {
        let end = |place: usize, link: usize| {
            let back = self.channels[place * LINKS + link].back;
            (back != NOTHING).then_some(back as usize / LINKS)
        };
        let round = end(place, detour(link)).and_then(|corner| end(corner, second_side(detour(link))));
        self.traffic.fabric.has_triangles() && round.is_some() && round == end(place, link)
    }

    /// Looks again when something can have changed: a core has room, a wait is over, or a link has room (which lets it look).
    fn wait(&mut self, place: usize, wish: &Wish, blocked: u8) {
        let hub = &mut self.hubs[place];
        hub.blocked_ps = hub.blocked_ps.min(self.now_ps);
        // Links round blocked ones, too: they are the next ones clockwise.
        let round = ((blocked >> 1) | (blocked << CLOCKWISE)) & ((1 << LINKS) - 1);
        hub.wanted = blocked | round;
        let since = hub.blocked_ps;
        let waits = [self.settings.wait_ps.filter(|_| self.settings.diverts()), self.settings.drop_after_ps()];
        let ends = waits.into_iter().flatten().map(|wait| since.saturating_add(wait));
        let next = ends.chain([wish.cores_ps]).filter(|&time| time > self.now_ps).min();
        if let Some(next) = next {
            self.attempt_at(place, next.max(self.now_ps + self.cycle_ps));
        }
    }

    /// A packet goes to its cores and links, and round those that are blocked.
    fn go_on<O: Observer>(&mut self, place: usize, number: u32, wish: Wish, blocked: u8, observer: &mut O) {
        let flit = self.flits.remove(number);
        self.counters.routed += 1;
        let Flit { packet, node, .. } = flit;
        let delivery = Delivery { at_ps: self.now_ps, packet, node, chip: place as u32, cores: wish.node.cores };
        self.desks.take(delivery, observer);
        if blocked == 0 && flit.diverted == NOTHING {
            self.go_straight(place, &flit, wish.node);
        } else {
            self.go_round(place, &flit, wish.node, blocked);
        }
        self.let_next(place);
    }

    fn go_straight(&mut self, place: usize, flit: &Flit, node: Node) {
        let (mut child, mut links) = (node.first, node.links);
        while links != 0 {
            let number = self.flits.add(Flit { ready_ps: self.now_ps, node: child, ..*flit });
            self.put_out(place, links.trailing_zeros() as usize, number);
            child += 1;
            links &= links - 1;
        }
    }

    /// What would go by a blocked link goes by the next one clockwise, together with what goes by that one itself; and what has gone round
    /// one corner goes on by the second side of its triangle.
    fn go_round(&mut self, place: usize, flit: &Flit, node: Node, blocked: u8) {
        let mut ways: Ways = [(NOTHING, NOTHING); LINKS];
        for (child, link) in (node.first..).zip((Route { links: node.links, cores: 0 }).links()) {
            if blocked >> link & 1 == 1 { ways[detour(link)].1 = child } else { ways[link].0 = child }
        }
        if flit.diverted != NOTHING {
            ways[flit.leg as usize].0 = flit.diverted;
        }
        for (link, (node, diverted)) in ways.into_iter().enumerate().filter(|(_, way)| *way != (NOTHING, NOTHING)) {
            let leg = second_side(link) as u8;
            let number = self.flits.add(Flit { ready_ps: self.now_ps, node, diverted, leg, ..*flit });
            self.put_out(place, link, number);
        }
    }

    fn put_out(&mut self, place: usize, link: usize, flit: u32) {
        let channel = &mut self.channels[place * LINKS + link];
        channel.output.push(flit);
        if channel.output.is_full() {
            self.hubs[place].room &= !(1 << link);
        }
        self.transmit(place * LINKS + link);
    }

    /// The packet at the output stage is gone: the next one moves up, and the arbiter has room.
    fn let_next(&mut self, place: usize) {
        self.hubs[place].leave();
        if let Some(next) = self.hubs[place].head() {
            let ready = self.flits.at(next).ready_ps;
            self.attempt_at(place, ready.max(self.now_ps + self.cycle_ps));
        } else if self.hubs[place].waiting == 0 {
            // An idle router is as in the beginning.
            self.hubs[place].turn = 0;
        }
        self.issue(place);
    }

    /// The phase of the routers' clocks.
    pub(super) fn phase(&self) -> u8 {
        self.settings.phase_ps.map_or(0, |phase| (self.now_ps / phase.max(1) % 4) as u8)
    }

    /// Two of the four phases have passed since it was sent: the two bits of both stamps differ.
    fn is_too_old(&self, flit: &Flit) -> bool {
        (self.phase() + 4 - flit.phase) % 4 == 2
    }

    /// A packet is dropped.
    fn drop_packet<O: Observer>(&mut self, place: usize, number: u32, observer: &mut O) {
        self.counters.dropped += 1;
        let Some(reinjection) = self.settings.reinjection.filter(|_| self.monitors[place].register == NOTHING) else {
            return self.lose(number, observer);
        };
        self.monitors[place].register = number;
        self.plan(self.now_ps + reinjection.collect_ps.max(self.cycle_ps), Kind::Collect.at(place));
    }
}

/// The link by which a packet goes round another one.
fn detour(link: usize) -> usize {
    (link + CLOCKWISE) % LINKS
}

/// The second side of a triangle whose first side is a link: the next link clockwise from the one on which the packet comes in.
fn second_side(first: usize) -> usize {
    (first + LINKS / 2 + CLOCKWISE) % LINKS
}
