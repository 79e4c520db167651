//! How often links, routers and cores are used: sums over trees. A packet more costs nothing, only a tree does.

use super::{Counters, Fabric, Sent, Traffic, Trouble};
use crate::forest::{Forest, Route};

/// Counters of a number of packets for each tree. There is no time: `last_ps` and waits stay 0.
///
/// # Errors
/// The trees are not of this machine, or there are not as many numbers as trees.
pub fn count_trees(fabric: &Fabric, forest: &Forest, packets: &[u64]) -> Result<Counters, Trouble> {
    let traffic = Traffic::new(fabric, forest, &[])?;
    if packets.len() != forest.trees() as usize {
        return Err(Trouble::NoTree { packet: packets.len() });
    }
    let mut counters = Counters::new(fabric);
    for ((tree, &times), due) in (0..).zip(packets).zip(traffic.deliveries_of_trees()) {
        counters.sent += times;
        counters.due += times * u64::from(due);
        if times > 0 {
            add_tree(&mut counters, fabric, forest, tree, times);
        }
    }
    counters.conserved()
}

fn add_tree(counters: &mut Counters, fabric: &Fabric, forest: &Forest, tree: u32, times: u64) {
    for node in forest.tree(tree) {
        counters.routed += times;
        for link in (Route { links: node.links, cores: 0 }).links() {
            counters.hops[fabric.link(node.chip, link)] += times;
        }
        for core in (0..u32::BITS).filter(|core| node.cores >> core & 1 == 1) {
            counters.deliveries[fabric.core(node.chip, core)] += times;
        }
    }
}

/// Counters of packets, whenever they are sent.
///
/// # Errors
/// See [`Traffic::new`].
pub fn count(traffic: &Traffic<'_>) -> Result<Counters, Trouble> {
    count_trees(traffic.fabric, traffic.forest, &packets_of_trees(traffic.forest, traffic.sent))
}

/// How many packets each tree has.
pub fn packets_of_trees(forest: &Forest, sent: &[Sent]) -> Vec<u64> {
    let mut packets = vec![0; forest.trees() as usize];
    for packet in sent {
        packets[packet.tree as usize] += 1;
    }
    packets
}
