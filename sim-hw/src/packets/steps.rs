//! Many time steps with several threads. Where everything sent in a step has arrived before the next step begins, the two know
//! nothing of each other and can be emulated at the same time; where it has not, the second goes on from the state that the first
//! left. So the result is that of one run from beginning to end, bit for bit, whatever the number of threads.

use super::links::Links;
use super::router::{Router, RouterSettings};
use super::{Counters, Observer, Traffic, Trouble};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::ops::Range;

/// An emulation that goes on in time.
pub trait Emulation: Send {
    /// Sends packets of the traffic and goes on until a time, itself excluded. None of them is sent before the time reached.
    fn advance<O: Observer>(&mut self, packets: Range<usize>, until_ps: u64, observer: &mut O);

    /// Since when nothing is under way and everything is as in the beginning, if that is so.
    fn quiet_from_ps(&self) -> Option<u64>;

    /// What happened.
    ///
    /// # Errors
    /// [`Trouble::NotConserved`].
    fn finish(self) -> Result<Counters, Trouble>;
}

/// How closely packets are followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Depth {
    /// [`super::links`].
    Links,
    /// [`super::router`].
    Router(RouterSettings),
}

/// Follows traffic whose steps begin at multiples of `step_ps`, with the threads of the rayon pool that the caller is in. `watch`
/// makes observers, each for a part of the traffic; they are returned in its order.
///
/// # Errors
/// [`Trouble::NotConserved`].
pub fn emulate<O: Observer + Send>(
    traffic: &Traffic<'_>,
    depth: &Depth,
    step_ps: u64,
    watch: impl Fn() -> O + Sync,
) -> Result<(Counters, Vec<O>), Trouble> {
    match depth {
        Depth::Links => in_parts(traffic, step_ps, || Links::new(*traffic), u64::MAX, watch),
        Depth::Router(settings) => {
            let last = traffic.sent.last().map_or(0, |packet| packet.at_ps);
            in_parts(
                traffic,
                step_ps,
                || Router::new(*traffic, settings.clone()),
                last.saturating_add(settings.patience_ps),
                watch,
            )
        }
    }
}

/// Least packets of a part, so that making its state does not count.
const LEAST: usize = 1 << 15;

/// The packets of consecutive steps.
#[derive(Clone, Debug)]
struct Part {
    packets: Range<usize>,
    /// When the next part begins, or the emulation ends.
    until_ps: u64,
}

/// Where the traffic can be cut: parts of whole steps.
fn parts(traffic: &Traffic<'_>, step_ps: u64, end_ps: u64) -> Vec<Part> {
    let (sent, step_ps) = (traffic.sent, step_ps.max(1));
    let (mut parts, mut start) = (Vec::new(), 0);
    while start < sent.len() {
        let reach = &sent[(start + LEAST).min(sent.len()) - 1];
        let next_step_ps = (reach.at_ps / step_ps + 1).saturating_mul(step_ps);
        let end = sent.partition_point(|packet| packet.at_ps < next_step_ps);
        let until_ps = if end == sent.len() { end_ps } else { next_step_ps };
        parts.push(Part { packets: start..end, until_ps });
        start = end;
    }
    parts
}

/// As many parts at a time as there are threads.
fn in_parts<E: Emulation, O: Observer + Send>(
    traffic: &Traffic<'_>,
    step_ps: u64,
    fresh: impl Fn() -> E + Sync,
    end_ps: u64,
    watch: impl Fn() -> O + Sync,
) -> Result<(Counters, Vec<O>), Trouble> {
    let (mut counters, mut observers) = (Counters::new(traffic.fabric), Vec::new());
    // What the parts so far have left under way.
    let mut left: Option<E> = None;
    for wave in parts(traffic, step_ps, end_ps).chunks(rayon::current_num_threads()) {
        let run = |part: &Part, mut emulation: E| {
            let mut observer = watch();
            emulation.advance(part.packets.clone(), part.until_ps, &mut observer);
            (emulation, observer)
        };
        let parts: Vec<_> = wave.iter().map(|part| (part, left.take())).collect();
        let run_or_go_on = |(part, begun): (_, Option<E>)| run(part, begun.unwrap_or_else(&fresh));
        let runs: Vec<_> = parts.into_par_iter().map(run_or_go_on).collect();
        for (part, alone) in wave.iter().zip(runs) {
            let (emulation, observer) = left.take().map_or(alone, |before| run(part, before));
            observers.push(observer);
            if emulation.quiet_from_ps().is_some_and(|quiet| quiet <= part.until_ps) {
                counters.absorb(&emulation.finish()?);
            } else {
                left = Some(emulation);
            }
        }
    }
    if let Some(emulation) = left {
        counters.absorb(&emulation.finish()?);
    }
    Ok((counters.conserved()?, observers))
}
