//! Tripartite synapses: whom they engage, and the currents that flow back.

mod currents;
mod nest;
mod pools;
