//! What a run writes into its folder while it goes on: spikes in checked blocks with marks of how far they go, samples in checked rows. Both
//! are handed to the system a few times a second, so that a run that dies leaves all up to the last mark, for `recover`.

use crate::export;
use sim_core::network::Network;
use sim_core::record::{Recorder, Sink, TraceWriter, Window};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Name of the stream of spikes in a folder.
pub(crate) const SPIKES: &str = "spikes.spk";

/// Time after which what is written is handed on.
const EVERY: Duration = Duration::from_millis(250);

/// A recorder into a folder.
pub(crate) struct FolderRecorder {
    recorder: Recorder<Held, StreamedTrace>,
    flushed: Instant,
}

impl FolderRecorder {
    /// Into a folder that has one for traces. Nobody recovers it as long as this is there.
    pub(crate) fn new(folder: &Path, network: &Network) -> io::Result<Self> {
        let file = File::create(folder.join(SPIKES))?;
        // Where there are no locks, care is the user's.
        let _ = file.try_lock();
        let traces = folder.join("traces");
        let recorder = Recorder::new(network, Held { file, bytes: Vec::new() }, |record| StreamedTrace::new(&traces, record))?;
        Ok(Self { recorder, flushed: Instant::now() })
    }

    /// The traces, or what went wrong in writing.
    pub(crate) fn finish(self) -> io::Result<Vec<Option<StreamedTrace>>> {
        Ok(self.recorder.finish()?.1)
    }
}

impl Sink for FolderRecorder {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        let flow = self.recorder.window(window);
        if self.flushed.elapsed() < EVERY {
            return flow;
        }
        self.flushed = Instant::now();
        self.recorder.flush()
    }
}

/// A file that gets what is written only when it is flushed: marks of spikes must not be there before the samples up to them are.
struct Held {
    file: File,
    bytes: Vec<u8>,
}

impl Write for Held {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }
}

/// Samples of one record, streamed to a raw file until their number is known: rows of the tick (u64), a value for each cell (f64), and the
/// CRC-32 of both (u32), little endian.
pub(crate) struct StreamedTrace {
    raw: PathBuf,
    out: BufWriter<File>,
    row: Vec<u8>,
    cells: usize,
}

impl StreamedTrace {
    fn new(folder: &Path, record: usize) -> io::Result<Self> {
        let raw = raw_trace(folder, record);
        let out = BufWriter::new(File::create(&raw)?);
        Ok(Self { raw, out, row: Vec::new(), cells: 0 })
    }

    /// Makes the .npy of [sample, neuron]. Returns the ticks of the samples.
    pub(crate) fn to_npy(&self, npy: &Path) -> io::Result<Vec<u64>> {
        to_npy(&self.raw, self.cells, u64::MAX, npy)
    }

    /// Takes the raw file away, once all is elsewhere.
    pub(crate) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.raw)
    }
}

impl TraceWriter for StreamedTrace {
    fn row(&mut self, tick: u64, values: &[f64]) -> io::Result<()> {
        self.cells = values.len();
        self.row.clear();
        self.row.extend_from_slice(&tick.to_le_bytes());
        values.iter().for_each(|value| self.row.extend_from_slice(&value.to_le_bytes()));
        let crc = crc32fast::hash(&self.row);
        self.row.extend_from_slice(&crc.to_le_bytes());
        self.out.write_all(&self.row)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The raw file of a record, by its number.
pub(crate) fn raw_trace(folder: &Path, record: usize) -> PathBuf {
    folder.join(format!("{record}.raw"))
}

/// Makes an .npy of [sample, neuron] of the whole rows of a raw file up to a tick. Returns their ticks.
pub(crate) fn to_npy(raw: &Path, cells: usize, until: u64, npy: &Path) -> io::Result<Vec<u64>> {
    let rows = || io::Result::Ok(Rows::new(raw, cells)?.take_while(|(tick, _)| *tick <= until));
    let ticks: Vec<u64> = rows()?.map(|(tick, _)| tick).collect();
    let values = rows()?.flat_map(|(_, values)| values);
    let mut out = BufWriter::new(File::create(npy)?);
    export::write_npy(&mut out, &[ticks.len() as u64, cells as u64], values)?;
    out.flush()?;
    Ok(ticks)
}

/// Rows of a raw file; ends at the first that is not whole.
struct Rows {
    input: BufReader<File>,
    row: Vec<u8>,
}

impl Rows {
    fn new(raw: &Path, cells: usize) -> io::Result<Self> {
        Ok(Self { input: BufReader::new(File::open(raw)?), row: vec![0; 8 + 8 * cells + 4] })
    }
}

impl Iterator for Rows {
    type Item = (u64, Vec<f64>);

    fn next(&mut self) -> Option<Self::Item> {
        self.input.read_exact(&mut self.row).ok()?;
        let (row, crc) = self.row.split_last_chunk::<4>()?;
        let (tick, values) = row.split_first_chunk::<8>()?;
        let values = || values.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        (crc32fast::hash(row) == u32::from_le_bytes(*crc)).then(|| (u64::from_le_bytes(*tick), values()))
    }
}
