//! Where the chips of a machine lie in a picture, and what shape they have: hexagons with six neighbours at the same distance, or
//! squares with four. Lengths are in units of that distance; y points down.

use sim_hw::topology::HEXAGONAL_STEPS;

/// Half the square root of 3: from one row of hexagons to the next.
const ROW: f64 = 0.866_025_403_784_438_6;

/// The shape of chips, by their links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cells {
    /// Six links: E, NE, N, W, SW, S, as boards of SpiNNaker number them.
    Hexagons,
    /// Four: E, N, W, S.
    Squares,
}

impl Cells {
    /// The middle of the chip at a column and row.
    pub(super) fn middle(self, x: u32, y: u32) -> (f64, f64) {
        self.skew(f64::from(x), f64::from(y))
    }

    fn skew(self, x: f64, y: f64) -> (f64, f64) {
        match self {
            Self::Hexagons => (x - y / 2.0, -ROW * y),
            Self::Squares => (x, -y),
        }
    }

    /// The steps on the grid that links make.
    pub(super) fn steps(self) -> &'static [(i64, i64)] {
        match self {
            Self::Hexagons => &HEXAGONAL_STEPS,
            Self::Squares => &[(1, 0), (0, 1), (-1, 0), (0, -1)],
        }
    }

    /// Where a link leads: a vector of length 1.
    pub(super) fn direction(self, link: usize) -> (f64, f64) {
        let (x, y) = self.steps()[link];
        self.skew(x as f64, y as f64)
    }

    /// Half the height of a chip that fills its place.
    pub(super) fn half_height(self) -> f64 {
        match self {
            Self::Hexagons => ROW * 2.0 / 3.0,
            Self::Squares => 0.5,
        }
    }

    /// The side of a place that a link crosses: its two ends.
    pub(super) fn side(self, link: usize) -> [(f64, f64); 2] {
        let (x, y) = self.direction(link);
        let half = match self {
            Self::Hexagons => ROW / 3.0,
            Self::Squares => 0.5,
        };
        [(x / 2.0 - y * half, y / 2.0 + x * half), (x / 2.0 + y * half, y / 2.0 - x * half)]
    }

    /// The corners of a place around its middle.
    pub(super) fn corners(self) -> Vec<(f64, f64)> {
        (0..self.steps().len()).map(|link| self.side(link)[0]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_as_far_as_each_other_and_sides_meet_corners() {
        for cells in [Cells::Hexagons, Cells::Squares] {
            for link in 0..cells.steps().len() {
                let (x, y) = cells.direction(link);
                assert!((x * x + y * y - 1.0).abs() < 1e-12, "{cells:?}: link {link} has length 1");
                let next = cells.side((link + 1) % cells.steps().len());
                let (here, there) = (cells.side(link)[1], next[0]);
                assert!(
                    (here.0 - there.0).abs() + (here.1 - there.1).abs() < 1e-12,
                    "{cells:?}: side {link} ends where its neighbour begins"
                );
            }
        }
    }
}
