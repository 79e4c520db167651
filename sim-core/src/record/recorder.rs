//! The sink that keeps what the netlist asks for: spikes as a stream of blocks, state variables as rows.

use super::{Sink, SpikeWriter, Window};
use crate::network::{Network, What};
use crate::time::{Grid, fs_from_ms};
use std::io::{self, Write};
use std::ops::ControlFlow;

/// Where the samples of one record go.
pub trait TraceWriter {
    /// One sample: a value for each of the record's cells.
    fn row(&mut self, tick: u64, values: &[f64]) -> io::Result<()>;

    /// Hands all samples on: those up to a tick are all there.
    fn flush(&mut self, _until: u64) -> io::Result<()> {
        Ok(())
    }
}

/// Samples in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemoryTrace {
    /// Ticks of the samples.
    pub ticks: Vec<u64>,
    /// Values: sample by sample, one for each cell.
    pub values: Vec<f64>,
}

impl TraceWriter for MemoryTrace {
    fn row(&mut self, tick: u64, values: &[f64]) -> io::Result<()> {
        self.ticks.push(tick);
        self.values.extend_from_slice(values);
        Ok(())
    }
}

/// Records a run. A failure to write ends the run; [`Recorder::finish`] returns it.
pub struct Recorder<W: Write, T: TraceWriter> {
    filter: SpikeFilter,
    spikes: Option<SpikeWriter<W>>,
    marks: Marks,
    /// By record of the network; `None` for records of spikes.
    traces: Vec<Option<T>>,
    error: Option<io::Error>,
}

impl<W: Write, T: TraceWriter> Recorder<W, T> {
    /// Records the network's spikes into `out` and each of its records of state variables into what `trace` makes (given
    /// the record's index).
    pub fn new(network: &Network, out: W, mut trace: impl FnMut(usize) -> io::Result<T>) -> io::Result<Self> {
        let traces = network.records.iter().enumerate().map(|(index, record)| match record.what {
            What::Spikes => Ok(None),
            What::State { .. } => trace(index).map(Some),
        });
        let traces = traces.collect::<io::Result<_>>()?;
        let spikes = Some(SpikeWriter::new(out, network.timestep_fs)?);
        let marks = Marks::new(Grid::new(network.timestep_fs));
        Ok(Self { filter: SpikeFilter::new(network), spikes, marks, traces, error: None })
    }

    fn write(&mut self, window: &Window<'_>) -> io::Result<()> {
        if let Some(writer) = &mut self.spikes {
            for spike in window.spikes {
                self.marks.pass(spike.tick - 1, writer)?;
                if self.filter.keeps(spike.tick, spike.neuron) {
                    writer.spike(*spike)?;
                }
            }
            self.marks.pass(*window.ticks.end(), writer)?;
        }
        for sample in window.samples {
            if let Some(Some(trace)) = self.traces.get_mut(sample.record) {
                trace.row(sample.tick, &sample.values)?;
            }
        }
        Ok(())
    }

    /// Hands on what is recorded up to the last mark, and more.
    pub fn flush(&mut self) -> ControlFlow<()> {
        if self.error.is_none() {
            // Traces first: they are to be there as far as the spikes' mark.
            let known = self.marks.known;
            let traces = self.traces.iter_mut().flatten().try_for_each(|trace| trace.flush(known));
            let spikes = self.spikes.as_mut();
            self.error = traces.and_then(|()| spikes.map_or(Ok(()), SpikeWriter::flush)).err();
        }
        if self.error.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// The output and the traces, or what went wrong in writing.
    pub fn finish(mut self) -> io::Result<(W, Vec<Option<T>>)> {
        let _ = self.flush();
        match (self.error.take(), self.spikes.take()) {
            (Some(error), _) => Err(error),
            (None, Some(mut spikes)) => {
                self.marks.end(&mut spikes)?;
                Ok((spikes.finish()?, self.traces))
            }
            (None, None) => Err(io::Error::other("the recorder is finished")),
        }
    }
}

impl<W: Write, T: TraceWriter> Sink for Recorder<W, T> {
    fn window(&mut self, window: &Window<'_>) -> ControlFlow<()> {
        if self.error.is_none() {
            self.error = self.write(window).err();
        }
        if self.error.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Where the stream of spikes gets marks: at whole multiples of a time, whatever the windows and the clock are, so that the same run
/// writes the same bytes; and at its end, so that none of it is lost to a trouble that comes later.
#[derive(Clone, Copy, Debug)]
struct Marks {
    every: u64,
    next: u64,
    last: u64,
    known: u64,
}

impl Marks {
    /// Marks while there are spikes, in ms.
    const EVERY: f64 = 10.0;
    /// Of so many of these, one is set without any.
    const QUIET: u64 = 100;

    fn new(grid: Grid) -> Self {
        let every = fs_from_ms(Self::EVERY).map_or(1, |fs| grid.tick(fs)).max(1);
        Self { every, next: every, last: 0, known: 0 }
    }

    /// All is known up to a tick.
    fn pass<W: Write>(&mut self, tick: u64, writer: &mut SpikeWriter<W>) -> io::Result<()> {
        while self.next <= tick {
            if writer.has_more() || self.next - self.last >= Self::QUIET * self.every {
                writer.mark(self.next)?;
                self.last = self.next;
            }
            self.next += self.every;
        }
        self.known = tick;
        Ok(())
    }

    /// Nothing comes after.
    fn end<W: Write>(&self, writer: &mut SpikeWriter<W>) -> io::Result<()> {
        if self.known > self.last { writer.mark(self.known) } else { Ok(()) }
    }
}

/// Which spikes a network's records keep.
#[derive(Clone, Debug)]
pub struct SpikeFilter {
    /// By population: first cell and the windows in which its cells are recorded.
    populations: Vec<(u32, Vec<Kept>)>,
}

/// Cells of a population (all where `None`) recorded after `start` up to `stop`.
#[derive(Clone, Debug)]
struct Kept {
    start: u64,
    stop: u64,
    cells: Option<Vec<bool>>,
}

impl SpikeFilter {
    /// The filter of a network.
    pub fn new(network: &Network) -> Self {
        let grid = Grid::new(network.timestep_fs);
        let mut populations: Vec<(u32, Vec<Kept>)> = network.populations.iter().map(|p| (p.first, Vec::new())).collect();
        for record in network.records.iter().filter(|r| r.what == What::Spikes) {
            let size = network.populations[record.population].size as usize;
            let cells = (record.cells.len() < size).then(|| {
                let mut flags = vec![false; size];
                record.cells.iter().for_each(|c| flags[*c as usize] = true);
                flags
            });
            let (start, stop) = (grid.tick(record.start_fs), grid.tick(record.stop_fs));
            populations[record.population].1.push(Kept { start, stop, cells });
        }
        Self { populations }
    }

    /// Whether a spike is recorded.
    pub fn keeps(&self, tick: u64, neuron: u32) -> bool {
        let after = self.populations.partition_point(|p| p.0 <= neuron);
        let Some((first, kept)) = after.checked_sub(1).and_then(|i| self.populations.get(i)) else { return false };
        kept.iter().any(|k| {
            let cell = k.cells.as_ref().is_none_or(|cells| cells.get((neuron - first) as usize).is_some_and(|c| *c));
            cell && tick > k.start && tick <= k.stop
        })
    }
}
