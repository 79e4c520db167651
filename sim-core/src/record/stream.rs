//! A stream of spikes in checksummed blocks, to anything that can be written and from anything that can be read.
//!
//! ```text
//! file   "SPKLOOM1" (8 bytes), time step in fs (i64), then blocks
//! block  "SPKB", count (u32), first tick (u64), CRC-32 of what follows and precedes it (u32), count x (tick - first (u32), neuron (u32))
//!        with a count of 0: no spike up to that tick is missing
//!        "SPKW", the same with count x (tick - first (u64), neuron (u32)): where ticks are so fine that they would not fit
//! ```
//!
//! All little endian. A block is written whole, so that after a crash everything up to the last whole block is there; a block
//! that does not check is an error, never a wrong spike.

use super::Spike;
use std::io::{self, Read, Write};

const FILE_MAGIC: &[u8; 8] = b"SPKLOOM1";
const BLOCK_MAGIC: &[u8; 4] = b"SPKB";
const WIDE_MAGIC: &[u8; 4] = b"SPKW";
/// Bytes of a spike in a block and in a wide one.
const NARROW: usize = 8;
const WIDE: usize = 12;
/// Spikes in a full block: half a mebibyte.
const BLOCK_SPIKES: usize = 65_536;

/// Writes spikes in order.
#[derive(Debug)]
pub struct SpikeWriter<W: Write> {
    out: W,
    block: Vec<Spike>,
    bytes: Vec<u8>,
}

impl<W: Write> SpikeWriter<W> {
    /// Starts a stream of spikes on a grid of the given step.
    pub fn new(mut out: W, step_fs: i64) -> io::Result<Self> {
        out.write_all(FILE_MAGIC)?;
        out.write_all(&step_fs.to_le_bytes())?;
        Ok(Self { out, block: Vec::new(), bytes: Vec::new() })
    }

    /// Takes a spike.
    pub fn spike(&mut self, spike: Spike) -> io::Result<()> {
        if self.block.len() == BLOCK_SPIKES {
            self.flush_block()?;
        }
        self.block.push(spike);
        Ok(())
    }

    fn flush_block(&mut self) -> io::Result<()> {
        let (Some(first), Some(last)) = (self.block.first().map(|s| s.tick), self.block.last().map(|s| s.tick)) else {
            return Ok(());
        };
        let wide = last - first > u64::from(u32::MAX);
        self.bytes.clear();
        for spike in &self.block {
            let since = (spike.tick - first).to_le_bytes();
            self.bytes.extend_from_slice(if wide { &since } else { &since[..4] });
            self.bytes.extend_from_slice(&spike.neuron.to_le_bytes());
        }
        let count = self.block.len() as u32;
        self.head(if wide { WIDE_MAGIC } else { BLOCK_MAGIC }, count, first, checksum(count, first, &self.bytes))?;
        self.out.write_all(&self.bytes)?;
        self.block.clear();
        Ok(())
    }

    fn head(&mut self, magic: &[u8; 4], count: u32, first: u64, crc: u32) -> io::Result<()> {
        self.out.write_all(magic)?;
        self.out.write_all(&count.to_le_bytes())?;
        self.out.write_all(&first.to_le_bytes())?;
        self.out.write_all(&crc.to_le_bytes())
    }

    /// Notes that up to a tick there are no other spikes than those taken.
    pub fn mark(&mut self, tick: u64) -> io::Result<()> {
        self.flush_block()?;
        self.head(BLOCK_MAGIC, 0, tick, checksum(0, tick, &[]))
    }

    /// Hands all whole blocks on.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Whether spikes were taken that are in no block yet.
    pub fn has_more(&self) -> bool {
        !self.block.is_empty()
    }

    /// Writes what is left and returns the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush_block()?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn checksum(count: u32, first: u64, payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&count.to_le_bytes());
    crc.update(&first.to_le_bytes());
    crc.update(payload);
    crc.finalize()
}

/// Reads a stream of spikes: an iterator that ends after the last block, or with the first error.
#[derive(Debug)]
pub struct SpikeReader<R: Read> {
    input: R,
    step_fs: i64,
    /// Tick of the spike before.
    last: u64,
    first: u64,
    /// Bytes of a spike in the block.
    width: usize,
    block: Vec<u8>,
    at: usize,
    failed: bool,
    /// Bytes read in whole blocks.
    bytes: u64,
    mark: Option<Mark>,
}

/// Up to where a stream is known to be whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// No spike up to this tick is missing.
    pub tick: u64,
    /// The stream's bytes up to there.
    pub bytes: u64,
}

impl<R: Read> SpikeReader<R> {
    /// Opens a stream.
    pub fn new(mut input: R) -> io::Result<Self> {
        let mut head = [0; 16];
        if read_up_to(&mut input, &mut head)? < head.len() {
            return Err(invalid("this is no spike stream: it is shorter than its header"));
        }
        if &head[..8] != FILE_MAGIC {
            return Err(invalid("this is no spike stream of this version: it does not start with SPKLOOM1"));
        }
        let step_fs = i64::from_le_bytes(std::array::from_fn(|i| head[8 + i]));
        if step_fs <= 0 {
            return Err(invalid("the time step of this spike stream is not positive"));
        }
        let bytes = head.len() as u64;
        Ok(Self { input, step_fs, last: 0, first: 0, width: NARROW, block: Vec::new(), at: 0, failed: false, bytes, mark: None })
    }

    /// The last mark that was read.
    pub fn mark(&self) -> Option<Mark> {
        self.mark
    }

    /// Step of the grid in femtoseconds.
    pub fn step_fs(&self) -> i64 {
        self.step_fs
    }

    /// Reads the next block; `false` at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let mut head = [0; 20];
        let got = read_up_to(&mut self.input, &mut head)?;
        if got == 0 {
            return Ok(false);
        }
        let count = u32::from_le_bytes(std::array::from_fn(|i| head[4 + i]));
        let wide = &head[..4] == WIDE_MAGIC;
        if got < head.len() || !(wide || &head[..4] == BLOCK_MAGIC) || count as usize > BLOCK_SPIKES {
            return Err(invalid("a block of this spike stream is cut off or damaged: what came before it is whole"));
        }
        self.first = u64::from_le_bytes(std::array::from_fn(|i| head[8 + i]));
        self.width = if wide { WIDE } else { NARROW };
        self.block.resize(count as usize * self.width, 0);
        if read_up_to(&mut self.input, &mut self.block)? < self.block.len() {
            return Err(invalid("the last block of this spike stream is cut off: what came before it is whole"));
        }
        let expected = u32::from_le_bytes(std::array::from_fn(|i| head[16 + i]));
        if checksum(count, self.first, &self.block) != expected {
            return Err(invalid("a block of this spike stream does not match its checksum"));
        }
        self.at = 0;
        self.bytes += (head.len() + self.block.len()) as u64;
        if count == 0 {
            self.mark = Some(Mark { tick: self.first, bytes: self.bytes });
        }
        Ok(true)
    }
}

impl<R: Read> SpikeReader<R> {
    /// Nothing comes after an error.
    fn end_with(&mut self, error: io::Error) -> io::Error {
        self.failed = true;
        self.block.clear();
        self.at = 0;
        error
    }
}

impl<R: Read> Iterator for SpikeReader<R> {
    type Item = io::Result<Spike>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at == self.block.len() {
            match self.fill() {
                _ if self.failed => return None,
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(self.end_with(error))),
            }
        }
        let (since, neuron) = self.block[self.at..self.at + self.width].split_at(self.width - 4);
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
        let spike = Spike { tick: self.first.saturating_add(number(since)), neuron: number(neuron) as u32 };
        self.at += self.width;
        // Also sums that are right can be of numbers that are wrong, and all that reads spikes relies on these two.
        if spike.tick < self.last || spike.tick > (i64::MAX / self.step_fs) as u64 {
            return Some(Err(
                self.end_with(invalid("a spike of this spike stream is earlier than the one before, or later than any time"))
            ));
        }
        self.last = spike.tick;
        Some(Ok(spike))
    }
}

fn read_up_to(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match input.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spikes(n: u64) -> Vec<Spike> {
        (0..n).map(|i| Spike { tick: i / 3 * 7, neuron: (i * 31 % 1000) as u32 }).collect()
    }

    fn stream(spikes: &[Spike]) -> Vec<u8> {
        let mut writer = SpikeWriter::new(Vec::new(), 100).unwrap();
        spikes.iter().for_each(|s| writer.spike(*s).unwrap());
        writer.finish().unwrap()
    }

    #[test]
    fn round_trip() {
        for n in [0, 1, 65_536, 65_537, 200_000] {
            let spikes = spikes(n);
            let bytes = stream(&spikes);
            let back: Vec<Spike> = SpikeReader::new(&bytes[..]).unwrap().map(|s| s.unwrap()).collect();
            assert_eq!(back, spikes, "{n} spikes come back");
        }
        let far = [Spike { tick: 1, neuron: 2 }, Spike { tick: 1 << 40, neuron: 3 }];
        let back: Vec<Spike> = SpikeReader::new(&stream(&far)[..]).unwrap().map(|s| s.unwrap()).collect();
        assert_eq!(back, far, "distant ticks get a wide block");
    }

    #[test]
    fn marks_say_how_far_a_stream_is_whole() {
        let (all, mut bytes, mut marks) = (spikes(70_000), Vec::new(), Vec::new());
        let mut writer = SpikeWriter::new(&mut bytes, 100).unwrap();
        for (number, spike) in all.iter().enumerate() {
            if number % 9_000 == 0 && number > 0 {
                writer.mark(spike.tick - 1).unwrap();
                marks.push(spike.tick - 1);
            }
            writer.spike(*spike).unwrap();
        }
        writer.finish().unwrap();
        let mut reader = SpikeReader::new(&bytes[..]).unwrap();
        let back: Vec<Spike> = reader.by_ref().map(|s| s.unwrap()).collect();
        assert_eq!((back, reader.mark().map(|mark| mark.tick)), (all.clone(), marks.last().copied()));
        for cut in (20..bytes.len()).step_by(977) {
            let mut reader = SpikeReader::new(&bytes[..cut]).unwrap();
            reader.by_ref().for_each(drop);
            let Some(mark) = reader.mark() else { continue };
            assert!(mark.bytes as usize <= cut && marks.contains(&mark.tick));
            let whole: Vec<Spike> = SpikeReader::new(&bytes[..mark.bytes as usize]).unwrap().map(|s| s.unwrap()).collect();
            assert!(whole.iter().eq(all.iter().filter(|spike| spike.tick <= mark.tick)), "cut to {cut} bytes");
        }
    }

    #[test]
    fn impossible_ticks_are_told() {
        for ticks in [[5, 4], [0, i64::MAX as u64 / 100 + 1], [1, u64::MAX]] {
            let spikes = ticks.map(|tick| Spike { tick, neuron: 0 });
            // As a writer would not: one block each, so that neither is taken as the offset from the other.
            let [a, b] = spikes.map(|spike| stream(&[spike]));
            let read: Vec<_> = SpikeReader::new(&[&a[..], &b[16..]].concat()[..]).unwrap().collect();
            assert_eq!((read.len(), read[1].is_err()), (2, true), "{ticks:?}: {read:?}");
        }
    }

    #[test]
    fn damage_is_found() {
        let spikes = spikes(70_000);
        let bytes = stream(&spikes);
        for cut in [3, 17, 30, bytes.len() - 1] {
            let read: Result<Vec<Spike>, _> = SpikeReader::new(&bytes[..cut]).and_then(Iterator::collect);
            assert!(read.is_err(), "cut to {cut} bytes");
        }
        for at in [20, 36, 100, bytes.len() - 3] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 4;
            let read: Vec<io::Result<Spike>> = SpikeReader::new(&damaged[..]).unwrap().collect();
            assert!(read.last().unwrap().is_err(), "byte {at} flipped");
            let whole = read.iter().filter_map(|s| s.as_ref().ok()).copied();
            assert!(whole.eq(spikes.iter().copied().take(read.len() - 1)), "no wrong spike before the damage at {at}");
        }
    }
}
