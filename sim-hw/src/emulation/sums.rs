//! A run accounted for by sums: what a packet of each cell asks of cores is known beforehand, so a spike costs no more than adding a
//! row of numbers. No packet waits for another; private trains count by their mean.

use super::cores::Desk;
use super::stages::Stages;
use super::traffic::{Firing, PrivateTrains, Senders, private};
use super::{Followed, Office};
use crate::mapping::{Application, Kind, Mapping};
use crate::packets::Fabric;
use crate::packets::count::count_trees;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What a slice's packets ask for.
struct Sender {
    /// The cores that they come to, as runs of slices.
    runs: Vec<Range<u32>>,
    /// Cores in all runs.
    width: usize,
    /// Where its cells' rows begin.
    start: usize,
    /// Its first cell among all that send; those that hold spikes back have each cell once a stage.
    first: usize,
}

/// What a packet of each cell asks of the cores that it comes to: time, a row of numbers a cell.
struct Costs {
    senders: Vec<Sender>,
    /// In `unit` ps.
    rows: Vec<u32>,
    unit: u64,
    cells: usize,
}

/// The spikes of private trains in a step: how often each of an application's trains fires, and what all of them ask for at that
/// rate of one.
struct Private<'a> {
    application: &'a Application,
    trains: PrivateTrains,
    asks: Vec<(u32, [f64; 4])>,
}

/// Accounts for a run.
pub(super) fn count(office: &Office<'_>, fabric: &Fabric) -> Result<Followed, Vec<String>> {
    let (mapping, steps) = (office.run.mapping, office.run.steps);
    let costs = Costs::new(office).map_err(|problem| vec![problem])?;
    let private = privates(office);
    let senders = Senders::new(office.run.network, mapping);
    let mut followed = Followed { desks: vec![Desk::default(); mapping.slices.len()], ..Followed::default() };
    let updates: Vec<f64> = (0..mapping.slices.len()).map(|slice| office.update_of(slice) as f64).collect();
    let (mut fired, mut load) = (vec![0_u32; costs.cells], updates.clone());
    let before = office.run.spikes.partition_point(|spike| spike.tick == 0);
    let mut spikes = office.run.spikes[before..].chunk_by(|a, b| a.tick == b.tick).peekable();
    let mut held_back: BTreeMap<u64, Vec<Firing>> = BTreeMap::new();
    for step in 1..=steps {
        load.copy_from_slice(&updates);
        let mut send = |firing: Firing| fired[costs.add(mapping, firing, &mut load)] += 1;
        held_back.remove(&step).into_iter().flatten().for_each(&mut send);
        for spike in spikes.next_if(|group| group[0].tick == step).into_iter().flatten() {
            senders.each(*spike, |firing| match firing.step == step {
                true => send(firing),
                false => held_back.entry(firing.step).or_default().push(firing),
            });
        }
        for Private { trains, asks, .. } in &private {
            let rate = trains.at(step);
            asks.iter().for_each(|(slice, asked)| load[*slice as usize] += rate * asked.iter().sum::<f64>());
        }
        for (desk, load) in followed.desks.iter_mut().zip(&load) {
            let taken = load.round() as u64;
            desk.note(step, taken, taken.saturating_sub(office.step_ps));
        }
    }
    itemize(office, &senders, &private, &mut followed.desks);
    let packets = totals(office, &costs, &fired, &private, &mut followed);
    followed.counters = count_trees(fabric, &mapping.forest, &packets).map_err(|trouble| vec![trouble.to_string()])?;
    Ok(followed)
}

impl Costs {
    fn new(office: &Office<'_>) -> Result<Self, String> {
        let mapping = office.run.mapping;
        let prices = office.prices;
        let unit = [prices.receive, prices.row, prices.fixed, prices.plastic].into_iter().fold(0, greatest_divisor).max(1);
        let mut costs = Self { senders: Vec::with_capacity(mapping.slices.len()), rows: Vec::new(), unit, cells: 0 };
        let mut column = vec![usize::MAX; mapping.slices.len()];
        for number in 0..mapping.slices.len() {
            let cells = || office.kinds(number);
            let mut onto = BTreeSet::new();
            for (slice, _) in cells().flat_map(|firing| office.asks(firing)) {
                if std::mem::replace(&mut column[slice as usize], 0) == usize::MAX {
                    onto.insert(slice);
                }
            }
            onto.iter().enumerate().for_each(|(place, onto)| column[*onto as usize] = place);
            let (start, first, width) = (costs.rows.len(), costs.cells, onto.len());
            let sent = cells().count();
            costs.rows.resize(start + width * sent, 0);
            for (row, firing) in costs.rows[start..].chunks_mut(width.max(1)).zip(cells()) {
                for (onto, parts) in office.asks(firing) {
                    let cost = u32::try_from(parts.iter().sum::<u64>() / unit).ok();
                    let sum = cost.and_then(|cost| row[column[onto as usize]].checked_add(cost));
                    row[column[onto as usize]] = sum.ok_or("a packet keeps a core too long to be summed: its figures are odd")?;
                }
            }
            onto.iter().for_each(|onto| column[*onto as usize] = usize::MAX);
            costs.cells += sent;
            costs.senders.push(Sender { runs: runs(&onto), width, start, first });
        }
        Ok(costs)
    }

    /// Adds what a packet asks for. Returns the number of its cell.
    fn add(&self, mapping: &Mapping, firing: Firing, load: &mut [f64]) -> usize {
        let sender = &self.senders[firing.slice as usize];
        let cells = &mapping.slices[firing.slice as usize].cells;
        let place = usize::from(firing.stage.saturating_sub(1)) * cells.len() + (firing.cell - cells.start) as usize;
        let mut row = &self.rows[sender.start + place * sender.width..][..sender.width];
        for run in &sender.runs {
            let (now, later) = row.split_at(run.len());
            let unit = self.unit as f64;
            for (load, cost) in load[run.start as usize..run.end as usize].iter_mut().zip(now) {
                *load += f64::from(*cost) * unit;
            }
            row = later;
        }
        sender.first + place
    }
}

impl Office<'_> {
    /// All packets that a slice may send: of each stage, of each cell.
    fn kinds(&self, slice: usize) -> impl Iterator<Item = Firing> + use<> {
        let own = &self.run.mapping.slices[slice];
        let (stages, cells) = match self.run.mapping.applications[own.application as usize].kind {
            Kind::Delays { of, .. } => (1..=Stages::of(self.run.mapping, of).count, own.cells.clone()),
            _ => (0..=0, own.cells.clone()),
        };
        stages.flat_map(move |stage| cells.clone().map(move |cell| Firing { step: 0, slice: slice as u32, cell, stage }))
    }

    /// What is sent in a step.
    fn sent_in(&self, senders: &Senders<'_>, step: u64) -> Vec<Firing> {
        let spikes = self.run.spikes;
        let hold = senders.longest_hold();
        let from = spikes.partition_point(|spike| spike.tick + hold < step);
        let mut sent = Vec::new();
        for spike in &spikes[from..spikes.partition_point(|spike| spike.tick <= step)] {
            senders.each(*spike, |firing| sent.extend((firing.step == step).then_some(firing)));
        }
        sent
    }

    /// What a packet of a cell asks of cores: to take it, to fetch its rows, to work these off.
    fn asks(&self, firing: Firing) -> impl Iterator<Item = (u32, [u64; 3])> + '_ {
        let tree = self.run.mapping.slices[firing.slice as usize].tree;
        let reached = tree.map_or(&[][..], |tree| &self.reached[tree as usize]);
        let rows = tree.map(|_| self.rows(&firing)).into_iter().flatten();
        let of_row = |row: &super::Row| {
            let [fetch, events] = self.prices.of_row(row);
            (row.slice, [0, fetch, events])
        };
        reached.iter().map(|slice| (*slice, [self.prices.receive, 0, 0])).chain(rows.map(of_row))
    }
}

fn privates<'a>(office: &Office<'a>) -> Vec<Private<'a>> {
    let with_sum = |(application, trains): (&'a Application, PrivateTrains)| {
        let mut asks: BTreeMap<u32, [f64; 4]> = BTreeMap::new();
        for cell in 0..application.size {
            let firing = Firing { step: 0, slice: application.slices.start + cell / application.per_core, cell, stage: 0 };
            for (slice, parts) in office.asks(firing) {
                let sums = &mut asks.entry(slice).or_default()[1..];
                sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part as f64);
            }
        }
        Private { application, trains, asks: asks.into_iter().collect() }
    };
    private(office.run.network, office.run.mapping).into_iter().map(with_sum).collect()
}

/// Looks once more at each core's longest step, and at what it asked for.
fn itemize(office: &Office<'_>, senders: &Senders<'_>, private: &[Private<'_>], desks: &mut [Desk]) {
    let steps: BTreeSet<u64> = desks.iter().map(|desk| desk.longest_step).filter(|step| *step > 0).collect();
    for step in steps {
        let mut asked: Vec<[f64; 4]> = (0..desks.len()).map(|slice| [office.update_of(slice) as f64, 0.0, 0.0, 0.0]).collect();
        for (slice, parts) in office.sent_in(senders, step).into_iter().flat_map(|firing| office.asks(firing)) {
            asked[slice as usize][1..].iter_mut().zip(parts).for_each(|(sum, part)| *sum += part as f64);
        }
        for Private { trains, asks, .. } in private {
            let rate = trains.at(step);
            for (slice, parts) in asks {
                asked[*slice as usize].iter_mut().zip(parts).for_each(|(sum, part)| *sum += rate * part);
            }
        }
        for (desk, asked) in desks.iter_mut().zip(asked).filter(|(desk, _)| desk.longest_step == step) {
            desk.asked = asked.map(|ps| ps.round() as u64);
        }
    }
}

/// Sums of the whole run: what cores did, rows and events. Returns the packets of each tree.
fn totals(office: &Office<'_>, costs: &Costs, fired: &[u32], private: &[Private<'_>], followed: &mut Followed) -> Vec<u64> {
    let (mapping, steps) = (office.run.mapping, office.run.steps);
    let mut packets = vec![0.0_f64; mapping.forest.trees() as usize];
    let mut parts = vec![[0.0_f64; 3]; mapping.slices.len()];
    let mut enter = |firing: &Firing, times: f64| {
        let Some(tree) = mapping.slices[firing.slice as usize].tree else { return };
        packets[tree as usize] += times;
        for (slice, asked) in office.asks(*firing) {
            parts[slice as usize].iter_mut().zip(asked).for_each(|(sum, part)| *sum += times * part as f64);
        }
        office.rows(firing).for_each(|row| followed.note(row, times));
    };
    for (number, sender) in costs.senders.iter().enumerate() {
        for (firing, fired) in office.kinds(number).zip(&fired[sender.first..]).filter(|(_, fired)| **fired > 0) {
            enter(&firing, f64::from(*fired));
        }
    }
    for Private { application, trains, .. } in private {
        let spikes: f64 = (1..=steps).map(|step| trains.at(step)).sum();
        for cell in 0..application.size {
            enter(&Firing { step: 0, slice: application.slices.start + cell / application.per_core, cell, stage: 0 }, spikes);
        }
    }
    let of_cells = mapping.slices.iter().zip(&costs.senders).filter(|(slice, _)| !office.holds_back(slice.application));
    followed.spikes =
        of_cells.flat_map(|(slice, sender)| &fired[sender.first..][..slice.cells.len()]).map(|n| u64::from(*n)).sum();
    for (slice, (desk, parts)) in followed.desks.iter_mut().zip(parts).enumerate() {
        desk.most = desk.longest;
        desk.updating = office.update_of(slice) * steps;
        [desk.receiving, desk.fetching, desk.events] = parts.map(|ps| ps.round() as u64);
    }
    packets.into_iter().map(|packets| packets.round() as u64).collect()
}

/// Consecutive numbers.
fn runs(numbers: &BTreeSet<u32>) -> Vec<Range<u32>> {
    let mut runs: Vec<Range<u32>> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some(run) if run.end == *number => run.end += 1,
            _ => runs.push(*number..*number + 1),
        }
    }
    runs
}

fn greatest_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_divisor(b, a % b) }
}
