//! Who is connected to whom: sources from left to right, targets from top to bottom, the darker the more synapses.

use super::axes::{ValueAxis, axis_name};
use super::palette::{Colour, INK, RULE, colours};
use super::scene::{Anchor, Frame, HAIRLINE, Image, LABEL, SMALL, Scene, Text};
use super::sheet::Sheet;
use super::text::Face;
use super::ticks::grouped;
use super::{Caption, Format, PlotError, Role, Size, render};
use sim_core::stats::quantile;

/// Between names and the matrix.
const GAP: f64 = 1.2;
/// Height of a name.
const ROW: f64 = 1.32 * LABEL;
/// The scale at the right: what it takes with its numbers, and its own width.
const SCALE: [f64; 2] = [22.0, 3.5];
/// Shades of the scale.
const SHADES: usize = 64;

/// Room kept in the caption for what the plot says of itself.
const LONGEST_FACTS: &str = "000,000,000 synapses  ·  points of 000 × 000 cells  ·  00,000 points have more than the scale shows";

/// A population along one side.
#[derive(Clone, Debug)]
pub struct MatrixSide {
    /// Name.
    pub name: String,
    /// What it does.
    pub role: Role,
    /// Rows or columns.
    pub bins: usize,
}

/// What a matrix shows.
#[derive(Clone, Debug)]
pub struct MatrixData {
    /// Title and facts.
    pub caption: Caption,
    /// Populations from left to right.
    pub sources: Vec<MatrixSide>,
    /// Populations from top to bottom.
    pub targets: Vec<MatrixSide>,
    /// Synapses for each pair of cells, row by row.
    pub densities: Vec<f64>,
    /// Cells in a row or a column.
    pub cells: u32,
    /// Synapses in all.
    pub synapses: u64,
    /// Width and height.
    pub size: Size,
}

/// Draws a connection matrix.
///
/// # Errors
/// No sources or no targets; a failing renderer.
pub fn matrix(data: &MatrixData, format: Format) -> Result<Vec<u8>, PlotError> {
    let bins = |sides: &[MatrixSide]| sides.iter().map(|s| s.bins).sum::<usize>();
    if bins(&data.sources) == 0 || bins(&data.targets) == 0 {
        return Err(PlotError::Nothing);
    }
    render(&draw(data, bins(&data.sources), bins(&data.targets))?, format)
}

fn draw(data: &MatrixData, columns: usize, rows: usize) -> Result<Scene, PlotError> {
    let cell = match data.cells {
        1 => "a point for each pair of cells".to_string(),
        cells => format!("points of {cells} × {cells} cells"),
    };
    let mut facts = vec![format!("{} synapses", grouped(data.synapses)), cell];
    let mut sheet = Sheet::new(data.size, &data.caption, "", LONGEST_FACTS)?;
    let room = sheet.room;
    let fonts = &sheet.scene.fonts;
    let longest = data.targets.iter().map(|t| fonts.width(&t.name, Face::Bold, LABEL)).fold(0.0, f64::max);
    let left = longest.min(0.2 * room.width) + GAP + ROW + 1.0;
    // Points are squares, as far as the sides differ little.
    let (widest, highest) = (room.width - left - SCALE[0], room.height - 2.0 * ROW - GAP - 1.0);
    let ratio = (columns as f64 / rows as f64).clamp(0.5, 2.0);
    let height = highest.min(widest / ratio);
    let frame = Frame { x: room.x + left, y: room.y, width: height * ratio, height };
    let darkest = darkest(&data.densities);
    let beyond = data.densities.iter().filter(|d| **d > darkest).count();
    facts.extend((beyond > 0).then(|| format!("{} points have more than the scale shows", grouped(beyond as u64))));
    let grey = |density: &f64| shade(density / darkest);
    let scene = &mut sheet.scene;
    scene.image(Image { frame, columns, greys: data.densities.iter().map(grey).collect() });
    let ends = [(frame.x, frame.y), (frame.right(), frame.y), (frame.right(), frame.bottom()), (frame.x, frame.bottom())];
    borders(scene, frame, &data.sources, columns, true);
    borders(scene, frame, &data.targets, rows, false);
    scene.line(vec![ends[0], ends[1], ends[2], ends[3], ends[0]], HAIRLINE, INK);
    source_names(scene, frame, &data.sources, columns);
    target_names(scene, frame, &data.targets, rows, left - GAP - ROW);
    axis_name(scene, frame, "target", left - 1.0 - ROW);
    scene.text(Text::new("source", frame.x + frame.width / 2.0, frame.bottom() + 2.0 * ROW + 0.4).anchor(Anchor::Middle));
    draw_scale(scene, frame, darkest);
    Ok(sheet.finish(&facts))
}

/// The density at the dark end of the scale: that of all but the few darkest points, among those that have any synapse. Else a few
/// random points would make all others pale.
fn darkest(densities: &[f64]) -> f64 {
    const DARKEST: f64 = 0.005;
    let mut some: Vec<f64> = densities.iter().copied().filter(|d| *d > 0.0).collect();
    some.sort_by(f64::total_cmp);
    if some.is_empty() { 1.0 } else { quantile(&some, 1.0 - DARKEST) }
}

/// The grey of a part of the scale: from white to a tone that borders can still be seen on.
fn shade(part: f64) -> u8 {
    const DARKEST: f64 = 50.0;
    (255.0 - part.clamp(0.0, 1.0) * (255.0 - DARKEST)).round() as u8
}

/// Where each population begins and ends, as fractions of the side.
fn spans(sides: &[MatrixSide], bins: usize) -> Vec<(f64, f64)> {
    let mut at = 0;
    let mut span = |side: &MatrixSide| {
        let begin = at;
        at += side.bins;
        (begin as f64 / bins as f64, at as f64 / bins as f64)
    };
    sides.iter().map(&mut span).collect()
}

/// Lines between populations.
fn borders(scene: &mut Scene, frame: Frame, sides: &[MatrixSide], bins: usize, upright: bool) {
    for (begin, _) in spans(sides, bins).into_iter().skip(1) {
        let (x, y) = (frame.x + begin * frame.width, frame.y + begin * frame.height);
        let (from, to) = if upright { ((x, frame.y), (x, frame.bottom())) } else { ((frame.x, y), (frame.right(), y)) };
        scene.segment(from, to, HAIRLINE, INK);
    }
}

/// Names below the matrix, each in the middle of its population, where there is room.
fn source_names(scene: &mut Scene, frame: Frame, sides: &[MatrixSide], bins: usize) {
    let mut free_from = f64::NEG_INFINITY;
    for ((side, colour), (begin, end)) in sides.iter().zip(side_colours(sides)).zip(spans(sides, bins)) {
        let middle = frame.x + (begin + end) / 2.0 * frame.width;
        let half = scene.fonts.width(&side.name, Face::Bold, SMALL) / 2.0;
        if middle - half >= free_from {
            let text = Text::new(&side.name, middle, frame.bottom() + ROW).size(SMALL).bold();
            scene.text(text.anchor(Anchor::Middle).colour(colour));
            free_from = middle + half + 1.0;
        }
    }
}

/// Names at the left of the matrix.
fn target_names(scene: &mut Scene, frame: Frame, sides: &[MatrixSide], bins: usize, widest: f64) {
    let mut free_from = f64::NEG_INFINITY;
    for ((side, colour), (begin, end)) in sides.iter().zip(side_colours(sides)).zip(spans(sides, bins)) {
        let middle = frame.y + (begin + end) / 2.0 * frame.height;
        if middle - ROW / 2.0 >= free_from {
            let name = scene.fonts.fit(&side.name, Face::Bold, LABEL, widest);
            scene.text(Text::new(name, frame.x - GAP, middle).bold().colour(colour).anchor(Anchor::End).centred());
            free_from = middle + ROW / 2.0;
        }
    }
}

fn side_colours(sides: &[MatrixSide]) -> Vec<Colour> {
    colours(&sides.iter().map(|s| s.role).collect::<Vec<_>>())
}

/// The scale of greys at the right.
fn draw_scale(scene: &mut Scene, frame: Frame, darkest: f64) {
    let [room, width] = SCALE;
    let scale = Frame { x: frame.right() + room - width - 1.0, width, ..frame };
    let greys = (0..SHADES).rev().map(|step| shade(step as f64 / (SHADES - 1) as f64)).collect();
    scene.image(Image { frame: scale, columns: 1, greys });
    let corners = [(scale.x, scale.y), (scale.right(), scale.y), (scale.right(), scale.bottom()), (scale.x, scale.bottom())];
    scene.line(vec![corners[0], corners[1], corners[2], corners[3], corners[0]], HAIRLINE, RULE);
    ValueAxis::exactly(darkest).draw(scene, scale, "synapses per pair of cells");
}
