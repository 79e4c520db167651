//! The same in continuous time: closed forms between spikes, and a safe search for the threshold.

use crate::neurons::named;
use crate::neurons::propagators::Propagators;
use crate::neurons::threshold::{Course, first_crossing};
use sim_core::event::{Build, Flow, Outlook, build};
use sim_core::math;

pub(super) const BUILD: Build = build::<LifPscAlpha, STATES, COEFFICIENTS>;

const STATES: usize = 5; // v_m, i_syn_ex, i_syn_in, their rises in pA/ms
const COEFFICIENTS: usize = 8;

#[derive(Clone, Copy)]
struct LifPscAlpha;

/// A synaptic current: (i + rise t) exp(-t / tau).
#[derive(Clone, Copy)]
struct Synapse {
    i: f64,
    rise: f64,
    tau: f64,
}

impl Synapse {
    fn after(self, dt: f64) -> Self {
        let decay = math::exp(-dt / self.tau);
        Self { i: (self.i + self.rise * dt) * decay, rise: self.rise * decay, ..self }
    }

    /// What it adds to the potential.
    fn effect(self, dt: f64, tau_m: f64, c_m: f64) -> f64 {
        let propagators = Propagators { step: dt, tau_m, c_m, tau_syn: self.tau };
        self.i * propagators.exponential() + self.rise * propagators.alpha()
    }

    /// Not exceeded from here on: the current, its opposite, and its slope. x exp(-x) is 1/e at most.
    fn bounds(self) -> [f64; 3] {
        let peak = |rise: f64| rise.max(0.0) * std::f64::consts::E.recip();
        let slope = (self.rise - self.i / self.tau).max(0.0) + peak(-self.rise);
        [self.i.max(0.0) + peak(self.rise * self.tau), (-self.i).max(0.0) + peak(-self.rise * self.tau), slope]
    }
}

fn synapses([_, i_ex, i_in, rise_ex, rise_in]: &[f64; STATES], c: &[f64; COEFFICIENTS]) -> [Synapse; 2] {
    let [_, _, _, tau_ex, tau_in, ..] = *c;
    [Synapse { i: *i_ex, rise: *rise_ex, tau: tau_ex }, Synapse { i: *i_in, rise: *rise_in, tau: tau_in }]
}

impl Flow<STATES, COEFFICIENTS> for LifPscAlpha {
    const JUMPS: bool = false;

    fn coefficients(parameters: &[f64]) -> [f64; COEFFICIENTS] {
        let [c_m, tau_m, e_l, v_th, v_reset, t_ref, tau_ex, tau_in, i_e] = named(parameters);
        [e_l + tau_m / c_m * i_e, tau_m, c_m, tau_ex, tau_in, v_th, v_reset, t_ref]
    }

    fn refractory([.., t_ref]: &[f64; COEFFICIENTS]) -> f64 {
        *t_ref
    }

    fn flow(state: &[f64; STATES], c: &[f64; COEFFICIENTS], current: f64, held: bool, dt: f64) -> [f64; STATES] {
        let [v_rest, tau_m, c_m, ..] = *c;
        let before = synapses(state, c);
        let [ex, inh] = before.map(|synapse| synapse.after(dt));
        let effect = |synapse: Synapse| synapse.effect(dt, tau_m, c_m);
        let moved = || {
            let goal = v_rest + tau_m / c_m * current;
            goal + (state[0] - goal) * math::exp(-dt / tau_m) + (effect(before[0]) + effect(before[1]))
        };
        [if held { state[0] } else { moved() }, ex.i, inh.i, ex.rise, inh.rise]
    }

    fn receive(state: &mut [f64; STATES], c: &[f64; COEFFICIENTS], receptor: usize, weight: f64, _: bool) {
        let (rise, tau) = if receptor == 0 { (&mut state[3], c[3]) } else { (&mut state[4], c[4]) };
        *rise += weight * (std::f64::consts::E / tau);
    }

    fn outlook(state: &[f64; STATES], c: &[f64; COEFFICIENTS], current: f64, within: f64) -> Outlook {
        let [v_rest, tau_m, c_m, _, _, v_th, ..] = *c;
        let goal = v_rest + tau_m / c_m * current;
        first_crossing(v_th, within, |time| {
            let now = Self::flow(state, c, current, false, time);
            let (above, synapses) = (now[0] - goal, synapses(&now, c));
            let [ex, inh] = synapses.map(Synapse::bounds);
            let highest = above.max(0.0) + tau_m / c_m * (ex[0] + inh[0]);
            Course {
                v: now[0],
                slope: (synapses[0].i + synapses[1].i) / c_m - above / tau_m,
                // v'' = (v - goal) / tau_m^2 + sum over x of (i_x' - i_x / tau_m) / c_m
                bend: highest / (tau_m * tau_m) + (ex[2] + inh[2] + (ex[1] + inh[1]) / tau_m) / c_m,
                ceiling: goal + highest,
            }
        })
    }

    fn fires([v, ..]: &[f64; STATES], [.., v_th, _, _]: &[f64; COEFFICIENTS]) -> bool {
        v >= v_th
    }

    fn reset(state: &mut [f64; STATES], [.., v_reset, _]: &[f64; COEFFICIENTS]) {
        state[0] = *v_reset;
    }
}
