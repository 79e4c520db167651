//! Firing rates over time: a panel for each population.

use super::axes::{BELOW, LEFT, TimeAxis, ValueAxis, axis_name, duration};
use super::histogram::Histogram;
use super::palette::{Colour, FAINT, INK, RULE, colours};
use super::raster::steps;
use super::scene::{Anchor, Frame, HAIRLINE, SMALL, Scene, Text};
use super::sheet::Sheet;
use super::table::Table;
use super::ticks::{grouped, significant};
use super::{Caption, Format, PlotError, PlotPopulation, Size, render};
use sim_core::record::Spike;
use sim_core::stats::{Interval, Places};

/// Lowest panel that an axis with two numbers fits.
const LEAST_PANEL: f64 = 7.5;
/// Between panels.
const GAP: f64 = 2.5;
const CURVE: f64 = 0.25;

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
    let mut histogram = Histogram::new(data.interval, data.bin_fs, data.size.width_mm() - 50.0, data.populations.len())?;
    for spike in spikes.filter(|s| data.interval.contains(s.tick)) {
        if let Some(place) = places.find(spike.neuron) {
            histogram.count(place.population, spike.tick);
        }
    }
    render(&draw(data, &histogram)?, format)
}

/// One population's panel.
struct Panel<'a> {
    frame: Frame,
    population: &'a PlotPopulation,
    colour: Colour,
    rates_hz: Vec<f64>,
    mean_hz: f64,
}

fn draw(data: &RatesData, histogram: &Histogram) -> Result<Scene, PlotError> {
    let all: u64 = (0..data.populations.len()).map(|p| histogram.total(p)).sum();
    let bins = format!("bins of {}", duration(histogram.bin_fs()));
    let facts = [duration(data.interval.fs()), format!("{} spikes", grouped(all)), bins];
    let mut sheet = Sheet::new(data.size, &data.caption, "", &facts.join("     "))?;
    let room = sheet.room;
    let table = Table::of_populations(&data.populations, &sheet.scene.fonts, room.width, room.height - SMALL - BELOW);
    let frame = Frame {
        x: room.x + LEFT,
        y: room.y + SMALL,
        width: room.width - LEFT - table.width(),
        height: room.height - SMALL - BELOW,
    };
    let with_axes = (frame.height + GAP) / data.populations.len() as f64 >= LEAST_PANEL + GAP;
    let panels = panels(data, histogram, frame, if with_axes { GAP } else { 0.0 });
    let scene = &mut sheet.scene;
    table.head(scene, frame.right(), frame.y - 1.0);
    let mut free_from = f64::NEG_INFINITY;
    for panel in &panels {
        let middle = panel.frame.y + panel.frame.height / 2.0;
        if middle - table.row_height() / 2.0 >= free_from {
            table.population(scene, (frame.right(), middle), panel.population, panel.mean_hz, panel.colour);
            free_from = middle + table.row_height() / 2.0 - 1e-6;
        }
    }
    let time = TimeAxis::new(data.interval, frame.width);
    let edges = histogram.edges();
    if with_axes {
        draw_panels(scene, &panels, &edges, &time);
    } else {
        draw_strips(scene, &panels, frame, &edges, &time);
    }
    if all == 0 {
        let (x, y) = (frame.x + frame.width / 2.0, frame.y + frame.height / 2.0);
        scene.text(Text::new("no spikes", x, y).anchor(Anchor::Middle).colour(FAINT).centred());
    }
    Ok(sheet.finish(&facts))
}

/// A panel for each population, so far apart.
fn panels<'a>(data: &'a RatesData, histogram: &Histogram, frame: Frame, gap: f64) -> Vec<Panel<'a>> {
    let height = (frame.height + gap) / data.populations.len() as f64 - gap;
    let colours = colours(&data.populations.iter().map(|p| p.role).collect::<Vec<_>>());
    let panel = |(i, (population, colour)): (usize, (&'a PlotPopulation, Colour))| Panel {
        frame: Frame { y: frame.y + i as f64 * (height + gap), height, ..frame },
        population,
        colour,
        rates_hz: histogram.rates_hz(i, population.size),
        mean_hz: histogram.mean_hz(i, population.size),
    };
    data.populations.iter().zip(colours).enumerate().map(panel).collect()
}

fn highest(panels: &[Panel<'_>]) -> f64 {
    panels.iter().flat_map(|p| &p.rates_hz).copied().fold(0.0, f64::max)
}

/// Panels with an axis each, and a thin line at the mean.
fn draw_panels(scene: &mut Scene, panels: &[Panel<'_>], edges: &[f64], time: &TimeAxis) {
    for (i, panel) in panels.iter().enumerate() {
        let frame = panel.frame;
        let axis = ValueAxis::from_zero(highest(std::slice::from_ref(panel)));
        let mean = axis.y(frame, panel.mean_hz);
        scene.segment((frame.x, mean), (frame.right(), mean), HAIRLINE, RULE);
        scene.line(steps(&axis, frame, edges, &panel.rates_hz), CURVE, panel.colour);
        axis.draw(scene, frame, if frame.height > 14.0 { "rate (Hz)" } else { "Hz" });
        time.draw(scene, frame, i + 1 == panels.len());
    }
}

/// Strips with one scale for all, which is said at the left of the first.
fn draw_strips(scene: &mut Scene, panels: &[Panel<'_>], frame: Frame, edges: &[f64], time: &TimeAxis) {
    let axis = ValueAxis::from_zero(highest(panels));
    for panel in panels {
        let (strip, bottom) = (panel.frame, panel.frame.bottom());
        scene.segment((strip.x, bottom), (strip.right(), bottom), HAIRLINE / 2.0, RULE);
        scene.line(steps(&axis, strip, edges, &panel.rates_hz), CURVE, panel.colour);
    }
    scene.segment((frame.x, frame.y), (frame.x, frame.bottom()), HAIRLINE, INK);
    axis_name(scene, frame, &format!("rate, 0 to {} Hz in each row", significant(axis.high())), 0.0);
    time.draw(scene, frame, true);
}
