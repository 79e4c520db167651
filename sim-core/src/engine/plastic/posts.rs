//! The targets' spikes, as far back as some synapse has yet to see them: a ring for each target, all of the same length.

use super::memory::NEVER;
use crate::engine::delivery::prefetch;
use crate::engine::values::{Values, Width};
use crate::real::Precision;

/// Spikes kept of each target at first. A ring that is full makes the synapses catch up; one that is still full then grows.
const AT_FIRST: usize = 16;

/// Rings longer than this make all synapses catch up rather than grow.
const WORTH_GROWING: usize = 64;

/// Spikes that are looked through one by one.
const NEAR: usize = 4;

/// The last spikes of the targets of a table.
#[derive(Clone, Debug)]
pub(crate) struct Posts {
    /// Spikes that a ring holds; a power of two.
    room: usize,
    /// Numbers kept of each spike.
    width: usize,
    /// By target: spikes so far, and the tick of the last.
    counts: Vec<u32>,
    newest: Vec<i32>,
    ticks: Vec<i32>,
    kept: Values,
}

/// To be looked through: the spikes with numbers `F`, `Y` of each.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a, F, const Y: usize> {
    room: usize,
    counts: &'a [u32],
    newest: &'a [i32],
    ticks: &'a [i32],
    kept: &'a [F],
}

/// The ring of one target.
#[derive(Clone, Copy)]
pub(crate) struct Ring<'a, F, const Y: usize> {
    /// Spikes so far.
    pub(crate) count: u32,
    ticks: &'a [i32],
    kept: &'a [F],
}

impl Posts {
    pub(crate) fn new(targets: usize, width: usize, precision: Precision) -> Self {
        let places = targets * AT_FIRST;
        Self {
            room: AT_FIRST,
            width,
            counts: vec![0; targets],
            newest: vec![NEVER; targets],
            ticks: vec![0; places],
            kept: Values::new(precision, vec![0.0; places * width]),
        }
    }

    /// Whether a target's next spike would overwrite one that is still needed, if all spikes up to `seen` have been: of
    /// those, the last is needed for its traces.
    pub(crate) fn is_full(&self, target: usize, seen: i32) -> bool {
        let count = self.counts[target] as usize;
        count >= self.room && self.ticks[target * self.room + (count + 1) % self.room] > seen
    }

    /// Whether rings should grow before synapses are made to catch up.
    pub(crate) fn may_grow(&self) -> bool {
        self.room < WORTH_GROWING
    }

    /// Doubles all rings.
    pub(crate) fn grow(&mut self) {
        let old = self.clone();
        self.room *= 2;
        let places = self.counts.len() * self.room;
        self.ticks = vec![0; places];
        let mut kept = vec![0.0; places * self.width];
        for (target, count) in self.counts.iter().enumerate() {
            let count = *count as usize;
            for spike in count.saturating_sub(old.room)..count {
                let (from, to) = (target * old.room + spike % old.room, target * self.room + spike % self.room);
                self.ticks[to] = old.ticks[from];
                for i in 0..self.width {
                    kept[to * self.width + i] = old.kept.get(from * self.width + i);
                }
            }
        }
        self.kept = Values::new(self.kept.precision(), kept);
    }

    /// Enters a spike; `keep` makes what is kept of it from what was kept of the last, and the ticks since.
    pub(crate) fn push<F: Width, const Y: usize>(
        &mut self,
        target: usize,
        tick: i32,
        keep: impl FnOnce(&[F; Y], Option<i32>) -> [F; Y],
    ) {
        let look = self.look::<F, Y>();
        let ring = look.ring(target);
        let new = match ring.count.checked_sub(1) {
            Some(last) => keep(ring.kept(last), Some(tick - ring.tick(last))),
            None => keep(&[F::default(); Y], None),
        };
        let place = target * self.room + self.counts[target] as usize % self.room;
        self.ticks[place] = tick;
        self.newest[target] = tick;
        F::slice(&mut self.kept.as_mut())[place * Y..][..Y].copy_from_slice(&new);
        self.counts[target] += 1;
    }

    /// Takes back the spikes of a tick, of all targets that have not fired since.
    pub(crate) fn take_back(&mut self, tick: i32) {
        for target in (0..self.counts.len()).filter(|target| self.newest[*target] == tick).collect::<Vec<_>>() {
            let last = |count: u32| self.ticks[target * self.room + (count as usize - 1) % self.room];
            let mut count = self.counts[target];
            while count > 0 && last(count) == tick {
                count -= 1;
            }
            self.newest[target] = if count > 0 { last(count) } else { NEVER };
            self.counts[target] = count;
        }
    }

    pub(crate) fn look<F: Width, const Y: usize>(&self) -> Look<'_, F, Y> {
        Look { room: self.room, counts: &self.counts, newest: &self.newest, ticks: &self.ticks, kept: F::all(&self.kept) }
    }

    /// Takes over the rings of some targets of others, in order.
    pub(crate) fn gather<'a>(parts: impl Iterator<Item = (&'a Self, std::ops::Range<usize>)> + Clone) -> Option<Self> {
        let room = parts.clone().map(|(posts, _)| posts.room).max()?;
        let (first, _) = parts.clone().next()?;
        let mut all = Self {
            room,
            counts: Vec::new(),
            newest: Vec::new(),
            ticks: Vec::new(),
            kept: Values::new(first.kept.precision(), Vec::new()),
            ..*first
        };
        for (posts, targets) in parts {
            let mut posts = posts.clone();
            while posts.room < room {
                posts.grow();
            }
            all.counts.extend_from_slice(&posts.counts[targets.clone()]);
            all.newest.extend_from_slice(&posts.newest[targets.clone()]);
            all.ticks.extend_from_slice(&posts.ticks[targets.start * room..targets.end * room]);
            all.kept.extend(&posts.kept, targets.start * room * all.width..targets.end * room * all.width);
        }
        Some(all)
    }
}

impl<'a, F, const Y: usize> Look<'a, F, Y> {
    /// The tick of a target's last spike.
    #[inline(always)]
    pub(crate) fn newest(&self, target: usize) -> i32 {
        self.newest[target]
    }

    /// Starts fetching the tick of a target's last spike in its ring.
    #[inline(always)]
    pub(crate) fn fetch(&self, target: usize) {
        let last = self.counts[target].wrapping_sub(1) as usize & (self.room - 1);
        prefetch(self.ticks.as_ptr().wrapping_add(target * self.room + last));
    }

    /// Spikes of a target so far.
    #[inline(always)]
    pub(crate) fn count(&self, target: usize) -> u32 {
        self.counts[target]
    }

    #[inline(always)]
    pub(crate) fn ring(&self, target: usize) -> Ring<'a, F, Y> {
        let places = target * self.room..(target + 1) * self.room;
        Ring {
            count: self.counts[target],
            ticks: &self.ticks[places.clone()],
            kept: &self.kept[places.start * Y..places.end * Y],
        }
    }
}

impl<'a, F, const Y: usize> Ring<'a, F, Y> {
    /// When a spike was; one that the ring still holds.
    #[inline(always)]
    pub(crate) fn tick(&self, spike: u32) -> i32 {
        self.ticks[spike as usize & (self.ticks.len() - 1)]
    }

    /// What was kept of it.
    #[inline(always)]
    pub(crate) fn kept(&self, spike: u32) -> &'a [F; Y] {
        let place = spike as usize & (self.ticks.len() - 1);
        self.kept[place * Y..].first_chunk().expect("a ring has as many numbers as its spikes need")
    }

    /// Oldest spike that the ring holds.
    #[inline(always)]
    pub(crate) fn oldest(&self) -> u32 {
        self.count.saturating_sub(self.ticks.len() as u32)
    }

    /// Number of the first spike after `tick`, looking back from spike `from`.
    #[inline(always)]
    pub(crate) fn after(&self, tick: i32, from: u32) -> u32 {
        let (oldest, mut spike) = (self.oldest(), from);
        for _ in 0..NEAR {
            if spike == oldest || self.tick(spike - 1) <= tick {
                return spike;
            }
            spike -= 1;
        }
        let (mut low, mut high) = (oldest, spike);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.tick(middle) > tick { high = middle } else { low = middle + 1 }
        }
        low
    }
}
