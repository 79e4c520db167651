//! Recordings of event cameras: which pixel of a sensor grew brighter (ON) or darker (OFF), and when.
//!
//! ```text
//! N-MNIST's .bin, AEDAT 2.0, AEDAT 3.1 --read-->  EventStream  --frames-->  Frames: the inputs with an event in each ms
//! an image                             --record-> EventStream  --write-->   N-MNIST's .bin
//! ```
//!
//! Readers are strict: what a file says that its format does not allow is an error with the byte where it stands.

mod aedat;
mod bin;
mod broken;
mod frames;
mod packets;
mod saccades;

pub use aedat::read_aedat;
pub use bin::{read_bin, write_bin};
pub use broken::{Broken, Fault};
pub use frames::Frames;
pub use saccades::Saccades;

use serde::{Deserialize, Serialize};

/// The pixels of a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sensor {
    /// Pixels of a row.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

impl Sensor {
    /// That of N-MNIST's recordings: 34 x 34.
    pub const N_MNIST: Self = Self { columns: 34, rows: 34 };

    /// How many pixels it has.
    pub fn pixels(self) -> usize {
        usize::from(self.columns) * usize::from(self.rows)
    }

    /// How many inputs stand for it: OFF and ON of each pixel.
    pub fn inputs(self) -> usize {
        2 * self.pixels()
    }

    /// The input of an event: all OFF, then all ON, each row by row from the top left. That is the order (polarity, y, x) of Ivanov &
    /// Michmizos.
    pub fn input(self, event: &AddressEvent) -> usize {
        usize::from(event.on) * self.pixels() + usize::from(event.y) * usize::from(self.columns) + usize::from(event.x)
    }

    fn has(self, x: u32, y: u32) -> bool {
        x < u32::from(self.columns) && y < u32::from(self.rows)
    }
}

/// A pixel that grew brighter or darker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressEvent {
    /// When, in µs.
    pub time_us: u64,
    /// Its row, counted from the top.
    pub y: u16,
    /// Its column, counted from the left.
    pub x: u16,
    /// Whether it grew brighter.
    pub on: bool,
}

/// What is done with events that are earlier than one before them in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// They are an error: the file is damaged, or its clock was set anew.
    Strict,
    /// All events are sorted by time.
    Sort,
}

/// The events of one recording, in order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventStream {
    sensor: Sensor,
    events: Vec<AddressEvent>,
}

impl EventStream {
    /// These events of a sensor's pixels, sorted by time, then by row, column and polarity. None if a pixel is not the sensor's.
    pub fn new(sensor: Sensor, events: Vec<AddressEvent>) -> Option<Self> {
        let own = events.iter().all(|event| sensor.has(event.x.into(), event.y.into()));
        own.then(|| Self::sorted(sensor, events))
    }

    fn sorted(sensor: Sensor, mut events: Vec<AddressEvent>) -> Self {
        events.sort_unstable();
        Self { sensor, events }
    }

    /// The camera's pixels.
    pub fn sensor(&self) -> Sensor {
        self.sensor
    }

    /// All events, in order of time.
    pub fn events(&self) -> &[AddressEvent] {
        &self.events
    }

    /// The same with the first event at 0: for cameras whose clock runs on from one recording to the next.
    pub fn from_its_first(mut self) -> Self {
        let first = self.events.first().map_or(0, |event| event.time_us);
        self.events.iter_mut().for_each(|event| event.time_us -= first);
        self
    }
}

/// Takes the events of a file as they come, and looks at each.
struct Taker {
    sensor: Sensor,
    order: Order,
    events: Vec<AddressEvent>,
}

impl Taker {
    fn new(sensor: Sensor, order: Order) -> Self {
        Self { sensor, order, events: Vec::new() }
    }

    /// The event that stands at a byte of the file.
    fn take(&mut self, byte: usize, (x, y): (u32, u32), on: bool, time_us: u64) -> Result<(), Broken> {
        if !self.sensor.has(x, y) {
            return Err(Broken { byte, fault: Fault::Outside { x, y, sensor: self.sensor } });
        }
        let before_us = self.events.last().map_or(0, |event| event.time_us);
        if time_us < before_us && self.order == Order::Strict {
            return Err(Broken { byte, fault: Fault::Backwards { time_us, before_us } });
        }
        self.events.push(AddressEvent { time_us, x: x as u16, y: y as u16, on });
        Ok(())
    }

    fn finish(mut self) -> EventStream {
        // Stable: events of one time stay in the order of the file.
        self.events.sort_by_key(|event| event.time_us);
        EventStream { sensor: self.sensor, events: self.events }
    }
}
