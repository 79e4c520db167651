//! Images and recordings of event cameras.

use crate::parts;
use models::experiments::dataset::Dataset;
use models::experiments::events::{EventStream, Frames, Order, Sensor, read_aedat, read_bin, write_bin};

/// A file of images and one of labels in the IDX format, plain or compressed.
pub fn idx(bytes: &[u8]) {
    let [images, labels] = parts(bytes);
    if let Ok(set) = Dataset::read(images, labels) {
        assert_eq!(set.images().count(), set.labels().len(), "each image has a label");
    }
}

/// A recording: the first byte says in which format, and what is done with events that are late.
pub fn events(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let order = if kind & 1 == 0 { Order::Strict } else { Order::Sort };
    let bin = kind & 2 == 0;
    let stream = if bin { read_bin(bytes, Sensor::N_MNIST, order) } else { read_aedat(bytes, order) };
    let Ok(stream) = stream else { return };
    assert!(stream.events().is_sorted_by_key(|event| event.time_us), "in order of time");
    if bin && order == Order::Strict {
        assert_eq!(write_bin(&stream).expect("it was one"), bytes, "written as it was read");
    }
    let _ = Frames::of(&EventStream::from_its_first(stream));
}
