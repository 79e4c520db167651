//! A Gaussian current of its own for every connection: `noise_current`. Parallel connections with the same timing are one
//! current of the summed mean and variance.

use super::{Context, Entries, Place, Slot};
use crate::connect::Synapse;
use crate::engine::aligned::AtLine;
use crate::engine::dispatch::{self, Level, Loop};
use crate::engine::lanes::{LANES, Lanes};
use crate::engine::neurons::{BLOCK, Row};
use crate::engine::timeline::Timeline;
use crate::engine::values::ValuesMut;
use crate::normal::{self, Deviates, deviates};
use crate::real::Real;
use crate::stimulus::{Noise, PerUnit};
use std::ops::Range;

/// A private noise projection in one partition: the paths on which currents come.
pub(crate) struct PrivateNoise {
    level: Level,
    /// By target: parallel paths.
    paths: Entries<Path>,
    /// Whether parallel currents of the same timing are one: not where the timing may differ from trial to trial.
    merges: bool,
}

/// The way of a unit's current to a neuron, so many times.
#[derive(Clone, Copy, PartialEq)]
struct Path {
    unit: u32,
    weight: f64,
    times: f64,
    delay: u64,
}

/// The currents of a projection.
pub(crate) struct Currents(Entries<Current>);

/// Gaussian current into one neuron, redrawn every so many ticks of its emission.
#[derive(Clone, Copy, PartialEq)]
struct Current {
    mean: f64,
    variance: f64,
    every: u64,
    first: u64,
    last: u64,
    delay: u64,
}

impl Current {
    fn new(path: &Path, noises: &PerUnit<Noise>) -> Self {
        let (noise, Path { weight, times, delay, .. }) = (noises.get(path.unit as usize), *path);
        Self {
            mean: noise.mean * weight * times,
            variance: (noise.sd * weight) * (noise.sd * weight) * times,
            every: noise.every.max(1),
            first: noise.first,
            last: noise.last,
            delay,
        }
    }

    fn timing(&self) -> (u64, u64, u64, u64) {
        (self.every, self.first, self.last, self.delay)
    }

    /// Whether it flows when it is emitted at a tick.
    fn active(&self, emitted: u64) -> bool {
        (self.first..=self.last).contains(&emitted)
    }

    fn redraws(&self, emitted: u64) -> bool {
        self.active(emitted) && (emitted - self.first).is_multiple_of(self.every)
    }
}

impl PrivateNoise {
    /// `shared`: all units have the same current; `varies`: in some trials another one.
    pub(crate) fn new(context: &Context<'_>, shared: bool, varies: bool) -> Self {
        let path = |s: &Synapse, times| Path { unit: s.source, weight: s.weight, times, delay: context.delay(s) };
        let paths = match context.uniform().filter(|_| shared) {
            Some((times, s)) => Entries::Uniform { cells: context.targets(), entry: path(&s, f64::from(times)) },
            None => context.listed(|synapses, out| out.extend(synapses.iter().map(|s| path(s, 1.0)))),
        };
        Self { level: Level::detect(), paths, merges: !varies }
    }

    /// What flows on its paths where the currents of the units are given.
    pub(crate) fn currents(&self, noises: &PerUnit<Noise>) -> Currents {
        let (starts, list) = match &self.paths {
            Entries::Uniform { cells, entry } => {
                return Currents(Entries::Uniform { cells: cells.clone(), entry: Current::new(entry, noises) });
            }
            Entries::Listed { starts, list } => (starts, list),
        };
        let (mut merged_starts, mut merged): (_, Vec<(Slot, Current)>) = (vec![0], Vec::with_capacity(list.len()));
        for range in starts.windows(2) {
            let block = merged.len();
            for (slot, path) in &list[range[0] as usize..range[1] as usize] {
                let new = Current::new(path, noises);
                let mut parallel = merged[block..].iter_mut().rev().take_while(|(other, _)| other == slot);
                match parallel.find(|(_, c)| self.merges && c.timing() == new.timing()) {
                    Some((_, same)) => {
                        same.mean += new.mean;
                        same.variance += new.variance;
                    }
                    None => merged.push((*slot, new)),
                }
            }
            merged_starts.push(merged.len() as u32);
        }
        Currents(Entries::Listed { starts: merged_starts, list: merged })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.paths.bytes()
    }

    /// Redraws what is due and adds all currents to the rows of injected current.
    pub(crate) fn add_to(
        &self,
        now: &Flow<'_>,
        place: &Place<'_>,
        lanes: &mut [Lanes],
        held: &mut [f64],
        inputs: &mut ValuesMut<'_>,
    ) {
        match inputs {
            ValuesMut::F64(inputs) => self.add_in(now, place, lanes, held, inputs),
            ValuesMut::F32(inputs) => self.add_in(now, place, lanes, held, inputs),
        }
    }

    fn add_in<F: Real>(&self, now: &Flow<'_>, place: &Place<'_>, lanes: &mut [Lanes], held: &mut [f64], inputs: &mut [F]) {
        match &now.currents.own().0 {
            Entries::Uniform { cells, entry } => {
                let Some((Currents(Entries::Uniform { entry, .. }), emitted)) = now.emitted(entry.delay) else { return };
                if entry.active(emitted) {
                    let redraws = entry.redraws(emitted);
                    let held = &mut held[place.offset * BLOCK..];
                    dispatch::run(self.level, Uniform { cells, entry, redraws, place, lanes, held, inputs });
                }
            }
            Entries::Listed { starts, list } => {
                for (offset, lanes) in lanes.iter_mut().enumerate() {
                    let range = place.listed(starts, offset);
                    let block = place.first_block + offset;
                    let chunks = range.clone().step_by(BLOCK).map(|start| start..range.end.min(start + BLOCK));
                    for chunk in chunks {
                        let due = chunk.clone().map(|index| now.entry(index, &list[index].1));
                        let slots = list[chunk.clone()].iter().map(|(slot, _)| *slot);
                        add_listed(slots.zip(due), lanes, &mut held[chunk], |slot, current| {
                            inputs[place.slot(block, slot)] += F::of(current);
                        });
                    }
                }
            }
        }
    }
}

impl Currents {
    /// Values held per block of targets, for so many blocks of the partition: what the state must keep between redraws.
    pub(crate) fn held(&self, blocks: usize) -> usize {
        match &self.0 {
            Entries::Uniform { .. } => blocks * BLOCK,
            Entries::Listed { list, .. } => list.len(),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

/// A tick, and what is emitted when.
pub(crate) struct Flow<'a> {
    pub(crate) tick: u64,
    pub(crate) currents: &'a Timeline<Currents>,
}

impl<'a> Flow<'a> {
    /// What was emitted a delay ago, and when.
    fn emitted(&self, delay: u64) -> Option<(&'a Currents, u64)> {
        self.currents.at(self.tick.checked_sub(delay)?)
    }

    /// An entry of the list as it was when that was emitted which arrives now, and when that was. `own` is the entry in this
    /// stretch of time.
    fn entry(&self, index: usize, own: &Current) -> Option<(&'a Current, u64)> {
        let (Currents(Entries::Listed { list, .. }), emitted) = self.emitted(own.delay)? else { return None };
        Some((&list.get(index)?.1, emitted))
    }
}

/// At most 64 currents of a block, each with the tick of its emission, handed to `add`.
fn add_listed<'a>(
    entries: impl Iterator<Item = (Slot, Option<(&'a Current, u64)>)> + Clone,
    lanes: &mut Lanes,
    held: &mut [f64],
    mut add: impl FnMut(Slot, f64),
) {
    let redraws = |entry: &Option<(&Current, u64)>| entry.is_some_and(|(current, emitted)| current.redraws(emitted));
    if entries.clone().any(|(_, entry)| redraws(&entry)) {
        let mut fresh = [0.0; BLOCK];
        gaussian(deviates(), lanes, &mut fresh);
        let due = entries.clone().map(|(_, entry)| redraws(&entry));
        held.iter_mut().zip(fresh).zip(due).filter(|x| x.1).for_each(|((h, z), _)| *h = z);
    }
    for ((slot, entry), z) in entries.zip(held) {
        if let Some((c, _)) = entry.filter(|(c, emitted)| c.active(*emitted)) {
            add(slot, c.mean + c.variance.sqrt() * *z);
        }
    }
}

/// One tick of a current that all cells of a range have alike.
struct Uniform<'a, F> {
    cells: &'a Range<u32>,
    entry: &'a Current,
    redraws: bool,
    place: &'a Place<'a>,
    lanes: &'a mut [Lanes],
    held: &'a mut [f64],
    inputs: &'a mut [F],
}

impl<F: Real> Loop for Uniform<'_, F> {
    #[inline(always)]
    fn run(self) {
        let table = deviates();
        let (mean, sd) = (self.entry.mean, self.entry.variance.sqrt());
        let blocks = self.lanes.iter_mut().zip(self.held.as_chunks_mut::<BLOCK>().0);
        for (block, (lanes, held)) in (self.place.first_block..).zip(blocks) {
            if self.redraws {
                gaussian(table, lanes, held);
            }
            let row = &mut self.inputs[self.place.current_row(block)];
            let valid = self.place.lanes_of(block, self.cells);
            for (input, z) in row[valid.clone()].iter_mut().zip(&held[valid]) {
                *input += F::of(mean + sd * z);
            }
        }
    }
}

/// Standard normal draws of 32 bits each; those far out take 32 more, from a second row of bits that is drawn if any does.
#[inline(always)]
fn gaussian(table: &Deviates, lanes: &mut Lanes, out: &mut Row) {
    let AtLine(bits) = &AtLine(row_of_bits(lanes));
    table.fill(bits, out);
    if bits.iter().fold(false, |any, bits| any | normal::needs_more(*bits)) {
        refine(table, bits, lanes, out);
    }
}

#[cold]
fn refine(table: &Deviates, bits: &[u32; BLOCK], lanes: &mut Lanes, out: &mut Row) {
    for ((z, high), low) in out.iter_mut().zip(bits).zip(row_of_bits(lanes)) {
        if normal::needs_more(*high) {
            *z = table.of_bits(u64::from(*high) << 32 | u64::from(low));
        }
    }
}

#[inline(always)]
fn row_of_bits(lanes: &mut Lanes) -> [u32; BLOCK] {
    let AtLine(bits) = &mut AtLine([0; BLOCK]);
    for chunk in bits.as_chunks_mut::<LANES>().0 {
        *chunk = lanes.bits();
    }
    *bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal_cdf;

    struct Draw<'a>(&'a mut Lanes, &'a mut Vec<f64>);

    impl Loop for Draw<'_> {
        #[inline(always)]
        fn run(self) {
            let mut row = [0.0; BLOCK];
            gaussian(deviates(), self.0, &mut row);
            self.1.extend(row);
        }
    }

    fn draws(level: Level, rows: usize) -> Vec<f64> {
        let (mut lanes, mut drawn) = (Lanes::new(5, 9), Vec::new());
        (0..rows).for_each(|_| dispatch::run(level, Draw(&mut lanes, &mut drawn)));
        drawn
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let [first, others @ ..] = &Level::all()[..] else { panic!("no level") };
        let expected = draws(*first, 2000);
        assert!(others.iter().all(|level| draws(*level, 2000) == expected), "all levels agree");
    }

    #[test]
    fn draws_are_normal() {
        let mut drawn = draws(Level::detect(), 40_000);
        let n = drawn.len() as f64;
        let moment = |k: i32| drawn.iter().map(|z| z.powi(k)).sum::<f64>() / n;
        // The moments of the normal distribution, and the variances of these sums.
        for (k, expected, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)] {
            let score = (moment(k) - expected) / (variance / n).sqrt();
            assert!(score.abs() < 3.3, "moment {k} is {}, {score} standard deviations off", moment(k));
        }
        // Those that took more bits are the outermost 2^-16: Poisson, to a good approximation.
        let far = drawn.iter().filter(|z| normal_cdf(-z.abs()) < 0.5_f64.powi(17)).count() as f64;
        let expected = n / 65_536.0;
        assert!((far - expected).abs() < 3.3 * expected.sqrt(), "{far} far out, expected {expected}");
        drawn.sort_by(f64::total_cmp);
        let distance = |(i, z): (usize, &f64)| (normal_cdf(*z) - (i as f64 + 0.5) / n).abs();
        let largest = drawn.iter().enumerate().map(distance).fold(0.0, f64::max);
        assert!(largest * n.sqrt() < 1.95, "Kolmogorov-Smirnov, p = 0.001: {}", largest * n.sqrt());
    }

    #[test]
    fn far_draws_take_more_bits() {
        let mut lanes = Lanes::new(5, 9);
        let mut seen = 0;
        for _ in 0..20_000 {
            let mut plain = lanes.clone();
            let mut row = [0.0; BLOCK];
            gaussian(deviates(), &mut lanes, &mut row);
            let high = row_of_bits(&mut plain);
            let any = high.iter().any(|bits| normal::needs_more(*bits));
            let low = if any { row_of_bits(&mut plain) } else { [1 << 31; BLOCK] };
            assert_eq!(plain, lanes, "a second row of bits is drawn for rows with far draws only");
            for i in 0..BLOCK {
                let wide = deviates().of_bits(u64::from(high[i]) << 32 | u64::from(low[i]));
                let far = normal::needs_more(high[i]);
                seen += usize::from(far);
                assert!(if far { row[i] == wide } else { (row[i] - wide).abs() < 1e-4 }, "lane {i}: {} for {wide}", row[i]);
            }
        }
        assert!(seen > 5, "{seen} far draws were seen");
    }
}
