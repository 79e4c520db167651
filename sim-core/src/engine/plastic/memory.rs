//! What plastic synapses remember: a part of the state.

use super::posts::Posts;
use super::wiring::{Table, Wiring};
use crate::engine::values::Values;
use std::ops::Range;
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

    /// Takes over what the same synapses remember at `now` under another partitioning: a run's synapses lie there in the same
    /// order, by target, but in several tables. Each table may have worked off the targets' spikes up to another tick; first all
    /// catch up, as what is one run then has one such tick.
    pub(crate) fn gather(table: &Table, others: &[&Memory], now: i32) -> Self {
        let mut all = Self::new(table);
        let (variables, traces, _) = table.learner.sizes();
        let wiring = &*table.wiring;
        let mut others: Vec<Memory> =
            others.iter().filter(|m| m.wiring.projection == wiring.projection).map(|m| (*m).clone()).collect();
        others.iter_mut().for_each(|memory| table.learner.catch_up(memory, now));
        let overlap = |other: &Memory| -> Range<u32> {
            let (a, b) = (&other.wiring.targets, &wiring.targets);
            a.start.max(b.start)..a.end.min(b.end)
        };
        let parts = others.iter().filter(|m| !overlap(m).is_empty()).map(|m| {
            let (range, first) = (overlap(m), m.wiring.targets.start);
            (&m.posts, (range.start - first) as usize..(range.end - first) as usize)
        });
        all.posts = Posts::gather(parts).unwrap_or(all.posts);
        all.seen = others.iter().map(|m| m.seen).min().unwrap_or(0);
        let count = wiring.cells.len();
        let (mut synapses, mut kept) = (vec![0.0; count * variables], vec![0.0; wiring.run_count() * traces]);
        for source in 0..wiring.rows.len() as u32 - 1 {
            for run in wiring.runs_of(source).map(|run| run as usize) {
                let mut at = wiring.synapses(run).start;
                for other in &others {
                    let same = |r: &u32| other.wiring.runs[*r as usize].delay == wiring.runs[run].delay;
                    for old in other.wiring.runs_of(source).filter(same).map(|run| run as usize) {
                        all.last[run] = other.last[old];
                        all.done[run] = other.done[old];
                        (0..traces).for_each(|x| kept[run * traces + x] = other.traces.get(old * traces + x));
                        let own = |cell: u16| wiring.targets.contains(&(other.wiring.targets.start + u32::from(cell)));
                        for synapse in other.wiring.synapses(old).filter(|i| own(other.wiring.cells[*i])) {
                            let stride = other.wiring.cells.len();
                            (0..variables).for_each(|v| synapses[v * count + at] = other.synapses.get(v * stride + synapse));
                            at += 1;
                        }
                    }
                }
            }
        }
        let precision = all.synapses.precision();
        all.synapses = Values::new(precision, synapses);
        all.traces = Values::new(precision, kept);
        all
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
