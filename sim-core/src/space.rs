//! Rooms in which cells lie, and the way from one cell to another.
//!
//! Places are held in steps: sites of a lattice, units of a box. Sites then are whole numbers, and cells that lie alike to each
//! other are at exactly the same distance.

use crate::expr::Expr;
use crate::expr::lanes::{Lanes, values};
use crate::network::{Network, Projection};

/// A room for positions.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    /// Name.
    pub name: String,
    /// Its extent.
    pub room: Room,
    /// Whether what leaves at one side comes in at the other.
    pub wrap: bool,
}

/// The extent of a space, by dimension: one to three of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Room {
    /// Sites at regular distances.
    Lattice {
        /// How many along x, y and z.
        grid: Vec<u32>,
        /// Distance of neighbours.
        spacing: f64,
    },
    /// Any place from 0 to these.
    Box {
        /// Length along x, y and z.
        sides: Vec<f64>,
    },
}

/// Where the cells of a population lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Positions {
    /// Index of the space.
    pub space: usize,
    /// How they got there.
    pub sites: Sites,
    /// Place of each cell, in steps of the space.
    pub cells: Vec<[f64; 3]>,
}

/// How cells got their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Sites {
    /// By the seed.
    #[default]
    Drawn,
    /// Site after site, x first.
    InOrder,
    /// One by one, by the netlist.
    Given,
}

impl Space {
    /// How many dimensions it has.
    pub fn dimensions(&self) -> usize {
        match &self.room {
            Room::Lattice { grid, .. } => grid.len(),
            Room::Box { sides } => sides.len(),
        }
    }

    /// Length of a step in the units of the space.
    pub fn step(&self) -> f64 {
        match self.room {
            Room::Lattice { spacing, .. } => spacing,
            Room::Box { .. } => 1.0,
        }
    }

    /// Steps along a dimension; 0 where it has no such dimension.
    pub fn side(&self, dimension: usize) -> f64 {
        let side = match &self.room {
            Room::Lattice { grid, .. } => grid.get(dimension).copied().map(f64::from),
            Room::Box { sides } => sides.get(dimension).copied(),
        };
        side.unwrap_or(0.0)
    }

    /// Sites of a lattice; `None` in a box, where there is always room.
    pub fn sites(&self) -> Option<u64> {
        match &self.room {
            Room::Lattice { grid, .. } => Some(grid.iter().map(|n| u64::from(*n)).fold(1, u64::saturating_mul)),
            Room::Box { .. } => None,
        }
    }

    /// The place of a site of a lattice: x counts first.
    pub fn site(&self, index: u32) -> [f64; 3] {
        let Room::Lattice { grid, .. } = &self.room else { return [0.0; 3] };
        let mut rest = index;
        let mut place = [0.0; 3];
        for (place, n) in place.iter_mut().zip(grid) {
            *place = f64::from(rest % n);
            rest /= n;
        }
        place
    }

    /// A place in the units of the space.
    pub fn coordinates(&self, place: &[f64; 3]) -> Vec<f64> {
        place.iter().take(self.dimensions()).map(|along| along * self.step()).collect()
    }

    /// The ways from some cells to one: target minus source, with wrap the shorter way round (halfway round, as without wrap).
    #[inline]
    pub fn ways<const N: usize>(&self, sources: [&[f64; 3]; N], target: &[f64; 3]) -> Lanes<N> {
        let (mut ways, mut distance) = ([[0.0; N]; 3], [0.0; N]);
        let step = self.step();
        for (dimension, ways) in ways.iter_mut().enumerate().take(self.dimensions()) {
            let side = self.side(dimension);
            // Without wrap nothing is farther than this.
            let half = if self.wrap { 0.5 * side } else { f64::INFINITY };
            for (way, source) in ways.iter_mut().zip(sources) {
                *way = target[dimension] - source[dimension];
            }
            for (way, square) in ways.iter_mut().zip(&mut distance) {
                let straight = *way;
                let round = if straight > half { straight - side } else { straight };
                let shorter = if straight < -half { straight + side } else { round };
                *square += shorter * shorter;
                *way = shorter * step;
            }
        }
        distance.iter_mut().for_each(|square| *square = square.sqrt() * step);
        Lanes { ways, distance }
    }
}

/// The places of the cells of two populations that share a space.
#[derive(Clone, Copy, Debug)]
pub struct Between<'a> {
    /// The space.
    pub space: &'a Space,
    /// Places of all cells of the source population.
    pub sources: &'a [[f64; 3]],
    /// Places of all cells of the target population.
    pub targets: &'a [[f64; 3]],
}

impl<'a> Between<'a> {
    /// The places of a projection's ends, where both have some in the same space.
    pub fn new(network: &'a Network, projection: &Projection) -> Option<Self> {
        let of = |population: usize| network.populations.get(population)?.positions.as_ref();
        let (sources, targets) = (of(projection.source)?, of(projection.target)?);
        let space = network.spaces.get(sources.space).filter(|_| sources.space == targets.space)?;
        Some(Self { space, sources: &sources.cells, targets: &targets.cells })
    }

    /// How some source cells lie to a target cell.
    #[inline]
    pub fn ways<const N: usize>(&self, sources: &[u32; N], target: u32) -> Lanes<N> {
        self.space.ways(sources.map(|source| &self.sources[source as usize]), &self.targets[target as usize])
    }

    /// What a folded formula gives for some source cells and a target cell.
    #[inline]
    pub fn values<const N: usize>(&self, formula: &Expr, sources: &[u32; N], target: u32) -> [f64; N] {
        values(formula, &self.ways(sources, target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(space: &Space, from: [f64; 3], to: [f64; 3]) -> ([f64; 3], f64) {
        let Lanes { ways, distance } = space.ways([&from], &to);
        (ways.map(|way| way[0]), distance[0])
    }

    #[test]
    fn sites_count_x_first() {
        let space = Space { name: "s".into(), room: Room::Lattice { grid: vec![3, 2, 2], spacing: 1.0 }, wrap: false };
        let places: Vec<[f64; 3]> = (0..12).map(|i| space.site(i)).collect();
        assert_eq!(places[1], [1.0, 0.0, 0.0], "along x");
        assert_eq!(places[3], [0.0, 1.0, 0.0], "then y");
        assert_eq!(places[11], [2.0, 1.0, 1.0], "the last corner");
        assert_eq!((space.sites(), space.dimensions()), (Some(12), 3), "all of them");
    }

    #[test]
    fn the_way_round_is_taken_where_it_is_shorter() {
        let mut space = Space { name: "s".into(), room: Room::Lattice { grid: vec![10, 4], spacing: 0.5 }, wrap: true };
        assert_eq!(way(&space, [1.0, 0.0, 0.0], [9.0, 1.0, 0.0]).0, [-1.0, 0.5, 0.0], "two sites to the left");
        assert_eq!(way(&space, [9.0, 0.0, 0.0], [1.0, 0.0, 0.0]), ([1.0, 0.0, 0.0], 1.0), "and back");
        assert_eq!(way(&space, [0.0, 0.0, 0.0], [5.0, 0.0, 0.0]).0[0], 2.5, "halfway round: as it is");
        assert_eq!(way(&space, [5.0, 0.0, 0.0], [0.0, 0.0, 0.0]).0[0], -2.5, "and back");
        space.wrap = false;
        assert_eq!(way(&space, [1.0, 0.0, 0.0], [9.0, 3.0, 0.0]), ([4.0, 1.5, 0.0], 18.25_f64.sqrt()), "no way round");
    }
}
