//! `plot --kind isi`: histograms of inter-spike intervals.

use super::Part;
use crate::failure::Failure;
use crate::names::count;
use crate::plot::{Bins, DistributionGroup, DistributionsData, PlotPopulation, Size};
use sim_core::stats::{IntervalCounts, PopulationRates, RateMeter};
use std::collections::BTreeMap;
use std::ops::Range;

/// Bins of a linear axis unless told otherwise.
const LINEAR_BINS: u64 = 100;
/// Part of the intervals that a linear axis shows: the longest few would squeeze the others.
const SHOWN: f64 = 0.995;

/// How intervals are sorted into bins.
pub(super) enum Scale {
    Logarithmic,
    /// Of this width in ticks, or of one that suits.
    Linear(Option<u64>),
}

/// The intervals of each population in a stretch of time.
pub(super) fn intervals(part: Part, scale: Scale, size: Size) -> Result<DistributionsData, Failure> {
    let Part { recording, interval, caption, populations, .. } = part;
    let ranges: Vec<Range<u32>> = populations.iter().map(|p| p.first..p.first.saturating_add(p.size)).collect();
    let (mut counts, mut rates) = (IntervalCounts::new(&ranges, interval), RateMeter::new(&ranges, interval));
    for spike in recording.spikes()? {
        counts.spike(spike);
        rates.spike(spike);
    }
    let step = recording.grid.step_ms();
    let all = |counts: &BTreeMap<u64, u64>| counts.values().sum::<u64>();
    let total: u64 = counts.counts().iter().map(all).sum();
    let lengths = || counts.counts().iter().flat_map(BTreeMap::keys).copied();
    let (Some(shortest), Some(longest)) = (lengths().min(), lengths().max()) else {
        let message = "no neuron of these populations fired twice: there are no intervals to draw";
        return Err(Failure::Usage("nothing-recorded", message.into()));
    };
    let bins = match scale {
        Scale::Logarithmic => Bins::of_steps_log(step, shortest, longest),
        Scale::Linear(width) => {
            let high = shown(counts.counts(), total);
            let width = width.unwrap_or_else(|| high.div_ceil(LINEAR_BINS)).max(1);
            if high / width > 20_000 {
                let message = format!("{} bins are more than a plot can show; choose wider ones", high / width);
                return Err(Failure::Usage("not-drawn", message));
            }
            Bins::of_steps(step, high, width)
        }
    };
    let group = |((population, counts), rates): ((&PlotPopulation, &BTreeMap<u64, u64>), PopulationRates)| {
        let mut binned = vec![0; bins.number()];
        for (ticks, many) in counts {
            bins.find(*ticks as f64 * step).into_iter().for_each(|bin| binned[bin] += many);
        }
        let cv = rates.cv_isi.map_or("-".to_string(), |cv| format!("{cv:.2}"));
        DistributionGroup {
            name: population.name.clone(),
            role: population.role,
            cells: [count(all(counts)), cv],
            heights: bins.density(&binned, all(counts)),
        }
    };
    let groups = populations.iter().zip(counts.counts()).zip(rates.summary()).map(group).collect();
    let beyond = lengths_beyond(counts.counts(), &bins, step);
    let mut facts = vec![format!("{} intervals", count(total))];
    facts.extend((beyond > 0).then(|| format!("{} longer ones are not shown", count(beyond))));
    let y_name = if bins.is_log() { "density of ln(interval)" } else { "density (1/ms)" };
    Ok(DistributionsData {
        caption,
        facts,
        x_name: "inter-spike interval (ms)".into(),
        y_name: y_name.into(),
        heads: ["intervals", "CV"],
        bins,
        groups,
        size,
    })
}

/// The length in ticks that most intervals do not exceed.
fn shown(counts: &[BTreeMap<u64, u64>], total: u64) -> u64 {
    let mut lengths: BTreeMap<u64, u64> = BTreeMap::new();
    for (ticks, count) in counts.iter().flatten() {
        *lengths.entry(*ticks).or_default() += count;
    }
    let mut sum = 0;
    let enough = lengths.iter().find(|(_, count)| {
        sum += **count;
        sum as f64 >= SHOWN * total as f64
    });
    enough.map_or(1, |(ticks, _)| *ticks)
}

fn lengths_beyond(counts: &[BTreeMap<u64, u64>], bins: &Bins, step: f64) -> u64 {
    let outside = |(ticks, _): &(&u64, &u64)| bins.find(**ticks as f64 * step).is_none();
    counts.iter().flatten().filter(outside).map(|(_, count)| count).sum()
}
