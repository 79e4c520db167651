//! What is wrong with a file of events, and where.

use super::Sensor;
use std::fmt::{self, Display};

/// A fault at a byte of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Where the event, packet or line begins that is wrong, counted from 0.
    pub byte: usize,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file ends within something.
    Cut {
        /// Within what.
        what: &'static str,
        /// How many bytes that has.
        needed: usize,
        /// How many are left.
        found: usize,
    },
    /// A pixel that the sensor does not have.
    Outside {
        /// Its column.
        x: u32,
        /// Its row.
        y: u32,
        /// The sensor.
        sensor: Sensor,
    },
    /// An event before the one that stands before it.
    Backwards {
        /// Its time.
        time_us: u64,
        /// The other's.
        before_us: u64,
    },
    /// An event before the recording.
    Negative {
        /// Its time in µs.
        time_us: i64,
    },
    /// No file of the AEDAT format.
    NotAedat,
    /// An AEDAT version that is not read.
    Version(String),
    /// A camera of which nothing is known.
    Camera(String),
    /// An address with bits that no event of this camera has.
    Address(u32),
    /// A header that breaks off, or lacks something.
    Header(&'static str),
    /// Packets that are stored otherwise.
    Packed(String),
    /// A packet whose header contradicts itself.
    Packet(&'static str),
}

impl Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: ", self.byte)?;
        match &self.fault {
            Fault::Cut { what, needed, found } => {
                write!(f, "the file ends within {what}: {found} of its {needed} bytes are there")
            }
            Fault::Outside { x, y, sensor: Sensor { columns, rows } } => {
                write!(f, "an event of column {x}, row {y}: the sensor has {columns} x {rows} pixels, counted from 0")
            }
            Fault::Backwards { time_us, before_us } => {
                write!(f, "an event at {time_us} µs after one at {before_us} µs: a recording's events are in order of time")
            }
            Fault::Negative { time_us } => write!(f, "an event at {time_us} µs: times are not below 0"),
            Fault::NotAedat => write!(f, "no AEDAT file: these begin with #!AER-DAT2.0 or #!AER-DAT3.1"),
            Fault::Version(version) => write!(f, "AEDAT version {version}: 2.0 and 3.1 are read"),
            Fault::Camera(name) => {
                write!(f, "the camera \"{name}\": DVS128, DAVIS128, DAVIS208, DAVIS240, DAVIS346 and DAVIS640 are known")
            }
            Fault::Address(address) => write!(f, "the address 0x{address:08x} has bits that this camera does not use"),
            Fault::Header(what) => write!(f, "{what}"),
            Fault::Packed(format) => write!(f, "packets are stored in the format \"{format}\": only RAW is read"),
            Fault::Packet(what) => write!(f, "a packet's header is wrong: {what}"),
        }
    }
}

impl std::error::Error for Broken {}
