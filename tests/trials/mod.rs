//! Trials: the engine against the oracle, what the language means by them, what the program makes of them.

mod engine;
pub(crate) mod learning;
mod meaning;
mod program;
