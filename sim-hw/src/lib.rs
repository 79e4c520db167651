//! sim-hw
