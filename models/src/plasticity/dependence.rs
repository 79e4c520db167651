//! How large a change is: whether a modulator sets it, and how it depends on the weight that is there already.

use sim_core::real::Real;

/// The factor u^mu of a change, for a part u of the range of weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Dependence {
    /// mu = 0.
    None,
    /// mu = 1.
    Multiplicative,
    /// Any other.
    Power(f64),
}

impl Dependence {
    pub(super) fn new(mu: f64) -> Self {
        match mu {
            0.0 => Self::None,
            1.0 => Self::Multiplicative,
            mu => Self::Power(mu),
        }
    }

    /// The factor for a part of the range, from 0 to 1.
    #[inline(always)]
    pub(super) fn factor<F: Real>(self, part: F) -> F {
        match self {
            Self::None => F::of(1.0),
            Self::Multiplicative => part,
            Self::Power(mu) => part.power(mu),
        }
    }

    /// The factors for some parts, in their place.
    pub(super) fn factors<F: Real>(self, parts: &mut [F]) {
        match self {
            Self::Power(mu) => F::power_each(parts, mu),
            _ => parts.iter_mut().for_each(|part| *part = self.factor(*part)),
        }
    }
}

/// How pairs of spikes change a weight.
pub(super) trait Changes<F>: Clone + Send + Sync + 'static {
    /// Whether they are a few operations.
    const PLAIN: bool;
    /// The growth per trace of the source at a spike of the target, of which `kept` was kept.
    fn growth(&self, kept: F) -> F;
    /// A weight that grows by so much, where its own size does not count.
    fn grown(&self, weight: F, by: F) -> F;
    /// A weight that shrinks.
    fn shrunk(&self, weight: F, by: F) -> F;
}

/// Whatever the weight is: most networks do it so. The loop over synapses has no choices in it then. The growth is the same always, or as
/// it was kept (`MODULATED`).
#[derive(Clone, Copy)]
pub(super) struct Additive<F, const MODULATED: bool> {
    pub(super) growth: F,
}

impl<F: Real, const MODULATED: bool> Changes<F> for Additive<F, MODULATED> {
    const PLAIN: bool = true;

    #[inline(always)]
    fn growth(&self, kept: F) -> F {
        if MODULATED { kept } else { self.growth }
    }

    #[inline(always)]
    fn grown(&self, weight: F, by: F) -> F {
        weight + by
    }

    #[inline(always)]
    fn shrunk(&self, weight: F, by: F) -> F {
        weight - by
    }
}

/// In any way.
#[derive(Clone, Copy)]
pub(super) struct Dependent<F> {
    pub(super) growth: Dependence,
    pub(super) shrinking: Dependence,
    pub(super) min: F,
    pub(super) max: F,
    /// 1 / (max - min).
    pub(super) per_range: F,
}

impl<F: Real> Changes<F> for Dependent<F> {
    const PLAIN: bool = false;

    #[inline(always)]
    fn growth(&self, kept: F) -> F {
        kept
    }

    #[inline(always)]
    fn grown(&self, weight: F, by: F) -> F {
        weight + by * self.growth.factor((self.max - weight) * self.per_range)
    }

    #[inline(always)]
    fn shrunk(&self, weight: F, by: F) -> F {
        weight - by * self.shrinking.factor((weight - self.min) * self.per_range)
    }
}
