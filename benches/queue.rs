//! Queues for the event engine under the two patterns that it makes: `cargo bench -p sim-benches --bench queue`.
//!
//! * hold: so many items are in the queue; the earliest are taken out and put back some random time later.
//! * burst: a window's spikes put in an item each, all of the same delay; then a window's worth is taken.
//!
//! An iteration is a window of 1.5 ms in which so many items come out; times are per item.

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use sim_core::event::Queue;
use sim_core::random::Stream;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

const WINDOW: u64 = 1_500_000_000_000;

/// What a queue must do.
trait Pattern: Default {
    fn put(&mut self, time: u64, item: u32);
    fn take(&mut self, until: u64, due: &mut Vec<(u64, u32)>);
}

impl Pattern for Queue<u32> {
    fn put(&mut self, time: u64, item: u32) {
        self.push(time, item);
    }

    fn take(&mut self, until: u64, due: &mut Vec<(u64, u32)>) {
        self.take_until(until, due);
        due.sort_unstable();
    }
}

/// The standard library's.
#[derive(Default)]
struct Binary(BinaryHeap<Reverse<(u64, u32)>>);

impl Pattern for Binary {
    fn put(&mut self, time: u64, item: u32) {
        self.0.push(Reverse((time, item)));
    }

    fn take(&mut self, until: u64, due: &mut Vec<(u64, u32)>) {
        while self.0.peek().is_some_and(|first| first.0.0 <= until) {
            due.extend(self.0.pop().map(|Reverse(item)| item));
        }
    }
}

/// A calendar (Brown 1988, Communications of the ACM 31:1220-1227) of fixed days: a window is a day, a year has 256.
struct Calendar {
    days: Vec<Vec<(u64, u32)>>,
    today: u64,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { days: vec![Vec::new(); 256], today: 0 }
    }
}

impl Pattern for Calendar {
    fn put(&mut self, time: u64, item: u32) {
        let days = self.days.len() as u64;
        self.days[(time / WINDOW % days) as usize].push((time, item));
    }

    fn take(&mut self, until: u64, due: &mut Vec<(u64, u32)>) {
        let days = self.days.len() as u64;
        for day in self.today..=until / WINDOW {
            let items = &mut self.days[(day % days) as usize];
            due.extend(items.extract_if(.., |item| item.0 <= until));
        }
        self.today = until / WINDOW;
        due.sort_unstable();
    }
}

/// The state of a pattern: what comes out is put back as `later` says.
struct Run<Q> {
    queue: Q,
    now: u64,
    random: Stream,
    due: Vec<(u64, u32)>,
    later: fn(&mut Stream) -> u64,
}

impl<Q: Pattern> Run<Q> {
    fn new(items: u32, later: fn(&mut Stream) -> u64) -> Self {
        let mut run = Self { queue: Q::default(), now: 0, random: Stream::new(1, 1), due: Vec::new(), later };
        for item in 0..items {
            let time = 1 + run.random.bits() % (run.later)(&mut run.random);
            run.queue.put(time, item);
        }
        run
    }

    fn window(&mut self) {
        self.now += WINDOW;
        self.due.clear();
        self.queue.take(self.now, &mut self.due);
        for index in 0..self.due.len() {
            let (time, item) = self.due[index];
            let wait = (self.later)(&mut self.random);
            self.queue.put((time + wait).max(self.now + 1), item);
        }
    }
}

fn pattern<Q: Pattern>(c: &mut Criterion, name: &str, queue: &str, items: u32, later: fn(&mut Stream) -> u64) {
    let mut group = c.benchmark_group(format!("queue/{name}, {items} items"));
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(600));
    let mut run = Run::<Q>::new(items, later);
    let mean = (later(&mut Stream::new(2, 2)) / WINDOW).max(1);
    group.throughput(Throughput::Elements(u64::from(items) / mean));
    group.bench_function(queue, |b| b.iter(|| run.window()));
}

/// Uniform between no time and twenty windows.
fn random(random: &mut Stream) -> u64 {
    1 + random.bits() % (20 * WINDOW)
}

/// A window: one delay for all.
fn same(_: &mut Stream) -> u64 {
    WINDOW
}

fn queues(c: &mut Criterion) {
    for items in [1_000, 100_000] {
        for (name, later) in [("hold", random as fn(&mut Stream) -> u64), ("burst", same)] {
            pattern::<Queue<u32>>(c, name, "radix heap", items, later);
            pattern::<Binary>(c, name, "binary heap", items, later);
            pattern::<Calendar>(c, name, "calendar", items, later);
        }
    }
}

criterion_group!(benches, queues);
criterion_main!(benches);
