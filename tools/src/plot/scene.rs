//! What a plot consists of, in millimetres from the upper left corner, before it becomes SVG or PNG.

use super::Size;
use super::ink::Ink;
use super::palette::{Colour, INK};
use super::text::{Face, Fonts};

/// Sizes of text (height of the em) in millimetres: 9, 7 and 6 points.
pub(super) const TITLE: f64 = 9.0 * 25.4 / 72.0;
pub(super) const LABEL: f64 = 7.0 * 25.4 / 72.0;
pub(super) const SMALL: f64 = 6.0 * 25.4 / 72.0;

/// Width of axes and tick marks.
pub(super) const HAIRLINE: f64 = 0.2;

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Frame {
    pub(super) fn right(self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }
}

/// A line of text.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) string: String,
    /// The anchor's point on the baseline.
    pub(super) at: (f64, f64),
    pub(super) size: f64,
    pub(super) face: Face,
    pub(super) anchor: Anchor,
    pub(super) colour: Colour,
    /// Whether it runs upwards.
    pub(super) upwards: bool,
}

impl Text {
    /// A dark text in the label size that starts at a point.
    pub(super) fn new(string: impl Into<String>, x: f64, y: f64) -> Self {
        let string = string.into();
        Self { string, at: (x, y), size: LABEL, face: Face::Regular, anchor: Anchor::Start, colour: INK, upwards: false }
    }

    pub(super) fn size(self, size: f64) -> Self {
        Self { size, ..self }
    }

    pub(super) fn bold(self) -> Self {
        Self { face: Face::Bold, ..self }
    }

    pub(super) fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    pub(super) fn colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// Lets it run upwards.
    pub(super) fn upwards(self) -> Self {
        Self { upwards: true, ..self }
    }

    /// Moves it down so that its digits and capitals are centred on its point.
    pub(super) fn centred(mut self) -> Self {
        const CAP_HEIGHT: f64 = 0.729;
        self.at.1 += CAP_HEIGHT / 2.0 * self.size;
        self
    }
}

/// One thing to draw.
pub(super) enum Item {
    Line {
        points: Vec<(f64, f64)>,
        width: f64,
        colour: Colour,
    },
    /// Filled convex polygons.
    Areas {
        outlines: Vec<Vec<(f64, f64)>>,
        colour: Colour,
    },
    Text(Text),
    Marks {
        ink: Ink,
        colour: Colour,
    },
    Image(Image),
}

/// Rectangles of grey that fill a frame, row by row from the top.
pub(super) struct Image {
    pub(super) frame: Frame,
    pub(super) columns: usize,
    pub(super) greys: Vec<u8>,
}

impl Image {
    pub(super) fn rows(&self) -> usize {
        self.greys.len() / self.columns.max(1)
    }
}

/// Everything to draw, first things first.
pub(super) struct Scene {
    pub(super) size: Size,
    pub(super) items: Vec<Item>,
    pub(super) fonts: Fonts,
}

impl Scene {
    pub(super) fn new(size: Size, fonts: Fonts) -> Self {
        Self { size, items: Vec::new(), fonts }
    }

    pub(super) fn text(&mut self, text: Text) {
        if !text.string.is_empty() {
            self.items.push(Item::Text(text));
        }
    }

    /// A line through the points; one point alone is not drawn.
    pub(super) fn line(&mut self, points: Vec<(f64, f64)>, width: f64, colour: Colour) {
        if points.len() > 1 {
            self.items.push(Item::Line { points, width, colour });
        }
    }

    pub(super) fn segment(&mut self, from: (f64, f64), to: (f64, f64), width: f64, colour: Colour) {
        self.line(vec![from, to], width, colour);
    }

    /// Filled convex polygons of one colour.
    pub(super) fn areas(&mut self, outlines: Vec<Vec<(f64, f64)>>, colour: Colour) {
        if !outlines.is_empty() {
            self.items.push(Item::Areas { outlines, colour });
        }
    }

    /// An image; one without any rectangle is not drawn.
    pub(super) fn image(&mut self, image: Image) {
        if image.rows() > 0 {
            self.items.push(Item::Image(image));
        }
    }

    pub(super) fn marks(&mut self, ink: Ink, colour: Colour) {
        self.items.push(Item::Marks { ink, colour });
    }
}
