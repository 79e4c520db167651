//! Cross-crate tests: references, oracle, determinism, statistics, the command line.

mod bad_input;
mod cli;
mod differential;
mod mutations;
mod neurons;
mod oracle;
mod program;
mod random_network;
mod tidy;
