//! A machine: which chips there are, how many cores each leaves to networks, and where each chip's links end.

use crate::topology::{Board, HEXAGONAL_STEPS};
use std::collections::{BTreeMap, BTreeSet};

/// A chip's number: its place in [`Machine::chips`].
pub type ChipId = u32;

/// Most links of a chip.
pub const LINKS: usize = 6;

/// No chip at the other end.
const NOWHERE: ChipId = ChipId::MAX;

/// Steps of a mesh's four links: E, N, W, S.
const MESH_STEPS: [(i64, i64); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

/// A place on the grid of chips.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Column.
    pub x: u32,
    /// Row.
    pub y: u32,
}

/// A chip of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chip {
    /// Where it is.
    pub place: Place,
    /// The board it is on.
    pub board: u32,
    /// Its cores that are left to networks.
    pub cores: u32,
}

/// What is broken. Links are broken in both directions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Chips that do not work at all.
    pub chips: BTreeSet<Place>,
    /// How many cores of a chip do not work.
    pub cores: BTreeMap<Place, u32>,
    /// Links that do not work: a chip and its link.
    pub links: BTreeSet<(Place, usize)>,
}

/// A machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    chips: Vec<Chip>,
    at: BTreeMap<Place, ChipId>,
    neighbours: Vec<[ChipId; LINKS]>,
    steps: &'static [(i64, i64)],
    /// Columns and rows, where they close to a ring.
    ring: Option<[u32; 2]>,
    boards: u32,
}

impl Machine {
    /// A machine of boards, in the order in which they tile the plane: the fewest tiles, as square as they go, not closed to a torus.
    /// `cores` are those of an undisturbed chip.
    pub fn of_boards(board: &Board, boards: u32, cores: u32, faults: &Faults) -> Self {
        let boards = boards.max(1);
        let tiles = boards.div_ceil(board.origins.len().max(1) as u32);
        let mut across = 1;
        while across * across < tiles {
            across += 1;
        }
        let origins = tiled(board, across, tiles.div_ceil(across)).take(boards as usize);
        Self::new(chips_of(board, origins, cores), &HEXAGONAL_STEPS, None, faults)
    }

    /// A machine of tiles of boards, closed to a torus.
    pub fn torus(board: &Board, across: u32, up: u32, cores: u32, faults: &Faults) -> Self {
        let ring = [board.tile[0] * across, board.tile[1] * up];
        let [width, height] = ring;
        let mut chips = chips_of(board, tiled(board, across, up), cores);
        for chip in &mut chips {
            chip.place = Place { x: chip.place.x % width, y: chip.place.y % height };
        }
        Self::new(chips, &HEXAGONAL_STEPS, Some(ring), faults)
    }

    /// A torus of six-linked chips without boards' edges, as studies of interconnects use it.
    pub fn plain_torus(width: u32, height: u32, cores: u32, faults: &Faults) -> Self {
        Self::new(rectangle(width, height, cores), &HEXAGONAL_STEPS, Some([width, height]), faults)
    }

    /// A mesh of four-linked chips, open at its edges.
    pub fn mesh(width: u32, height: u32, cores: u32, faults: &Faults) -> Self {
        Self::new(rectangle(width, height, cores), &MESH_STEPS, None, faults)
    }

    fn new(mut chips: Vec<Chip>, steps: &'static [(i64, i64)], ring: Option<[u32; 2]>, faults: &Faults) -> Self {
        chips.retain(|chip| !faults.chips.contains(&chip.place));
        for chip in &mut chips {
            chip.cores = chip.cores.saturating_sub(faults.cores.get(&chip.place).copied().unwrap_or(0));
        }
        // Column by column, as the makers' software counts.
        chips.sort_by_key(|chip| chip.place);
        let at: BTreeMap<Place, ChipId> = (0..).zip(&chips).map(|(id, chip)| (chip.place, id)).collect();
        let boards = chips.iter().map(|chip| chip.board).collect::<BTreeSet<_>>().len() as u32;
        let mut machine = Self { chips, at, neighbours: Vec::new(), steps, ring, boards };
        machine.neighbours = (0..machine.chips.len()).map(|id| machine.ends(id, faults)).collect();
        machine
    }

    /// Where the links of a chip end.
    fn ends(&self, id: usize, faults: &Faults) -> [ChipId; LINKS] {
        let from = self.chips[id].place;
        let mut ends = [NOWHERE; LINKS];
        for (link, end) in ends.iter_mut().enumerate().take(self.steps.len()) {
            let Some(to) = self.step(from, link) else { continue };
            let broken = faults.links.contains(&(from, link)) || faults.links.contains(&(to, self.opposite(link)));
            if let (false, Some(&chip)) = (broken, self.at.get(&to)) {
                *end = chip;
            }
        }
        ends
    }

    fn step(&self, from: Place, link: usize) -> Option<Place> {
        let (dx, dy) = self.steps[link];
        let (x, y) = (i64::from(from.x) + dx, i64::from(from.y) + dy);
        let (x, y) = self.ring.map_or((x, y), |[w, h]| (x.rem_euclid(i64::from(w)), y.rem_euclid(i64::from(h))));
        Some(Place { x: u32::try_from(x).ok()?, y: u32::try_from(y).ok()? })
    }

    /// Its chips, column by column.
    pub fn chips(&self) -> &[Chip] {
        &self.chips
    }

    /// The chip at a place, if there is one that works.
    pub fn chip_at(&self, place: Place) -> Option<ChipId> {
        self.at.get(&place).copied()
    }

    /// Boards that have a working chip.
    pub fn boards(&self) -> u32 {
        self.boards
    }

    /// Cores left to networks, all chips together.
    pub fn cores(&self) -> u64 {
        self.chips.iter().map(|chip| u64::from(chip.cores)).sum()
    }

    /// Links of a chip: 6 or 4, numbered against the clock from east.
    pub fn links_per_chip(&self) -> usize {
        self.steps.len()
    }

    /// The link by which a packet sent by `link` arrives at the other end; also the one on which a default-routed packet came.
    pub fn opposite(&self, link: usize) -> usize {
        let links = self.steps.len();
        (link + links / 2) % links
    }

    /// The chip at the other end of a link, if the link works.
    pub fn neighbour(&self, chip: ChipId, link: usize) -> Option<ChipId> {
        let end = self.neighbours[chip as usize][link];
        (end != NOWHERE).then_some(end)
    }

    /// Whether a link goes to another board.
    pub fn leaves_board(&self, chip: ChipId, link: usize) -> bool {
        self.neighbour(chip, link).is_some_and(|to| self.chips[to as usize].board != self.chips[chip as usize].board)
    }

    /// Columns and rows where they close to a ring.
    pub fn ring(&self) -> Option<[u32; 2]> {
        self.ring
    }
}

/// The boards' origins of so many tiles, tile by tile.
fn tiled(board: &Board, across: u32, up: u32) -> impl Iterator<Item = [u32; 2]> {
    let [width, height] = board.tile;
    let tiles = (0..up).flat_map(move |j| (0..across).map(move |i| [i * width, j * height]));
    tiles.flat_map(|[x, y]| board.origins.iter().map(move |o| [x + o[0], y + o[1]]))
}

fn chips_of(board: &Board, origins: impl Iterator<Item = [u32; 2]>, cores: u32) -> Vec<Chip> {
    let chip = |number: u32, [left, bottom]: [u32; 2], (x, y): (u32, u32)| Chip {
        place: Place { x: left + x, y: bottom + y },
        board: number,
        cores: cores.saturating_sub(board.fewer_cores_at(x, y)),
    };
    (0..).zip(origins).flat_map(|(number, origin)| board.chips().map(move |at| chip(number, origin, at))).collect()
}

fn rectangle(width: u32, height: u32, cores: u32) -> Vec<Chip> {
    let places = (0..width).flat_map(|x| (0..height).map(move |y| Place { x, y }));
    places.map(|place| Chip { place, board: 0, cores }).collect()
}
