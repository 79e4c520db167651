//! The synapses of a table, whatever their rule.

use super::laws::{Coming, Laws, Since};
use super::posts::Posts;
use super::{NEVER, Synapses, Wiring};
use crate::plasticity::{Reading, Rule};
use std::sync::Arc;

/// Spikes a target that are remembered until all synapses work them off, so that they can be forgotten.
const REMEMBERED: usize = 16;

/// What a run of synapses remembers of its source.
#[derive(Clone, Copy, Debug)]
struct Source<const X: usize> {
    /// When its last spike that has arrived was emitted.
    last: i64,
    /// Traces just after it.
    traces: [f64; X],
}

#[derive(Clone)]
pub(super) struct Learning<R: Rule<f64, V, X, Y, i64>, const V: usize, const X: usize, const Y: usize> {
    laws: Laws<R, V, X, Y>,
    wiring: Arc<Wiring>,
    synapses: Vec<[f64; V]>,
    /// By run.
    sources: Vec<Source<X>>,
    posts: Posts<Y>,
    /// All synapses are at least as a spike of their source has left them that arrived then.
    swept: i64,
    /// How many spikes of targets are remembered at most until the next sweep.
    room: usize,
}

impl<R: Rule<f64, V, X, Y, i64>, const V: usize, const X: usize, const Y: usize> Learning<R, V, X, Y> {
    pub(super) fn new(rule: R, wiring: Arc<Wiring>, weights: &[f64]) -> Self {
        let start = |weight: &f64| std::array::from_fn(|variable| if variable == 0 { *weight } else { 0.0 });
        Self {
            laws: Laws::new(rule),
            synapses: weights.iter().map(start).collect(),
            sources: vec![Source { last: NEVER, traces: [0.0; X] }; wiring.run_count()],
            posts: Posts::new(wiring.cells()),
            swept: NEVER,
            room: REMEMBERED * wiring.cells(),
            wiring,
        }
    }

    /// What a run remembers of its source, by its targets' clocks; none where that never fired.
    fn since(&self, run: usize) -> Option<Since<X>> {
        let (Source { last, traces }, delay) = (self.sources[run], self.wiring.delay(run));
        (last != NEVER).then(|| {
            let last = last - self.laws.way(delay);
            Since { traces, last, low: last.max(self.laws.seen(self.swept, delay)) }
        })
    }

    /// What a run sees of a spike of its source.
    fn coming(&self, run: usize, at: i64) -> Coming<X> {
        let (now, since) = (self.laws.seen(at, self.wiring.delay(run)), self.since(run));
        let elapsed = since.map(|since| now - since.last);
        let since = since.unwrap_or(Since { traces: [0.0; X], last: NEVER, low: now });
        Coming { now, since, elapsed, after: self.laws.rule.source(&since.traces, elapsed) }
    }

    /// All synapses get as far as a spike of their source would bring them that arrives now; then nobody needs the spikes that all
    /// have seen.
    fn sweep(&mut self, now: i64) {
        for run in 0..self.wiring.run_count() {
            let (by, Some(since)) = (self.laws.seen(now, self.wiring.delay(run)), self.since(run)) else { continue };
            if by <= since.low || since.low - since.last >= self.laws.reach {
                continue;
            }
            for synapse in self.wiring.synapses(run) {
                let posts = self.posts.of(self.wiring.target(synapse));
                self.laws.catch_up(&mut self.synapses[synapse], &since, posts, by);
            }
        }
        self.swept = now;
        self.posts.forget(self.laws.seen(now, self.wiring.longest()));
        self.room = (REMEMBERED * self.wiring.cells()).max(2 * self.posts.len());
    }
}

impl<R: Rule<f64, V, X, Y, i64>, const V: usize, const X: usize, const Y: usize> Synapses for Learning<R, V, X, Y> {
    fn copy(&self) -> Box<dyn Synapses> {
        Box::new(self.clone())
    }

    fn arrive(&mut self, at: i64, first: u32, sent: &mut Vec<f64>) {
        let run = self.wiring.run(first);
        let coming = self.coming(run, at);
        for synapse in self.wiring.synapses(run) {
            let posts = self.posts.of(self.wiring.target(synapse));
            sent.push(self.wiring.sign() * self.laws.meet(&mut self.synapses[synapse], &coming, posts));
        }
        self.sources[run] = Source { last: at - self.wiring.delay(run), traces: coming.after };
    }

    fn fired(&mut self, at: i64, cell: u32) {
        let Laws { rule, moment, reach, .. } = &self.laws;
        if *reach > 0 && self.wiring.reaches(cell) && rule.heeds(moment) {
            self.posts.push(cell, at, |last| {
                let kept = last.map_or([0.0; Y], |last| last.kept);
                rule.target(&kept, last.map(|last| at - last.at), moment)
            });
        }
    }

    fn pass(&mut self, now: i64) {
        if self.posts.len() > self.room {
            self.sweep(now);
        }
    }

    fn read(&self, now: i64, variable: usize, reading: Reading) -> Vec<f64> {
        let mut values = Vec::with_capacity(self.synapses.len());
        for run in 0..self.wiring.run_count() {
            let (delay, since) = (self.wiring.delay(run), self.since(run));
            let by = match reading {
                Reading::Now => now - self.laws.way(delay),
                Reading::AtArrival => self.laws.seen(now, delay),
            };
            for synapse in self.wiring.synapses(run) {
                let mut own = self.synapses[synapse];
                if let Some(since) = &since {
                    self.laws.catch_up(&mut own, since, self.posts.of(self.wiring.target(synapse)), by);
                }
                values.push(own.get(variable).copied().unwrap_or(f64::NAN));
            }
        }
        values
    }

    fn bytes(&self) -> (usize, usize) {
        (size_of_val(&self.synapses[..]), size_of_val(&self.sources[..]) + self.wiring.bytes())
    }
}
