//! The `.bin` of N-MNIST and N-Caltech101 (Orchard et al. 2015; <https://www.garrickorchard.com/datasets/n-mnist>): no header, five
//! bytes an event, the first byte being the highest:
//!
//! ```text
//! bits 39..32  x, column from the left        bit  23      1: ON, brighter; 0: OFF, darker
//! bits 31..24  y, row from the top            bits 22..0   time in µs
//! ```

use super::{AddressEvent, Broken, EventStream, Fault, Order, Sensor, Taker};

/// Bytes of an event.
const EVENT: usize = 5;
/// Times are below this, in µs.
const TIMES: u64 = 1 << 23;

/// Reads the events of a recording with this sensor, of which the file says nothing.
///
/// # Errors
/// The file ends within an event; a pixel is not the sensor's; time runs backwards, unless these are to be sorted.
pub fn read_bin(bytes: &[u8], sensor: Sensor, order: Order) -> Result<EventStream, Broken> {
    let mut taker = Taker::new(sensor, order);
    let (events, rest) = bytes.as_chunks::<EVENT>();
    for (index, [x, y, high, middle, low]) in events.iter().enumerate() {
        let time_us = u64::from(high & 0x7f) << 16 | u64::from(*middle) << 8 | u64::from(*low);
        taker.take(index * EVENT, (u32::from(*x), u32::from(*y)), high & 0x80 != 0, time_us)?;
    }
    if !rest.is_empty() {
        let byte = bytes.len() - rest.len();
        return Err(Broken { byte, fault: Fault::Cut { what: "an event", needed: EVENT, found: rest.len() } });
    }
    Ok(taker.finish())
}

/// Writes a recording.
///
/// # Errors
/// The first event whose time is not below 2^23 µs (8.4 s), or whose column or row is above 255: the format has no room for it.
pub fn write_bin(stream: &EventStream) -> Result<Vec<u8>, AddressEvent> {
    let mut bytes = Vec::with_capacity(stream.events.len() * EVENT);
    for event in &stream.events {
        let (Ok(x), Ok(y), true) = (u8::try_from(event.x), u8::try_from(event.y), event.time_us < TIMES) else {
            return Err(*event);
        };
        let [.., high, middle, low] = event.time_us.to_be_bytes();
        bytes.extend([x, y, high | u8::from(event.on) << 7, middle, low]);
    }
    Ok(bytes)
}
