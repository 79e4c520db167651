//! Cross-crate tests: references, oracle, determinism, statistics, the command line.

mod bad_input;
mod celegans;
mod chances;
mod cli;
mod connectors;
mod differential;
mod examples;
mod includes;
mod library;
mod mutations;
mod netlist;
mod neurons;
mod oracle;
mod poisson;
mod program;
mod random_network;
mod readme;
mod shows;
mod spaces;
mod statistics;
mod stimuli;
mod tidy;
mod two_columns;
