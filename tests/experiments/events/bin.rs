//! N-MNIST's `.bin`, against the description of its 40 bits on the data's page: 39-32 x, 31-24 y, 23 polarity (1: ON), 22-0 time in µs.

use super::{event, random};
use models::experiments::events::{AddressEvent, EventStream, Order, Sensor, read_bin, write_bin};

const ALL: Sensor = Sensor { columns: 256, rows: 256 };

fn read(bytes: &[u8]) -> Vec<AddressEvent> {
    read_bin(bytes, ALL, Order::Strict).expect("events").events().to_vec()
}

#[test]
fn each_bit_has_its_meaning() {
    assert_eq!(read(&[0x03, 0x21, 0x81, 0x23, 0x45]), [event(0x01_2345, 3, 33, true)], "by hand");
    assert_eq!(read(&[0xff, 0x00, 0x7f, 0xff, 0xff]), [event((1 << 23) - 1, 255, 0, false)], "the largest time, OFF");
    for bit in 0..40_u32 {
        let word = 1_u64 << bit;
        let [_, _, _, bytes @ ..] = word.to_be_bytes();
        let expected = match bit {
            32.. => event(0, 1 << (bit - 32), 0, false),
            24.. => event(0, 0, 1 << (bit - 24), false),
            23 => event(0, 0, 0, true),
            _ => event(1 << bit, 0, 0, false),
        };
        assert_eq!(read(&bytes), [expected], "bit {bit}");
    }
    assert_eq!(read(&[]), [], "an empty recording");
}

#[test]
fn what_is_written_is_read() {
    for seed in 0..20 {
        let stream = random(ALL, 300, 1 << 23, seed);
        let bytes = write_bin(&stream).expect("all have a place");
        assert_eq!(bytes.len(), 1500, "five bytes each");
        assert_eq!(read_bin(&bytes, ALL, Order::Strict), Ok(stream), "seed {seed}");
    }
    let sensor = Sensor { columns: 300, rows: 300 };
    for wrong in [event(1 << 23, 0, 0, true), event(0, 256, 0, true), event(0, 0, 256, true)] {
        let stream = EventStream::new(sensor, vec![event(0, 0, 0, true), wrong]).expect("pixels of the sensor");
        assert_eq!(write_bin(&stream), Err(wrong), "there is no place for it");
    }
}

#[test]
fn what_cannot_be_is_told_with_its_byte() {
    let two = [[1, 2, 0x80, 0, 9], [3, 4, 0, 0, 7]].concat();
    let said = |bytes: &[u8], order| read_bin(bytes, Sensor::N_MNIST, order).expect_err("a problem").to_string();
    let strict = |bytes: &[u8]| said(bytes, Order::Strict);
    assert_eq!(strict(&two), "at byte 5: an event at 7 µs after one at 9 µs: a recording's events are in order of time");
    let sorted = read_bin(&two, Sensor::N_MNIST, Order::Sort).expect("sorted");
    assert_eq!(sorted.events(), [event(7, 3, 4, false), event(9, 1, 2, true)], "on demand");
    for length in 6..10 {
        let message = format!("at byte 5: the file ends within an event: {} of its 5 bytes are there", length - 5);
        assert_eq!(strict(&two[..length]), message, "cut");
        assert_eq!(said(&two[..length], Order::Sort), message, "cut, sorted or not");
    }
    let outside = "at byte 0: an event of column 34, row 0: the sensor has 34 x 34 pixels, counted from 0";
    assert_eq!(strict(&[34, 0, 0, 0, 0]), outside);
    assert_eq!(strict(&[33, 34, 0, 0, 0]), outside.replace("column 34, row 0", "column 33, row 34"));
    assert_eq!(read(&[33, 33, 0, 0, 0]), [event(0, 33, 33, false)], "the last pixel");
}

#[test]
fn streams_are_of_their_sensor_and_in_order() {
    assert_eq!(EventStream::new(Sensor::N_MNIST, vec![event(0, 34, 0, true)]), None, "no such pixel");
    let stream = EventStream::new(Sensor::N_MNIST, vec![event(900, 1, 1, true), event(30, 2, 2, false)]).expect("pixels");
    assert_eq!(stream.events(), [event(30, 2, 2, false), event(900, 1, 1, true)], "sorted");
    assert_eq!(stream.from_its_first().events(), [event(0, 2, 2, false), event(870, 1, 1, true)], "from 0");
}
