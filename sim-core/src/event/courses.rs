//! What rules read of modulators: values that spikes change, and that go back to their rest by themselves in between.
//!
//! A spike changes a modulator a delay after it was told, and a window is no longer than any delay: so the course of a window is known
//! when it begins, and every partition keeps all of it for itself, as far back as something is under way.

use super::population::Population;
use super::rows::{Arrival, Table};
use crate::math;
use crate::network::{Channel, Network};
use crate::plasticity::Zones;
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};
use crate::time::FS_PER_MS;
use std::ops::Range;
use std::sync::Arc;

/// How a value goes back to its rest: dx/dt = (rest - x) / tau.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relaxing {
    /// In ms.
    pub tau: f64,
    /// Where it goes.
    pub rest: f64,
}

/// The value of one modulator.
#[derive(Clone, Debug)]
pub(super) struct Course {
    relaxing: Relaxing,
    /// When it was changed, and what it was just after.
    changes: Vec<(i64, f64)>,
}

impl Course {
    fn new(relaxing: Relaxing, start: f64) -> Self {
        Self { relaxing, changes: vec![(0, start)] }
    }

    fn after(&self, (changed, value): (i64, f64), at: i64) -> f64 {
        let Relaxing { tau, rest } = self.relaxing;
        rest + (value - rest) * math::exp(-ms(at - changed) / tau)
    }

    /// Its value at a time, a change of this very time included.
    pub(super) fn at(&self, time: i64) -> f64 {
        let later = self.changes.partition_point(|(changed, _)| *changed <= time);
        later.checked_sub(1).map_or(0.0, |last| self.after(self.changes[last], time))
    }

    fn change(&mut self, time: i64, by: f64) {
        let value = self.at(time) + by;
        match self.changes.last_mut() {
            Some(last) if last.0 == time => last.1 = value,
            _ => self.changes.push((time, value)),
        }
    }

    /// The pieces of a stretch of time in which it is not changed, in ms: how long each takes, and how far from its rest it is at its
    /// beginning.
    pub(super) fn pieces(&self, from: i64, to: i64, mut each: impl FnMut(f64, f64, Relaxing)) {
        let mut from = from;
        let mut next = self.changes.partition_point(|(changed, _)| *changed <= from);
        while from < to {
            let end = self.changes.get(next).map_or(to, |(changed, _)| to.min(*changed));
            let value = next.checked_sub(1).map_or(0.0, |last| self.after(self.changes[last], from));
            each(ms(end - from), value - self.relaxing.rest, self.relaxing);
            (from, next) = (end, next + 1);
        }
    }

    /// What is of use from a time on.
    fn since(&self, time: i64) -> &[(i64, f64)] {
        &self.changes[self.changes.partition_point(|(changed, _)| *changed <= time).saturating_sub(1)..]
    }

    /// Nobody asks for what was before a time any more.
    fn forget(&mut self, before: i64) {
        let old = self.changes.partition_point(|(changed, _)| *changed <= before).saturating_sub(1);
        if old > self.changes.len() / 2 {
            self.changes.drain(..old);
        }
    }
}

fn ms(fs: i64) -> f64 {
    fs as f64 / FS_PER_MS as f64
}

/// The courses of all that rules read, by channel, with the synapses that change them.
#[derive(Clone)]
pub(crate) struct Courses {
    all: Vec<Course>,
    heard: Arc<Heard>,
    /// Changes to come: when, of which channel, by how much.
    coming: Vec<(i64, u32, f64)>,
}

/// Who changes what.
struct Heard {
    /// Tables of synapses onto populations of modulators, whole.
    tables: Vec<Table>,
    /// Which of them are of each source population.
    of_source: Vec<Vec<u32>>,
    /// Population and cell of each channel, ascending.
    channels: Vec<((usize, u32), u32)>,
}

impl Courses {
    /// Courses from time 0 on. `populations` finds the one that has a cell, and the cell's place there.
    ///
    /// # Errors
    /// What rules read does more by itself than to go back to its rest: a sentence.
    pub(super) fn new<'a>(
        network: &Network,
        populations: impl Fn(usize, u32) -> Option<(&'a dyn Population, usize)>,
    ) -> Result<Self, String> {
        let course = |channel: &Channel| {
            let relaxing = populations(channel.population, channel.cell).and_then(|(of, cell)| of.relaxing(cell));
            let (relaxing, start) = relaxing.ok_or_else(|| {
                let name = &network.populations[channel.population].name;
                format!("rules read \"{name}\", which does more by itself than to fade")
            })?;
            Ok(Course::new(relaxing, start))
        };
        let all = network.channels.iter().map(course).collect::<Result<_, String>>()?;
        let mut channels: Vec<_> = network.channels.iter().map(|c| (c.population, c.cell)).zip(0..).collect();
        channels.sort_unstable();
        let mut heard = Heard { tables: Vec::new(), of_source: vec![Vec::new(); network.populations.len()], channels };
        for (index, projection) in network.projections.iter().enumerate() {
            if network.channels.iter().any(|channel| channel.population == projection.target) {
                for table in Table::of(network, index, &(0..network.populations[projection.target].size)) {
                    heard.of_source[projection.source].push(heard.tables.len() as u32);
                    heard.tables.push(table);
                }
            }
        }
        Ok(Self { all, heard: Arc::new(heard), coming: Vec::new() })
    }

    /// That of a channel.
    pub(super) fn of(&self, channel: usize) -> &Course {
        &self.all[channel]
    }

    /// The channels' values at a time, by zone of the targets.
    pub(super) fn views(&self, time: i64, zones: &Zones, each: impl FnMut(usize, &[f64])) {
        let bus: Vec<f64> = self.all.iter().map(|course| course.at(time)).collect();
        zones.views(&bus, each);
    }

    /// A source fires: notes what will change.
    pub(crate) fn note(&mut self, population: usize, source: u32, time: u64) {
        let Self { heard, coming, .. } = self;
        for index in &heard.of_source[population] {
            let table = &heard.tables[*index as usize];
            table.schedule(*index, source, time, |at, arrival: Arrival| {
                table.fan(arrival).each(|cell, weight| {
                    let of = (table.target, cell as u32);
                    let first = heard.channels.partition_point(|(before, _)| *before < of);
                    let channels = heard.channels[first..].iter().take_while(|(cell, _)| *cell == of);
                    coming.extend(channels.map(|(_, channel)| (at as i64, *channel, weight)));
                });
            });
        }
    }

    /// Forgets changes to come until a time: they have been entered.
    pub(crate) fn skip(&mut self, until: i64) {
        self.coming.retain(|(at, ..)| *at > until);
    }

    /// Enters all changes until a time that are known by now; later ones are after it.
    pub(super) fn enter(&mut self, until: u64) {
        if self.coming.is_empty() {
            return;
        }
        // What meets in time is added in an order that does not depend on who told it first.
        self.coming.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        let due = self.coming.partition_point(|(at, ..)| *at <= until as i64);
        self.coming.drain(..due).for_each(|(at, channel, by)| self.all[channel as usize].change(at, by));
    }

    /// Writes what is of use from a time on. All partitions know as much; `others` may know more of what was before.
    pub(crate) fn keep<'a>(since: i64, parts: impl Fn() -> Box<dyn Iterator<Item = &'a Self> + 'a>, out: &mut Writer) {
        let channels = parts().next().map_or(0, |courses| courses.all.len());
        for channel in 0..channels {
            let longest =
                parts().map(|courses| courses.all[channel].since(since)).min_by_key(|changes| changes.first().map(|c| c.0));
            let changes = longest.unwrap_or_default();
            out.put(changes.len() as u64);
            changes.iter().for_each(|(at, value)| {
                out.put(*at);
                out.put(*value);
            });
        }
    }

    /// Goes on from what was written.
    pub(crate) fn restore(&mut self, now: i64, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.coming.clear();
        for course in &mut self.all {
            let changes = (0..bytes.count(16)?).map(|_| Ok((bytes.get()?, bytes.get()?)));
            course.changes = changes.collect::<Result<_, SnapshotError>>()?;
            let in_order = course.changes.is_sorted_by(|a, b| a.0 < b.0);
            if !in_order
                || course.changes.first().is_none_or(|first| first.0 < 0)
                || course.changes.last().is_none_or(|last| last.0 > now)
            {
                return Err(bytes.wrong());
            }
        }
        Ok(())
    }

    /// Nobody asks for what was before a time any more.
    pub(super) fn forget(&mut self, before: i64) {
        self.all.iter_mut().for_each(|course| course.forget(before));
    }
}

/// Which partition has a cell, and where.
pub(super) fn place(owned: &[Range<u32>], cell: u32) -> Option<(usize, usize)> {
    owned.iter().position(|cells| cells.contains(&cell)).map(|part| (part, (cell - owned[part].start) as usize))
}
