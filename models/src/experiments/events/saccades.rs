//! What an event camera would record of an image before which it makes three small saccades: a stand-in for N-MNIST.
//!
//! N-MNIST was recorded (Orchard, Jayawant, Cohen & Thakor 2015, Frontiers in Neuroscience 9:437): a camera on a pan-tilt unit before
//! a screen makes three saccades of about 100 ms each, along the sides of an isosceles triangle. Here the image moves over the sensor,
//! whose rows and columns are six more than the image's (34 for MNIST):
//!
//! ```text
//! saccade   1: (0, 0) -> (3.5, 7)    2: (3.5, 7) -> (7, 0)    3: (7, 0) -> (0, 0)    pixels (right, down), at constant speed
//! ```
//!
//! These ways are those that the data's authors undo in their `stabilize.m`. The way's middle puts the image into the middle of the
//! sensor. With I(x, y) the image between 0 and 1, linear between its pixels' centres and 0 beyond them, p(t) the way, and dark the
//! brightness of a black pixel, a sensor pixel sees
//!
//! ```text
//! L(t) = dark + (1 - dark) I(x - p_x(t), y - p_y(t))
//! ```
//!
//! and has an ON event whenever ln L has grown by the threshold since its last event (at first: since the start), an OFF event whenever
//! it has shrunk by it (Lichtsteiner, Posch & Delbruck 2008, IEEE J. Solid-State Circuits 43:566). Between the moments at which p crosses a whole number, L is a
//! polynomial of second degree in t: events come at its roots, rounded to µs. There is no time step.
//!
//! What recordings have and this has not: the unit's acceleration and overshoot (in recordings a saccade takes about 105 ms), pixels
//! that differ, their latency and refractory time, the screen's flicker and gamma, the optics' blur. Background events come at random,
//! where asked for: a Poisson process of one rate for all pixels, ON and OFF being as likely.

use super::{AddressEvent, EventStream, Sensor};
use crate::experiments::Problem;
use serde::{Deserialize, Serialize};
use sim_core::math::{exp, ln};
use sim_core::random::{Key, Stream};

/// Where the image is, from its first place: right and down, in pixels.
const WAY: [[f64; 2]; 4] = [[0.0, 0.0], [3.5, 7.0], [7.0, 0.0], [0.0, 0.0]];
/// Of the way, across.
const WIDTH: f64 = 7.0;
/// How much larger than an image the sensor is.
const MARGIN: u16 = 6;
/// µs in a second.
const SECOND: f64 = 1e6;

/// How images are recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saccades {
    /// Change of the natural logarithm of brightness that makes an event.
    pub threshold: f64,
    /// Brightness of a black pixel, where a white one's is 1.
    pub dark: f64,
    /// How long each of the three takes, in µs.
    pub saccade_us: u32,
    /// Background events of a pixel a second.
    pub noise_hz: f64,
    /// Of background events.
    pub seed: u64,
}

impl Default for Saccades {
    /// A threshold with which MNIST's digits have some 4,000 events each, and no background events.
    fn default() -> Self {
        Self { threshold: 0.5, dark: 0.1, saccade_us: 100_000, noise_hz: 0.0, seed: 1 }
    }
}

impl Saccades {
    /// The sensor for images of so many rows and columns, if there is one: a side has at most 249 pixels.
    pub fn sensor((rows, columns): (usize, usize)) -> Result<Sensor, Problem> {
        let side = |pixels: usize| u8::try_from(pixels + usize::from(MARGIN)).map(u16::from);
        match (side(rows), side(columns)) {
            (Ok(rows), Ok(columns)) => Ok(Sensor { columns, rows }),
            _ => Err(Problem::Setting("images have at most 249 x 249 pixels: a recording's addresses are bytes")),
        }
    }

    /// Whether all settings are in their ranges.
    pub fn check(&self) -> Result<(), Problem> {
        let told = [
            ((0.01..=10.0).contains(&self.threshold), "the threshold is from 0.01 to 10"),
            ((0.001..=0.999).contains(&self.dark), "the brightness of black is from 0.001 to 0.999"),
            ((1_000..=2_000_000).contains(&self.saccade_us), "a saccade takes from 1 ms to 2 s"),
            ((0.0..=10_000.0).contains(&self.noise_hz), "there are from 0 to 10000 background events a second"),
        ];
        told.iter().find(|(fine, _)| !fine).map_or(Ok(()), |(_, what)| Err(Problem::Setting(what)))
    }

    /// Records an image of so many rows and columns. The number chooses the background events.
    ///
    /// # Errors
    /// A setting is outside its range; the image has another number of pixels, or is too large.
    pub fn record(&self, image: &[u8], size: (usize, usize), number: u64) -> Result<EventStream, Problem> {
        self.check()?;
        let sensor = Self::sensor(size)?;
        if image.len() != size.0 * size.1 {
            return Err(Problem::Width { expected: size.0 * size.1, found: image.len() });
        }
        let pieces = self.pieces();
        let scene = Scene { image, rows: size.0 as i64, columns: size.1 as i64, dark: self.dark };
        let mut events = self.background(sensor, number);
        for y in 0..sensor.rows {
            for x in 0..sensor.columns {
                self.watch(&scene, &pieces, (x, y), &mut events);
            }
        }
        Ok(EventStream::sorted(sensor, events))
    }

    /// All events of a pixel.
    fn watch(&self, scene: &Scene<'_>, pieces: &[Piece], (x, y): (u16, u16), events: &mut Vec<AddressEvent>) {
        let mut level: Option<Level> = None;
        for piece in pieces {
            let seen = scene.seen(piece, (x.into(), y.into()));
            let level = level.get_or_insert(Level { first: seen.constant, threshold: self.threshold, steps: 0 });
            for [from, to] in seen.monotone() {
                while let Some((share, on)) = level.crossing(&seen, from, to) {
                    let time = piece.start_us + share * piece.length_us;
                    events.push(AddressEvent { time_us: (time + 0.5) as u64, x, y, on });
                }
            }
        }
    }

    /// The way in pieces within which the image's place has the same whole parts.
    fn pieces(&self) -> Vec<Piece> {
        let saccade = f64::from(self.saccade_us);
        let mut pieces = Vec::new();
        for (index, ends) in WAY.windows(2).enumerate() {
            // The image begins half of what is left beside it and its way from the sensor's edge.
            let place = |end: [f64; 2]| end.map(|along| along + (f64::from(MARGIN) - WIDTH) / 2.0);
            let (from, to) = (place(ends[0]), place(ends[1]));
            let at = |share: f64| [0, 1].map(|axis| from[axis] + share * (to[axis] - from[axis]));
            let cuts = cuts(from, to);
            let piece = |cut: &[f64]| Piece {
                start_us: (index as f64 + cut[0]) * saccade,
                length_us: (cut[1] - cut[0]) * saccade,
                from: at(cut[0]),
                to: at(cut[1]),
            };
            pieces.extend(cuts.windows(2).map(piece));
        }
        pieces
    }

    fn background(&self, sensor: Sensor, number: u64) -> Vec<AddressEvent> {
        let mut events = Vec::new();
        if self.noise_hz == 0.0 {
            return events;
        }
        let mut stream = Stream::new(Key::new(self.seed).name("background").finish(), number);
        let mean_gap = SECOND / (self.noise_hz * sensor.pixels() as f64);
        let end = 3.0 * f64::from(self.saccade_us);
        let mut time = 0.0;
        loop {
            time -= mean_gap * ln(stream.open_uniform());
            if time >= end {
                return events;
            }
            let (x, y) = (stream.below(sensor.columns.into()) as u16, stream.below(sensor.rows.into()) as u16);
            events.push(AddressEvent { time_us: time as u64, x, y, on: stream.uniform() < 0.5 });
        }
    }
}

/// Shares of a way at which one of its coordinates is a whole number, and both ends, ascending.
fn cuts(from: [f64; 2], to: [f64; 2]) -> Vec<f64> {
    let mut cuts = vec![0.0, 1.0];
    for axis in 0..2 {
        let (low, high) = (from[axis].min(to[axis]), from[axis].max(to[axis]));
        let mut whole = low.floor() + 1.0;
        while whole < high {
            cuts.push((whole - from[axis]) / (to[axis] - from[axis]));
            whole += 1.0;
        }
    }
    cuts.sort_unstable_by(f64::total_cmp);
    cuts.dedup();
    cuts
}

/// A piece of the way: between `from` and `to` the image's place has the same whole parts.
struct Piece {
    start_us: f64,
    length_us: f64,
    from: [f64; 2],
    to: [f64; 2],
}

/// An image that moves.
struct Scene<'a> {
    image: &'a [u8],
    rows: i64,
    columns: i64,
    dark: f64,
}

impl Scene<'_> {
    fn pixel(&self, x: i64, y: i64) -> f64 {
        let inside = (0..self.columns).contains(&x) && (0..self.rows).contains(&y);
        if inside { f64::from(self.image[(y * self.columns + x) as usize]) / 255.0 } else { 0.0 }
    }

    /// What a pixel sees during a piece of the way.
    fn seen(&self, piece: &Piece, (x, y): (i64, i64)) -> Seen {
        // Whole parts of the place, and what is beyond them at the piece's ends: from 0 to 1.
        let whole = [0, 1].map(|axis| ((piece.from[axis] + piece.to[axis]) / 2.0).floor());
        let [fx, fy] = [0, 1].map(|axis| piece.from[axis] - whole[axis]);
        let [dx, dy] = [0, 1].map(|axis| piece.to[axis] - piece.from[axis]);
        let (right, below) = (x - whole[0] as i64, y - whole[1] as i64);
        let here = self.pixel(right, below);
        let (left, above) = (self.pixel(right - 1, below) - here, self.pixel(right, below - 1) - here);
        let both = self.pixel(right - 1, below - 1) - here - left - above;
        let light = 1.0 - self.dark;
        Seen {
            constant: self.dark + light * (here + left * fx + above * fy + both * fx * fy),
            linear: light * (left * dx + above * dy + both * (fx * dy + fy * dx)),
            square: light * both * dx * dy,
        }
    }
}

/// Brightness during a piece: constant + linear s + square s^2, where s goes from 0 to 1.
struct Seen {
    constant: f64,
    linear: f64,
    square: f64,
}

impl Seen {
    fn at(&self, share: f64) -> f64 {
        self.constant + share * (self.linear + share * self.square)
    }

    /// The parts in which it only grows or only shrinks: none where it is constant.
    fn monotone(&self) -> impl Iterator<Item = [f64; 2]> {
        let turn = -self.linear / (2.0 * self.square);
        let turn = if turn > 0.0 && turn < 1.0 { turn } else { 1.0 };
        let moves = self.linear != 0.0 || self.square != 0.0;
        let (first, last) = (moves.then_some([0.0, turn]), (turn < 1.0).then_some([turn, 1.0]));
        first.into_iter().chain(last)
    }

    /// Where, in a part in which it grows (or, with the sign -1, shrinks), it has this value.
    fn root(&self, sign: f64, value: f64, from: f64, to: f64) -> f64 {
        let (missing, linear, square) = (sign * (value - self.constant), sign * self.linear, sign * self.square);
        let slope = (linear * linear + 4.0 * square * missing).max(0.0).sqrt();
        // The slope at the root; of two forms of it the one that subtracts nothing.
        let root = if linear >= 0.0 { 2.0 * missing / (linear + slope) } else { (slope - linear) / (2.0 * square) };
        if root.is_finite() { root.clamp(from, to) } else { from }
    }
}

/// The brightness at a pixel's last event, in steps of the threshold from the first.
struct Level {
    first: f64,
    threshold: f64,
    steps: i32,
}

impl Level {
    /// The brightness at the next event if it is this step: reached where it is missed by so little that rounding may be the cause.
    /// The image comes back to where it was, and each pixel to its brightness at first, which often is an event's, too.
    fn after(&self, step: i32) -> f64 {
        const TOLERANCE: f64 = 1e-9;
        self.first * exp(f64::from(self.steps + step) * self.threshold - f64::from(step) * TOLERANCE)
    }

    /// The next event in a part in which brightness only grows or only shrinks, and whether it is ON.
    fn crossing(&mut self, seen: &Seen, from: f64, to: f64) -> Option<(f64, bool)> {
        let (begin, end) = (seen.at(from), seen.at(to));
        if end > begin {
            let value = self.after(1);
            (end >= value).then(|| {
                self.steps += 1;
                (seen.root(1.0, value, from, to), true)
            })
        } else {
            let value = self.after(-1);
            (end <= value).then(|| {
                self.steps -= 1;
                (seen.root(-1.0, value, from, to), false)
            })
        }
    }
}
