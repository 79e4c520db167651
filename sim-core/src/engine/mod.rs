//! Engines.

mod dispatch;
pub mod neurons;
