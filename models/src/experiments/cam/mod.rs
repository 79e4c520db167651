//! Content-addressable memories at work: operations in, what came out of it, and whether that is right.
//!
//! Times are steps of 1 ms as SpiNNaker counts them: an operation at step t has its first input spikes there, and a spike that
//! Spikeloom stamps with t + 1 ms, the end of its step, is at step t.

mod alone;
mod capacity;
mod events;
mod fidelity;
mod ideal;
mod kinds;
mod memory;
mod random;
mod scaling;
mod willshaw;

pub use crate::systems::ca3::SparseShape;
pub use crate::systems::ca3::{Action, Code, Operation, Query, Size, Spacing, Step, schedule, script};
pub use alone::Unbuilt;
pub use capacity::{CapacitySettings, Filling, Load};
pub use events::events;
pub use fidelity::{Disturbance, Fidelity, FidelitySettings, fidelity};
pub use ideal::{Expected, Ideal, Moment};
pub use kinds::{KINDS, Kind, Protocol, find};
pub use memory::{Disturb, Memory, Numerics, Outcome, Settings};
pub use random::{Mix, RandomOperations};
pub use scaling::{Cost, Measured, Scaling};
pub use willshaw::{Codes, log2_choose};
