//! AEDAT files (iniVation, "AEDAT File Formats"): a header of lines that begin with `#`, the first being `#!AER-DAT2.0` or
//! `#!AER-DAT3.1`, then events. Those of version 3.1 come in packets; those of 2.0 are pairs of 32-bit numbers, the highest byte
//! first: an address and a time in µs. What an address means depends on the camera, which a line `# AEChip: CLASS` names; without
//! one it is the DVS128.
//!
//! ```text
//! DVS128   bit  15  not a pixel's: left out     DAVIS  bit  31       not a pixel's (image, motion): left out
//!          bits 14..8  y                               bits 30..22   y
//!          bits  7..1  x                               bits 21..12   x
//!          bit   0     1: ON                           bit  11       1: ON
//!                                                      bit  10       not a pixel's: left out
//! ```
//!
//! Version 2.0 counts rows from the bottom, 3.1 from the top; events here count from the top.

use super::packets::read_packets;
use super::{Broken, EventStream, Fault, Order, Sensor, Taker};

const MAGIC: &[u8] = b"#!AER-DAT";
/// Bytes of an event of version 2.0.
const EVENT: usize = 8;

/// A camera of iniVation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Camera {
    pub(super) sensor: Sensor,
    davis: bool,
}

/// Cameras by a part of their names.
const CAMERAS: [(&str, Camera); 6] = [
    ("dvs128", camera(128, 128, false)),
    ("davis128", camera(128, 128, true)),
    ("davis208", camera(208, 192, true)),
    ("davis240", camera(240, 180, true)),
    ("davis346", camera(346, 260, true)),
    ("davis640", camera(640, 480, true)),
];

const fn camera(columns: u16, rows: u16, davis: bool) -> Camera {
    Camera { sensor: Sensor { columns, rows }, davis }
}

impl Camera {
    /// The camera of a name or of a class such as `eu.seebetter.ini.chips.davis.Davis240C`.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        CAMERAS.iter().find(|(part, _)| name.contains(part)).map(|(_, camera)| *camera)
    }
}

/// Reads the events of a recording, with the camera's own time.
///
/// # Errors
/// It is no AEDAT file, or one of another version; its camera is not known; it ends within an event; an address, a pixel or a packet
/// cannot be; time runs backwards, unless these are to be sorted.
pub fn read_aedat(bytes: &[u8], order: Order) -> Result<EventStream, Broken> {
    let Some(first) = Lines::of(bytes).next().filter(|line| line.text.starts_with(MAGIC)) else {
        return Err(Broken { byte: 0, fault: Fault::NotAedat });
    };
    match &first.text[MAGIC.len()..] {
        b"2.0" => read_pairs(bytes, order),
        b"3.1" => read_packets(bytes, order),
        other => Err(Broken { byte: 0, fault: Fault::Version(String::from_utf8_lossy(other).chars().take(20).collect()) }),
    }
}

/// A line of a header without its end.
pub(super) struct Line<'a> {
    /// Where it begins.
    pub(super) start: usize,
    pub(super) text: &'a [u8],
    /// Where the next one begins.
    pub(super) end: usize,
}

/// The lines that a file begins with, as long as they begin with `#` and end.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    place: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, place: 0 }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let start = self.place;
        let rest = self.bytes.get(start..).filter(|rest| rest.starts_with(b"#"))?;
        let length = rest.iter().position(|byte| *byte == b'\n')?;
        self.place = start + length + 1;
        let text = rest[..length].strip_suffix(b"\r").unwrap_or(&rest[..length]);
        Some(Line { start, text, end: self.place })
    }
}

/// What follows a key in a line, as text.
pub(super) fn value(line: &[u8], key: &str) -> Option<String> {
    line.strip_prefix(key.as_bytes()).map(|rest| String::from_utf8_lossy(rest).trim().chars().take(80).collect())
}

/// Version 2.0.
fn read_pairs(bytes: &[u8], order: Order) -> Result<EventStream, Broken> {
    /// Where a program writes it, nothing behind it is header, whatever it begins with.
    const END: &[u8] = b"#End Of ASCII Header";
    let (mut camera, mut start) = (CAMERAS[0].1, 0);
    for line in Lines::of(bytes) {
        start = line.end;
        if let Some(name) = value(line.text, "# AEChip:") {
            camera = Camera::named(&name).ok_or(Broken { byte: line.start, fault: Fault::Camera(name) })?;
        }
        if line.text == END {
            break;
        }
    }
    let mut taker = Taker::new(camera.sensor, order);
    let (events, rest) = bytes[start..].as_chunks::<EVENT>();
    for (index, [a, b, c, d, time @ ..]) in events.iter().enumerate() {
        let byte = start + index * EVENT;
        let time = i32::from_be_bytes(*time);
        let Some(((x, y), on)) = pixel(camera, u32::from_be_bytes([*a, *b, *c, *d]), byte)? else { continue };
        let time_us = u64::try_from(time).map_err(|_| Broken { byte, fault: Fault::Negative { time_us: time.into() } })?;
        taker.take(byte, (x, y), on, time_us)?;
    }
    if !rest.is_empty() {
        let byte = bytes.len() - rest.len();
        return Err(Broken { byte, fault: Fault::Cut { what: "an event", needed: EVENT, found: rest.len() } });
    }
    Ok(taker.finish())
}

/// Column, row from the top, and whether it grew brighter.
type Pixel = ((u32, u32), bool);

/// The pixel that an address of version 2.0 stands for, if it is one's.
fn pixel(camera: Camera, address: u32, byte: usize) -> Result<Option<Pixel>, Broken> {
    let bits = |low: u32, number: u32| address >> low & ((1 << number) - 1);
    let ((x, y), on, other) = match camera.davis {
        true => ((bits(12, 10), bits(22, 9)), bits(11, 1) == 1, bits(31, 1) == 1 || bits(10, 1) == 1),
        false if address >> 16 != 0 => return Err(Broken { byte, fault: Fault::Address(address) }),
        false => ((bits(1, 7), bits(8, 7)), bits(0, 1) == 1, bits(15, 1) == 1),
    };
    if other {
        return Ok(None);
    }
    // A row above the sensor stays outside it.
    let rows = u32::from(camera.sensor.rows);
    let from_top = if y < rows { rows - 1 - y } else { y };
    Ok(Some(((x, from_top), on)))
}
