//! Exact propagators of a leaky membrane: what a synaptic current present at the start of a step adds to the
//! potential at its end (Rotter & Diesmann 1999, Biological Cybernetics 81:381-402).
//!
//! The textbook forms divide by the difference of the two time constants and lose all digits where they
//! meet. The forms here are good for every ratio, equality included.

use sim_core::math;

/// A step of `step` ms of a membrane with time constant `tau_m` (ms) and capacitance `c_m` (pF), and a synapse
/// with time constant `tau_syn` (ms).
#[derive(Clone, Copy, Debug)]
pub(super) struct Propagators {
    pub(super) step: f64,
    pub(super) tau_m: f64,
    pub(super) c_m: f64,
    pub(super) tau_syn: f64,
}

impl Propagators {
    /// mV per pA of a current that decays exponentially:
    /// 1/c_m int_0^h exp(-(h-s)/tau_m) exp(-s/tau_syn) ds = h/c_m exp(-slow) (1 - exp(-d)) / d, where d is the
    /// difference of h/tau_m and h/tau_syn without its sign and slow the smaller of them.
    pub(super) fn exponential(self) -> f64 {
        let (membrane, synapse) = (self.step / self.tau_m, self.step / self.tau_syn);
        let difference = (synapse - membrane).abs();
        let mean = if difference == 0.0 { 1.0 } else { -math::exp_m1(-difference) / difference };
        self.step / self.c_m * math::exp(-membrane.min(synapse)) * mean
    }

    /// mV per pA/ms of the rising part of an alpha function, s exp(-s/tau_syn):
    /// 1/c_m int_0^h exp(-(h-s)/tau_m) s exp(-s/tau_syn) ds = h^2/c_m exp(-h/tau_m) int_0^1 u exp(-d u) du,
    /// with d = h/tau_syn - h/tau_m: in closed form, where d is small by its series.
    pub(super) fn alpha(self) -> f64 {
        let (membrane, synapse) = (self.step / self.tau_m, self.step / self.tau_syn);
        let d = synapse - membrane;
        let integral = if d.abs() < 0.5 {
            math::exp(-membrane) * mean_rise(d)
        } else {
            (math::exp(-membrane) - (1.0 + d) * math::exp(-synapse)) / (d * d)
        };
        self.step * self.step / self.c_m * integral
    }
}

/// int_0^1 u exp(-d u) du = sum over n of (-d)^n / (n! (n + 2)); |d| < 0.5 needs 14 terms.
fn mean_rise(d: f64) -> f64 {
    let mut power = 1.0;
    let mut sum = 0.5;
    for n in 1..15_u8 {
        let n = f64::from(n);
        power *= -d / n;
        sum += power / (n + 2.0);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The defining integrals by Gauss-Legendre quadrature (5 nodes, 200 panels): no cancellation anywhere.
    fn integral(p: Propagators, power: u8) -> f64 {
        const NODES: [(f64, f64); 3] = [
            (0.0, 128.0 / 225.0),
            (0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
            (0.906_179_845_938_664, 0.236_926_885_056_189_1),
        ];
        let panel = p.step / 200.0;
        let value = |s: f64| math::exp(-(p.step - s) / p.tau_m - s / p.tau_syn) * if power == 0 { 1.0 } else { s };
        let sum: f64 = (0..200)
            .map(|i| {
                let middle = (f64::from(i) + 0.5) * panel;
                let both = |(x, weight): (f64, f64)| {
                    let (left, right) = (value(middle - x * panel / 2.0), value(middle + x * panel / 2.0));
                    weight * if x == 0.0 { left } else { left + right }
                };
                NODES.into_iter().map(both).sum::<f64>()
            })
            .sum();
        sum * panel / 2.0 / p.c_m
    }

    #[test]
    fn accurate_for_every_ratio_of_time_constants() {
        for step in [0.01, 0.1, 1.0] {
            for tau_m in [0.5, 10.0, 30.0] {
                for ratio in
                    [0.02, 0.1, 0.5, 0.9, 0.99, 1.0 - 1e-6, 1.0 - 1e-12, 1.0, 1.0 + 1e-9, 1.0 + 1e-4, 1.1, 2.0, 7.0, 40.0]
                {
                    let p = Propagators { step, tau_m, c_m: 250.0, tau_syn: tau_m * ratio };
                    for (name, power, got) in [("exponential", 0, p.exponential()), ("alpha", 1, p.alpha())] {
                        let want = integral(p, power);
                        assert!((got / want - 1.0).abs() < 1e-12, "{name} of {p:?}: {got}, the integral is {want}");
                    }
                }
            }
        }
    }

    #[test]
    fn extreme_time_constants_stay_finite() {
        for (tau_m, tau_syn) in [(1e-3, 1e3), (1e3, 1e-3), (1e-6, 1e6)] {
            let p = Propagators { step: 1.0, tau_m, c_m: 1.0, tau_syn };
            for value in [p.exponential(), p.alpha()] {
                assert!(value.is_finite() && value >= 0.0, "tau_m {tau_m}, tau_syn {tau_syn}: {value}");
            }
        }
    }
}
