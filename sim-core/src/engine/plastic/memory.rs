//! What plastic synapses remember: a part of the state.

use super::posts::{self, Posts};
use super::recent::Recent;
use super::tape::Tape;
use super::view::View;
use super::wiring::{Table, Wiring};
use crate::engine::values::Values;
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};
use std::sync::Arc;

/// No spike yet.
pub(crate) const NEVER: i32 = i32::MIN;

/// Whether a tick of a file is one of before now, or never.
pub(crate) fn is_past(tick: i32, now: i32) -> bool {
    tick == NEVER || (0..=now).contains(&tick)
}

/// What the synapses of one table remember. It says itself whose they are, so that a plan with other partitions can
/// take it over.
#[derive(Debug)]
pub struct Memory {
    pub(crate) wiring: Arc<Wiring>,
    /// By variable, then synapse.
    pub(crate) synapses: Values,
    /// By run: tick of the source's last spike that has arrived.
    pub(crate) last: Vec<i32>,
    /// By run, then trace: as of `last`.
    pub(crate) traces: Values,
    /// Spikes of the targets.
    pub(crate) posts: Posts,
    /// The last of these once more, by target.
    pub(super) recent: Recent,
    /// These as the synapses of each delay know them, where that is worth while.
    pub(crate) views: Vec<View>,
    /// Spikes of the targets up to this tick are not worked off any more: another state has done it.
    pub(crate) heeded: i32,
    /// All synapses are at least as a spike of their source has left them that arrived at this tick.
    pub(crate) swept: i32,
    /// The reward as the targets of each modulator get it; none where the rule has none.
    pub(crate) tapes: Vec<Tape>,
}

impl Memory {
    /// At the start.
    pub(crate) fn new(table: &Table) -> Self {
        let (variables, traces, kept) = table.learner.sizes();
        let (wiring, precision) = (table.wiring.clone(), table.start.precision());
        let count = wiring.cells.len();
        let mut synapses = Values::in_large_pages(precision, count * variables);
        let one = table.start.len() == 1;
        (0..count).for_each(|synapse| synapses.set(synapse, table.start.get(if one { 0 } else { synapse })));
        let runs = wiring.rows.run_count();
        Self {
            synapses,
            last: vec![NEVER; runs],
            traces: Values::new(precision, vec![0.0; runs * traces]),
            posts: Posts::new(wiring.targets.len(), kept, precision),
            recent: Recent::new(table.recents(), kept, precision),
            views: table.views().map(|delay| View::new(delay, wiring.targets.len(), kept, precision)).collect(),
            heeded: NEVER,
            swept: NEVER,
            tapes: vec![Tape::default(); if table.learner.tape_bytes() > 0 { wiring.zones.count.max(1) } else { 0 }],
            wiring,
        }
    }

    /// Takes over what the same synapses remember under another partitioning, where a run's synapses lie in several tables. All these
    /// have been swept at the same tick.
    pub(crate) fn gather(table: &Table, others: &[&Memory]) -> Self {
        let mut all = Self::new(table);
        let wiring = &*table.wiring;
        let mut others: Vec<&Memory> = others.iter().filter(|m| m.wiring.projection == wiring.projection).copied().collect();
        others.sort_by_key(|memory| memory.wiring.targets.start);
        all.posts = all.gathered_posts(&others);
        all.heeded = others.iter().map(|memory| memory.heeded).max().unwrap_or(NEVER);
        all.swept = others.iter().map(|memory| memory.swept).max().unwrap_or(NEVER);
        all.turn(table);
        // All partitions have seen the same of it.
        all.tapes = others.first().map_or(all.tapes, |memory| memory.tapes.clone());
        for source in 0..wiring.rows.rows.len() as u32 - 1 {
            for run in wiring.rows.runs_of(source).map(|run| run as usize) {
                all.gather_run(source, run, &others);
            }
        }
        all
    }

    /// Looks up in the targets' spikes what is shown of them.
    fn turn(&mut self, table: &Table) {
        let Self { wiring, views, posts, recent, swept, .. } = self;
        views.iter_mut().for_each(|view| view.turn(posts, table.seen(*swept, view.delay)));
        (0..wiring.targets.len()).for_each(|target| recent.turn(target, posts));
    }

    /// The targets' spikes of the last tick, if it is this one, never happened. No view shows them yet.
    pub(crate) fn take_back(&mut self, tick: i32) {
        let mut targets = Vec::new();
        self.posts.take_back(tick, |target| targets.push(target));
        targets.into_iter().for_each(|target| self.recent.turn(target, &self.posts));
    }

    /// The spikes of the targets, of which each of the others, by their targets, has some; none has those of targets without synapses.
    fn gathered_posts(&self, others: &[&Memory]) -> Posts {
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
        self.posts.gather(parts.into_iter())
    }

    /// Takes over one run. Its synapses are known by their targets: their order may go by something else. Those of one pair of
    /// cells lie in one table, in the same order.
    fn gather_run(&mut self, source: u32, run: usize, others: &[&Memory]) {
        let wiring = self.wiring.clone();
        let target = |wiring: &Wiring, synapse: usize| wiring.targets.start + u32::from(wiring.cells[synapse]);
        let mut own: Vec<(u32, usize)> = wiring.rows.synapses(run).map(|synapse| (target(&wiring, synapse), synapse)).collect();
        own.sort_by_key(|(target, _)| *target);
        let mut theirs: Vec<(u32, &Memory, usize)> = Vec::with_capacity(own.len());
        for &other in others {
            // A run without synapses hears of no spikes.
            let same = |old: &usize| {
                other.wiring.rows.runs[*old].delay == wiring.rows.runs[run].delay && !other.wiring.rows.synapses(*old).is_empty()
            };
            for old in other.wiring.rows.runs_of(source).map(|old| old as usize).filter(same) {
                self.last[run] = other.last[old];
                let traces = other.traces.len() / other.wiring.rows.run_count();
                (0..traces).for_each(|x| self.traces.set(run * traces + x, other.traces.get(old * traces + x)));
                let all = other.wiring.rows.synapses(old).map(|synapse| (target(&other.wiring, synapse), other, synapse));
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

    /// Writes all that cannot be found anew.
    pub(crate) fn write(&self, out: &mut Writer) {
        out.values(&self.synapses);
        out.all(self.last.iter().copied());
        out.values(&self.traces);
        self.posts.write(out);
        out.put(self.heeded);
        out.put(self.swept);
        self.tapes.iter().for_each(|tape| tape.write(out));
    }

    /// What was written of this table: nothing of it is after now. No delay is longer than `longest`.
    pub(crate) fn read(table: &Table, (now, longest): (i32, u32), bytes: &mut Reader<'_>) -> Result<Self, SnapshotError> {
        let mut all = Self::new(table);
        bytes.values(&mut all.synapses)?;
        bytes.fill(&mut all.last)?;
        bytes.values(&mut all.traces)?;
        all.posts.read(now, bytes)?;
        (all.heeded, all.swept) = (bytes.get()?, bytes.get()?);
        for tape in &mut all.tapes {
            *tape = Tape::read(now, bytes)?;
        }
        // Where the history is bounded, no sweep says what may be forgotten.
        let seen = table.seen(if table.learner.history().is_some() { now } else { all.swept }, longest);
        let ticks_are_past = all.last.iter().chain([&all.heeded, &all.swept]).all(|tick| is_past(*tick, now));
        if !ticks_are_past || !all.posts.has_all_after(seen) {
            return Err(bytes.wrong());
        }
        all.turn(table);
        Ok(all)
    }

    /// Takes over the weights of the same synapses after later work; all else stays. Spikes of the targets that were on their way, and
    /// rewards until now, have had their effect there. Where there are rewards these spikes change eligibility alone, which begins anew.
    pub(crate) fn take_weights(&mut self, other: &Self) {
        if self.tapes.is_empty() {
            self.heeded = self.posts.spikes().last().map_or(self.heeded, |spike| spike.tick);
        }
        self.tapes.iter_mut().for_each(Tape::mute);
        (0..self.wiring.cells.len()).for_each(|synapse| self.synapses.set(synapse, other.synapses.get(synapse)));
    }

    /// Moves all that happened in time.
    pub(crate) fn delay(&mut self, by: i32) {
        posts::delay(self.last.iter_mut().chain([&mut self.heeded, &mut self.swept]), by);
        self.posts.delay(by);
        self.recent.delay(by);
        self.views.iter_mut().for_each(|view| view.delay(by));
        self.tapes.iter_mut().for_each(|tape| tape.delay(by));
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
        let Self { wiring, synapses, last, traces, posts, recent, views, heeded, swept, tapes } = self;
        Self {
            wiring: wiring.clone(),
            synapses: synapses.clone(),
            last: last.clone(),
            traces: traces.clone(),
            posts: posts.clone(),
            recent: recent.clone(),
            views: views.clone(),
            heeded: *heeded,
            swept: *swept,
            tapes: tapes.clone(),
        }
    }

    fn clone_from(&mut self, source: &Self) {
        let Self { wiring, synapses, last, traces, posts, recent, views, heeded, swept, tapes } = self;
        wiring.clone_from(&source.wiring);
        synapses.clone_from(&source.synapses);
        last.clone_from(&source.last);
        traces.clone_from(&source.traces);
        posts.clone_from(&source.posts);
        recent.clone_from(&source.recent);
        views.clone_from(&source.views);
        (*heeded, *swept) = (source.heeded, source.swept);
        tapes.clone_from(&source.tapes);
    }
}
