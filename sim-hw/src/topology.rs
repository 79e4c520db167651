//! How chips are connected.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest side of a tile or a mesh: keeps the check of a file cheap.
const MAX_SIDE: u32 = 1024;

/// Steps (x, y) of the six links of a hexagonal chip: E, NE, N, W, SW, S. Link `l` ends at the neighbour's link
/// `(l + 3) % 6`.
pub const HEXAGONAL_STEPS: [(i64, i64); 6] = [(1, 0), (1, 1), (0, 1), (-1, 0), (-1, -1), (0, -1)];

/// How chips are connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Topology {
    /// Six links a chip, closed to a torus; made of boards that tile the plane.
    HexagonalTorus {
        /// The shape of a board.
        board: Board,
        /// Where this is written.
        source: String,
    },
    /// Four links a node, open at the edges.
    Mesh {
        /// Nodes in x.
        columns: u32,
        /// Nodes in y.
        rows: u32,
        /// What a node is.
        #[serde(default, rename = "nodes")]
        of: Node,
        /// Where this is written.
        source: String,
    },
    /// No network of links: a lone chip or processor, or one whose network's shape is not known.
    Unrouted {
        /// Where this is written, or why it is not known.
        source: String,
    },
}

/// What stands at a place of a mesh, with a router of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// A chip.
    #[default]
    Chips,
    /// A group of cores within a chip.
    Tiles,
    /// A core within a chip.
    Cores,
}

/// A board of a hexagonal machine: its chips, and how boards tile the plane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// First and last x of the board's chips, for each y from 0.
    pub rows: Vec<[u32; 2]>,
    /// Width and height of the smallest rectangle that boards fill when it is closed to a torus.
    pub tile: [u32; 2],
    /// Where the boards' (0, 0) chips are within the tile.
    pub origins: Vec<[u32; 2]>,
    /// Chips that have a core less than the others; a chip may be named more than once.
    #[serde(default)]
    pub a_core_less: Vec<[u32; 2]>,
}

impl Topology {
    /// Links of a node: of a chip, or of a tile or core within a chip; 0 without a network.
    pub fn links_per_chip(&self) -> u32 {
        match self {
            Topology::HexagonalTorus { .. } => 6,
            Topology::Mesh { .. } => 4,
            Topology::Unrouted { .. } => 0,
        }
    }

    /// Chips of a board, where there are boards.
    pub fn chips_per_board(&self) -> Option<u64> {
        match self {
            Topology::HexagonalTorus { board, .. } => Some(board.chips().count() as u64),
            Topology::Mesh { .. } | Topology::Unrouted { .. } => None,
        }
    }

    /// Chips in all, where the shape says so.
    pub fn chips(&self) -> Option<u64> {
        match self {
            Topology::Mesh { columns, rows, of: Node::Chips, .. } => Some(u64::from(*columns) * u64::from(*rows)),
            Topology::HexagonalTorus { .. } | Topology::Mesh { .. } | Topology::Unrouted { .. } => None,
        }
    }

    /// Where this is written.
    pub fn source(&self) -> &str {
        match self {
            Topology::HexagonalTorus { source, .. } | Topology::Mesh { source, .. } | Topology::Unrouted { source } => source,
        }
    }

    /// What is wrong with it; empty when nothing is.
    pub fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = match self {
            Topology::HexagonalTorus { board, .. } => board.problem().into_iter().collect(),
            Topology::Mesh { columns, rows, .. } => {
                side_problem("columns", *columns).into_iter().chain(side_problem("rows", *rows)).collect()
            }
            Topology::Unrouted { .. } => Vec::new(),
        };
        if self.source().trim().is_empty() {
            problems.push("source is empty".to_string());
        }
        problems
    }
}

impl Board {
    /// Whether a board has the chip.
    pub fn contains(&self, x: i64, y: i64) -> bool {
        let row = usize::try_from(y).ok().and_then(|y| self.rows.get(y));
        row.is_some_and(|&[first, last]| (i64::from(first)..=i64::from(last)).contains(&x))
    }

    /// Its chips (x, y), row by row.
    pub fn chips(&self) -> impl Iterator<Item = (u32, u32)> {
        (0..).zip(&self.rows).flat_map(|(y, &[first, last])| (first..=last).map(move |x| (x, y)))
    }

    /// How many cores fewer than the others a chip has.
    pub fn fewer_cores_at(&self, x: u32, y: u32) -> u32 {
        self.a_core_less.iter().filter(|&&at| at == [x, y]).count() as u32
    }

    /// The links that leave the board, as (x, y, link): the slower ones, through cables.
    pub fn leaving_links(&self) -> Vec<(u32, u32, usize)> {
        let links = |(x, y): (u32, u32)| {
            let leaves = move |(_, (dx, dy)): &(usize, (i64, i64))| !self.contains(i64::from(x) + dx, i64::from(y) + dy);
            HEXAGONAL_STEPS.into_iter().enumerate().filter(leaves).map(move |(link, _)| (x, y, link))
        };
        self.chips().flat_map(links).collect()
    }

    /// The first thing that is wrong: later checks rest on earlier ones.
    fn problem(&self) -> Option<String> {
        let [width, height] = self.tile;
        if let Some(problem) = side_problem("tile[0]", width).or_else(|| side_problem("tile[1]", height)) {
            return Some(problem);
        }
        if self.rows.is_empty() || self.rows.len() > height as usize {
            return Some(format!("board.rows has {} rows, from 1 to {height} (the tile's height) fit", self.rows.len()));
        }
        if let Some([first, last]) = self.rows.iter().find(|[first, last]| first > last || *last >= width) {
            return Some(format!("board.rows: [{first}, {last}] is no [first x, last x] within the tile's width of {width}"));
        }
        if let Some([x, y]) = self.a_core_less.iter().find(|&&[x, y]| !self.contains(x.into(), y.into())) {
            return Some(format!("board.a_core_less: there is no chip at ({x}, {y})"));
        }
        self.tiling_problem()
    }

    /// Boards at the origins have to cover every place of the closed tile exactly once.
    fn tiling_problem(&self) -> Option<String> {
        let [width, height] = self.tile.map(u64::from);
        let boards = self.origins.len() as u64;
        let chips = self.chips().count() as u64;
        if boards.checked_mul(chips) != Some(width * height) {
            return Some(format!("board: {boards} boards of {chips} chips do not fill a tile of {width} x {height}"));
        }
        let mut taken = BTreeSet::new();
        for &[left, bottom] in &self.origins {
            for (x, y) in self.chips() {
                let place = ((u64::from(left) + u64::from(x)) % width, (u64::from(bottom) + u64::from(y)) % height);
                if !taken.insert(place) {
                    return Some(format!("board.origins: two boards cover the chip at ({}, {}) of the tile", place.0, place.1));
                }
            }
        }
        None
    }
}

fn side_problem(name: &str, side: u32) -> Option<String> {
    (side == 0 || side > MAX_SIDE).then(|| format!("{name} = {side} is not from 1 to {MAX_SIDE}"))
}
