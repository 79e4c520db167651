//! The same in the numbers of the chip: traces and decays with 11 bits behind the point, weights and amplitudes with 15. All are whole
//! numbers, kept as doubles; a weight, in pA, is one of 1000 / 2^15.

use super::{PA_PER_NA, Release};
use crate::plasticity::clipped;
use sim_core::math;
use sim_core::plasticity::{Conventions, PostSpike, PreSpike, Rule, Setup};
use sim_core::time::Grid;

/// Bits behind the point of traces and decays.
const TRACE_POINT: u32 = 11;
/// 1 as a trace.
const ONE: i64 = 1 << TRACE_POINT;
/// 1 nA as a weight.
const NANOAMPERE: f64 = 32_768.0;

#[derive(Clone)]
pub(super) struct OnChip {
    release: Release,
    plus: Table,
    minus: Table,
    amplitudes: [i64; 2],
    bounds: [f64; 2],
    /// Of 16-bit weights one is so many of the 32-bit ones.
    step: i64,
}

/// exp(-n h / tau) as it stands in the chip's memory: by tick, 0 beyond.
#[derive(Clone)]
struct Table(Vec<i64>);

impl Table {
    fn new(tau_ms: f64, grid: Grid) -> Self {
        let rate = grid.step_ms() / tau_ms;
        // Even, as two entries share a word; as long as there is something left.
        let length = (math::ln(ONE as f64) / rate).min(1e6) as usize;
        let length = length.next_multiple_of(2).max(2);
        Self((0..length).map(|ticks| (math::exp(-(ticks as f64) * rate) * ONE as f64) as i64).collect())
    }

    fn after(&self, ticks: i32) -> i64 {
        usize::try_from(ticks).ok().and_then(|ticks| self.0.get(ticks)).copied().unwrap_or(0)
    }

    /// A trace that grows by 1 at each spike. It has 16 bits.
    fn trace(&self, last: f64, since: Option<i32>) -> f64 {
        let left = since.map_or(0, |since| product(last as i64, self.after(since)));
        (left + ONE).min(i64::from(i16::MAX)) as f64
    }
}

/// A number times one with the point of traces, rounded down.
fn product(number: i64, trace: i64) -> i64 {
    (number * trace) >> TRACE_POINT
}

/// A weight in pA as the chip's 32-bit number, and back: both are exact.
fn to_chip(weight: f64) -> i64 {
    (weight / PA_PER_NA * NANOAMPERE).round() as i64
}

fn from_chip(number: i64) -> f64 {
    number as f64 * PA_PER_NA / NANOAMPERE
}

impl OnChip {
    /// `quantum`: one of the 16-bit weights, in pA.
    pub(super) fn new(setup: &Setup<'_>, quantum: f64) -> Self {
        let release = Release::of(setup);
        Self {
            release,
            plus: Table::new(setup.constant(0), setup.grid),
            minus: Table::new(setup.constant(1), setup.grid),
            amplitudes: release.amplitudes.map(to_chip),
            bounds: [setup.bounds.0, setup.bounds.1].map(|bound| from_chip(to_chip(bound))),
            step: to_chip(quantum).max(1),
        }
    }
}

impl Rule<f64, 1, 1, 1> for OnChip {
    type Moment = ();
    /// Shrinking, in the chip's numbers.
    type Facing = i64;

    fn conventions(&self) -> Conventions {
        self.release.conventions()
    }

    fn history(&self) -> Option<u32> {
        self.release.history
    }

    fn moment(&self, _: &[f64]) {}

    fn source(&self, [last]: &[f64; 1], since: Option<i32>) -> [f64; 1] {
        [self.plus.trace(*last, since)]
    }

    fn target(&self, [last]: &[f64; 1], since: Option<i32>, (): &()) -> [f64; 1] {
        [self.minus.trace(*last, since)]
    }

    fn facing(&self, post: Option<(&[f64; 1], i32)>, (): &()) -> i64 {
        post.map_or(0, |([trace], since)| product(self.amplitudes[1], product(*trace as i64, self.minus.after(since))))
    }

    fn reach(&self) -> i32 {
        self.plus.0.len() as i32
    }

    fn on_post(&self, synapse: &mut [f64; 1], [trace]: &[f64; 1], spike: PostSpike<'_, f64, 1>) {
        let growth = product(self.amplitudes[0], product(*trace as i64, self.plus.after(spike.since)));
        synapse[0] = from_chip(to_chip(synapse[0]) + growth);
    }

    fn on_pre(&self, synapse: &mut [f64; 1], _: &[f64; 1], by: &i64, _: PreSpike) {
        let weight = clipped(from_chip(to_chip(synapse[0]) - by), self.bounds[0], self.bounds[1]);
        // Back to 16 bits: what is below their last is lost.
        synapse[0] = from_chip(to_chip(weight) / self.step * self.step);
    }

    fn clip(&self, synapse: &mut [f64; 1]) {
        if self.release.clips_each {
            synapse[0] = clipped(synapse[0], self.bounds[0], self.bounds[1]);
        }
    }
}
