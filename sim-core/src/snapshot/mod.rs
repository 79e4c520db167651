//! Snapshots: the state of a run as bytes, from which it goes on with the same bits as if it had never stopped, on any number of
//! threads and any machine.
//!
//! ```text
//! magic     8 bytes    0x89 "SLSNAP" 0x0a
//! version   u32        of the format
//! length    u32        of the header
//! header    bincode    engine, structure, tick, seeds, and each section's name, coding, length and BLAKE3
//! BLAKE3    32 bytes   of all that is before it
//! sections             one after the other
//! wiring               where there is a section "wiring": blocks of synapses
//!   length   u32       of a block; 0 after the last
//!   BLAKE3   32 bytes  of the block; at the end, of these of all blocks
//!   block
//! ```
//!
//! `format.rs` has the file, `bytes.rs` numbers in sections, `structure.rs` what a network must have in common with that of a
//! snapshot, `grid.rs` and `learning.rs` what the sections of the grid engine hold, `event.rs` and `teaching.rs` those of the event engine, `wiring.rs`
//! what projections have drawn. All numbers are little endian. What a plan
//! decides (how cells are shared out among threads, how synapses lie in tables) is not in a snapshot, and unless it is asked for neither
//! is wiring: it is drawn again from the network.

pub(crate) mod bytes;
mod event;
mod format;
mod grid;
mod learning;
mod structure;
mod tally;
mod teaching;
mod wiring;

pub use format::{Header, Snapshot, VERSION};

use std::fmt;

/// Why there is no snapshot, or none of this network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotError {
    /// The bytes are none of a snapshot.
    Foreign,
    /// The format is of this later version.
    Newer(u32),
    /// The bytes are not those that were written.
    Damaged(String),
    /// It cannot be read.
    Unread(String),
    /// It is whole, but of a network with another structure.
    OtherNetwork,
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => write!(f, "not a snapshot of spikeloom"),
            Self::Newer(version) => {
                write!(f, "a snapshot of format {version}, of a later spikeloom: this one reads up to {VERSION}")
            }
            Self::Damaged(what) => write!(f, "the snapshot is damaged: {what}"),
            Self::Unread(why) => write!(f, "the snapshot cannot be read: {why}"),
            Self::OtherNetwork => {
                write!(f, "the snapshot is of a network of another structure (step, seed, cells, models, connections or delays)")
            }
        }
    }
}

impl std::error::Error for SnapshotError {}
