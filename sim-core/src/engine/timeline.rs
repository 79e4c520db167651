//! What a stimulus does over time, where time is cut into stretches that begin anew: a warm-up, trials. What was emitted at
//! the end of one arrives, by its delay, in the next.

use std::sync::Arc;

/// Something of a stimulus in this stretch, and in the one before.
pub(crate) struct Timeline<T> {
    /// The tick of the run at which this stretch's own time is 0.
    origin: u64,
    own: Arc<T>,
    before: Option<(u64, Arc<T>)>,
}

impl<T> Timeline<T> {
    /// From the start of a run.
    pub(crate) fn new(own: T) -> Self {
        Self { origin: 0, own: Arc::new(own), before: None }
    }

    /// The same in a stretch that begins at `origin`, after another with what it had and the tick at which it began.
    pub(crate) fn after(&self, before: Option<(u64, &Self)>, origin: u64) -> Self {
        let before = before.map(|(start, before)| (start, Arc::clone(&before.own)));
        Self { origin, own: Arc::clone(&self.own), before }
    }

    /// What holds in this stretch.
    pub(crate) fn own(&self) -> &T {
        &self.own
    }

    /// What holds for what is emitted at a tick of the run, and that tick in its own time. `None` before all time.
    #[inline]
    pub(crate) fn at(&self, tick: u64) -> Option<(&T, u64)> {
        if tick > self.origin {
            return Some((&self.own, tick - self.origin));
        }
        let (origin, before) = self.before.as_ref()?;
        Some((before, tick.checked_sub(*origin)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_one_stretch_reaches_into_the_next() {
        let first = Timeline::new('a');
        assert_eq!((first.at(0), first.at(7)), (None, Some((&'a', 7))), "time begins with tick 1");
        let second = Timeline::new('b').after(Some((10, &first)), 20);
        assert_eq!(second.at(21), Some((&'b', 1)), "its first tick");
        assert_eq!(second.at(20), Some((&'a', 10)), "the last tick before");
        assert_eq!(second.at(9), None, "farther back than the stretch before");
    }
}
