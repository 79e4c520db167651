//! The axes of a panel.

use super::palette::INK;
use super::scene::{Anchor, Frame, HAIRLINE, LABEL, Scene, Text};
use super::text::Face;
use super::ticks::{Tick, log_ticks, ticks};
use sim_core::math::ln;
use sim_core::stats::Interval;
use sim_core::time::{FS_PER_MS, decimal_ms};

/// Length of a tick mark.
const TICK: f64 = 1.0;
/// Left of a panel: values, their tick marks and the rotated name.
pub(super) const LEFT: f64 = 14.0;
/// Below a panel: times, their tick marks and the name.
pub(super) const BELOW: f64 = 8.5;
/// Ten seconds: from here on time is shown in seconds.
const LONG_FS: i64 = 10_000 * FS_PER_MS;

/// A length of time in the unit of an axis of that length: "500 ms", "20 s".
pub(super) fn duration(fs: i64) -> String {
    match fs {
        fs if fs >= LONG_FS && fs % 1000 == 0 => format!("{} s", decimal_ms(fs / 1000)),
        fs => format!("{} ms", decimal_ms(fs)),
    }
}

/// The time axis that all panels of a plot share.
pub(super) struct TimeAxis {
    interval: Interval,
    name: &'static str,
    ticks: Vec<Tick>,
    low: f64,
    high: f64,
}

impl TimeAxis {
    /// An axis of the given width in millimetres: in ms, or in s when it reaches 10 s.
    pub(super) fn new(interval: Interval, width: f64) -> Self {
        let grid = interval.grid();
        let (name, divisor) = if grid.fs(interval.to_tick()) < LONG_FS { ("time (ms)", 1.0) } else { ("time (s)", 1e3) };
        let (low, high) = (grid.ms(interval.from_tick()) / divisor, grid.ms(interval.to_tick()) / divisor);
        let ticks = ticks(low, high, (width / 15.0) as usize);
        Self { interval, name, ticks, low, high }
    }

    /// Where a tick of the interval lies, from 0 to 1.
    pub(super) fn fraction(&self, tick: u64) -> f64 {
        tick.saturating_sub(self.interval.from_tick()) as f64 / self.interval.ticks() as f64
    }

    /// Draws it below a panel, with numbers and name unless only the line is wanted.
    pub(super) fn draw(&self, scene: &mut Scene, panel: Frame, with_numbers: bool) {
        let place = |tick: &Tick| ((tick.value - self.low) / (self.high - self.low), tick.label.clone());
        bottom_axis(scene, panel, self.ticks.iter().map(place), with_numbers.then_some(self.name));
    }
}

/// Draws an axis below a panel: ticks at fractions of its width with their labels, and a name; neither numbers nor name where
/// there is no name.
fn bottom_axis(scene: &mut Scene, panel: Frame, ticks: impl Iterator<Item = (f64, String)>, name: Option<&str>) {
    let y = panel.bottom();
    scene.segment((panel.x, y), (panel.right(), y), HAIRLINE, INK);
    for (fraction, label) in ticks {
        let x = panel.x + fraction * panel.width;
        scene.segment((x, y), (x, y + if label.is_empty() { TICK / 2.0 } else { TICK }), HAIRLINE, INK);
        if name.is_some() {
            scene.text(Text::new(label, x, y + TICK + 1.15 * LABEL).anchor(Anchor::Middle));
        }
    }
    if let Some(name) = name {
        let middle = panel.x + panel.width / 2.0;
        scene.text(Text::new(name, middle, y + BELOW - 0.9).anchor(Anchor::Middle));
    }
}

/// An axis of numbers below panels, linear or logarithmic.
pub(super) struct NumberAxis {
    low: f64,
    high: f64,
    is_log: bool,
}

impl NumberAxis {
    /// From the lowest to the highest number; for a logarithmic one both are above 0.
    pub(super) fn new(low: f64, high: f64, is_log: bool) -> Self {
        Self { low, high, is_log }
    }

    /// Where a number lies, from 0 to 1.
    pub(super) fn fraction(&self, value: f64) -> f64 {
        let scale = |v: f64| if self.is_log { ln(v) } else { v };
        (scale(value) - scale(self.low)) / (scale(self.high) - scale(self.low))
    }

    /// Draws it below a panel, with numbers where it has a name.
    pub(super) fn draw(&self, scene: &mut Scene, panel: Frame, name: Option<&str>) {
        let most = (panel.width / 15.0) as usize;
        let ticks = if self.is_log { log_ticks(self.low, self.high) } else { ticks(self.low, self.high, most) };
        bottom_axis(scene, panel, ticks.into_iter().map(|tick| (self.fraction(tick.value), tick.label)), name);
    }
}

/// A value axis at the left of a panel.
pub(super) struct ValueAxis {
    low: f64,
    high: f64,
}

impl ValueAxis {
    /// From 0 to a little above the highest; to 1 if all is 0.
    pub(super) fn from_zero(highest: f64) -> Self {
        Self { low: 0.0, high: if highest > 0.0 { 1.08 * highest } else { 1.0 } }
    }

    /// From 0 to the highest; to 1 if that is 0.
    pub(super) fn exactly(highest: f64) -> Self {
        Self { low: 0.0, high: if highest > 0.0 { highest } else { 1.0 } }
    }

    /// Around the values with a small margin; a constant stands in the middle.
    pub(super) fn around(lowest: f64, highest: f64) -> Self {
        let span = highest - lowest;
        let negligible = 1e-6 * lowest.abs().max(highest.abs());
        let margin = match span > negligible {
            _ if !span.is_finite() => 0.0,
            true => 0.06 * span,
            false if negligible > 0.0 => 0.05 * lowest.abs().max(highest.abs()),
            false => 1.0,
        };
        Self { low: lowest - margin, high: highest + margin }
    }

    /// Its highest value.
    pub(super) fn high(&self) -> f64 {
        self.high
    }

    /// The height of a value in a panel, held inside it.
    pub(super) fn y(&self, panel: Frame, value: f64) -> f64 {
        // Halves, since the range may be wider than the largest number.
        let fraction = ((value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)).clamp(0.0, 1.0);
        panel.bottom() - fraction * panel.height
    }

    /// Draws line, ticks, numbers and the rotated name.
    pub(super) fn draw(&self, scene: &mut Scene, panel: Frame, name: &str) {
        scene.segment((panel.x, panel.y), (panel.x, panel.bottom()), HAIRLINE, INK);
        let most = (panel.height / 5.0).max(3.0).min(panel.height / 2.6).max(1.0) as usize;
        let mut widest: f64 = 0.0;
        for tick in ticks(self.low, self.high, most) {
            let y = self.y(panel, tick.value);
            scene.segment((panel.x - TICK, y), (panel.x, y), HAIRLINE, INK);
            widest = widest.max(scene.fonts.width(&tick.label, Face::Regular, LABEL));
            scene.text(Text::new(tick.label, panel.x - TICK - 0.6, y).anchor(Anchor::End).centred());
        }
        axis_name(scene, panel, name, widest);
    }
}

/// Writes a name upwards beside a panel, left of numbers of the given width, shortened to the panel's height.
pub(super) fn axis_name(scene: &mut Scene, panel: Frame, name: &str, numbers: f64) {
    let x = (panel.x - TICK - numbers - 2.4).min(panel.x - LEFT + LABEL + 2.0).max(LABEL + 0.2);
    let y = panel.y + panel.height / 2.0;
    let name = scene.fonts.fit(name, Face::Regular, LABEL, panel.height + 4.0);
    scene.text(Text::new(name, x, y).anchor(Anchor::Middle).upwards());
}
