//! Cross-crate tests.

mod neurons;
