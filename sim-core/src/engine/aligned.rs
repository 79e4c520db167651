//! Numbers that begin where a line of memory does, or a page.
//!
//! A vector register that begins within a line costs two accesses, and with 512 bits every one would: the cortical microcircuit at
//! a tenth of its size takes 12 % less time with one thread. And what two threads write lies in pages that they do not share:
//! a core fetches memory ahead of its use, as far as to the end of a page, and takes it from the core that works on it.
//!
//! A vector promises neither, so more is taken than is needed, and what is before the first whole line is left out.

use crate::advice::LINE;
use std::ops::{Deref, DerefMut};

/// Bytes in a page, as far as cores fetch ahead.
const PAGE: usize = 4096;

/// A row on the stack, which by itself begins anywhere: the same loop would be half as fast on one thread as on another.
#[repr(align(64))]
pub(crate) struct AtLine<T>(pub(crate) T);

/// So many numbers from the start of a line on.
#[derive(Debug)]
pub(crate) struct Aligned<T> {
    memory: Vec<T>,
    start: usize,
    count: usize,
}

impl<T: Clone + Default> Aligned<T> {
    /// Defaults, from the start of a line on.
    pub(crate) fn new(count: usize) -> Self {
        Self::at(LINE, count, 0)
    }

    /// The same in pages that hold nothing else.
    pub(crate) fn apart(count: usize) -> Self {
        Self::at(PAGE, count, PAGE)
    }

    /// From a multiple of `unit` bytes on, with so many bytes to spare behind.
    fn at(unit: usize, count: usize, behind: usize) -> Self {
        let room = (unit + behind).div_ceil(size_of::<T>());
        let memory = vec![T::default(); count + room];
        let start = memory.as_ptr().align_offset(unit).min(room);
        Self { memory, start, count }
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        &self.memory[self.start..self.start + self.count]
    }
}

impl<T> DerefMut for Aligned<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.memory[self.start..self.start + self.count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_stands_at_a_line_or_a_page() {
        for count in [1, 63, 64, 5000, 100_000] {
            let (mut line, page) = (Aligned::<f32>::new(count), Aligned::<f64>::apart(count));
            assert!(line.as_ptr().addr().is_multiple_of(LINE), "{count} numbers at a line");
            assert!(page.as_ptr().addr().is_multiple_of(PAGE), "{count} numbers at a page");
            line[count - 1] = 1.0;
            assert!((line.len(), page.len()) == (count, count), "{count} numbers");
            assert!(
                page.memory.len() - page.start - count >= PAGE / size_of::<f64>(),
                "{count} numbers, and nothing else in the last page"
            );
        }
    }
}
