//! Synapses that learn. [`crate::plasticity`] says what a rule is and when it is asked; here are the places of everything
//! (`wiring.rs`, `fan.rs`: what does not change, `memory.rs`: what does, `posts.rs`: the targets' spikes that synapses
//! have yet to see, `view.rs`, `recent.rs`: these as they are looked at), the calendar (`calendar.rs`) and the loops over synapses (`learner.rs`,
//! `rows.rs`, `together.rs`, `settling.rs`, `following.rs`).
//!
//! ```text
//! wiring   rows     [ first run of each source cell ]
//!          runs     [ (first synapse, delay) .. ]            one for each delay of a row
//!          cells    [ t t t t t | t t t | t .. ]             2 bytes: the target's place in the partition
//! memory   of each run:      the source's last spike, traces
//!          of each synapse:  the weight, and what else the rule keeps
//!          of each target:   its last spikes, what the rule keeps of them; and all that some synapse has yet to see
//! ```
//!
//! The source's trace belongs to a run, not to a synapse: all synapses of a run see the same spikes at the same times.
//! So a synapse with one variable takes 6 bytes: place, weight. Weights at the start take 4 more where they differ.
//!
//! Memory is only ever walked along rows, when a spike of the source arrives: the synapse works off what its target did since
//! the source's last spike, then the spike. What a target did is the same for all synapses of one delay, and is kept where they find it.
//! Synapses of sources that are long silent are swept, so that spikes can be forgotten.

mod calendar;
mod fan;
mod following;
mod learner;
mod memory;
mod pipe;
mod posts;
mod reading;
mod recent;
mod rows;
mod settling;
mod synapses;
mod tape;
mod together;
mod view;
mod wiring;

pub use learner::{Learner, Ticks, learner};

pub(crate) use calendar::Calendar;
pub(crate) use learner::Arrivals;
pub(crate) use memory::Memory;
pub(crate) use reading::read;
pub(crate) use wiring::{Kept, Signs, Table, kept, tables};
