//! Cross-crate tests: references, oracle, determinism, statistics, the command line.

mod chances;
mod connectors;
mod differential;
mod library;
mod netlist;
mod neurons;
mod oracle;
mod poisson;
mod random_network;
mod statistics;
