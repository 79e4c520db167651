//! Synapses that learn, in continuous time. [`crate::plasticity`] says what a rule is and when it is asked; here are what one synapse
//! does (`laws.rs`), and between spikes (`following.rs`), those of a table (`learning.rs`), the targets' spikes that they have yet to see (`posts.rs`), and the places
//! of everything (`wiring.rs`).
//!
//! Nothing is done to a synapse until a spike of its source arrives; then all that its target did meanwhile is worked off in
//! the order of time. Everything is as of emission, a delay ago: a window is no longer than any delay, so that the target's spikes
//! until then have been told at the end of a window before. What is to the femtosecond at one time, meets.
//!
//! Traces fade by an exponential that is computed where a spike meets another: no step, no table. Windows, threads and the
//! moments at which a weight is read or spikes are forgotten change no bit: a synapse does the same operations in the same order.

mod following;
mod laws;
mod learning;
mod posts;
mod wiring;

use wiring::Wiring;

pub(crate) use wiring::Plastic;
pub(super) use wiring::Run;

use super::courses::Courses;
use crate::plasticity::{Host, Reading, Rule, Setup};
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};
use learning::Learning;
use std::sync::Arc;

/// The synapses of a table, with all that they remember. Times are in femtoseconds.
pub(crate) trait Synapses: Send + Sync {
    /// A copy with its state.
    fn copy(&self) -> Box<dyn Synapses>;

    /// A spike of a source arrives at the synapses from `first` on that have one delay: they learn, and tell what each transmits.
    fn arrive(&mut self, at: i64, first: u32, courses: &Courses, sent: &mut Vec<f64>);

    /// A cell fired, counted from the partition's first; those of each cell come in the order of time.
    fn fired(&mut self, at: i64, cell: u32, courses: &Courses);

    /// All that arrives until now has arrived. Returns the time before which courses are of no more use.
    fn pass(&mut self, now: i64, courses: &Courses) -> i64;

    /// A variable of all synapses.
    fn read(&self, now: i64, variable: usize, reading: Reading, courses: &Courses) -> Vec<f64>;

    /// The longest delay of any of these synapses.
    fn longest(&self) -> i64;

    /// So long some take that are other partitions': from now on all is remembered as long as these need it.
    fn remember(&mut self, longest: i64);

    /// All synapses get as far as a spike of their source would bring them that arrives now. Returns the time before which courses
    /// are of no more use.
    fn level(&mut self, now: i64, courses: &Courses) -> i64;

    /// Writes a part of the state of synapses that have been levelled.
    fn keep(&self, part: Part, out: &mut Writer);

    /// Reads it.
    ///
    /// # Errors
    /// It is not such a part.
    fn restore(&mut self, part: Part, bytes: &mut Reader<'_>) -> Result<(), SnapshotError>;

    /// Bytes of what synapses remember, and of what runs do.
    fn bytes(&self) -> (usize, usize);
}

/// A part of the state of synapses that have been levelled.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// When that was, and how far they were followed between spikes.
    Time,
    /// What a synapse has.
    Synapse(usize),
    /// What a run remembers of its source.
    Source(usize),
    /// The spikes of a target, counted from the partition's first cell.
    Target(usize),
}

/// Makes synapses with these weights.
type Make = dyn FnOnce(Arc<Wiring>, Vec<f64>) -> Box<dyn Synapses>;

/// A rule, prepared: makes synapses of it.
pub struct Learner(Box<Make>);

/// Prepares a rule.
pub type Teach = fn(setup: &Setup<'_>) -> Box<Learner>;

/// The event engine as a host of rules.
pub struct Femtoseconds;

impl Host for Femtoseconds {
    type Number = f64;
    type Span = i64;
    type Learner = Learner;

    fn learner<R: Rule<f64, V, X, Y, i64>, const V: usize, const X: usize, const Y: usize>(rule: R) -> Box<Learner> {
        Box::new(Learner(Box::new(|wiring, weights| Box::new(Learning::<R, V, X, Y>::new(rule, wiring, &weights)))))
    }
}

/// Before all time: no spike yet.
const NEVER: i64 = i64::MIN;
