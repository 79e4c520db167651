//! Files of events broken at random: read or told with a place, never a panic.

use super::aedat::{packet, packets, pairs};
use super::random;
use models::experiments::events::{Broken, EventStream, Order, Sensor, read_aedat, read_bin, write_bin};
use sim_core::random::Stream;

const ROUNDS: u64 = 20_000;

/// What may be changed: a file of each format.
fn files() -> Vec<Vec<u8>> {
    let bin = write_bin(&random(Sensor::N_MNIST, 40, 300_000, 1)).expect("written");
    let events: Vec<(u32, i32)> = (0..20).map(|n| (n << 17 | n << 2 | n & 2 | 1, 10 * n as i32)).collect();
    let dvs: Vec<(u32, i32)> = (0..20).map(|n| (n << 8 | n << 1 | n & 1, 10 * n as i32)).collect();
    let davis: Vec<(u32, i32)> = (0..20).map(|n| (n << 22 | n << 12 | 1 << 11, 10 * n as i32)).collect();
    vec![
        bin,
        pairs(&["# AEChip: DVS128", "#End Of ASCII Header"], &dvs),
        pairs(&["# AEChip: Davis640"], &davis),
        packets("DVS128", &[packet(1, 1, 0, &events[..9]), packet(2, 1, 0, &events), packet(1, 1, 0, &events[9..])]),
    ]
}

fn read(bytes: &[u8], order: Order) -> Result<EventStream, Broken> {
    if bytes.starts_with(b"#") { read_aedat(bytes, order) } else { read_bin(bytes, Sensor::N_MNIST, order) }
}

/// One to four changes: a bit, a byte, bytes cut out or doubled, the end cut off.
fn changed(bytes: &[u8], stream: &mut Stream) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=stream.below(4) {
        let length = bytes.len() as u32;
        if length == 0 {
            break;
        }
        let place = stream.below(length) as usize;
        let end = place + stream.below(length - place as u32).min(40) as usize;
        match stream.below(5) {
            0 => bytes[place] ^= 1 << stream.below(8),
            1 => bytes[place] = [0, 1, 0x7f, 0x80, 0xff][stream.below(5) as usize],
            2 => drop(bytes.drain(place..end)),
            3 => drop(bytes.splice(place..place, bytes[place..end].to_vec())),
            _ => bytes.truncate(place),
        }
    }
    bytes
}

#[test]
fn broken_files_are_read_or_told() {
    let files = files();
    let [mut fine, mut wrong] = [0; 2];
    for round in 0..ROUNDS {
        let mut stream = Stream::new(9, round);
        let bytes = changed(&files[round as usize % files.len()], &mut stream);
        for order in [Order::Strict, Order::Sort] {
            match read(&bytes, order) {
                Ok(found) => {
                    fine += 1;
                    assert!(found.events().is_sorted_by_key(|event| event.time_us), "in order: {bytes:?}");
                    let Sensor { columns, rows } = found.sensor();
                    assert!(found.events().iter().all(|event| event.x < columns && event.y < rows), "{bytes:?}");
                }
                Err(broken) => {
                    wrong += 1;
                    assert!(broken.byte <= bytes.len(), "{broken} is within {} bytes", bytes.len());
                    assert!(broken.to_string().len() > "at byte 0: ".len(), "a sentence");
                }
            }
        }
    }
    assert!(fine > 1000 && wrong > 1000, "both happen: {fine}, {wrong}");
}

#[test]
fn files_cut_anywhere_are_read_or_told() {
    for file in files() {
        assert!(read(&file, Order::Strict).is_ok_and(|stream| !stream.events().is_empty()), "whole");
        for length in 0..file.len() {
            if let Err(broken) = read(&file[..length], Order::Strict) {
                assert!(broken.byte <= length, "{broken} is within {length} bytes");
            }
        }
    }
}
