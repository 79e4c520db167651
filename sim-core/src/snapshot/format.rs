//! The file: header, sections and wiring. The only place that knows bincode.

use super::SnapshotError;
use super::bytes::{Reader, Writer};
use super::wiring::{self, Wiring};
use crate::network::Network;
use bincode::Options;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use std::sync::Arc;

/// Version of the format that is written; earlier ones are read.
pub const VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"\x89SLSNAP\n";
/// Magic, version, length of the header.
const FIXED: usize = 16;
/// Bytes of a BLAKE3.
pub(super) const HASH: usize = 32;
/// Longest header.
const LONGEST_HEADER: usize = 1 << 20;

/// What a snapshot is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The engine: "grid" or "event".
    pub engine: String,
    /// Hash of the network's structure.
    pub structure: [u8; 32],
    /// Ticks done.
    pub tick: u64,
    /// Length of a tick in femtoseconds.
    pub tick_fs: i64,
    /// Seed of wiring and parameters.
    pub seed: u64,
    /// Seed of what is random during a run.
    pub noise_seed: u64,
    sections: Vec<Entry>,
}

/// A section as the header has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    name: String,
    /// How its bytes are packed: as they are (0), the only way so far.
    coding: u8,
    length: u64,
    blake3: [u8; HASH],
}

/// A header and sections of bytes, and with some the wiring of the network.
#[derive(Clone, Debug)]
pub struct Snapshot {
    header: Header,
    sections: Vec<Vec<u8>>,
    pub(super) wiring: Option<Wiring>,
}

impl Header {
    /// Of a state of a network so many ticks of a length after its beginning.
    pub(super) fn new(engine: &str, network: &Network, structure: [u8; 32], (tick, tick_fs): (u64, i64)) -> Self {
        let (engine, seed, noise_seed) = (engine.to_string(), network.seed, network.noise_seed);
        Self { engine, structure, tick, tick_fs, seed, noise_seed, sections: Vec::new() }
    }
}

impl Snapshot {
    pub(super) fn new(header: Header) -> Self {
        Self { header, sections: Vec::new(), wiring: None }
    }

    /// What it is of.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Adds a section: the engine's, or a user's own (where the network is from, say).
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) {
        let (length, blake3) = (bytes.len() as u64, *blake3::hash(&bytes).as_bytes());
        self.header.sections.push(Entry { name: name.to_string(), coding: 0, length, blake3 });
        self.sections.push(bytes);
    }

    /// The bytes of a section.
    pub fn section(&self, name: &str) -> Option<&[u8]> {
        let index = self.header.sections.iter().position(|entry| entry.name == name)?;
        self.sections.get(index).map(Vec::as_slice)
    }

    /// All sections, the engine's and a user's, by name.
    pub fn sections(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.header.sections.iter().zip(&self.sections).map(|(entry, bytes)| (entry.name.as_str(), bytes.as_slice()))
    }

    /// Adds a section of the engine's.
    pub(super) fn write(&mut self, name: &str, write: impl FnOnce(&mut Writer)) {
        let mut out = Writer::default();
        write(&mut out);
        self.add(name, out.0);
    }

    /// Reads a section of the engine's, all of it.
    pub(super) fn read<T>(
        &self,
        name: &str,
        read: impl FnOnce(&mut Reader<'_>) -> Result<T, SnapshotError>,
    ) -> Result<T, SnapshotError> {
        let bytes = self.section(name).ok_or_else(|| SnapshotError::Damaged(format!("it has no section \"{name}\"")))?;
        let mut bytes = Reader::new(name, bytes);
        let value = read(&mut bytes)?;
        bytes.end()?;
        Ok(value)
    }

    /// The file in memory. The same state gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Memory takes all bytes.
        let _ = self.write_to(&mut bytes);
        bytes
    }

    /// Writes the file; wiring is drawn on the way, by as many threads as there are.
    ///
    /// # Errors
    /// What it is written to takes no more.
    pub fn write_to(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let header = coding().serialize(&self.header).map_err(io::Error::other)?;
        let mut head = MAGIC.to_vec();
        head.extend(VERSION.to_le_bytes());
        head.extend((header.len() as u32).to_le_bytes());
        head.extend(header);
        head.extend(blake3::hash(&head).as_bytes());
        out.write_all(&head)?;
        self.sections.iter().try_for_each(|section| out.write_all(section))?;
        self.wiring.as_ref().map_or(Ok(()), |wiring| wiring.write_to(out))
    }

    /// Reads a file from memory.
    ///
    /// # Errors
    /// As [`Snapshot::read_from`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        Self::read_from(bytes)
    }

    /// Reads a file. No length that it names is believed before it is known that there are so many bytes.
    ///
    /// # Errors
    /// The bytes are no snapshot, one of a later format, not as they were written, or cannot be read.
    pub fn read_from(input: impl Read) -> Result<Self, SnapshotError> {
        let mut input = Input(input);
        let mut head = input.take(FIXED as u64)?;
        if !head.starts_with(&MAGIC) {
            return Err(SnapshotError::Foreign);
        }
        let in_header = || damaged("it ends within its header");
        let word = |at: usize| head.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
        let (Some(version), Some(length)) = (word(8), word(12)) else { return Err(in_header()) };
        if version > VERSION {
            return Err(SnapshotError::Newer(version));
        }
        let length = (length as usize).min(LONGEST_HEADER);
        head.extend(input.exactly(length as u64)?.ok_or_else(in_header)?);
        let hash = input.exactly(HASH as u64)?.ok_or_else(in_header)?;
        if hash != blake3::hash(&head).as_bytes() || version == 0 {
            return Err(damaged("its header is not as it was written"));
        }
        let header: Header = coding().deserialize(&head[FIXED..]).map_err(|e| SnapshotError::Damaged(e.to_string()))?;
        let mut snapshot = Self::new(header);
        for Entry { name, coding, length, blake3 } in &snapshot.header.sections {
            let section = input.exactly(*length)?.ok_or_else(|| damaged(&format!("it ends within the section \"{name}\"")))?;
            if blake3 != blake3::hash(&section).as_bytes() || *coding != 0 {
                return Err(damaged(&format!("the section \"{name}\" is not as it was written")));
            }
            snapshot.sections.push(section);
        }
        if snapshot.section(wiring::SECTION).is_some() {
            snapshot.wiring = Some(Wiring::Read(Arc::new(snapshot.read_wiring(&mut input)?)));
        }
        if input.take(1)?.is_empty() { Ok(snapshot) } else { Err(damaged("it goes on after its end")) }
    }
}

/// What is told of bytes that are not as they were written.
pub(super) fn damaged(what: &str) -> SnapshotError {
    SnapshotError::Damaged(what.to_string())
}

/// What a file is read from.
pub(super) struct Input<R>(R);

impl<R: Read> Input<R> {
    /// So many bytes, or fewer at the end.
    fn take(&mut self, count: u64) -> Result<Vec<u8>, SnapshotError> {
        let mut bytes = Vec::new();
        let read = (&mut self.0).take(count).read_to_end(&mut bytes);
        read.map(|_| bytes).map_err(|error| SnapshotError::Unread(error.to_string()))
    }

    /// So many bytes, if there are.
    pub(super) fn exactly(&mut self, count: u64) -> Result<Option<Vec<u8>>, SnapshotError> {
        self.take(count).map(|bytes| Some(bytes).filter(|bytes| bytes.len() as u64 == count))
    }
}

/// How the header is written: numbers of fixed width, no more than fits into one.
fn coding() -> impl Options {
    bincode::DefaultOptions::new().with_fixint_encoding().with_limit(LONGEST_HEADER as u64)
}
