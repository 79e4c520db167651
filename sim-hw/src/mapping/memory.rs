//! What a core needs of its chip's memory, in the format of the makers' software, release 7.4.1 with a virtual machine.
//!
//! * A block for each projection onto the core: `rows x 4 x (3 + longest row)` bytes, 8 bytes a row more where synapses learn.
//! * The master population table: 20 bytes for each source population, 4 for each of its blocks, 8 more.
//! * The filter that lets a core pass over spikes without a row: 16 bytes for each source population and a bit for each source.
//! * Program data: 26 912 bytes and 120 bytes a neuron; 548 bytes and 74 bytes a unit for cores of stimuli (and, assumed, for those
//!   that hold spikes back). Read off the software's own account of cores of 64 neurons and of 20 to 500 units.
//!
//! Buffers for recorded data are left out: they are as large as what is left.

use super::rows::Rows;
use serde::Serialize;

/// Program data of a core of neurons.
const NEURON_CORE: u64 = 26_912;
/// Program data of a neuron: its parameters twice, the second time as initial values.
const NEURON: u64 = 120;
/// Program data of a core of stimuli.
const SOURCE_CORE: u64 = 548;
/// Program data of a stimulus unit.
const SOURCE: u64 = 74;
/// Words of a row besides its synapses.
const ROW_HEADER: u64 = 3;
/// Bytes of a row that learns: time stamp and trace.
const TRACE: u64 = 8;

/// What a core needs of its chip's memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Rows of synapses.
    pub synapses: u64,
    /// Master population table and filter.
    pub lookup: u64,
    /// Program data.
    pub program: u64,
}

impl Memory {
    /// That of a core of stimuli.
    pub fn of_sources(units: u32) -> Self {
        Self { program: SOURCE_CORE + SOURCE * u64::from(units), ..Self::default() }
    }

    /// That of a core of neurons without synapses.
    pub fn of_neurons(neurons: u32) -> Self {
        Self { program: NEURON_CORE + NEURON * u64::from(neurons), lookup: 8, synapses: 0 }
    }

    /// Adds a block of rows.
    pub fn add(&mut self, rows: Rows, learns: bool) {
        let bytes = 4 * (ROW_HEADER + rows.longest) + if learns { TRACE } else { 0 };
        self.synapses += rows.count * bytes;
        self.lookup += 20 + 4 + 16 + rows.count.div_ceil(8);
    }

    /// All of it.
    pub fn total(&self) -> u64 {
        self.synapses + self.lookup + self.program
    }
}
