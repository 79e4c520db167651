//! Cross-crate tests: references, oracle, determinism, statistics, the command line.

mod differential;
mod neurons;
mod oracle;
mod random_network;
