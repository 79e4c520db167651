//! Independent pieces of work side by side, each on one thread, handed out in their order.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use std::ops::{ControlFlow, Range};

/// Pieces kept at the same time for each thread: what waits for a slower one is in memory.
pub const KEPT_PER_THREAD: u32 = 4;

/// Does the pieces of these numbers, a few at a time, and has each taken in its turn. Whether all were done and taken: one that gives
/// nothing ends it, and so does a break.
pub(crate) fn side_by_side<T: Send>(
    pieces: Range<u32>,
    threads: usize,
    one: impl Fn(u32) -> Option<T> + Sync,
    mut take: impl FnMut(u32, T) -> ControlFlow<()>,
) -> bool {
    let threads = threads.max(1);
    // Where there are no threads to be had, the caller's does it.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok().filter(|_| threads > 1);
    for first in pieces.clone().step_by(threads * KEPT_PER_THREAD as usize) {
        let batch = first..pieces.end.min(first.saturating_add(threads as u32 * KEPT_PER_THREAD));
        let done: Vec<Option<T>> = match &pool {
            Some(pool) => pool.install(|| batch.clone().into_par_iter().with_max_len(1).map(&one).collect()),
            None => batch.clone().map(&one).collect(),
        };
        for (number, piece) in batch.zip(done) {
            if piece.is_none_or(|piece| take(number, piece).is_break()) {
                return false;
            }
        }
    }
    true
}
