//! A passive membrane with two synaptic conductances: what all `lif_cond` models have in common.

use super::unless_held;
use sim_core::real::Real;

/// A membrane during a tick, all slopes times the tick: the potential v changes by push - pull v.
pub(super) struct Membrane<F> {
    /// (g_l e_l + i_e + I) step / c_m.
    pub(super) drive: F,
    /// g_l step / c_m.
    pub(super) leak: F,
    /// step / c_m.
    pub(super) gain: F,
    pub(super) e_ex: F,
    pub(super) e_in: F,
}

impl<F: Real> Membrane<F> {
    /// Change of the potential in a tick by the classical Runge-Kutta method of order 4. The conductances (excitatory,
    /// inhibitory) are known at the start of the tick, in its middle and at its end. A refractory membrane is held.
    #[inline(always)]
    pub(super) fn change(&self, v: F, refractory: F, [start, middle, end]: [[F; 2]; 3]) -> F {
        let half = F::of(0.5);
        let (mid_push, mid_pull) = (self.push(middle), self.pull(middle));
        let k1 = self.push(start) - self.pull(start) * v;
        let k2 = mid_push - mid_pull * (v + half * k1);
        let k3 = mid_push - mid_pull * (v + half * k2);
        let k4 = self.push(end) - self.pull(end) * (v + k3);
        unless_held(refractory, ((k1 + k4) + F::of(2.0) * (k2 + k3)) * F::of(1.0 / 6.0))
    }

    #[inline(always)]
    fn push(&self, [ex, inh]: [F; 2]) -> F {
        self.drive + (ex * self.e_ex + inh * self.e_in) * self.gain
    }

    #[inline(always)]
    fn pull(&self, [ex, inh]: [F; 2]) -> F {
        self.leak + (ex + inh) * self.gain
    }
}
