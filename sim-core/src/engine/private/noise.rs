//! A Gaussian current of its own for every connection: `noise_current`. Parallel connections with the same timing are one
//! current of the summed mean and variance.

use super::{Context, Entries, Place, Slot};
use crate::engine::dispatch::{self, Level, Loop};
use crate::engine::lanes::{LANES, Lanes};
use crate::engine::neurons::{BLOCK, Row};
use crate::engine::values::ValuesMut;
use crate::normal::{self, Deviates, deviates};
use crate::real::Real;
use crate::stimulus::{Noise, PerUnit};
use std::ops::Range;

/// A private noise projection in one partition.
pub(crate) struct PrivateNoise {
    level: Level,
    entries: Entries<Current>,
}

/// Gaussian current into one neuron, redrawn every so many ticks.
#[derive(Clone, Copy, PartialEq)]
struct Current {
    mean: f64,
    variance: f64,
    every: u64,
    first: u64,
    last: u64,
}

impl Current {
    fn new(noise: &Noise, weight: f64, times: f64, delay: u64) -> Self {
        Self {
            mean: noise.mean * weight * times,
            variance: (noise.sd * weight) * (noise.sd * weight) * times,
            every: noise.every.max(1),
            first: noise.first + delay,
            last: noise.last.saturating_add(delay),
        }
    }

    fn active(&self, tick: u64) -> bool {
        (self.first..=self.last).contains(&tick)
    }

    fn redraws(&self, tick: u64) -> bool {
        self.active(tick) && (tick - self.first).is_multiple_of(self.every)
    }
}

impl PrivateNoise {
    pub(crate) fn new(context: &Context<'_>, noises: &PerUnit<Noise>) -> Self {
        let entries = match (context.uniform(), noises) {
            (Some((times, s)), PerUnit::Shared(noise)) => Entries::Uniform {
                cells: context.targets(),
                entry: Current::new(noise, s.weight, f64::from(times), context.delay(&s)),
            },
            _ => context.listed(|synapses, out| {
                let start = out.len();
                for s in synapses {
                    let new = Current::new(noises.get(s.source as usize), s.weight, 1.0, context.delay(s));
                    let timing = |c: &Current| (c.every, c.first, c.last);
                    match out[start..].iter_mut().find(|c| timing(c) == timing(&new)) {
                        Some(same) => {
                            same.mean += new.mean;
                            same.variance += new.variance;
                        }
                        None => out.push(new),
                    }
                }
            }),
        };
        Self { level: Level::detect(), entries }
    }

    /// Values held per block of targets, for blocks `blocks` of the partition: what the state must keep between redraws.
    pub(crate) fn held(&self, blocks: usize) -> usize {
        match &self.entries {
            Entries::Uniform { .. } => blocks * BLOCK,
            Entries::Listed { list, .. } => list.len(),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.entries.bytes()
    }

    /// Redraws what is due and adds all currents to the rows of injected current.
    pub(crate) fn add_to(&self, tick: u64, place: &Place<'_>, lanes: &mut [Lanes], held: &mut [f64], inputs: &mut ValuesMut<'_>) {
        match inputs {
            ValuesMut::F64(inputs) => self.add_in(tick, place, lanes, held, inputs),
            ValuesMut::F32(inputs) => self.add_in(tick, place, lanes, held, inputs),
        }
    }

    fn add_in<F: Real>(&self, tick: u64, place: &Place<'_>, lanes: &mut [Lanes], held: &mut [f64], inputs: &mut [F]) {
        match &self.entries {
            Entries::Uniform { cells, entry } => {
                if entry.active(tick) {
                    let redraws = entry.redraws(tick);
                    let held = &mut held[place.offset * BLOCK..];
                    dispatch::run(self.level, Uniform { cells, entry, redraws, place, lanes, held, inputs });
                }
            }
            Entries::Listed { starts, list } => {
                for (offset, lanes) in lanes.iter_mut().enumerate() {
                    let range = place.listed(starts, offset);
                    let block = place.first_block + offset;
                    for (entries, held) in list[range.clone()].chunks(BLOCK).zip(held[range].chunks_mut(BLOCK)) {
                        add_listed(tick, entries, lanes, held, |slot, current| inputs[place.slot(block, slot)] += F::of(current));
                    }
                }
            }
        }
    }
}

/// At most 64 currents of a block, handed to `add`.
fn add_listed(tick: u64, entries: &[(Slot, Current)], lanes: &mut Lanes, held: &mut [f64], mut add: impl FnMut(Slot, f64)) {
    if entries.iter().any(|(_, c)| c.redraws(tick)) {
        let mut fresh = [0.0; BLOCK];
        gaussian(deviates(), lanes, &mut fresh);
        let due = entries.iter().map(|(_, c)| c.redraws(tick));
        held.iter_mut().zip(fresh).zip(due).filter(|x| x.1).for_each(|((h, z), _)| *h = z);
    }
    for ((slot, c), z) in entries.iter().zip(held) {
        if c.active(tick) {
            add(*slot, c.mean + c.variance.sqrt() * *z);
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
    let bits = row_of_bits(lanes);
    table.fill(&bits, out);
    if bits.iter().fold(false, |any, bits| any | normal::needs_more(*bits)) {
        refine(table, &bits, lanes, out);
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
    let mut bits = [0; BLOCK];
    for chunk in bits.as_chunks_mut::<LANES>().0 {
        *chunk = lanes.bits();
    }
    bits
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
