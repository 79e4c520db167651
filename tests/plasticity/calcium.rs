//! Pairs of spikes that count while the target's calcium is within a window, as the AP-STDP in the code of Ivanov &
//! Michmizos (2021): growth and shrinking have a window each.

use super::history::{Now, Rule};

/// Calcium is a sum over all spikes of the target before: each brings 1, which decays.
pub(crate) struct Calcium {
    pub(crate) tau_plus: f64,
    pub(crate) tau_minus: f64,
    pub(crate) a_plus: f64,
    pub(crate) a_minus: f64,
    pub(crate) tau_calcium: f64,
    /// Between these there is growth, and shrinking.
    pub(crate) growing: (f64, f64),
    pub(crate) shrinking: (f64, f64),
    /// Weights stay between 0 and this one.
    pub(crate) w_max: f64,
}

impl Calcium {
    fn within(&self, now: &Now<'_>, (above, below): (f64, f64)) -> bool {
        let calcium = now.all(now.post, self.tau_calcium);
        above < calcium && calcium < below
    }
}

impl Rule for Calcium {
    fn post(&self, weight: f64, now: &Now<'_>) -> f64 {
        let by = if self.within(now, self.growing) { self.a_plus * now.all(now.pre, self.tau_plus) } else { 0.0 };
        (weight + by).min(self.w_max)
    }

    fn pre(&self, weight: f64, now: &Now<'_>) -> f64 {
        let by = if self.within(now, self.shrinking) { self.a_minus * now.all(now.post, self.tau_minus) } else { 0.0 };
        (weight - by).max(0.0)
    }
}
