//! Recordings of event cameras: their files, made images, and what liquids see of them.

mod aedat;
mod bin;
mod liquid;
mod mutations;
mod saccades;

use models::experiments::events::{AddressEvent, EventStream, Sensor};
use sim_core::random::Stream;

fn event(time_us: u64, x: u16, y: u16, on: bool) -> AddressEvent {
    AddressEvent { time_us, y, x, on }
}

/// So many events at random places and times.
fn random(sensor: Sensor, number: usize, longest_us: u32, seed: u64) -> EventStream {
    let mut stream = Stream::new(seed, 0);
    let mut one = |_| {
        let (x, y) = (stream.below(sensor.columns.into()) as u16, stream.below(sensor.rows.into()) as u16);
        event(stream.below(longest_us).into(), x, y, stream.uniform() < 0.5)
    };
    EventStream::new(sensor, (0..number).map(&mut one).collect()).expect("pixels of the sensor")
}
