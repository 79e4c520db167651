//! Scales of colours from light to dark, and the bars that explain them.

use super::axes::NumberAxis;
use super::palette::{Colour, INK, PAPER};
use super::scene::{Frame, Scene};

/// Tones of a scale; values of one tone are drawn together.
pub(super) const TONES: usize = 32;

/// A scale of colours.
#[derive(Clone, Copy)]
pub(super) struct Ramp([Colour; 3]);

/// From pale to deep blue.
pub(super) const BLUE: Ramp = Ramp([Colour(0xdc, 0xee, 0xf8), Colour(0x3b, 0x9b, 0xd4), Colour(0x00, 0x3f, 0x6b)]);
/// From pale yellow to brown.
pub(super) const ORANGE: Ramp = Ramp([Colour(0xf7, 0xe6, 0xc0), Colour(0xe6, 0x8a, 0x00), Colour(0x8c, 0x2d, 0x04)]);
/// From pale to deep green.
pub(super) const GREEN: Ramp = Ramp([Colour(0xda, 0xf0, 0xe6), Colour(0x2f, 0xad, 0x84), Colour(0x00, 0x4d, 0x38)]);

impl Ramp {
    /// The tone of a part of the scale.
    pub(super) fn tone(part: f64) -> usize {
        (part.clamp(0.0, 1.0) * (TONES - 1) as f64).round() as usize
    }

    /// The colour of a tone.
    pub(super) fn colour(&self, tone: usize) -> Colour {
        let at = tone as f64 / (TONES - 1) as f64 * 2.0;
        let (from, to, part) = if at < 1.0 { (self.0[0], self.0[1], at) } else { (self.0[1], self.0[2], at - 1.0) };
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
        Colour(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
    }

    /// The colour of text on a tone.
    pub(super) fn ink(&self, tone: usize) -> Colour {
        let Colour(red, green, blue) = self.colour(tone);
        let light = 0.3 * f64::from(red) + 0.6 * f64::from(green) + 0.1 * f64::from(blue);
        if light < 150.0 { PAPER } else { INK }
    }

    /// A bar of all tones with numbers from 0 to the highest, and its name.
    pub(super) fn explain(&self, scene: &mut Scene, bar: Frame, highest: f64, name: &str) {
        let step = bar.width / TONES as f64;
        for tone in 0..TONES {
            // Each reaches below the next, lest the ground shines through between them.
            let (left, right) = (bar.x + tone as f64 * step, bar.right().min(bar.x + (tone + 2) as f64 * step));
            let outline = vec![(left, bar.y), (right, bar.y), (right, bar.bottom()), (left, bar.bottom())];
            scene.areas(vec![outline], self.colour(tone));
        }
        NumberAxis::new(0.0, highest, false).draw(scene, bar, Some(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_grow_darker() {
        for ramp in [BLUE, ORANGE, GREEN] {
            let light = |tone: usize| {
                let Colour(red, green, blue) = ramp.colour(tone);
                u32::from(red) + u32::from(green) + u32::from(blue)
            };
            assert!((1..TONES).all(|tone| light(tone) < light(tone - 1)), "each tone is darker than the one before");
            assert_eq!((ramp.ink(0), ramp.ink(TONES - 1)), (INK, PAPER), "text is dark on light and light on dark");
        }
        assert_eq!((Ramp::tone(-1.0), Ramp::tone(2.0), Ramp::tone(f64::NAN)), (0, TONES - 1, 0), "whatever the number");
    }
}
