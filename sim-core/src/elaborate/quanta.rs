//! Exact sums: for every receptor a power of two of which all weights into it are multiples, so coarse that the largest
//! sum of one tick is still a whole number of them below 2^52. Sums then are exact in any order.

use crate::catalog::{Effect, Polarity, StimulusValue};
use crate::diagnostic::{Diagnostic, Span};
use crate::network::{Cells, Chance, Network, Population, Projection, Rule, Weights};
use crate::stimulus::{Drive, MOST_SPIKES_PER_TICK, PerUnit, poisson_bound};
use crate::time::Grid;

/// Finest quantum, 2^-1000: for receptors into which nothing flows. Rounding to it leaves every weight between 2^-947 and
/// 2^23 as it is.
const FINEST: f64 = power_of_two(-1000);

/// Largest sum of weights that is accepted, 2^900: far from overflow whatever is computed from it.
const LARGEST: f64 = power_of_two(900);

/// Multiples of the quantum that a sum of doubles may reach.
const F64_SUM: f64 = power_of_two(52);

/// Multiples of the quantum that a sum of 16-bit weights may reach in 32 bits.
const I16_SUM: f64 = power_of_two(30);

const fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// Least power of two not below x, for positive normal x.
fn power_of_two_from(x: f64) -> f64 {
    let floor = f64::from_bits(x.to_bits() & (0x7ff << 52));
    if floor == x { floor } else { 2.0 * floor }
}

/// Gives every projection its quanta. `spans` are the projections' places.
pub(crate) fn set_quanta(network: &mut Network, spans: &[Span]) -> Result<(), Diagnostic> {
    let grid = Grid::new(network.timestep_fs);
    let repeats: Vec<f64> = (0..network.populations.len()).map(|population| repeats(network, population, grid)).collect();
    let mut sums: Vec<Vec<f64>> =
        network.populations.iter().map(|p| vec![0.0; p.card().map_or(0, |card| card.receptors.len())]).collect();
    for (projection, span) in network.projections.iter().zip(spans) {
        drawable(projection, network, grid).map_err(|message| Diagnostic::error("out-of-range", *span, message))?;
        let (low, high) = projection.extent();
        let short = network.weights != Weights::F64 && !projection.has_one_weight();
        if short && low.abs().max(high.abs()) > f64::from(f32::MAX) {
            let message = "weights beyond 3.4e38 need [numerics] weights = \"f64\"";
            return Err(Diagnostic::error("out-of-range", *span, message));
        }
        let into = contributions(projection, network, repeats.get(projection.source).copied().unwrap_or(1.0));
        for (sum, part) in sums.get_mut(projection.target).into_iter().flatten().zip(into) {
            *sum += part;
            if sum.is_nan() || *sum > LARGEST {
                let target = network.populations.get(projection.target).map_or("", |p| &p.name);
                let message = format!("with this projection the weights into \"{target}\" are too large to be added up");
                return Err(Diagnostic::error("out-of-range", *span, message));
            }
        }
    }
    let mut quanta: Vec<Vec<f64>> = network.projections.iter().map(|p| quanta(p, network, &sums)).collect();
    share(network, &mut quanta);
    for (projection, quanta) in network.projections.iter_mut().zip(quanta) {
        projection.quanta = quanta;
    }
    Ok(())
}

/// Most spikes that a unit emits in one tick, of any trial.
fn repeats(network: &Network, population: usize, grid: Grid) -> f64 {
    if network.populations.get(population).is_some_and(|p| p.card().is_some()) {
        return 1.0;
    }
    extreme_drives(network, population, grid).iter().map(repeats_of).fold(0.0, f64::max)
}

fn repeats_of(drive: &Drive) -> f64 {
    match drive {
        Drive::SpikeTimes(times) => largest(times, |times| longest_run(times) as f64),
        Drive::Poisson(schedules) | Drive::PrivatePoisson(schedules) => poisson_bound(largest(schedules, |s| s.max())),
        Drive::Bernoulli(_) => 1.0,
        Drive::Packets(packets) => largest(packets, |p| f64::from(p.count) * p.centres.len() as f64),
        Drive::Current(_) | Drive::PrivateNoise(_) => 0.0,
    }
}

/// Private trains of parallel connections are drawn as one: its mean must be one that is drawn.
fn drawable(projection: &Projection, network: &Network, grid: Grid) -> Result<(), String> {
    let source = network.populations.get(projection.source).map(|p| &p.cells);
    if !matches!(source, Some(Cells::Stimulus { card, .. }) if card.effect == Effect::PrivateSpikes) {
        return Ok(());
    }
    let mean_of = |drive: &Drive| match drive {
        Drive::PrivatePoisson(schedules) => largest(schedules, |s| s.max()) * f64::from(max_indegree(projection)),
        _ => 0.0,
    };
    let mean = extreme_drives(network, projection.source, grid).iter().map(mean_of).fold(0.0, f64::max);
    if mean <= MOST_SPIKES_PER_TICK {
        return Ok(());
    }
    Err(format!("the trains of one target come to {mean} spikes in a time step: at most {MOST_SPIKES_PER_TICK} are drawn"))
}

/// What a stimulus does in trials such that it does no more in any other; nothing of neurons.
fn extreme_drives(network: &Network, population: usize, grid: Grid) -> Vec<Drive> {
    let Some(Population { size, cells: Cells::Stimulus { card, values }, .. }) = network.populations.get(population) else {
        return Vec::new();
    };
    let drive = |values: &[StimulusValue]| (card.drive)(*size as usize, values, grid);
    match &network.trials {
        Some(trials) => trials.extremes(population, values).iter().map(|values| drive(values)).collect(),
        None => vec![drive(values)],
    }
}

fn largest<T>(units: &PerUnit<T>, of: impl Fn(&T) -> f64) -> f64 {
    match units {
        PerUnit::Shared(unit) => of(unit),
        PerUnit::Each(units) => units.iter().map(of).fold(0.0, f64::max),
    }
}

/// Length of the longest run of equal numbers.
fn longest_run(ticks: &[u64]) -> usize {
    ticks.chunk_by(|a, b| a == b).map(<[u64]>::len).max().unwrap_or(0)
}

/// The most that a projection adds to a slot of each receptor in one tick, in magnitude.
pub(crate) fn contributions(projection: &Projection, network: &Network, repeats: f64) -> Vec<f64> {
    let (low, high) = projection.extent();
    let either = low.abs().max(high.abs());
    let most = f64::from(max_indegree(projection)) * repeats;
    let receptors = network.populations.get(projection.target).and_then(Population::card).map_or(&[][..], |c| c.receptors);
    let magnitude = |(index, polarity): (usize, Polarity)| match (projection.receptor, polarity) {
        (Some(named), _) => {
            if named == index {
                either
            } else {
                0.0
            }
        }
        // What is not named goes to the first of its kind.
        (None, polarity) if receptors.iter().position(|r| r.polarity == polarity) != Some(index) => 0.0,
        (None, Polarity::Excitatory) => high.max(0.0),
        (None, Polarity::Inhibitory) => (-low).max(0.0),
        (None, Polarity::Signed) => either,
    };
    if injects(projection, network) {
        return vec![0.0; receptors.len()];
    }
    receptors.iter().enumerate().map(|(index, r)| most * magnitude((index, r.polarity))).collect()
}

fn injects(projection: &Projection, network: &Network) -> bool {
    network.populations.get(projection.source).is_some_and(|p| p.effect() == Effect::Current)
}

/// Most synapses that a target may get. Where targets are drawn with replacement, a number that none exceeds but once in 10^30
/// networks (a sum keeps a factor of 2 in reserve besides); the worst case, all synapses onto one target, would cost precision.
fn max_indegree(projection: &Projection) -> u32 {
    let sources = projection.source_cells.len() as u32;
    let targets = projection.target_cells.len().max(1) as f64;
    match &projection.rule {
        Rule::OneToOne => 1,
        Rule::PairwiseBernoulli { p: Chance::Field { most, .. }, .. } => *most,
        Rule::AllToAll { .. } | Rule::PairwiseBernoulli { .. } => sources,
        Rule::FixedIndegree { indegree, .. } => *indegree,
        Rule::FixedOutdegree { outdegree, multapses: true, .. } => {
            let most = poisson_bound(f64::from(sources) * f64::from(*outdegree) / targets);
            sources.saturating_mul(*outdegree).min(most as u32)
        }
        Rule::FixedOutdegree { .. } => sources,
        Rule::FixedTotalNumber { indegrees, .. } => indegrees.iter().copied().max().unwrap_or(0),
        Rule::List { pairs, .. } => {
            let longest = pairs.chunk_by(|a, b| a.1 == b.1).map(<[(u32, u32)]>::len).max().unwrap_or(0);
            u32::try_from(longest).unwrap_or(u32::MAX)
        }
    }
}

/// One quantum for each receptor of the target.
fn quanta(projection: &Projection, network: &Network, sums: &[Vec<f64>]) -> Vec<f64> {
    let (low, high) = projection.extent();
    let largest = low.abs().max(high.abs());
    let sums = sums.get(projection.target).map_or(&[][..], Vec::as_slice);
    if injects(projection, network) {
        // Currents are added in the order of the projections: their factors are left as they are.
        let finest = if largest > 0.0 { (largest * power_of_two(-960)).max(f64::MIN_POSITIVE) } else { FINEST };
        return vec![power_of_two_from(finest).max(FINEST); sums.len()];
    }
    let short = is_short(network, projection);
    let quantum = |sum: &f64| {
        let exact = sum / F64_SUM;
        let wanted = if short { exact.max(sum / I16_SUM).max(largest / f64::from(i16::MAX)) } else { exact };
        if *sum > 0.0 { power_of_two_from(wanted.max(FINEST)) } else { FINEST }
    };
    sums.iter().map(quantum).collect()
}

/// Whether a projection's weights are drawn and rounded to 16 bits.
pub(crate) fn is_short(network: &Network, projection: &Projection) -> bool {
    network.weights == Weights::I16 && !projection.has_one_weight() && projection.learning.is_none()
}

/// Steps of 16-bit weights within this factor are made one.
const SHARED: f64 = 16.0;

/// Lets projections with 16-bit weights of much the same size onto one receptor have the same step, the coarsest: their
/// synapses can then be kept together. Of the 15 bits of the largest weight at least 11 stay.
fn share(network: &Network, quanta: &mut [Vec<f64>]) {
    let short = |p: &Projection| is_short(network, p) && !injects(p, network);
    let mut coarsest: Vec<Vec<f64>> = vec![Vec::new(); network.populations.len()];
    for (projection, quanta) in network.projections.iter().zip(quanta.iter()).filter(|x| short(x.0)) {
        let Some(coarsest) = coarsest.get_mut(projection.target) else { continue };
        coarsest.resize(quanta.len(), 0.0);
        coarsest.iter_mut().zip(quanta).for_each(|(coarsest, quantum)| *coarsest = coarsest.max(*quantum));
    }
    for (projection, quanta) in network.projections.iter().zip(quanta).filter(|x| short(x.0)) {
        let coarsest = coarsest.get(projection.target).into_iter().flatten();
        for (quantum, coarsest) in quanta.iter_mut().zip(coarsest).filter(|(q, c)| **q * SHARED >= **c) {
            *quantum = *coarsest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two() {
        assert_eq!(power_of_two(10), 1024.0, "2^10");
        assert_eq!(power_of_two_from(1024.0), 1024.0, "a power of two stays");
        assert_eq!(power_of_two_from(1025.0), 2048.0, "anything else goes up");
        assert_eq!(power_of_two_from(0.3), 0.5, "below 1 too");
        assert_eq!(longest_run(&[1, 1, 2, 5, 5, 5]), 3, "three spikes in tick 5");
    }
}
