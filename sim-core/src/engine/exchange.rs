//! What partitions tell each other, once per minimum delay, through one trait.

use crossbeam_utils::CachePadded;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, RwLock};

/// What happened in a partition during a window.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outbox {
    /// Cells that fired (index within the population), by tick, then population, ascending.
    pub(crate) fired: Vec<u32>,
    /// Where each (tick, population) starts in `fired`, and the end: ticks x populations + 1 entries.
    pub(crate) starts: Vec<u32>,
    /// Samples of the partition's cells, by tick, then record, then cell.
    pub(crate) samples: Vec<f64>,
    /// Values of the partition's modulators that rules read, by tick, then channel.
    pub(crate) bus: Vec<f64>,
    /// Slow currents that the partition's cells make, by tick, then channel.
    pub(crate) flows: Vec<f64>,
    /// Whether the sink wants no more (the first partition says so).
    pub(crate) stop: bool,
}

impl Outbox {
    pub(crate) fn clear(&mut self) {
        self.fired.clear();
        self.starts.clear();
        self.samples.clear();
        self.bus.clear();
        self.flows.clear();
        self.stop = false;
    }

    /// Population and cell of every spike of the window.
    pub(crate) fn spikes(&self, populations: usize) -> impl Iterator<Item = (usize, u32)> + Clone {
        let lists = self.starts.windows(2).enumerate();
        lists.flat_map(move |(at, range)| {
            let cells = &self.fired[range[0] as usize..range[1] as usize];
            cells.iter().map(move |cell| (at % populations, *cell))
        })
    }

    /// Cells of a population that fired in the given tick of the window.
    pub(crate) fn cells(&self, tick: usize, population: usize, populations: usize) -> &[u32] {
        let at = tick * populations + population;
        &self.fired[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

/// The way from partition to partition: threads now, processes later.
pub(crate) trait Exchange<M>: Sync {
    /// Gives away what happened in the caller's partitions, of which `first` is the first, waits for all, and hands over
    /// everyone's, own included, in the order of the partitions.
    fn swap(&self, first: usize, mine: &mut [M], all: &mut dyn FnMut(usize, &M));
}

/// One thread: nobody to wait for.
pub(crate) struct Alone;

impl<M> Exchange<M> for Alone {
    fn swap(&self, first: usize, mine: &mut [M], all: &mut dyn FnMut(usize, &M)) {
        mine.iter().enumerate().for_each(|(part, outbox)| all(first + part, outbox));
    }
}

/// Threads of one process. Every partition has two mailboxes, used in turn, which say how many windows have been given: who
/// writes a mailbox again has read what all gave in the window in between, and they gave it after they had read this one.
pub(crate) struct Threads<M> {
    mailboxes: [Vec<CachePadded<Mailbox<M>>>; 2],
    /// By partition: windows swapped, where it is its thread's first.
    windows: Vec<CachePadded<AtomicUsize>>,
    waiting: Waiting,
}

/// What a partition gives, next to the count that others look at: they come together.
#[derive(Default)]
struct Mailbox<M> {
    given: AtomicUsize,
    mail: RwLock<M>,
}

impl<M: Default> Threads<M> {
    pub(crate) fn new(parts: usize) -> Self {
        let boxes = || (0..parts).map(|_| CachePadded::default()).collect();
        Self {
            mailboxes: [boxes(), boxes()],
            windows: (0..parts).map(|_| CachePadded::default()).collect(),
            waiting: Waiting::default(),
        }
    }

    /// A guard that lets the others go when its thread panics, instead of letting them wait for ever.
    pub(crate) fn guard(&self) -> Guard<'_> {
        Guard(&self.waiting)
    }
}

impl<M: Default + Send + Sync> Exchange<M> for Threads<M> {
    fn swap(&self, first: usize, mine: &mut [M], all: &mut dyn FnMut(usize, &M)) {
        let window = self.windows[first].fetch_add(1, Ordering::Relaxed);
        let mailboxes = &self.mailboxes[window % 2];
        for (outbox, mailbox) in mine.iter_mut().zip(&mailboxes[first..]) {
            std::mem::swap(&mut *mailbox.mail.write().unwrap_or_else(PoisonError::into_inner), outbox);
            mailbox.given.store(window + 1, Ordering::SeqCst);
        }
        self.waiting.wake();
        for (part, mailbox) in mailboxes.iter().enumerate() {
            self.waiting.until(|| mailbox.given.load(Ordering::SeqCst) > window);
            all(part, &mailbox.mail.read().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

/// Looks before sleeping: some ten microseconds, the length of a short window.
const SPINS: u32 = 1000;

/// Waiting for other threads: looks for a while and then sleeps. Windows are microseconds long, but where there are more
/// threads than free cores, spinning on would keep the others from their work. To yield is worse than to sleep: two threads
/// that have come onto one core stay there, in turn, whereas the one that is woken goes to a core that is free.
#[derive(Default)]
struct Waiting {
    /// Threads that sleep, or are about to look once more before they do.
    sleeping: CachePadded<AtomicUsize>,
    broken: AtomicBool,
    lock: Mutex<()>,
    news: Condvar,
}

impl Waiting {
    fn until(&self, done: impl Fn() -> bool) {
        let done = || {
            assert!(!self.broken.load(Ordering::SeqCst), "another worker of this run panicked");
            done()
        };
        for _ in 0..SPINS {
            if done() {
                return;
            }
            std::hint::spin_loop();
        }
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.sleeping.fetch_add(1, Ordering::SeqCst);
        while !done() {
            guard = self.news.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        self.sleeping.fetch_sub(1, Ordering::SeqCst);
    }

    /// Wakes those who sleep, if any do: to ask the system costs a microsecond, an eighth of a short window. Who is to sleep
    /// says so before looking for the last time, and what it looks at is changed before this is called: one of the two sees
    /// the other. The lock is taken so that nobody falls asleep between looking and sleeping.
    fn wake(&self) {
        if self.sleeping.load(Ordering::SeqCst) > 0 {
            drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
            self.news.notify_all();
        }
    }
}

/// See [`Threads::guard`].
pub(crate) struct Guard<'a>(&'a Waiting);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.broken.store(true, Ordering::SeqCst);
            self.0.wake();
        }
    }
}
