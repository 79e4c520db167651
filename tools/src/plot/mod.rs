//! Plots of spikes and state variables, as SVG or PNG, with the same bytes for the same data on every machine.
//!
//! A plot is a scene of lines, texts and marks in millimetres, drawn by one of two small renderers. The SVG writer is our
//! own, since a general one spends 87 bytes a spike where a path needs eight; PNG goes through `plotters`.

mod axes;
mod bins;
mod cells;
mod confusion;
mod distributions;
mod histogram;
mod ink;
mod machine;
mod matrix;
mod palette;
mod png;
mod ramp;
mod raster;
mod rates;
mod rows;
mod scatter;
mod scene;
mod sheet;
mod svg;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod ticks;
mod trace;

pub use bins::Bins;
pub use cells::Cells;
pub use confusion::{ConfusionData, confusion};
pub use distributions::{DistributionGroup, DistributionsData, distributions};
pub use machine::{MachineChip, MachineData, MachineLink, machine};
pub use matrix::{MatrixData, MatrixSide, matrix};
pub use raster::{DEFAULT_ROWS, PlotMoment, RasterData, raster};
pub use rates::{RatesData, rates};
pub use scatter::{ScatterData, ScatterGroup, scatter};
pub use trace::{MOST_CURVES, TraceCell, TraceData, TracePanel, trace};

use scene::Scene;
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

/// How a plot is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Scalable, for papers.
    Svg,
    /// Pixels, 254 per inch.
    Png,
}

impl Format {
    /// The format that a file's name asks for (".svg" or ".png"); `None` for any other.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "svg" => Some(Self::Svg),
            "png" => Some(Self::Png),
            _ => None,
        }
    }
}

/// Width and height of a plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    width_mm: f64,
    height_mm: f64,
}

impl Size {
    /// Widths that leave room for the axes and the table beside them, in millimetres.
    pub const WIDTHS_MM: [f64; 2] = [80.0, 400.0];
    /// Heights likewise.
    pub const HEIGHTS_MM: [f64; 2] = [50.0, 400.0];

    /// A size in millimetres; `None` outside [`Size::WIDTHS_MM`] or [`Size::HEIGHTS_MM`].
    pub fn new(width_mm: f64, height_mm: f64) -> Option<Self> {
        let within = |value: f64, [low, high]: [f64; 2]| (low..=high).contains(&value);
        (within(width_mm, Self::WIDTHS_MM) && within(height_mm, Self::HEIGHTS_MM)).then_some(Self { width_mm, height_mm })
    }

    /// Width in millimetres.
    pub fn width_mm(self) -> f64 {
        self.width_mm
    }

    /// Height in millimetres.
    pub fn height_mm(self) -> f64 {
        self.height_mm
    }
}

/// 180 mm, the width of a page, by 120 mm.
impl Default for Size {
    fn default() -> Self {
        Self { width_mm: 180.0, height_mm: 120.0 }
    }
}

/// Reads "180x120" (millimetres).
impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = |part: &str| part.trim().parse::<f64>().ok();
        let numbers = text.split_once('x').and_then(|(width, height)| Some((read(width)?, read(height)?)));
        let (width, height) = numbers.ok_or("a size is width x height in millimetres, such as 180x120")?;
        Self::new(width, height).ok_or_else(|| {
            let ([w, wide], [h, high]) = (Self::WIDTHS_MM, Self::HEIGHTS_MM);
            format!("a plot is {w} to {wide} mm wide and {h} to {high} mm high")
        })
    }
}

/// What is written above and below a plot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caption {
    /// Above: the network's name, or what the user asked for.
    pub title: String,
    /// Below, after what the plot says of itself: seed, time step, version, hash.
    pub facts: Vec<String>,
}

/// What a population does; it decides the family of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Blue.
    Excitatory,
    /// Red.
    Inhibitory,
    /// Grey.
    Stimulus,
    /// Green and purple beside the others, distinct colours where there are no others.
    Other,
}

impl Role {
    /// A guess from a population's name, for spikes that come without a network: "exc", "E", "L23E", "pyramidal" are
    /// excitatory, "inh", "I", "L4I", "basket" inhibitory.
    pub fn of_name(name: &str) -> Self {
        let parts = name.rsplit(['/', '.', '_', '-', ' ']);
        parts.map(Self::of_word).find(|role| *role != Self::Other).unwrap_or(Self::Other)
    }

    fn of_word(word: &str) -> Self {
        let lower = word.to_lowercase();
        let starts = |beginnings: &[&str]| beginnings.iter().any(|b| lower.starts_with(b));
        let layer = |sign: char| lower.strip_prefix('l').is_some_and(|rest| rest.trim_end_matches(sign).parse::<u32>().is_ok());
        match lower.as_str() {
            "e" => Self::Excitatory,
            "i" => Self::Inhibitory,
            _ if starts(&["exc", "pyr", "granule"]) || (lower.ends_with('e') && layer('e')) => Self::Excitatory,
            _ if starts(&["inh", "basket", "interneuron"]) || (lower.ends_with('i') && layer('i')) => Self::Inhibitory,
            _ if starts(&["poisson", "stim", "input", "noise"]) => Self::Stimulus,
            _ => Self::Other,
        }
    }
}

/// A population as it is plotted.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotPopulation {
    /// Name.
    pub name: String,
    /// Global index of its first cell.
    pub first: u32,
    /// Cells.
    pub size: u32,
    /// What it does.
    pub role: Role,
}

impl PlotPopulation {
    /// Global indices of its cells.
    fn range(&self) -> Range<u32> {
        self.first..self.first.saturating_add(self.size)
    }
}

/// Why there is no plot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlotError {
    /// Neither a population nor a variable.
    Nothing,
    /// So many bins, more than could be seen.
    TooManyBins(u64),
    /// The variable of this name has samples and times of different lengths.
    UnequalColumns(String),
    /// The renderer failed.
    Drawing(String),
}

impl fmt::Display for PlotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("there is nothing to plot"),
            Self::TooManyBins(bins) => write!(f, "{bins} bins are more than a plot can show; choose wider ones"),
            Self::UnequalColumns(name) => write!(f, "the samples of {name} and their times differ in number"),
            Self::Drawing(reason) => write!(f, "the plot could not be drawn: {reason}"),
        }
    }
}

impl std::error::Error for PlotError {}

/// The bytes of a plot's file.
fn render(scene: &Scene, format: Format) -> Result<Vec<u8>, PlotError> {
    match format {
        Format::Svg => Ok(svg::svg(scene)?.into_bytes()),
        Format::Png => png::png(scene),
    }
}
