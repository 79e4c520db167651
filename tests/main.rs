//! Cross-crate tests: references, oracle, determinism, statistics, the command line.

mod bad_input;
mod celegans;
mod chances;
mod cli;
mod connectors;
mod differential;
mod images;
mod includes;
mod language_page;
mod library;
mod mutations;
mod netlist;
mod neurons;
mod oracle;
mod pictures;
mod poisson;
mod program;
mod random_network;
mod readme;
mod replay;
mod shows;
mod spaces;
mod statistics;
mod stimuli;
mod tidy;
mod two_columns;
