//! The table at the right edge: a name and two numbers beside each panel or band.

use super::PlotPopulation;
use super::palette::{Colour, FAINT};
use super::scene::{Anchor, LABEL, SMALL, Scene, Text};
use super::text::{Face, Fonts};
use super::ticks::{grouped, significant};

const GAP: f64 = 2.5;

/// Height of a row in the label size.
pub(super) const ROW: f64 = LEADING * LABEL;

/// Rows are so many times as high as their text.
const LEADING: f64 = 1.32;

/// Smallest text, 5 points.
const LEAST: f64 = 5.0 * 25.4 / 72.0;

/// The widths of the columns, and the size of their text.
pub(super) struct Table {
    em: f64,
    heads: [&'static str; 2],
    name_width: f64,
    widths: [f64; 2],
}

impl Table {
    /// Name, size and rate of populations; the rates need not be known yet.
    pub(super) fn of_populations(populations: &[PlotPopulation], fonts: &Fonts, room: f64, height: f64) -> Self {
        let row = |p: &PlotPopulation| [p.name.clone(), grouped(p.size.into()), "<0.001".to_string()];
        Self::new(["N", "Hz"], &populations.iter().map(row).collect::<Vec<_>>(), fonts, room, height)
    }

    /// Names and two columns wide enough for them, within a part of the given width; text small enough for all rows to fit the
    /// height, but legible.
    pub(super) fn new(heads: [&'static str; 2], rows: &[[String; 3]], fonts: &Fonts, room: f64, height: f64) -> Self {
        let widest = (0.3 * room).max(34.0).min(0.42 * room);
        let em = (height / rows.len().max(1) as f64 / LEADING).clamp(LEAST, LABEL);
        let width = |column: usize, face| rows.iter().map(|r| fonts.width(&r[column], face, em)).fold(0.0, f64::max);
        let number = |i: usize| width(i + 1, Face::Regular).max(fonts.width(heads[i], Face::Regular, SMALL));
        let widths = [number(0), number(1)];
        let name_width = width(0, Face::Bold).min(widest - widths[0] - widths[1] - 3.0 * GAP).max(0.0);
        Self { em, heads, name_width, widths }
    }

    /// Height of a row.
    pub(super) fn row_height(&self) -> f64 {
        LEADING * self.em
    }

    /// Its width, with the gap at its left.
    pub(super) fn width(&self) -> f64 {
        3.0 * GAP + self.name_width + self.widths[0] + self.widths[1]
    }

    /// Heads of the columns; the panel ends at `x`.
    pub(super) fn head(&self, scene: &mut Scene, x: f64, baseline: f64) {
        for (text, column) in self.heads.iter().zip(self.columns(x)) {
            scene.text(Text::new(*text, column, baseline).size(SMALL).anchor(Anchor::End).colour(FAINT));
        }
    }

    /// A population's row, centred on a height.
    pub(super) fn population(&self, scene: &mut Scene, at: (f64, f64), population: &PlotPopulation, hz: f64, colour: Colour) {
        self.row(scene, at, &[population.name.clone(), grouped(population.size.into()), significant(hz)], colour);
    }

    /// A row, centred on a height.
    pub(super) fn row(&self, scene: &mut Scene, (x, y): (f64, f64), row: &[String; 3], colour: Colour) {
        let name = scene.fonts.fit(&row[0], Face::Bold, self.em, self.name_width);
        scene.text(Text::new(name, x + GAP, y).size(self.em).bold().colour(colour).centred());
        for (text, column) in row[1..].iter().zip(self.columns(x)) {
            scene.text(Text::new(text, column, y).size(self.em).anchor(Anchor::End).centred());
        }
    }

    /// Right edges of the two columns.
    fn columns(&self, x: f64) -> [f64; 2] {
        let first = x + 2.0 * GAP + self.name_width + self.widths[0];
        [first, first + GAP + self.widths[1]]
    }
}
