//! The engines: for now the grid engine. See [`grid`] for the step, and `rows.rs` for where synapses are kept.

mod bits;
mod build;
mod delivery;
mod dispatch;
mod exchange;
pub mod grid;
mod inputs;
pub mod lanes;
pub(crate) mod layout;
mod leader;
pub mod neurons;
mod partition;
mod plan;
pub mod poisson;
mod private;
mod rows;
mod shares;
mod state;
mod sums;
mod values;
mod worker;

#[doc(hidden)]
pub use dispatch::Level;
pub use dispatch::instruction_set;
pub use layout::{Kind, Layouts};
pub use plan::{Kept, Plan, layouts};
pub use state::{State, Tally};
pub use values::{Values, ValuesMut, Width};
