//! The event engine: continuous time, exact spikes. The data and their origin are in `data/precise` and `data/nest`.

mod circuit;
mod dense;
pub(crate) mod engine;
mod meaning;
mod nest;
mod oracle;
pub(crate) mod plastic;
mod precise;
mod references;
mod refused;
pub(crate) mod trials;
