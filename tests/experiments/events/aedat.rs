//! AEDAT 2.0 and 3.1, against bytes made by hand from iniVation's description of the formats, and against a file that another program
//! wrote.

use super::event;
use models::experiments::events::{AddressEvent, Order, Sensor, read_aedat};

fn read(bytes: &[u8]) -> (Sensor, Vec<AddressEvent>) {
    let stream = read_aedat(bytes, Order::Strict).unwrap_or_else(|broken| panic!("{broken}"));
    (stream.sensor(), stream.events().to_vec())
}

fn said(bytes: &[u8]) -> String {
    read_aedat(bytes, Order::Strict).expect_err("a problem").to_string()
}

/// A file of version 2.0: lines, then pairs of address and time.
pub(super) fn pairs(lines: &[&str], events: &[(u32, i32)]) -> Vec<u8> {
    let head = ["#!AER-DAT2.0"].iter().chain(lines).flat_map(|line| format!("{line}\r\n").into_bytes());
    let pair = |(address, time): &(u32, i32)| [address.to_be_bytes(), time.to_be_bytes()].concat();
    head.chain(events.iter().flat_map(pair)).collect()
}

/// A packet of version 3.1 of 8-byte events.
pub(super) fn packet(kind: i16, source: i16, overflows: i32, events: &[(u32, i32)]) -> Vec<u8> {
    let number = events.len() as i32;
    let valid = events.iter().filter(|(data, _)| data & 1 == 1).count() as i32;
    let short = [kind, source].into_iter().flat_map(i16::to_le_bytes);
    let long = [8, 4, overflows, number, number, valid].into_iter().flat_map(i32::to_le_bytes);
    let events = events.iter().flat_map(|(data, time)| [data.to_le_bytes(), time.to_le_bytes()].concat());
    short.chain(long).chain(events).collect()
}

pub(super) fn packets(camera: &str, packets: &[Vec<u8>]) -> Vec<u8> {
    let head = format!(
        "#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: {camera}\r\n#Start-Time: 2016-04-01 12:00:00 (TZ+0200)\r\n#!END-HEADER\r\n"
    );
    [vec![head.into_bytes()], packets.to_vec()].concat().concat()
}

/// 24 events of ten cells, address 2 cell + 1: made by a script of another language for this repository.
#[test]
fn a_file_of_another_program() {
    let (sensor, events) = read(include_bytes!("../../data/tiny.aedat"));
    let expected = [
        (1200, 0),
        (4000, 8),
        (4900, 7),
        (7700, 5),
        (8600, 4),
        (11400, 2),
        (12300, 1),
        (15100, 9),
        (16000, 8),
        (18800, 6),
        (19700, 5),
        (22500, 3),
        (23400, 2),
        (26200, 0),
        (27100, 9),
        (29900, 7),
        (30800, 6),
        (33600, 4),
        (34500, 3),
        (37300, 1),
        (38200, 0),
        (41900, 7),
        (45600, 4),
        (49300, 1),
    ];
    assert_eq!(sensor, Sensor { columns: 128, rows: 128 }, "a DVS128 where no camera is named");
    assert_eq!(events, expected.map(|(time, cell)| event(time, cell, 127, true)), "row 0 from the bottom");
}

#[test]
fn version_2_of_a_dvs128() {
    // Bit 0 polarity, bits 1 to 7 x, bits 8 to 14 y from the bottom, bit 15 no pixel's.
    let events = [(3 << 8 | 5 << 1 | 1, 5), (127 << 8 | 127 << 1, 6), (1 << 15 | 0b11, 7), (0, 7)];
    for lines in [&[][..], &["# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128", "# created Thu Dec 03 14:47:00 CET 2015"]] {
        let (sensor, found) = read(&pairs(lines, &events));
        assert_eq!(sensor, Sensor { columns: 128, rows: 128 });
        assert_eq!(found, [event(5, 5, 124, true), event(6, 127, 0, false), event(7, 0, 127, false)], "{lines:?}");
    }
    // A first address whose first byte is that of '#' is told from the header where its end is written.
    let lines = ["# AEChip: eu.seebetter.ini.chips.davis.Davis240C", "#End Of ASCII Header"];
    let (_, found) = read(&pairs(&lines, &[(0x2300_0000, 1)]));
    assert_eq!(found, [event(1, 0, 179 - 140, false)], "0x23 << 24 is row 140");
}

#[test]
fn version_2_of_a_davis() {
    let at = |x: u32, y: u32, on: u32| y << 22 | x << 12 | on << 11;
    let events = [(at(239, 0, 1), 10), (at(0, 179, 0), 11), (1 << 31 | at(3, 3, 1), 12), (at(3, 3, 1) | 1 << 10, 13)];
    let (sensor, found) = read(&pairs(&["# AEChip: eu.seebetter.ini.chips.davis.Davis240C"], &events));
    assert_eq!(sensor, Sensor { columns: 240, rows: 180 });
    assert_eq!(found, [event(10, 239, 179, true), event(11, 0, 0, false)], "images' and outer events are left out");
    let outside = said(&pairs(&["# AEChip: Davis240C"], &[(at(240, 0, 1), 10)]));
    assert_eq!(outside, "at byte 35: an event of column 240, row 179: the sensor has 240 x 180 pixels, counted from 0");
    let above = said(&pairs(&["# AEChip: Davis240C"], &[(at(1, 180, 1), 10)]));
    assert!(above.contains("an event of column 1, row 180:"), "{above}");
}

#[test]
fn version_3_has_packets() {
    let at = |x: u32, y: u32, on: u32, valid: u32| x << 17 | y << 2 | on << 1 | valid;
    let file = packets(
        "DAVIS346",
        &[
            packet(3, 1, 0, &[(77, 99), (78, 99)]),
            packet(1, 1, 0, &[(at(345, 0, 1, 1), 2), (at(1, 1, 1, 0), 3), (at(0, 259, 0, 1), i32::MAX)]),
            packet(1, 1, 0, &[]),
            packet(1, 1, 1, &[(at(7, 9, 0, 1), 0)]),
        ],
    );
    let (sensor, found) = read(&file);
    assert_eq!(sensor, Sensor { columns: 346, rows: 260 });
    let expected = [event(2, 345, 0, true), event((1 << 31) - 1, 0, 259, false), event(1 << 31, 7, 9, false)];
    assert_eq!(found, expected, "rows from the top; the clock that ran over goes on");
}

#[test]
fn broken_files_of_version_2() {
    let whole = pairs(&[], &[(3, 5), (3, 4)]);
    assert_eq!(said(&whole), "at byte 22: an event at 4 µs after one at 5 µs: a recording's events are in order of time");
    assert!(read_aedat(&whole, Order::Sort).is_ok_and(|stream| stream.events()[0].time_us == 4), "sorted on demand");
    assert_eq!(said(&whole[..17]), "at byte 14: the file ends within an event: 3 of its 8 bytes are there");
    assert_eq!(said(&pairs(&[], &[(3, -1)])), "at byte 14: an event at -1 µs: times are not below 0");
    let address = said(&pairs(&[], &[(0x1_0000, 1)]));
    assert_eq!(address, "at byte 14: the address 0x00010000 has bits that this camera does not use");
    let camera = said(&pairs(&["# one", "# AEChip: org.Cochlea64"], &[]));
    assert!(camera.starts_with("at byte 21: the camera \"org.Cochlea64\": DVS128,"), "{camera}");
    for (bytes, word) in [
        (&b""[..], "no AEDAT file"),
        (b"#!AER-DAT", "no AEDAT file"),
        (b"hello\r\n", "no AEDAT file"),
        (b"#!AER-DAT4.0\r\n", "AEDAT version 4.0: 2.0 and 3.1 are read"),
        (b"#!AER-DAT1.0\r\n", "AEDAT version 1.0"),
    ] {
        assert!(said(bytes).starts_with("at byte 0: ") && said(bytes).contains(word), "{word}: {}", said(bytes));
    }
    assert_eq!(read(b"#!AER-DAT2.0\r\n").1, [], "no events");
}

#[test]
fn broken_files_of_version_3() {
    let good = packet(1, 1, 0, &[(3, 5)]);
    let file = |packet: &[u8]| packets("DVS128", &[packet.to_vec()]);
    let start = file(&[]).len();
    let with = |place: usize, value: i32| {
        let mut packet = good.clone();
        packet[place..place + 4].copy_from_slice(&value.to_le_bytes());
        said(&file(&packet))
    };
    let wrong = format!("at byte {start}: a packet's header is wrong: ");
    for (place, value, word) in [
        (4, 12, "the file ends within a packet's events: 8 of its 12 bytes are there"),
        (4, 4, "a polarity event has 8 bytes"),
        (4, -8, "a number in it is below 0"),
        (8, 0, "a polarity event has 8 bytes, its time being the last 4"),
        (12, -1, "a number in it is below 0"),
        (16, 2, "it has room for another number of events than it has"),
        (24, 2, "it has more valid events than events"),
        (24, -1, "it has more valid events than events"),
    ] {
        let said = with(place, value);
        assert!(said.starts_with("at byte ") && said.contains(word), "{word}: {said}");
        assert!(said.starts_with(&wrong) || said.contains("ends within"), "{said}");
    }
    let cut = |length: usize| said(&file(&good[..length]));
    assert_eq!(cut(27), format!("at byte {start}: the file ends within a packet's header: 27 of its 28 bytes are there"));
    assert_eq!(cut(35), format!("at byte {start}: the file ends within a packet's events: 7 of its 8 bytes are there"));
    assert_eq!(cut(0), format!("at byte {start}: the file has no event of a pixel"));
    let negative = said(&file(&packet(1, 1, 0, &[(3, -7)])));
    assert_eq!(negative, format!("at byte {}: an event at -7 µs: times are not below 0", start + 28));
    let source = said(&file(&packet(1, 2, 0, &[(3, 5)])));
    assert_eq!(source, format!("{wrong}the file's header has no line #Source for its source"));
    let second = said(&packets("DVS128", &[good.clone(), packet(1, 2, 0, &[(3, 5)])]));
    assert!(second.ends_with("events of a second camera: one recording has one"), "{second}");
    let mut endless = file(&good);
    endless.truncate(40);
    assert!(said(&endless).ends_with("the header has no line #!END-HEADER"), "{}", said(&endless));
    let packed = String::from_utf8(file(&[])).expect("a header").replace("RAW", "Serial-TS").into_bytes();
    assert_eq!(said(&packed), "at byte 14: packets are stored in the format \"Serial-TS\": only RAW is read");
    let camera = said(&packets("Dynap-se", std::slice::from_ref(&good)));
    assert!(camera.starts_with("at byte 28: the camera \"Dynap-se\""), "{camera}");
}
