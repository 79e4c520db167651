//! AEDAT 3.1 (iniVation, "AEDAT 3.1"): the header's lines up to `#!END-HEADER`, then packets of one kind of events each, all numbers
//! with the lowest byte first.
//!
//! ```text
//! packet  i16 kind (1: polarity)  i16 source  i32 bytes of an event  i32 where its time stands  i32 overflows of the clock
//!         i32 room for events     i32 events  i32 valid events, then the events
//! event   u32: bit 0 valid, bit 1 1: ON, bits 16..2 y, bits 31..17 x;  i32 time in µs; 2^31 µs for each overflow are added
//! ```
//!
//! Other kinds (images, motion) and events that are not valid are left out.

use super::aedat::{Camera, Line, Lines, value};
use super::{Broken, EventStream, Fault, Order, Taker};

/// Bytes of a packet's header, and of an event of the only kind read.
const HEADER: usize = 28;
const EVENT: usize = 8;
/// The kind of packets whose events say that a pixel grew brighter or darker.
const POLARITY: i16 = 1;
/// Where the time stands in such an event.
const TIME: i32 = 4;

/// Reads a file of version 3.1.
pub(super) fn read_packets(bytes: &[u8], order: Order) -> Result<EventStream, Broken> {
    let (sources, mut place) = header(bytes)?;
    let mut chosen: Option<(i16, Taker)> = None;
    while place < bytes.len() {
        let packet = Packet::at(bytes, place)?;
        place += HEADER + packet.bytes.len();
        if packet.kind != POLARITY {
            continue;
        }
        if chosen.as_ref().is_some_and(|(source, _)| *source != packet.source) {
            return Err(packet.wrong("it has events of a second camera: one recording has one"));
        }
        let (_, taker) = match &mut chosen {
            Some(chosen) => chosen,
            None => chosen.insert((packet.source, Taker::new(camera(&sources, &packet)?.sensor, order))),
        };
        packet.take_into(taker)?;
    }
    match chosen {
        Some((_, taker)) => Ok(taker.finish()),
        None => Err(Broken { byte: bytes.len(), fault: Fault::Header("the file has no event of a pixel") }),
    }
}

/// A line `#Source N: NAME`: its number, its name, where it stands.
type Source = (i16, String, usize);

/// The cameras that the header names, and where packets begin.
fn header(bytes: &[u8]) -> Result<(Vec<Source>, usize), Broken> {
    let mut sources = Vec::new();
    let mut end = 0;
    for Line { start, text, end: next } in Lines::of(bytes) {
        end = next;
        if let Some(format) = value(text, "#Format:").filter(|format| format != "RAW") {
            return Err(Broken { byte: start, fault: Fault::Packed(format) });
        }
        let source = value(text, "#Source ").and_then(|rest| {
            let (number, name) = rest.split_once(':')?;
            Some((number.trim().parse().ok()?, name.trim().to_string(), start))
        });
        sources.extend(source);
        if text == b"#!END-HEADER" {
            return Ok((sources, end));
        }
    }
    Err(Broken { byte: end, fault: Fault::Header("the header has no line #!END-HEADER") })
}

/// The camera that a packet's events are of.
fn camera(sources: &[Source], packet: &Packet<'_>) -> Result<Camera, Broken> {
    let Some((_, name, byte)) = sources.iter().find(|(number, ..)| *number == packet.source) else {
        return Err(packet.wrong("the file's header has no line #Source for its source"));
    };
    Camera::named(name).ok_or_else(|| Broken { byte: *byte, fault: Fault::Camera(name.clone()) })
}

/// A packet, its events still bytes.
struct Packet<'a> {
    place: usize,
    kind: i16,
    source: i16,
    size: i32,
    time_at: i32,
    overflows: u32,
    bytes: &'a [u8],
}

impl<'a> Packet<'a> {
    fn at(bytes: &'a [u8], place: usize) -> Result<Self, Broken> {
        let rest = &bytes[place..];
        let cut = |what, needed, found| Broken { byte: place, fault: Fault::Cut { what, needed, found } };
        let Some((head, rest)) = rest.split_first_chunk::<HEADER>() else {
            return Err(cut("a packet's header", HEADER, rest.len()));
        };
        let short = |at: usize| i16::from_le_bytes([head[at], head[at + 1]]);
        let long = |at: usize| i32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let wrong = |what| Broken { byte: place, fault: Fault::Packet(what) };
        let (size, room, number, valid) = (long(4), long(16), long(20), long(24));
        let (Ok(each), Ok(events), Ok(overflows)) = (usize::try_from(size), usize::try_from(number), u32::try_from(long(12)))
        else {
            return Err(wrong("a number in it is below 0"));
        };
        if room != number {
            return Err(wrong("it has room for another number of events than it has"));
        }
        if !(0..=number).contains(&valid) {
            return Err(wrong("it has more valid events than events"));
        }
        let length = each.saturating_mul(events);
        let bytes = rest.get(..length).ok_or_else(|| cut("a packet's events", length, rest.len()))?;
        Ok(Self { place, kind: short(0), source: short(2), size, time_at: long(8), overflows, bytes })
    }

    fn wrong(&self, what: &'static str) -> Broken {
        Broken { byte: self.place, fault: Fault::Packet(what) }
    }

    /// Takes the valid events of a packet of polarity events.
    fn take_into(&self, taker: &mut Taker) -> Result<(), Broken> {
        if (self.size, self.time_at) != (EVENT as i32, TIME) {
            return Err(self.wrong("a polarity event has 8 bytes, its time being the last 4"));
        }
        for (index, [a, b, c, d, time @ ..]) in self.bytes.as_chunks::<EVENT>().0.iter().enumerate() {
            let byte = self.place + HEADER + index * EVENT;
            let (data, time) = (u32::from_le_bytes([*a, *b, *c, *d]), i32::from_le_bytes(*time));
            if data & 1 == 0 {
                continue;
            }
            let time = u32::try_from(time).map_err(|_| Broken { byte, fault: Fault::Negative { time_us: time.into() } })?;
            let time_us = u64::from(self.overflows) << 31 | u64::from(time);
            taker.take(byte, (data >> 17, data >> 2 & 0x7fff), data & 2 != 0, time_us)?;
        }
        Ok(())
    }
}
