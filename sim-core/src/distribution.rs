//! Drawing from distributions.

use crate::network::{Distribution, DistributionShape};
use crate::random::Stream;

impl Distribution {
    /// One draw.
    pub fn draw(&self, stream: &mut Stream) -> f64 {
        let mut value = 0.0;
        for _ in 0..1_000_000 {
            value = match &self.shape {
                DistributionShape::Uniform { low, high } => low + (high - low) * stream.uniform(),
                DistributionShape::Normal { mean, sd } => mean + sd * stream.normal(),
                DistributionShape::Lognormal { median, sigma } => median * crate::math::exp(sigma * stream.normal()),
                DistributionShape::Exponential { mean } => -mean * crate::math::ln(stream.open_uniform()),
                DistributionShape::Choice(values) => values[stream.below(values.len() as u32) as usize],
            };
            if !self.redraw || (value >= self.min && value <= self.max) {
                break;
            }
        }
        value.clamp(self.min, self.max)
    }
}
