//! What is going to happen, in the order of time: a timing wheel (Varghese & Lauck 1987, Operating Systems Review 21:25-38).
//!
//! Slots of equal width follow each other on a ring. A slot is so narrow that it holds few items, which are sorted when their time
//! comes; what lies beyond the ring waits in a heap. An item put in and taken out costs a few steps whatever the number of items.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Slots of the ring: the time they cover is many times a hop's.
const SLOTS: u64 = 1 << 14;

/// The widest slot, as a power of two: 32 bits tell times within a slot apart.
const WIDEST: u32 = 31;

/// Most items taken at a time, roughly: what is done with them should stay in the nearest cache.
const BATCH: usize = 256;

/// No entry.
const NONE: u32 = u32::MAX;

/// Items by time; those of the same time by themselves.
pub trait Calendar<T> {
    /// Adds an item, not before the first of the items last taken.
    fn push(&mut self, at: u64, item: T);

    /// A time before which nothing happens.
    fn first(&self) -> Option<u64>;

    /// Replaces `due` by the next items before `until`, in order, none of them `within` or more after the first. There is at least
    /// one if there is any.
    fn take(&mut self, within: u64, until: u64, due: &mut Vec<(u64, T)>);
}

/// A timing wheel.
#[derive(Clone, Debug)]
pub struct Wheel<T> {
    /// Width of a slot, as a power of two.
    shift: u32,
    /// The slot of the first of the items last taken.
    now: u64,
    heads: Vec<u32>,
    full: Vec<u64>,
    pool: Vec<Entry<T>>,
    free: u32,
    later: BinaryHeap<Reverse<(u64, T)>>,
}

#[derive(Clone, Copy, Debug)]
struct Entry<T> {
    /// The lower half of the time.
    at: u32,
    next: u32,
    item: T,
}

impl<T: Copy + Ord> Wheel<T> {
    /// A wheel with slots of at most `widest` ps and about one item each when `spacing_ps` lie between items, but not so narrow that it
    /// would cover less than some times `reach_ps`, the time from which on items usually lie ahead.
    pub fn new(spacing_ps: u64, reach_ps: u64, widest: u64) -> Self {
        let width = spacing_ps.max(16 * reach_ps / SLOTS).min(widest).max(1);
        let (heads, full) = (vec![NONE; SLOTS as usize], vec![0; SLOTS as usize / 64]);
        Self { shift: width.ilog2().min(WIDEST), now: 0, heads, full, pool: Vec::new(), free: NONE, later: BinaryHeap::new() }
    }

    /// The first full slot from one on.
    fn next_full(&self, from: u64) -> Option<u64> {
        let (mut slot, end) = (from, self.now + SLOTS);
        while slot < end {
            let index = (slot % SLOTS) as usize;
            let word = self.full[index / 64] >> (index % 64);
            if word != 0 {
                let found = slot + u64::from(word.trailing_zeros());
                return (found < end).then_some(found);
            }
            slot += 64 - index as u64 % 64;
        }
        None
    }

    #[inline]
    fn put(&mut self, at: u64, item: T) {
        let slot = ((at >> self.shift) % SLOTS) as usize;
        let entry = Entry { at: at as u32, next: self.heads[slot], item };
        self.full[slot / 64] |= 1 << (slot % 64);
        if self.free == NONE {
            self.heads[slot] = self.pool.len() as u32;
            self.pool.push(entry);
        } else {
            self.heads[slot] = self.free;
            let place = &mut self.pool[self.free as usize];
            self.free = place.next;
            *place = entry;
        }
    }

    /// Items of a slot in order, to the end of `due`.
    fn empty(&mut self, slot: u64, due: &mut Vec<(u64, T)>) {
        let (base, index, before) = (slot << self.shift, (slot % SLOTS) as usize, due.len());
        let mut next = std::mem::replace(&mut self.heads[index], NONE);
        self.full[index / 64] &= !(1 << (index % 64));
        while next != NONE {
            let entry = &mut self.pool[next as usize];
            due.push((base + u64::from(entry.at.wrapping_sub(base as u32)), entry.item));
            let after = std::mem::replace(&mut entry.next, self.free);
            self.free = std::mem::replace(&mut next, after);
        }
        if due.len() > before + 1 {
            due[before..].sort_unstable();
        }
    }

    /// Turns the wheel to a slot, and brings in what has come within reach.
    fn turn(&mut self, slot: u64) {
        self.now = slot;
        while self.later.peek().is_some_and(|Reverse((at, _))| at >> self.shift < self.now + SLOTS) {
            let Some(Reverse((at, item))) = self.later.pop() else { return };
            self.put(at, item);
        }
    }
}

impl<T: Copy + Ord> Calendar<T> for Wheel<T> {
    #[inline]
    fn push(&mut self, at: u64, item: T) {
        debug_assert!(at >> self.shift >= self.now, "time only goes on");
        if at >> self.shift < self.now + SLOTS {
            self.put(at, item);
        } else {
            self.later.push(Reverse((at, item)));
        }
    }

    fn first(&self) -> Option<u64> {
        let near = self.next_full(self.now).map(|slot| slot << self.shift);
        near.or_else(|| self.later.peek().map(|Reverse((at, _))| *at))
    }

    fn take(&mut self, within: u64, until: u64, due: &mut Vec<(u64, T)>) {
        due.clear();
        let Some(first) = self.first().filter(|&first| first < until) else { return };
        let first = first >> self.shift;
        self.turn(first);
        let end = first.saturating_add((within >> self.shift).max(1)).min(((until - 1) >> self.shift) + 1);
        let mut slot = Some(first);
        while let Some(full) = slot.filter(|&slot| slot < end && due.len() < BATCH) {
            self.empty(full, due);
            slot = self.next_full(full + 1);
        }
        let early = due.partition_point(|item| item.0 < until);
        for (at, item) in due.drain(early..) {
            self.put(at, item);
        }
    }
}
