//! Where a change takes long (`Rule::LONG`), those of many synapses are made together: each works off a spike of its target, then each of
//! those that have another the next.

use super::learner::Loop;
use super::recent::News;
use super::rows::Coming;
use super::settling::{Since, Target};
use super::synapses::Synapses;
use super::view::{SHOWN, Seen, Sight};
use crate::engine::values::Width;
use crate::plasticity::{PostSpikes, Rule};

/// Synapses of a run that are worked on together, while the targets of the next are fetched: a bit for each in a number.
pub(super) const TOGETHER: usize = 64;

/// Synapses of a part of a run, each with a spike of its target that is new to it.
struct Batch<F, const V: usize, const Y: usize> {
    /// Of the synapses, within the part.
    places: [u8; TOGETHER],
    values: [[F; V]; TOGETHER],
    /// See [`PostSpikes`].
    since: [i32; TOGETHER],
    kept: [[F; Y]; TOGETHER],
    idle: [i32; TOGETHER],
    count: usize,
}

impl<F: Width, const V: usize, const Y: usize> Batch<F, V, Y> {
    #[inline(always)]
    fn new() -> Self {
        let (values, kept) = ([[F::of(0.0); V]; TOGETHER], [[F::of(0.0); Y]; TOGETHER]);
        Self { places: [0; TOGETHER], values, since: [0; TOGETHER], kept, idle: [0; TOGETHER], count: 0 }
    }

    #[inline(always)]
    fn push(&mut self, place: u8, synapses: &Synapses<'_, F, V>, (since, kept, idle): (i32, [F; Y], i32)) {
        let count = self.count;
        self.places[count] = place;
        self.values[count] = synapses.get(usize::from(place));
        (self.since[count], self.kept[count], self.idle[count]) = (since, kept, idle);
        self.count += 1;
    }
}

/// Places of the bits that are set.
pub(super) fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = (set != 0).then(|| set.trailing_zeros() as usize);
        set &= set.wrapping_sub(1);
        place
    })
}

impl<F: Width, R: Rule<F, V, X, Y>, const V: usize, const X: usize, const Y: usize> Loop<F, R, V, X, Y> {
    /// The synapses of a part of a run that find all in the view work off the spikes of their targets that are new to them: the oldest that are
    /// shown first, of all synapses that have one.
    #[inline(always)]
    pub(super) fn work_off_together(
        &self,
        synapses: &mut Synapses<'_, F, V>,
        sight: &Sight<'_, F, Y>,
        cells: &[u16],
        coming: &Coming<'_, F, R::Moment, X>,
    ) {
        let Since { last, low, .. } = &coming.since;
        // By spike: synapses to which it is new. Written in any case, and kept or not: no branch of chance.
        let (mut places, mut counts) = ([[0_u8; TOGETHER]; SHOWN], [0; SHOWN]);
        for (place, cell) in cells.iter().enumerate() {
            let seen = sight.seen[usize::from(*cell)];
            let even = !coming.finds_odd(seen);
            for spike in 0..SHOWN {
                places[spike][counts[spike] % TOGETHER] = place as u8;
                counts[spike] += usize::from((seen.0[spike] > *low) & even);
            }
        }
        let mut batch = Batch::new();
        for spike in (0..SHOWN).rev() {
            for place in &places[spike][..counts[spike]] {
                let target = usize::from(cells[usize::from(*place)]);
                let Seen(ticks) = sight.seen[target];
                let since = ticks[spike] - last;
                let idle = since.min(ticks[spike].saturating_sub(ticks[spike + 1]));
                batch.push(*place, synapses, (since, sight.kept(target, spike), idle));
            }
            self.work_off_batch(&mut batch, synapses, &coming.since);
        }
    }

    /// Those that find more than is shown work off the spikes of their targets before this tick.
    pub(super) fn catch_up_together(
        &self,
        synapses: &mut Synapses<'_, F, V>,
        (cells, which): (&[u16], u64),
        coming: &Coming<'_, F, R::Moment, X>,
        found: Target<'_, F, Y>,
        places: &mut Vec<u32>,
    ) {
        if which == 0 {
            return;
        }
        let Since { last, low, .. } = coming.since;
        let (mut lists, mut count) = ([(0_u8, News { first: 0, count: 0 }); TOGETHER], 0);
        for synapse in bits(which) {
            let target = usize::from(cells[synapse]);
            if let Some((_, news)) = found.recents.news(target, low, coming.now) {
                lists[count] = (synapse as u8, news);
                count += 1;
            } else {
                let mut values = synapses.get(synapse);
                self.catch_up_before(&mut values, coming, target, found, places);
                synapses.set(synapse, values);
            }
        }
        let mut batch = Batch::new();
        loop {
            for (synapse, News { first, count }) in lists[..count].iter_mut().filter(|(_, news)| news.count > 0) {
                *count -= 1;
                let (spikes, spike) = (found.recents.of(usize::from(cells[usize::from(*synapse)])), *first + *count);
                let (since, idle) = spikes.since(spike, last);
                if since as u32 > self.reach {
                    *count = 0;
                    continue;
                }
                batch.push(*synapse, synapses, (since, spikes.kept(spike), idle));
            }
            if batch.count == 0 {
                return;
            }
            self.work_off_batch(&mut batch, synapses, &coming.since);
        }
    }

    #[inline(always)]
    fn work_off_batch(&self, batch: &mut Batch<F, V, Y>, synapses: &mut Synapses<'_, F, V>, since: &Since<F, X>) {
        let Batch { places, values, since: ticks, kept, idle, count } = batch;
        let spikes = PostSpikes { since: &ticks[..*count], kept: &kept[..*count], idle: &idle[..*count] };
        self.rule.on_post_each(&mut values[..*count], &since.traces, spikes);
        let done = places[..*count].iter().zip(&*values);
        done.for_each(|(place, values)| synapses.set(usize::from(*place), *values));
        *count = 0;
    }
}
