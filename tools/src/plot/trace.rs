//! State variables over time: a panel for each variable, a curve for each cell, the cells' spikes above the curves.

use super::axes::{BELOW, LEFT, TimeAxis, ValueAxis, duration};
use super::ink::{CELL, Ink, Mark};
use super::palette::{FAINT, curve};
use super::scene::{Anchor, Frame, LABEL, SMALL, Scene, Text};
use super::sheet::Sheet;
use super::table::ROW;
use super::text::Face;
use super::{Caption, Format, PlotError, Size, render};
use sim_core::stats::Interval;

/// Most curves of a panel; of more cells the first are shown, and the plot says so.
pub const MOST_CURVES: usize = 10;

const GAP: f64 = 3.5;
const CURVE: f64 = 0.25;
/// Room for "and 9 more".
const LEAST_LEGEND: f64 = 13.0;
/// Height of a cell's spikes above the curves.
const SPIKES: f64 = 1.2;

/// One cell's samples of a variable.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceCell {
    /// As in the legend ("exc 17").
    pub name: String,
    /// One value for each of the panel's ticks. What is not finite leaves a gap in the curve.
    pub values: Vec<f64>,
    /// Ticks of its spikes; empty where they are not wanted.
    pub spikes: Vec<u64>,
}

/// One variable.
#[derive(Clone, Debug, PartialEq)]
pub struct TracePanel {
    /// Name of the variable ("V_m").
    pub variable: String,
    /// Its unit ("mV"), or nothing.
    pub unit: String,
    /// When samples were taken, ascending.
    pub ticks: Vec<u64>,
    /// The cells.
    pub cells: Vec<TraceCell>,
}

/// What a plot of traces shows.
#[derive(Clone, Debug)]
pub struct TraceData {
    /// Title and facts.
    pub caption: Caption,
    /// Variables from top to bottom.
    pub panels: Vec<TracePanel>,
    /// The stretch of time.
    pub interval: Interval,
    /// Width and height.
    pub size: Size,
}

/// Draws state variables over time. Samples outside the interval are left out, but one at its very start is shown.
///
/// # Errors
/// No panels; a cell with more or fewer values than its panel has ticks; a failing renderer.
pub fn trace(data: &TraceData, format: Format) -> Result<Vec<u8>, PlotError> {
    if data.panels.is_empty() {
        return Err(PlotError::Nothing);
    }
    for panel in &data.panels {
        if panel.cells.iter().any(|c| c.values.len() != panel.ticks.len()) {
            return Err(PlotError::UnequalColumns(panel.variable.clone()));
        }
    }
    render(&draw(data)?, format)
}

fn draw(data: &TraceData) -> Result<Scene, PlotError> {
    let duration = duration(data.interval.fs());
    let mut sheet = Sheet::new(data.size, &data.caption, &note(data), &duration)?;
    let room = sheet.room;
    let legend = legend_width(data, &sheet, 0.3 * room.width);
    let width = room.width - LEFT - legend;
    let time = TimeAxis::new(data.interval, width);
    let count = data.panels.len() as f64;
    let height = ((room.height - BELOW + GAP) / count - GAP).max(1.0);
    for (i, panel) in data.panels.iter().enumerate() {
        let frame = Frame { x: room.x + LEFT, y: room.y + i as f64 * (height + GAP), width, height };
        draw_panel(&mut sheet.scene, frame, panel, &time, data.interval);
        time.draw(&mut sheet.scene, frame, i + 1 == data.panels.len());
        draw_legend(&mut sheet.scene, frame, panel, legend);
    }
    Ok(sheet.finish(&[duration]))
}

/// Says so when not all cells are shown.
fn note(data: &TraceData) -> String {
    match data.panels.iter().map(|p| p.cells.len()).max() {
        Some(most) if most > MOST_CURVES => format!("showing {MOST_CURVES} of {most} cells"),
        _ => String::new(),
    }
}

fn shown(panel: &TracePanel) -> &[TraceCell] {
    &panel.cells[..panel.cells.len().min(MOST_CURVES)]
}

fn legend_width(data: &TraceData, sheet: &Sheet, widest: f64) -> f64 {
    let names = data.panels.iter().flat_map(shown).map(|c| sheet.scene.fonts.width(&c.name, Face::Bold, LABEL));
    (names.fold(LEAST_LEGEND, f64::max) + 3.0).min(widest)
}

fn draw_panel(scene: &mut Scene, frame: Frame, panel: &TracePanel, time: &TimeAxis, interval: Interval) {
    let inside = |tick: u64| interval.from_tick() <= tick && tick <= interval.to_tick();
    let first = panel.ticks.partition_point(|t| *t < interval.from_tick());
    let end = panel.ticks.partition_point(|t| *t <= interval.to_tick()).max(first);
    let cells = shown(panel);
    let finite = cells.iter().flat_map(|c| &c.values[first..end]).copied().filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let spiking = cells.iter().filter(|c| c.spikes.iter().any(|t| inside(*t))).count();
    let marks = (spiking as f64 * SPIKES).min(0.4 * frame.height);
    let curves = Frame { y: frame.y + marks, height: frame.height - marks, ..frame };
    let unit = if panel.unit.is_empty() { String::new() } else { format!(" ({})", panel.unit) };
    let name = format!("{}{unit}", panel.variable);
    if low > high {
        let middle = (frame.x + frame.width / 2.0, frame.y + frame.height / 2.0);
        scene.text(Text::new("no samples", middle.0, middle.1).anchor(Anchor::Middle).colour(FAINT).centred());
        ValueAxis::from_zero(0.0).draw(scene, frame, &name);
        return;
    }
    let axis = ValueAxis::around(low, high);
    for (i, cell) in cells.iter().enumerate() {
        let samples = panel.ticks[first..end].iter().zip(&cell.values[first..end]);
        let points = samples.map(|(tick, v)| (time.fraction(*tick) * frame.width + frame.x, *v));
        for piece in pieces(points, |value| axis.y(curves, value)) {
            scene.line(piece, CURVE, curve(i));
        }
    }
    draw_spikes(scene, Frame { height: marks, ..frame }, spiking, cells, time, interval);
    axis.draw(scene, curves, &name);
}

/// A row of marks for each cell that fired, in the order of the legend.
fn draw_spikes(scene: &mut Scene, frame: Frame, rows: usize, cells: &[TraceCell], time: &TimeAxis, interval: Interval) {
    let height = frame.height / rows.max(1) as f64;
    let mut row = 0;
    for (i, cell) in cells.iter().enumerate() {
        let mut spikes = cell.spikes.iter().filter(|t| interval.contains(**t)).peekable();
        if spikes.peek().is_none() {
            continue;
        }
        let mut ink = Ink::new(Frame { y: frame.y + f64::from(row) * height, height, ..frame });
        ink.mark = Mark { width: 4, height: ((0.75 * height / CELL) as u32).max(2) };
        spikes.for_each(|tick| ink.put(time.fraction(*tick), 0.5));
        scene.marks(ink, curve(i));
        row += 1;
    }
}

/// The curve's unbroken pieces. Of the samples that fall within one cell's width, first, lowest, highest and last remain: the
/// curve looks the same.
fn pieces(samples: impl Iterator<Item = (f64, f64)>, height: impl Fn(f64) -> f64) -> Vec<Vec<(f64, f64)>> {
    let mut pieces = vec![Vec::new()];
    let mut column: Vec<(f64, f64)> = Vec::new();
    let flush = |column: &mut Vec<(f64, f64)>, piece: &mut Vec<(f64, f64)>| {
        piece.extend(extremes(column).into_iter().map(|(x, v)| (x, height(v))));
        column.clear();
    };
    for (x, value) in samples {
        let Some(piece) = pieces.last_mut() else { break };
        if !value.is_finite() {
            flush(&mut column, piece);
            pieces.push(Vec::new());
            continue;
        }
        if column.first().is_some_and(|(start, _)| x - start >= CELL) {
            flush(&mut column, piece);
        }
        column.push((x, value));
    }
    if let Some(piece) = pieces.last_mut() {
        flush(&mut column, piece);
    }
    pieces
}

/// First, lowest, highest and last of some samples, in the order of time, none twice.
fn extremes(samples: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let Some(last) = samples.len().checked_sub(1) else { return Vec::new() };
    let by_value = |a: &usize, b: &usize| samples[*a].1.total_cmp(&samples[*b].1);
    let lowest = (0..=last).min_by(by_value).unwrap_or(0);
    let highest = (0..=last).max_by(by_value).unwrap_or(0);
    let mut kept = vec![0, lowest, highest, last];
    kept.sort_unstable();
    kept.dedup();
    kept.into_iter().map(|i| samples[i]).collect()
}

/// The cells' names in their colours from the panel's top, as far as there is room.
fn draw_legend(scene: &mut Scene, frame: Frame, panel: &TracePanel, width: f64) {
    let room = (frame.height / ROW) as usize;
    let cells = shown(panel);
    let named = if cells.len() <= room { cells.len() } else { room.saturating_sub(1) };
    let x = frame.right() + 2.5;
    let y = |row: usize| frame.y + (row as f64 + 0.5) * ROW;
    for (i, cell) in cells[..named].iter().enumerate() {
        let name = scene.fonts.fit(&cell.name, Face::Bold, LABEL, width - 2.5);
        scene.text(Text::new(name, x, y(i)).bold().colour(curve(i)).centred());
    }
    if named < cells.len() && room > 0 {
        let more = format!("and {} more", cells.len() - named);
        scene.text(Text::new(more, x, y(named)).size(SMALL).colour(FAINT).centred());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_keep_their_extremes() {
        let samples = (0..1_000).map(|i| (f64::from(i) * 0.001, if i == 517 { 9.0 } else { f64::from(i % 7) }));
        let [piece] = &pieces(samples, |v| v)[..] else { panic!("one piece") };
        assert!(piece.len() <= 4 * 21, "{} points in a millimetre", piece.len());
        assert!(piece.contains(&(0.517, 9.0)), "the spike is still there");
        assert!(piece.windows(2).all(|w| w[0].0 <= w[1].0), "in order of time");
    }

    #[test]
    fn what_is_not_finite_leaves_a_gap() {
        let samples = [1.0, 2.0, f64::NAN, 3.0, 4.0].into_iter().enumerate().map(|(i, v)| (i as f64, v));
        let pieces = pieces(samples, |v| v);
        assert_eq!(pieces, [vec![(0.0, 1.0), (1.0, 2.0)], vec![(3.0, 3.0), (4.0, 4.0)]], "two pieces");
    }
}
