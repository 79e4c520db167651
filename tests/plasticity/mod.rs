//! Rules of plasticity for one synapse, written from the papers and evaluated spike by spike: slow, obviously right, and held
//! to NEST's data. What an engine makes of the same trains is compared with them.

mod calcium;
mod engine;
mod gates;
pub(crate) mod history;
mod inhibitory;
mod nest;
pub(crate) mod networks;
pub(crate) mod pair;
mod reward;
pub(crate) mod short_term;
mod spinnaker;
mod triplet;
mod written;
mod zones;
