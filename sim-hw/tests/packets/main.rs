//! Packets against closed forms, sums that must agree, and a slow queue.

mod roads;
mod support;
mod latency;
