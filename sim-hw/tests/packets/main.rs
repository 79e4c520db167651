//! Packets against closed forms, sums that must agree, a slow queue, and a real board.

mod detours;
mod four_chips;
mod latency;
mod queues;
mod roads;
mod same;
mod sums;
mod support;
mod uniform;
