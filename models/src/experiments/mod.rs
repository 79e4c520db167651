//! Experiments on simulated networks: data sets and how they become spikes, read-outs of spike counts, measures of activity.
//!
//! Everything takes slices and gives values, long work with a callback between its steps: no file, no clock, no output. The same
//! input and seed give the same bits on any number of threads and any instruction set: floating-point sums are cut into fixed
//! pieces and added in a fixed order.

pub mod cam;
mod contrast;
pub mod dataset;
pub mod encoding;
pub mod events;
pub mod features;
pub mod liquid;
pub mod measures;
mod presentation;
mod problem;
pub mod readout;
mod samples;

pub use problem::Problem;
pub use samples::Samples;
