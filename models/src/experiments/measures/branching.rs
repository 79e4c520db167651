//! The branching factor of recorded activity as the authors of NALSM define it (Ivanov & Michmizos, NeurIPS 2021; their program).
//!
//! For a spike of neuron i at tick t: the spikes of i's targets within the `reach` ticks after t, over the spikes of i's sources within
//! the `reach` ticks before t, the latter taken to be at least 1. The mean over a neuron's spikes, then over the neurons that have
//! any, then over samples. Shared input is not taken away, so that 1 is not by itself the critical point of a branching process.

use super::{Event, Problem, check_neurons};

/// Which neurons each neuron gets spikes from and gives spikes to, itself included where it is its own partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partners {
    sources: Vec<Vec<u32>>,
    targets: Vec<Vec<u32>>,
}

impl Partners {
    /// From pairs (source, target); a pair that comes several times is one.
    pub fn of_pairs(neurons: usize, pairs: impl IntoIterator<Item = (u32, u32)>) -> Result<Self, Problem> {
        let mut partners = Self { sources: vec![Vec::new(); neurons], targets: vec![Vec::new(); neurons] };
        for (source, target) in pairs {
            check_neurons([source, target].into_iter(), neurons)?;
            partners.targets[source as usize].push(target);
            partners.sources[target as usize].push(source);
        }
        for list in partners.sources.iter_mut().chain(&mut partners.targets) {
            list.sort_unstable();
            list.dedup();
        }
        Ok(partners)
    }

    /// How many neurons there are.
    pub fn neurons(&self) -> usize {
        self.sources.len()
    }
}

/// Which part of a recording counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branching {
    /// First tick of which spikes are counted.
    pub first: u32,
    /// Last tick of which spikes are counted. Ratios are made for spikes with whole windows on both sides.
    pub last: u32,
    /// Ticks of a window.
    pub reach: u32,
}

impl Default for Branching {
    fn default() -> Self {
        Self { first: 25, last: 224, reach: 4 }
    }
}

impl Branching {
    /// The branching factor of one sample, from its spikes in any order; none if no neuron has a spike that counts.
    fn of_sample(&self, partners: &Partners, spikes: &[Event]) -> Result<Option<f64>, Problem> {
        let neurons = partners.neurons();
        check_neurons(spikes.iter().map(|spike| spike.neuron), neurons)?;
        let counts = Counts::new(self.first, self.last, neurons, spikes);
        let (mut sum, mut fired) = (0.0, 0_u64);
        for neuron in 0..neurons {
            if let Some(ratio) = self.of_neuron(partners, &counts, neuron) {
                sum += ratio;
                fired += 1;
            }
        }
        Ok((fired > 0).then(|| sum / fired as f64))
    }

    /// The mean over a neuron's spikes.
    fn of_neuron(&self, partners: &Partners, counts: &Counts, neuron: usize) -> Option<f64> {
        let (mut sum, mut spikes) = (0.0, 0_u64);
        let from = self.first.saturating_add(self.reach);
        for tick in from..(self.last + 1).saturating_sub(self.reach) {
            let here = counts.within(neuron, tick, tick);
            if here > 0 {
                let all = |list: &[u32], first, last| -> u64 {
                    list.iter().map(|partner| u64::from(counts.within(*partner as usize, first, last))).sum()
                };
                let before = all(&partners.sources[neuron], tick - self.reach, tick - 1);
                let after = all(&partners.targets[neuron], tick + 1, tick + self.reach);
                sum += f64::from(here) * after as f64 / before.max(1) as f64;
                spikes += u64::from(here);
            }
        }
        (spikes > 0).then(|| sum / spikes as f64)
    }
}

/// How many spikes each neuron had up to each tick.
struct Counts {
    first: u32,
    /// One more than ticks.
    width: usize,
    sums: Vec<u32>,
}

impl Counts {
    fn new(first: u32, last: u32, neurons: usize, spikes: &[Event]) -> Self {
        let width = (last + 1).saturating_sub(first) as usize + 1;
        let mut sums = vec![0; width * neurons];
        for spike in spikes.iter().filter(|spike| (first..=last).contains(&spike.tick)) {
            sums[spike.neuron as usize * width + (spike.tick - first) as usize + 1] += 1;
        }
        for neuron in sums.chunks_exact_mut(width) {
            (1..width).for_each(|tick| neuron[tick] += neuron[tick - 1]);
        }
        Self { first, width, sums }
    }

    /// Spikes of a neuron from one tick to another, both included.
    fn within(&self, neuron: usize, from: u32, to: u32) -> u32 {
        let sums = &self.sums[neuron * self.width..(neuron + 1) * self.width];
        sums[(to - self.first) as usize + 1] - sums[(from - self.first) as usize]
    }
}

/// The mean branching factor of samples, those left out in which nothing counts; none if that is all of them.
pub fn branching_factor<'a>(
    settings: Branching,
    partners: &Partners,
    samples: impl IntoIterator<Item = &'a [Event]>,
) -> Result<Option<f64>, Problem> {
    if settings.first > settings.last || settings.last == u32::MAX || settings.reach == 0 {
        return Err(Problem::Setting("the first tick is not after the last, the reach at least 1"));
    }
    let (mut sum, mut count) = (0.0, 0_u64);
    for spikes in samples {
        if let Some(factor) = settings.of_sample(partners, spikes)? {
            sum += factor;
            count += 1;
        }
    }
    Ok((count > 0).then(|| sum / count as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::random::Stream;

    fn spikes(all: &[(u32, u32)]) -> Vec<Event> {
        all.iter().map(|(tick, neuron)| Event { tick: *tick, neuron: *neuron }).collect()
    }

    fn factor(partners: &Partners, all: &[(u32, u32)]) -> Option<f64> {
        branching_factor(Branching::default(), partners, [&spikes(all)[..]]).expect("within range")
    }

    #[test]
    fn counted_by_hand() {
        // 0 -> 1, 0 -> 2, 1 -> 2, and 0 -> 1 once more.
        let partners = Partners::of_pairs(3, [(0, 1), (0, 2), (1, 2), (0, 1)]).expect("three neurons");
        assert_eq!(factor(&partners, &[]), None, "nothing happens");
        // Neuron 0 at 100: targets at 101, 102, 104 (in reach) and 105 (not): 3, no sources: 3 / max(0, 1).
        // Neuron 1 at 101: one source spike, target spikes at 102, 104, 105: 3. Neuron 2 has no targets: 0 three times.
        let chain = [(100, 0), (101, 1), (102, 2), (104, 2), (105, 2)];
        assert_eq!(factor(&partners, &chain), Some((3.0 + 3.0 + 0.0) / 3.0), "three neurons fired");
        // Neuron 1 twice at 50: sources 0 at 46 and 49 (45 is too early): 2 before; targets at 51, 54 (55 is too late): 2 after.
        // Neuron 0: at 45: nothing of 1 or 2 in 46..=49: 0; at 46: 1 twice: 2, nothing before: 2; at 49: 1 twice, 2 at 51: 3.
        // Neuron 2: 0.
        let window = [(45, 0), (46, 0), (49, 0), (50, 1), (50, 1), (51, 2), (54, 2), (55, 2)];
        let expected = ((0.0 + 2.0 + 3.0) / 3.0 + 2.0 / 2.0 + 0.0) / 3.0;
        let found = factor(&partners, &window).expect("neurons fired");
        assert!((found - expected).abs() < 1e-15, "{found} instead of {expected}");
    }

    #[test]
    fn the_recording_has_ends() {
        let partners = Partners::of_pairs(2, [(0, 1), (1, 0)]).expect("two neurons");
        assert_eq!(factor(&partners, &[(28, 0), (221, 0)]), None, "windows are not whole");
        // At 29 the spike of tick 24 is not counted, that of 25 is; at 220 that of 224 is, that of 225 not.
        assert_eq!(factor(&partners, &[(29, 0), (24, 1), (25, 1), (26, 1), (30, 1)]), Some((0.5 + 0.0) / 2.0), "the first");
        assert_eq!(factor(&partners, &[(220, 0), (224, 1), (225, 1)]), Some(1.0), "the last; neuron 1's are outside");
    }

    /// Word by word: for each spike, all pairs of spikes.
    #[test]
    fn as_by_the_definition() {
        let mut stream = Stream::new(5, 0);
        let pairs: Vec<(u32, u32)> = (0..60).map(|_| (stream.below(12), stream.below(12))).collect();
        let partners = Partners::of_pairs(12, pairs.iter().copied()).expect("twelve neurons");
        let all: Vec<(u32, u32)> = (0..400).map(|_| (stream.below(250), stream.below(12))).collect();
        let (mut sum, mut fired) = (0.0, 0.0);
        for neuron in 0..12 {
            let own: Vec<i64> =
                all.iter().filter(|s| s.1 == neuron && (29..221).contains(&s.0)).map(|s| i64::from(s.0)).collect();
            let ratio = |t: &i64| {
                let near = |partner: &dyn Fn(u32) -> bool, from: i64, to: i64| {
                    all.iter().filter(|s| partner(s.1) && (from..=to).contains(&i64::from(s.0))).count() as f64
                };
                let before = near(&|source| pairs.contains(&(source, neuron)), t - 4, t - 1);
                let after = near(&|target| pairs.contains(&(neuron, target)), t + 1, t + 4);
                after / before.max(1.0)
            };
            if !own.is_empty() {
                sum += own.iter().map(ratio).sum::<f64>() / own.len() as f64;
                fired += 1.0;
            }
        }
        let found = factor(&partners, &all).expect("neurons fired");
        assert!((found - sum / fired).abs() < 1e-12, "{found} instead of {}", sum / fired);
    }

    #[test]
    fn the_mean_over_samples() {
        let partners = Partners::of_pairs(2, [(0, 1)]).expect("two neurons");
        let (one, none, two) = (spikes(&[(50, 0), (51, 1)]), spikes(&[]), spikes(&[(50, 0)]));
        let mean = branching_factor(Branching::default(), &partners, [&one[..], &none, &two]);
        assert_eq!(mean, Ok(Some((0.5 + 0.0) / 2.0)), "the silent sample is left out");
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let wrong = Partners::of_pairs(2, [(0, 2)]).expect_err("two neurons");
        assert_eq!(wrong.to_string(), "neuron 2: there are 2, counted from 0");
        let partners = Partners::of_pairs(2, [(0, 1)]).expect("two neurons");
        let wrong = branching_factor(Branching::default(), &partners, [&spikes(&[(50, 7)])[..]]);
        assert_eq!(wrong, Err(Problem::Neuron { neuron: 7, neurons: 2 }));
        let nothing: [&[Event]; 0] = [];
        let settings = Branching { first: 9, last: 8, reach: 4 };
        let wrong = branching_factor(settings, &partners, nothing).expect_err("no time");
        assert_eq!(wrong.to_string(), "the first tick is not after the last, the reach at least 1");
    }
}
