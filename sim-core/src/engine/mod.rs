//! The engines: for now the grid engine. See [`grid`] for the step, and `rows.rs` for where synapses are kept.

mod delivery;
mod dispatch;
mod exchange;
pub mod grid;
mod inputs;
pub mod lanes;
mod leader;
pub mod neurons;
mod partition;
mod plan;
pub mod poisson;
mod private;
mod rows;
mod state;
mod values;
mod worker;

#[doc(hidden)]
pub use dispatch::Level;
pub use dispatch::instruction_set;
pub use plan::{Plan, layout_name};
pub use state::{State, Tally};
pub use values::{Stored, Values, ValuesMut};
