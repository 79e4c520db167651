//! Draws from distributions with bounds: parameters, initial states, weights and delays all come from here.

use crate::math;
use crate::network::{Distribution, DistributionShape};
use crate::random::{NORMAL_BOUND, Stream};

/// Elaboration refuses a distribution with redraw of which less than this falls inside its bounds.
pub const MIN_ACCEPTANCE: f64 = 1e-4;

/// Draws after which the nearest bound is taken: with [`MIN_ACCEPTANCE`] its chance is below e^-100.
const MAX_REDRAWS: u32 = 1_000_000;

/// No standard exponential draw is larger: minus the logarithm of half of 2^-52 is 36.74.
const EXPONENTIAL_BOUND: f64 = 36.8;

impl Distribution {
    /// A distribution without bounds.
    pub fn unbounded(shape: DistributionShape) -> Self {
        Self { shape, min: f64::NEG_INFINITY, max: f64::INFINITY, redraw: true }
    }

    /// One draw. Ends always.
    #[inline]
    pub fn draw(&self, stream: &mut Stream) -> f64 {
        let x = self.shape.draw(stream);
        if self.holds(x) { x } else { self.beyond(x, stream) }
    }

    /// What becomes of a draw outside of the bounds.
    #[cold]
    fn beyond(&self, mut x: f64, stream: &mut Stream) -> f64 {
        if self.redraw {
            let mut again = 0;
            while !self.holds(x) && again < MAX_REDRAWS {
                x = self.shape.draw(stream);
                again += 1;
            }
        }
        self.clip(x)
    }

    /// Least and greatest value that [`Distribution::draw`] gives; both are finite for finite arguments unless they overflow.
    pub fn bounds(&self) -> (f64, f64) {
        let (low, high) = self.shape.extent();
        (self.clip(low), self.clip(high))
    }

    /// Probability that a draw of the shape falls inside the bounds.
    pub fn acceptance(&self) -> f64 {
        let inside = |x: f64| f64::from(u8::from(self.holds(x)));
        match &self.shape {
            DistributionShape::Uniform { low, high } if low == high => inside(*low),
            DistributionShape::Uniform { low, high } => {
                ((self.max.min(*high) - self.min.max(*low)) / (high - low)).clamp(0.0, 1.0)
            }
            DistributionShape::Normal { mean, sd } if *sd == 0.0 => inside(*mean),
            DistributionShape::Normal { mean, sd } => normal_mass((self.min - mean) / sd, (self.max - mean) / sd),
            DistributionShape::Lognormal { median, sigma } if *sigma == 0.0 => inside(*median),
            DistributionShape::Lognormal { median, sigma } => {
                let z = |x: f64| if x <= 0.0 { f64::NEG_INFINITY } else { math::ln(x / median) / sigma };
                normal_mass(z(self.min), z(self.max))
            }
            DistributionShape::Exponential { mean } if *mean == 0.0 => inside(0.0),
            DistributionShape::Exponential { mean } => {
                let (a, b) = (self.min / mean, self.max / mean);
                let survival = |x: f64| math::exp(-x.max(0.0));
                (survival(a.min(b)) - survival(a.max(b))).clamp(0.0, 1.0)
            }
            DistributionShape::Choice(values) => {
                values.iter().filter(|v| self.holds(**v)).count() as f64 / values.len().max(1) as f64
            }
        }
    }

    fn holds(&self, x: f64) -> bool {
        self.min <= x && x <= self.max
    }

    fn clip(&self, x: f64) -> f64 {
        x.max(self.min).min(self.max)
    }
}

/// Probability that a standard normal variable is between a and b, from the nearer tail so that nothing cancels.
fn normal_mass(a: f64, b: f64) -> f64 {
    let mass = if a > 0.0 { math::normal_cdf(-a) - math::normal_cdf(-b) } else { math::normal_cdf(b) - math::normal_cdf(a) };
    mass.clamp(0.0, 1.0)
}

impl DistributionShape {
    #[inline]
    fn draw(&self, stream: &mut Stream) -> f64 {
        match self {
            Self::Uniform { low, high } => low + (high - low) * stream.uniform(),
            Self::Normal { mean, sd } => mean + sd * stream.normal(),
            Self::Lognormal { median, sigma } => median * math::exp(sigma * stream.normal()),
            Self::Exponential { mean } => -mean * math::ln(stream.open_uniform()),
            Self::Choice(values) => {
                let count = u32::try_from(values.len()).unwrap_or(u32::MAX).max(1);
                values.get(stream.below(count) as usize).copied().unwrap_or(0.0)
            }
        }
    }

    fn extent(&self) -> (f64, f64) {
        match self {
            Self::Uniform { low, high } => (*low, *high),
            Self::Normal { mean, sd } => (mean - sd * NORMAL_BOUND, mean + sd * NORMAL_BOUND),
            Self::Lognormal { median, sigma } => {
                (median * math::exp(-sigma * NORMAL_BOUND), median * math::exp(sigma * NORMAL_BOUND))
            }
            Self::Exponential { mean } => ((mean * EXPONENTIAL_BOUND).min(0.0), (mean * EXPONENTIAL_BOUND).max(0.0)),
            Self::Choice(values) => {
                (values.iter().copied().fold(f64::INFINITY, f64::min), values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(distribution: &Distribution, count: u64) -> Vec<f64> {
        let mut stream = Stream::new(11, 3);
        (0..count).map(|_| distribution.draw(&mut stream)).collect()
    }

    fn mean_and_sd(values: &[f64]) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        (mean, (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt())
    }

    #[test]
    fn moments_are_the_textbook_ones() {
        let half = 0.5_f64;
        let lognormal_mean = 2.0 * libm::exp(half * half / 2.0);
        let cases = [
            (DistributionShape::Uniform { low: -1.0, high: 3.0 }, 1.0, 4.0 / 12.0_f64.sqrt()),
            (DistributionShape::Normal { mean: 5.0, sd: 2.0 }, 5.0, 2.0),
            (
                DistributionShape::Lognormal { median: 2.0, sigma: half },
                lognormal_mean,
                lognormal_mean * libm::expm1(half * half).sqrt(),
            ),
            (DistributionShape::Exponential { mean: 3.0 }, 3.0, 3.0),
            (DistributionShape::Choice(vec![1.0, 2.0, 6.0]), 3.0, (14.0_f64 / 3.0).sqrt()),
        ];
        for (shape, mean, sd) in cases {
            let values = draws(&Distribution::unbounded(shape.clone()), 200_000);
            let (m, s) = mean_and_sd(&values);
            assert!((m - mean).abs() < 5.0 * sd / 200_000_f64.sqrt(), "{shape:?}: mean {m}, not {mean}");
            assert!((s / sd - 1.0).abs() < 0.02, "{shape:?}: sd {s}, not {sd}");
        }
    }

    #[test]
    fn a_normal_cut_at_its_mean_is_half_normal() {
        let shape = DistributionShape::Normal { mean: 1.0, sd: 2.0 };
        let cut = Distribution { min: 1.0, ..Distribution::unbounded(shape) };
        let (mean, _) = mean_and_sd(&draws(&cut, 100_000));
        let expected = 1.0 + 2.0 * (2.0 / std::f64::consts::PI).sqrt();
        assert!((mean - expected).abs() < 0.02, "mean of the half-normal {mean}, not {expected}");
        assert!((cut.acceptance() - 0.5).abs() < 1e-15, "half of the draws are kept");
        let clamped = Distribution { redraw: false, ..cut };
        let at_bound = draws(&clamped, 100_000).iter().filter(|v| **v == 1.0).count();
        assert!((49_000..51_000).contains(&at_bound), "clamping puts half of the draws on the bound, not {at_bound}");
    }

    #[test]
    fn acceptance_is_the_share_of_draws_inside() {
        let shapes = [
            DistributionShape::Uniform { low: 0.0, high: 4.0 },
            DistributionShape::Normal { mean: 0.5, sd: 1.0 },
            DistributionShape::Lognormal { median: 1.5, sigma: 0.7 },
            DistributionShape::Exponential { mean: 2.0 },
            DistributionShape::Choice(vec![0.0, 1.0, 2.0, 9.0]),
        ];
        for shape in shapes {
            let free = draws(&Distribution::unbounded(shape.clone()), 100_000);
            let share = free.iter().filter(|v| (1.0..=3.0).contains(*v)).count() as f64 / 100_000.0;
            let bounded = Distribution { shape, min: 1.0, max: 3.0, redraw: true };
            assert!((bounded.acceptance() - share).abs() < 0.01, "{bounded:?}: {} against {share}", bounded.acceptance());
        }
    }

    #[test]
    fn draws_stay_within_bounds_and_end() {
        let far = Distribution { shape: DistributionShape::Uniform { low: 0.0, high: 1.0 }, min: 5.0, max: 6.0, redraw: true };
        assert_eq!(far.draw(&mut Stream::new(1, 1)), 5.0, "a hopeless redraw ends at the nearest bound");
        assert_eq!(far.acceptance(), 0.0, "and elaboration would have refused it");
        let mirrored = Distribution::unbounded(DistributionShape::Exponential { mean: -2.0 });
        let (low, high) = mirrored.bounds();
        assert!(draws(&mirrored, 10_000).iter().all(|v| (low..=high).contains(v)), "draws lie within bounds()");
        assert_eq!(high, 0.0, "an exponential of negative mean is never positive");
    }
}
