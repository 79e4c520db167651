//! Packets on their way: how often each link and core is used, when each packet arrives, and which are lost.
//!
//! Three depths, the same [`Counters`]:
//!
//! * [`count`]: sums over trees. No time passes and nothing is lost; exact for energy and for mean loads.
//! * [`links`]: every copy of a packet passes links that send one packet after another, in the order of time. Queues have no limit.
//! * [`router`]: buffers of two packets, back-pressure, a blocked packet that holds up its router, emergency routes,
//!   drops and what becomes of them.
//!
//! [`steps`] runs the last two over many time steps with several threads.
//!
//! Time is whole picoseconds. What happens at the same picosecond happens in a fixed order, so a result depends on the
//! traffic alone: not on the number of threads, not on the machine that computes it.
//!
//! A packet without anything in its way takes, over h links, h (service + router) + router + receive, with the times of
//! [`Times`]: it passes a router more than links, and a core takes it at the end.

pub mod count;
mod desks;
pub mod fabric;
pub mod links;
pub mod router;
pub mod steps;
pub mod wheel;

pub use fabric::{Disturbance, Fabric, Packet, Times};

use crate::forest::Forest;
use std::fmt;

/// A packet that a core sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    /// When it reaches its chip's router, in ps.
    pub at_ps: u64,
    /// Its tree in the forest.
    pub tree: u32,
}

/// A packet that a core has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The packet: its place in the traffic.
    pub packet: u32,
    /// The node of the forest at whose chip the core is.
    pub node: u32,
    /// The core of the chip.
    pub core: u32,
    /// When the core has taken it, in ps.
    pub at_ps: u64,
}

/// Learns what becomes of packets. `()` learns nothing and costs nothing.
pub trait Observer {
    /// A core has taken a packet. Not in the order of time: a core's queue is known in advance.
    #[inline]
    fn arrived(&mut self, _arrival: Arrival) {}

    /// A copy of a packet is lost on the way to a node: all cores at and behind it miss the packet.
    #[inline]
    fn lost(&mut self, _packet: u32, _node: u32) {}
}

impl Observer for () {}

impl<F: FnMut(Arrival)> Observer for F {
    #[inline]
    fn arrived(&mut self, arrival: Arrival) {
        self(arrival);
    }
}

/// What happened, in numbers. Energy is these times prices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets sent by cores.
    pub sent: u64,
    /// Deliveries that the trees of those packets promise.
    pub due: u64,
    /// Packets on each link, at [`Fabric::link`].
    pub hops: Vec<u64>,
    /// Packets taken by each core, at [`Fabric::core`].
    pub deliveries: Vec<u64>,
    /// Passages of routers, all together: what a price per packet and router counts.
    pub routed: u64,
    /// Packets taken out of a router because they could not go on.
    pub dropped: u64,
    /// Dropped packets that were sent again.
    pub reinjected: u64,
    /// Packets that took the other two sides of a triangle.
    pub diverted: u64,
    /// Deliveries that will never be made.
    pub lost: u64,
    /// Deliveries that were still to be made when the emulation ended.
    pub in_flight: u64,
    /// When the last core had taken its last packet, in ps.
    pub last_ps: u64,
    /// Time between a router's decision and the start of the transmission, over all hops, in ps.
    pub waited_ps: u64,
    /// The longest such time, in ps.
    pub longest_wait_ps: u64,
}

impl Counters {
    /// Nothing yet.
    pub fn new(fabric: &Fabric) -> Self {
        Self { hops: vec![0; fabric.links()], deliveries: vec![0; fabric.cores()], ..Self::default() }
    }

    /// All deliveries.
    pub fn delivered(&self) -> u64 {
        self.deliveries.iter().sum()
    }

    /// All hops.
    pub fn all_hops(&self) -> u64 {
        self.hops.iter().sum()
    }

    /// Adds those of another part of the same traffic.
    pub fn absorb(&mut self, part: &Counters) {
        let sums = [
            (&mut self.sent, part.sent),
            (&mut self.due, part.due),
            (&mut self.routed, part.routed),
            (&mut self.dropped, part.dropped),
            (&mut self.reinjected, part.reinjected),
            (&mut self.diverted, part.diverted),
            (&mut self.lost, part.lost),
            (&mut self.in_flight, part.in_flight),
            (&mut self.waited_ps, part.waited_ps),
        ];
        let each = self.hops.iter_mut().zip(&part.hops).chain(self.deliveries.iter_mut().zip(&part.deliveries));
        sums.into_iter().chain(each.map(|(sum, more)| (sum, *more))).for_each(|(sum, more)| *sum += more);
        self.last_ps = self.last_ps.max(part.last_ps);
        self.longest_wait_ps = self.longest_wait_ps.max(part.longest_wait_ps);
    }

    /// Every delivery that a sent packet promised was made, is lost, or is still under way.
    ///
    /// # Errors
    /// The sums differ: a mistake in the emulation.
    pub fn conserved(self) -> Result<Self, Trouble> {
        let accounted = self.delivered() + self.lost + self.in_flight;
        if accounted == self.due { Ok(self) } else { Err(Trouble::NotConserved { due: self.due, accounted }) }
    }
}

/// Why traffic cannot be emulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A tree passes a chip, link or core that the machine does not have.
    OtherMachine {
        /// The chip.
        chip: u32,
    },
    /// A packet has a tree that the forest does not have.
    NoTree {
        /// The packet.
        packet: usize,
    },
    /// A packet is sent before the one that stands before it.
    NotInOrder {
        /// The packet.
        packet: usize,
    },
    /// A packet is sent so late that times after it could not be counted.
    TooLate {
        /// The packet.
        packet: usize,
    },
    /// More packets than are numbered.
    TooMany {
        /// How many there may be.
        most: usize,
    },
    /// A mistake in the emulation: what was sent is not what arrived, was lost or is under way.
    NotConserved {
        /// Deliveries promised.
        due: u64,
        /// Deliveries accounted for.
        accounted: u64,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::OtherMachine { chip } => {
                write!(f, "a tree uses a chip, link or core at chip {chip} that this machine does not have")
            }
            Trouble::NoTree { packet } => write!(f, "packet {packet} has no tree in the forest"),
            Trouble::NotInOrder { packet } => write!(f, "packet {packet} is sent before the packet that precedes it"),
            Trouble::TooLate { packet } => {
                write!(f, "packet {packet} is sent after {} s, the end of time here", LATEST_PS / 1_000_000_000_000)
            }
            Trouble::TooMany { most } => write!(f, "more than {most} packets in one emulation"),
            Trouble::NotConserved { due, accounted } => {
                write!(f, "a mistake in the emulation: {due} deliveries are due, {accounted} are accounted for")
            }
        }
    }
}

impl std::error::Error for Trouble {}

/// Traffic over the trees of a forest on a machine, checked once.
#[derive(Clone, Copy, Debug)]
pub struct Traffic<'a> {
    /// The machine's times.
    pub fabric: &'a Fabric,
    /// The trees.
    pub forest: &'a Forest,
    /// The packets in the order of time.
    pub sent: &'a [Sent],
}

/// Most packets of one emulation: events name them in 29 bits.
pub const MOST_PACKETS: usize = 1 << 29;

/// Latest time at which a packet may be sent: 53 days. All that follows has to fit 64 bits.
pub const LATEST_PS: u64 = 1 << 62;

impl<'a> Traffic<'a> {
    /// Packets in the order of time over trees of this machine.
    ///
    /// # Errors
    /// They are not.
    pub fn new(fabric: &'a Fabric, forest: &'a Forest, sent: &'a [Sent]) -> Result<Self, Trouble> {
        fabric.carries(forest)?;
        if sent.len() > MOST_PACKETS {
            return Err(Trouble::TooMany { most: MOST_PACKETS });
        }
        if let Some(packet) = sent.iter().position(|s| s.tree >= forest.trees()) {
            return Err(Trouble::NoTree { packet });
        }
        if let Some(before) = sent.windows(2).position(|pair| pair[1].at_ps < pair[0].at_ps) {
            return Err(Trouble::NotInOrder { packet: before + 1 });
        }
        if sent.last().is_some_and(|last| last.at_ps > LATEST_PS) {
            return Err(Trouble::TooLate { packet: sent.len() - 1 });
        }
        Ok(Self { fabric, forest, sent })
    }

    /// Deliveries that one packet of each tree makes.
    pub fn deliveries_of_trees(&self) -> Vec<u32> {
        let of_tree = |tree| self.forest.tree(tree).iter().map(|node| node.cores.count_ones()).sum();
        (0..self.forest.trees()).map(of_tree).collect()
    }

    /// Deliveries at and behind a node.
    pub(crate) fn deliveries_behind(&self, node: u32) -> u64 {
        let (nodes, mut open, mut sum) = (self.forest.nodes(), vec![node], 0);
        while let Some(next) = open.pop() {
            let node = nodes[next as usize];
            sum += u64::from(node.cores.count_ones());
            open.extend(node.first..node.first + node.links.count_ones());
        }
        sum
    }
}
