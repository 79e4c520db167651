//! How long a projection's delays may be.

use sim_core::math::{exp, ln, normal_quantile};
use sim_core::network::{Distribution, DistributionShape, Draw};
use sim_core::time::{Grid, fs_from_ms};

/// Chance that one of the drawn delays is longer than what is planned for.
const RISK: f64 = 0.01;

/// Shortest and longest delay in steps of so many synapses. Of unbounded distributions the longest is the quantile that all draws
/// together exceed with a chance of 1 %: what is longer has to be cut when the network is loaded.
pub(super) fn steps(delay: &Draw, synapses: f64, grid: Grid) -> (u64, u64) {
    let (low, high) = match delay {
        Draw::Constant(ms) => (*ms, *ms),
        Draw::Field(field) => (field.low, field.high),
        Draw::Each(values) => {
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(0.0, f64::max);
            (low.min(high), high)
        }
        Draw::Random(law) => (law.bounds().0, longest(law, synapses)),
    };
    let steps = |ms: f64| fs_from_ms(ms).map_or(u64::from(u32::MAX), |fs| grid.tick(fs).max(1));
    (steps(low), steps(high))
}

/// A quantile of the shape, within the bounds.
fn longest(law: &Distribution, synapses: f64) -> f64 {
    let beyond = RISK / (synapses / law.acceptance().max(1e-6)).max(1.0);
    let deviate = || -normal_quantile(beyond.clamp(1e-300, 0.5));
    let high = match &law.shape {
        DistributionShape::Normal { mean, sd } => mean + sd * deviate(),
        DistributionShape::Lognormal { median, sigma } => median * exp(sigma * deviate()),
        DistributionShape::Exponential { mean } => -mean * ln(beyond.clamp(1e-300, 1.0)),
        DistributionShape::Uniform { .. } | DistributionShape::Choice(_) => f64::INFINITY,
    };
    high.clamp(law.bounds().0, law.bounds().1)
}
