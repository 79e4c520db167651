//! The last spikes of each target side by side: found with one look by a synapse that has more of them to work off than a view shows,
//! as its source fires less than its target, or of whose delay there is no view.

use super::memory::NEVER;
use super::posts::Posts;
use crate::engine::values::{Values, Width};
use crate::real::Precision;

/// Spikes of a target.
pub(super) const RECENT: usize = 8;

/// Synapses for whose search those of one target are kept, on average: they take two or three bytes of each at most.
const SEARCHED: f64 = 24.0;

/// The ticks of a target's last spikes, the newest first; [`NEVER`] where there are not so many.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(super) struct Ticks([i32; RECENT]);

/// The last spikes of all targets of a table, or of none.
#[derive(Clone, Debug)]
pub(super) struct Recent {
    ticks: Vec<Ticks>,
    /// By target, then spike, the newest first: what is kept of it.
    kept: Values,
}

/// To be looked at: numbers `F`, `Y` of each spike.
#[derive(Clone, Copy)]
pub(super) struct Recents<'a, F, const Y: usize> {
    ticks: &'a [Ticks],
    kept: &'a [F],
}

/// The last spikes of one target.
#[derive(Clone, Copy)]
pub(super) struct Last<'a, F, const Y: usize> {
    ticks: &'a [i32; RECENT],
    kept: &'a [F],
}

/// Those that are new to a synapse, the newest first: the place of this, and how many they are.
#[derive(Clone, Copy)]
pub(super) struct News {
    pub(super) first: usize,
    pub(super) count: usize,
}

impl Recent {
    /// Bytes of a target, of each of whose spikes so many numbers are kept.
    pub(super) fn bytes(width: usize, precision: Precision) -> usize {
        size_of::<Ticks>() + RECENT * width * precision.bytes()
    }

    /// Whether to keep them: where synapses are few, they would take more than these do.
    pub(super) fn of_use(targets: f64, synapses: f64) -> bool {
        targets * SEARCHED <= synapses
    }

    pub(super) fn new(targets: usize, width: usize, precision: Precision) -> Self {
        let kept = Values::new(precision, vec![0.0; targets * RECENT * width]);
        Self { ticks: vec![Ticks([NEVER; RECENT]); targets], kept }
    }

    /// Enters a spike.
    pub(super) fn push<F: Width, const Y: usize>(&mut self, target: usize, tick: i32, new: &[F; Y]) {
        let Some(Ticks(ticks)) = self.ticks.get_mut(target) else { return };
        ticks.copy_within(..RECENT - 1, 1);
        ticks[0] = tick;
        let mut kept = self.kept.as_mut();
        let kept = &mut F::slice(&mut kept)[target * RECENT * Y..][..RECENT * Y];
        kept.copy_within(..(RECENT - 1) * Y, Y);
        kept[..Y].copy_from_slice(new);
    }

    /// Looks up the last spikes of a target anew. Those that all synapses have seen may be missing, but for the last.
    pub(super) fn turn(&mut self, target: usize, posts: &Posts) {
        let Some(Ticks(ticks)) = self.ticks.get_mut(target) else { return };
        *ticks = [NEVER; RECENT];
        for (number, spike) in posts.last_by(target, i32::MAX).take(RECENT).enumerate() {
            ticks[number] = spike.tick;
            let first = (target * RECENT + number) * spike.width;
            (0..spike.width).for_each(|i| self.kept.set(first + i, spike.kept.get(spike.first + i)));
        }
    }

    /// Moves all spikes in time.
    pub(super) fn delay(&mut self, by: i32) {
        super::posts::delay(self.ticks.iter_mut().flat_map(|ticks| &mut ticks.0), by);
    }

    pub(super) fn look<F: Width, const Y: usize>(&self) -> Recents<'_, F, Y> {
        Recents { ticks: &self.ticks, kept: F::all(&self.kept) }
    }
}

impl<'a, F: Copy, const Y: usize> Recents<'a, F, Y> {
    /// Of a target of which they are kept.
    #[inline(always)]
    pub(super) fn of(&self, target: usize) -> Last<'a, F, Y> {
        Last { ticks: &self.ticks[target].0, kept: &self.kept[target * RECENT * Y..][..RECENT * Y] }
    }

    /// A target's spikes after the tick `low` and before `now`. `None` where there may be more of them, where one is of `now`, or where they
    /// are not kept.
    #[inline(always)]
    pub(super) fn news(&self, target: usize, low: i32, now: i32) -> Option<(Last<'a, F, Y>, News)> {
        let last = (!self.ticks.is_empty()).then(|| self.of(target))?;
        last.news(low, now).map(|news| (last, news))
    }
}

impl<F: Copy, const Y: usize> Last<'_, F, Y> {
    /// How many are after a tick.
    #[inline(always)]
    fn after(&self, tick: i32) -> usize {
        self.ticks.iter().map(|last| i32::from(*last > tick)).sum::<i32>() as usize
    }

    #[inline(always)]
    fn news(&self, low: i32, now: i32) -> Option<News> {
        let new = self.after(low);
        let later = if self.ticks[0] < now { 0 } else { self.later(now)? };
        (new < RECENT).then(|| News { first: later, count: new.saturating_sub(later) })
    }

    /// How many are after now; `None` where one is of now, or all are.
    #[inline(never)]
    fn later(&self, now: i32) -> Option<usize> {
        let later = self.after(now);
        (later < RECENT && self.ticks[later] != now).then_some(later)
    }

    /// The tick of a spike: 0 is the newest.
    #[inline(always)]
    pub(super) fn tick(&self, spike: usize) -> i32 {
        self.ticks[spike % RECENT]
    }

    /// Ticks from one to a spike, and since the spike before it if that is later.
    #[inline(always)]
    pub(super) fn since(&self, spike: usize, tick: i32) -> (i32, i32) {
        let since = self.tick(spike) - tick;
        (since, since.min(self.tick(spike).saturating_sub(self.tick(spike + 1))))
    }

    /// What is kept of a spike.
    #[inline(always)]
    pub(super) fn kept(&self, spike: usize) -> [F; Y] {
        std::array::from_fn(|i| self.kept[spike % RECENT * Y + i])
    }
}
