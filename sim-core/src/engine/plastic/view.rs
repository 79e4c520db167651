//! The targets' spikes as the synapses of one delay know them.
//!
//! A spike of the source that arrives now was emitted a delay ago, and met what the target had done a delay (or two) before now. So the
//! synapses of one delay share one view of all targets: it shows a spike of a target from the tick on at which a spike that arrives can
//! have seen it. A synapse mostly finds at most two spikes in it that are new to it, at a place that it knows.

use super::memory::NEVER;
use super::posts::{Look, Posts};
use crate::engine::values::{Values, Width};
use crate::real::Precision;

/// Spikes of a target of which everything is shown.
pub(super) const SHOWN: usize = 2;

/// The ticks of a target's last spikes, the newest first; of the last one only the tick. [`NEVER`] where there are not so many.
#[derive(Clone, Copy, Debug)]
#[repr(align(16))]
pub(super) struct Seen(pub(super) [i32; SHOWN + 1]);

/// A view of all targets of a table.
#[derive(Debug)]
pub(crate) struct View {
    /// Of the synapses, in ticks.
    pub(super) delay: u32,
    /// The first so many of the spikes that are remembered are shown.
    shown: usize,
    seen: Vec<Seen>,
    /// By target, then spike, the newest first: what is kept of it.
    kept: Values,
}

/// To be looked at: numbers `F`, `Y` of each spike.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a, F, const Y: usize> {
    pub(super) seen: &'a [Seen],
    kept: &'a [F],
}

impl View {
    pub(super) fn new(delay: u32, targets: usize, width: usize, precision: Precision) -> Self {
        let kept = Values::new(precision, vec![0.0; targets * SHOWN * width]);
        Self { delay, shown: 0, seen: vec![Seen([NEVER; SHOWN + 1]); targets], kept }
    }

    /// Bytes of a target, of each of whose spikes so many numbers are kept.
    pub(super) fn bytes(width: usize, precision: Precision) -> usize {
        size_of::<Seen>() + SHOWN * width * precision.bytes()
    }

    /// Shows all spikes up to a tick.
    pub(super) fn show<F: Width, const Y: usize>(&mut self, look: &Look<'_, F, Y>, tick: i32) {
        let mut kept = self.kept.as_mut();
        let kept = F::slice(&mut kept);
        while let Some(spike) = look.spikes().get(self.shown).filter(|spike| spike.tick <= tick) {
            let target = usize::from(spike.target);
            let Seen(ticks) = self.seen[target];
            self.seen[target] = Seen(std::array::from_fn(|i| if i == 0 { spike.tick } else { ticks[i - 1] }));
            let kept = &mut kept[target * SHOWN * Y..][..SHOWN * Y];
            kept.copy_within(..(SHOWN - 1) * Y, Y);
            kept[..Y].copy_from_slice(look.of(self.shown as u32));
            self.shown += 1;
        }
    }

    /// The first so many spikes, which have been shown, are not remembered any more.
    pub(super) fn forget(&mut self, spikes: usize) {
        self.shown -= spikes;
    }

    /// Moves all spikes in time.
    pub(super) fn delay(&mut self, by: i32) {
        super::posts::delay(self.seen.iter_mut().flat_map(|seen| &mut seen.0), by);
    }

    /// Shows the spikes up to a tick, whatever it showed. One that all synapses have seen may be missing behind the last.
    pub(super) fn turn(&mut self, posts: &Posts, tick: i32) {
        self.shown = posts.spikes().partition_point(|spike| spike.tick <= tick);
        for target in 0..self.seen.len() {
            let Seen(ticks) = &mut self.seen[target];
            *ticks = [NEVER; SHOWN + 1];
            for (number, spike) in posts.last_by(target, tick).take(SHOWN + 1).enumerate() {
                ticks[number] = spike.tick;
                let width = if number < SHOWN { spike.width } else { 0 };
                let first = (target * SHOWN + number) * width;
                (0..width).for_each(|i| self.kept.set(first + i, spike.kept.get(spike.first + i)));
            }
        }
    }

    pub(super) fn sight<F: Width, const Y: usize>(&self) -> Sight<'_, F, Y> {
        Sight { seen: &self.seen, kept: F::all(&self.kept) }
    }
}

impl<F: Copy + Default, const Y: usize> Sight<'_, F, Y> {
    /// What is kept of one of a target's last spikes: 0 is the newest. What a rule does not look at is not even fetched: so no
    /// check may stand in the way.
    #[inline(always)]
    pub(super) fn kept(&self, target: usize, spike: usize) -> [F; Y] {
        let first = (target * SHOWN + spike) * Y;
        std::array::from_fn(|i| self.kept.get(first + i).copied().unwrap_or_default())
    }
}

/// Written out for `clone_from`, which takes no new memory where the sizes agree.
impl Clone for View {
    fn clone(&self) -> Self {
        let Self { delay, shown, seen, kept } = self;
        Self { delay: *delay, shown: *shown, seen: seen.clone(), kept: kept.clone() }
    }

    fn clone_from(&mut self, source: &Self) {
        let Self { delay, shown, seen, kept } = self;
        (*delay, *shown) = (source.delay, source.shown);
        seen.clone_from(&source.seen);
        kept.clone_from(&source.kept);
    }
}
