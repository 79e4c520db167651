//! Triplets of spikes: Pfister & Gerstner (2006), Journal of Neuroscience 26:9673-9682, equations 3 and 4, all to all. NEST's
//! `stdp_triplet_synapse`.

use super::history::{Now, Rule};

/// `*_triplet` belongs to the slow traces.
pub(crate) struct Triplet {
    pub(crate) tau_plus: f64,
    pub(crate) tau_plus_triplet: f64,
    /// NEST keeps both in the post cell.
    pub(crate) tau_minus: f64,
    pub(crate) tau_minus_triplet: f64,
    pub(crate) a_plus: f64,
    pub(crate) a_plus_triplet: f64,
    pub(crate) a_minus: f64,
    pub(crate) a_minus_triplet: f64,
    pub(crate) w_max: f64,
}

/// The slow trace of a spike's own side is read without that spike: the paper's epsilon.
impl Rule for Triplet {
    fn post(&self, weight: f64, now: &Now<'_>) -> f64 {
        let triplets = self.a_plus_triplet * now.all(now.post, self.tau_minus_triplet);
        (weight + now.all(now.pre, self.tau_plus) * (self.a_plus + triplets)).min(self.w_max)
    }

    fn pre(&self, weight: f64, now: &Now<'_>) -> f64 {
        let triplets = self.a_minus_triplet * now.all(now.pre, self.tau_plus_triplet);
        (weight - now.all(now.post, self.tau_minus) * (self.a_minus + triplets)).max(0.0)
    }
}
