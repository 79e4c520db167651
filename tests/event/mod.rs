//! The event engine: continuous time, exact spikes. The data and their origin are in `data/precise` and `data/nest`.

mod circuit;
mod dense;
mod engine;
mod meaning;
mod nest;
mod oracle;
mod plastic;
mod precise;
mod references;
mod refused;
mod trials;
