//! The queue of what is going to happen: a radix heap (Ahuja, Mehlhorn, Orlin & Tarjan 1990, Journal of the ACM 37:213-223).
//!
//! Time only goes on, so an item is kept in the bucket of the highest bit in which its time differs from the time reached. To get
//! further only the buckets up to the highest bit that changes are looked at, and every item that stays sinks into a lower one:
//! at most 64 times in its life, in practice a few. Nothing is compared, and pushing is an append.

/// Items by time, taken out window by window.
#[derive(Clone, Debug)]
pub struct Queue<T> {
    reached: u64,
    /// By number of bits of the difference to `reached`.
    buckets: Vec<Vec<(u64, T)>>,
    len: usize,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { reached: 0, buckets: (0..=64).map(|_| Vec::new()).collect(), len: 0 }
    }
}

impl<T: Copy> Queue<T> {
    /// Adds an item. Its time must not lie before the end of the last window taken.
    #[inline]
    pub fn push(&mut self, time: u64, item: T) {
        debug_assert!(time >= self.reached, "time only goes on: {time} lies before {}", self.reached);
        self.len += 1;
        self.buckets[bits(time ^ self.reached)].push((time, item));
    }

    /// Items in it.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All items, in no order.
    pub(crate) fn items(&self) -> impl Iterator<Item = (u64, T)> {
        self.buckets.iter().flatten().copied()
    }

    /// The time of the first item.
    pub fn earliest(&self) -> Option<u64> {
        self.buckets.iter().find(|bucket| !bucket.is_empty())?.iter().map(|(time, _)| *time).min()
    }

    /// Moves all items up to a time, itself included, to the end of `due`, in no order.
    pub fn take_until(&mut self, time: u64, due: &mut Vec<(u64, T)>) {
        let top = bits(time ^ self.reached);
        self.reached = self.reached.max(time);
        for bucket in 0..=top {
            let mut items = std::mem::take(&mut self.buckets[bucket]);
            for (at, item) in items.drain(..) {
                if at <= time {
                    self.len -= 1;
                    due.push((at, item));
                } else {
                    self.buckets[bits(at ^ time)].push((at, item));
                }
            }
            if self.buckets[bucket].is_empty() {
                // Its memory is used again.
                self.buckets[bucket] = items;
            }
        }
    }
}

/// Number of bits of a number; 0 of 0.
#[inline]
fn bits(number: u64) -> usize {
    (64 - number.leading_zeros()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    #[test]
    fn gives_what_a_sorted_list_gives() {
        let mut random = Stream::new(3, 0);
        for scale in [4, 1_000, 1 << 40] {
            let (mut queue, mut list, mut now) = (Queue::default(), Vec::new(), 0);
            for step in 0..2_000_u32 {
                for _ in 0..random.below(6) {
                    let time = now + 1 + random.bits() % scale;
                    queue.push(time, step);
                    list.push((time, step));
                }
                assert_eq!(queue.earliest(), list.iter().map(|item| item.0).min(), "the first of {scale}");
                now += random.bits() % (scale / 2);
                let mut due = Vec::new();
                queue.take_until(now, &mut due);
                due.sort_unstable();
                let mut wanted: Vec<_> = list.extract_if(.., |item| item.0 <= now).collect();
                wanted.sort_unstable();
                assert_eq!(due, wanted, "those up to {now}");
                assert_eq!(queue.len(), list.len(), "nothing is lost");
            }
        }
    }
}
