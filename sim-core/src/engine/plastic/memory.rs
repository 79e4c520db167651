//! What plastic synapses remember: a part of the state.

use super::posts::Posts;
use super::wiring::{Table, Wiring};
use crate::engine::values::Values;
use std::sync::Arc;

/// No spike yet.
pub(crate) const NEVER: i32 = i32::MIN;

/// What the synapses of one table remember. It says itself whose they are, so that a plan with other partitions can
/// take it over.
#[derive(Debug)]
pub struct Memory {
    pub(crate) wiring: Arc<Wiring>,
    /// By variable, then synapse.
    pub(crate) synapses: Values,
    /// By run: tick of the source's last spike that has arrived.
    pub(crate) last: Vec<i32>,
    /// By run: last tick whose spikes of the targets are worked off.
    pub(crate) done: Vec<i32>,
    /// By run, then trace: as of `last`.
    pub(crate) traces: Values,
    /// Spikes of the targets.
    pub(crate) posts: Posts,
    /// All runs have seen the targets' spikes up to here.
    pub(crate) seen: i32,
}

impl Memory {
    /// At the start.
    pub(crate) fn new(table: &Table) -> Self {
        let (variables, traces, kept) = table.learner.sizes();
        let (wiring, precision) = (table.wiring.clone(), table.start.precision());
        let mut synapses = table.start.clone();
        synapses.extend(
            &Values::new(precision, vec![0.0; table.start.len() * (variables - 1)]),
            0..table.start.len() * (variables - 1),
        );
        let runs = wiring.run_count();
        Self {
            synapses,
            last: vec![NEVER; runs],
            done: vec![0; runs],
            traces: Values::new(precision, vec![0.0; runs * traces]),
            posts: Posts::new(wiring.targets.len(), kept, precision),
            seen: 0,
            wiring,
        }
    }

    /// Takes over what the same synapses remember at `now` under another partitioning, where a run's synapses lie in several
    /// tables. Each of these may have worked off the targets' spikes up to another tick; first all catch up, as what is one
    /// run then has one such tick.
    pub(crate) fn gather(table: &Table, others: &[&Memory], now: i32) -> Self {
        let mut all = Self::new(table);
        let wiring = &*table.wiring;
        let mut others: Vec<Memory> =
            others.iter().filter(|m| m.wiring.projection == wiring.projection).map(|m| (*m).clone()).collect();
        others.iter_mut().for_each(|memory| table.learner.catch_up(memory, now));
        others.sort_by_key(|memory| memory.wiring.targets.start);
        all.posts = all.gathered_posts(&others).unwrap_or(all.posts);
        all.seen = others.iter().map(|m| m.seen).min().unwrap_or(0);
        for source in 0..wiring.rows.len() as u32 - 1 {
            for run in wiring.runs_of(source).map(|run| run as usize) {
                all.gather_run(source, run, &others);
            }
        }
        all
    }

    /// The spikes of the targets, of which each of the others, by their targets, has some; none has those of targets without synapses.
    fn gathered_posts(&self, others: &[Memory]) -> Option<Posts> {
        let (mut parts, mut next) = (Vec::new(), self.wiring.targets.start);
        for other in others {
            let (own, theirs) = (&self.wiring.targets, &other.wiring.targets);
            let common = own.start.max(theirs.start)..own.end.min(theirs.end);
            if !common.is_empty() {
                parts.push((&self.posts, 0..(common.start - next) as usize));
                parts.push((&other.posts, (common.start - theirs.start) as usize..(common.end - theirs.start) as usize));
                next = common.end;
            }
        }
        parts.push((&self.posts, 0..(self.wiring.targets.end - next) as usize));
        Posts::gather(parts.into_iter())
    }

    /// Takes over one run. Its synapses are known by their targets: their order may go by something else. Those of one pair of
    /// cells lie in one table, in the same order.
    fn gather_run(&mut self, source: u32, run: usize, others: &[Memory]) {
        let wiring = self.wiring.clone();
        let target = |wiring: &Wiring, synapse: usize| wiring.targets.start + u32::from(wiring.cells[synapse]);
        let mut own: Vec<(u32, usize)> = wiring.synapses(run).map(|synapse| (target(&wiring, synapse), synapse)).collect();
        own.sort_by_key(|(target, _)| *target);
        let mut theirs: Vec<(u32, &Memory, usize)> = Vec::with_capacity(own.len());
        for other in others {
            // A run without synapses hears of no spikes.
            let same =
                |old: &usize| other.wiring.runs[*old].delay == wiring.runs[run].delay && !other.wiring.synapses(*old).is_empty();
            for old in other.wiring.runs_of(source).map(|old| old as usize).filter(same) {
                (self.last[run], self.done[run]) = (other.last[old], other.done[old]);
                let traces = other.traces.len() / other.wiring.run_count();
                (0..traces).for_each(|x| self.traces.set(run * traces + x, other.traces.get(old * traces + x)));
                let all = other.wiring.synapses(old).map(|synapse| (target(&other.wiring, synapse), other, synapse));
                theirs.extend(all.filter(|(target, ..)| wiring.targets.contains(target)));
            }
        }
        theirs.sort_by_key(|(target, ..)| *target);
        for ((_, synapse), (_, other, old)) in own.into_iter().zip(theirs) {
            let (count, stride) = (wiring.cells.len(), other.wiring.cells.len());
            let variables = self.synapses.len() / count;
            (0..variables).for_each(|v| self.synapses.set(v * count + synapse, other.synapses.get(v * stride + old)));
        }
    }

    /// Whether this is the memory of a table, or of one with the same wiring.
    pub(crate) fn is_of(&self, table: &Table) -> bool {
        let (own, other) = (&self.wiring, &table.wiring);
        let alike = own.projection == other.projection && own.targets == other.targets && own.cells.len() == other.cells.len();
        Arc::ptr_eq(own, other) || alike
    }
}

/// Written out for `clone_from`, which takes no new memory where the sizes agree.
impl Clone for Memory {
    fn clone(&self) -> Self {
        let Self { wiring, synapses, last, done, traces, posts, seen } = self;
        Self {
            wiring: wiring.clone(),
            synapses: synapses.clone(),
            last: last.clone(),
            done: done.clone(),
            traces: traces.clone(),
            posts: posts.clone(),
            seen: *seen,
        }
    }

    fn clone_from(&mut self, source: &Self) {
        let Self { wiring, synapses, last, done, traces, posts, seen } = self;
        wiring.clone_from(&source.wiring);
        synapses.clone_from(&source.synapses);
        last.clone_from(&source.last);
        done.clone_from(&source.done);
        traces.clone_from(&source.traces);
        posts.clone_from(&source.posts);
        *seen = source.seen;
    }
}
