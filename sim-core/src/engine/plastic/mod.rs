//! Synapses that learn. [`crate::plasticity`] says what a rule is and when it is asked; here are the places of everything
//! (`wiring.rs`: what does not change, `memory.rs`: what does, `posts.rs`: the targets' spikes that synapses have yet to see),
//! the calendar (`calendar.rs`) and the loop over synapses (`learner.rs`).
//!
//! ```text
//! wiring   rows   [ first run of each source cell ]
//!          runs   [ (first synapse, delay) .. ]            one for each delay of a row
//!          cells  [ t t t t t | t t t | t .. ]             2 bytes: the target's place in the partition
//! memory   of each run:      the source's last spike, up to when the targets' spikes are worked off, traces
//!          of each synapse:  the weight, and what else the rule keeps
//!          of each target:   its last spikes, each with what the rule keeps of it
//! ```
//!
//! The source's trace belongs to a run, not to a synapse: all synapses of a run see the same spikes at the same times.
//! So a synapse with one variable takes 10 bytes: place, weight, and the weight at the start.

mod calendar;
mod learner;
mod memory;
mod posts;
mod reading;
mod wiring;

pub use learner::{Learner, learner};

pub(crate) use calendar::Calendar;
pub(crate) use learner::{Arrivals, Bus, Scratch};
pub(crate) use memory::Memory;
pub(crate) use reading::read;
pub(crate) use wiring::{Table, kept, tables};
