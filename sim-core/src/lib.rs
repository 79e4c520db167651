//! The mechanism of Spikeloom: time, units, the description of a network, its elaboration, the network as
//! rules, the engines and recording. It knows no equation, no chip and no file.
//!
//! The route, one verb per arrow:
//!
//! ```text
//! text --parse--> Description --elaborate(Catalog)--> Network --plan--> Plan + State --advance--> Recording
//! ```

mod advice;
pub mod binomial;
pub mod catalog;
mod chosen;
pub mod connect;
pub mod description;
pub mod diagnostic;
pub mod distribution;
pub mod drawn;
pub mod elaborate;
pub mod engine;
pub mod event;
pub mod expr;
mod field;
pub mod hypergeometric;
pub mod idx;
pub mod math;
pub mod network;
pub mod normal;
pub mod plasticity;
pub mod random;
pub mod real;
pub mod record;
mod side_by_side;
pub mod snapshot;
pub mod space;
pub mod stats;
pub mod stimulus;
pub mod system;
pub mod time;
pub mod trials;
pub mod units;
