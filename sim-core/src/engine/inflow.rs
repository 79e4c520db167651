//! What flows into a population within one partition: sums of synapses, and stimuli that act directly.

use super::private::{PrivateNoise, PrivatePoisson};
use super::slow::SlowCurrents;
use crate::stimulus::{PerUnit, Wave};

/// What flows into a population's neurons in one partition.
#[derive(Default)]
pub(crate) struct Inflow {
    /// By receptor.
    pub(crate) receptors: Vec<Receives>,
    /// Stimuli that act directly, in projection order.
    pub(crate) stimuli: Vec<Direct>,
    /// Currents from cells, in projection order.
    pub(crate) slow: Vec<SlowCurrents>,
}

impl Inflow {
    fn any(&self, kind: impl Fn(&Stimulate) -> bool) -> bool {
        self.stimuli.iter().any(|direct| kind(&direct.stimulate))
    }

    pub(crate) fn has_poisson(&self) -> bool {
        self.any(|s| matches!(s, Stimulate::Poisson { .. }))
    }

    fn has_noise(&self) -> bool {
        self.any(|s| matches!(s, Stimulate::Noise { .. }))
    }

    /// Whether injected current is another in every tick.
    pub(crate) fn changes_current(&self) -> bool {
        self.has_noise() || !self.slow.is_empty()
    }

    /// Whether injected current stays as it is until a source changes it.
    pub(crate) fn holds_current(&self) -> bool {
        !self.changes_current() && self.any(|s| matches!(s, Stimulate::Current(_)))
    }
}

/// Which sums a receptor's input is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Receives {
    /// Whether there are synapses with weights that are added as doubles.
    pub(crate) numbers: bool,
    /// The unit of the integer sum, where there are 16-bit weights.
    pub(crate) unit: Option<f64>,
}

/// A stimulus that acts directly, and the population that it is.
pub(crate) struct Direct {
    pub(crate) source: usize,
    pub(crate) stimulate: Stimulate,
}

/// A stimulus acting on a population in a partition: on whom, and how strongly. What it does when is in `stimuli.rs`.
pub(crate) enum Stimulate {
    Poisson { family: usize, table: PrivatePoisson },
    Noise { family: usize, held: usize, table: PrivateNoise },
    Current(Injection),
}

/// The neurons that current sources inject into.
pub(crate) struct Injection {
    /// Sorted by neuron.
    pub(crate) entries: Vec<CurrentEntry>,
    /// Every unit with each of its delays, once.
    paths: Vec<(u32, u64)>,
    longest_delay: u64,
}

impl Injection {
    pub(crate) fn new(entries: Vec<CurrentEntry>) -> Self {
        let mut paths: Vec<(u32, u64)> = entries.iter().map(|e| (e.unit, e.delay)).collect();
        paths.sort_unstable();
        paths.dedup();
        let longest_delay = paths.iter().map(|p| p.1).max().unwrap_or(0);
        Self { entries, paths, longest_delay }
    }

    /// The currents of the units, with the ticks at which something changes.
    pub(crate) fn waves(&self, units: &PerUnit<Wave>) -> Waves {
        let later = |(first, last): (u64, u64), delay: u64| (first.saturating_add(delay), last.saturating_add(delay));
        let of_path = |(unit, delay): &(u32, u64)| {
            let delay = *delay;
            units.get(*unit as usize).changes().into_iter().map(move |range| later(range, delay))
        };
        let mut changes: Vec<(u64, u64)> = self.paths.iter().flat_map(of_path).collect();
        changes.sort_unstable();
        changes.dedup_by(|next, range| {
            let touches = next.0 <= range.1.saturating_add(1);
            if touches {
                range.1 = range.1.max(next.1);
            }
            touches
        });
        Waves { units: units.clone(), changes, longest_delay: self.longest_delay }
    }
}

/// The currents of a projection's units.
pub(crate) struct Waves {
    pub(crate) units: PerUnit<Wave>,
    /// When some current may change at a target: ranges of ticks, merged and ascending.
    changes: Vec<(u64, u64)>,
    longest_delay: u64,
}

impl Waves {
    /// Whether what arrives may be another current than a tick before. While the end of the stretch before still arrives, and
    /// right after, it may.
    pub(crate) fn change(&self, tick: u64) -> bool {
        let after = self.changes.partition_point(|range| range.0 <= tick);
        tick <= self.longest_delay + 1 || after > 0 && tick <= self.changes[after - 1].1
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&self.changes[..])
    }
}

/// A current source's factor on one neuron.
pub(crate) struct CurrentEntry {
    pub(crate) cell: u32,
    pub(crate) unit: u32,
    pub(crate) factor: f64,
    pub(crate) delay: u64,
}
