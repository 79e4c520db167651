//! What arrives when, in one partition.
//!
//! Of a table whose delays differ, a row's run of one delay is short, and each start of a run costs more than its records.
//! So two ticks are delivered at once, (1, 2), (3, 4), ..: runs of neighbouring delays that arrive in the same two ticks lie side by
//! side and are one piece, whose first part goes to the sums of the first tick, the rest to those of the second.
//!
//! ```text
//! records of a cell     [ delay 4 | delay 5 | delay 6 | delay 7 | delay 8 .. ]
//! it fires at tick 11        15        16        17        18        19      arrival
//!                       [ first   | second ][ first   | second ][ first ..   pairs of ticks (15, 16), (17, 18), ..
//! ```
//!
//! A spike that is emitted in the first tick of a pair and arrives in the second comes too late for that: it is delivered by
//! itself.

use super::bits::Planes;
use super::delivery::{AddRows, Due};
use super::dispatch::{self, Level};
use super::plan::Part;
use super::rows::{Index, Pair, Segment, Stored, Table};
use super::sums::Sums;

/// What arrives when.
pub(crate) struct Calendar {
    level: Level,
    /// By entry of `Part::stored`.
    days: Vec<Days>,
    planes: Planes,
    /// Spikes x out-degree.
    pub(crate) events: u64,
}

/// What arrives of one entry.
enum Days {
    /// A list for each tick, as many as the largest delay, and the current one.
    Ticks(Vec<Vec<Segment>>),
    /// Of a table whose delays differ.
    Pairs(Pairs),
}

/// Lists for pairs of ticks, and what is late for the pair at work.
struct Pairs {
    lists: Vec<Vec<Pair>>,
    late: Vec<Segment>,
}

/// The pair that a tick belongs to.
fn pair_of(tick: u64) -> u64 {
    (tick - 1) / 2
}

/// Whether a tick is the second of its pair.
fn is_second(tick: u64) -> bool {
    tick.is_multiple_of(2)
}

/// Whether an entry is delivered by pairs of ticks, for which there must be two slots of sums.
pub(crate) fn in_pairs(stored: &Stored) -> bool {
    matches!(stored, Stored::Table(Table { index: Index::Mixed { .. }, .. }))
}

impl Days {
    fn new(stored: &Stored) -> Self {
        let longest = stored.delays().map_or(0, |d| d.1) as usize;
        if in_pairs(stored) {
            // From the pair at work to that of the longest delay, wherever in a pair a spike is emitted.
            Self::Pairs(Pairs { lists: vec![Vec::new(); longest / 2 + 2], late: Vec::new() })
        } else {
            Self::Ticks(vec![Vec::new(); longest + 1])
        }
    }

    /// Enters what the spikes of cells at `tick` deliver after `now`; adds up the synapses.
    fn schedule(&mut self, stored: &Stored, cells: &[u32], tick: u64, now: u64, events: &mut u64) {
        match self {
            Self::Ticks(lists) => {
                let (today, count) = ((tick % lists.len() as u64) as usize, lists.len());
                for &cell in cells {
                    stored.segments(cell, |delay, segment, synapses| {
                        if tick + u64::from(delay) > now {
                            let place = today + delay as usize;
                            lists[if place < count { place } else { place - count }].push(segment);
                            *events += u64::from(synapses);
                        }
                    });
                }
            }
            Self::Pairs(pairs) => pairs.schedule(stored, cells, tick, now, events),
        }
    }
}

impl Pairs {
    fn schedule(&mut self, stored: &Stored, cells: &[u32], tick: u64, now: u64, events: &mut u64) {
        let (first, count) = (pair_of(tick + 1), self.lists.len());
        let today = (first % count as u64) as usize;
        for &cell in cells {
            stored.segments(cell, |delay, segment, synapses| {
                let arrival = tick + u64::from(delay);
                if arrival <= now {
                    return;
                }
                *events += u64::from(synapses);
                if arrival == now + 1 && is_second(arrival) {
                    self.late.push(segment);
                    return;
                }
                let place = today + (pair_of(arrival) - first) as usize;
                enter(&mut self.lists[if place < count { place } else { place - count }], segment, is_second(arrival));
            });
        }
    }
}

/// Enters a segment, as the second part of the piece before it where it follows that in memory.
#[inline]
fn enter(list: &mut Vec<Pair>, Segment { start, end }: Segment, second: bool) {
    match list.last_mut() {
        Some(last) if second && last.end == start => last.end = end,
        _ => list.push(Pair { start, middle: if second { start } else { end }, end }),
    }
}

impl Calendar {
    pub(crate) fn new(part: &Part) -> Self {
        Self { level: Level::detect(), days: part.stored.iter().map(Days::new).collect(), planes: Planes::default(), events: 0 }
    }

    /// Starts fetching what [`schedule`](Self::schedule) reads of these cells: the rows of all first, then, when these have
    /// come, their runs.
    pub(crate) fn fetch(part: &Part, fired: impl Iterator<Item = (usize, u32)> + Clone) {
        let rows = |(population, cell): (usize, u32)| part.of_source[population].iter().map(move |i| (&part.stored[*i], cell));
        fired.clone().flat_map(rows).for_each(|(stored, cell)| stored.fetch_row(cell));
        fired.flat_map(rows).for_each(|(stored, cell)| stored.fetch_runs(cell));
    }

    /// Enters the synapses of cells of one population that fired at `tick`, as far as they arrive after `now`.
    pub(crate) fn schedule(&mut self, part: &Part, population: usize, cells: &[u32], tick: u64, now: u64) {
        for &index in &part.of_source[population] {
            self.days[index].schedule(&part.stored[index], cells, tick, now, &mut self.events);
        }
    }

    /// Adds what arrives at `tick` to its sums; in the first tick of a pair, what arrives in the second to those of the second.
    pub(crate) fn deliver(&mut self, part: &Part, tick: u64, sums: &mut Sums) {
        let slot = sums.slot(tick);
        for (stored, days) in part.stored.iter().zip(&mut self.days) {
            match (days, stored) {
                (Days::Pairs(pairs), Stored::Table(table)) if is_second(tick) => {
                    table.deliver(Due::One(&pairs.late, slot), sums);
                    pairs.late.clear();
                }
                (Days::Pairs(pairs), Stored::Table(table)) => {
                    let place = pair_of(tick) % pairs.lists.len() as u64;
                    let list = &mut pairs.lists[place as usize];
                    table.deliver(Due::Two(list), sums);
                    list.clear();
                }
                (Days::Ticks(lists), stored) => {
                    let today = (tick % lists.len() as u64) as usize;
                    if !lists[today].is_empty() {
                        Self::deliver_tick(self.level, stored, &lists[today], &mut self.planes, slot, sums);
                        lists[today].clear();
                    }
                }
                (Days::Pairs(_), _) => unreachable!("pairs are for tables"),
            }
        }
    }

    fn deliver_tick(level: Level, stored: &Stored, segments: &[Segment], planes: &mut Planes, slot: usize, sums: &mut Sums) {
        match stored {
            Stored::Table(table) => table.deliver(Due::One(segments, slot), sums),
            Stored::Bits(bits) => bits.deliver(level, segments, planes, &mut sums.f64[slot..]),
            Stored::Rows(rows) => dispatch::run(level, AddRows { rows, segments, sums: &mut sums.f64[slot..] }),
            Stored::Counted(counted) => counted.deliver(segments, &mut sums.f64[slot..]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_one_pair_of_ticks_are_one_piece() {
        let mut list = Vec::new();
        enter(&mut list, Segment { start: 5, end: 9 }, false);
        enter(&mut list, Segment { start: 9, end: 12 }, true);
        enter(&mut list, Segment { start: 30, end: 33 }, true);
        enter(&mut list, Segment { start: 33, end: 34 }, false);
        let pieces: Vec<[u32; 3]> = list.iter().map(|p| [p.start, p.middle, p.end]).collect();
        assert_eq!(
            pieces,
            [[5, 9, 12], [30, 30, 33], [33, 34, 34]],
            "a second part joins what it follows; a first one begins anew"
        );
        assert_eq!((pair_of(1), pair_of(2), pair_of(3)), (0, 0, 1), "ticks count from 1");
        assert!(is_second(2) && !is_second(3), "even ticks are second");
    }
}
