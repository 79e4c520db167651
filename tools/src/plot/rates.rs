//! Firing rates over time: a panel for each population, or all in one where there are too many.

use super::axes::{BELOW, LEFT, TimeAxis, ValueAxis, duration};
use super::histogram::Histogram;
use super::palette::{Colour, FAINT, RULE, colours};
use super::raster::{TABLE, steps};
use super::scene::{Anchor, Frame, HAIRLINE, SMALL, Scene, Text};
use super::sheet::Sheet;
use super::table::Table;
use super::ticks::grouped;
use super::{Caption, Format, PlotError, PlotPopulation, Size, render};
use sim_core::record::Spike;
use sim_core::stats::{Interval, Places};
use sim_core::time;

/// Lowest panel that an axis with two numbers fits.
const LEAST_PANEL: f64 = 7.5;
/// Between panels.
const GAP: f64 = 2.5;

/// What a plot of rates shows.
#[derive(Clone, Debug)]
pub struct RatesData {
    /// Title and facts.
    pub caption: Caption,
    /// Populations from top to bottom.
    pub populations: Vec<PlotPopulation>,
    /// The stretch of time.
    pub interval: Interval,
    /// Width of the bins in femtoseconds; `None`: about a 200th of the interval, at least 1 ms.
    pub bin_fs: Option<i64>,
    /// Width and height.
    pub size: Size,
}

/// Draws the firing rate of every population over time, in spikes per neuron and second. Spikes may come in any order; those
/// outside the interval or the populations are left out.
///
/// # Errors
/// No populations; bins too narrow to be seen; a failing renderer.
pub fn rates(data: &RatesData, spikes: &mut dyn Iterator<Item = Spike>, format: Format) -> Result<Vec<u8>, PlotError> {
    if data.populations.is_empty() {
        return Err(PlotError::Nothing);
    }
    let places = Places::new(&data.populations.iter().map(PlotPopulation::range).collect::<Vec<_>>());
    let mut histogram = Histogram::new(data.interval, data.bin_fs, data.populations.len())?;
    for spike in spikes.filter(|s| data.interval.contains(s.tick)) {
        if let Some(place) = places.find(spike.neuron) {
            histogram.count(place.population, spike.tick);
        }
    }
    render(&draw(data, &histogram)?, format)
}

fn draw(data: &RatesData, histogram: &Histogram) -> Result<Scene, PlotError> {
    let all: u64 = (0..data.populations.len()).map(|p| histogram.total(p)).sum();
    let facts = [
        duration(data.interval),
        format!("{} spikes", grouped(all)),
        format!("bins of {} ms", time::decimal_ms(histogram.bin_fs())),
    ];
    let mut sheet = Sheet::new(data.size, &data.caption, "", &facts.join("     "))?;
    let room = sheet.room;
    let table = Table::new(&data.populations, &sheet.scene.fonts, TABLE * room.width, room.height - SMALL - BELOW);
    let frame = Frame {
        x: room.x + LEFT,
        y: room.y + SMALL,
        width: room.width - LEFT - table.width(),
        height: room.height - SMALL - BELOW,
    };
    let time = TimeAxis::new(data.interval, frame.width);
    table.head(&mut sheet.scene, frame.right(), frame.y - 1.0);
    let colours = colours(&data.populations.iter().map(|p| p.role).collect::<Vec<_>>());
    let panels = panels(frame, data.populations.len());
    let last = panels.len() - 1;
    for (i, panel) in panels.iter().enumerate() {
        let curves = if last == 0 { 0..data.populations.len() } else { i..i + 1 };
        let curves: Vec<(usize, Colour)> = curves.map(|p| (p, colours[p])).collect();
        draw_panel(&mut sheet.scene, *panel, &curves, data, histogram);
        time.draw(&mut sheet.scene, *panel, i == last);
        draw_rows(&mut sheet.scene, *panel, &table, &curves, data, histogram);
    }
    if all == 0 {
        let (x, y) = (frame.x + frame.width / 2.0, frame.y + frame.height / 2.0);
        sheet.scene.text(Text::new("no spikes", x, y).anchor(Anchor::Middle).colour(FAINT).centred());
    }
    Ok(sheet.finish(&facts))
}

/// A panel for each population, or one for all where they would be too low.
fn panels(frame: Frame, populations: usize) -> Vec<Frame> {
    let height = (frame.height + GAP) / populations as f64 - GAP;
    if height < LEAST_PANEL {
        return vec![frame];
    }
    (0..populations).map(|i| Frame { y: frame.y + i as f64 * (height + GAP), height, ..frame }).collect()
}

fn draw_panel(scene: &mut Scene, panel: Frame, curves: &[(usize, Colour)], data: &RatesData, histogram: &Histogram) {
    let rates: Vec<Vec<f64>> = curves.iter().map(|(p, _)| histogram.rates_hz(*p, data.populations[*p].size)).collect();
    let axis = ValueAxis::from_zero(rates.iter().flatten().copied().fold(0.0, f64::max));
    if let [(population, _)] = curves {
        let mean = axis.y(panel, histogram.mean_hz(*population, data.populations[*population].size));
        scene.segment((panel.x, mean), (panel.right(), mean), HAIRLINE, RULE);
    }
    let edges = histogram.edges();
    for ((_, colour), rates) in curves.iter().zip(&rates) {
        scene.line(steps(&axis, panel, &edges, rates), 0.25, *colour);
    }
    axis.draw(scene, panel, if panel.height > 14.0 { "rate (Hz)" } else { "Hz" });
}

/// The table's rows beside a panel: one in its middle, several from its top as far as they fit.
fn draw_rows(
    scene: &mut Scene,
    panel: Frame,
    table: &Table,
    curves: &[(usize, Colour)],
    data: &RatesData,
    histogram: &Histogram,
) {
    let row = table.row_height();
    let room = ((panel.height / row + 1e-6) as usize).max(1);
    let first = if curves.len() == 1 { panel.y + panel.height / 2.0 } else { panel.y + row / 2.0 };
    for (i, (p, colour)) in curves.iter().take(room).enumerate() {
        let population = &data.populations[*p];
        let y = first + i as f64 * row;
        table.row(scene, (panel.right(), y), population, histogram.mean_hz(*p, population.size), *colour);
    }
}
