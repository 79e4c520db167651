//! Packets against closed forms, sums that must agree, and a slow queue.

mod latency;
mod roads;
mod support;
