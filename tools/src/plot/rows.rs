//! Which neurons a raster shows when there are more than a reader could tell apart.

use super::PlotPopulation;
use sim_core::random::{Key, mix};
use std::collections::BinaryHeap;

/// The neurons shown of one population.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// All of them.
    All(u32),
    /// Some, by ascending index.
    Sample(Vec<u32>),
}

impl Shown {
    /// How many.
    pub(super) fn len(&self) -> u32 {
        match self {
            Shown::All(size) => *size,
            Shown::Sample(indices) => indices.len() as u32,
        }
    }

    /// The row of a neuron given by its index in the population.
    pub(super) fn row(&self, index: u32) -> Option<u32> {
        match self {
            Shown::All(size) => (index < *size).then_some(index),
            Shown::Sample(indices) => indices.binary_search(&index).ok().map(|row| row as u32),
        }
    }
}

/// Chooses at most `limit` neurons: a part of each population in proportion to its size, but no fewer than a fiftieth of the
/// limit where it has them. Inside a population a hash of its name and the index decides.
pub(super) fn choose(populations: &[PlotPopulation], limit: u32) -> Vec<Shown> {
    let sizes: Vec<u32> = populations.iter().map(|p| p.size).collect();
    let quotas = quotas(&sizes, limit);
    populations.iter().zip(quotas).map(|(population, quota)| sample(population, quota)).collect()
}

fn sample(population: &PlotPopulation, quota: u32) -> Shown {
    if quota >= population.size {
        return Shown::All(population.size);
    }
    let key = Key::new(0).name(&population.name).finish();
    let mut lowest = BinaryHeap::with_capacity(quota as usize + 1);
    for index in 0..population.size {
        lowest.push((mix(key, u64::from(index)), index));
        if lowest.len() > quota as usize {
            lowest.pop();
        }
    }
    let mut indices: Vec<u32> = lowest.into_iter().map(|(_, index)| index).collect();
    indices.sort_unstable();
    Shown::Sample(indices)
}

/// How many neurons of each population; the limit in all, if there are as many. Populations whose share would be below the
/// least have that, the others share the rest by size, with largest remainders.
fn quotas(sizes: &[u32], limit: u32) -> Vec<u32> {
    let total: u64 = sizes.iter().map(|s| u64::from(*s)).sum();
    if total <= u64::from(limit) {
        return sizes.to_vec();
    }
    let least = (limit / 50).min(limit / sizes.len().max(1) as u32);
    let mut quotas: Vec<Option<u32>> = vec![None; sizes.len()];
    loop {
        let rest = u64::from(limit) - quotas.iter().flatten().map(|q| u64::from(*q)).sum::<u64>();
        let open: Vec<usize> = (0..sizes.len()).filter(|i| quotas[*i].is_none()).collect();
        let open_total = open.iter().map(|i| u64::from(sizes[*i])).sum::<u64>().max(1);
        let share = |i: usize| rest * u64::from(sizes[i]) / open_total;
        let small: Vec<usize> = open.iter().copied().filter(|i| share(*i) < sizes[*i].min(least).into()).collect();
        if small.is_empty() {
            let mut by_remainder = open.clone();
            by_remainder.sort_by_key(|i| std::cmp::Reverse(rest * u64::from(sizes[*i]) % open_total));
            let left = rest - open.iter().map(|i| share(*i)).sum::<u64>();
            by_remainder.truncate(left as usize);
            let shared = |i: usize| share(i) as u32 + u32::from(by_remainder.contains(&i));
            return quotas.iter().enumerate().map(|(i, quota)| quota.unwrap_or_else(|| shared(i))).collect();
        }
        small.into_iter().for_each(|i| quotas[i] = Some(sizes[i].min(least)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::Role;

    #[test]
    fn parts_are_fair_and_add_up() {
        assert_eq!(quotas(&[10, 20], 30), [10, 20], "all fit");
        assert_eq!(quotas(&[80_000, 20_000], 2_000), [1600, 400], "in proportion");
        assert_eq!(quotas(&[1_000_000, 3, 60], 2_000), [1957, 3, 40], "small populations have 40 or all they have");
        for limit in [0, 1, 7, 100, 1_999] {
            let sizes = [1, 5_000, 33, 33, 700, 0, 12];
            let quotas = quotas(&sizes, limit);
            assert_eq!(quotas.iter().sum::<u32>(), limit, "the limit is used");
            assert!(quotas.iter().zip(sizes).all(|(q, s)| *q <= s), "no more than there are: {quotas:?}");
        }
    }

    #[test]
    fn samples_are_spread_and_repeatable() {
        let population = PlotPopulation { name: "exc".into(), first: 7, size: 10_000, role: Role::Excitatory };
        let chosen = choose(std::slice::from_ref(&population), 1_000);
        assert_eq!(chosen, choose(&[population], 1_000), "the same again");
        let [Shown::Sample(indices)] = &chosen[..] else { panic!("a sample") };
        assert!(indices.is_sorted() && indices.len() == 1_000, "a thousand, ascending");
        for tenth in 0..10 {
            let inside = indices.iter().filter(|i| **i / 1_000 == tenth).count();
            assert!((60..=140).contains(&inside), "{inside} of 100 in tenth {tenth}: 4 sd of a binomial");
        }
        assert_eq!(chosen[0].row(indices[17]), Some(17), "a shown neuron has its row");
    }
}
