//! Spikes from files: CSV, GDF and the NumPy archives that `export` writes.
//!
//! A text of times knows neither its step nor when the run ended nor how many neurons were silent. The step is taken as the
//! longest one that holds every time, the end as the last spike, and a population as large as its highest index says.

pub(crate) mod npy;
mod npz;
mod text;

pub(crate) use npz::npz_numbers;

use crate::export::Format;
use crate::failure::Failure;
use crate::recording::{RecordedPopulation, Recording, Spikes};
use crate::{folder, load, memory};
use sim_core::record::{Spike, SpikeWriter};
use sim_core::time::{FS_PER_MS, Grid};
use std::path::Path;

/// Name of the one population of a file that names none.
pub(crate) const NAMELESS: &str = "all";

/// Memory that is taken for each cell of a recording, roughly.
const BYTES_OF_CELL: u64 = 64;

/// Most cells that a file of spikes may have: what is done with them takes memory for each, whether it has spikes or not.
const MOST_CELLS: u32 = 1 << 24;

/// Reads a recording's folder, or a file of spikes. All its ticks are times, and there is memory for as many cells as it says.
pub(crate) fn open(path: &Path) -> Result<Recording, Failure> {
    let recording = read(path)?;
    let wrong = |what: &str| Err(Failure::Other("recording", format!("{}: {what}", path.display())));
    let longest = (i64::MAX / recording.grid.step_fs()) as u64;
    if recording.from_tick.max(recording.to_tick) > longest {
        return wrong("damaged: it ends later than any time that can be told");
    }
    let cells = recording.populations.last().map_or(0, |p| u64::from(p.first) + u64::from(p.size));
    if memory::available().is_some_and(|bytes| cells.saturating_mul(BYTES_OF_CELL) > bytes) {
        return wrong(&format!("there is no memory for the {cells} neurons that it is said to have"));
    }
    Ok(recording)
}

fn read(path: &Path) -> Result<Recording, Failure> {
    let wrong = |why: String| Failure::Usage("spikes", format!("{}: {why}", path.display()));
    match Format::of(path).filter(|_| path.is_file()) {
        None => folder::open(path),
        Some(Format::Npz) => {
            let bytes = std::fs::read(path).map_err(|error| Failure::io(path, &error))?;
            npz::read(&bytes).map_err(wrong)?.recording(path).map_err(wrong)
        }
        Some(format) => {
            let content = load::read_spikes(path)?;
            let table = if format == Format::Csv { text::csv(&content) } else { text::gdf(&content) };
            table.and_then(|table| table.recording(path)).map_err(wrong)
        }
    }
}

/// Spikes as they stand in a file.
struct Table {
    /// The step, where the file says it.
    step_fs: Option<i64>,
    /// Names and sizes, in order.
    populations: Vec<(String, u32)>,
    /// Times in femtoseconds, populations by index, cells within them.
    spikes: Vec<(i64, usize, u32)>,
}

impl Table {
    fn recording(mut self, path: &Path) -> Result<Recording, String> {
        let common = || self.spikes.iter().fold(0, |step, (time, ..)| gcd(step, *time));
        let grid = Grid::new(self.step_fs.unwrap_or_else(common).max(1));
        // A file without spikes could be on any grid.
        let grid = if self.spikes.is_empty() && self.step_fs.is_none() { Grid::new(FS_PER_MS / 10) } else { grid };
        let mut first = 0_u32;
        let mut populations = Vec::new();
        for (name, size) in self.populations {
            populations.push(RecordedPopulation { name, first, size, stimulus: false, spikes: true });
            let next = first.checked_add(size).filter(|cells| *cells <= MOST_CELLS);
            first =
                next.ok_or_else(|| format!("more than {MOST_CELLS} cells: the highest index of each population counts them"))?;
        }
        self.spikes.sort_unstable();
        let mut writer = SpikeWriter::new(Vec::new(), grid.step_fs()).map_err(|e| e.to_string())?;
        let last = self.spikes.last().map_or(0, |(time, ..)| grid.tick(*time));
        for (time, population, cell) in self.spikes {
            let neuron = populations[population].first + cell;
            writer.spike(Spike { tick: grid.tick(time), neuron }).map_err(|e| e.to_string())?;
        }
        Ok(Recording {
            name: path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()),
            seed: None,
            grid,
            from_tick: 0,
            to_tick: last,
            whole: false,
            spike_hash: String::new(),
            populations,
            spikes: Spikes::Memory(writer.finish().map_err(|e| e.to_string())?),
            traces: Vec::new(),
        })
    }
}

/// Greatest common divisor of two numbers that are not negative.
fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
