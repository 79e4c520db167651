//! The event engine: continuous time, each neuron touched only when something reaches it. Time is a whole number of femtoseconds.
//!
//! No spike reaches a neuron before the smallest delay is over, so a window of that length is a partition's own affair:
//!
//! 1. **take**    what is due out of the queues, in the order of time
//! 2. **reach**   currents change, spikes arrive, probes are read
//! 3. **settle**  neurons that something reached do what they do by themselves, and foresee their next step
//! 4. **emit**    stimuli spike
//! 5. **tell**    partitions tell each other who fired, and when something happens next
//! 6. **route**   each schedules what the spikes start in it: one event for all that is reached after one delay; plastic synapses note
//!    those of their targets
//! 7. **record**  the sink sees the window
//!
//! The next window begins where something happens: a network in which nothing does costs nothing. Whatever happens at one time to
//! one neuron has an order that does not depend on the partitions: its own threshold crossing, its own random input, injected current,
//! spikes by projection and source (added up before the threshold is tested), then a probe's reading, which changes nothing.
//!
//! In the order of reading: `queue.rs`, `rows.rs` (synapses), `plastic/` (those that learn), `courses.rs` (what they read of modulators), `lazy.rs` and `leaky.rs` (neurons), `worker.rs`
//! (the window of a partition).

pub(crate) mod courses;
mod currents;
mod hazard;
mod lazy;
mod leader;
mod leaky;
pub(crate) mod plan;
pub(crate) mod plastic;
mod population;
pub(crate) mod queue;
mod refusals;
pub(crate) mod rows;
mod sources;
pub(crate) mod state;
mod stretch;
mod trains;
mod trials;
mod worker;

pub use courses::Relaxing;
pub use lazy::{Flow, Outlook, build};
pub use leaky::{Relaxation, leaky};
pub use plan::Plan;
pub use plastic::{Femtoseconds, Learner, Teach};
pub use population::{Build, Currents, Foreseen, Population, Setup};
pub use queue::Queue;
pub use rows::Fan;
pub use state::{Events, State};
pub use trains::Trains;
pub use trials::TrialRun;

use crate::engine::exchange::{Alone, Exchange, Threads};
use crate::record::{Sink, Spike};
use hazard::NEVER;
use leader::Leader;
use worker::{Told, Worker};

impl State {
    /// Runs so many femtoseconds, or until the sink breaks off (with several threads, one window later). Returns those done.
    ///
    /// # Panics
    /// If the state is not one of this plan.
    pub fn advance(&mut self, plan: &Plan, ticks: u64, sink: &mut dyn Sink) -> u64 {
        let (start, end) = (self.now, self.now + ticks);
        assert_eq!(self.parts.len(), plan.parts.len(), "a state of another plan");
        let mut leader = Leader::new(plan, sink, &mut self.tally, start);
        let mut workers: Vec<Worker<'_>> =
            self.parts.iter_mut().enumerate().map(|(part, state)| Worker::new(plan, part, state)).collect();
        let first = workers.remove(0);
        self.now = if workers.is_empty() {
            run((0, first), plan, (start, end), &Alone, Some(&mut leader))
        } else {
            let exchange = &Threads::new(plan.parts.len());
            std::thread::scope(|scope| {
                for (part, worker) in (1..).zip(workers) {
                    scope.spawn(move || {
                        let _guard = exchange.guard();
                        run((part, worker), plan, (start, end), exchange, None)
                    });
                }
                let _guard = exchange.guard();
                run((0, first), plan, (start, end), exchange, Some(&mut leader))
            })
        };
        self.tally.synaptic_events = self.parts.iter().map(|part| part.synaptic_events).sum();
        self.now - start
    }
}

/// One thread's run of its partition. Returns the time reached.
fn run(
    (part, mut worker): (usize, Worker<'_>),
    plan: &Plan,
    (start, end): (u64, u64),
    exchange: &dyn Exchange<Told>,
    mut leader: Option<&mut Leader<'_>>,
) -> u64 {
    let mut now = start;
    let mut told = [Told::default()];
    while now < end {
        let until = now.saturating_add(plan.window).min(end);
        let stopped = leader.as_ref().is_some_and(|leader| leader.stop);
        worker.run(now, until, &mut told[0]);
        told[0].stop = stopped;
        let (mut next, mut stop) = (NEVER, false);
        exchange.swap(part, &mut told, &mut |part, told| {
            stop |= told.stop;
            next = next.min(told.next).min(soonest(&told.spikes, plan.window));
            worker.route(&told.spikes);
            if let Some(leader) = &mut leader {
                leader.take(part, told);
            }
        });
        worker.pass(until);
        // Nothing happens before the femtosecond of `next`, nor is anything read.
        let read = plan.probes.iter().map(|probe| probe.next(until)).min().unwrap_or(NEVER);
        now = until.max(next.min(read).saturating_sub(1)).min(end);
        if let Some(leader) = &mut leader {
            leader.record(now);
            stop |= plan.parts.len() == 1 && leader.stop;
        }
        if stop {
            break;
        }
    }
    now
}

/// The soonest that anything can come of these spikes.
fn soonest(spikes: &[Spike], delay: u64) -> u64 {
    spikes.iter().map(|spike| spike.tick).min().map_or(NEVER, |first| first.saturating_add(delay))
}
