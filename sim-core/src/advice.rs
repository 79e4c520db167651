//! Advice to processor and system on memory: what will be read soon, what is read all over. It has no effect on what a program
//! computes.
//!
//! This is one of the two files that may use `unsafe`.
#![allow(unsafe_code, reason = "prefetch instructions, advice on memory")]

/// Bytes in a line of memory.
pub(crate) const LINE: usize = 64;

/// Asks for a line of memory.
#[inline(always)]
pub(crate) fn prefetch<T>(address: *const T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint; it reads nothing and cannot fault, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// A vector of `count` defaults, for the long run in large pages where the system has them: a table is read all over, and the
/// addresses of its small pages are many more than the processor keeps.
pub(crate) fn in_large_pages<T: Clone + Default>(count: usize) -> Vec<T> {
    let mut values = Vec::with_capacity(count);
    // Miri knows no such advice.
    #[cfg(all(target_os = "linux", not(miri)))]
    {
        use rustix::mm::{Advice, madvise};
        const PAGE: usize = 4096;
        let memory = values.spare_capacity_mut().as_mut_ptr_range();
        let (start, end) = (memory.start.addr().next_multiple_of(PAGE), memory.end.addr() / PAGE * PAGE);
        if start < end {
            // SAFETY: advice on whole pages within memory of our own; it changes how they are mapped, not what they hold.
            // Where there are no large pages, or none are left, it does nothing.
            let _ = unsafe { madvise(memory.start.with_addr(start).cast(), end - start, Advice::LinuxHugepage) };
        }
    }
    values.resize(count, T::default());
    values
}
