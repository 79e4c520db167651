//! The machine: neuromorphic platforms as cited data, and what follows from that data without guessing.
//!
//! What is here:
//!
//! * [`platform`]: a platform is a TOML file of figures. Every figure has a value, perhaps a band, a unit, a
//!   [`figure::Kind`] that says how it came to be known, and a source. A file with an unknown key, a wrong unit, a band
//!   that does not hold its value or a missing source is refused.
//! * [`platforms`]: the platforms inside the program.
//! * [`topology`]: which chips a board has and which of their links leave it.
//! * [`machine`]: the chips of a machine of so many boards, their cores and links, less what is broken.
//! * [`forest`]: the multicast trees of a mapping.
//! * [`limits`]: a lower bound on cores, chips and boards from neuron counts.
//! * [`ledger`]: an itemised account of the energy of what happened on a platform.
//! * [`sanafe`]: the cost model of the SANA-FE simulator, and its files.
//!
//! What is not here yet: the mapping of neurons to cores, routes, and the emulation of packets. The figures those need are
//! in the platform files already, so that they can be read and disputed.
//!
//! A quantity that nobody has published is absent, and what is known to be missing stands in the file's `not_priced`
//! list with the reason. Absent means "not priced"; it never counts as 0.

pub mod figure;
pub mod forest;
pub mod ledger;
pub mod limits;
pub mod machine;
pub mod measure;
pub mod platform;
pub mod platforms;
pub mod sanafe;
pub mod topology;
mod variant;
