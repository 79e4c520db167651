//! Synapses of neighbouring owners in as few bytes as they need without loss.
//!
//! ```text
//! block        owners: targets, or sources where these draw (fixed_outdegree)
//!   owners     first and number                            u32, u32
//!   synapses   number                                      u32
//!   quantum    weights of two bytes are multiples of it    f64
//!   widths     bytes of an element in each column          4 x u8
//!   counts     synapses of each owner
//!   partners   the other cell of each synapse, from the first that takes part
//!   weights    with the sign that the netlist gives them: multiples of the quantum (2 bytes), f32 or f64; none (0) if not drawn
//!   delays     in ticks; none (0) if not drawn
//! ```

use std::ops::Range;

/// Bytes before the columns.
const HEAD: usize = 24;

/// What a block is made of.
pub(super) struct Columns {
    /// The first owner.
    pub(super) first: u32,
    /// Synapses of each owner.
    pub(super) counts: Vec<u64>,
    /// One for each synapse.
    pub(super) partners: Vec<u64>,
    pub(super) quantum: f64,
    /// One for each synapse, or none.
    pub(super) weights: Vec<f64>,
    /// One for each synapse, or none.
    pub(super) delays: Vec<u64>,
}

impl Columns {
    /// The block.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let Self { first, counts, partners, quantum, weights, delays } = self;
        let numbers = [*first, counts.len() as u32, partners.len() as u32];
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        bytes.extend(quantum.to_le_bytes());
        let widths = [width(counts), width(partners), width_of_weights(weights, *quantum), width(delays)];
        bytes.extend(widths);
        put(&mut bytes, counts, widths[0]);
        put(&mut bytes, partners, widths[1]);
        put_weights(&mut bytes, weights, widths[2], *quantum);
        put(&mut bytes, delays, widths[3]);
        bytes
    }
}

/// Bytes that the largest of some whole numbers needs; 0 if there are none.
fn width(numbers: &[u64]) -> u8 {
    match numbers.iter().max() {
        None => 0,
        Some(0..=0xff) => 1,
        Some(..=0xffff) => 2,
        Some(..=0xffff_ffff) => 4,
        Some(_) => 8,
    }
}

fn put(bytes: &mut Vec<u8>, numbers: &[u64], width: u8) {
    bytes.reserve(numbers.len() * usize::from(width));
    match width {
        1 => bytes.extend(numbers.iter().map(|number| *number as u8)),
        2 => numbers.iter().for_each(|number| bytes.extend((*number as u16).to_le_bytes())),
        4 => numbers.iter().for_each(|number| bytes.extend((*number as u32).to_le_bytes())),
        _ => numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes())),
    }
}

/// Bytes that keep all weights to the last bit, and their signs where they are 0.
fn width_of_weights(weights: &[f64], quantum: f64) -> u8 {
    let all = |narrow: &dyn Fn(f64) -> f64| weights.iter().all(|weight| narrow(*weight).to_bits() == weight.to_bits());
    match () {
        () if weights.is_empty() => 0,
        () if all(&|weight| f64::from((weight / quantum) as i16) * quantum) => 2,
        () if all(&|weight| f64::from(weight as f32)) => 4,
        () => 8,
    }
}

fn put_weights(bytes: &mut Vec<u8>, weights: &[f64], width: u8, quantum: f64) {
    bytes.reserve(weights.len() * usize::from(width));
    match width {
        2 => weights.iter().for_each(|weight| bytes.extend(((weight / quantum) as i16).to_le_bytes())),
        4 => weights.iter().for_each(|weight| bytes.extend((*weight as f32).to_le_bytes())),
        _ => weights.iter().for_each(|weight| bytes.extend(weight.to_le_bytes())),
    }
}

/// Synapses of neighbouring owners.
pub(crate) struct Block {
    owners: Range<u32>,
    /// Where the synapses of each owner begin, and where the last's end.
    starts: Vec<u32>,
    quantum: f64,
    partners: Column,
    weights: Column,
    delays: Column,
    bytes: Vec<u8>,
}

/// Where the elements of a column stand, and the bytes of each.
#[derive(Clone, Copy)]
struct Column {
    at: usize,
    width: u8,
}

impl Column {
    #[inline]
    fn get(self, bytes: &[u8], index: usize) -> u64 {
        let at = self.at + index * usize::from(self.width);
        match self.width {
            0 => 0,
            1 => u64::from(bytes[at]),
            2 => u64::from(u16::from_le_bytes(array(bytes, at))),
            4 => u64::from(u32::from_le_bytes(array(bytes, at))),
            _ => u64::from_le_bytes(array(bytes, at)),
        }
    }
}

#[inline]
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut own = [0; N];
    own.copy_from_slice(&bytes[at..at + N]);
    own
}

impl Block {
    /// From its bytes; `None` if they are not a block.
    pub(crate) fn read(bytes: Vec<u8>) -> Option<Self> {
        let head = bytes.get(..HEAD)?;
        let [first, number, synapses] = [0, 4, 8].map(|at| u32::from_le_bytes(array(head, at)));
        let owners = first..first.checked_add(number)?;
        let quantum = f64::from_le_bytes(array(head, 12));
        let mut end = HEAD;
        let mut columns = [Column { at: 0, width: 0 }; 4];
        for ((column, width), number) in columns.iter_mut().zip(&head[HEAD - 4..]).zip([number, synapses, synapses, synapses]) {
            *column = Column { at: end, width: *width };
            end = end.checked_add((number as usize).checked_mul(usize::from(*width))?)?;
        }
        let [counts, partners, weights, delays] = columns;
        let whole = |column: Column, number: u32| matches!(column.width, 1 | 2 | 4 | 8) || column.width == 0 && number == 0;
        let optional = |column: Column| column.width == 0 || whole(column, synapses) && column.width > 0;
        let widths = whole(counts, number) && whole(partners, synapses) && optional(weights) && optional(delays);
        if end != bytes.len() || !widths || weights.width == 1 || !quantum.is_finite() {
            return None;
        }
        let mut starts = vec![0_u32];
        for owner in 0..number as usize {
            let count = u32::try_from(counts.get(&bytes, owner)).ok()?;
            starts.push(starts[owner].checked_add(count)?);
        }
        (starts.last() == Some(&synapses)).then_some(Self { owners, starts, quantum, partners, weights, delays, bytes })
    }

    /// As it was read.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The cells that have drawn.
    pub(super) fn owners(&self) -> Range<u32> {
        self.owners.clone()
    }

    /// How many there are.
    pub(super) fn synapses(&self) -> usize {
        self.starts.last().map_or(0, |end| *end as usize)
    }

    /// Owner, partner and index of every synapse of some of its owners.
    pub(super) fn each(&self, owners: Range<u32>, mut sink: impl FnMut(u32, u32, u32)) {
        for owner in owners {
            let place = (owner - self.owners.start) as usize;
            for index in self.starts[place]..self.starts[place + 1] {
                sink(owner, self.partner(index as usize) as u32, index);
            }
        }
    }

    /// The other cell of a synapse.
    #[inline]
    pub(super) fn partner(&self, index: usize) -> u64 {
        self.partners.get(&self.bytes, index)
    }

    /// Its delay in ticks, if delays are drawn.
    #[inline]
    pub(super) fn delay(&self, index: usize) -> Option<u64> {
        (self.delays.width > 0).then(|| self.delays.get(&self.bytes, index))
    }

    /// Its weight, if weights are drawn.
    #[inline]
    pub(super) fn weight(&self, index: usize) -> Option<f64> {
        let word = self.weights.get(&self.bytes, index);
        match self.weights.width {
            0 => None,
            2 => Some(f64::from(word as u16 as i16) * self.quantum),
            4 => Some(f64::from(f32::from_bits(word as u32))),
            _ => Some(f64::from_bits(word)),
        }
    }
}
