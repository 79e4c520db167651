//! Ordered covering: A. Mundy, J. Heathcote, J. D. Garside, "On-chip order-exploiting routing table minimization for a multicast
//! supercomputer network", HPSR 2016, written from the paper's idea.
//!
//! The table is kept in the order of generality (free bits). Again and again the merge of equal routes that saves most is made; the
//! merged entry goes below all entries of its generality or less. For every entry and every entry of the whole table that it stands
//! for, this stays true: no entry above with another route meets it. So a merge loses those members that an entry on their way down
//! would catch (upward check), and as many members as it takes for it not to catch what entries below stand for (downward check).
//! Merges that add no key at all are made beforehand, which the paper leaves to chance: long tables in stretches gain much by it.

use super::table::{Entry, Keys};
use crate::forest::Route;
use std::collections::{BTreeMap, BTreeSet};

/// An entry, and the entries of the whole table that it stands for.
struct Cover {
    keys: Keys,
    route: Route,
    stands_for: Vec<Keys>,
}

/// Entries that become one, which is inserted at a place of the table as it is.
struct Merge {
    members: Vec<usize>,
    keys: Keys,
    place: usize,
}

/// The compressed table.
pub fn ordered_covering(whole: &[Entry]) -> Vec<Entry> {
    let cover = |(route, keys): (Route, Keys)| Cover { keys, route, stands_for: vec![keys] };
    let mut table: Vec<Cover> = without_siblings(whole).into_iter().map(cover).collect();
    table.sort_by_key(|cover| cover.keys.generality());
    while let Some(merge) = best_merge(&table) {
        apply(&mut table, merge);
    }
    table.into_iter().map(|cover| Entry { keys: cover.keys, route: cover.route, is_default: false }).collect()
}

/// Entries of one route that differ in one bit of their keys are one entry of exactly their keys.
fn without_siblings(whole: &[Entry]) -> BTreeSet<(Route, Keys)> {
    let mut table: BTreeSet<(Route, Keys)> = whole.iter().map(|e| (e.route, e.keys)).collect();
    loop {
        let before = table.len();
        for bit in (0..u32::BITS).map(|bit| 1 << bit) {
            for (route, keys) in table.iter().filter(|(_, keys)| keys.mask & bit & !keys.key != 0).copied().collect::<Vec<_>>() {
                if table.remove(&(route, Keys { key: keys.key | bit, ..keys })) {
                    table.remove(&(route, keys));
                    table.insert((route, Keys { key: keys.key, mask: keys.mask & !bit }));
                }
            }
        }
        if table.len() == before {
            return table;
        }
    }
}

/// The merge that saves most entries.
fn best_merge(table: &[Cover]) -> Option<Merge> {
    let mut by_route: BTreeMap<Route, Vec<usize>> = BTreeMap::new();
    for (place, cover) in table.iter().enumerate() {
        by_route.entry(cover.route).or_default().push(place);
    }
    let mut groups: Vec<Vec<usize>> = by_route.into_values().filter(|members| members.len() > 1).collect();
    groups.sort_by_key(|members| std::cmp::Reverse(members.len()));
    let mut best: Option<Merge> = None;
    for members in groups {
        let saved = best.as_ref().map_or(1, |merge| merge.members.len());
        if members.len() <= saved {
            break;
        }
        best = allowed(table, members, saved).or(best);
    }
    best
}

/// The part of a merge that may be made, if it has more members than `saved`.
fn allowed(table: &[Cover], mut members: Vec<usize>, saved: usize) -> Option<Merge> {
    loop {
        if members.len() <= saved {
            return None;
        }
        let keys = joined(table, &members)?;
        let place = table.partition_point(|cover| cover.keys.generality() <= keys.generality());
        let caught = |&member: &usize| {
            let other = |cover: &&Cover| cover.route != table[member].route;
            let on_the_way = table[member + 1..place].iter().filter(other);
            let mut on_the_way = on_the_way.map(|cover| cover.keys);
            on_the_way.any(|keys| table[member].stands_for.iter().any(|own| keys.meets(*own)))
        };
        let before = members.len();
        members.retain(|member| !caught(member));
        if members.len() < before {
            continue;
        }
        let route = table[members[0]].route;
        let below = table[place..].iter().filter(|cover| cover.route != route);
        let hidden = below.flat_map(|cover| &cover.stands_for).find(|own| keys.meets(**own));
        match hidden {
            None => return Some(Merge { members, keys, place }),
            Some(hidden) => members = avoiding(table, &members, keys, *hidden)?,
        }
    }
}

fn joined(table: &[Cover], members: &[usize]) -> Option<Keys> {
    members.iter().map(|&member| table[member].keys).reduce(Keys::joined)
}

/// The most members whose merge does not meet some keys: those that differ from them in one bit, which the merge then keeps.
fn avoiding(table: &[Cover], members: &[usize], merge: Keys, hidden: Keys) -> Option<Vec<usize>> {
    let free = hidden.mask & !merge.mask;
    let differing = |bit: u32| -> Vec<usize> {
        let differs = |&&member: &&usize| {
            let keys = table[member].keys;
            keys.mask >> bit & 1 == 1 && (keys.key ^ hidden.key) >> bit & 1 == 1
        };
        members.iter().filter(differs).copied().collect()
    };
    (0..u32::BITS).filter(|bit| free >> bit & 1 == 1).map(differing).max_by_key(Vec::len)
}

fn apply(table: &mut Vec<Cover>, merge: Merge) {
    let Some(&first) = merge.members.first() else { return };
    let route = table[first].route;
    let stands_for = merge.members.iter().flat_map(|&member| table[member].stands_for.iter().copied()).collect();
    table.insert(merge.place, Cover { keys: merge.keys, route, stands_for });
    // Members stand above the new entry or beside it: from the last on, the places of the others stay.
    for member in merge.members.into_iter().rev() {
        table.remove(member + usize::from(member >= merge.place));
    }
}
