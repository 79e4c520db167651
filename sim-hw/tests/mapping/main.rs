//! The mapping: against the makers' own software, against cases computed by hand, and against itself by the checker.

mod cells;
mod checker;
mod compressors;
mod faults;
mod large;
mod misfits;
mod networks;
mod options;
mod peers;
mod routes;
