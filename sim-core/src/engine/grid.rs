//! The grid engine: fixed step, exact propagators for linear models, spikes delivered through delays.
//!
//! Each tick has seven phases, in this order, for every partition:
//!
//! 1. **deliver**  due input to each population's slots (one per receptor)
//! 2. **stimulate** external input of this tick, after the slot, in projection order
//! 3. **advance**  every population integrates; returns who fired, ascending
//! 4. **route**    fired neurons' spikes are scheduled
//! 5. **learn**    plastic projections
//! 6. **modulate** astrocytes and neuromodulators
//! 7. **record**   the sink sees the tick
//!
//! Partitions own their targets and run one window of the minimum delay on their own; then they tell each other who
//! fired (one `Exchange`), and each schedules its own synapses. Nothing that a partition adds up comes in an order
//! that depends on the split: sums of weights are exact, everything else happens within one block.
//!
//! ```text
//! partition 0   tick a .. a+w-1 | swap | schedule | sink | tick a+w ..
//! partition 1   tick a .. a+w-1 | swap | schedule |        tick a+w ..
//! ```
//!
//! What two partitions write lies in pages that they do not share (`aligned.rs`): each works on a copy of its part of the state.
//! A thread may have several partitions, which it runs in turn: more threads than cores would only wait for each other.
//! Within a partition, phases 2 and 3 go strip by strip of a few blocks, so that a strip's inputs and state are in the first
//! cache while they are used.
//!
//! Phase 5 is done in two parts. What a spike of a source does to its synapses, and what they transmit, waits until it arrives
//! (`plastic/`), in phase 1; what is left for phase 5 is to note the targets' spikes and the values of modulators, once a
//! window, when all partitions have told theirs. Phase 6 is a part of phase 3: modulators are populations. The currents
//! that astrocytes make come to other cells in phase 2, through a delay (`slow.rs`).

use super::exchange::{Alone, Exchange, Outbox, Threads};
use super::leader::Leader;
use super::plan::Plan;
use super::state::State;
use super::stimuli::Stimuli;
use super::worker::Worker;
use super::workspace::Workspace;
use crate::record::Sink;

impl State {
    /// Runs so many ticks, or until the sink breaks off (with several threads, one window later). Returns the ticks done.
    ///
    /// # Panics
    /// If the state is not one of this plan's network.
    pub fn advance(&mut self, plan: &Plan, ticks: u64, sink: &mut dyn Sink) -> u64 {
        self.advance_with(plan, &plan.stimuli, ticks, sink)
    }

    /// The same with the stimuli of a trial.
    pub(crate) fn advance_with(&mut self, plan: &Plan, stimuli: &Stimuli, ticks: u64, sink: &mut dyn Sink) -> u64 {
        let start = self.tick;
        self.divide(plan);
        let Self { tick, neurons, lanes, held, plastic, bus, flows, history, tally, start: _, spare } = self;
        let in_flight: Vec<_> = history.iter().copied().collect();
        let workers: Vec<Worker<'_>> = spare
            .take(plan)
            .into_iter()
            .zip(plastic)
            .enumerate()
            .map(|(part, (mut workspace, plastic))| {
                workspace.own.swap(plan, part, (neurons, lanes, held));
                Worker::new((plan, stimuli), part, plastic, workspace, (bus.clone(), flows.clone()), &in_flight, start)
            })
            .collect();
        let mut leader = Leader::new(plan, sink, history, (bus, flows), tally);
        let mut crews = crews(workers, plan.threads());
        let first = crews.remove(0);
        let (done, (events, mut workspaces)) = if crews.is_empty() {
            run(first, plan, start, ticks, &Alone, Some(&mut leader))
        } else {
            let exchange = &Threads::new(plan.partitions());
            std::thread::scope(|scope| {
                let others: Vec<_> = crews
                    .into_iter()
                    .map(|crew| {
                        scope.spawn(move || {
                            let _guard = exchange.guard();
                            run(crew, plan, start, ticks, exchange, None).1
                        })
                    })
                    .collect();
                let guard = exchange.guard();
                let (done, events) = run(first, plan, start, ticks, exchange, Some(&mut leader));
                drop(guard);
                let join = |t: std::thread::ScopedJoinHandle<'_, Left>| {
                    t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                };
                let add = |sum: Left, other: Left| (sum.0 + other.0, sum.1.into_iter().chain(other.1).collect());
                (done, others.into_iter().map(join).fold(events, add))
            })
        };
        for (part, workspace) in workspaces.iter_mut().enumerate() {
            workspace.own.swap(plan, part, (neurons, lanes, held));
        }
        spare.keep(plan, workspaces);
        tally.synaptic_events += events;
        *tick = done;
        done - start
    }
}

/// Shares the workers out among threads: neighbours stay together.
fn crews(workers: Vec<Worker<'_>>, threads: usize) -> Vec<Vec<Worker<'_>>> {
    let (count, mut workers) = (workers.len(), workers.into_iter());
    let border = |thread: usize| count * thread / threads;
    (0..threads).map(|thread| workers.by_ref().take(border(thread + 1) - border(thread)).collect()).collect()
}

/// What a thread leaves: the synaptic events scheduled, and the workspaces of its partitions.
type Left = (u64, Vec<Workspace>);

/// One thread's run of its partitions. Returns the last tick done and what is left.
fn run(
    mut workers: Vec<Worker<'_>>,
    plan: &Plan,
    start: u64,
    ticks: u64,
    exchange: &dyn Exchange<Outbox>,
    mut leader: Option<&mut Leader<'_>>,
) -> (u64, Left) {
    let end = start + ticks;
    let mut now = start;
    let mut outboxes = vec![Outbox::default(); workers.len()];
    while now < end {
        let window = now + 1..=now + plan.min_delay().min(end - now);
        for (worker, outbox) in workers.iter_mut().zip(&mut outboxes) {
            outbox.clear();
            outbox.stop = leader.as_ref().is_some_and(|l| l.stop);
            for tick in window.clone() {
                worker.deliver(tick);
                worker.advance(tick, outbox);
                worker.sample(tick, outbox);
            }
            outbox.starts.push(outbox.fired.len() as u32);
        }
        let mut stop = false;
        exchange.swap(workers[0].part(), &mut outboxes, &mut |part, outbox| {
            stop |= outbox.stop;
            workers.iter_mut().for_each(|worker| worker.route(part, outbox, &window));
            if let Some(leader) = &mut leader {
                leader.take(part, outbox, &window);
            }
        });
        workers.iter_mut().for_each(|worker| worker.learn(&window));
        now = *window.end();
        if let Some(leader) = &mut leader {
            leader.record(window);
            stop |= plan.threads() == 1 && leader.stop;
        }
        if stop {
            break;
        }
    }
    (now, (workers.iter().map(Worker::events).sum(), workers.into_iter().map(Worker::leave).collect()))
}
