//! The sheet around a plot: title above, caption below, and what is left for the panels.

use super::palette::FAINT;
use super::scene::{Anchor, Frame, SMALL, Scene, TITLE, Text};
use super::text::{Face, Fonts};
use super::{Caption, PlotError, Size};

const MARGIN: f64 = 2.0;
const LINE: f64 = 1.35 * SMALL;
const BETWEEN: &str = "  ·  ";

/// A scene with its caption still open.
pub(super) struct Sheet {
    pub(super) scene: Scene,
    /// Room for panels, axes and tables.
    pub(super) room: Frame,
    caption: Caption,
}

impl Sheet {
    /// A sheet with its title, a note to the right of it, and room for the caption together with own facts that are at most
    /// as long as the given text.
    pub(super) fn new(size: Size, caption: &Caption, note: &str, longest_fact: &str) -> Result<Self, PlotError> {
        let mut scene = Scene::new(size, Fonts::load()?);
        let (width, height) = (size.width_mm(), size.height_mm());
        let baseline = MARGIN + TITLE;
        let note_width = scene.fonts.width(note, Face::Regular, SMALL);
        let widest = width - 3.0 * MARGIN - note_width;
        let title = scene.fonts.fit(&caption.title, Face::Bold, TITLE, widest);
        scene.text(Text::new(title, MARGIN, baseline).size(TITLE).bold());
        scene.text(Text::new(note, width - MARGIN, baseline).size(SMALL).anchor(Anchor::End).colour(FAINT));
        let top = baseline + 2.5;
        let mut sheet =
            Self { scene, room: Frame { x: MARGIN, y: top, width: width - 2.0 * MARGIN, height: 0.0 }, caption: caption.clone() };
        let lines = sheet.lines(&[longest_fact.to_string()]).len() as f64;
        sheet.room.height = height - top - MARGIN - lines * LINE;
        Ok(sheet)
    }

    /// The scene with its caption: the plot's own facts first.
    pub(super) fn finish(mut self, own: &[String]) -> Scene {
        let first = self.scene.size.height_mm() - MARGIN - 0.25 * SMALL;
        let lines = self.lines(own);
        let last = lines.len().saturating_sub(1);
        for (i, line) in lines.into_iter().enumerate() {
            let y = first - (last - i) as f64 * LINE;
            self.scene.text(Text::new(line, MARGIN, y).size(SMALL).colour(FAINT));
        }
        self.scene
    }

    /// Facts joined to lines that fit.
    fn lines(&self, own: &[String]) -> Vec<String> {
        let fonts = &self.scene.fonts;
        let mut lines: Vec<String> = Vec::new();
        for fact in own.iter().chain(&self.caption.facts).filter(|f| !f.is_empty()) {
            let fact = fonts.fit(fact, Face::Regular, SMALL, self.room.width);
            let longer = lines.last().map(|line| format!("{line}{BETWEEN}{fact}"));
            match (lines.last_mut(), longer) {
                (Some(line), Some(longer)) if fonts.width(&longer, Face::Regular, SMALL) <= self.room.width => *line = longer,
                _ => lines.push(fact),
            }
        }
        lines
    }
}
