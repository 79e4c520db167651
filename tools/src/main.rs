//! The spikeloom program.
fn main() {}
