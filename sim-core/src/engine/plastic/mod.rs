//! Synapses that learn. [`crate::plasticity`] says what a rule is and when it is asked; here are the places of everything
//! (`wiring.rs`, `fan.rs`, `columns.rs`: what does not change, `memory.rs`: what does, `posts.rs`: the targets' spikes that synapses
//! have yet to see), the calendars (`calendar.rs`) and the loops over synapses (`learner.rs`,
//! `rows.rs`, `heeding.rs`).
//!
//! ```text
//! wiring   rows     [ first run of each source cell ]
//!          runs     [ (first synapse, delay) .. ]            one for each delay of a row
//!          cells    [ t t t t t | t t t | t .. ]             2 bytes: the target's place in the partition
//!          columns  [ s s s | s s s s | .. ]                 4 bytes: the synapses of each target and delay, and 2 or 4: their runs
//! memory   of each run:      the source's last spike, traces
//!          of each synapse:  the weight, and what else the rule keeps
//!          of each target:   its last spike, what the rule keeps of it; and all that some synapse has yet to see
//! ```
//!
//! The source's trace belongs to a run, not to a synapse: all synapses of a run see the same spikes at the same times.
//! So a synapse with one variable takes 12 bytes: place, column and its run, weight. Weights at the start take 4 more where they differ.
//!
//! A spike of a source works along a row when it arrives, one of a target along a column a delay (or two) later: then nothing
//! that was emitted earlier can be under way. So each synapse sees its events in the order of time, and never has to look for them.

mod calendar;
mod columns;
mod fan;
mod following;
mod heeding;
mod learner;
mod memory;
mod pipe;
mod posts;
mod reading;
mod rows;
mod synapses;
mod tape;
mod wiring;

pub use learner::{Learner, learner};

pub(crate) use calendar::Calendars;
pub(crate) use learner::{Arrivals, Scratch};
pub(crate) use memory::Memory;
pub(crate) use reading::read;
pub(crate) use wiring::{Table, kept, tables};
