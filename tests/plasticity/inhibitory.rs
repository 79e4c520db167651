//! Inhibitory synapses that balance excitation: Vogels et al. (2011), Science 334:1569-1573. NEST's
//! `vogels_sprekeler_synapse`.

use super::history::{Now, Rule};

/// Weights may be negative: the rule changes their magnitude, and `w_max` has their sign.
pub(crate) struct Inhibitory {
    /// Of both traces. NEST has it twice: here and as `tau_minus` of the post cell.
    pub(crate) tau: f64,
    pub(crate) eta: f64,
    pub(crate) alpha: f64,
    pub(crate) w_max: f64,
}

impl Inhibitory {
    fn raised(&self, weight: f64, trace: f64) -> f64 {
        (weight.abs() + self.eta * trace).min(self.w_max.abs())
    }
}

impl Rule for Inhibitory {
    fn post(&self, weight: f64, now: &Now<'_>) -> f64 {
        self.raised(weight, now.all(now.pre, self.tau)).copysign(self.w_max)
    }

    /// Raised and clipped, then lowered and clipped: a weight at its bound falls below it with every pre spike.
    fn pre(&self, weight: f64, now: &Now<'_>) -> f64 {
        let raised = self.raised(weight, now.all(now.post, self.tau));
        (raised - self.alpha * self.eta).max(0.0).copysign(self.w_max)
    }
}
