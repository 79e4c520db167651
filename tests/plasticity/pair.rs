//! Pairs of spikes: Morrison, Aertsen & Diesmann (2007), Neural Computation 19:1437-1467; Gütig et al. (2003), Journal of
//! Neuroscience 23:3697-3714; which spikes make pairs: Morrison, Diesmann & Gerstner (2008), Biological Cybernetics
//! 98:459-478, figure 7.

use super::history::{Now, Rule};

/// Which spikes make pairs.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Pairing {
    /// Every pre with every post spike.
    All,
    /// Every spike with the last one of the other side.
    NearestSymmetric,
    /// A post spike with all pre spikes since the last post spike, a pre spike with the last post spike.
    NearestPreCentred,
    /// Neighbours only: a post spike with the pre spike right before it, a pre spike with the post spike right before it.
    ///
    /// A post spike that meets a pre spike counts here, as in NEST, as one between this pre spike and the pre spike before: it
    /// is paired with that one, and the pre spike it meets is paired with the last earlier post spike even where a pre spike
    /// stands between the two.
    NearestRestricted,
}

/// The steps depend on the weight by powers: 0 is additive, 1 multiplicative. NEST's `stdp_synapse` and `stdp_nn_*_synapse`.
pub(crate) struct Stdp {
    pub(crate) pairing: Pairing,
    pub(crate) tau_plus: f64,
    /// NEST keeps it in the post cell.
    pub(crate) tau_minus: f64,
    pub(crate) lambda: f64,
    pub(crate) alpha: f64,
    pub(crate) mu_plus: f64,
    pub(crate) mu_minus: f64,
    /// Weights stay between 0 and this one, which may be negative.
    pub(crate) w_max: f64,
}

impl Stdp {
    /// Which pre spikes a post spike is paired with, as the trace they leave.
    fn pre_trace(&self, now: &Now<'_>) -> f64 {
        // A post spike that met a pre spike came before it.
        let last_post = now.post.last().copied().unwrap_or(0);
        let since = &now.pre[now.pre.partition_point(|pre| *pre < last_post)..];
        match self.pairing {
            Pairing::All => now.all(now.pre, self.tau_plus),
            Pairing::NearestSymmetric => now.nearest(now.pre, self.tau_plus),
            Pairing::NearestPreCentred => now.all(since, self.tau_plus),
            Pairing::NearestRestricted => now.nearest(since, self.tau_plus),
        }
    }

    /// Which post spikes a pre spike is paired with, as the trace they leave.
    fn post_trace(&self, now: &Now<'_>) -> f64 {
        match self.pairing {
            Pairing::All => now.all(now.post, self.tau_minus),
            Pairing::NearestRestricted if !now.met && now.post.last() <= now.pre.last() => 0.0,
            _ => now.nearest(now.post, self.tau_minus),
        }
    }
}

impl Rule for Stdp {
    fn post(&self, weight: f64, now: &Now<'_>) -> f64 {
        let share = weight / self.w_max;
        let raised = share + self.lambda * (1.0 - share).powf(self.mu_plus) * self.pre_trace(now);
        raised.min(1.0) * self.w_max
    }

    fn pre(&self, weight: f64, now: &Now<'_>) -> f64 {
        let share = weight / self.w_max;
        let lowered = share - self.alpha * self.lambda * share.powf(self.mu_minus) * self.post_trace(now);
        lowered.max(0.0) * self.w_max
    }
}

/// Potentiation by a power of the weight without any bound, depression in proportion to it: Morrison, Aertsen & Diesmann
/// (2007), equation 6, in units of the weight. NEST's `stdp_pl_synapse_hom`.
pub(crate) struct PowerLaw {
    pub(crate) tau_plus: f64,
    pub(crate) tau_minus: f64,
    pub(crate) lambda: f64,
    pub(crate) alpha: f64,
    pub(crate) mu: f64,
}

impl Rule for PowerLaw {
    fn post(&self, weight: f64, now: &Now<'_>) -> f64 {
        weight + self.lambda * weight.powf(self.mu) * now.all(now.pre, self.tau_plus)
    }

    fn pre(&self, weight: f64, now: &Now<'_>) -> f64 {
        (weight - self.alpha * self.lambda * weight * now.all(now.post, self.tau_minus)).max(0.0)
    }
}
