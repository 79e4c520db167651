//! Cross-crate tests: references, oracle, determinism, statistics, the command line.

mod differential;
mod oracle;
mod random_network;
