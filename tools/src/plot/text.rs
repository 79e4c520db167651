//! The font of all plots: DejaVu Sans, carried in the program, so that a plot looks the same on every machine.

use super::PlotError;
use ab_glyph::{Font, FontRef, Glyph, point};

/// Regular or bold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
}

/// Both faces, ready to measure and to draw.
pub(super) struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Fonts {
    pub(super) fn load() -> Result<Self, PlotError> {
        let read = |bytes| FontRef::try_from_slice(bytes).map_err(|_| PlotError::Drawing("the font is damaged".into()));
        Ok(Self { regular: read(dejavu::sans::regular())?, bold: read(dejavu::sans::bold())? })
    }

    fn face(&self, face: Face) -> &FontRef<'static> {
        match face {
            Face::Regular => &self.regular,
            Face::Bold => &self.bold,
        }
    }

    /// Width of a text whose em has the given size, in the unit of that size.
    pub(super) fn width(&self, text: &str, face: Face, em: f64) -> f64 {
        self.lay_out(text, face, em).1
    }

    /// The text, shortened with an ellipsis if it is wider than allowed.
    pub(super) fn fit(&self, text: &str, face: Face, em: f64, widest: f64) -> String {
        if self.width(text, face, em) <= widest {
            return text.to_string();
        }
        let ends = text.char_indices().map(|(i, _)| i).collect::<Vec<_>>().into_iter().rev();
        let candidates = ends.map(|end| format!("{}…", text[..end].trim_end()));
        candidates.into_iter().find(|c| self.width(c, face, em) <= widest).unwrap_or_default()
    }

    /// Calls `pixel(x, y, coverage)` for a text that starts at `left` on the given baseline.
    pub(super) fn draw(
        &self,
        text: &str,
        face: Face,
        em: f64,
        (left, baseline): (f64, f64),
        mut pixel: impl FnMut(i32, i32, f64),
    ) {
        let font = self.face(face);
        for (mut glyph, x) in self.lay_out(text, face, em).0 {
            glyph.position = point((left + x) as f32, baseline as f32);
            let Some(outline) = font.outline_glyph(glyph) else { continue };
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, coverage| pixel(corner.x as i32 + x as i32, corner.y as i32 + y as i32, coverage.into()));
        }
    }

    /// The glyphs with their places on the baseline, and the width of all.
    fn lay_out(&self, text: &str, face: Face, em: f64) -> (Vec<(Glyph, f64)>, f64) {
        let font = self.face(face);
        let units = f64::from(font.units_per_em().unwrap_or(1.0));
        let scale = (em * f64::from(font.height_unscaled()) / units) as f32;
        let mut at = 0.0;
        let mut glyphs = Vec::new();
        let mut previous = None;
        for character in text.chars() {
            let id = font.glyph_id(character);
            if let Some(previous) = previous {
                at += f64::from(font.kern_unscaled(previous, id)) * em / units;
            }
            glyphs.push((id.with_scale(scale), at));
            at += f64::from(font.h_advance_unscaled(id)) * em / units;
            previous = Some(id);
        }
        (glyphs, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_shortened_to_fit() {
        let fonts = Fonts::load().expect("the font");
        assert_eq!(fonts.fit("exc", Face::Bold, 2.0, 50.0), "exc", "it fits");
        let long = "memory/content/conditional/inhibitory";
        let short = fonts.fit(long, Face::Bold, 2.0, 20.0);
        assert!(short.ends_with('…') && long.starts_with(short.trim_end_matches('…')), "a beginning: {short}");
        assert!(fonts.width(&short, Face::Bold, 2.0) <= 20.0, "{short} is narrow enough");
        assert_eq!(fonts.fit("µµµ", Face::Regular, 2.0, 0.1), "", "nothing fits");
    }

    #[test]
    fn widths_are_those_of_the_font() {
        let fonts = Fonts::load().expect("the font");
        // The advance of a DejaVu Sans digit is 1303 of 2048 units.
        let width = fonts.width("12345", Face::Regular, 2048.0);
        assert!((width - 5.0 * 1303.0).abs() < 1e-6, "five digits: {width}");
    }
}
