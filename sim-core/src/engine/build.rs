//! From generators to what a partition keeps: synapses are streamed twice, once to be counted, once into their places. There
//! is no second copy; only the delays stand beside the records until these are sorted, and some synapses wait for their places.
//!
//! Synapses come by target, rows go by source: put down one by one, each would go to another page of memory. So they are
//! collected, some hundred thousand at a time, in bins of neighbouring sources, and put down bin by bin.

use super::bits::BitRows;
use super::layout::{Chooser, Layout, RowKind};
use super::partition::targets;
use super::rows::{Counted, Index, Narrow, Records, RowWeights, Run, Short, Stored, Table, WeightRows, Wide};
use super::sums::SumLayout;
use crate::advice::in_large_pages;
use crate::connect::{Generator, Synapse};
use crate::elaborate::size::{MOST_SYNAPSES, expected_synapses};
use crate::network::{Draw, Network, Projection};
use crate::time::{FS_PER_MS, Grid};
use std::ops::Range;

/// Projections that are kept together: same source population, same layout (for `One`, the same weight).
pub(crate) struct Group {
    pub(crate) source: usize,
    pub(crate) layout: Layout,
    pub(crate) projections: Vec<usize>,
    /// Synapses expected: a table's places are 32-bit numbers.
    synapses: f64,
}

/// Groups the spike projections `which` in order of first appearance.
pub(crate) fn groups(network: &Network, which: &[usize], chooser: &Chooser<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for &index in which {
        let projection = &network.projections[index];
        let layout = chooser.layout(projection);
        let synapses = expected_synapses(projection);
        let alone = matches!(layout, Layout::Counted | Layout::Bits { .. } | Layout::Rows { .. });
        let same = |g: &&mut Group| g.source == projection.source && g.layout == layout && g.synapses + synapses <= MOST_SYNAPSES;
        match groups.iter_mut().find(same) {
            Some(group) if !alone => {
                group.projections.push(index);
                group.synapses += synapses;
            }
            _ => groups.push(Group { source: projection.source, layout, projections: vec![index], synapses }),
        }
    }
    groups
}

/// Everything needed to build what a partition keeps.
pub(crate) struct Builder<'a> {
    pub(crate) network: &'a Network,
    pub(crate) grid: Grid,
    pub(crate) blocks: &'a [Range<usize>],
    pub(crate) sums: &'a SumLayout,
}

impl Builder<'_> {
    /// Everything kept of a group.
    pub(crate) fn store(&self, group: &Group) -> Vec<Stored> {
        let projection = &self.network.projections[group.projections[0]];
        match group.layout {
            Layout::Counted => self.counted(projection).map(Stored::Counted).into_iter().collect(),
            Layout::Bits { weight } => self.bits(projection, weight).map(Stored::Bits).into_iter().collect(),
            Layout::Rows { kind } => self.rows(projection, kind).map(Stored::Rows).into_iter().collect(),
            Layout::One { weight: shared } => {
                let record = |target, weight: f64, _| {
                    assert!(weight == shared, "projections share a table only if their weights are the same");
                    target
                };
                self.tables(group, record, |targets| Records::One { targets, weight: shared })
            }
            Layout::I16 { shift } => {
                // Weights are multiples of their projection's quantum, in 16 bits: the quotient is exact.
                let record = |target, weight, quantum| Short { target, weight: (weight / quantum) as i16 };
                self.tables(group, record, |records| Records::I16 { records, shift })
            }
            Layout::F32 => self.tables(group, |target, w: f64, _| Narrow { target, weight: w as f32 }, Records::F32),
            Layout::F64 => self.tables(group, |target, weight, _| Wide { target, weight }, Records::F64),
        }
    }

    fn targets(&self, projection: &Projection) -> Range<u32> {
        targets(projection, &self.blocks[projection.target], self.network.populations[projection.target].size)
    }

    /// Every synapse of a projection onto the partition.
    fn each(&self, projection: &Projection, sink: impl FnMut(Synapse)) {
        Generator::new(self.network, projection).for_targets(self.targets(projection), sink);
    }

    /// Source and place of every synapse of a projection; weights are drawn only where they decide on the receptor.
    fn each_place(&self, projection: &Projection, mut sink: impl FnMut(u32, u32)) {
        let generator = Generator::new(self.network, projection);
        match generator.only_receptor() {
            Some(receptor) => generator.for_pairs(self.targets(projection), |pair| {
                sink(pair.source, self.sums.place(projection.target, pair.target, receptor));
            }),
            None => self.each(projection, |s| sink(s.source, self.sums.place(projection.target, s.target, s.receptor))),
        }
    }

    /// The tables of a group, one for each window that it reaches.
    fn tables<R: Copy + Default>(
        &self,
        group: &Group,
        record: impl Fn(u16, f64, f64) -> R,
        records: impl Fn(Vec<R>) -> Records,
    ) -> Vec<Stored> {
        let delay = self.constant_delay(group);
        let mut fillings = self.count(group);
        fillings.iter_mut().for_each(|filling| filling.make_room(delay.is_none()));
        for &index in &group.projections {
            let projection = &self.network.projections[index];
            self.each(projection, |s| {
                let place = self.sums.place(projection.target, s.target, s.receptor);
                let window = self.sums.window(place);
                let target = (place - self.sums.window_start(window)) as u16;
                let quantum = projection.quanta.get(s.receptor).copied().unwrap_or(1.0);
                fillings[window].add(s.source, self.grid.delay(s.delay_fs) as u16, record(target, s.weight, quantum));
            });
        }
        fillings.iter_mut().for_each(Filling::settle);
        let filled = fillings.into_iter().enumerate().filter(|(_, filling)| !filling.records.is_empty());
        let table = |(window, filling): (usize, Filling<R>)| {
            let window = self.sums.window_start(window);
            let (index, sorted) = filling.sorted(delay);
            Stored::Table(Table { window, index, records: records(sorted) })
        };
        filled.map(table).collect()
    }

    /// Counts the records of each row in each window.
    fn count<R>(&self, group: &Group) -> Vec<Filling<R>> {
        let sources = self.network.populations[group.source].size as usize;
        let mut fillings: Vec<Filling<R>> = (0..self.sums.windows()).map(|_| Filling::new(sources)).collect();
        for &index in &group.projections {
            self.each_place(&self.network.projections[index], |source, place| {
                fillings[self.sums.window(place)].count(source);
            });
        }
        fillings
    }

    /// The delay in ticks, where it is the same for the whole group.
    fn constant_delay(&self, group: &Group) -> Option<u32> {
        let mut delays = group.projections.iter().map(|index| match self.network.projections[*index].delay {
            Draw::Constant(ms) => Some(self.ticks(ms)),
            _ => None,
        });
        let first = delays.next().flatten()?;
        delays.all(|delay| delay == Some(first)).then_some(first)
    }

    fn ticks(&self, ms: f64) -> u32 {
        self.grid.delay((ms * FS_PER_MS as f64).round() as i64)
    }

    /// The delay, the receptor and the places of the targets of a projection with one delay and one receptor; `None` if it has no
    /// targets here.
    fn dense(&self, projection: &Projection) -> Option<(u32, Range<u32>)> {
        let Draw::Constant(delay) = projection.delay else { return None };
        let receptor = Generator::new(self.network, projection).only_receptor()?;
        let targets = self.targets(projection);
        let place = |cell| self.sums.place(projection.target, cell, receptor);
        (!targets.is_empty()).then(|| (self.ticks(delay), place(targets.start)..place(targets.end - 1) + 1))
    }

    fn counted(&self, projection: &Projection) -> Option<Counted> {
        let (delay, places) = self.dense(projection)?;
        let generator = Generator::new(self.network, projection);
        Some(Counted {
            source_cells: projection.source_cells.clone(),
            delay,
            weight: generator.constant_weight()?,
            first: places.start,
            targets: self.targets(projection),
            not_self: generator.leaves_out_self(),
        })
    }

    fn bits(&self, projection: &Projection, weight: f64) -> Option<BitRows> {
        let (delay, places) = self.dense(projection)?;
        let first = projection.source_cells.start;
        let mut bits = BitRows::new(projection.source_cells.clone(), places, delay, weight);
        bits.fill(|sink| self.each_place(projection, |source, place| sink(source - first, place)));
        Some(bits)
    }

    fn rows(&self, projection: &Projection, kind: RowKind) -> Option<WeightRows> {
        let (delay, places) = self.dense(projection)?;
        let (width, first) = (places.len(), projection.source_cells.start);
        let size = width * projection.source_cells.len();
        let mut weights = match kind {
            RowKind::F32 => RowWeights::F32(in_large_pages(size)),
            RowKind::F64 => RowWeights::F64(in_large_pages(size)),
        };
        let mut counts = vec![0; projection.source_cells.len()];
        self.each(projection, |s| {
            let row = (s.source - first) as usize;
            let at = row * width + (self.sums.place(projection.target, s.target, s.receptor) - places.start) as usize;
            counts[row] += 1;
            match &mut weights {
                RowWeights::F32(weights) => weights[at] = s.weight as f32,
                RowWeights::F64(weights) => weights[at] = s.weight,
            }
        });
        Some(WeightRows { source_cells: projection.source_cells.clone(), delay, first: places.start, width, weights, counts })
    }
}

/// A table while it is filled.
pub(crate) struct Filling<R> {
    /// While counting: one place on, how many records each row has. While filling: where the row's next record goes, so
    /// that at the end each row's place holds its end.
    cursors: Vec<u32>,
    records: Vec<R>,
    /// Delay of each record, where they differ.
    delays: Vec<u16>,
    /// Synapses that wait for their places: source, delay, record.
    bins: Vec<Vec<(u32, u16, R)>>,
    waiting: usize,
}

/// Sources of a bin: the ends of their rows fit the first cache.
const BIN: u32 = 256;

/// Synapses that wait at most: some megabytes.
const WAITING: usize = 1 << 19;

impl<R> Filling<R> {
    pub(crate) fn new(sources: usize) -> Self {
        let bins = (0..sources.div_ceil(BIN as usize)).map(|_| Vec::new()).collect();
        Self { cursors: vec![0; sources + 1], records: Vec::new(), delays: Vec::new(), bins, waiting: 0 }
    }

    /// One record more in a row.
    pub(crate) fn count(&mut self, source: u32) {
        self.cursors[source as usize + 1] += 1;
    }
}

impl<R: Copy + Default> Filling<R> {
    /// Turns counts into places.
    pub(crate) fn make_room(&mut self, delays_differ: bool) {
        let mut sum = 0;
        for cursor in &mut self.cursors {
            sum += *cursor;
            *cursor = sum;
        }
        self.records = in_large_pages(sum as usize);
        self.delays = vec![0; if delays_differ { sum as usize } else { 0 }];
    }

    #[inline]
    pub(crate) fn add(&mut self, source: u32, delay: u16, record: R) {
        self.bins[(source / BIN) as usize].push((source, delay, record));
        self.waiting += 1;
        if self.waiting == WAITING {
            self.settle();
        }
    }

    /// Puts down what is waiting.
    pub(crate) fn settle(&mut self) {
        for bin in &mut self.bins {
            for (source, delay, record) in bin.drain(..) {
                let cursor = &mut self.cursors[source as usize];
                let at = *cursor as usize;
                *cursor += 1;
                self.records[at] = record;
                if let Some(place) = self.delays.get_mut(at) {
                    *place = delay;
                }
            }
        }
        self.waiting = 0;
    }

    /// The index and the records once all have settled, each row sorted by delay and within it in the order of the targets.
    pub(crate) fn sorted(mut self, delay: Option<u32>) -> (Index, Vec<R>) {
        // Every cursor has moved to where the next row started.
        self.cursors.rotate_right(1);
        self.cursors[0] = 0;
        if let Some(delay) = delay {
            return (Index::Same { delay, starts: self.cursors }, self.records);
        }
        let mut rows = Vec::with_capacity(self.cursors.len());
        let (mut runs, mut sort) = (Vec::new(), Sort::default());
        for row in self.cursors.windows(2) {
            rows.push((runs.len() as u32, row[0]));
            let range = row[0] as usize..row[1] as usize;
            sort.row(&self.delays[range.clone()], &mut self.records[range], &mut runs);
        }
        rows.push((runs.len() as u32, self.records.len() as u32));
        runs.shrink_to_fit();
        (Index::Mixed { rows, runs }, self.records)
    }
}

/// Sorting rows by delay, by counting; the memory is kept between rows.
struct Sort<R> {
    counts: Vec<u32>,
    scratch: Vec<R>,
}

impl<R> Default for Sort<R> {
    fn default() -> Self {
        Self { counts: Vec::new(), scratch: Vec::new() }
    }
}

impl<R: Copy> Sort<R> {
    fn row(&mut self, delays: &[u16], records: &mut [R], runs: &mut Vec<Run>) {
        let (Some(least), Some(most)) = (delays.iter().min(), delays.iter().max()) else { return };
        self.counts.clear();
        self.counts.resize(usize::from(most - least) + 1, 0);
        delays.iter().for_each(|delay| self.counts[usize::from(delay - least)] += 1);
        let mut sum = 0;
        for (delay, count) in (*least..=*most).zip(&mut self.counts) {
            push_runs(runs, delay, *count);
            sum += *count;
            *count = sum - *count;
        }
        self.scratch.clear();
        self.scratch.extend_from_slice(records);
        for (delay, record) in delays.iter().zip(&self.scratch) {
            let at = &mut self.counts[usize::from(delay - least)];
            records[*at as usize] = *record;
            *at += 1;
        }
    }
}

/// Runs of at most 65,535 records.
fn push_runs(runs: &mut Vec<Run>, delay: u16, count: u32) {
    let mut left = count;
    while left > 0 {
        let count = left.min(u32::from(u16::MAX)) as u16;
        runs.push(Run { delay, count });
        left -= u32::from(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_by_delay_and_keep_the_order_of_targets() {
        let mut filling: Filling<u16> = Filling::new(3);
        let synapses = [(0, 7, 1), (2, 3, 2), (0, 5, 3), (0, 7, 4), (2, 3, 5), (0, 5, 6), (2, 1, 7)];
        synapses.iter().for_each(|(source, ..)| filling.cursors[*source as usize + 1] += 1);
        filling.make_room(true);
        synapses.iter().for_each(|(source, delay, record)| filling.add(*source, *delay, *record));
        filling.settle();
        let (index, records) = filling.sorted(None);
        assert_eq!(records, [3, 6, 1, 4, 7, 2, 5], "by source, delay, order of arrival");
        let Index::Mixed { rows, runs } = index else { panic!("delays differ") };
        assert_eq!(rows, [(0, 0), (2, 4), (2, 4), (4, 7)], "first run and record of each row");
        let runs: Vec<(u16, u16)> = runs.iter().map(|r| (r.delay, r.count)).collect();
        assert_eq!(runs, [(5, 2), (7, 2), (1, 1), (3, 2)], "runs");
    }

    #[test]
    fn long_runs_are_cut() {
        let mut runs = Vec::new();
        push_runs(&mut runs, 3, 131_075);
        let counts: Vec<u16> = runs.iter().map(|r| r.count).collect();
        assert_eq!(counts, [65_535, 65_535, 5], "a run counts to 65,535");
    }
}
