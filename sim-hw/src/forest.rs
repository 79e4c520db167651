//! Multicast trees: which chips, links and cores a source's packets pass. All trees of a mapping lie in one arena.

use crate::machine::{ChipId, LINKS, Machine};
use std::collections::BTreeMap;

/// What a router does with a packet: bit `l` of `links` sends it by link `l`, bit `c` of `cores` to the chip's core `c`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route {
    /// Links.
    pub links: u8,
    /// Cores, numbered from 0 among those left to networks.
    pub cores: u32,
}

impl Route {
    /// Its links, rising.
    pub fn links(self) -> impl Iterator<Item = usize> {
        (0..LINKS).filter(move |link| self.links >> link & 1 == 1)
    }
}

/// A chip that a tree passes. Its children lie together, one for each link of the route, in the links' order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// The chip.
    pub chip: ChipId,
    /// Cores that get the packet.
    pub cores: u32,
    /// The first child, if there is a link.
    pub first: u32,
    /// Links by which it goes on.
    pub links: u8,
    /// The chip's link on which it came; [`SENT_HERE`] at the root.
    pub came_by: u8,
}

/// [`Node::came_by`] at the chip of the source.
pub const SENT_HERE: u8 = u8::MAX;

/// Trees by number, each from its source's chip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    nodes: Vec<Node>,
    roots: Vec<u32>,
}

/// Why routes are no tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTree {
    /// A chip is reached twice.
    Twice(ChipId),
    /// A link that does not work or does not exist is used.
    NoLink(ChipId, usize),
    /// A chip is entered that has no route, or whose route goes nowhere.
    Lost(ChipId),
}

impl Forest {
    /// Appends the tree of a source on chip `from`, given the routes of the chips it passes; its number.
    ///
    /// # Errors
    /// The routes are no tree.
    pub fn plant(&mut self, machine: &Machine, from: ChipId, routes: &BTreeMap<ChipId, Route>) -> Result<u32, NoTree> {
        let (tree, root) = (self.roots.len() as u32, self.nodes.len());
        let node = |chip: ChipId, came_by: u8| {
            let route = routes.get(&chip).copied().unwrap_or_default();
            if route == Route::default() {
                Err(NoTree::Lost(chip))
            } else {
                Ok(Node { chip, cores: route.cores, first: 0, links: route.links, came_by })
            }
        };
        let planted = (|| {
            let mut reached = std::collections::BTreeSet::from([from]);
            self.nodes.push(node(from, SENT_HERE)?);
            let mut next = root;
            while next < self.nodes.len() {
                let Node { chip, links, .. } = self.nodes[next];
                self.nodes[next].first = self.nodes.len() as u32;
                for link in (Route { links, cores: 0 }).links() {
                    let to = machine.neighbour(chip, link).ok_or(NoTree::NoLink(chip, link))?;
                    if !reached.insert(to) {
                        return Err(NoTree::Twice(to));
                    }
                    self.nodes.push(node(to, machine.opposite(link) as u8)?);
                }
                next += 1;
            }
            Ok(())
        })();
        match planted {
            Ok(()) => self.roots.push(root as u32),
            Err(_) => self.nodes.truncate(root),
        }
        planted.map(|()| tree)
    }

    /// How many trees there are.
    pub fn trees(&self) -> u32 {
        self.roots.len() as u32
    }

    /// Where a tree begins in [`Forest::nodes`].
    pub fn root(&self, tree: u32) -> u32 {
        self.roots[tree as usize]
    }

    /// All nodes, tree by tree, a chip before the chips behind it.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The nodes of a tree.
    pub fn tree(&self, tree: u32) -> &[Node] {
        let end = self.roots.get(tree as usize + 1).map_or(self.nodes.len(), |&next| next as usize);
        &self.nodes[self.root(tree) as usize..end]
    }
}
