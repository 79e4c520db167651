//! What does not fit, and by how much.

use serde::Serialize;
use std::fmt::{Display, Formatter, Result};

/// Something that does not fit on the machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Misfit {
    /// A larger machine is asked for than can be addressed.
    Boards {
        /// Boards that are asked for.
        needed: u64,
        /// Boards of the largest machine.
        available: u64,
    },
    /// More cores are needed than the machine leaves to networks.
    Cores {
        /// Cores that are needed.
        needed: u64,
        /// Cores that the largest machine that was allowed has.
        available: u64,
    },
    /// There are cores, but not enough memory beside them.
    ChipMemory {
        /// Slices that found no place.
        slices: u64,
        /// Bytes that all slices need together.
        needed: u64,
        /// Bytes that all chips leave to networks.
        available: u64,
    },
    /// One cell alone needs more than a chip's memory.
    CoreMemory {
        /// Whose.
        application: String,
        /// Bytes.
        needed: u64,
        /// Bytes of a chip.
        available: u64,
    },
    /// A row of synapses, those of a source onto the cells of a core, may be longer than the software's limit.
    Row {
        /// The target population.
        application: String,
        /// Synapses of the longest row onto a core of one cell.
        synapses: u64,
        /// The limit.
        most: u64,
    },
    /// A delay is longer than all stages of delay together.
    Delay {
        /// The target population.
        application: String,
        /// Steps.
        steps: u64,
        /// Steps that can be had.
        most: u64,
    },
    /// One cell alone takes longer than a step.
    Cycles {
        /// Whose.
        application: String,
        /// Core cycles of a step that it takes at the expected rates.
        needed: u64,
        /// Core cycles that there are.
        available: u64,
    },
    /// Keys are wider than packets carry.
    Keys {
        /// Bits.
        needed: u32,
        /// Bits that there are.
        available: u32,
    },
    /// A chip's routing table is too long, even compressed.
    Entries {
        /// The chip's column and row.
        chip: [u32; 2],
        /// Entries.
        needed: u64,
        /// Entries that there are.
        available: u64,
    },
    /// The platform's cores are not connected by links that could be mapped to, or it is not known how.
    NoLinks {
        /// The platform.
        platform: String,
    },
    /// No way leads from one chip to another: too much is broken.
    CutOff {
        /// The source's chip.
        from: [u32; 2],
        /// The target's.
        to: [u32; 2],
    },
}

impl Display for Misfit {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let place = |[x, y]: &[u32; 2]| format!("({x}, {y})");
        match self {
            Self::Boards { needed, available } => {
                write!(f, "{needed} boards are asked for, the largest machine has {available}")
            }
            Self::Cores { needed, available } => {
                write!(f, "{needed} cores are needed, the machine has {available}: {} too few", needed - available.min(needed))
            }
            Self::ChipMemory { slices, needed, available } => write!(
                f,
                "{slices} cores find no chip with enough memory: {needed} B are needed in all, the machine has {available} B"
            ),
            Self::CoreMemory { application, needed, available } => write!(
                f,
                "\"{application}\": one cell needs {needed} B of memory, a chip has {available} B: {} too few",
                needed - available.min(needed)
            ),
            Self::Row { application, synapses, most } => {
                write!(f, "\"{application}\": a row may have {synapses} synapses onto one cell, {most} are possible")
            }
            Self::Delay { application, steps, most } => {
                write!(f, "\"{application}\": delays of {steps} steps, at most {most} are possible")
            }
            Self::Cycles { application, needed, available } => write!(
                f,
                "\"{application}\": one cell takes {needed} core cycles a step at the expected rates, there are {available}"
            ),
            Self::Keys { needed, available } => write!(f, "keys take {needed} bits, there are {available}"),
            Self::Entries { chip, needed, available } => {
                let chip = place(chip);
                write!(
                    f,
                    "chip {chip}: {needed} routing entries, there are {available}: {} too few",
                    needed - available.min(needed)
                )
            }
            Self::NoLinks { platform } => write!(f, "{platform} has no network of chips that a mapping could use"),
            Self::CutOff { from, to } => write!(f, "no way leads from chip {} to chip {}", place(from), place(to)),
        }
    }
}
