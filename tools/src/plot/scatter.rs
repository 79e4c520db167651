//! Points of two numbers and lines, in groups.

use super::axes::{BELOW, LEFT, NumberAxis, ValueAxis};
use super::ink::{CELL, Ink, Mark};
use super::palette::curve;
use super::scene::{Frame, LABEL, SMALL, Scene, Text};
use super::sheet::Sheet;
use super::table::ROW;
use super::text::Face;
use super::{Caption, Format, PlotError, Size, render};

/// Edge of a point.
const POINT: f64 = 1.6;
/// Width of a line.
const LINE: f64 = 0.35;
/// Right of the panel.
const LEGEND_GAP: f64 = 2.5;

/// What has one colour.
#[derive(Clone, Debug, Default)]
pub struct ScatterGroup {
    /// As in the legend.
    pub name: String,
    /// What is marked, across and up.
    pub points: Vec<(f64, f64)>,
    /// What is joined.
    pub line: Vec<(f64, f64)>,
}

impl ScatterGroup {
    /// The ends of all of its marks and pieces of lines that are finite.
    fn places(&self) -> impl Iterator<Item = (f64, f64)> {
        finite(&self.points).chain(finite(&self.line))
    }
}

fn finite(points: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> {
    points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite())
}

/// What a plot of points shows.
#[derive(Clone, Debug)]
pub struct ScatterData {
    /// Title and facts.
    pub caption: Caption,
    /// Name of the horizontal axis.
    pub x_name: String,
    /// Name of the vertical axis.
    pub y_name: String,
    /// From top to bottom of the legend.
    pub groups: Vec<ScatterGroup>,
    /// Width and height.
    pub size: Size,
}

/// Draws points and lines; what is not finite is left out.
///
/// # Errors
/// No points; a failing renderer.
pub fn scatter(data: &ScatterData, format: Format) -> Result<Vec<u8>, PlotError> {
    let points: Vec<(f64, f64)> = data.groups.iter().flat_map(ScatterGroup::places).collect();
    if points.is_empty() {
        return Err(PlotError::Nothing);
    }
    render(&draw(data, &points)?, format)
}

/// The least and the largest.
fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

fn draw(data: &ScatterData, points: &[(f64, f64)]) -> Result<Scene, PlotError> {
    let marked = data.groups.iter().flat_map(|group| finite(&group.points)).count();
    let facts = [match marked {
        0 => String::new(),
        1 => "1 point".to_string(),
        _ => format!("{marked} points"),
    }];
    let mut sheet = Sheet::new(data.size, &data.caption, "", &facts[0])?;
    let room = sheet.room;
    let widest = |name: &str| sheet.scene.fonts.width(name, Face::Bold, LABEL);
    let legend = data.groups.iter().map(|group| widest(&group.name)).fold(0.0, f64::max) + LEGEND_GAP + 1.0;
    let legend = legend.min(0.35 * room.width);
    let frame =
        Frame { x: room.x + LEFT, y: room.y + SMALL, width: room.width - LEFT - legend, height: room.height - SMALL - BELOW };
    let (left, right) = ends(points.iter().map(|point| point.0));
    let (low, high) = ends(points.iter().map(|point| point.1));
    let margin = if right > left { 0.06 * (right - left) } else { 0.05 * left.abs().max(1.0) };
    let (across, up) = (NumberAxis::new(left - margin, right + margin, false), ValueAxis::around(low, high));
    let scene = &mut sheet.scene;
    for (index, group) in data.groups.iter().enumerate() {
        let place = |(x, y): (f64, f64)| (across.fraction(x), up.y(frame, y));
        let line: Vec<(f64, f64)> = finite(&group.line).map(place).map(|(x, y)| (frame.x + x * frame.width, y)).collect();
        if !line.is_empty() {
            scene.line(line, LINE, curve(index));
        }
        let mut ink = Ink::new(frame);
        let edge = (POINT / CELL) as u32;
        ink.mark = Mark { width: edge, height: edge };
        finite(&group.points).map(place).for_each(|(x, y)| ink.put(x, (y - frame.y) / frame.height));
        scene.marks(ink, curve(index));
        let y = frame.y + (index as f64 + 0.5) * ROW;
        if y < frame.bottom() {
            let name = scene.fonts.fit(&group.name, Face::Bold, LABEL, legend - LEGEND_GAP);
            scene.text(Text::new(name, frame.right() + LEGEND_GAP, y).bold().colour(curve(index)).centred());
        }
    }
    up.draw(scene, frame, &data.y_name);
    across.draw(scene, frame, Some(&data.x_name));
    Ok(sheet.finish(&facts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_their_legend() {
        let data = |points| ScatterData {
            caption: Caption::default(),
            x_name: "across".into(),
            y_name: "up".into(),
            groups: vec![ScatterGroup { name: "some".into(), points, ..ScatterGroup::default() }],
            size: Size::default(),
        };
        let svg = scatter(&data(vec![(1.0, 2.0), (2.0, 3.0), (f64::NAN, 1.0)]), Format::Svg).expect("a plot");
        let svg = String::from_utf8(svg).expect("a text");
        for word in ["across", "up", "some", "2 points"] {
            assert!(svg.contains(word), "\"{word}\" stands in it");
        }
        assert!(scatter(&data(vec![(0.0, 0.0)]), Format::Png).is_ok(), "a point by itself");
        let mut line = data(vec![]);
        line.groups[0].line = vec![(0.0, 1.0), (1.0, 3.0)];
        let svg = String::from_utf8(scatter(&line, Format::Svg).expect("a line alone")).expect("a text");
        assert!(!svg.contains("0 points"), "what is not there is not counted");
        assert_eq!(scatter(&data(vec![(f64::NAN, 1.0)]), Format::Svg), Err(PlotError::Nothing), "none that is finite");
    }
}
