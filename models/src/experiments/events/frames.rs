//! A recording as a liquid sees it: in each tick of 1 ms the inputs that have at least one event.

use super::{EventStream, Sensor};
use crate::experiments::Problem;

/// Events later than this are left out, in ms: no presentation is longer.
const LONGEST: u64 = 20_000;
/// Most inputs.
const MOST: usize = 1 << 16;
/// µs of a tick.
const TICK: u64 = 1000;

/// The inputs with an event in each tick. An event at t µs belongs to the tick nearest to t, the later of two (Ivanov & Michmizos:
/// round(t / 1000)); several events of an input in a tick are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frames {
    sensor: Sensor,
    /// Where the inputs of each tick begin, and where those of the last end.
    starts: Vec<u32>,
    inputs: Vec<u16>,
}

impl Frames {
    /// A recording in ticks; its time counts from 0.
    ///
    /// # Errors
    /// The sensor has more than 32,768 pixels.
    pub fn of(stream: &EventStream) -> Result<Self, Problem> {
        let sensor = stream.sensor();
        if sensor.inputs() > MOST {
            return Err(Problem::Setting("a liquid takes cameras of at most 32768 pixels, such as 128 x 128"));
        }
        let all = stream.events().iter().map(|event| ((event.time_us + TICK / 2) / TICK, sensor.input(event) as u16));
        let mut pairs: Vec<(u64, u16)> = all.take_while(|(tick, _)| *tick < LONGEST).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let ticks = pairs.last().map_or(0, |(tick, _)| *tick + 1);
        let starts = (0..=ticks).map(|tick| pairs.partition_point(|pair| pair.0 < tick) as u32).collect();
        Ok(Self { sensor, starts, inputs: pairs.into_iter().map(|(_, input)| input).collect() })
    }

    /// The camera's pixels.
    pub fn sensor(&self) -> Sensor {
        self.sensor
    }

    /// Ticks up to the last with an event.
    pub fn ticks(&self) -> u64 {
        self.starts.len() as u64 - 1
    }

    /// The inputs with an event in a tick, ascending.
    pub fn inputs(&self, tick: u64) -> &[u16] {
        let tick = usize::try_from(tick).unwrap_or(usize::MAX);
        match (self.starts.get(tick), self.starts.get(tick.saturating_add(1))) {
            (Some(from), Some(to)) => &self.inputs[*from as usize..*to as usize],
            _ => &[],
        }
    }

    /// All that they are, for a hash: where the inputs of each tick begin, and the inputs.
    pub fn parts(&self) -> (&[u32], &[u16]) {
        (&self.starts, &self.inputs)
    }
}
