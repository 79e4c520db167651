//! What the `spikeloom` program is made of: plots, files in the formats of others, the command line.

pub mod export;
pub mod files;
pub mod plot;
