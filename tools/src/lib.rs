//! tools

pub mod export;
pub mod files;
pub mod plot;
