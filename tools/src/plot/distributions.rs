//! Histograms one below the other, over one axis.

use super::axes::{BELOW, LEFT, NumberAxis, ValueAxis, axis_name};
use super::bins::Bins;
use super::palette::{Colour, INK, RULE, colours};
use super::scene::{Frame, HAIRLINE, SMALL, Scene};
use super::sheet::Sheet;
use super::table::Table;
use super::{Caption, Format, PlotError, Role, Size, render};

/// Lowest panel that an axis with two numbers fits.
const LEAST_PANEL: f64 = 7.5;
/// Between panels.
const GAP: f64 = 2.5;
const CURVE: f64 = 0.25;
/// Room for numbers at the left of the panels.
const NUMBERS: f64 = 9.0;

/// One histogram.
#[derive(Clone, Debug)]
pub struct DistributionGroup {
    /// Name.
    pub name: String,
    /// What the cells do that it is about; it decides the colour.
    pub role: Role,
    /// What stands beside it, below the heads.
    pub cells: [String; 2],
    /// Height of each bin.
    pub heights: Vec<f64>,
}

/// What a plot of histograms shows.
#[derive(Clone, Debug)]
pub struct DistributionsData {
    /// Title and facts.
    pub caption: Caption,
    /// What it says of itself.
    pub facts: Vec<String>,
    /// Name of the horizontal axis, with its unit.
    pub x_name: String,
    /// Name of the vertical axes.
    pub y_name: String,
    /// Heads of the table.
    pub heads: [&'static str; 2],
    /// Bins of all.
    pub bins: Bins,
    /// From top to bottom.
    pub groups: Vec<DistributionGroup>,
    /// Width and height.
    pub size: Size,
}

/// Draws histograms, one a panel.
///
/// # Errors
/// No groups; a failing renderer.
pub fn distributions(data: &DistributionsData, format: Format) -> Result<Vec<u8>, PlotError> {
    if data.groups.is_empty() {
        return Err(PlotError::Nothing);
    }
    render(&draw(data)?, format)
}

fn draw(data: &DistributionsData) -> Result<Scene, PlotError> {
    let mut sheet = Sheet::new(data.size, &data.caption, "", &data.facts.join("     "))?;
    let room = sheet.room;
    let rows: Vec<[String; 3]> = data.groups.iter().map(row).collect();
    let height = room.height - SMALL - BELOW;
    let table = Table::new(data.heads, &rows, &sheet.scene.fonts, room.width, height);
    let frame = Frame { x: room.x + LEFT, y: room.y + SMALL, width: room.width - LEFT - table.width(), height };
    let scene = &mut sheet.scene;
    table.head(scene, frame.right(), frame.y - 1.0);
    let number = data.groups.len() as f64;
    let with_axes = (height + GAP) / number >= LEAST_PANEL + GAP;
    let gap = if with_axes { GAP } else { 0.0 };
    let each = (height + gap) / number - gap;
    let edges = data.bins.edges();
    let axis = NumberAxis::new(edges[0], edges[edges.len() - 1], data.bins.is_log());
    let places: Vec<f64> = edges.iter().map(|edge| axis.fraction(*edge)).collect();
    let colours = colours(&data.groups.iter().map(|g| g.role).collect::<Vec<_>>());
    let mut free_from = f64::NEG_INFINITY;
    for (i, (group, colour)) in data.groups.iter().zip(colours).enumerate() {
        let panel = Frame { y: frame.y + i as f64 * (each + gap), height: each, ..frame };
        let middle = panel.y + panel.height / 2.0;
        if middle - table.row_height() / 2.0 >= free_from {
            table.row(scene, (frame.right(), middle), &rows[i], colour);
            free_from = middle + table.row_height() / 2.0 - 1e-6;
        }
        draw_panel(scene, panel, group, &places, colour, with_axes);
        if with_axes || i + 1 == data.groups.len() {
            axis.draw(scene, panel, (i + 1 == data.groups.len()).then_some(data.x_name.as_str()));
        }
    }
    if with_axes {
        axis_name(scene, frame, &data.y_name, NUMBERS);
    } else {
        scene.segment((frame.x, frame.y), (frame.x, frame.bottom()), HAIRLINE, INK);
        axis_name(scene, frame, &format!("{}, each row to its highest", data.y_name), 0.0);
    }
    Ok(sheet.finish(&data.facts))
}

fn row(group: &DistributionGroup) -> [String; 3] {
    let [first, second] = group.cells.clone();
    [group.name.clone(), first, second]
}

/// A histogram's outline, with an axis or a line below.
fn draw_panel(scene: &mut Scene, panel: Frame, group: &DistributionGroup, places: &[f64], colour: Colour, with_axis: bool) {
    let axis = ValueAxis::from_zero(group.heights.iter().copied().fold(0.0, f64::max));
    let x = |fraction: f64| panel.x + fraction * panel.width;
    let ends = places.windows(2).zip(&group.heights);
    let corners = ends.flat_map(|(edge, height)| edge.iter().map(|e| (x(*e), axis.y(panel, *height))).collect::<Vec<_>>());
    let mut outline = vec![(x(places[0]), panel.bottom())];
    outline.extend(corners);
    outline.push((x(places[places.len() - 1]), panel.bottom()));
    scene.line(outline, CURVE, colour);
    if with_axis {
        axis.draw(scene, panel, "");
    } else {
        scene.segment((panel.x, panel.bottom()), (panel.right(), panel.bottom()), HAIRLINE / 2.0, RULE);
    }
}
