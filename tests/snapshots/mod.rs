//! Snapshots: a run that is cut, written and gone on with is the uncut run.

mod contained;
mod damaged;
mod engines;
mod golden;
mod resumed;
