//! The synapses of a table, whatever their rule.

use super::following::LAP;
use super::laws::{Coming, Laws, Since, Target};
use super::posts::Posts;
use super::{NEVER, Part, Synapses, Wiring};
use crate::event::courses::Courses;
use crate::plasticity::{Reading, Rule};
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};
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
    /// The rule's parameters where no modulator changes them.
    fixed: Option<R::Moment>,
    /// All synapses are at least as a spike of their source has left them that arrived then.
    swept: i64,
    /// What goes on between spikes has been followed up to this time, by the sources' clocks.
    followed: i64,
    /// The longest delay of any partition's synapses of this kind.
    longest: i64,
    /// How many spikes of targets are remembered at most until the next sweep.
    room: usize,
}

impl<R: Rule<f64, V, X, Y, i64>, const V: usize, const X: usize, const Y: usize> Learning<R, V, X, Y> {
    pub(super) fn new(rule: R, wiring: Arc<Wiring>, weights: &[f64]) -> Self {
        let start = |weight: &f64| std::array::from_fn(|variable| if variable == 0 { *weight } else { 0.0 });
        Self {
            fixed: (!wiring.modulated()).then(|| rule.moment(&[])),
            laws: Laws::new(rule),
            synapses: weights.iter().map(start).collect(),
            sources: vec![Source { last: NEVER, traces: [0.0; X] }; wiring.run_count()],
            posts: Posts::new(wiring.cells()),
            swept: NEVER,
            followed: NEVER,
            longest: wiring.longest(),
            room: REMEMBERED * wiring.cells(),
            wiring,
        }
    }

    /// What a run remembers of its source, by its targets' clocks; none where that never fired.
    fn since(&self, run: usize) -> Option<Since<X>> {
        let (Source { last, traces }, delay) = (self.sources[run], self.wiring.delay(run));
        (last != NEVER).then(|| {
            let way = self.laws.way(delay);
            let last = last - way;
            Since { traces, last, low: last.max(self.laws.seen(self.swept, delay)), way, followed: self.followed }
        })
    }

    /// What modulators make of the rule's parameters at a time, by zone of the targets.
    fn moments(&self, courses: &Courses, at: i64) -> Vec<R::Moment> {
        match self.fixed {
            Some(moment) => vec![moment; self.wiring.zones().count.max(1)],
            None => {
                let mut moments = Vec::new();
                courses.views(at, self.wiring.zones(), |_, view| moments.push(self.laws.rule.moment(view)));
                moments
            }
        }
    }

    fn target<'a>(&'a self, synapse: usize, courses: &'a Courses) -> Target<'a, Y> {
        let (target, zones) = (self.wiring.target(synapse), self.wiring.zones());
        Target { posts: self.posts.of(target), zone: zones.zone(target as usize), zones, courses }
    }

    /// What a run sees of a spike of its source.
    fn coming<'a>(&self, run: usize, at: i64, moments: &'a [R::Moment]) -> Coming<'a, R::Moment, X> {
        let (now, since) = (self.laws.seen(at, self.wiring.delay(run)), self.since(run));
        let elapsed = since.map(|since| now - since.last);
        let none = || Since { traces: [0.0; X], last: NEVER, low: now, way: 0, followed: NEVER };
        let since = since.unwrap_or_else(none);
        Coming { now, since, elapsed, after: self.laws.rule.source(&since.traces, elapsed), moments }
    }

    /// The time before which courses are of no more use.
    fn oldest(&self, now: i64) -> i64 {
        if R::FLOWS { self.followed } else { now - self.longest }
    }

    /// All synapses get as far as a spike of their source would bring them that arrives now; then nobody needs the spikes that all
    /// have seen.
    fn sweep(&mut self, now: i64, courses: &Courses) {
        // None before the longest delay is over.
        let lap = if R::FLOWS && now >= self.longest { (now - self.longest) / LAP * LAP } else { NEVER };
        for run in 0..self.wiring.run_count() {
            let (by, Some(since)) = (self.laws.seen(now, self.wiring.delay(run)), self.since(run)) else { continue };
            if lap <= since.followed && (by <= since.low || since.low - since.last >= self.laws.reach) {
                continue;
            }
            for synapse in self.wiring.synapses(run) {
                let mut own = self.synapses[synapse];
                let target = self.target(synapse, courses);
                self.laws.catch_up(&mut own, &since, target, by);
                if lap > since.followed {
                    self.laws.follow(&mut own, &since, target.by(by), lap);
                }
                self.synapses[synapse] = own;
            }
        }
        (self.swept, self.followed) = (now, self.followed.max(lap));
        self.posts.forget(self.laws.seen(now, self.longest));
        self.room = (REMEMBERED * self.wiring.cells()).max(2 * self.posts.len());
    }
}

/// Refuses times of a file that are not before now.
fn past(time: i64, now: i64, bytes: &Reader<'_>) -> Result<(), SnapshotError> {
    if time == NEVER || (0..=now).contains(&time) { Ok(()) } else { Err(bytes.wrong()) }
}

impl<R: Rule<f64, V, X, Y, i64>, const V: usize, const X: usize, const Y: usize> Synapses for Learning<R, V, X, Y> {
    fn copy(&self) -> Box<dyn Synapses> {
        Box::new(self.clone())
    }

    fn arrive(&mut self, at: i64, first: u32, courses: &Courses, sent: &mut Vec<f64>) {
        let run = self.wiring.run(first);
        let moments = self.moments(courses, at - self.wiring.delay(run));
        let coming = self.coming(run, at, &moments);
        for synapse in self.wiring.synapses(run) {
            let mut own = self.synapses[synapse];
            sent.push(self.wiring.sign() * self.laws.meet(&mut own, &coming, self.target(synapse, courses)));
            self.synapses[synapse] = own;
        }
        self.sources[run] = Source { last: at - self.wiring.delay(run), traces: coming.after };
    }

    fn fired(&mut self, at: i64, cell: u32, courses: &Courses) {
        let Laws { rule, reach, .. } = &self.laws;
        if *reach == 0 || !self.wiring.reaches(cell) {
            return;
        }
        let moment = &self.moments(courses, at)[self.wiring.zones().zone(cell as usize)];
        if rule.heeds(moment) {
            self.posts.push(cell, at, |last| {
                let kept = last.map_or([0.0; Y], |last| last.kept);
                rule.target(&kept, last.map(|last| at - last.at), moment)
            });
        }
    }

    fn pass(&mut self, now: i64, courses: &Courses) -> i64 {
        let oldest = now - self.longest;
        let lagging = R::FLOWS && oldest - self.followed.max(0) >= LAP;
        if self.posts.len() > self.room || lagging {
            self.sweep(now, courses);
        }
        self.oldest(now)
    }

    fn read(&self, now: i64, variable: usize, reading: Reading, courses: &Courses) -> Vec<f64> {
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
                    let target = self.target(synapse, courses);
                    self.laws.catch_up(&mut own, since, target, by);
                    self.laws.follow(&mut own, since, target.by(by), by + since.way);
                }
                values.push(own.get(variable).copied().unwrap_or(f64::NAN));
            }
        }
        values
    }

    fn longest(&self) -> i64 {
        self.longest
    }

    fn remember(&mut self, longest: i64) {
        self.longest = longest;
    }

    fn level(&mut self, now: i64, courses: &Courses) -> i64 {
        self.sweep(now, courses);
        self.oldest(now)
    }

    fn keep(&self, part: Part, out: &mut Writer) {
        match part {
            Part::Time => out.all([self.swept, self.followed]),
            Part::Synapse(synapse) => out.all(self.synapses[synapse]),
            Part::Source(run) => {
                out.put(self.sources[run].last);
                out.all(self.sources[run].traces);
            }
            Part::Target(cell) => self.posts.keep(cell, out),
        }
    }

    fn restore(&mut self, part: Part, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
        match part {
            Part::Time => {
                (self.swept, self.followed) = (bytes.get()?, bytes.get()?);
                past(self.followed, self.swept, bytes)?;
            }
            Part::Synapse(synapse) => bytes.fill(&mut self.synapses[synapse])?,
            Part::Source(run) => {
                self.sources[run].last = bytes.get()?;
                past(self.sources[run].last, self.swept, bytes)?;
                bytes.fill(&mut self.sources[run].traces)?;
            }
            Part::Target(cell) => {
                self.posts.restore(cell, self.swept, bytes)?;
                self.room = (REMEMBERED * self.wiring.cells()).max(2 * self.posts.len());
            }
        }
        Ok(())
    }

    fn bytes(&self) -> (usize, usize) {
        (size_of_val(&self.synapses[..]), size_of_val(&self.sources[..]) + self.wiring.bytes())
    }
}
