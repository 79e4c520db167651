//! The raster: a row for each neuron, populations stacked with the first on top, their rates below.

use super::axes::{BELOW, LEFT, TimeAxis, ValueAxis, axis_name, duration};
use super::histogram::Histogram;
use super::ink::{CELL, Ink, Mark};
use super::palette::{Colour, FAINT, INK, RULE, colours};
use super::rows::{Shown, choose};
use super::scene::{Anchor, Frame, HAIRLINE, LABEL, SMALL, Scene, Text};
use super::sheet::Sheet;
use super::table::{ROW, Table};
use super::text::Face;
use super::ticks::grouped;
use super::{Caption, Format, PlotError, PlotPopulation, Role, Size, render};
use sim_core::record::Spike;
use sim_core::stats::{Interval, Places};

/// Rows of a raster unless told otherwise.
pub const DEFAULT_ROWS: u32 = 2_000;

/// Part of the height that the rates take.
const RATES: f64 = 0.24;
/// Between raster and rates.
const GAP: f64 = 3.0;
/// More curves than this would hide each other.
const MOST_CURVES: usize = 8;

/// What a raster shows.
#[derive(Clone, Debug)]
pub struct RasterData {
    /// Title and facts.
    pub caption: Caption,
    /// Populations from top to bottom, stimuli included where they are wanted.
    pub populations: Vec<PlotPopulation>,
    /// The stretch of time.
    pub interval: Interval,
    /// Most rows: with more neurons a sample is shown, and the plot says so.
    pub rows: u32,
    /// Width of the bins of the rates in femtoseconds; `None`: about a 200th of the interval, at least 1 ms.
    pub bin_fs: Option<i64>,
    /// Width and height.
    pub size: Size,
    /// Moments that are marked by a line from top to bottom, with a few words where there is room.
    pub moments: Vec<PlotMoment>,
}

/// A moment that is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlotMoment {
    /// When.
    pub tick: u64,
    /// What happens.
    pub words: String,
}

/// Draws a raster of the spikes, which may come in any order. Spikes outside the interval or the populations are left out.
/// The rates below are of all neurons, shown or not; stimuli have none unless there is nothing else.
///
/// # Errors
/// No populations; bins too narrow to be seen; a failing renderer.
pub fn raster(data: &RasterData, spikes: &mut dyn Iterator<Item = Spike>, format: Format) -> Result<Vec<u8>, PlotError> {
    let mut raster = Raster::new(data)?;
    spikes.for_each(|spike| raster.spike(spike));
    render(&raster.finish(), format)
}

/// One population of the raster.
struct Band {
    shown: Shown,
    frame: Frame,
    ink: Ink,
    colour: Colour,
}

struct Raster<'a> {
    data: &'a RasterData,
    sheet: Sheet,
    table: Table,
    time: TimeAxis,
    panel: Frame,
    bands: Vec<Band>,
    places: Places,
    histogram: Histogram,
    shown_spikes: u64,
}

impl<'a> Raster<'a> {
    fn new(data: &'a RasterData) -> Result<Self, PlotError> {
        if data.populations.is_empty() {
            return Err(PlotError::Nothing);
        }
        let shown = choose(&data.populations, data.rows);
        let sheet = Sheet::new(data.size, &data.caption, &sample_note(&data.populations, &shown), LONGEST_FACTS)?;
        let room = sheet.room;
        let height = (room.height - BELOW - GAP) * (1.0 - RATES) - SMALL;
        let table = Table::of_populations(&data.populations, &sheet.scene.fonts, room.width, height);
        let width = room.width - LEFT - table.width();
        let panel = Frame { x: room.x + LEFT, y: room.y + SMALL, width, height };
        let colours = colours(&data.populations.iter().map(|p| p.role).collect::<Vec<_>>());
        let rows: Vec<u32> = shown.iter().map(Shown::len).collect();
        let mut top = panel.y;
        let mut bands = Vec::with_capacity(rows.len());
        for ((shown, colour), height) in shown.into_iter().zip(colours).zip(heights(&rows, panel.height, table.row_height())) {
            let frame = Frame { y: top, height, ..panel };
            bands.push(Band { shown, frame, ink: Ink::new(frame), colour });
            top += height;
        }
        Ok(Self {
            data,
            table,
            time: TimeAxis::new(data.interval, width),
            panel,
            bands,
            places: Places::new(&data.populations.iter().map(PlotPopulation::range).collect::<Vec<_>>()),
            histogram: Histogram::new(data.interval, data.bin_fs, width, data.populations.len())?,
            shown_spikes: 0,
            sheet,
        })
    }

    fn spike(&mut self, spike: Spike) {
        if !self.data.interval.contains(spike.tick) {
            return;
        }
        let Some(place) = self.places.find(spike.neuron) else { return };
        self.histogram.count(place.population, spike.tick);
        let band = &mut self.bands[place.population];
        if let Some(row) = band.shown.row(place.index) {
            self.shown_spikes += 1;
            band.ink.put(self.time.fraction(spike.tick), (f64::from(row) + 0.5) / f64::from(band.shown.len()));
        }
    }

    fn finish(mut self) -> Scene {
        let all: u64 = (0..self.bands.len()).map(|p| self.histogram.total(p)).sum();
        self.draw_bands();
        if all == 0 {
            let (x, y) = (self.panel.x + self.panel.width / 2.0, self.panel.y + self.panel.height / 2.0);
            self.sheet.scene.text(Text::new("no spikes", x, y).anchor(Anchor::Middle).colour(FAINT).centred());
        }
        self.draw_rates();
        let counted = match self.shown_spikes {
            shown if shown == all => format!("{} spikes", grouped(all)),
            shown => format!("{} of {} spikes shown", grouped(shown), grouped(all)),
        };
        self.sheet.finish(&[duration(self.data.interval.fs()), counted])
    }

    /// The raster itself, with separators, names and indices.
    fn draw_bands(&mut self) {
        let scene = &mut self.sheet.scene;
        self.table.head(scene, self.panel.right(), self.panel.y - 1.0);
        let density = self.shown_spikes as f64 / (self.panel.width * self.panel.height);
        let mut free_from = f64::NEG_INFINITY;
        let mut widest_index = 0.0_f64;
        let table_end = self.panel.right() + self.table.width();
        for (i, band) in self.bands.drain(..).enumerate() {
            let Frame { y, height, .. } = band.frame;
            if i > 0 {
                scene.segment((self.panel.x, y), (table_end, y), HAIRLINE / 2.0, RULE);
            }
            let middle = y + height / 2.0;
            let half_row = self.table.row_height() / 2.0;
            if middle - half_row >= free_from {
                let population = &self.data.populations[i];
                let hz = self.histogram.mean_hz(i, population.size);
                self.table.population(scene, (self.panel.right(), middle), population, hz, band.colour);
                free_from = middle + half_row - 1e-6;
            }
            widest_index = widest_index.max(indices(scene, &band, self.data.populations[i].size));
            let mut ink = band.ink;
            ink.mark = mark(height / f64::from(band.shown.len().max(1)), density);
            scene.marks(ink, band.colour);
        }
        draw_moments(scene, self.panel, &self.time, &self.data.moments);
        scene.segment((self.panel.x, self.panel.y), (self.panel.x, self.panel.bottom()), HAIRLINE, INK);
        axis_name(scene, self.panel, "neuron", widest_index);
        self.time.draw(scene, self.panel, false);
    }

    /// The rates below: a line for each population, or one for all neurons where lines would hide each other.
    fn draw_rates(&mut self) {
        let y = self.panel.bottom() + GAP;
        let panel = Frame { y, height: self.sheet.room.bottom() - BELOW - y, ..self.panel };
        let populations = &self.data.populations;
        let only_stimuli = populations.iter().all(|p| p.role == Role::Stimulus);
        let drawn: Vec<usize> =
            (0..populations.len()).filter(|i| only_stimuli || populations[*i].role != Role::Stimulus).collect();
        let mut notes = vec![format!("bins of {}", duration(self.histogram.bin_fs()))];
        let sizes: Vec<u32> = populations.iter().map(|p| p.size).collect();
        let curves: Vec<(Colour, Vec<f64>)> = if drawn.len() > MOST_CURVES {
            notes.push("mean of all neurons".into());
            vec![(INK, self.histogram.rates_of_all_hz(&drawn, &sizes))]
        } else {
            let colours = colours(&populations.iter().map(|p| p.role).collect::<Vec<_>>());
            drawn.iter().map(|i| (colours[*i], self.histogram.rates_hz(*i, sizes[*i]))).collect()
        };
        let axis = ValueAxis::from_zero(curves.iter().flat_map(|(_, r)| r).copied().fold(0.0, f64::max));
        let edges = self.histogram.edges();
        let scene = &mut self.sheet.scene;
        for (colour, rates) in &curves {
            scene.line(steps(&axis, panel, &edges, rates), 0.25, *colour);
        }
        axis.draw(scene, panel, if panel.height > 14.0 { "rate (Hz)" } else { "Hz" });
        self.time.draw(scene, panel, true);
        for (i, note) in notes.into_iter().enumerate() {
            let y = panel.y + (1.0 + 1.4 * i as f64) * SMALL;
            let note = scene.fonts.fit(&note, Face::Regular, SMALL, self.table.width() - 2.5);
            scene.text(Text::new(note, panel.right() + 2.5, y).size(SMALL).colour(FAINT));
        }
    }
}

/// A line for each moment, as far as they can be told apart, and its words above where those of the one before end.
fn draw_moments(scene: &mut Scene, panel: Frame, time: &TimeAxis, moments: &[PlotMoment]) {
    let (mut free_from, mut last) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for moment in moments {
        let x = panel.x + time.fraction(moment.tick).min(1.0) * panel.width;
        if x - last < 2.0 * HAIRLINE {
            continue;
        }
        last = x;
        scene.segment((x, panel.y), (x, panel.bottom()), HAIRLINE / 2.0, FAINT);
        let width = scene.fonts.width(&moment.words, Face::Regular, SMALL);
        if x >= free_from && x + width <= panel.right() {
            scene.text(Text::new(&moment.words, x, panel.y - 0.8).size(SMALL).colour(FAINT));
            free_from = x + width + 0.5 * SMALL;
        }
    }
}

/// Room kept in the caption for what the plot says of itself.
const LONGEST_FACTS: &str = "0000000 ms  ·  00,000,000 of 000,000,000 spikes shown";

/// Says so when not all neurons are shown.
fn sample_note(populations: &[PlotPopulation], shown: &[Shown]) -> String {
    let all: u64 = populations.iter().map(|p| u64::from(p.size)).sum();
    let rows: u64 = shown.iter().map(|s| u64::from(s.len())).sum();
    if rows == all { String::new() } else { format!("showing {} of {} neurons", grouped(rows), grouped(all)) }
}

/// Heights of bands, in proportion to their rows but none below the least, as far as there is room.
fn heights(rows: &[u32], height: f64, least: f64) -> Vec<f64> {
    let least = least.min(height / rows.len().max(1) as f64);
    let mut fixed = vec![false; rows.len()];
    loop {
        let narrow = fixed.iter().filter(|f| **f).count() as f64;
        let open: f64 = rows.iter().zip(&fixed).filter(|(_, f)| !**f).map(|(r, _)| f64::from(*r)).sum();
        let scale = (height - narrow * least) / open.max(1.0);
        let too_low: Vec<usize> = (0..rows.len()).filter(|i| !fixed[*i] && f64::from(rows[*i]) * scale < least).collect();
        if too_low.is_empty() {
            return rows.iter().zip(fixed).map(|(r, f)| if f { least } else { f64::from(*r) * scale }).collect();
        }
        too_low.into_iter().for_each(|i| fixed[i] = true);
    }
}

/// Marks of a size at which a quarter of the panel would be inked, within what can be seen; where rows are higher than that
/// they fill most of the row.
fn mark(row_height: f64, spikes_per_mm2: f64) -> Mark {
    let side = (0.25 / spikes_per_mm2.max(1e-3)).sqrt();
    let width = (0.6 * side).clamp(0.15, 0.3);
    let height = (1.2 * side).clamp(0.2, 0.6).max(0.7 * row_height.min(10.0));
    Mark { width: (width / CELL).round() as u32, height: (height / CELL).round() as u32 }
}

/// Writes indices at the left of a band: all of them where rows are high, else the first and the last, if there is room.
/// Returns the width of the widest.
fn indices(scene: &mut Scene, band: &Band, size: u32) -> f64 {
    let Frame { x, y, height, .. } = band.frame;
    let row = height / f64::from(band.shown.len().max(1));
    let marked: Vec<(u32, f64)> = if row >= ROW {
        (0..size).map(|i| (i, y + (f64::from(i) + 0.5) * row)).collect()
    } else if height >= 2.2 * ROW {
        vec![(0, y + ROW / 2.0), (size.saturating_sub(1), y + height - ROW / 2.0)]
    } else {
        Vec::new()
    };
    let mut widest: f64 = 0.0;
    for (index, y) in marked {
        let label = grouped(index.into());
        widest = widest.max(scene.fonts.width(&label, Face::Regular, LABEL));
        scene.text(Text::new(label, x - 1.2, y).anchor(Anchor::End).centred());
    }
    widest
}

/// A rate as a line of steps.
pub(super) fn steps(axis: &ValueAxis, panel: Frame, edges: &[f64], rates: &[f64]) -> Vec<(f64, f64)> {
    let x = |fraction: f64| panel.x + fraction * panel.width;
    let ends = edges.windows(2).zip(rates);
    let corners = ends.flat_map(|(edge, rate)| edge.iter().map(move |e| (x(*e), axis.y(panel, *rate))));
    corners.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_fill_the_panel_and_none_is_too_low() {
        for rows in [vec![8, 2], vec![1592, 408], vec![1, 1, 2000, 3], vec![0, 5], vec![0, 0], vec![7]] {
            let heights = heights(&rows, 70.0, ROW);
            assert!(heights.iter().all(|h| *h >= ROW - 1e-9), "{rows:?} -> {heights:?}");
            let sum: f64 = heights.iter().sum();
            assert!(sum <= 70.0 + 1e-9, "{rows:?} -> {heights:?}");
            assert!(rows.iter().all(|r| *r == 0) || (sum - 70.0).abs() < 1e-9, "{rows:?} fill the panel: {heights:?}");
        }
        assert_eq!(heights(&[30, 10], 80.0, ROW), [60.0, 20.0], "in proportion");
        let many = heights(&[1; 500], 70.0, ROW);
        assert!((many.iter().sum::<f64>() - 70.0).abs() < 1e-6, "more than there is room for: all alike");
    }
}
