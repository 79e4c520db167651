//! The targets' spikes: the last of each target, and all that some synapse has yet to see.

use super::memory::{NEVER, is_past};
use crate::engine::values::{Values, Width};
use crate::real::Precision;
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};
use std::ops::Range;

/// Bytes of a spike in a snapshot: two ticks and the target.
const POST_BYTES: usize = 10;

/// The place of a spike that is forgotten, or never was.
const FORGOTTEN: u32 = u32::MAX;

/// The spikes of the targets of a table.
#[derive(Clone, Debug)]
pub(crate) struct Posts {
    /// Numbers kept of each spike.
    width: usize,
    /// By target: tick of its last spike, that spike's place among those below, and what is kept of it.
    newest: Vec<i32>,
    places: Vec<u32>,
    kept: Values,
    /// In order of time.
    spikes: Vec<Post>,
    /// By spike: what is kept of it, and of the target's before it.
    memories: Values,
}

/// A spike of a target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Post {
    pub(crate) tick: i32,
    pub(crate) target: u16,
    /// The target's spike before: its tick, and its place.
    pub(crate) before: i32,
    previous: u32,
}

/// A spike with what is kept of it: so many numbers from the first.
pub(crate) struct Kept<'a> {
    pub(crate) tick: i32,
    pub(crate) width: usize,
    pub(crate) kept: &'a Values,
    pub(crate) first: usize,
}

/// To be looked through: the spikes with numbers `F`, `Y` of each.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a, F, const Y: usize> {
    newest: &'a [i32],
    places: &'a [u32],
    kept: &'a [F],
    spikes: &'a [Post],
    memories: &'a [F],
}

impl Posts {
    /// Bytes of a spike that is remembered, of which so many numbers are kept.
    pub(crate) fn bytes(width: usize, precision: Precision) -> usize {
        size_of::<Post>() + 2 * width * precision.bytes()
    }

    pub(crate) fn new(targets: usize, width: usize, precision: Precision) -> Self {
        Self {
            width,
            newest: vec![NEVER; targets],
            places: vec![FORGOTTEN; targets],
            kept: Values::new(precision, vec![0.0; targets * width]),
            spikes: Vec::new(),
            memories: Values::new(precision, Vec::new()),
        }
    }

    /// Enters a spike; `keep` makes what is kept of it, and returned, from what was kept of the target's last, and the ticks since.
    pub(crate) fn push<F: Width, const Y: usize>(
        &mut self,
        target: usize,
        tick: i32,
        keep: impl FnOnce(&[F; Y], Option<i32>) -> [F; Y],
    ) -> [F; Y] {
        let before = self.newest[target];
        let (mut kept, place) = (self.kept.as_mut(), self.spikes.len());
        let kept = &mut F::slice(&mut kept)[target * Y..][..Y];
        let last: [F; Y] = std::array::from_fn(|i| kept[i]);
        let new = keep(&last, (before != NEVER).then(|| tick - before));
        kept.copy_from_slice(&new);
        self.memories.resize((place + 1) * 2 * Y);
        let mut memories = self.memories.as_mut();
        let memory = &mut F::slice(&mut memories)[place * 2 * Y..];
        memory[..Y].copy_from_slice(&new);
        memory[Y..].copy_from_slice(&last);
        self.spikes.push(Post { tick, target: target as u16, before, previous: self.places[target] });
        (self.newest[target], self.places[target]) = (tick, place as u32);
        new
    }

    /// Forgets spikes up to a tick, all of which all synapses have seen; returns how many.
    pub(crate) fn forget(&mut self, tick: i32) -> usize {
        let seen = self.spikes.partition_point(|spike| spike.tick <= tick);
        self.spikes.drain(..seen);
        self.memories.drain(..seen * 2 * self.width);
        self.link();
        seen
    }

    /// Forgets spikes after which each target had so many by a tick.
    pub(crate) fn keep(&mut self, most: usize, by: i32) {
        let mut later = vec![0; self.newest.len()];
        let mut kept: Vec<usize> = Vec::with_capacity(self.spikes.len());
        for (place, spike) in self.spikes.iter().enumerate().rev() {
            let later = &mut later[usize::from(spike.target)];
            if *later < most {
                kept.push(place);
            }
            *later += usize::from(spike.tick <= by);
        }
        let mut memories = Values::new(self.memories.precision(), Vec::new());
        let (numbers, all) = (2 * self.width, std::mem::take(&mut self.spikes));
        for place in kept.into_iter().rev() {
            self.spikes.push(all[place]);
            memories.extend(&self.memories, place * numbers..(place + 1) * numbers);
        }
        self.memories = memories;
        self.link();
    }

    /// Finds the places of all spikes anew.
    fn link(&mut self) {
        self.places.fill(FORGOTTEN);
        for (place, spike) in self.spikes.iter_mut().enumerate() {
            spike.previous = std::mem::replace(&mut self.places[usize::from(spike.target)], place as u32);
        }
    }

    /// Moves all spikes in time.
    pub(crate) fn delay(&mut self, by: i32) {
        let spikes = self.spikes.iter_mut().flat_map(|spike| [&mut spike.tick, &mut spike.before]);
        delay(spikes.chain(&mut self.newest), by);
    }

    /// Takes back the spikes of the last tick, if it is this one; `each`: of this target.
    pub(super) fn take_back(&mut self, tick: i32, mut each: impl FnMut(usize)) {
        while let Some(spike) = self.spikes.pop_if(|spike| spike.tick >= tick) {
            let (target, place, width) = (usize::from(spike.target), self.spikes.len(), self.width);
            (self.newest[target], self.places[target]) = (spike.before, spike.previous);
            (0..width).for_each(|i| self.kept.set(target * width + i, self.memories.get((place * 2 + 1) * width + i)));
            each(target);
        }
        self.memories.resize(self.spikes.len() * 2 * self.width);
    }

    /// A target's last spikes up to a tick, the newest first: the last of all and those that are not forgotten, each with one before.
    pub(crate) fn last_by(&self, target: usize, tick: i32) -> impl Iterator<Item = Kept<'_>> {
        let Self { width, newest, places, kept, spikes, memories } = self;
        let last = Kept { tick: newest[target], width: *width, kept, first: target * width };
        let before = move |(place, later): &(usize, Kept<'_>)| {
            let here = |post: &&Post| (post.tick, usize::from(post.target)) == (later.tick, target);
            let post = spikes.get(*place).filter(here)?;
            let spike = Kept { tick: post.before, width: *width, kept: memories, first: (place * 2 + 1) * width };
            Some((post.previous as usize, spike))
        };
        let all = std::iter::successors(Some((places[target] as usize, last)), before).map(|(_, spike)| spike);
        all.filter(move |spike| spike.tick != NEVER && spike.tick <= tick)
    }

    /// The spikes that some synapse may have yet to see, in order of time.
    pub(crate) fn spikes(&self) -> &[Post] {
        &self.spikes
    }

    pub(crate) fn look<F: Width, const Y: usize>(&self) -> Look<'_, F, Y> {
        let Self { newest, places, kept, spikes, memories, .. } = self;
        Look { newest, places, kept: F::all(kept), spikes, memories: F::all(memories) }
    }

    /// Writes all that cannot be found anew.
    pub(crate) fn write(&self, out: &mut Writer) {
        out.all(self.newest.iter().copied());
        out.values(&self.kept);
        out.put(self.spikes.len() as u64);
        for Post { tick, target, before, .. } in &self.spikes {
            out.put(*tick);
            out.put(*target);
            out.put(*before);
        }
        out.values(&self.memories);
    }

    /// Takes over what was written of as many targets: nothing of it is after now, and each target's spikes follow each other, up to its
    /// newest.
    pub(crate) fn read(&mut self, now: i32, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
        bytes.fill(&mut self.newest)?;
        bytes.values(&mut self.kept)?;
        self.spikes.clear();
        let mut listed = vec![None; self.newest.len()];
        for _ in 0..bytes.count(POST_BYTES)? {
            let (tick, target, before) = (bytes.get()?, bytes.get()?, bytes.get()?);
            let in_order = self.spikes.last().is_none_or(|last: &Post| last.tick <= tick) && (0..=now).contains(&tick);
            let last = listed.get_mut(usize::from(target)).map(|last| last.replace(tick));
            let follows = last.is_some_and(|last| last.map_or(is_past(before, tick), |last| last == before));
            if !in_order || !follows {
                return Err(bytes.wrong());
            }
            self.spikes.push(Post { tick, target, before, previous: FORGOTTEN });
        }
        self.memories.resize(self.spikes.len() * 2 * self.width);
        bytes.values(&mut self.memories)?;
        let ends = |(newest, listed): (&i32, &Option<i32>)| listed.map_or(is_past(*newest, now), |last| last == *newest);
        if !self.newest.iter().zip(&listed).all(ends) {
            return Err(bytes.wrong());
        }
        self.link();
        Ok(())
    }

    /// Whether spikes after a tick are all there.
    pub(crate) fn has_all_after(&self, tick: i32) -> bool {
        let before = self.spikes.iter().map(|spike| (spike.before, spike.previous));
        let newest = self.newest.iter().copied().zip(self.places.iter().copied());
        before.chain(newest).all(|(spike, place)| place != FORGOTTEN || spike <= tick)
    }

    /// Takes over the spikes of some targets of others, in order.
    pub(crate) fn gather<'a>(&self, parts: impl Iterator<Item = (&'a Self, Range<usize>)>) -> Self {
        let (width, precision) = (self.width, self.kept.precision());
        let mut all = Self::new(0, width, precision);
        let mut spikes: Vec<(Post, &Self, usize)> = Vec::new();
        for (posts, targets) in parts {
            let first = all.newest.len();
            all.newest.extend_from_slice(&posts.newest[targets.clone()]);
            all.kept.extend(&posts.kept, targets.start * width..targets.end * width);
            let own = posts.spikes.iter().enumerate().filter(|(_, spike)| targets.contains(&usize::from(spike.target)));
            let moved = |spike: &Post| Post { target: (first + usize::from(spike.target) - targets.start) as u16, ..*spike };
            spikes.extend(own.map(|(place, spike)| (moved(spike), posts, place)));
        }
        spikes.sort_by_key(|(spike, ..)| spike.tick);
        for (spike, posts, place) in spikes {
            all.spikes.push(spike);
            all.memories.extend(&posts.memories, place * 2 * width..(place + 1) * 2 * width);
        }
        all.places = vec![FORGOTTEN; all.newest.len()];
        all.link();
        all
    }
}

/// Moves ticks, where there are any.
pub(crate) fn delay<'a>(ticks: impl Iterator<Item = &'a mut i32>, by: i32) {
    ticks.filter(|tick| **tick != NEVER).for_each(|tick| *tick += by);
}

impl<'a, F, const Y: usize> Look<'a, F, Y> {
    /// The tick of a target's last spike.
    #[inline(always)]
    pub(crate) fn newest(&self, target: usize) -> i32 {
        self.newest[target]
    }

    /// The tick of a target's last spike up to a tick, where those after it are not forgotten.
    #[inline(always)]
    pub(crate) fn last_by(&self, target: usize, tick: i32) -> i32 {
        let (mut newest, mut place) = (self.newest[target], self.places[target]);
        while newest > tick {
            let Some(post) = self.find(place) else { return NEVER };
            (newest, place) = (post.before, post.previous);
        }
        newest
    }

    /// What is kept of a target's last spike.
    #[inline(always)]
    pub(crate) fn kept(&self, target: usize) -> &'a [F; Y] {
        numbers(self.kept, target)
    }

    /// All spikes, in order of time.
    #[inline(always)]
    pub(crate) fn spikes(&self) -> &'a [Post] {
        self.spikes
    }

    /// Adds the places of a target's spikes after a tick and by another, the newest first and so many at most, where none of them is forgotten.
    pub(crate) fn between(&self, target: usize, after: i32, by: i32, most: usize, places: &mut Vec<u32>) {
        let (mut newest, mut place) = (self.newest[target], self.places[target]);
        let most = most.saturating_add(places.len());
        while newest > after && places.len() < most {
            let Some(post) = self.find(place) else { return };
            if newest <= by {
                places.push(place);
            }
            (newest, place) = (post.before, post.previous);
        }
    }

    /// A spike, by its place, if it is not forgotten.
    #[inline(always)]
    fn find(&self, place: u32) -> Option<&'a Post> {
        self.spikes.get(place as usize)
    }

    /// A spike, by its place.
    #[inline(always)]
    pub(crate) fn post(&self, place: u32) -> &'a Post {
        &self.spikes[place as usize]
    }

    /// What is kept of a spike.
    #[inline(always)]
    pub(crate) fn of(&self, place: u32) -> &'a [F; Y] {
        numbers(self.memories, place as usize * 2)
    }

    /// What is kept of the target's spike before it.
    #[inline(always)]
    pub(crate) fn before(&self, place: u32) -> &'a [F; Y] {
        numbers(self.memories, place as usize * 2 + 1)
    }

    /// Of a target that has fired at or after a tick, the oldest of these spikes that is not forgotten.
    #[inline(always)]
    pub(crate) fn first_from(&self, target: usize, tick: i32) -> Option<u32> {
        let mut place = self.places[target];
        let mut post = self.find(place)?;
        while post.before >= tick && post.previous != FORGOTTEN {
            place = post.previous;
            post = self.post(place);
        }
        Some(place)
    }

    /// The spikes of its target at its tick, from this one on: mostly only this one.
    #[inline(always)]
    pub(crate) fn with(&self, place: u32) -> impl Iterator<Item = u32> + 'a {
        let Post { tick, target, .. } = *self.post(place);
        let last = self.places[usize::from(target)];
        let spikes = self.spikes;
        let same = move |place: &u32| (spikes[*place as usize].tick, spikes[*place as usize].target) == (tick, target);
        (place..=last).take_while(move |place| spikes[*place as usize].tick == tick).filter(same)
    }
}

#[inline(always)]
fn numbers<F, const Y: usize>(values: &[F], index: usize) -> &[F; Y] {
    values[index * Y..].first_chunk().expect("each spike has as many numbers as its rule keeps")
}
