//! What a run writes into its folder while it goes on: spikes in checked blocks with marks of how far they go, samples in checked rows. Both
//! are handed to the system a few times a second, so that a run that dies leaves all up to the last mark, for `recover`.

use crate::disk::{DiskFile, SharedDisk};
use crate::export;
use crate::files::{self, Sync};
use sim_core::network::Network;
use sim_core::record::{Recorder, Sink, TraceWriter, Window};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Name of the stream of spikes in a folder.
pub(crate) const SPIKES: &str = "spikes.spk";

/// A recorder into a folder.
pub(crate) struct FolderRecorder {
    recorder: Recorder<Held, StreamedTrace>,
    every: Duration,
    flushed: Instant,
}

impl FolderRecorder {
    /// Into a folder that has one for traces. Nobody recovers it as long as this is there.
    pub(crate) fn new(disk: &SharedDisk, folder: &Path, network: &Network) -> io::Result<Self> {
        let mut file = disk.create_new(&folder.join(SPIKES))?;
        // Where there are no locks, care is the user's.
        let _ = file.try_lock();
        let traces = folder.join("traces");
        let recorder = Recorder::new(network, Held { file, bytes: Vec::new() }, |record| {
            StreamedTrace::new(disk, &traces, record, network.records[record].cells.len())
        })?;
        Ok(Self { recorder, every: disk.patience(), flushed: Instant::now() })
    }

    /// The traces, or what went wrong in writing.
    pub(crate) fn finish(self) -> io::Result<Vec<Option<StreamedTrace>>> {
        Ok(self.recorder.finish()?.1)
    }
}

impl Sink for FolderRecorder {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        let flow = self.recorder.window(window);
        if self.flushed.elapsed() < self.every {
            return flow;
        }
        self.flushed = Instant::now();
        self.recorder.flush()
    }
}

/// A file that gets what is written only when it is flushed: marks of spikes must not be there before the samples up to them are.
struct Held {
    file: Box<dyn DiskFile>,
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
/// CRC-32 of both (u32), little endian. Whenever they are handed on, a row with [`MARK`] set in its tick says that up to there none is missing:
/// after a loss of power a file may end anywhere.
pub(crate) struct StreamedTrace {
    disk: SharedDisk,
    raw: PathBuf,
    out: BufWriter<Box<dyn DiskFile>>,
    row: Vec<u8>,
    cells: usize,
    rows: usize,
}

impl StreamedTrace {
    fn new(disk: &SharedDisk, folder: &Path, record: usize, cells: usize) -> io::Result<Self> {
        let raw = raw_trace(folder, record);
        let out = BufWriter::new(disk.create_new(&raw)?);
        Ok(Self { disk: disk.clone(), raw, out, row: Vec::new(), cells, rows: 0 })
    }

    /// Makes the .npy of [sample, neuron]. Returns the ticks of the samples.
    pub(crate) fn to_npy(&self, npy: &Path) -> io::Result<Vec<u64>> {
        let ticks = to_npy((&self.disk, Sync::Later), &self.raw, self.cells, MARK - 1, npy)?;
        let (rows, left) = (self.rows, ticks.len());
        if left == rows { Ok(ticks) } else { Err(io::Error::other(format!("of {rows} samples {left} can be read back"))) }
    }

    /// Takes the raw file away, once all is elsewhere.
    pub(crate) fn remove(self) -> io::Result<()> {
        self.disk.remove_file(&self.raw)
    }

    fn write(&mut self, tick: u64, values: impl Iterator<Item = f64>) -> io::Result<()> {
        self.row.clear();
        self.row.extend_from_slice(&tick.to_le_bytes());
        values.for_each(|value| self.row.extend_from_slice(&value.to_le_bytes()));
        let crc = crc32fast::hash(&self.row);
        self.row.extend_from_slice(&crc.to_le_bytes());
        self.out.write_all(&self.row)
    }
}

impl TraceWriter for StreamedTrace {
    fn row(&mut self, tick: u64, values: &[f64]) -> io::Result<()> {
        self.rows += 1;
        self.write(tick, values.iter().copied())
    }

    fn flush(&mut self, until: u64) -> io::Result<()> {
        self.write(until | MARK, std::iter::repeat_n(0.0, self.cells))?;
        self.out.flush()
    }
}

/// In a tick of a raw file: this is no sample.
const MARK: u64 = 1 << 63;

/// The raw file of a record, by its number.
pub(crate) fn raw_trace(folder: &Path, record: usize) -> PathBuf {
    folder.join(format!("{record}.raw"))
}

/// Makes an .npy of [sample, neuron] of the whole rows of a raw file up to a tick. Returns their ticks.
pub(crate) fn to_npy(
    (disk, sync): (&SharedDisk, Sync),
    raw: &Path,
    cells: usize,
    until: u64,
    npy: &Path,
) -> io::Result<Vec<u64>> {
    let wanted = move |row: &Row| row.as_ref().map_or(true, |(tick, _)| *tick <= until);
    let rows = || io::Result::Ok(Rows::new(disk, raw, cells)?.filter(wanted));
    let ticks = rows()?.map(|row| Ok(row?.0)).collect::<io::Result<Vec<u64>>>()?;
    let mut unread = Ok(());
    let values = rows()?.map_while(|row| row.map_err(|error| unread = Err(error)).ok()).flat_map(|(_, values)| values);
    let shape = [ticks.len() as u64, cells as u64];
    let written = files::write_with_on(disk, sync, npy, |out| export::write_npy(out, &shape, values));
    unread.and(written.map_err(|error| error.source))?;
    Ok(ticks)
}

/// The tick up to which a raw file is known to lack nothing.
pub(crate) fn known(disk: &SharedDisk, raw: &Path, cells: usize) -> io::Result<u64> {
    Rows::new(disk, raw, cells)?
        .try_fold(0, |known, row| row.map(|(tick, _)| if tick & MARK == 0 { known } else { tick & !MARK }))
}

/// A tick and its values.
type Row = io::Result<(u64, Vec<f64>)>;

/// Rows of a raw file; ends at the first that is not whole.
struct Rows {
    input: BufReader<Box<dyn DiskFile>>,
    row: Vec<u8>,
}

impl Rows {
    fn new(disk: &SharedDisk, raw: &Path, cells: usize) -> io::Result<Self> {
        Ok(Self { input: BufReader::new(disk.open(raw)?), row: vec![0; 8 + 8 * cells + 4] })
    }
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Self::Item> {
        match self.input.read_exact(&mut self.row) {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Some(Err(error)),
            read => read.ok()?,
        }
        let (row, crc) = self.row.split_last_chunk::<4>()?;
        let (tick, values) = row.split_first_chunk::<8>()?;
        let values = || values.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        (crc32fast::hash(row) == u32::from_le_bytes(*crc)).then(|| Ok((u64::from_le_bytes(*tick), values())))
    }
}
