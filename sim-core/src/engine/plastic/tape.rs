//! The reward, integrated once for all synapses of a table.
//!
//! A synapse with the eligibility c at tick a, and no spike until b, gains by then
//!
//! ```text
//! c * integral from a to b of exp(-(s-a)/tau_c) (reward(s) - b) ds  =  c * exp((a-T)/tau_c) * (S(b) - S(a))
//! ```
//!
//! with S the integral from T on, discounted from T on. T is the start of a block of about tau_c: S would run out of digits later.
//! At the ends of blocks, and where the reward turns from above b to below or back, a stretch ends and the next begins: so within
//! one a weight moves in one direction, and keeping it within its bounds at the end is keeping it so all the time.
//! Once a block is long enough ago, all synapses are brought to its end (they are swept), and it is forgotten.

use super::memory::is_past;
use crate::math;
use crate::plasticity::Eligibility;
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};

/// Most ticks of a block.
const LONGEST: f64 = 16_384.0;

/// What does not change.
pub(super) struct Reel {
    eligibility: Eligibility,
    /// Ticks of a block.
    length: usize,
    /// exp(n h / tau_c) and exp(-n h / tau_c), up to a block.
    up: Vec<f64>,
    down: Vec<f64>,
    /// The integrals over a step of what fades from 1: the reward and the eligibility with it, the eligibility alone.
    both: f64,
    alone: f64,
}

impl Reel {
    pub(super) fn new(eligibility: Eligibility) -> Self {
        let (step, tau_c) = (eligibility.grid.step_ms(), eligibility.tau_c_ms);
        let length = (tau_c / step).round().clamp(1.0, LONGEST) as usize;
        let powers = |sign: f64| (0..=length).map(|n| math::exp(sign * n as f64 * step / tau_c)).collect();
        let integral = |rate: f64| -math::exp_m1(-step * rate) / rate;
        let both = integral(1.0 / tau_c + eligibility.tau_n_ms.map_or(0.0, |tau_n| 1.0 / tau_n));
        Self { length, up: powers(1.0), down: powers(-1.0), both, alone: integral(1.0 / tau_c), eligibility }
    }

    /// Bytes of a tape, roughly.
    pub(super) fn tape_bytes(&self) -> usize {
        HELD * (self.length + 1) * size_of::<f64>()
    }
}

/// Blocks that are held at a time, for delays below one.
const HELD: usize = 2;

/// What is known of the reward, and how far synapses have followed it.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    /// The first tick that is held, at which a block begins.
    start: i32,
    /// Block by block, a number for each tick and one for the end: S.
    sums: Vec<f64>,
    /// Ticks at which stretches end, ascending.
    ends: Vec<i32>,
    /// Whether the reward was above b (1) or below (-1) last.
    sign: f64,
    /// Ticks that are known, from the first one held.
    known: usize,
    /// Synapses without later spikes are as of this tick.
    swept: i32,
}

impl Tape {
    /// The first tick at whose end the reward is not known.
    pub(super) fn known(&self) -> i32 {
        self.start + self.known as i32
    }

    /// Takes in the reward at the end of the next tick: it is known then for the step after it.
    pub(super) fn take(&mut self, reel: &Reel, bus: &[f64]) {
        let (now, within, Eligibility { reward, b, .. }) = (self.known(), self.known % reel.length, &reel.eligibility);
        if self.sums.is_empty() {
            self.sums.push(0.0);
        }
        let change = reward.at(bus) * reel.both - b * reel.alone;
        if change * self.sign < 0.0 && self.ends.last() != Some(&now) {
            self.ends.push(now);
        }
        self.sign = if change == 0.0 { self.sign } else { change.signum() };
        self.sums.push(self.sums.last().copied().unwrap_or(0.0) + reel.down[within] * change);
        self.known += 1;
        if within + 1 == reel.length {
            self.ends.push(now + 1);
            self.sums.push(0.0);
        }
    }

    /// The tick that synapses should be brought to, where a block ends by `tick` that they have not followed to its end.
    pub(super) fn due(&self, reel: &Reel, tick: i32) -> Option<i32> {
        let blocks = (tick - self.start).max(0) as usize / reel.length;
        let end = self.start + (blocks * reel.length) as i32;
        (end > self.swept).then_some(end)
    }

    /// All synapses have been brought to the end of a block: forgets what was before.
    pub(super) fn forget(&mut self, reel: &Reel, tick: i32) {
        let blocks = (tick - self.start) as usize / reel.length;
        self.sums.drain(..blocks * (reel.length + 1));
        self.ends.drain(..self.ends.partition_point(|end| *end <= tick));
        self.known -= blocks * reel.length;
        (self.start, self.swept) = (tick, tick);
    }

    /// The stretches of a time without spikes: gain and what is left for each.
    #[inline(always)]
    pub(super) fn stretches(&self, reel: &Reel, from: i32, to: i32, mut each: impl FnMut(f64, f64)) {
        let (mut from, to) = (from.max(self.swept), to.min(self.known()));
        if from >= to {
            return;
        }
        for end in self.ends[self.ends.partition_point(|end| *end <= from)..].iter().copied().chain([to]) {
            let (end, at) = (end.min(to), (from - self.start) as usize);
            let (block, within, ticks) = (at / reel.length, at % reel.length, (end - from) as usize);
            let sums = &self.sums[block * (reel.length + 1) + within..];
            each(reel.up[within] * (sums[ticks] - sums[0]), reel.down[ticks]);
            from = end;
            if from == to {
                return;
            }
        }
    }

    /// Synapses have got what there was until now: they fade, but gain nothing from it any more.
    pub(super) fn mute(&mut self) {
        self.sums.fill(0.0);
    }

    /// Writes it.
    pub(crate) fn write(&self, out: &mut Writer) {
        let Self { start, sums, ends, sign, known, swept } = self;
        out.put(*start);
        out.list(sums.iter().copied());
        out.list(ends.iter().copied());
        out.put(*sign);
        out.put(*known as u64);
        out.put(*swept);
    }

    /// What was written: nothing of it is after now.
    pub(crate) fn read(now: i32, bytes: &mut Reader<'_>) -> Result<Self, SnapshotError> {
        let (start, sums, ends, sign) = (bytes.get()?, bytes.list::<f64>()?, bytes.list()?, bytes.get()?);
        let (known, swept) = (bytes.get::<u64>()? as usize, bytes.get()?);
        // A number for each tick, and at least the one for the end of the last.
        let spans = known <= sums.len() && start >= 0 && i64::from(start) + known as i64 <= i64::from(now) + 2;
        if !spans || !is_past(swept, now) || !ends.iter().all(|end| is_past(*end, now)) || !ends.is_sorted() {
            return Err(bytes.wrong());
        }
        Ok(Self { start, sums, ends, sign, known, swept })
    }

    /// Moves all that happened in time.
    pub(crate) fn delay(&mut self, by: i32) {
        self.start += by;
        self.swept += by;
        self.ends.iter_mut().for_each(|end| *end += by);
    }
}

/// Written out for `clone_from`, which takes no new memory where the sizes agree.
impl Clone for Tape {
    fn clone(&self) -> Self {
        let Self { start, sums, ends, sign, known, swept } = self;
        Self { start: *start, sums: sums.clone(), ends: ends.clone(), sign: *sign, known: *known, swept: *swept }
    }

    fn clone_from(&mut self, source: &Self) {
        let Self { start, sums, ends, sign, known, swept } = self;
        sums.clone_from(&source.sums);
        ends.clone_from(&source.ends);
        (*start, *sign, *known, *swept) = (source.start, source.sign, source.known, source.swept);
    }
}
