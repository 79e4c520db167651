//! How a change depends on the weight that is there already.

use sim_core::math;
use sim_core::real::Real;

/// The factor u^mu of a change, for a part u of the range of weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Dependence {
    /// mu = 0: none.
    Additive,
    /// mu = 1.
    Multiplicative,
    /// Any other.
    Power(f64),
}

impl Dependence {
    pub(super) fn new(mu: f64) -> Self {
        match mu {
            0.0 => Self::Additive,
            1.0 => Self::Multiplicative,
            mu => Self::Power(mu),
        }
    }

    /// The factor for a part of the range, from 0 to 1.
    #[inline(always)]
    pub(super) fn factor<F: Real>(self, part: F) -> F {
        match self {
            Self::Additive => F::of(1.0),
            Self::Multiplicative => part,
            Self::Power(mu) => F::of(math::pow(part.to_f64(), mu)),
        }
    }
}
