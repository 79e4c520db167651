//! sim-hw
pub mod platforms;
