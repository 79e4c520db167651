//! The engines: for now the grid engine. [`grid`] has the step. The hot code, in the order of reading: `layout.rs` (how synapses
//! may be kept, and which way is chosen), `rows.rs` (tables of synapses, drawn), `sums.rs` (where weights are added up),
//! `delivery.rs` (the loops that do it, and why they are fast), `bits.rs` (dense projections), `inputs.rs` (what neurons
//! read), [`neurons`] (their loop), `plastic/` (synapses that learn), `shares.rs` and `private/` (random input), `slow.rs` (currents from cells), `dispatch.rs` (vector instructions).

mod aligned;
mod bits;
mod build;
mod bus;
mod carrier;
mod delivery;
pub(crate) mod dispatch;
mod emission;
pub(crate) mod exchange;
pub mod grid;
mod inflow;
mod inputs;
pub mod lanes;
pub(crate) mod layout;
mod leader;
pub mod neurons;
mod own;
pub(crate) mod partition;
pub(crate) mod plan;
pub(crate) mod plastic;
pub mod poisson;
mod presentation;
mod private;
mod rows;
mod shares;
mod slow;
mod soundness;
mod state;
mod stimuli;
mod sums;
mod timeline;
mod trial;
mod trial_run;
mod values;
mod worker;
mod workspace;

pub use crate::side_by_side::KEPT_PER_THREAD;
pub(crate) use bus::Bus;
pub use carrier::{Arrived, Carriage, Carrier};
#[doc(hidden)]
pub use dispatch::Level;
pub use dispatch::instruction_set;
pub use layout::{Kind, Layouts};
pub use plan::{Kept, Plan, layouts};
pub use plastic::{Learner, Ticks, learner};
pub use presentation::Presentation;
pub(crate) use slow::takes_current;
pub use soundness::Unsound;
pub(crate) use soundness::{is_sound, variables};
pub use state::{State, Tally};
pub use stimuli::Stimuli;
pub(crate) use stimuli::trial_key;
pub use trial::Trial;
pub use trial_run::{Finished, TrialRun};
pub use values::{Values, ValuesMut, Width};
