//! What flows into a population within one partition: sums of synapses, and stimuli that act directly.

use super::private::{PrivateNoise, PrivatePoisson};
use crate::stimulus::{PerUnit, Wave};

/// What flows into a population's neurons in one partition.
#[derive(Default)]
pub(crate) struct Inflow {
    /// By receptor.
    pub(crate) receptors: Vec<Receives>,
    /// Stimuli that act directly, in projection order.
    pub(crate) stimuli: Vec<Stimulate>,
}

impl Inflow {
    pub(crate) fn has_poisson(&self) -> bool {
        self.stimuli.iter().any(|s| matches!(s, Stimulate::Poisson { .. }))
    }

    pub(crate) fn has_noise(&self) -> bool {
        self.stimuli.iter().any(|s| matches!(s, Stimulate::Noise { .. }))
    }

    /// Whether injected current stays as it is until a source changes it: there are sources, and no noise.
    pub(crate) fn holds_current(&self) -> bool {
        !self.has_noise() && self.stimuli.iter().any(|s| matches!(s, Stimulate::Current { .. }))
    }

    /// Whether injected current must be added up anew at a tick.
    pub(crate) fn current_changes(&self, tick: u64) -> bool {
        self.stimuli.iter().any(|s| match s {
            Stimulate::Noise { .. } => true,
            Stimulate::Current { changes, .. } => changes.contain(tick),
            Stimulate::Poisson { .. } => false,
        })
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

/// A stimulus acting on a population in a partition.
pub(crate) enum Stimulate {
    Poisson { family: usize, table: PrivatePoisson },
    Noise { family: usize, held: usize, table: PrivateNoise },
    Current { entries: Vec<CurrentEntry>, waves: PerUnit<Wave>, changes: Changes },
}

/// When the current of some entries may change: ranges of ticks, merged and ascending.
pub(crate) struct Changes(Vec<(u64, u64)>);

impl Changes {
    pub(crate) fn new(entries: &[CurrentEntry], waves: &PerUnit<Wave>) -> Self {
        let mut pairs: Vec<(u32, u64)> = entries.iter().map(|e| (e.unit, e.delay)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let later = |(first, last): (u64, u64), delay: u64| (first.saturating_add(delay), last.saturating_add(delay));
        let of_pair = |(unit, delay)| waves.get(unit as usize).changes().into_iter().map(move |range| later(range, delay));
        let mut ranges: Vec<(u64, u64)> = pairs.into_iter().flat_map(of_pair).collect();
        ranges.sort_unstable();
        ranges.dedup_by(|next, range| {
            let touches = next.0 <= range.1.saturating_add(1);
            if touches {
                range.1 = range.1.max(next.1);
            }
            touches
        });
        Self(ranges)
    }

    fn contain(&self, tick: u64) -> bool {
        let after = self.0.partition_point(|range| range.0 <= tick);
        after > 0 && tick <= self.0[after - 1].1
    }
}

/// A current source's factor on one neuron; sorted by neuron.
pub(crate) struct CurrentEntry {
    pub(crate) cell: u32,
    pub(crate) unit: u32,
    pub(crate) factor: f64,
    pub(crate) delay: u64,
}
