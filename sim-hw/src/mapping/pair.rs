//! Compression by pairs: the routes are taken up from the rarest to the most frequent; entries of a route are merged two by two as
//! long as the merge meets no entry of a route that comes later. Routes that came earlier stand above and are not asked. The most
//! frequent route comes last, has nothing to spare, and becomes one entry.

use super::table::{Entry, Keys};
use crate::forest::Route;
use std::collections::BTreeMap;

/// The compressed table.
pub fn pair(whole: &[Entry]) -> Vec<Entry> {
    let mut by_route: BTreeMap<Route, Vec<Keys>> = BTreeMap::new();
    for entry in whole {
        by_route.entry(entry.route).or_default().push(entry.keys);
    }
    let mut routes: Vec<(Route, Vec<Keys>)> = by_route.into_iter().collect();
    routes.sort_by_key(|(_, keys)| keys.len());
    let mut later: Vec<Keys> = routes.iter().flat_map(|(_, keys)| keys.iter().copied()).collect();
    let mut table = Vec::new();
    for (route, keys) in routes {
        later.drain(..keys.len());
        let merged = merged(keys, &later);
        table.extend(merged.into_iter().map(|keys| Entry { keys, route, is_default: false }));
    }
    table
}

/// Merges keys two by two, the closest first, where no spared keys are met.
fn merged(mut open: Vec<Keys>, spared: &[Keys]) -> Vec<Keys> {
    let mut done: Vec<Keys> = Vec::new();
    while let Some(keys) = open.pop() {
        let mut partners: Vec<(u32, usize)> =
            open.iter().enumerate().map(|(place, other)| (keys.joined(*other).generality(), place)).collect();
        partners.sort_unstable();
        let is_free = |joined: Keys| !spared.iter().any(|s| s.meets(joined));
        let partner = partners.into_iter().find(|&(_, place)| is_free(keys.joined(open[place])));
        match partner {
            Some((_, place)) => {
                let joined = keys.joined(open[place]);
                open.retain(|other| !joined.covers(*other));
                done.retain(|other| !joined.covers(*other));
                open.push(joined);
            }
            None => done.push(keys),
        }
    }
    done
}
