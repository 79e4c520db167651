//! Which slices a slice's spikes have to reach.
//!
//! Of rules that draw from all pairs, every slice of sources reaches every slice of targets; unless such a pair expects so few
//! synapses that it may well have none, and the whole is small: then the synapses are drawn and looked at, as those of lists are.

use super::applications::{Application, Flow, Kind};
use super::rows::{expected, for_slices, is_counted};
use sim_core::connect::Generator;
use sim_core::network::{Network, Projection, Rule};
use std::ops::Range;

/// A pair of slices with at least so many expected synapses has some: none has a chance below e^-16.
const CERTAIN: f64 = 16.0;

/// Most synapses that are drawn for this.
const DRAWN: f64 = 4e6;

/// The slices that each slice reaches: numbers in ranges, rising, apart.
pub(super) type Reach = Vec<Vec<Range<u32>>>;

/// What every slice reaches.
pub(super) fn reach(network: &Network, applications: &[Application], flows: &[Flow]) -> Reach {
    let slices = applications.last().map_or(0, |a| a.slices.end);
    let mut reach: Reach = vec![Vec::new(); slices as usize];
    let mut delays_of: Vec<Option<&Application>> = vec![None; applications.len()];
    for application in applications {
        if let Kind::Delays { of, .. } = application.kind {
            delays_of[of as usize] = Some(application);
        }
    }
    for flow in flows {
        let (source, target) = (&applications[flow.source as usize], &applications[flow.target as usize]);
        let delays = delays_of[flow.source as usize].filter(|_| flow.longest > target.delay_slots);
        let direct = delays.is_none() || flow.shortest <= target.delay_slots;
        between(network, flow, source, target, |from, to| {
            if direct {
                push(&mut reach[from as usize], to.clone());
            }
            if let Some(delays) = delays {
                push(&mut reach[(from - source.slices.start + delays.slices.start) as usize], to);
            }
        });
    }
    for application in applications {
        if let Kind::Delays { of, .. } = application.kind {
            let first = applications[of as usize].slices.start;
            application
                .slices
                .clone()
                .for_each(|slice| push(&mut reach[(slice - application.slices.start + first) as usize], slice..slice + 1));
        }
    }
    reach.iter_mut().for_each(tidy);
    reach
}

/// Calls `connect` with each slice of sources and the slices that it reaches by a flow.
fn between(network: &Network, flow: &Flow, source: &Application, target: &Application, mut connect: impl FnMut(u32, Range<u32>)) {
    let projection = &network.projections[flow.projection];
    let targets = slices_of(target, &projection.target_cells);
    if matches!(source.kind, Kind::PrivateSources { .. }) {
        let first = projection.target_cells.start;
        return source.slices.clone().for_each(|slice| {
            let cells = source.slice_cells(slice);
            connect(slice, slices_of(target, &(cells.start + first..cells.end + first)));
        });
    }
    let sources = slices_of(source, &projection.source_cells);
    if projection.rule == Rule::OneToOne {
        return sources.for_each(|slice| {
            let (cells, ends) = (source.slice_cells(slice), &projection.source_cells);
            let at = |cell: u32| cell.clamp(ends.start, ends.end) - ends.start + projection.target_cells.start;
            connect(slice, slices_of(target, &(at(cells.start)..at(cells.end))));
        });
    }
    let few = || {
        let synapses = expected(projection);
        synapses <= DRAWN && synapses < CERTAIN * sources.len() as f64 * targets.len() as f64
    };
    if is_counted(&projection.rule) || few() {
        return drawn(network, projection, source, target, connect);
    }
    sources.for_each(|slice| connect(slice, targets.clone()));
}

/// The slices that have some of the cells.
fn slices_of(application: &Application, cells: &Range<u32>) -> Range<u32> {
    let first = application.slices.start;
    first + cells.start / application.per_core..first + cells.end.div_ceil(application.per_core)
}

/// The pairs of slices that have a synapse.
fn drawn(
    network: &Network,
    projection: &Projection,
    source: &Application,
    target: &Application,
    mut connect: impl FnMut(u32, Range<u32>),
) {
    let generator = Generator::new(network, projection);
    let mut pairs = Vec::new();
    // By source, the rule draws everything at every call.
    let at_once = matches!(projection.rule, Rule::FixedOutdegree { .. });
    let per_call = if at_once { u32::MAX } else { target.per_core };
    for_slices(&projection.target_cells, per_call, |_, range| {
        let before = pairs.len();
        generator.for_pairs(range, |pair| pairs.push((pair.source / source.per_core, pair.target / target.per_core)));
        pairs[before..].sort_unstable();
        let mut kept = before;
        for next in before..pairs.len() {
            if kept == before || pairs[kept - 1] != pairs[next] {
                pairs[kept] = pairs[next];
                kept += 1;
            }
        }
        pairs.truncate(kept);
    });
    for (from, to) in pairs {
        let to = target.slices.start + to;
        connect(source.slices.start + from, to..to + 1);
    }
}

/// Appends a range, or extends the last one.
fn push(ranges: &mut Vec<Range<u32>>, range: Range<u32>) {
    match ranges.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => ranges.push(range),
    }
}

/// Sorts ranges and joins those that touch.
fn tidy(ranges: &mut Vec<Range<u32>>) {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<u32>> = Vec::with_capacity(ranges.len());
    for range in ranges.drain(..).filter(|range| !range.is_empty()) {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    *ranges = joined;
}
