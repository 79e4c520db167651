//! Which classes are taken for which: true classes from top to bottom, given ones from left to right, the darker the more.

use super::axes::axis_name;
use super::palette::{Colour, INK};
use super::scene::{Anchor, Frame, HAIRLINE, Image, LABEL, Scene, Text};
use super::sheet::Sheet;
use super::text::Face;
use super::ticks::grouped;
use super::{Caption, Format, PlotError, Size, render};

/// Between names and cells.
const GAP: f64 = 1.2;
/// Left of the cells, and below them: numbers of classes and a name.
const MARGIN: f64 = 2.0 * 1.32 * LABEL + 2.0 * GAP;
/// Points along the edge of a cell: some viewers smooth an image.
const FINE: usize = 24;
/// Text on cells darker than this is white.
const DARK: u8 = 140;
const WHITE: Colour = Colour(255, 255, 255);

/// What a plot of a confusion matrix shows.
#[derive(Clone, Debug)]
pub struct ConfusionData {
    /// Title and facts.
    pub caption: Caption,
    /// By true class, then by the class that was given; as many in each row as there are rows.
    pub counts: Vec<Vec<u64>>,
    /// Width and height.
    pub size: Size,
}

/// Draws a confusion matrix: shades are shares of a true class, numbers are counts.
///
/// # Errors
/// No classes, or rows of another length; a failing renderer.
pub fn confusion(data: &ConfusionData, format: Format) -> Result<Vec<u8>, PlotError> {
    let classes = data.counts.len();
    if classes == 0 || data.counts.iter().any(|row| row.len() != classes) {
        return Err(PlotError::Nothing);
    }
    render(&draw(data, classes)?, format)
}

fn draw(data: &ConfusionData, classes: usize) -> Result<Scene, PlotError> {
    let facts = [format!("{} images", grouped(data.counts.iter().flatten().sum())), "shades are shares of a true class".into()];
    let mut sheet = Sheet::new(data.size, &data.caption, "", &facts.join("     "))?;
    let room = sheet.room;
    let side = (room.height - MARGIN).min(room.width - MARGIN);
    let frame = Frame { x: room.x + (room.width - side) / 2.0, y: room.y, width: side, height: side };
    let greys: Vec<u8> = data.counts.iter().flat_map(|row| row.iter().map(|count| shade(*count, row.iter().sum()))).collect();
    let fine = (0..classes * FINE).flat_map(|y| (0..classes * FINE).map(move |x| y / FINE * classes + x / FINE));
    let scene = &mut sheet.scene;
    scene.image(Image { frame, columns: classes * FINE, greys: fine.map(|place| greys[place]).collect() });
    let ends = [(frame.x, frame.y), (frame.right(), frame.y), (frame.right(), frame.bottom()), (frame.x, frame.bottom())];
    scene.line(vec![ends[0], ends[1], ends[2], ends[3], ends[0]], HAIRLINE, INK);
    let cell = side / classes as f64;
    for (place, (count, grey)) in data.counts.iter().flatten().zip(greys).enumerate().filter(|(_, (count, _))| **count > 0) {
        let centre = |index: usize| (index as f64 + 0.5) * cell;
        let (x, y) = (frame.x + centre(place % classes), frame.y + centre(place / classes));
        let text = Text::new(count.to_string(), x, y).anchor(Anchor::Middle).centred();
        if scene.fonts.width(&text.string, Face::Regular, LABEL) < cell {
            scene.text(text.colour(if grey < DARK { WHITE } else { INK }));
        }
    }
    for class in 0..classes {
        let middle = (class as f64 + 0.5) * cell;
        let text = |x, y| Text::new(class.to_string(), x, y);
        scene.text(text(frame.x - GAP, frame.y + middle).anchor(Anchor::End).centred());
        scene.text(text(frame.x + middle, frame.bottom() + 1.32 * LABEL).anchor(Anchor::Middle));
    }
    axis_name(scene, frame, "true class", LABEL);
    let below = (frame.x + side / 2.0, frame.bottom() + 2.0 * 1.32 * LABEL + 0.4);
    scene.text(Text::new("given class", below.0, below.1).anchor(Anchor::Middle));
    Ok(sheet.finish(&facts))
}

/// White for none, dark for all.
fn shade(count: u64, all: u64) -> u8 {
    const DARKEST: f64 = 40.0;
    let share = count as f64 / all.max(1) as f64;
    // Roots, lest the few that are wrong be lost among the many that are right.
    (255.0 - share.sqrt() * (255.0 - DARKEST)).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_written_into_their_cells() {
        let data = |counts| ConfusionData { caption: Caption::default(), counts, size: Size::default() };
        let svg = confusion(&data(vec![vec![1234, 5], vec![0, 678]]), Format::Svg).expect("a plot");
        let svg = String::from_utf8(svg).expect("a text");
        for word in ["1234", ">5<", "678", "1,917 images", "true class", "given class"] {
            assert!(svg.contains(word), "\"{word}\" stands in it");
        }
        assert_eq!(confusion(&data(vec![]), Format::Svg), Err(PlotError::Nothing), "no classes");
        assert_eq!(confusion(&data(vec![vec![1, 2]]), Format::Svg), Err(PlotError::Nothing), "no square");
    }

    #[test]
    fn shades_are_shares() {
        assert_eq!((shade(0, 9), shade(9, 9), shade(0, 0)), (255, 40, 255), "white, dark, and nothing at all");
        assert!(shade(1, 100) < 240, "one of a hundred is seen");
    }
}
