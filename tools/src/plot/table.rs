//! The table at the right edge: name, size and mean rate of each population beside its panel or band.

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
    name_width: f64,
    size_width: f64,
    rate_width: f64,
}

impl Table {
    /// Columns wide enough for the populations, within a part of the given width; text small enough for all rows to fit the height, but
    /// legible.
    pub(super) fn new(populations: &[PlotPopulation], fonts: &Fonts, room: f64, height: f64) -> Self {
        let widest = (0.3 * room).max(34.0).min(0.42 * room);
        let em = (height / populations.len().max(1) as f64 / LEADING).clamp(LEAST, LABEL);
        let widths = |texts: Vec<String>, face| texts.iter().map(|t| fonts.width(t, face, em)).fold(0.0, f64::max);
        let size_width = widths(populations.iter().map(|p| grouped(p.size.into())).collect(), Face::Regular).max(fonts.width(
            "N",
            Face::Regular,
            SMALL,
        ));
        let rate_width = fonts.width("<0.001", Face::Regular, em);
        let names = widths(populations.iter().map(|p| p.name.clone()).collect(), Face::Bold);
        let name_width = names.min(widest - size_width - rate_width - 3.0 * GAP).max(0.0);
        Self { em, name_width, size_width, rate_width }
    }

    /// Height of a row.
    pub(super) fn row_height(&self) -> f64 {
        LEADING * self.em
    }

    /// Its width, with the gap at its left.
    pub(super) fn width(&self) -> f64 {
        3.0 * GAP + self.name_width + self.size_width + self.rate_width
    }

    /// Heads of the columns; the panel ends at `x`.
    pub(super) fn head(&self, scene: &mut Scene, x: f64, baseline: f64) {
        for (text, column) in [("N", self.size_column(x)), ("Hz", self.rate_column(x))] {
            scene.text(Text::new(text, column, baseline).size(SMALL).anchor(Anchor::End).colour(FAINT));
        }
    }

    /// A population's row, centred on a height.
    pub(super) fn row(&self, scene: &mut Scene, (x, y): (f64, f64), population: &PlotPopulation, hz: f64, colour: Colour) {
        let name = scene.fonts.fit(&population.name, Face::Bold, self.em, self.name_width);
        scene.text(Text::new(name, x + GAP, y).size(self.em).bold().colour(colour).centred());
        for (text, column) in [(grouped(population.size.into()), self.size_column(x)), (significant(hz), self.rate_column(x))] {
            scene.text(Text::new(text, column, y).size(self.em).anchor(Anchor::End).centred());
        }
    }

    fn size_column(&self, x: f64) -> f64 {
        x + 2.0 * GAP + self.name_width + self.size_width
    }

    fn rate_column(&self, x: f64) -> f64 {
        self.size_column(x) + GAP + self.rate_width
    }
}
